"""What registries deliver of themselves: kept once by sender and message id, sealed, with a row of the
outbox in the same transaction, and forgotten after a month.

What a delivery means is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, delete, exists, select

from store import outbox
from store.database import insert
from store.ids import Random, uuid7
from store.lanes import EVENTS
from store.seals import SealBroken, Seals
from store.tables import deliveries
from store.tables import outbox as promised

KEPT = timedelta(days=31)
"""How long a delivery is known again, and can be read. One that is not worked on yet stays."""
AT_ONCE = 100
"""Old ones taken away with each new one, at most."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message of a registry, verified. `message` is JSON; an integer or text in `header` too."""

    registry: str
    """Our name of it."""
    sender: str
    message_id: str
    action: str
    header: Mapping[str, Any] = field(repr=False)
    message: Mapping[str, Any] = field(repr=False)


class Kept(NamedTuple):
    """A row, new or found."""

    id: UUID
    received_at: datetime
    same: bool
    """False: another message came under this id before, and is what is kept."""
    new: bool = False


def find(conn: Connection, seals: Seals, delivery: Delivery) -> Kept | None:
    """What was kept under its sender and message id."""
    row = conn.execute(
        select(deliveries.c.id, deliveries.c.received_at, deliveries.c.content_key).where(
            deliveries.c.delivery_key == _key(seals, delivery)
        )
    ).first()
    return (
        Kept(row.id, row.received_at, row.content_key == _content(seals, delivery)) if row else None
    )


def keep(conn: Connection, seals: Seals, delivery: Delivery, now: datetime, random: Random) -> Kept:
    """Keep it and promise to work on it, unless it is kept already. Forgets old ones."""
    minted = uuid7(now, random)
    plain = {"header": dict(delivery.header), "message": dict(delivery.message)}
    stored = insert(conn, deliveries).values(
        id=minted,
        registry=delivery.registry,
        delivery_key=_key(seals, delivery),
        content_key=_content(seals, delivery),
        action=delivery.action,
        body=seals.seal(_json(plain).encode(), _place(minted)),
        received_at=now,
    )
    fresh = stored.on_conflict_do_nothing().returning(deliveries.c.id)
    if conn.execute(fresh).first() is None:
        found = find(conn, seals, delivery)
        assert found is not None  # noqa: S101 - for mypy: it is what stood in the way
        return found
    outbox.put(conn, EVENTS, [minted], now)
    forget(conn, now)
    return Kept(minted, now, same=True, new=True)


def read(conn: Connection, seals: Seals, ids: Collection[UUID]) -> dict[UUID, Delivery]:
    """These, opened; sender and message id as their headers say. One whose seal is broken is left
    out.
    """
    found = {}
    for row in conn.execute(select(deliveries).where(deliveries.c.id.in_(ids))):
        with suppress(SealBroken):
            found[row.id] = _opened(seals, row)
    return found


def forget(conn: Connection, now: datetime) -> int:
    """Take away those older than `KEPT` that wait for nobody, at most a hundred. Returns how many."""
    waiting = exists().where(
        promised.c.lane == EVENTS,
        promised.c.subject == deliveries.c.id,
        promised.c.state != "done",
    )
    old = (
        select(deliveries.c.id)
        .where(deliveries.c.received_at < now - KEPT, ~waiting)
        .order_by(deliveries.c.received_at)
        .limit(AT_ONCE)
    )
    ids = list(conn.execute(old).scalars())
    if ids:
        conn.execute(delete(deliveries).where(deliveries.c.id.in_(ids)))
        conn.execute(delete(promised).where(promised.c.lane == EVENTS, promised.c.subject.in_(ids)))
    return len(ids)


def _opened(seals: Seals, row: Any) -> Delivery:
    whole = json.loads(seals.open(row.body, _place(row.id)))
    header = whole["header"]
    sender, number = str(header.get("sender_id") or ""), str(header["message_id"])
    return Delivery(row.registry, sender, number, row.action, header, whole["message"])


def _key(seals: Seals, delivery: Delivery) -> bytes:
    name = (delivery.registry, delivery.sender, delivery.message_id)
    return seals.digest("delivery", _json(name))


def _content(seals: Seals, delivery: Delivery) -> bytes:
    return seals.digest("delivered", _json([delivery.action, delivery.message]))


def _place(row: UUID) -> str:
    """What a delivery is bound to."""
    return f"deliveries.body.{row.hex}"


def _json(value: object) -> str:
    """The same text for the same content."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
