"""Carries requests to the central registry, one call each, several at once, and queues the SMS on
the outcome.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection

from registry_client.breaker import REST
from registry_client.port import FINAL, Away, NotSupported, Refused, StillAway, Unavailable
from store import citizens, messages, outbox, requests
from store.lanes import sms, wake
from store.messages import NewMessage
from store.requests import Request, Settled
from store.restoring import RESTORED
from store.seals import Seals
from workers import telling
from workers.context import Context
from workers.drain import Hold, awaited
from workers.handing import hand_over, known
from workers.patience import LOST, spent
from workers.verdicts import BUG, UNREADABLE, Hopeless, Later, NotBegun, Spared, put_off

NOT_SUPPORTED = "not_supported"
UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Answered:
    """The registry said what becomes of it, and the citizen is told."""

    settled: Settled
    told: list[NewMessage]


Verdict = Answered | Later | Spared | Hopeless | NotBegun


def room(context: Context, batch: int) -> int:
    """While all registries are away nothing is claimed; when one has rested, one request that tries."""
    return context.worth(context.registry_timeout, batch)


def carry(context: Context, hold: Hold) -> None:
    """Ask the registry about each, record all outcomes in one transaction, then raise the first bug
    there was. A bug's row is given up at once: it would only be loud again.
    """
    with context.database.read() as conn:
        opened = wished(conn, context.seals, requests.load(conn, context.seals, hold.attempts))
    worth = deque(one for one in opened if not spent(hold.lane, hold.attempts[one.id]))
    legible = {request.id for request in opened}
    verdicts: dict[UUID, Verdict] = {
        subject: Hopeless(LOST if subject in legible else UNREADABLE) for subject in hold.attempts
    }
    verdicts.update((request.id, NotBegun()) for request in worth)
    hands = [
        context.pool.submit(one_by_one, context, hold, worth, verdicts)
        for _ in range(min(len(worth), context.at_once))
    ]
    awaited(context, hold, hands)
    for provider in sorted(record(context, hold, verdicts)):
        wake(context.redis, sms(provider))
    for hand in hands:
        hand.result()  # fails loudly, once, on what no adapter may raise


def one_by_one(
    context: Context, hold: Hold, waiting: deque[Request], verdicts: dict[UUID, Verdict]
) -> None:
    """Ask about the next that waits until none does; others do the same meanwhile.

    A bug ends this hand, with its row given up; the rest is the others', or has not begun.
    """
    while request := _next(waiting):
        verdicts[request.id] = Hopeless(BUG)
        verdicts[request.id] = asked(context, hold, request)


def _next(waiting: deque[Request]) -> Request | None:
    """Whoever is first; None when nobody is left."""
    try:
        return waiting.popleft()
    except IndexError:
        return None


def asked(context: Context, hold: Hold, request: Request) -> Verdict:
    """One call to the registry, its answer read.

    Only a refusal of what she asked is told her; one of how we asked is for staff to mend and
    replay.
    """
    if context.clock() >= hold.until:
        return NotBegun()
    try:
        return ask(context, request, tried=hold.attempts[request.id] > 1)
    except Away:
        return NotBegun(context.clock() + timedelta(seconds=REST))
    except StillAway:
        return Spared(UNAVAILABLE)
    except Unavailable:
        return Later(UNAVAILABLE)
    except NotSupported:
        return Hopeless(NOT_SUPPORTED)
    except Refused as refusal:
        if refusal.code not in FINAL:
            return Hopeless(refusal.code)
        told = said(request, telling.refused(context, request))
        return Answered(Settled(request.id, "refused", detail=refusal.code), told)


def ask(context: Context, request: Request, *, tried: bool) -> Verdict:
    """Put it to the registry; what was `tried` before may be there already. Raises
    RegistryError.
    """
    if request.kind == "question":
        outcome, told = telling.answered(context, request)
        return Answered(Settled(request.id, "answered", detail=outcome), said(request, told))
    timeout = context.registry_timeout
    held = known(context.registry, request, timeout=timeout) if tried else None
    held = held or hand_over(context.registry, request, timeout=timeout)
    told = said(request, telling.accepted(context, request), anew=not held.known)
    return Answered(Settled(request.id, "accepted", held.record), told)


def said(request: Request, told: list[NewMessage], *, anew: bool = False) -> list[NewMessage]:
    """What is told, in doubt where a copy brought the request back and the registry may have
    answered it before: then she may have been told. `anew`: it had never heard of it.
    """
    if anew or not request.restored:
        return told
    return [replace(one, doubt=RESTORED) for one in told]


def record(context: Context, hold: Hold, verdicts: Mapping[UUID, Verdict]) -> set[str]:
    """Write down what is still ours to write, all or nothing.

    Returns the providers by which somebody is to be told.
    """
    now = context.clock()
    answered = {subject: one for subject, one in verdicts.items() if isinstance(one, Answered)}
    with context.database.write() as conn:
        ours = [
            answered[subject]
            for subject in sorted(outbox.done(conn, hold.lane, hold.token, answered))
        ]
        requests.settle(conn, context.seals, [one.settled for one in ours], now)
        told = [new for one in ours for new in one.told]
        messages.queue_all(conn, context.seals, told, now, context.random)
        requests.bury(conn, put_off(conn, context, hold, verdicts, now).given_up, now)
    return {one.provider for one in told}


def wished(conn: Connection, seals: Seals, opened: list[Request]) -> list[Request]:
    """What an SMS may say is what she chose for the request, else for her phone."""
    wishes = citizens.wishes(conn, seals, {one.phone for one in opened if one.phone})
    return [
        replace(one, reach=wishes[one.phone])
        if one.reach == "open" and one.told == one.phone and one.phone in wishes
        else one
        for one in opened
    ]
