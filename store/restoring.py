"""What a database that came back from a copy may still do: hand requests over again, and send no
SMS of which nobody knows whether it was sent since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, insert, literal, or_, select, update

from store.tables import history, messages, outbox, requests

RESTORED = "restored"
"""The reason of an SMS, and the event in the history of a request."""


@dataclass(frozen=True, slots=True)
class Marked:
    """How many requests are handed over again, or may be, and how many SMS are uncertain now."""

    requests: int
    messages: int


def mark(conn: Connection, now: datetime) -> Marked:
    """Everything that was still to be carried when the copy was made may have been carried since.

    An SMS of those is `uncertain`; staff or a late report settle it. A request is due at once, its
    reference being the registry's idempotency key, and remembers that what it leads to may have
    been said. Dead ones are treated alike: staff may have carried them again since. To be run
    before anybody works on the copy; running it again changes nothing that was not promised since.
    """
    owed = exists().where(outbox.c.subject == messages.c.id, outbox.c.state != "done")
    unsure = conn.execute(
        update(messages)
        .where(or_(owed, messages.c.state.in_(("queued", "sending"))))
        .where(messages.c.state.in_(("queued", "sending", "failed")))
        .values(state="uncertain", reason=RESTORED)
    )
    unsent = outbox.c.subject.in_(select(messages.c.id)) & (outbox.c.state != "done")
    conn.execute(update(outbox).where(unsent).values(state="done", lease=None, error=RESTORED))
    open_still = requests.c.restored_at.is_(None) & exists().where(
        outbox.c.subject == requests.c.id, outbox.c.state != "done"
    )
    line = select(requests.c.id, literal(now, history.c.at.type), literal(RESTORED), literal(""))
    columns = [history.c.request_id, history.c.at, history.c.event, history.c.detail]
    conn.execute(insert(history).from_select(columns, line.where(open_still)))
    again = conn.execute(update(requests).where(open_still).values(restored_at=now))
    waiting = outbox.c.subject.in_(select(requests.c.id)) & (outbox.c.state == "ready")
    conn.execute(update(outbox).where(waiting).values(due_at=now, lease=None, attempts=0))
    return Marked(again.rowcount, unsure.rowcount)
