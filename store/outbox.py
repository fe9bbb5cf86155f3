"""What is promised and not yet carried: one row a lane and subject, claimed under a lease.

Not what is carried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from sqlalchemy import Connection, Select, Update, bindparam, case, select, update

from store.database import insert
from store.tables import outbox


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours until its lease ends. `attempts` counts this claim too."""

    subject: UUID
    attempts: int


@dataclass(frozen=True, slots=True)
class Setback:
    """A row that could not be carried: why, and when it may be tried again."""

    subject: UUID
    error: str
    due_at: datetime


def put(
    conn: Connection, lane: str, subjects: Collection[UUID], now: datetime, withheld: str = ""
) -> None:
    """Promise to carry these; one that is promised already stays as it is.

    `withheld` is why they wait for staff to revive them.
    """
    rows = [
        {
            "lane": lane,
            "subject": subject,
            "state": "dead" if withheld else "ready",
            "due_at": now,
            "attempts": 0,
            "error": withheld,
        }
        for subject in subjects
    ]
    if rows:
        conn.execute(insert(conn, outbox).on_conflict_do_nothing(), rows)


def claim(
    conn: Connection, lane: str, now: datetime, lease: timedelta, limit: int, token: bytes
) -> list[Claimed]:
    """Take up to `limit` due rows, oldest first, for as long as `lease`.

    Nobody else gets them meanwhile.

    Two statements: the first locks (SQLite has one writer and leaves the lock out), the second
    takes by primary key. In one, PostgreSQL joins the lane with itself, row by row, whenever its
    statistics are older than the lane.
    """
    due = _due(lane, now).order_by(outbox.c.due_at, outbox.c.subject).limit(limit)
    chosen = conn.execute(due.with_for_update(skip_locked=True)).scalars().all()
    if not chosen:
        return []
    taken = conn.execute(
        update(outbox)
        .where(outbox.c.lane == lane, outbox.c.subject.in_(chosen))
        .values(lease=token, due_at=now + lease, attempts=outbox.c.attempts + 1)
        .returning(outbox.c.subject, outbox.c.attempts)
    )
    return sorted((Claimed(row.subject, row.attempts) for row in taken), key=attrgetter("subject"))


def renew(
    conn: Connection, lane: str, token: bytes, subjects: Collection[UUID], until: datetime
) -> None:
    """Keep those of these that are still ours for longer."""
    conn.execute(_held(lane, token, subjects).values(due_at=until))


def due_lanes(conn: Connection, lanes: Iterable[str], now: datetime) -> list[str]:
    """The lanes with something to claim now: fresh, due again, or left behind by a worker that
    died.
    """
    return [lane for lane in lanes if conn.execute(_due(lane, now).limit(1)).first()]


def done(conn: Connection, lane: str, token: bytes, subjects: Collection[UUID]) -> set[UUID]:
    """Carried. Returns those that were still ours: outcomes of the others are not to be
    recorded.
    """
    return _end(conn, lane, token, subjects, {"state": "done"})


def dead(conn: Connection, lane: str, token: bytes, errors: Mapping[UUID, str]) -> set[UUID]:
    """Given up, each with the code of its last error, until staff replay it.

    Returns those that were still ours.
    """
    ours = _end(conn, lane, token, errors, {"state": "dead"})
    _note(conn, lane, [{"b_subject": subject, "error": errors[subject]} for subject in ours])
    return ours


def again(conn: Connection, lane: str, token: bytes, setbacks: Sequence[Setback]) -> set[UUID]:
    """To be tried again when due. Returns those that were still ours."""
    return _put_off(conn, lane, token, setbacks, {})


def spare(conn: Connection, lane: str, token: bytes, setbacks: Sequence[Setback]) -> set[UUID]:
    """To be tried again when due, and never given up for it: the claim does not count, but a row
    that was tried keeps at least one. Returns those that were still ours.
    """
    fewer = case((outbox.c.attempts > 1, outbox.c.attempts - 1), else_=outbox.c.attempts)
    return _put_off(conn, lane, token, setbacks, {"attempts": fewer})


