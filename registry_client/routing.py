"""Several registries behind one port: each call of it goes to the one that keeps this kind of record.

One window, many ministries: people in one registry, enrolments in another, complaints in a third.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from registry_client.absent import Absent
from registry_client.port import Registry

Kept = Literal[
    "people",
    "eligibility",
    "programmes",
    "applications",
    "complaints",
    "payments",
    "cases",
    "desks",
]
"""A kind of record, and what is asked about it."""
KEPT: tuple[Kept, ...] = get_args(Kept)
CALLS: Mapping[Kept, tuple[str, ...]] = MappingProxyType(
    {
        "people": ("find_person", "find_by_phone", "proof_questions", "prove"),
        "eligibility": ("eligibility",),
        "programmes": ("programmes", "terms"),
        "applications": ("apply", "application_status"),
        "complaints": ("lodge_complaint", "complaint_status"),
        "payments": ("payments",),
        "cases": ("submit", "case_status"),
        "desks": ("desks", "desk"),
    }
)
"""The calls of the port, by what they are about: every call once."""


def routed(keepers: Mapping[Kept, Registry]) -> Registry:
    """One registry of many. What nobody keeps is NotSupported, and the dialogs take their other
    road.
    """
    return cast("Registry", _Routed(keepers))


class _Routed:
    """Every call of the port is the one of its keeper, found by name."""

    def __init__(self, keepers: Mapping[Kept, Registry]) -> None:
        absent = Absent()
        self._calls = {
            call: getattr(keepers.get(kept, absent), call)
            for kept, calls in CALLS.items()
            for call in calls
        }

    def __getattr__(self, call: str) -> Any:
        try:
            return self._calls[call]
        except KeyError:
            raise AttributeError(call) from None
