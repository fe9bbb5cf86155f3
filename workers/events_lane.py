"""What registries told becomes SMS: each event once, to the right person, with its line in the history
of the request it is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from registry_client.breaker import REST
from registry_client.dci import notifications
from registry_client.events import DECIDED, Event
from registry_client.port import Away, RegistryError
from store import deliveries, following, messages, outbox
from store.deliveries import Delivery
from store.lanes import sms, wake
from store.messages import NewMessage
from workers import noticing
from workers.context import Context
from workers.drain import Hold, awaited
from workers.patience import LOST, spent
from workers.verdicts import BUG, UNREADABLE, Hopeless, Later, NotBegun, put_off

TELLING = frozenset({"notify", "event"})
"""Actions of messages that tell of events; an answer to a question of ours tells nobody."""
UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Said:
    """What is told of a delivery, and which events were about requests."""

    told: list[NewMessage] = field(default_factory=list)
    about: list[Event] = field(default_factory=list)


Verdict = Said | Later | Hopeless | NotBegun


def carry(context: Context, hold: Hold) -> None:
    """Read each delivery, say whose events it tells, record all in one transaction, then raise the
    first bug there was.
    """
    with context.database.read() as conn:
        opened = deliveries.read(conn, context.seals, hold.attempts)
    verdicts: dict[UUID, Verdict] = {
        subject: Hopeless(LOST if subject in opened else UNREADABLE) for subject in hold.attempts
    }
    calls: dict[UUID, Future[Verdict]] = {
        subject: context.pool.submit(heard, context, hold, one)
        for subject, one in opened.items()
        if not spent(hold.lane, hold.attempts[subject])
    }
    awaited(context, hold, calls.values())
    for subject, call in calls.items():
        verdicts[subject] = Hopeless(BUG) if call.exception() else call.result()
    for provider in sorted(record(context, hold, verdicts)):
        wake(context.redis, sms(provider))
    for call in calls.values():
        call.result()  # fails loudly, once, on what no delivery may raise


def heard(context: Context, hold: Hold, delivery: Delivery) -> Verdict:
    """What a delivery tells whom. A registry that has to say whose phone it is and does not answer
    is asked again later.
    """
    if delivery.action not in TELLING:
        return Said()
    if context.clock() >= hold.until:
        return NotBegun()
    said = Said()
    id_type = context.id_types.get(delivery.registry, "")
    for event in notifications.read(delivery.message, id_type):
        try:
            said.told.extend(noticing.told(context, delivery.registry, event))
        except Away:
            return NotBegun(context.clock() + timedelta(seconds=REST))
        except RegistryError:
            return Later(UNAVAILABLE)
        if event.reference:
            said.about.append(event)
    return said


def record(context: Context, hold: Hold, verdicts: Mapping[UUID, Verdict]) -> set[str]:
    """Write down what is still ours to write, all or nothing.

    Returns the providers by which somebody is to be told.
    """
    now = context.clock()
    said = {subject: one for subject, one in verdicts.items() if isinstance(one, Said)}
    with context.database.write() as conn:
        ours = [said[one] for one in sorted(outbox.done(conn, hold.lane, hold.token, said))]
        told = [new for one in ours for new in one.told]
        messages.queue_all(conn, context.seals, told, now, context.random)
        for event in (event for one in ours for event in one.about):
            over = event.what in DECIDED
            following.heard(conn, context.seals, event.reference, event.what, now, over=over)
        put_off(conn, context, hold, verdicts, now)
    return {one.provider for one in told}
