"""What a registry notifies, in the three shapes met: DCI's, openIMIS' and OpenSPP's.

What its records say is not read here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from registry_client import envelope
from registry_client.envelope import Json


@dataclass(frozen=True, slots=True)
class Notified:
    """One event. Each text is empty where the registry left it out."""

    id: str
    """The registry's own."""
    what: str
    """Its kind of event, as the registry spells it."""
    about: str
    """Its type of record."""
    subscription: str
    """The code we subscribed under."""
    records: tuple[Json, ...] = field(repr=False)


def items(message: Json) -> list[Json]:
    """The events of a notification as they came: `notify_event[]`, or openIMIS' `notify_request[]`."""
    return [
        one
        for name in ("notify_event", "notify_request")
        for one in envelope.objects(message.get(name))
    ]


def read(message: Json) -> tuple[Notified, ...]:
    """The events of a notification."""
    subscription = envelope.word(message.get("subscription_code"))
    return tuple(_read(one, subscription) for one in items(message))


def _read(item: Json, subscription: str) -> Notified:
    """DCI and openIMIS keep it under `data`, OpenSPP beside the event's id."""
    data = item.get("data")
    inside = data if isinstance(data, dict) else item
    return Notified(
        _first(item, "reference_id", "event_id"),
        _first(inside, "reg_event_type", "event_type"),
        _first(inside, "reg_record_type", "reg_type"),
        _first(item, "subscription_id") or subscription,
        tuple(
            one
            for name in ("reg_records", "reg_record", "event_data")
            for one in envelope.objects(inside.get(name))
        ),
    )


def _first(part: Json, *names: str) -> str:
    return next((found for name in names if (found := envelope.word(part.get(name)))), "")
