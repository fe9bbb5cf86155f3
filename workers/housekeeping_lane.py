"""What is done once a night: the days that are over are looked back at, and rows that nobody needs any
more are deleted. One row a night, claimed under a lease like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import structlog

from store import forgetting, outbox, reconcile
from store.database import Database
from store.lanes import HOUSEKEEPING, REGISTRY, SMS
from workers.auditing import audited
from workers.context import Context
from workers.drain import Hold, awaited
from workers.verdicts import BUG, Later, NotBegun, put_off

NIGHTS = UUID("6f7d1b0e-6c1c-4d57-9c5c-0d9a1e6b1f42")
"""The name space of nights."""
TOGETHER = 500
"""Rows deleted in one transaction: nobody waits for it longer than for any other."""

log = structlog.get_logger()


def subject(night: date) -> UUID:
    """Of the row of a night: whoever puts it, it is one."""
    return uuid5(NIGHTS, night.isoformat())


@dataclass(slots=True)
class Nights:
    """Puts the row of each night; any number may. Made once a process."""

    database: Database
    zone: ZoneInfo
    _put: date | None = None

    def __call__(self, now: datetime) -> None:
        """Put tonight's row when its hour has come: an hour into the day, when the one before has
        settled. Raises StoreDown.
        """
        night = now.astimezone(self.zone).date()
        if night == self._put or now < reconcile.bounds(night, self.zone)[0] + reconcile.SLOW:
            return
        with self.database.write() as conn:
            outbox.put(conn, HOUSEKEEPING, [subject(night)], now)
        self._put = night


def carry(context: Context, hold: Hold) -> None:
    """Do all that is due, whatever night it was put for: one thing after another, each by itself.
    Then raise the first bug there was; what it kept undone is tried again later, and by the next night.
    """
    with context.database.read() as conn:
        days = reconcile.due(conn, context.zone, context.clock())
    done: list[Future[None]] = []
    for work in (*(partial(look_back, context, day) for day in days), partial(forget, context)):
        if context.stopping():
            break
        done.append(context.pool.submit(work))
        awaited(context, hold, done[-1:])
    record(context, hold, done, whole=len(done) > len(days))
    for one in done:
        one.result()  # fails loudly


def record(context: Context, hold: Hold, done: Sequence[Future[None]], *, whole: bool) -> None:
    """Write down what became of the night."""
    now = context.clock()
    failed = any(one.exception() for one in done)
    with context.database.write() as conn:
        if whole and not failed:
            outbox.done(conn, hold.lane, hold.token, hold.attempts)
            forgetting.others(conn, hold.lane, subject(now.astimezone(context.zone).date()))
        else:
            verdict = Later(BUG) if failed else NotBegun()
            put_off(conn, context, hold, dict.fromkeys(hold.attempts, verdict), now)


def look_back(context: Context, day: date) -> None:
    """Keep what is found of a day. Raises StoreDown."""
    now = context.clock()
    found = audited(
        context.database,
        context.seals,
        context.registry,
        day,
        context.zone,
        now,
        timeout=context.registry_timeout,
    )
    with context.database.write() as conn:
        reconcile.keep(conn, day, found, now)
    log.info("day.kept", day=day.isoformat(), differences=sorted(found.differences))


def forget(context: Context) -> None:
    """Delete rows of what was carried so long ago, a few at a time, until none is left or we are to
    stop: the next night goes on. Raises StoreDown.
    """
    before, rows = context.clock() - context.kept, 0
    for lane in (REGISTRY, *SMS):
        many = TOGETHER
        while many == TOGETHER and not context.stopping():
            with context.database.write() as conn:
                many = forgetting.carried(conn, lane, before, TOGETHER)
            rows += many
    if rows:
        log.info("outbox.forgotten", rows=rows)
