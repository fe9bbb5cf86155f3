"""People, households and beneficiaries as DCI's records. A poverty score is in none of them."""

from __future__ import annotations

from sandbox.census import Census
from sandbox.database import Row
from sandbox.envelope import Json
from sandbox.programmes import PROGRAMMES
from sandbox.registry import Registry

SOCIAL, IBR = "ns:org:RegistryType:Social", "ns:org:RegistryType:IBR"
SOCIAL_CONTEXT = "https://schema.spdci.org/extensions/social/v1"
IBR_CONTEXT = "https://schema.spdci.org/extensions/ibr/v1"
REGISTERED = "2024-02-10T08:00:00Z"
STATUS = {"active": ("1", "Active"), "exited": ("3", "Graduated"), "suspended": ("4", "Suspended")}
"""Code and word of an enrolment by our state. Who waits is not enrolled."""
ENROLLED_ON = "2025-02-02"
KINDS = {
    "Person": "SRPerson",
    "Member": "SRMember",
    "Group": "SRGroup",
    "Beneficiary": "Beneficiary",
}


def kind_of(record_type: str) -> str:
    """A key of KINDS for a record type as anybody spells it; empty when it is none."""
    bare = record_type.rpartition(":")[2].removeprefix("SR")
    return bare if bare in KINDS else ""


class Records:
    """Reads records out of the books."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @property
    def _census(self) -> Census:
        return self._registry.census

    def record(self, kind: str, row: Row) -> Json:
        """The record of a person, or of her household. `kind`: a key of KINDS."""
        match kind:
            case "Member":
                return self.member(row)
            case "Group":
                return self.group(row["household"])
            case "Beneficiary":
                return self.beneficiary(row)
        return self.person(row)

    def person(self, row: Row) -> Json:
        """An SRPerson."""
        household = self._census.household(row["household"])
        return {
            "@context": SOCIAL_CONTEXT,
            "@type": "SRPerson",
            "identifier": self._identifiers(row),
            "name": {
                "@type": "Name",
                "surname": row["family_name"],
                "given_name": row["given_name"],
            },
            "sex": row["sex"],
            "birth_date": row["born"],
            "phone_number": self._census.phones(row["national_id"]),
            "address": [_address(household["district"])],
            "registration_date": REGISTERED,
        }

    def member(self, row: Row) -> Json:
        """An SRMember."""
        return {
            "@context": SOCIAL_CONTEXT,
            "@type": "SRMember",
            "member_identifier": self._identifiers(row),
            "demographic_info": self.person(row),
            "registration_date": REGISTERED,
        }

    def group(self, identifier: str) -> Json:
        """An SRGroup with its members."""
        household, members = self._census.household(identifier), self._census.members(identifier)
        return {
            "@context": SOCIAL_CONTEXT,
            "@type": "SRGroup",
            "group_identifier": [_identifier("HOUSEHOLD_ID", identifier)],
            "group_type": "household",
            "address": [_address(household["district"])],
            "group_head_info": self.member(members[0]),
            "group_size": len(members),
            "member_list": [self.member(row) for row in members],
            "registration_date": REGISTERED,
        }

    def beneficiary(self, row: Row) -> Json:
        """A Beneficiary of the IBR with her programmes; benefits are those the payer confirmed."""
        states = self._census.enrolments(row["household"])
        held = {code: state for code, state in states.items() if state in STATUS}
        paid = [one for one in self._registry.paid(row["household"]) if one["state"] == "paid"]
        best = min((STATUS[state] for state in held.values()), default=("", ""))
        return {
            "@context": IBR_CONTEXT,
            "@type": "Beneficiary",
            "assistance_unit": "Household",
            "member": {
                "@type": "Member",
                "member_identifier": self._identifiers(row),
                "demographic_info": self.person(row),
            },
            "programme_identifier": [
                self._programme(code, STATUS[state][1], paid) for code, state in held.items()
            ],
            "enrollment_date": ENROLLED_ON,
            "enrollment_status": best[0],
        }

    def _programme(self, code: str, status: str, paid: list[dict[str, object]]) -> Json:
        return {
            "@type": "Programme",
            "programme": {
                "programme_identifier": code,
                "programme_name": PROGRAMMES[code].name["en"],
            },
            "enrolment_date": ENROLLED_ON,
            "enrolment_status": status,
            "benefits": [_benefit(one) for one in paid if one["code"] == code],
        }

    def _identifiers(self, row: Row) -> list[Json]:
        return [
            *(_identifier(kind, value) for kind, value in self._census.identifiers(row)),
            _identifier("HOUSEHOLD_ID", row["household"]),
        ]


def _identifier(kind: str, value: str) -> Json:
    return {"@type": "Identifier", "identifier_type": kind, "identifier_value": value}


def _address(district: str) -> Json:
    return {"@type": "Address", "locality": district, "country_code": "PK"}


def _benefit(payment: dict[str, object]) -> Json:
    return {
        "benefit_type": "Cash",
        "benefit_date": payment["due"],
        "benefit_value": f"{payment['currency']} {payment['amount']}",
    }
