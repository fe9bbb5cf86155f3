"""The synthetic population: some 3,000 households over the districts of Khyber Pakhtunkhwa, the
same on every machine.

Nobody in it exists: serial numbers are small and run through, and every family name means "sample"
or "imaginary".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random

SEED = 20260915
HOUSEHOLDS = 3000
COUNTED_ON = date(2026, 9, 15)
"""The day the population is drawn for: ages are counted from here, whatever day it is."""

DISTRICTS = {
    "17301": "Peshawar",
    "17201": "Nowshera",
    "17101": "Charsadda",
    "16101": "Mardan",
    "16202": "Swabi",
    "14301": "Kohat",
    "13302": "Haripur",
    "13101": "Abbottabad",
    "15602": "Swat",
    "11101": "Bannu",
    "12101": "Dera Ismail Khan",
    "13503": "Mansehra",
}
"""Districts by the first five digits of an ID issued there."""

WOMEN = (
    "Gul",
    "Nargis",
    "Zarmina",
    "Yasmin",
    "Nilofar",
    "Reshma",
    "Sitara",
    "Shabnam",
    "Bulbul",
    "Kiran",
)
MEN = (
    "Spin",
    "Zmaray",
    "Toryal",
    "Khaista",
    "Baz",
    "Shaheen",
    "Samandar",
    "Almas",
    "Feroza",
    "Tufan",
)
VILLAGES = {
    "asli": {"en": "Asli Kalay", "ur": "اصلی کلے", "ps": "اصلي کلی", "ar": "أصلي كلي"},
    "bagh": {"en": "Bagh Kalay", "ur": "باغ کلے", "ps": "باغ کلی", "ar": "باغ كلي"},
    "chinar": {"en": "Chinar Banda", "ur": "چنار بانڈہ", "ps": "چنار بانډه", "ar": "جنار بندة"},
    "kamar": {"en": "Kamar Sar", "ur": "کمر سر", "ps": "کمر سر", "ar": "قمر سر"},
    "misaal": {"en": "Misaal Abad", "ur": "مثال آباد", "ps": "مثال اباد", "ar": "مثال آباد"},
    "namoona": {"en": "Namoona Garhi", "ur": "نمونہ گڑھی", "ps": "نمونه ګړۍ", "ar": "نمونة غري"},
}
"""Invented villages; "kalay" is a village, "banda" a hamlet. In Latin script each has one name."""

FAMILIES = ("Namoona", "Misaal", "Farzi", "Khayali", "Afsana", "Namaloom")


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a household, with the 13 digits of a CNIC (the last: odd for men, even for
    women).
    """

    national_id: str
    given_name: str
    family_name: str
    sex: str
    born: date
    head: bool = False
    phones: tuple[str, ...] = ()
    """On record, E.164."""
    identifiers: tuple[tuple[str, str], ...] = ()
    """Others than the national ID: (type, value)."""


@dataclass(frozen=True, slots=True)
class Household:
    """People who are assessed together.

    `score` is the poverty score, five decimals; None before it is computed.
    """

    id: str
    district: str
    members: tuple[Person, ...]
    score: str | None
    assessed_on: date | None
    excluded: str | None = None
    """Name of the public criterion that leaves it out."""
    enrolments: tuple[tuple[str, str], ...] = ()
    """(programme, state): active, suspended, waiting or exited."""
    village: str = ""
    """A key of VILLAGES; empty where the registry does not know it."""


def population(count: int, seed: int = SEED) -> list[Household]:
    """So many households, the same for the same seed."""
    random = Random(seed)  # noqa: S311 - the same people each time is the point
    households: list[Household] = []
    serial = 10_001
    for number in range(1, count + 1):
        household = _household(random, number, serial)
        serial += len(household.members)
        households.append(household)
    return households


def _household(random: Random, number: int, serial: int) -> Household:
    locality = random.choice(tuple(DISTRICTS))
    family = random.choice(FAMILIES)
    ages = [random.randint(24, 70)] + [random.randint(18, 68)] * random.randint(0, 1)
    ages += [random.randint(0, 22) for _ in range(random.randint(0, 6))]
    members = [
        _person(random, locality, serial + place, family, age) for place, age in enumerate(ages)
    ]
    phones = (f"+9230009{number:05d}",) if number % 4 else ()
    members[0] = replace(members[0], head=True, phones=phones)
    village = tuple(VILLAGES)[number % len(VILLAGES)] if number % 11 else ""
    empty = Household(f"KP-{number:06d}", DISTRICTS[locality], tuple(members), None, None)
    return replace(_assessed(random, empty), village=village)


def _person(random: Random, locality: str, serial: int, family: str, age: int) -> Person:
    sex = random.choice(("female", "male"))
    names, last = (WOMEN, "2468") if sex == "female" else (MEN, "13579")
    born = date.fromordinal(COUNTED_ON.toordinal() - age * 365 - random.randint(1, 364))
    if serial % 9 == 0:  # nobody knew the day: the registry filled it in
        born = date(born.year, 1, 1)
    return Person(
        f"{locality}{serial:07d}{random.choice(last)}", random.choice(names), family, sex, born
    )


def _assessed(random: Random, household: Household) -> Household:
    """Give a household its score and place: one in twelve is not assessed yet, one in twelve waits
    for the result.
    """
    kind = random.randrange(12)
    day = date.fromordinal(COUNTED_ON.toordinal() - random.randint(30, 900))
    if kind < 2:
        return replace(household, assessed_on=day if kind else None)
    score = random.randint(80_000, 700_000) * 10 + random.randint(1, 9)
    text = f"{score // 100_000}.{score % 100_000:05d}"
    left_out = random.choice(("salary", "vehicle")) if random.random() < 0.08 else None
    return replace(
        household,
        score=text,
        assessed_on=day,
        excluded=left_out,
        enrolments=() if left_out else _enrolments(random, score, household),
    )


def _enrolments(random: Random, score: int, household: Household) -> tuple[tuple[str, str], ...]:
    if score > 3_000_000 or random.random() < 0.45:
        return ()
    state = random.choice(("active",) * 8 + ("suspended", "waiting"))
    pupils = any(5 <= age_on(person.born, COUNTED_ON) <= 17 for person in household.members)
    school = pupils and state == "active" and random.random() < 0.5
    return (("CASH", state), ("SCHOOL", "active")) if school else (("CASH", state),)


def age_on(born: date, day: date) -> int:
    """Whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
