"""What may become of a claimed row that was not carried, in either lane, and how that is written
down.
"""

from __future__ import annotations

from collections import defaultdict
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

    `error` is a code; `due_at` is when, where the wait is not the lane's own.
    """

    error: str
    due_at: datetime | None = None


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
    """Its turn did not come; the claim does not count. Due at once where no `due_at` is given."""

    due_at: datetime | None = None


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
    not_begun: dict[datetime, list[UUID]] = defaultdict(list)
    for subject, verdict in verdicts.items():
        match verdict:
            case Later(error, wanted):
                if due_at := next_try(hold.lane, hold.attempts[subject], now, context.jitter()):
                    setbacks.append(Setback(subject, error, wanted or due_at))
                else:
                    hopeless[subject] = error
            case Spared(error):
                spared.append(Setback(subject, error, now + SOON))
            case Hopeless(error):
                hopeless[subject] = error
            case NotBegun(at):
                not_begun[at or now].append(subject)
    waiting = outbox.again(conn, hold.lane, hold.token, setbacks)
    waiting |= outbox.spare(conn, hold.lane, hold.token, spared)
    for due_at, subjects in not_begun.items():
        waiting |= outbox.give_back(conn, hold.lane, hold.token, subjects, due_at)
    ours = outbox.dead(conn, hold.lane, hold.token, hopeless)
    return PutOff(frozenset(waiting), {subject: hopeless[subject] for subject in ours})
