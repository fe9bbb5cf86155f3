"""The four programmes of the sandbox and their calendar.

The cut-offs are the registry's secret and stay in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Label = dict[str, str]


@dataclass(frozen=True, slots=True)
class Programme:
    """A benefit. `cut_off`: the highest poverty score served.

    `school_age`: only for households with a pupil.
    """

    code: str
    name: Label
    cut_off: Decimal
    amount: str
    school_age: bool = False
    opens_in: int = 0
    """Months until the first day it takes applications; 0 is open."""
    closes_in: int = 0
    """Months until its last day; 0 is never."""


PROGRAMMES = {
    programme.code: programme
    for programme in (
        Programme(
            "CASH",
            {"en": "Cash support", "fr": "Aide en argent", "ur": "نقد امداد"},
            Decimal(30),
            "12000.00",
        ),
        Programme(
            "FOOD",
            {"en": "Food support", "fr": "Aide alimentaire", "ur": "خوراک امداد"},
            Decimal(25),
            "6500.00",
            closes_in=2,
        ),
        Programme(
            "SCHOOL",
            {"en": "School stipend", "fr": "Bourse scolaire", "ur": "تعلیمی وظیفہ"},
            Decimal(35),
            "4500.00",
            school_age=True,
        ),
        Programme(
            "TRAINING",
            {"en": "Skills training", "fr": "Formation", "ur": "ہنر کی تربیت"},
            Decimal(45),
            "3000.00",
            opens_in=2,
        ),
    )
}

EXCLUDED: dict[str, Label] = {
    "salary": {
        "en": "Someone has a state salary",
        "fr": "Un salaire public au foyer",
        "ur": "گھر میں سرکاری تنخواہ",
    },
    "vehicle": {
        "en": "The household owns a car",
        "fr": "Le foyer a une voiture",
        "ur": "گھر میں گاڑی ہے",
    },
    "serves": {
        "en": "Other households come first",
        "fr": "D'autres foyers avant",
        "ur": "پہلے دوسرے گھرانے",
    },
}
"""Public criteria by their name; no figure stands in them. At most 28 characters (en, fr), 24 (ur).
"""

RENEW: Label = {
    "en": "Show your ID at the office",
    "fr": "Venez avec la carte d'ID",
    "ur": "کارڈ دفتر لائیں",
}
"""What a suspended household has to do."""


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
    return opens(programme, today) is None
