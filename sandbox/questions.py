"""What a programme wants to know, and what it takes for an answer; with the words in every
language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Label = dict[str, str]
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Question:
    """`kind` is number (between `least` and `most`), choice or yes_no. Answers are strings: digits,
    the id of a choice, yes or no.
    """

    id: str
    label: Label
    kind: str
    least: int = 0
    most: int = 0
    choices: tuple[tuple[str, Label], ...] = ()

    def as_json(self) -> dict[str, object]:
        """As the local profile words it."""
        return {
            "id": self.id,
            "label": self.label,
            "kind": self.kind,
            "least": self.least if self.kind == "number" else None,
            "most": self.most if self.kind == "number" else None,
            "choices": [{"id": name, "label": label} for name, label in self.choices],
        }

    def takes(self, answer: str) -> bool:
        """Whether this answers it."""
        match self.kind:
            case "number":
                return bool(_NUMBER.fullmatch(answer)) and self.least <= int(answer) <= self.most
            case "choice":
                return answer in dict(self.choices)
        return answer in {"yes", "no"}


PUPILS = Question(
    "pupils",
    {
        "en": "How many children go to school?",
        "fr": "Combien d'enfants vont à l'école ?",
        "ur": "کتنے بچے سکول جاتے ہیں؟",
        "sw": "Watoto wangapi wanaenda shule?",
        "ps": "څو ماشومان ښوونځي ته ځي؟",
        "ar": "كم طفلا يذهب إلى المدرسة؟",
        "ur_Latn": "Kitne bachay school jate hain?",
    },
    "number",
    1,
    15,
)
CLASS = Question(
    "class",
    {
        "en": "Which class is the eldest in?",
        "fr": "En quelle classe est l'aîné ?",
        "ur": "سب سے بڑا کس جماعت میں ہے؟",
        "sw": "Mkubwa yuko darasa gani?",
        "ps": "مشر په کوم ټولګي کې دی؟",
        "ar": "في أي صف الأكبر؟",
        "ur_Latn": "Sab se bara kis jamaat mein?",
    },
    "choice",
    choices=(
        (
            "c1_5",
            {"en": "1 to 5", "fr": "1 à 5", "ur": "1 سے 5", "ps": "له 1 تر 5", "ar": "1 إلى 5"},
        ),
        (
            "c6_8",
            {"en": "6 to 8", "fr": "6 à 8", "ur": "6 سے 8", "ps": "له 6 تر 8", "ar": "6 إلى 8"},
        ),
        (
            "c9_12",
            {
                "en": "9 to 12",
                "fr": "9 à 12",
                "ur": "9 سے 12",
                "ps": "له 9 تر 12",
                "ar": "9 إلى 12",
            },
        ),
    ),
)
NURSING = Question(
    "nursing",
    {
        "en": "Is anyone pregnant or nursing?",
        "fr": "Une femme enceinte ou allaitante ?",
        "ur": "کوئی حاملہ یا دودھ پلاتی ہے؟",
        "sw": "Kuna mjamzito au anayenyonyesha?",
        "ps": "څوک امیندواره یا تی ورکوونکې ده؟",
        "ar": "هل توجد حامل أو مرضع؟",
        "ur_Latn": "Koi hamila ya doodh pilati hai?",
    },
    "yes_no",
)
TRADE = Question(
    "trade",
    {
        "en": "Which trade?",
        "fr": "Quel métier ?",
        "ur": "کون سا ہنر؟",
        "sw": "Ufundi gani?",
        "ps": "کوم هنر؟",
        "ar": "أي مهنة؟",
        "ur_Latn": "Kaun sa hunar?",
    },
    "choice",
    choices=(
        (
            "sewing",
            {
                "en": "Sewing",
                "fr": "Couture",
                "ur": "سلائی",
                "sw": "Ushonaji",
                "ps": "خیاطي",
                "ar": "الخياطة",
                "ur_Latn": "Silai",
            },
        ),
        (
            "phones",
            {
                "en": "Mending phones",
                "fr": "Téléphones",
                "ur": "موبائل مرمت",
                "sw": "Kutengeneza simu",
                "ps": "د موبایل ترمیم",
                "ar": "تصليح الهواتف",
                "ur_Latn": "Mobile marammat",
            },
        ),
        (
            "baking",
            {
                "en": "Baking",
                "fr": "Boulangerie",
                "ur": "بیکری",
                "sw": "Kuoka mikate",
                "ps": "نانوايي",
                "ar": "المخابز",
                "ur_Latn": "Bakery",
            },
        ),
        (
            "welding",
            {
                "en": "Welding",
                "fr": "Soudure",
                "ur": "ویلڈنگ",
                "sw": "Uchomeleaji",
                "ps": "ولډینګ",
                "ar": "اللحام",
                "ur_Latn": "Welding",
            },
        ),
    ),
)
