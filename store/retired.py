"""The lane that messages of all providers were in, in an older release: what its processes still put
there while a new release starts is brought to where it is carried now.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from store.database import insert
from store.lanes import RETIRED, sms
from store.tables import messages, outbox

MOST = 500
"""Rows moved at a time."""


def adopt(conn: Connection, now: datetime) -> int:
    """Move rows nobody works on to the lanes of their providers, whatever became of them. Returns how
    many there were.

    Taken out first, then put in: nothing is lost that comes in between. What was promised there
    meanwhile stays as it is.
    """
    free = outbox.c.lease.is_(None) | (outbox.c.due_at <= now)
    chosen = select(outbox.c.subject).where(outbox.c.lane == RETIRED, free).limit(MOST)
    taken = delete(outbox).where(outbox.c.lane == RETIRED, free, outbox.c.subject.in_(chosen))
    rows = {row.subject: row._asdict() for row in conn.execute(taken.returning(outbox))}
    if not rows:
        return 0
    whose = select(messages.c.id, messages.c.provider).where(messages.c.id.in_(rows))
    moved = [{**rows[one.id], "lane": sms(one.provider)} for one in conn.execute(whose)]
    conn.execute(insert(conn, outbox).on_conflict_do_nothing(), moved)
    return len(rows)
