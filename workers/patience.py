"""How long to wait before the next attempt, and when to give up and let staff decide. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from store.lanes import EVENTS, HOUSEKEEPING, REGISTRY, SMS

_WEEKEND = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
WAITS: Mapping[str, tuple[timedelta, ...]] = {
    REGISTRY: _WEEKEND,
    EVENTS: _WEEKEND,
    HOUSEKEEPING: (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=3)),
    **dict.fromkeys(
        SMS,
        (
            timedelta(seconds=5),
            timedelta(seconds=30),
            timedelta(minutes=2),
            timedelta(minutes=10),
            timedelta(hours=1),
            timedelta(hours=3),
        ),
    ),
}
"""After each attempt, the wait before the next.

A registry may be away for a long weekend; an SMS is stale sooner; the next night does what this one
could not.
"""
SPREAD = 0.2
"""Waits vary by this part, so that what failed together does not come back together."""
OPENS = time(8)
"""Nobody is written to before, where a rule says so (telecom.md 6.2: 08:00 to 20:00)."""
MORNING = timedelta(minutes=20)
"""What waited for the day leaves within so long."""
STALE = timedelta(hours=12)
"""An SMS that could not leave for so long, its channel being shut, is given up; not while another one
tries the channel, as when staff have just had all carried again.
"""
LOST = "worker_lost"
"""The error of a row whose workers died on it every time."""


def next_try(lane: str, attempts: int, now: datetime, jitter: float) -> datetime | None:
    """When a row that failed its `attempts`-th time is due again; None: give it up."""
    if attempts > len(WAITS[lane]):
        return None
    return now + WAITS[lane][attempts - 1] * (1 - SPREAD + 2 * SPREAD * jitter)


def next_hour(now: datetime, zone: ZoneInfo, jitter: float) -> datetime:
    """When people may be written to next, by a provider that says "not now": the first daytime to
    come, which is tomorrow's where it says so by day.
    """
    here = now.astimezone(zone)
    day = here.date() + timedelta(days=0 if here.time() < OPENS else 1)
    return datetime.combine(day, OPENS, zone).astimezone(UTC) + MORNING * jitter


def spent(lane: str, attempts: int) -> bool:
    """Whether this claim is one too many: every earlier one was allowed, and none came back with an
    answer.
    """
    return attempts > len(WAITS[lane]) + 1
