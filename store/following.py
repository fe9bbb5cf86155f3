"""What became of requests: one by its reference, those of a conversation, a phone or a person."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, update

from store.database import insert
from store.requests import Kind, Request, State, opened, place
from store.seals import SealBroken, Seals
from store.tables import history, requests

OURS: tuple[Kind, ...] = ("question", "rating", "contact", "dispute")
"""Kinds nobody follows in a list: what is answered at once, or must not be seen there."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Where a request stands with us. What the registry says of it is asked there."""

    request: Request
    kind: Kind
    state: State
    due_on: date
    created_at: datetime
    phone_key: bytes
    record: str
    """The registry's number, empty until it has one."""
    closed_at: datetime | None
    """When nothing more was to come of it."""


def promised_in(conn: Connection, seals: Seals, conversation: bytes) -> list[str]:
    """References promised in this conversation, oldest first."""
    rows = conn.execute(
        select(requests).where(requests.c.conversation == conversation).order_by(requests.c.id)
    )
    return [opened(seals, row).reference for row in rows]


def follow(conn: Connection, seals: Seals, reference: str) -> Followed | None:
    """The request of this reference, or None.

    Tell whoever only knows the reference no more than its state.
    """
    key = seals.digest("reference", reference)
    row = conn.execute(select(requests).where(requests.c.reference_key == key)).first()
    return None if row is None else _followed(seals, row)


def about(conn: Connection, seals: Seals, reference: str, *kinds: Kind) -> Followed | None:
    """The newest request of these kinds about that one."""
    mine = requests.c.about_key == seals.digest("reference", reference)
    row = conn.execute(
        select(requests).where(mine, requests.c.kind.in_(kinds)).order_by(requests.c.id.desc())
    ).first()
    return None if row is None else _followed(seals, row)


def mine(
    conn: Connection, seals: Seals, person: str, phone_key: bytes | None, most: int
) -> list[Followed]:
    """The last requests for a person, and of the phone where that is given, newest first."""
    whose: list[ColumnElement[bool]] = [requests.c.person_key == seals.digest("person", person)]
    if phone_key is not None:
        whose.append(requests.c.phone_key == phone_key)
    rows = conn.execute(
        select(requests)
        .where(or_(*whose), requests.c.kind.not_in(OURS))
        .order_by(requests.c.id.desc())
        .limit(most)
    )
    found = []
    for row in rows:
        with suppress(SealBroken):
            found.append(_followed(seals, row))
    return found


def people(conn: Connection, phone_key: bytes) -> int:
    """How many people were asked for from this phone."""
    of = select(requests.c.person_key).where(
        requests.c.phone_key == phone_key, requests.c.person_key.is_not(None)
    )
    return len(conn.execute(of.distinct().limit(2)).all())


def asked_since(conn: Connection, phone_key: bytes, since: datetime, most: int) -> int:
    """How many requests this phone made since then, `most` at most."""
    ids = select(requests.c.id).where(
        requests.c.phone_key == phone_key, requests.c.created_at > since
    )
    return len(conn.execute(ids.limit(most)).all())


def close(conn: Connection, seals: Seals, reference: str, now: datetime) -> None:
    """The registry has decided it: from now on the same may be asked for again."""
    one = requests.c.reference_key == seals.digest("reference", reference)
    conn.execute(update(requests).where(one, requests.c.closed_at.is_(None)).values(closed_at=now))


def heard(
    conn: Connection, seals: Seals, reference: str, what: str, now: datetime, *, over: bool
) -> None:
    """The registry told this of a request: a line of its history, and its end where it is `over`.

    Nothing where we have no such request.
    """
    one = requests.c.reference_key == seals.digest("reference", reference)
    found = conn.execute(select(requests.c.id).where(one)).scalar()
    if found is None:
        return
    conn.execute(insert(conn, history).values(request_id=found, at=now, event="heard", detail=what))
    if over:
        close(conn, seals, reference, now)


def _followed(seals: Seals, row: Row[Any]) -> Followed:
    record = seals.open(row.record, place("record", row.id)).decode() if row.record else ""
    return Followed(
        opened(seals, row),
        row.kind,
        row.state,
        row.due_on,
        row.created_at,
        row.phone_key,
        record,
        row.closed_at,
    )
