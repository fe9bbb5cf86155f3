"""Sends SMS by the providers, equal texts together, several calls at once, and records what became
of each.

A message is marked `sending` before it leaves; one found so later is `uncertain`, and never blindly
sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from gateway.providers import Accepted, OptedOut, Outgoing, SendError, Uncertain
from store import citizens, messages, outbox
from store.messages import Message, Outcome
from workers.context import Context
from workers.drain import Hold, awaited
from workers.patience import LOST, spent
from workers.verdicts import BUG, UNREADABLE, Hopeless, Later, NotBegun, put_off

TOGETHER = 100
"""Messages of one text handed over at once."""
APART = 25
"""Messages of different texts handed over at once: a call each, in turn, within the provider's own
bound.
"""
NO_PROVIDER = "no_provider"
OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing more is to be done."""

    outcome: Outcome | None = None
    """None where it was known before."""
    blocked: str = ""
    """Her number, when the provider says she wants no more."""


Verdict = Over | Later | Hopeless | NotBegun


def carry(context: Context, hold: Hold) -> None:
    """Send what may be sent, record every outcome, then raise the first bug there was: what it was
    sending may have left.
    """
    with context.database.write() as conn:
        opened = {one.id: one for one in messages.load(conn, context.seals, hold.attempts)}
        kept_back = {
            subject: stays(context, hold, opened.get(subject), subject) for subject in hold.attempts
        }
        begun = messages.sending(
            conn, [subject for subject, verdict in kept_back.items() if verdict is None]
        )
    verdicts = {subject: verdict for subject, verdict in kept_back.items() if verdict is not None}
    calls = {
        context.pool.submit(sent, context, hold, batch): batch
        for batch in batches([opened[one] for one in begun])
    }
    awaited(context, hold, calls)
    for call, batch in calls.items():
        verdicts |= doubted(batch) if call.exception() else call.result()
    record(context, hold, verdicts)
    for call in calls:
        call.result()  # fails loudly, once, on what no provider may raise


def stays(context: Context, hold: Hold, message: Message | None, subject: UUID) -> Verdict | None:
    """Why a claimed message does not leave; None: it does."""
    match message:
        case None:
            return Hopeless(UNREADABLE)
        case Message(state="sending"):
            return Over(Outcome(subject, "uncertain", LOST))
        case Message(state=state) if state != "queued":
            return Over()
        case Message(suppressed=True):
            return Over(Outcome(subject, "suppressed", OPTED_OUT))
    if spent(hold.lane, hold.attempts[subject]):
        return Hopeless(LOST)
    return None if message.provider in context.providers else Later(NO_PROVIDER)


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
    """Hand a batch to its provider, once."""
    if context.clock() >= hold.until:
        return {one.id: NotBegun() for one in batch}
    provider = context.providers[batch[0].provider]
    results = provider.send([Outgoing(one.id.hex, one.phone, one.text) for one in batch])
    return {one.id: verdict(one, result) for one, result in zip(batch, results, strict=True)}


def doubted(batch: Sequence[Message]) -> dict[UUID, Verdict]:
    """Whether these left is known to nobody."""
    return {one.id: Over(Outcome(one.id, "uncertain", BUG)) for one in batch}


def verdict(message: Message, result: Accepted | SendError) -> Verdict:
    """The provider's word in ours."""
    match result:
        case Accepted():
            return Over(Outcome(message.id, "sent", "", message.provider, result.message))
        case Uncertain():
            return Over(Outcome(message.id, "uncertain", result.code))
        case OptedOut():
            return Over(Outcome(message.id, "suppressed", result.code), message.phone)
        case SendError(retryable=True):
            return Later(result.code)
        case _:
            return Over(Outcome(message.id, "failed", result.code))


def record(context: Context, hold: Hold, verdicts: Mapping[UUID, Verdict]) -> None:
    """Write down what became of these, all or nothing, then match the reports that were faster than
    we.

    What a provider said stands even when our lease ended meanwhile: nobody else can have heard it.
    """
    now = context.clock()
    over = {subject: one for subject, one in verdicts.items() if isinstance(one, Over)}
    with context.database.write() as conn:
        outbox.done(conn, hold.lane, hold.token, over)
        rest = put_off(conn, context, hold, verdicts, now)
        outcomes = [one.outcome for one in over.values() if one.outcome]
        outcomes += [Outcome(subject, "queued") for subject in rest.waiting]
        outcomes += [Outcome(subject, "failed", error) for subject, error in rest.given_up.items()]
        messages.record(conn, context.seals, sorted(outcomes, key=attrgetter("id")), now)
        for phone in {one.blocked for one in over.values() if one.blocked}:
            citizens.opt_out(conn, context.seals, phone, now)
    with context.database.write() as conn:
        messages.match(conn, now)


def _cut(whole: list[Message], size: int) -> Iterator[list[Message]]:
    """The list in pieces."""
    return (whole[start : start + size] for start in range(0, len(whole), size))
