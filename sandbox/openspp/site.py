"""What this OpenSPP holds: a few test persons, three programmes, and what was handed over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.people import ENROLLED, EXITED, FAMILY, NOT_ELIGIBLE, OUTSIDER, SUSPENDED, WAITING

ID_SYSTEM = "urn:openspp:national-id"
GROUP_SYSTEM = "urn:openspp:group"
PROGRAMME_SYSTEM = "urn:openspp:program"
HOUSEHOLDS = (FAMILY, WAITING, ENROLLED, SUSPENDED, NOT_ELIGIBLE, EXITED, OUTSIDER)
PROGRAMMES = {
    "CASH": ("Cash support", "individual"),
    "TRAINING": ("Skills training", "individual"),
    "HOUSE": ("Roof repairs", "group"),
}
NO_CONSENT = "1330200000071"
"""She is there, and agreed to nothing."""
STATUSES = {"active": "enrolled", "suspended": "paused", "waiting": "draft", "exited": "exited"}

Resource = dict[str, Any]


def individuals() -> dict[str, Resource]:
    """The test persons by their IDs. No name leaves this registry."""
    return {
        person.national_id: {
            "type": "Individual",
            "identifier": [{"system": ID_SYSTEM, "value": person.national_id}],
            "active": True,
            "telecom": [{"system": "phone", "value": one} for one in person.phones],
            "groupMembership": [{"group": {"reference": f"Group/{GROUP_SYSTEM}|{household.id}"}}],
        }
        for household in HOUSEHOLDS
        for person in household.members
    }


def programmes() -> list[Resource]:
    """Every programme as the REST shows it."""
    return [
        {
            "type": "Program",
            "identifier": [{"system": PROGRAMME_SYSTEM, "value": code}],
            "active": True,
            "name": name,
            "targetType": target,
            "period": {"start": "2026-01-01", "end": None},
        }
        for code, (name, target) in PROGRAMMES.items()
    ]


def membership(beneficiary: str, code: str, status: str) -> Resource:
    """One membership."""
    name = PROGRAMMES.get(code, (code, ""))[0]
    return {
        "type": "ProgramMembership",
        "program": {"reference": f"Program/{PROGRAMME_SYSTEM}|{code}", "display": name},
        "beneficiary": {"reference": beneficiary},
        "status": status,
    }


def memberships() -> list[Resource]:
    """Those of the households: of the group, and one of a person."""
    held = [
        membership(f"Group/{GROUP_SYSTEM}|{household.id}", "CASH", STATUSES[state])
        for household in HOUSEHOLDS
        for code, state in household.enrolments
    ]
    refused = f"Individual/{ID_SYSTEM}|{NOT_ELIGIBLE.members[0].national_id}"
    return [*held, membership(refused, "TRAINING", "not_eligible")]


def entitlements() -> list[Resource]:
    """What the enrolled household is entitled to: more than one page of it."""
    return [
        {
            "type": "Entitlement",
            "identifier": [{"system": "urn:openspp:entitlement", "value": f"E-{number}"}],
            "beneficiary": f"{GROUP_SYSTEM}|{ENROLLED.id}",
            "program": {"reference": f"Program/{PROGRAMME_SYSTEM}|CASH", "display": "Cash support"},
            "entitlementType": "cash" if number % 2 else "inkind",
            "state": ("approved", "trans2FSP", "rdpd2ben", "cancelled")[number // 2 % 4],
            "initialAmount": {"value": 1000.0 + number, "currency": "PKR"},
            "validPeriod": {"start": f"{2000 + number // 12}-{number % 12 + 1:02}-01", "end": None},
        }
        for number in range(120)
    ]


@dataclass(slots=True)
class Site:
    """The records. Whoever changes them holds the lock. `cut`: the next so many that are created are
    kept, and their answer is lost.
    """

    now: Callable[[], datetime]
    individuals: dict[str, Resource] = field(default_factory=individuals)
    programmes: list[Resource] = field(default_factory=programmes)
    memberships: list[Resource] = field(default_factory=memberships)
    entitlements: list[Resource] = field(default_factory=entitlements)
    changes: list[Resource] = field(default_factory=list)
    tickets: list[Resource] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    cut: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def lost(self) -> bool:
        """Whether the answer to what was just created is lost; counts it."""
        self.cut, lost = max(0, self.cut - 1), self.cut > 0
        return lost
