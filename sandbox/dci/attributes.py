"""What people can be searched and sorted by: names of DCI's records, and where each is in the books.

An attribute is named alone (`sex`) or at the end of a path (`demographic_info.sex`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

IDENTIFIERS = ("UIN", "NID", "BRN", "MRN", "DRN", "MOBILE", "HOUSEHOLD_ID")
"""Types of identifiers. The UIN of most people is their NID."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """`sql` tells of person `p` in household `h`, with `{}` where the comparison goes.

    `kind` is text, day or number. `sort`: what to sort by; empty where there may be several.
    `of_household`: whether all people of a household share it.
    """

    sql: str
    kind: str = "text"
    sort: str = ""
    of_household: bool = False


def _plain(column: str, kind: str = "text", *, of_household: bool = False) -> Attribute:
    return Attribute(f"{column} {{}}", kind, column, of_household)


_NUMBER = Attribute(
    "(p.national_id {0} OR EXISTS (SELECT 1 FROM identifiers i WHERE i.national_id = p.national_id"
    " AND i.type = 'UIN' AND i.value {0}))"
)
_SIZE = "(SELECT count(*) FROM people m WHERE m.household = p.household)"
_PHONE = Attribute(
    "EXISTS (SELECT 1 FROM phones f WHERE f.national_id = p.national_id AND f.phone {})"
)
_PROGRAMME = Attribute(
    "EXISTS (SELECT 1 FROM enrolments e WHERE e.household = p.household"
    " AND e.state IN ('active', 'suspended') AND e.programme {})"
)
_ENROLMENT = Attribute(
    "EXISTS (SELECT 1 FROM enrolments e WHERE e.household = p.household AND CASE e.state"
    " WHEN 'active' THEN 'Active' WHEN 'suspended' THEN 'Suspended' WHEN 'exited' THEN 'Graduated' END {})"
)
_NEVER = Attribute("NULL {}", "number")
"""What this registry keeps to itself: no record ever has it, whatever it is compared with."""


_HELD = (
    "EXISTS (SELECT 1 FROM identifiers i WHERE i.national_id = p.national_id"
    " AND i.type = 'TYPE' AND i.value {})"
)


def _identifier(kind: str) -> Attribute:
    return Attribute(_HELD.replace("TYPE", kind))


BY_TYPE = MappingProxyType(
    {
        "UIN": _NUMBER,
        "NID": _plain("p.national_id"),
        "BRN": _identifier("BRN"),
        "MRN": _identifier("MRN"),
        "DRN": _identifier("DRN"),
        "MOBILE": _PHONE,
        "HOUSEHOLD_ID": _plain("p.household", of_household=True),
    }
)
ATTRIBUTES = MappingProxyType(
    {
        "identifier_value": _NUMBER,
        "person_identifier": _NUMBER,
        "member_identifier": _NUMBER,
        "group_identifier": BY_TYPE["HOUSEHOLD_ID"],
        "household_id": BY_TYPE["HOUSEHOLD_ID"],
        "given_name": _plain("p.given_name"),
        "surname": _plain("p.family_name"),
        "sex": _plain("p.sex"),
        "birth_date": _plain("p.born", "day"),
        "phone_number": _PHONE,
        "locality": _plain("h.district", of_household=True),
        "group_size": _plain(_SIZE, "number", of_household=True),
        "registration_date": _plain("'2024-02-10'", "day", of_household=True),
        "programme_identifier": _PROGRAMME,
        "enrollment_status": _ENROLMENT,
        "enrolment_status": _ENROLMENT,
        "poverty_score": _NEVER,
        **BY_TYPE,
    }
)


def attribute(name: object) -> Attribute | None:
    """The attribute of this name or at the end of this path; None where there is none."""
    return ATTRIBUTES.get(name.rpartition(".")[2]) if isinstance(name, str) else None
