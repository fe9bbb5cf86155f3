"""Rows of the outbox that nobody needs any more: what was carried long ago, and nights that later ones
made up for. The requests and messages themselves stay.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, select

from store.ids import first_id
from store.tables import outbox


def carried(conn: Connection, lane: str, before: datetime, limit: int) -> int:
    """Delete up to `limit` rows that were done before then and whose subject is as old. Returns how
    many there were.

    Subjects are ids in the order of time: the primary key finds the old ones, oldest first, and
    nothing newer is read. What is carried once more after that gets a new row (outbox.reopen).
    """
    old = (outbox.c.lane == lane) & (outbox.c.subject < first_id(before))
    over = (outbox.c.state == "done") & (outbox.c.due_at < before)
    chosen = select(outbox.c.subject).where(old, over).order_by(outbox.c.subject).limit(limit)
    return conn.execute(delete(outbox).where(old, over, outbox.c.subject.in_(chosen))).rowcount


def others(conn: Connection, lane: str, subject: UUID) -> None:
    """Delete every row of a lane but this one."""
    conn.execute(delete(outbox).where(outbox.c.lane == lane, outbox.c.subject != subject))
