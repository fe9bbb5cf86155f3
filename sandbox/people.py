"""The fixed test persons: one for each answer to "what may I get?", a family, and an outsider.

README.md lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sandbox.households import Household, Person

_BORN = date(1984, 3, 9)
_ASSESSED = date(2026, 5, 4)


@dataclass(frozen=True, slots=True)
class Known:
    """A test person and what the registry answers for her.

    `household` is None for the ID nobody has.
    """

    national_id: str
    outcome: str
    who: str
    household: Household | None


def _head(national_id: str, name: str) -> Person:
    sex = "male" if national_id[-1] in "13579" else "female"
    return Person(national_id, name, "Namoona", sex, _BORN, head=True)


FATHER = Person("1730100000011", "Baz", "Misaal", "male", _BORN, head=True)
MOTHER = Person("1730100000022", "Gul", "Misaal", "female", date(1988, 11, 2))
SON = Person("1730100000033", "Almas", "Misaal", "male", date(2016, 1, 20))

FAMILY = Household("KP-T00001", "Peshawar", (FATHER, MOTHER, SON), "17.43619", _ASSESSED)

WAITING = Household(
    "KP-T00002",
    "Nowshera",
    (_head("1720100000022", "Nargis"),),
    "28.81433",
    _ASSESSED,
    None,
    (("CASH", "waiting"),),
)
CLOSED = Household(
    "KP-T00003", "Charsadda", (_head("1710100000031", "Spin"),), "41.27183", _ASSESSED
)
ENROLLED = Household(
    "KP-T00004",
    "Mardan",
    (
        _head("1610100000042", "Reshma"),
        Person("1610100000054", "Sitara", "Namoona", "female", date(2014, 6, 1)),
    ),
    "12.90571",
    _ASSESSED,
    None,
    (("CASH", "active"), ("SCHOOL", "active")),
)
SUSPENDED = Household(
    "KP-T00005",
    "Swabi",
    (_head("1620200000051", "Toryal"),),
    "19.66247",
    _ASSESSED,
    None,
    (("CASH", "suspended"),),
)
NOT_ELIGIBLE = Household(
    "KP-T00006", "Kohat", (_head("1430100000062", "Mahtab"),), "63.58309", _ASSESSED, "salary"
)
NOT_ASSESSED = Household("KP-T00007", "Haripur", (_head("1330200000071", "Zmaray"),), None, None)
NOT_YET_KNOWN = Household(
    "KP-T00008", "Abbottabad", (_head("1310100000082", "Kiran"),), None, date(2026, 9, 1)
)
OUTSIDER = Household(
    "KP-T00009", "Nowshera", (_head("1720100000114", "Chinar"),), "23.37751", _ASSESSED
)

KNOWN = (
    Known("1730199999991", "not_found", "an ID nobody has", None),
    Known("1330200000071", "not_assessed", "registered, not visited yet", NOT_ASSESSED),
    Known("1730100000011", "likely", "father of a family of three", FAMILY),
    Known("1730100000022", "likely", "mother in the same household", FAMILY),
    Known("1730100000033", "likely", "their son, at school", FAMILY),
    Known("1720100000022", "waiting_list", "waits for CASH", WAITING),
    Known("1710100000031", "closed", "fits TRAINING, which is closed", CLOSED),
    Known("1610100000042", "enrolled", "paid by CASH and SCHOOL", ENROLLED),
    Known("1610100000054", "enrolled", "her daughter, at school", ENROLLED),
    Known("1620200000051", "suspended", "has to bring his ID card", SUSPENDED),
    Known("1430100000062", "not_eligible", "someone has a state salary", NOT_ELIGIBLE),
    Known("1310100000082", "not_yet_known", "visited, result not computed yet", NOT_YET_KNOWN),
    Known("1720100000114", "likely", "outsider: in nobody else's household", OUTSIDER),
)


def known_households() -> list[Household]:
    """The households of the test persons, each once."""
    found = {known.household.id: known.household for known in KNOWN if known.household is not None}
    return list(found.values())
