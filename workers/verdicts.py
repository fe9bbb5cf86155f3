"""What may become of a claimed row that was not carried, in either lane, and how that is written
down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from store import outbox
from store.outbox import Setback
from workers.context import Context
from workers.drain import Hold
from workers.patience import next_try

UNREADABLE = "unreadable"
"""The seal of the row is broken."""
BUG = "bug"
"""Its call raised what nobody expected: the log says which and where, once."""
SOON = timedelta(seconds=5)
"""When what was spared is due again: behind all that waited longer, which tries next."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: tried again when its wait is over, given up when it has waited often enough.

    `error` is a code.
    """

    error: str


@dataclass(frozen=True, slots=True)
class Spared:
    """Tried, and the other side is away for everybody: tried again soon, and never given up for
    that. `error` is a code.
    """

    error: str


@dataclass(frozen=True, slots=True)
class Hopeless:
    """Trying again would not help; staff decide. `error` is a code."""

    error: str


@dataclass(frozen=True, slots=True)
class NotBegun:
    """The time was over before its turn came; the claim does not count."""


@dataclass(frozen=True, slots=True)
class PutOff:
    """Rows that were still ours and go on waiting, and those given up with their last error."""

    waiting: frozenset[UUID]
    given_up: Mapping[UUID, str]


def put_off(
    conn: Connection, context: Context, hold: Hold, verdicts: Mapping[UUID, object], now: datetime
) -> PutOff:
    """End our hold on every row whose verdict is one of the four above; other verdicts are the
    lane's.
    """
    setbacks: list[Setback] = []
    spared: list[Setback] = []
    hopeless: dict[UUID, str] = {}
    not_begun: list[UUID] = []
    for subject, verdict in verdicts.items():
        match verdict:
            case Later(error):
                if due_at := next_try(hold.lane, hold.attempts[subject], now, context.jitter()):
                    setbacks.append(Setback(subject, error, due_at))
                else:
                    hopeless[subject] = error
            case Spared(error):
                spared.append(Setback(subject, error, now + SOON))
            case Hopeless(error):
                hopeless[subject] = error
            case NotBegun():
                not_begun.append(subject)
    waiting = outbox.again(conn, hold.lane, hold.token, setbacks)
    waiting |= outbox.spare(conn, hold.lane, hold.token, spared)
    waiting |= outbox.give_back(conn, hold.lane, hold.token, not_begun, now)
    ours = outbox.dead(conn, hold.lane, hold.token, hopeless)
    return PutOff(frozenset(waiting), {subject: hopeless[subject] for subject in ours})
