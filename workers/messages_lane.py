"""Sends SMS by the providers, equal texts together, several calls at once, and records what became
of each.

A message is marked `sending` just before the call that it leaves by; one found so later is `uncertain`,
and settled by asking, never by sending it again blindly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from itertools import groupby
from operator import attrgetter, or_
from uuid import UUID

from gateway.providers import (
    Accepted,
    NoRoute,
    OptedOut,
    Outgoing,
    OutOfHours,
    SendError,
    Uncertain,
)
from store import citizens, messages, outbox
from store.database import StoreDown
from store.lanes import sms, wake
from store.messages import Message, Outcome
from workers import channels, doubts
from workers.context import Context
from workers.doubts import Doubt, Looked
from workers.drain import Hold, returning
from workers.patience import LOST, STALE, next_hour, spent
from workers.verdicts import BUG, UNREADABLE, Hopeless, Later, NotBegun, put_off

TOGETHER = 100
"""Messages of one text handed over at once."""
APART = 5
"""Messages of different texts handed over at once: a call each, in turn, within the provider's own
bound. So many a call are in doubt when their worker is killed.
"""
NO_PROVIDER = "no_provider"
OPTED_OUT = "opted_out"
TRIES = 3
"""Failed so often by a provider that is sick, a message goes by the second one."""
SPREAD = timedelta(seconds=60)
"""Over so long at most messages are spread that their provider's rate holds back."""


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing more is to be done."""

    outcome: Outcome | None = None
    """None where it was known before."""
    blocked: str = ""
    """Her number, when the provider says she wants no more."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """It failed for sure, and the second provider takes it over. `why` names the first and its
    code.
    """

    why: str


Verdict = Over | Later | Hopeless | NotBegun | Doubt | Looked | Elsewhere


def carry(context: Context, hold: Hold) -> None:
    """Send what may be sent, record every outcome as it comes, then raise the first bug there was:
    what it was sending may have left.
    """
    with context.database.read() as conn:
        opened = {one.id: one for one in messages.load(conn, context.seals, hold.attempts)}
    found = {one: stays(context, hold, opened.get(one), one) for one in hold.attempts}
    verdicts = {one: verdict for one, verdict in found.items() if verdict is not None}
    free = [opened[one] for one, verdict in found.items() if verdict is None]
    verdicts |= held_back(context, free)
    looks = [one for one, verdict in verdicts.items() if isinstance(verdict, Looked)]
    record(context, hold, opened, {one: verdicts[one] for one in verdicts.keys() - set(looks)})
    calls: dict[Future[dict[UUID, Verdict]], list[Message]] = {
        context.pool.submit(sent, context, hold, batch): batch
        for batch in batches([one for one in free if one.id not in verdicts])
    }
    calls |= {context.pool.submit(asked_about, context, opened[one]): [] for one in looks}
    said: dict[UUID, Verdict] = {}
    for over in returning(context, hold, calls):
        said |= reduce(or_, [came_of(one, calls[one]) for one in over])
        with suppress(StoreDown):  # it is kept, and written down with the next
            record(context, hold, opened, said)
            said = {}
    record(context, hold, opened, said)
    with context.database.write() as conn:
        messages.match(conn, context.clock())
    for call in calls:
        call.result()  # fails loudly, once, on what no provider may raise


def stays(context: Context, hold: Hold, message: Message | None, subject: UUID) -> Verdict | None:
    """Why a claimed message does not leave; None: it does."""
    match message:
        case None:
            return Hopeless(UNREADABLE)
        case Message(state="sending"):
            return Doubt(LOST)
        case Message(state="uncertain"):
            return Looked(message, None)
        case Message(state=state) if state != "queued":
            return Over()
        case Message(suppressed=True):
            return Over(Outcome(subject, "suppressed", OPTED_OUT))
    if spent(hold.lane, hold.attempts[subject]):
        return Hopeless(LOST)
    return None if message.provider in context.providers else Later(NO_PROVIDER)


def asked_about(context: Context, message: Message) -> dict[UUID, Verdict]:
    """What its provider says of a message in doubt."""
    return {message.id: doubts.look(context, message)}


def held_back(context: Context, free: Sequence[Message]) -> dict[UUID, Verdict]:
    """Those that must wait as their channel is shut or as fast as it may be, oldest first to go."""
    held: dict[UUID, Verdict] = {}
    for provider, some in groupby(
        sorted(free, key=attrgetter("provider", "id")), attrgetter("provider")
    ):
        waiting, rate = list(some), context.rates.get(provider, 0.0)
        now = context.clock()
        admitted = channels.admit(context.redis, provider, len(waiting), rate, now)
        over = may_take_over(context, provider) if admitted.why else False
        for place, one in enumerate(waiting[admitted.go :]):
            pace = min(timedelta(seconds=place / rate), SPREAD) if rate else timedelta(0)
            if over:
                held[one.id] = Elsewhere(f"{provider}:{admitted.why}")
            elif admitted.why and not admitted.go and one.created_at < now - STALE:
                held[one.id] = Hopeless(admitted.why)
            else:
                held[one.id] = NotBegun(now + admitted.wait + pace)
    return held


def may_take_over(context: Context, first: str) -> bool:
    """Whether the second provider takes what fails by this one: it is sick, and the second is not
    it.
    """
    second = context.second
    if second == first or second not in context.providers:
        return False
    return channels.sick(context.redis, first, context.clock())


def batches(leaving: Sequence[Message]) -> Iterator[list[Message]]:
    """What one call of a provider's `send` is given: one text for many, or a few texts."""
    for _, by_provider in groupby(
        sorted(leaving, key=attrgetter("provider", "text", "id")), attrgetter("provider")
    ):
        few: list[Message] = []
        for _, by_text in groupby(by_provider, attrgetter("text")):
            same = list(by_text)
            if len(same) > APART:
                yield from _cut(same, TOGETHER)
            else:
                few += same
        yield from _cut(few, APART)


