"""Everybody's books, read when the storm is over: ours in SQL, the registry's, and every handset's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import exists, func, select, update

from store import messages, requests
from store.database import Database
from store.lanes import REGISTRY, breaker
from store.seals import Seals
from store.tables import messages as message_rows
from store.tables import outbox
from store.tables import requests as request_rows

WORDS = ("details", "name")
"""Where somebody's own words stand in a request."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A request as we hold it."""

    reference: str
    kind: str
    state: str
    words: str
    owed: bool = True
    """Whether the outbox has it, carried or not."""


@dataclass(frozen=True, slots=True)
class Held:
    """A request as the registry holds it."""

    reference: str
    words: str


@dataclass(frozen=True, slots=True)
class Sent:
    """An SMS as we hold it: a number of nobody, a text of no secret."""

    phone: str
    text: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Books:
    """All of them. `owed` counts rows of the outbox that are not done, by lane and state."""

    stored: Sequence[Stored]
    held: Sequence[Held]
    sent: Sequence[Sent]
    rung: Counter[tuple[str, str]]
    owed: Mapping[str, int]


def ours(database: Database, seals: Seals) -> tuple[list[Stored], list[Sent]]:
    """Requests and messages, opened."""
    with database.read() as conn:
        ids = list(conn.execute(select(request_rows.c.id)).scalars())
        found = requests.load(conn, seals, ids)
        promised = set(conn.execute(select(outbox.c.subject)).scalars())
        stored = [
            Stored(one.reference, one.kind, one.state, _words(one.said), one.id in promised)
            for one in found
        ]
        rows = conn.execute(select(message_rows.c.id, message_rows.c.state, message_rows.c.reason))
        states = {row.id: (row.state, row.reason) for row in rows}
        opened = messages.load(conn, seals, list(states))
    return stored, [Sent(one.phone, one.text, *states[one.id]) for one in opened]


def registry(ledger: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Held]:
    """The registry's records of applications, complaints and cases."""
    return [
        *(Held(one["reference"], "") for one in ledger["applications"]),
        *(Held(one["reference"], one["details"]) for one in ledger["complaints"]),
        *(Held(one["reference"], _words(one["details"])) for one in ledger["cases"]),
    ]


def rung(inbox: Sequence[Mapping[str, Any]]) -> list[str]:
    """The texts that reached a handset, oldest first."""
    return [str(one["text"]) for one in inbox if one["direction"] == "in"]


def owed(database: Database) -> dict[str, int]:
    """What is not carried yet, by lane and state; a message in doubt is owed nothing but a look."""
    doubt = exists().where(
        message_rows.c.id == outbox.c.subject, message_rows.c.state == "uncertain"
    )
    with database.read() as conn:
        rows = conn.execute(
            select(outbox.c.lane, outbox.c.state, func.count())
            .where(outbox.c.state != "done", ~doubt)
            .group_by(outbox.c.lane, outbox.c.state)
        )
        return {f"{lane} {state}": int(count) for lane, state, count in rows}


def hurry(database: Database, redis: Redis, now: datetime) -> None:
    """The waits are over, as if hours had gone by: between two attempts, and before a channel or a
    registry that was away is tried again. A lease is left to end.
    """
    with suppress(RedisError):
        redis.delete(breaker(REGISTRY), *redis.keys("channel:*"))
    waiting = (outbox.c.state == "ready") & outbox.c.lease.is_(None) & (outbox.c.due_at > now)
    with database.write() as conn:
        conn.execute(update(outbox).where(waiting).values(due_at=now))


def _words(said: Mapping[str, Any]) -> str:
    return next((str(said[name]) for name in WORDS if name in said), "")
