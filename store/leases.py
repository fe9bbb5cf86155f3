"""What only one process may do at a time: who holds it, and until when. Anybody may stand by."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_

from store.database import insert
from store.tables import leases

HONEST = 2
"""No holder sets an end further off than so many leases: one that is was set before a clock went
back, and holds nothing.
"""


def take(conn: Connection, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
    """Hold `name` until `now + lease`, if it is ours already, free, or its holder let it run out.

    One statement, compare and set: of any number who try, one gets it.
    """
    until = now + lease
    free = or_(
        leases.c.holder == holder,
        leases.c.until <= now,
        leases.c.until > now + HONEST * lease,
    )
    taken = (
        insert(conn, leases)
        .values(name=name, holder=holder, until=until)
        .on_conflict_do_update(
            index_elements=[leases.c.name],
            set_={"holder": holder, "until": until},
            where=free,
        )
        .returning(leases.c.holder)
    )
    return conn.execute(taken).first() is not None


def release(conn: Connection, name: str, holder: str) -> None:
    """Give it up before its end; what is another's stays so."""
    conn.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
