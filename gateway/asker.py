"""Who asks the registry something while she waits, and how long she does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from gateway.deadline import Deadline

Found = tuple[str, Mapping[str, Any]]
"""An outcome of a query and the facts that come with it."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the phone and its key, her language, the digest of her last ID in hex, and the trace
    that joins log lines.
    """

    phone: str
    phone_key: bytes
    language: str
    own: str
    trace: str
    by_sms: bool = False
    """Answers of the last hour will do: on a call they would be older than what she sees."""


class Patient(TypedDict):
    """What every call of the port takes."""

    timeout: float
    trace: str


def patient(patience: float, asker: Asker, deadline: Deadline) -> Patient:
    """How long a call may take: `patience` seconds, or what the deadline leaves of them."""
    return {"timeout": deadline.left(patience), "trace": asker.trace}
