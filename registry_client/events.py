"""What a registry tells by itself, in our words, and how an event of the local profile is read.

Every fact is built from a named field: nothing else a registry writes can reach a message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from registry_client import facts
from registry_client.envelope import Json, word
from registry_client.port import Label

LONGEST_ID = 99
"""Characters of an event's id, as DCI bounds its own."""
_REFERENCE = re.compile(r"[0-9]{10}", re.ASCII)
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


class What(StrEnum):
    """The closed set of things a registry may tell; each is said by a notice of the same name."""

    PAYMENT_READY = "payment_ready"
    PAYMENT_SENT = "payment_sent"
    PAYMENT_LATE = "payment_late"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_FAILED_ACCOUNT = "payment_failed_account"
    PAYMENT_FAILED_IDENTITY = "payment_failed_identity"
    PAYMENT_RETURNED = "payment_returned"
    PAYMENT_UNCLAIMED = "payment_unclaimed"
    DECISION_YES = "decision_yes"
    DECISION_NO = "decision_no"
    DECISION_WAITING = "decision_waiting"
    COMPLAINT_IN_WORK = "complaint_in_work"
    COMPLAINT_ANSWERED = "complaint_answered"
    DOCUMENT_MISSING = "document_missing"
    APPOINTMENT_SET = "appointment_set"
    APPOINTMENT_OFF = "appointment_off"
    PROGRAMME_OPENS = "programme_opens"
    HOUSEHOLD_REGISTERED = "household_registered"
    HOUSEHOLD_CHANGED = "household_changed"
    ENROLLED = "enrolled"
    SUSPENDED = "suspended"
    EXITED = "exited"


DECIDED = frozenset({What.DECISION_YES, What.DECISION_NO, What.COMPLAINT_ANSWERED})
"""What ends the request it is about."""
NEWS = frozenset({What.PROGRAMME_OPENS})
"""What nobody asked for: a wish for no news holds it back."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. It is for whoever made the request of this `reference`, else for the
    phone, else for the person with this ID.

    `facts` are JSON-shaped as in a session, by the names the notices use.
    """

    id: str
    """The sender's own: one notice comes of it, however often it is told."""
    what: What
    reference: str = ""
    """Ten digits, minted here."""
    phone: str = ""
    """E.164."""
    national_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def read(item: Json) -> Event | None:
    """An event of the local profile; None where it is none of ours, or is about nobody."""
    number, what = word(item.get("event_id")), word(item.get("event"))
    if not number or len(number) > LONGEST_ID or what not in _WHAT:
        return None
    person = item.get("person")
    return about_somebody(
        Event(
            number,
            _WHAT[what],
            _matching(_REFERENCE, item.get("reference")),
            _matching(_PHONE, item.get("phone")),
            word(person.get("value")) if isinstance(person, dict) else "",
            _facts(item),
        )
    )


def about_somebody(event: Event) -> Event | None:
    """The event, where it says whom it is about."""
    return event if event.reference or event.phone or event.national_id else None


def _facts(item: Json) -> dict[str, Any]:
    """The facts that can be read, by their names."""
    found = {name: reader(item) for name, reader in READERS.items()}
    return {name: value for name, value in found.items() if value}


def _matching(form: re.Pattern[str], value: object) -> str:
    text = word(value)
    return text if form.fullmatch(text) else ""


def _programme(item: Json) -> list[Any] | None:
    given = item.get("programme")
    found = facts.programme(given if isinstance(given, dict) else {"code": given})
    return [found.code, dict(found.name)] if found else None


def _money(item: Json) -> list[str] | None:
    amount, currency = facts.amount(item.get("amount")), word(item.get("currency"))
    return [amount, currency] if amount and re.fullmatch(r"[A-Z]{3}", currency) else None


def _day(name: str) -> Callable[[Json], str]:
    def reader(item: Json) -> str:
        day = facts.day(item.get(name))
        return day.isoformat() if day else ""

    return reader


def _said(name: str) -> Callable[[Json], Label]:
    return lambda item: dict(facts.sentence(item.get(name)))


_WHAT = {what.value: what for what in What}
READERS: Mapping[str, Callable[[Json], Any]] = MappingProxyType(
    {
        "programme": _programme,
        "amount": _money,
        "time": lambda item: _matching(_TIME, item.get("time")),
        **{name: _said(name) for name in ("place", "criterion", "document")},
        **{name: _day(name) for name in ("due", "until", "on", "by", "opens", "closes")},
    }
)
"""How each fact of an event is read, by its name: empty or None where it cannot be."""
