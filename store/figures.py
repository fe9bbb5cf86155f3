"""How much of what there is, for whoever watches: the outbox, and a day's requests and messages by
what became of them.

Counts only. What a query costs depends on what waits and on one day, never on all that was kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, case, func, select

from store.ids import first_id
from store.lanes import LANES
from store.tables import messages, outbox, requests

A_DAY = timedelta(days=1)
Place = Literal["due", "waiting", "held", "dead"]
PLACES: tuple[Place, ...] = ("due", "waiting", "held", "dead")
"""Of a row that is not done: to be claimed now, later (it failed), claimed under a lease that lasts,
or given up or withheld until staff decide.
"""


class Depth(NamedTuple):
    """Rows of the outbox in one place, and the seconds since the oldest of them fell due."""

    rows: int = 0
    oldest: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """One look."""

    outbox: dict[tuple[str, Place], Depth]
    """By lane and place, every one of them."""
    requests: dict[tuple[str, str], int]
    """By kind and state, of the last 24 hours."""
    messages: dict[str, int]
    """By state, of the last 24 hours."""


def look(conn: Connection, now: datetime) -> Figures:
    """The figures of this moment."""
    since = first_id(now - A_DAY)
    return Figures(_outbox(conn, now), _requests(conn, since), _messages(conn, since))


def _outbox(conn: Connection, now: datetime) -> dict[tuple[str, Place], Depth]:
    held = outbox.c.lease.is_not(None)
    place = case((outbox.c.due_at <= now, "due"), (held, "held"), else_="waiting")
    counted = (func.count(), func.min(outbox.c.due_at))
    ready = select(outbox.c.lane, place, *counted).where(outbox.c.state == "ready")
    dead = select(outbox.c.lane, *counted).where(outbox.c.state == "dead")
    depths: dict[tuple[str, Place], Depth] = {
        (lane, one): Depth() for lane in LANES for one in PLACES
    }
    for lane, one, rows, oldest in conn.execute(ready.group_by(outbox.c.lane, place)):
        depths[lane, one] = Depth(rows, _since(oldest, now))
    for lane, rows, oldest in conn.execute(dead.group_by(outbox.c.lane)):
        depths[lane, "dead"] = Depth(rows, _since(oldest, now))
    return depths


def _requests(conn: Connection, since: UUID) -> dict[tuple[str, str], int]:
    by = (requests.c.kind, requests.c.state)
    rows = conn.execute(select(*by, func.count()).where(requests.c.id >= since).group_by(*by))
    return {(kind, state): many for kind, state, many in rows}


def _messages(conn: Connection, since: UUID) -> dict[str, int]:
    state = messages.c.state
    rows = conn.execute(select(state, func.count()).where(messages.c.id >= since).group_by(state))
    return dict(rows.all())


def _since(then: datetime, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds())
