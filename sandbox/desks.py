"""Six offices people can go to, and which of them is near a place as people call it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from sandbox.questions import Label

MOST = 5
ALIKE = 0.75
"""How like a name a word must be: people spell places as they hear them."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An office. `town` is its name in each language; `serves` are the other districts it is for."""

    code: str
    town: Label
    street: Label
    hours: Label
    phone: str
    serves: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """As the local profile words it."""
        name = {
            language: OFFICE[language].format(town=self.town.get(language, self.town["en"]))
            for language in OFFICE
        }
        return {
            "code": self.code,
            "name": name,
            "place": self.street,
            "hours": self.hours,
            "phone": self.phone,
        }


OFFICE: Label = {
    "en": "{town} desk",
    "fr": "Bureau de {town}",
    "ur": "دفتر {town}",
    "sw": "Ofisi ya {town}",
    "ps": "د {town} دفتر",
    "ar": "مكتب {town}",
    "ur_Latn": "Daftar {town}",
}
WEEK: Label = {
    "en": "Mon-Fri 9-15",
    "fr": "Lun-ven 9h-15h",
    "ur": "پیر تا جمعہ 9-15",
    "sw": "J3-Ijumaa 9-15",
    "ps": "دوشنبه-جمعه 9-15",
    "ar": "الاثنين-الجمعة 9-15",
    "ur_Latn": "Peer-Juma 9-15",
}
MORNINGS: Label = {
    "en": "Tue, Thu 8-12",
    "fr": "Mar, jeu 8h-12h",
    "ur": "منگل، جمعرات 8-12",
    "sw": "J4, Alhamisi 8-12",
    "ps": "سه‌شنبه، پنجشنبه 8-12",
    "ar": "الثلاثاء والخميس 8-12",
    "ur_Latn": "Mangal, Jumerat 8-12",
}
BAZAAR: Label = {
    "en": "Sample Bazaar",
    "fr": "Bazar Exemple",
    "ur": "نمونہ بازار",
    "sw": "Soko la Mfano",
    "ps": "نمونه بازار",
    "ar": "سوق نمونة",
    "ur_Latn": "Namoona Bazaar",
}
SCHOOL_ROAD: Label = {
    "en": "Imaginary School Road",
    "fr": "Rue de l'École Imaginaire",
    "ur": "خیالی سکول روڈ",
    "sw": "Barabara ya Shule ya Kufikirika",
    "ps": "د خیالي ښوونځي سړک",
    "ar": "طريق المدرسة الخيالية",
    "ur_Latn": "Khayali School Road",
}
DESKS = {
    desk.code: desk
    for desk in (
        Desk(
            "PSH-1",
            {"en": "Peshawar", "ur": "پشاور", "ps": "پېښور", "ar": "بيشاور"},
            BAZAAR,
            WEEK,
            "+923000000901",
            ("Nowshera", "Charsadda"),
        ),
        Desk(
            "MRD-1",
            {"en": "Mardan", "ur": "مردان", "ps": "مردان", "ar": "مردان"},
            SCHOOL_ROAD,
            WEEK,
            "+923000000902",
            ("Swabi", "Charsadda"),
        ),
        Desk(
            "SWT-1",
            {"en": "Swat", "ur": "سوات", "ps": "سوات", "ar": "سوات"},
            BAZAAR,
            MORNINGS,
            "+923000000903",
        ),
        Desk(
            "KHT-1",
            {"en": "Kohat", "ur": "کوہاٹ", "ps": "کوهاټ", "ar": "كوهات"},
            SCHOOL_ROAD,
            MORNINGS,
            "+923000000904",
        ),
        Desk(
            "BNU-1",
            {"en": "Bannu", "ur": "بنوں", "ps": "بنو", "ar": "بنو"},
            BAZAAR,
            WEEK,
            "",
            ("Dera Ismail Khan", "Kohat"),
        ),
        Desk(
            "HRP-1",
            {"en": "Haripur", "ur": "ہری پور", "ps": "هري پور", "ar": "هاريبور"},
            SCHOOL_ROAD,
            WEEK,
            "+923000000906",
            ("Abbottabad", "Mansehra"),
        ),
    )
}


def near(place: str) -> list[Desk]:
    """Offices in the place or for it, the best match first, at most five; none where nothing is
    alike.
    """
    said = _said(place)
    scored = [(_likeness(desk, said), desk) for desk in DESKS.values()]
    found = [one for one in scored if one[0] >= ALIKE]
    return [desk for _, desk in sorted(found, key=lambda one: -one[0])][:MOST]


def _said(place: str) -> list[str]:
    """The whole, and each word of it that could be a name."""
    whole = " ".join(place.casefold().split())
    return [whole, *(word for word in whole.split() if len(word) > 2)]


def _likeness(desk: Desk, said: list[str]) -> float:
    """How well it fits, 0 to 1; an office in the place before one that only serves it."""
    here = max(_alike(word, name) for word in said for name in desk.town.values())
    around = max((_alike(word, name) for word in said for name in desk.serves), default=0.0)
    return max(here, around * 0.95)


def _alike(word: str, name: str) -> float:
    return SequenceMatcher(None, word, name.casefold()).ratio()
