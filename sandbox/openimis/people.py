"""What this openIMIS holds at first: the sandbox's test persons, a few plans, two benefits."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID, uuid5

from sandbox.people import ENROLLED, KNOWN, known_households

Record = dict[str, Any]

_SPACE = UUID("00000000-0000-5000-8000-000000000001")
_STATUSES = {
    "active": "ACTIVE",
    "waiting": "POTENTIAL",
    "suspended": "SUSPENDED",
    "exited": "GRADUATED",
}
_VALID = {"dateValidFrom": "2020-01-01T00:00:00", "dateValidTo": "2099-12-31T00:00:00"}


def number(kind: str, name: str) -> str:
    """The UUID of a record, the same on each start."""
    return str(uuid5(_SPACE, f"{kind}/{name}"))


def relay(kind: str, uuid: str) -> str:
    """An id as connections give it."""
    return base64.b64encode(f"{kind}GQLType:{uuid}".encode()).decode()


def individuals() -> list[Record]:
    """Everybody with an ID; what is not a name is in `jsonExt`."""
    found = {one.national_id: one for house in known_households() for one in house.members}
    return [
        {
            "uuid": number("Individual", one.national_id),
            "jsonExt": {"national_id": one.national_id, "phone": next(iter(one.phones), "")},
        }
        for one in found.values()
    ]


def plans() -> list[Record]:
    """Two open ones, one for groups, one that is over."""
    return [
        _plan("CASH", "Cash support"),
        _plan("SCHOOL", "School grant"),
        _plan("TRAINING", "Skills training"),
        _plan("GROUPS", "Village fund", type="GROUP"),
        _plan("RELIEF", "Flood relief", dateValidTo="2022-12-31T00:00:00"),
    ]


def _plan(code: str, name: str, **more: str) -> Record:
    plan = {"uuid": number("BenefitPlan", code), "code": code, "name": name, "type": "INDIVIDUAL"}
    return plan | _VALID | more


def beneficiaries() -> list[Record]:
    """The enrolments of the households, as those of their test persons."""
    return [
        {
            "uuid": number("Beneficiary", f"{known.national_id}/{code}"),
            "individual": number("Individual", known.national_id),
            "plan": number("BenefitPlan", code),
            "status": _STATUSES[state],
            "jsonExt": {},
        }
        for known in KNOWN
        if known.household is not None
        for code, state in known.household.enrolments
        if code in {"CASH", "SCHOOL"}
    ]


def benefits() -> list[Record]:
    """One that was paid and one to come."""
    whose = number("Individual", ENROLLED.members[0].national_id)
    return [
        {"individual": whose, "code": code, "amount": "12000.00", "dateDue": due, "status": status}
        for code, due, status in (
            ("BEN-2026-09", "2026-09-05", "RECONCILED"),
            ("BEN-2026-10", "2026-10-05", "APPROVE_FOR_PAYMENT"),
            ("BEN-2026-10B", "2026-10-05", "DUPLICATE"),
        )
    ]


def extension(record: Record) -> str:
    """`jsonExt` as it is on the wire: JSON in a string."""
    return json.dumps(record["jsonExt"])
