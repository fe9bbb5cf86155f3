"""Messages of which nobody knows whether they left: the provider that can be asked is asked what it
took, and a message it surely never had is sent once more. No other is ever sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway.hook import Delivery
from gateway.providers import Listed, Listing, SendError
from store import messages, outbox
from store.messages import Message, Outcome
from store.outbox import Setback
from workers.context import Context
from workers.drain import Hold

LOOKS = (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6))
"""When the provider is asked, counted from when the message left."""
SURE = LOOKS[1]
"""From then on what a whole list does not hold was never taken: no call lasts so long."""
SKEW = timedelta(minutes=2)
"""By so much the provider's clock may be behind ours."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """It may have left, for a reason that is a code. `left_at` is when; None: as its row says."""

    error: str
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """The provider was asked. `listed` is all it took for this number; None: it did not say."""

    message: Message
    listed: tuple[Listed, ...] | None


def look(context: Context, message: Message) -> Looked:
    """Ask a message's provider what it took for her number."""
    provider = context.providers.get(message.provider)
    if not isinstance(provider, Listing):
        return Looked(message, None)
    try:
        return Looked(message, tuple(provider.listed(message.phone)))
    except SendError:
        return Looked(message, None)


def next_look(context: Context, message: Message, now: datetime) -> datetime | None:
    """When the provider is asked next about a message in doubt; None: no more, staff see it."""
    if not isinstance(context.providers.get(message.provider), Listing):
        return None
    looks = (_left(message) + wait for wait in LOOKS)
    return next((at for at in looks if at > now), None)


def keep(
    conn: Connection,
    context: Context,
    hold: Hold,
    doubts: Sequence[tuple[Message, Doubt]],
    now: datetime,
) -> list[Outcome]:
    """Write down that these are in doubt, and when their provider is asked."""
    for message, doubt in doubts:
        left = replace(message, left_at=doubt.left_at or message.left_at)
        _wait(conn, context, hold, left, doubt.error, now)
    return [Outcome(message.id, "uncertain", doubt.error) for message, doubt in doubts]


def settle(
    conn: Connection, context: Context, hold: Hold, looks: Sequence[Looked], now: datetime
) -> None:
    """Write down what the provider's lists say. Two messages never share one of its ids."""
    for one in sorted(looks, key=lambda look: look.message.id):
        message = one.message
        fresh = _fresh(conn, context, message, one.listed or ())
        same = [listed for listed in fresh if listed.text.strip() == message.text.strip()]
        if same and not _leaving(conn, context, message):
            outbox.done(conn, hold.lane, hold.token, [message.id])
            _found(conn, context, message, same[0], now)
        elif (
            one.listed is not None
            and not fresh
            and now >= _left(message) + SURE
            and not message.absent
        ):
            _never_had(conn, hold, message, now)
        else:
            _wait(conn, context, hold, message, "in_doubt", now)


def _fresh(
    conn: Connection, context: Context, message: Message, listed: Sequence[Listed]
) -> list[Listed]:
    """Those that came since it left and are none of our others', oldest first. One that says
    something else may be it all the same: providers add words.
    """
    since = _left(message) - SKEW
    late = [one for one in listed if one.at is None or one.at >= since]
    unknown = messages.unknown(conn, context.seals, message.provider, [one.message for one in late])
    return sorted((one for one in late if one.message in unknown), key=lambda one: one.at or since)


def _leaving(conn: Connection, context: Context, message: Message) -> bool:
    """Whether another message to her is being sent: the list may hold it already."""
    return messages.leaving(conn, context.seals, message.phone, message.provider)


def _found(
    conn: Connection, context: Context, message: Message, listed: Listed, now: datetime
) -> None:
    """It left: it has its provider's id now, and is what became of that."""
    sent = Outcome(message.id, "sent", "", message.provider, listed.message)
    messages.record(conn, context.seals, [sent], now)
    if listed.status is not Delivery.SENT:
        messages.report(
            conn,
            context.seals,
            message.provider,
            listed.message,
            str(listed.status),
            listed.reason,
            "",
            now,
        )


def _never_had(conn: Connection, hold: Hold, message: Message, now: datetime) -> None:
    """Queue it again, if it is still ours to say so."""
    if outbox.give_back(conn, hold.lane, hold.token, [message.id], now):
        messages.never_had(conn, [message.id])
        outbox.reopen(conn, hold.lane, message.id, now)


def _wait(
    conn: Connection, context: Context, hold: Hold, message: Message, error: str, now: datetime
) -> None:
    """Ask later, or leave it to staff and to the carrier's reports."""
    if (due_at := next_look(context, message, now)) is not None:
        outbox.again(conn, hold.lane, hold.token, [Setback(message.id, error, due_at)])
    else:
        outbox.done(conn, hold.lane, hold.token, [message.id])


def _left(message: Message) -> datetime:
    """When it was handed over; an older release did not write that down."""
    return message.left_at or message.created_at
