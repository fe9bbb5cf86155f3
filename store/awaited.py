"""What was asked of a registry to be answered later: an answer is ours by transaction and correlation,
each of its items by reference. All three are ids without a meaning.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from store.database import insert
from store.tables import awaited

KEPT = timedelta(days=31)
"""How long an answer may be waited for."""


@dataclass(frozen=True, slots=True)
class Question:
    """One that is out."""

    action: str
    """Of the answer: on-search, on-subscribe, on-unsubscribe or txn-on-status."""
    correlation_id: str | None
    """The registry's name of it; None before its ACK was stored."""
    references: frozenset[str]
    """Of its items; empty where answers have none."""

    def answers(self, action: str, correlation_id: str) -> bool:
        """Whether an answer with these is to this question. An answer may overtake the ACK."""
        return self.action == action and self.correlation_id in (None, correlation_id)


def expect(
    conn: Connection,
    registry: str,
    transaction_id: str,
    action: str,
    references: Collection[str],
    now: datetime,
) -> None:
    """Wait for an answer from now on: in a transaction that is over before the question leaves.

    Forgets what was waited for too long.
    """
    conn.execute(delete(awaited).where(awaited.c.asked_at < now - KEPT))
    row = {
        "registry": registry,
        "transaction_id": transaction_id,
        "action": action,
        "reference_ids": sorted(references),
        "asked_at": now,
    }
    conn.execute(insert(conn, awaited).values(row).on_conflict_do_nothing())


def acknowledged(conn: Connection, registry: str, transaction_id: str, correlation_id: str) -> None:
    """Know the registry's name of it, from the ACK."""
    conn.execute(
        update(awaited)
        .where(awaited.c.registry == registry, awaited.c.transaction_id == transaction_id)
        .values(correlation_id=correlation_id)
    )


def find(conn: Connection, registry: str, transaction_id: str) -> Question | None:
    """The question of this transaction."""
    row = conn.execute(
        select(awaited).where(
            awaited.c.registry == registry, awaited.c.transaction_id == transaction_id
        )
    ).first()
    if row is None:
        return None
    return Question(row.action, row.correlation_id, frozenset(row.reference_ids))
