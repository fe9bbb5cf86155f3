"""The fixed test persons: one for each answer to "what may I get?", a family, and an outsider.

README.md lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sandbox.households import Household, Person

_BORN = date(1984, 3, 9)
_ASSESSED = date(2026, 5, 4)
_LONG_AGO = date(2019, 2, 3)


@dataclass(frozen=True, slots=True)
class Known:
    """A test person and what the registry answers for her.

    `household` is None for the ID nobody has.
    """

    national_id: str
    outcome: str
    who: str
    household: Household | None

    @property
    def phones(self) -> tuple[str, ...]:
        """The phones on record for her."""
        members = self.household.members if self.household else ()
        return next((one.phones for one in members if one.national_id == self.national_id), ())


def _head(national_id: str, name: str, phone: str = "", born: date = _BORN) -> Person:
    sex = "male" if national_id[-1] in "13579" else "female"
    phones = (phone,) if phone else ()
    return Person(national_id, name, "Namoona", sex, born, head=True, phones=phones)


SHARED = "+923000000001"
FATHER = Person("1730100000011", "Baz", "Misaal", "male", _BORN, head=True, phones=(SHARED,))
MOTHER = Person("1730100000022", "Gul", "Misaal", "female", date(1988, 11, 2), phones=(SHARED,))
SON = Person("1730100000033", "Almas", "Misaal", "male", date(2016, 1, 20))

FAMILY = Household(
    "KP-T00001",
    "Peshawar",
    (FATHER, MOTHER, SON),
    "17.43619",
    _ASSESSED,
    village="namoona",
)
WAITING = Household(
    "KP-T00002",
    "Nowshera",
    (_head("1720100000022", "Nargis", "+923000000002"),),
    "28.81433",
    _ASSESSED,
    enrolments=(("CASH", "waiting"),),
    village="bagh",
)
CLOSED = Household(
    "KP-T00003",
    "Charsadda",
    (_head("1710100000031", "Spin", "+923000000003"),),
    "41.27183",
    _ASSESSED,
    village="asli",
)
ENROLLED = Household(
    "KP-T00004",
    "Mardan",
    (
        _head("1610100000042", "Reshma", "+923000000004"),
        Person("1610100000054", "Sitara", "Namoona", "female", date(2014, 6, 1)),
    ),
    "12.90571",
    _ASSESSED,
    enrolments=(("CASH", "active"), ("SCHOOL", "active")),
    village="misaal",
)
SUSPENDED = Household(
    "KP-T00005",
    "Swabi",
    (_head("1620200000051", "Toryal", "+923000000005"),),
    "19.66247",
    _ASSESSED,
    enrolments=(("CASH", "suspended"),),
    village="kamar",
)
NOT_ELIGIBLE = Household(
    "KP-T00006",
    "Kohat",
    (_head("1430100000062", "Mahtab", "+923000000006"),),
    "63.58309",
    _ASSESSED,
    "salary",
    village="chinar",
)
NOT_ASSESSED = Household(
    "KP-T00007",
    "Haripur",
    (_head("1330200000071", "Zmaray", "+923000000007"),),
    None,
    None,
    village="bagh",
)
NOT_YET_KNOWN = Household(
    "KP-T00008",
    "Abbottabad",
    (_head("1310100000082", "Kiran", "+923000000008"),),
    None,
    date(2026, 9, 1),
    village="asli",
)
OUTSIDER = Household(
    "KP-T00009",
    "Nowshera",
    (_head("1720100000114", "Chinar"),),
    "23.37751",
    _ASSESSED,
    village="kamar",
)
OUT_OF_DATE = Household(
    "KP-T00010",
    "Swat",
    (_head("1560200000121", "Samandar", "+923000000010"),),
    "26.14527",
    _LONG_AGO,
    village="chinar",
)
FULL = Household(
    "KP-T00011",
    "Swat",
    (_head("1560200000132", "Shabnam", "+923000000011"),),
    "46.81537",
    _ASSESSED,
    village="bagh",
)
EXITED = Household(
    "KP-T00012",
    "Bannu",
    (
        _head("1110100000144", "Nilofar", "+923000000012"),
        Person("1110100000155", "Tufan", "Namoona", "male", date(2004, 1, 1)),
    ),
    "33.20849",
    _ASSESSED,
    enrolments=(("SCHOOL", "exited"),),
    village="kamar",
)
TRUANTS = Household(
    "KP-T00013",
    "Mansehra",
    (
        _head("1350300000166", "Yasmin", "+923000000013"),
        Person("1350300000177", "Shaheen", "Namoona", "male", date(2013, 4, 17)),
        Person("1350300000188", "Bulbul", "Namoona", "female", date(2018, 1, 1)),
    ),
    "31.55763",
    _ASSESSED,
    enrolments=(("SCHOOL", "suspended"),),
    village="misaal",
)
FAILED = Household(
    "KP-T00014",
    "Kohat",
    (_head("1430100000194", "Zarmina", "+923000000014"),),
    "15.09371",
    _ASSESSED,
    enrolments=(("CASH", "active"),),
    village="asli",
)
NOT_PAID = FAILED.id
"""The household whose last payment failed."""
PACKAGE = Household(
    "KP-T00015",
    "Dera Ismail Khan",
    (
        _head("1210100000202", "Reshma", "+923000000015"),
        Person("1210100000213", "Khaista", "Namoona", "male", date(2007, 8, 30)),
        Person("1210100000224", "Sitara", "Namoona", "female", date(2015, 3, 12)),
        Person("1210100000235", "Almas", "Namoona", "male", date(2024, 2, 11)),
    ),
    "9.71653",
    _ASSESSED,
    enrolments=(
        ("CASH", "active"),
        ("FOOD", "active"),
        ("SCHOOL", "active"),
        ("TRAINING", "active"),
    ),
    village="chinar",
)
UNPROVEN = Household(
    "KP-T00016",
    "Peshawar",
    (_head("1730100000248", "Shabnam", born=date(1961, 1, 1)),),
    "21.48137",
    _ASSESSED,
)
CONFORMANCE = Household(
    "KP-T00017",
    "Peshawar",
    (
        Person(
            "1730100000252",
            "Kiran",
            "Namoona",
            "female",
            date(1990, 4, 2),
            head=True,
            phones=("+923000000017",),
            identifiers=(("UIN", "TEST-001"), ("BRN", "BRN-TEST-001"), ("MRN", "MRN-TEST-001")),
        ),
    ),
    "18.24617",
    _ASSESSED,
    enrolments=(("CASH", "active"),),
    village="asli",
)
"""For whoever tests the wire: nobody dials for her."""

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
    Known("1560200000121", "record_out_of_date", "last visited in 2019", OUT_OF_DATE),
    Known("1560200000132", "programme_full", "fits WORK, where no place is free", FULL),
    Known("1110100000144", "exited", "has left SCHOOL: the son is grown up", EXITED),
    Known("1350300000166", "suspended", "has to send the children to school", TRUANTS),
    Known("1430100000194", "enrolled", "her last payment of CASH failed", FAILED),
    Known("1210100000202", "enrolled", "the package: CASH, FOOD, SCHOOL, TRAINING", PACKAGE),
    Known("1730100000248", "likely", "too little is known of her: has to come in person", UNPROVEN),
)


def known_households() -> list[Household]:
    """The households of the test persons, each once, and the one for tests of the wire."""
    found = {known.household.id: known.household for known in KNOWN if known.household is not None}
    return [*found.values(), CONFORMANCE]