def give_back(
    conn: Connection, lane: str, token: bytes, subjects: Collection[UUID], now: datetime
) -> set[UUID]:
    """Claimed and not begun: due at once, as if they had never been claimed.

    Returns those that were still ours.
    """
    return _end(conn, lane, token, subjects, {"due_at": now, "attempts": outbox.c.attempts - 1})


def deceased(lanes: Collection[str]) -> Select[UUID, str, int]:
    """The rows given up: subject, error and attempts, to join with what they carry."""
    return select(outbox.c.subject, outbox.c.error, outbox.c.attempts).where(
        outbox.c.lane.in_(lanes), outbox.c.state == "dead"
    )


def revive(
    conn: Connection, lanes: Collection[str], subjects: Collection[UUID] | None, now: datetime
) -> list[UUID]:
    """Try these given-up rows again from the start, or all of them for None. Returns those
    revived.
    """
    chosen = (
        outbox.c.subject.in_(subjects) if subjects is not None else outbox.c.subject.is_not(None)
    )
    revived = conn.execute(
        update(outbox)
        .where(outbox.c.lane.in_(lanes), outbox.c.state == "dead", chosen)
        .values(state="ready", due_at=now, lease=None, attempts=0)
        .returning(outbox.c.subject)
    )
    return [row.subject for row in revived]


def reopen(conn: Connection, lane: str, subject: UUID, due_at: datetime) -> None:
    """Carry this once more, from the start, when due, also where it was carried so long ago that
    its row is gone; whoever holds it holds it no longer.
    """
    afresh = {"state": "ready", "due_at": due_at, "attempts": 0, "lease": None}
    row = insert(conn, outbox).values(lane=lane, subject=subject, error="", **afresh)
    conn.execute(row.on_conflict_do_update(index_elements=["lane", "subject"], set_=afresh))


def move(
    conn: Connection,
    lane: str,
    token: bytes,
    subjects: Collection[UUID],
    to: str,
    now: datetime,
) -> set[UUID]:
    """Have these carried by another lane, due at once and from the start.

    Returns those that were still ours.
    """
    return _end(conn, lane, token, subjects, {"lane": to, "due_at": now, "attempts": 0})


def finish(conn: Connection, lane: str, subject: UUID) -> None:
    """This needs no carrying any more; whoever holds it finds that out."""
    conn.execute(
        update(outbox)
        .where(
            outbox.c.lane == lane,
            outbox.c.subject == subject,
            outbox.c.state == "ready",
            outbox.c.lease.is_(None),
        )
        .values(state="done")
    )


def _due(lane: str, now: datetime) -> Select[UUID]:
    """Rows that may be claimed."""
    return select(outbox.c.subject).where(
        outbox.c.lane == lane, outbox.c.state == "ready", outbox.c.due_at <= now
    )


def _end(
    conn: Connection,
    lane: str,
    token: bytes,
    subjects: Collection[UUID],
    values: Mapping[str, object],
) -> set[UUID]:
    """End our hold on these and say which we still held."""
    if not subjects:
        return set()
    ended = conn.execute(
        _held(lane, token, subjects).values(lease=None, **values).returning(outbox.c.subject)
    )
    return {row.subject for row in ended}


def _put_off(
    conn: Connection,
    lane: str,
    token: bytes,
    setbacks: Sequence[Setback],
    values: Mapping[str, object],
) -> set[UUID]:
    """End our hold on these; each is due again in its own time."""
    ours = _end(conn, lane, token, [setback.subject for setback in setbacks], values)
    rows = [
        {"b_subject": s.subject, "error": s.error, "due_at": s.due_at}
        for s in setbacks
        if s.subject in ours
    ]
    _note(conn, lane, rows)
    return ours


def _held(lane: str, token: bytes, subjects: Collection[UUID]) -> Update:
    """A change to those of these that are still ours."""
    return update(outbox).where(
        outbox.c.lane == lane, outbox.c.subject.in_(subjects), outbox.c.lease == token
    )


def _note(conn: Connection, lane: str, rows: list[dict[str, object]]) -> None:
    """Write down what differs from row to row."""
    if rows:
        conn.execute(
            update(outbox).where(outbox.c.lane == lane, outbox.c.subject == bindparam("b_subject")),
            rows,
        )
