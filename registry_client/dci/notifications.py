"""What a registry notifies of, as events: DCI's own, the local profile's, and the shapes that are met in
their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from registry_client import events, notified
from registry_client.dci import enrolments, records
from registry_client.dci.fields import objects, plain
from registry_client.dci.values import Enrolment, Status
from registry_client.envelope import Json, word
from registry_client.events import LONGEST_ID, Event, What
from registry_client.notified import Notified

PRIVATE = "event"
"""The record type of an event of the local profile, without its prefix."""
MOST = 100
"""Events read of one notification."""

PEOPLE: Mapping[str, What] = {
    "register": What.HOUSEHOLD_REGISTERED,
    "newhouseholdmember": What.HOUSEHOLD_CHANGED,
    "update": What.HOUSEHOLD_CHANGED,
}
"""Events of a social registry, as `plain` writes them."""
ENROLMENTS = frozenset(map(plain, ("enrollement", "enrolment", "enrollment")))
CHANGES = frozenset(f"{one}statuschange" for one in ENROLMENTS)
"""Events of a beneficiary registry, however they are spelt."""
BECAME: Mapping[Status, What] = {
    Status.ACTIVE: What.ENROLLED,
    Status.SUSPENDED: What.SUSPENDED,
    Status.GRADUATED: What.EXITED,
    Status.EXITED: What.EXITED,
    Status.INACTIVE: What.EXITED,
}
"""What is told of a status; of the others nothing is."""


def read(message: Json, id_type: str) -> tuple[Event, ...]:
    """The events of a notification that can be told; `id_type` is what the registry calls a
    national ID. Raises nothing.
    """
    transaction = word(message.get("transaction_id"))
    private = map(events.read, objects(message, "events"))
    found = [one for one in private if one is not None]
    found += [
        event
        for number, one in enumerate(notified.read(message))
        for event in _events(one, f"{transaction}/{one.id or number}", id_type)
    ]
    return tuple(found[:MOST])


def _events(one: Notified, name: str, id_type: str) -> Iterator[Event]:
    kind, private = plain(one.what), plain(one.about) == PRIVATE
    for number, record in enumerate(one.records):
        if private:
            event = events.read(record)
            if event is not None:
                yield event
            continue
        for what, facts in _happened(kind, record):
            told = _about(f"{name}/{number}/{what}", what, record, id_type, facts)
            if told is not None:
                yield told


def _happened(kind: str, record: Json) -> Iterator[tuple[What, dict[str, Any]]]:
    """What an event of this kind says of a record, with its facts."""
    if kind in PEOPLE:
        yield PEOPLE[kind], {}
    elif kind in ENROLMENTS | CHANGES:
        for one in enrolments.beneficiary(record).enrolments:
            if one.status in BECAME:
                yield BECAME[one.status], _programme(one)
            elif kind in ENROLMENTS and one.status is Status.UNKNOWN:
                yield What.ENROLLED, _programme(one)


def _programme(one: Enrolment) -> dict[str, Any]:
    return {"programme": [one.programme, {"en": one.name or one.programme}]}


def _about(
    name: str, what: What, record: Json, id_type: str, facts: dict[str, Any]
) -> Event | None:
    """The event, where the record says whose it is: by a phone, else by an ID."""
    phones = records.phones(record)
    event = Event(
        name[-LONGEST_ID:],
        what,
        phone=phones[0] if phones else "",
        national_id=_whose(record, id_type),
        facts=facts,
    )
    return events.about_somebody(event)


def _whose(record: Json, id_type: str) -> str:
    """Her national ID; that of the head, or of the first who has one, where the record is a group's."""
    for one in (record, *objects(record, "member"), *objects(record, "group")):
        for person in (one, *records.members(one)):
            if number := records.national_id(person, id_type):
                return number
    return ""
