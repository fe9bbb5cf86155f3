"""One wake-up: claim what is due, have it carried batch by batch, stop in time.

Carrying is the lane's own file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError

from store import outbox
from store.database import StoreDown
from store.lanes import flag, wake
from workers.context import Context

WORK = timedelta(seconds=20)
"""After this, or a third of its lease, a drain claims nothing and begins no call. A provider's batch
goes on for as long again, and its last call for a time-out: within the job's own time.
"""
BATCH = 200
TOKEN = 16


@dataclass(frozen=True, slots=True)
class Hold:
    """Rows that are ours under one lease. A call out may begin before `until` and not after."""

    lane: str
    token: bytes
    attempts: Mapping[UUID, int]
    until: datetime


Carry = Callable[[Context, Hold], None]
"""Carries a batch and records every outcome.

Raises what it cannot explain, after the rest is recorded.
"""
Room = Callable[[Context, int], int]
"""How many rows of at most so many are worth claiming now; 0: the other side is to be left alone."""


def whole(_: Context, batch: int) -> int:
    """A lane that is never closed."""
    return batch


def drain(context: Context, lane: str, carry: Carry, room: Room = whole) -> int:
    """Carry what is due in this lane, for at most WORK. Returns how many rows were claimed.

    The flag goes before the first look: whoever promises after that look finds it gone and wakes
    the lane again.
    """
    with suppress(RedisError):  # the flag dies by itself, and the relay does not ask for it
        context.redis.delete(flag(lane))
    claimed, until = 0, context.clock() + min(WORK, context.lease / 3)
    while hold := _next(context, lane, until, room):
        claimed += len(hold.attempts)
        carry(context, hold)
    if claimed and _more(context, lane):
        wake(context.redis, lane)
    return claimed


def returning(
    context: Context, hold: Hold, calls: Iterable[Future[Any]]
) -> Iterator[set[Future[Any]]]:
    """The calls as they come to an end, all that have at a time, until every one has. The lease is
    renewed meanwhile: what a living worker is about stays its own, however short the lease.

    A call without end is ended by the job's own time, and its rows by their lease.
    """
    under_way, third = set(calls), context.lease.total_seconds() / 3
    renewed = monotonic()
    while under_way:
        left = max(0.0, renewed + third - monotonic())
        over, under_way = wait(under_way, left, FIRST_COMPLETED)
        if over:
            yield over
        if under_way and monotonic() >= renewed + third:
            renewed = monotonic()
            with suppress(StoreDown), context.database.write() as conn:
                until = context.clock() + context.lease
                outbox.renew(conn, hold.lane, hold.token, hold.attempts, until)


def awaited(context: Context, hold: Hold, calls: Iterable[Future[Any]]) -> None:
    """Wait until every call is over."""
    for _ in returning(context, hold, calls):
        pass


def _next(context: Context, lane: str, until: datetime, room: Room) -> Hold | None:
    """The next batch, or None when the lane is empty or closed, the time is over, or the process
    is to stop.
    """
    now = context.clock()
    if context.stopping() or now >= until or not (batch := room(context, BATCH)):
        return None
    token = context.random(TOKEN)
    with context.database.write() as conn:
        claimed = outbox.claim(conn, lane, now, context.lease, batch, token)
    return (
        Hold(lane, token, {row.subject: row.attempts for row in claimed}, until)
        if claimed
        else None
    )


def _more(context: Context, lane: str) -> bool:
    """Whether something is due that this drain leaves."""
    with context.database.read() as conn:
        return bool(outbox.due_lanes(conn, [lane], context.clock()))
