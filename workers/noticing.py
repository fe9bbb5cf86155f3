"""An event of a registry becomes an SMS: to whom, in which language, and with which words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dialogs.events import EVENTS
from registry_client.events import NEWS, Event
from registry_client.port import NotSupported
from store import citizens, following
from store.citizens import Reach
from store.database import Database
from store.messages import NewMessage
from store.requests import Request
from store.seals import Seals
from workers.context import Context

ANYTHING = "notices.some_news"
"""Says that there is something, and not what."""
LESS = {
    "payment": "notices.payment_news",
    "decision": "notices.decision_news",
    "enrolled": "notices.enrolment_news",
    "suspended": "notices.enrolment_news",
    "exited": "notices.enrolment_news",
}
"""What is said where an event lacks what its own notice names, by the first word of it."""


@dataclass(frozen=True, slots=True)
class Hearer:
    """Whom an event is for. `request` is the one it is about, where it is one of ours."""

    phone: str
    language: str
    reach: Reach
    provider: str
    request: Request | None = None


def told(context: Context, registry: str, event: Event) -> list[NewMessage]:
    """The SMS of an event, one at most; none where nobody is known, or she wants none.

    Raises RegistryError where the registry has to say whose ID it is and does not answer.
    """
    who = hearer(context, event)
    if who is None or who.reach == "none":
        return []
    address, values = worded(context, event, who)
    return [
        NewMessage(
            key=f"event:{registry}:{event.id}",
            phone=who.phone,
            text=context.say(address, who.language, **values),
            language=who.language,
            provider=who.provider,
            address=address,
            request=who.request.id if who.request else None,
            purpose="news" if event.what in NEWS else "service",
        )
    ]


def hearer(context: Context, event: Event) -> Hearer | None:
    """Whoever made the request it is about; else its phone; else the first one on record of the
    person.
    """
    if event.reference:
        with context.database.read() as conn:
            found = following.follow(conn, context.seals, event.reference)
        if found is not None:
            return _asker(context, found.request)
    phone = event.phone or _on_record(context, event.national_id)
    return _met(context, phone) if phone else None


def worded(context: Context, event: Event, who: Hearer) -> tuple[str, dict[str, object]]:
    """The fullest notice that names nothing the event lacks, and its values; a phone that others
    see hears that there is something.
    """
    known: dict[str, object] = {**event.facts, "code": context.code}
    if who.request is not None:
        known["reference"] = who.request.reference
    for address in _addresses(event, who.reach):
        if set(EVENTS[address].values) <= set(known):
            break
    return address, {name: known[name] for name in EVENTS[address].values}


def _addresses(event: Event, reach: Reach) -> Iterator[str]:
    """From the one that says most to the one that says least."""
    if reach == "open":
        yield f"notices.{event.what}"
        yield LESS.get(event.what.partition("_")[0], ANYTHING)
    yield ANYTHING


def _asker(context: Context, request: Request) -> Hearer | None:
    """Who made a request, by the phone she wants to be told on."""
    if not request.told:
        return None
    reach = request.reach
    if reach == "open":
        reach = _wish(context.database, context.seals, request.told)
    return Hearer(request.told, request.language, reach, request.provider, request)


def _met(context: Context, phone: str) -> Hearer:
    """Whoever uses a phone, in the language she chose; in the one that greets, where we never met."""
    with context.database.read() as conn:
        citizen = citizens.find(conn, context.seals, phone)
    language = (citizen.language if citizen else None) or ""
    reach = citizen.sms if citizen else "open"
    return Hearer(phone, language, reach, context.sender)


def _wish(database: Database, seals: Seals, phone: str) -> Reach:
    with database.read() as conn:
        return citizens.wishes(conn, seals, {phone}).get(phone, "open")


def _on_record(context: Context, national_id: str) -> str:
    """The first phone the registry has of this person; empty where there is none."""
    if not national_id:
        return ""
    try:
        found = context.registry.find_person(
            national_id, timeout=context.registry_timeout, trace="event"
        )
    except NotSupported:
        return ""
    return found.phones[0] if found and found.phones else ""
