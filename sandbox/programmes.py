"""The five programmes of the sandbox: calendar, places, what each asks and what must be shown.

The cut-offs are the registry's secret and stay in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.questions import CLASS, NURSING, PUPILS, TRADE, Label, Question

PROOFS = ("anyone", "number_on_record", "two_facts", "in_person")
"""What somebody has to show before an outcome is told, from the least to the most."""


@dataclass(frozen=True, slots=True)
class Programme:
    """A benefit. `cut_off`: the highest poverty score served.

    `school_age`: only for households with a pupil. `districts`: only there; none is everywhere.
    """

    code: str
    name: Label
    cut_off: Decimal
    amount: str
    proof: str
    school_age: bool = False
    opens_in: int = 0
    """Months until the first day it takes applications; 0 is open."""
    closes_in: int = 0
    """Months until its last day; 0 is never."""
    full: bool = False
    districts: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    mend: str = "renew"
    """What a suspended household has to do: a key of MEND."""


PROGRAMMES = {
    programme.code: programme
    for programme in (
        Programme(
            "CASH",
            {
                "en": "Cash support",
                "fr": "Aide en argent",
                "ur": "نقد امداد",
                "sw": "Msaada wa pesa",
                "ps": "نغدي مرسته",
                "ar": "مساعدة نقدية",
                "ur_Latn": "Naqd imdad",
            },
            Decimal(30),
            "12000.00",
            "two_facts",
        ),
        Programme(
            "FOOD",
            {
                "en": "Food support",
                "fr": "Aide alimentaire",
                "ur": "خوراک امداد",
                "sw": "Msaada wa chakula",
                "ps": "خوراکي مرسته",
                "ar": "مساعدة غذائية",
                "ur_Latn": "Khuraak imdad",
            },
            Decimal(25),
            "6500.00",
            "number_on_record",
            closes_in=2,
            questions=(NURSING,),
        ),
        Programme(
            "SCHOOL",
            {
                "en": "School stipend",
                "fr": "Bourse scolaire",
                "ur": "تعلیمی وظیفہ",
                "sw": "Ruzuku ya shule",
                "ps": "د ښوونځي مرسته",
                "ar": "منحة مدرسية",
                "ur_Latn": "Taleemi wazifa",
            },
            Decimal(35),
            "4500.00",
            "number_on_record",
            school_age=True,
            questions=(PUPILS, CLASS),
            mend="attend",
        ),
        Programme(
            "TRAINING",
            {
                "en": "Skills training",
                "fr": "Formation",
                "ur": "ہنر کی تربیت",
                "sw": "Mafunzo ya ufundi",
                "ps": "د هنر روزنه",
                "ar": "تدريب مهني",
                "ur_Latn": "Hunar ki tarbiyat",
            },
            Decimal(45),
            "3000.00",
            "anyone",
            opens_in=2,
            questions=(TRADE,),
        ),
        Programme(
            "WORK",
            {
                "en": "Public works",
                "fr": "Travaux publics",
                "ur": "عوامی کام",
                "sw": "Kazi za umma",
                "ps": "عامه کارونه",
                "ar": "أشغال عامة",
                "ur_Latn": "Awami kaam",
            },
            Decimal(50),
            "9000.00",
            "in_person",
            full=True,
            districts=("Swat", "Bannu"),
        ),
    )
}

EXCLUDED: dict[str, Label] = {
    "salary": {
        "en": "Someone has a state salary",
        "fr": "Un salaire public au foyer",
        "ur": "گھر میں سرکاری تنخواہ",
        "sw": "Kuna mshahara wa serikali",
        "ps": "یو څوک دولتي معاش لري",
        "ar": "راتب حكومي في البيت",
        "ur_Latn": "Ghar mein sarkari tankhwah",
    },
    "vehicle": {
        "en": "The household owns a car",
        "fr": "Le foyer a une voiture",
        "ur": "گھر میں گاڑی ہے",
        "sw": "Kaya ina gari",
        "ps": "کورنۍ موټر لري",
        "ar": "للأسرة سيارة",
        "ur_Latn": "Ghar mein gaari hai",
    },
    "serves": {
        "en": "Other households come first",
        "fr": "D'autres foyers avant",
        "ur": "پہلے دوسرے گھرانے",
        "sw": "Kaya nyingine kwanza",
        "ps": "لومړی نورې کورنۍ",
        "ar": "أسر أخرى أولا",
        "ur_Latn": "Pehle doosre gharane",
    },
}
"""Public criteria by their name; no figure stands in them. At most 28 characters, 24 in Arabic
script.
"""

MEND: dict[str, Label] = {
    "renew": {
        "en": "Show your ID at the office",
        "fr": "Venez avec la carte d'ID",
        "ur": "کارڈ دفتر لائیں",
        "sw": "Leta kitambulisho ofisini",
        "ps": "پېژندپاڼه دفتر ته راوړئ",
        "ar": "أحضر بطاقتك إلى المكتب",
        "ur_Latn": "Card daftar laayen",
    },
    "attend": {
        "en": "Send the children to school",
        "fr": "Menez les enfants à l'école",
        "ur": "بچوں کو سکول بھیجیں",
        "sw": "Peleka watoto shuleni",
        "ps": "ماشومان ښوونځي ته ولېږئ",
        "ar": "أرسل الأطفال إلى المدرسة",
        "ur_Latn": "Bachon ko school bhejen",
    },
}
"""What a suspended household has to do."""

LEFT: Label = {
    "en": "The children left school",
    "fr": "Les enfants ont quitté",
    "ur": "بچے سکول چھوڑ چکے",
    "sw": "Watoto wamemaliza shule",
    "ps": "ماشومان له ښوونځي ووتل",
    "ar": "أنهى الأطفال المدرسة",
    "ur_Latn": "Bachay school chhor chuke",
}
"""Why a household has left a programme."""


def first_of_month(today: date, months: int) -> date:
    """The first day of the month so many months away."""
    years, month = divmod(today.month - 1 + months, 12)
    return date(today.year + years, month + 1, 1)


def opens(programme: Programme, today: date) -> date | None:
    """The first day of a programme that is not open yet.

    The calendar moves along, so that the sandbox never ages.
    """
    return first_of_month(today, programme.opens_in) if programme.opens_in else None


def closes(programme: Programme, today: date) -> date | None:
    """The last day of a programme that ends."""
    last = first_of_month(today, programme.closes_in + 1).toordinal() - 1
    return date.fromordinal(last) if programme.closes_in else None


def is_open(programme: Programme, today: date) -> bool:
    """Whether it takes applications today."""
    return not programme.full and opens(programme, today) is None


def window(programme: Programme, today: date) -> tuple[str, date | None]:
    """ready, closing, full or closed, and the day that belongs to it."""
    if first := opens(programme, today):
        return "closed", first
    if programme.full:
        return "full", None
    last = closes(programme, today)
    return ("closing", last) if last else ("ready", None)


def strictest(programmes: list[Programme]) -> str:
    """What has to be shown before an outcome about all of them is told."""
    return max((programme.proof for programme in programmes), key=PROOFS.index)