def sent(context: Context, hold: Hold, batch: Sequence[Message]) -> dict[UUID, Verdict]:
    """Hand a batch to its provider, once: what is marked as leaving in this moment, so that somebody
    else's is not sent twice. One that is no longer queued is looked at again when our hold ends.

    Raises StoreDown before anything left.
    """
    now = context.clock()
    if now >= hold.until:
        return {one.id: NotBegun() for one in batch}
    with context.database.write() as conn:
        begun = messages.sending(conn, [one.id for one in batch], now)
    leaving = [replace(one, left_at=now) for one in batch if one.id in begun]
    if not leaving:
        return {}
    provider = context.providers[leaving[0].provider]
    results = provider.send([Outgoing(one.id.hex, one.phone, one.text) for one in leaving])
    channels.tell(context.redis, provider.name, results, context.clock())
    over = may_take_over(context, provider.name)
    return {
        one.id: verdict(context, hold, one, result, over=over)
        for one, result in zip(leaving, results, strict=True)
    }


def came_of(call: Future[dict[UUID, Verdict]], batch: Sequence[Message]) -> dict[UUID, Verdict]:
    """What a call came to. One that found no database sent nothing; of one that met a bug nobody
    knows what left.
    """
    match call.exception():
        case None:
            return call.result()
        case StoreDown():
            return {one.id: NotBegun() for one in batch}
        case _:
            return {one.id: Doubt(BUG) for one in batch}


def verdict(
    context: Context,
    hold: Hold,
    message: Message,
    result: Accepted | SendError,
    *,
    over: bool = False,
) -> Verdict:
    """The provider's word in ours. `over`: another provider takes over what failed by this one."""
    now = context.clock()
    match result:
        case Accepted():
            return Over(Outcome(message.id, "sent", "", message.provider, result.message))
        case Uncertain():
            return Doubt(result.code, message.left_at)
        case OptedOut():
            return Over(Outcome(message.id, "suppressed", result.code), message.phone)
        case NoRoute() if over:
            return Elsewhere(f"{message.provider}:{result.code}")
        case OutOfHours():
            return Later(result.code, next_hour(now, context.zone, context.jitter()))
        case SendError(retryable=True) if over and hold.attempts[message.id] >= TRIES:
            return Elsewhere(f"{message.provider}:{result.code}")
        case SendError(retryable=True):
            return Later(result.code)
        case _:
            return Over(Outcome(message.id, "failed", result.code))


def record(
    context: Context,
    hold: Hold,
    opened: Mapping[UUID, Message],
    verdicts: Mapping[UUID, Verdict],
) -> None:
    """Write down what became of these, all or nothing, and wake whoever goes on with them.

    What a provider said stands even when our lease ended meanwhile: nobody else can have heard it.
    """
    if not verdicts:
        return
    now, second = context.clock(), sms(context.second)
    over = {subject: one for subject, one in verdicts.items() if isinstance(one, Over)}
    doubt = [(opened[one], it) for one, it in verdicts.items() if isinstance(it, Doubt)]
    moved = {subject: one.why for subject, one in verdicts.items() if isinstance(one, Elsewhere)}
    with context.database.write() as conn:
        outbox.done(conn, hold.lane, hold.token, over)
        rest = put_off(conn, context, hold, verdicts, now)
        taken = outbox.move(conn, hold.lane, hold.token, moved, second, now)
        outcomes = [one.outcome for one in over.values() if one.outcome]
        outcomes += [Outcome(subject, "queued") for subject in rest.waiting | taken]
        outcomes += [Outcome(subject, "failed", error) for subject, error in rest.given_up.items()]
        outcomes += doubts.keep(conn, context, hold, doubt, now)
        messages.record(conn, context.seals, sorted(outcomes, key=attrgetter("id")), now)
        messages.reroute(conn, {subject: moved[subject] for subject in taken}, context.second)
        looks = [one for one in verdicts.values() if isinstance(one, Looked)]
        doubts.settle(conn, context, hold, looks, now)
        for phone in {one.blocked for one in over.values() if one.blocked}:
            citizens.opt_out(conn, context.seals, phone, now)
    if taken:
        wake(context.redis, second)


def _cut(whole: list[Message], size: int) -> Iterator[list[Message]]:
    """The list in pieces."""
    return (whole[start : start + size] for start in range(0, len(whole), size))
