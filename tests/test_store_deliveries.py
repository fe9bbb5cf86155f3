"""What registries deliver, on both databases: once, sealed, promised, and forgotten in time; and what was asked
to be answered later.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from store import awaited, deliveries, outbox
from store.database import Database
from store.deliveries import KEPT, Delivery, Kept
from store.lanes import EVENTS
from store.tables import deliveries as table
from tests.stored import AMINA, HER_ID, NOW, RANDOM, SEALS, connected, rows

HEADER = {"message_id": "m-1", "sender_id": "registry.example", "action": "notify"}
MESSAGE = {"notify_event": [{"about": HER_ID, "phone": AMINA, "name": "Amina Fictional"}]}
ONE = Delivery("registry", "registry.example", "m-1", "notify", HEADER, MESSAGE)
SECOND = timedelta(seconds=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Promises an empty database of each kind."""
    with connected(database_url) as found:
        yield found


def keep(database: Database, one: Delivery = ONE, now: datetime = NOW) -> Kept:
    """Keep it in a transaction of its own."""
    with database.write() as conn:
        return deliveries.keep(conn, SEALS, one, now, RANDOM)


def due(database: Database) -> list[UUID]:
    """What somebody has to work on."""
    with database.write() as conn:
        claimed = outbox.claim(conn, EVENTS, NOW + KEPT * 9, SECOND, 500, b"one")
    return [one.subject for one in claimed]


def test_a_delivery_is_kept_with_the_promise_to_work_on_it(database: Database) -> None:
    """Whoever works on it reads what came."""
    kept = keep(database)
    assert kept.new
    assert due(database) == [kept.id]
    with database.read() as conn:
        assert deliveries.read(conn, SEALS, [kept.id]) == {kept.id: ONE}


def test_a_delivery_is_kept_once(database: Database) -> None:
    """The same again finds it, also written in another order; another message under its id is told
    apart and changes nothing.
    """
    kept = keep(database)
    again = replace(ONE, header=HEADER | {"message_ts": "later"}, message=dict(MESSAGE))
    assert keep(database, again, NOW + SECOND) == kept._replace(new=False)
    for other in (replace(ONE, message={}), replace(ONE, action="event")):
        assert keep(database, other) == kept._replace(new=False, same=False)
    assert rows(database) == {"deliveries": 1, "outbox": 1}


def test_another_sender_or_id_is_another_delivery(database: Database) -> None:
    """No two names run together into the same."""
    for one in (
        ONE,
        replace(ONE, sender="registry.exampl", message_id="em-1"),
        replace(ONE, message_id="m-2"),
        replace(ONE, registry="other"),
        replace(ONE, sender='registry.example","m-1'),
    ):
        assert keep(database, one).new
    assert rows(database)["deliveries"] == 5


def test_two_at_once_keep_one(database: Database) -> None:
    """Four threads deliver the same: one keeps it, the others find it."""
    found, start = list[Kept](), threading.Barrier(4)

    def deliver() -> None:
        start.wait()
        found.append(keep(database))

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.new for one in found) == [False, False, False, True]
    assert len({one.id for one in found}) == 1
    assert rows(database) == {"deliveries": 1, "outbox": 1}


def test_nothing_of_a_delivery_is_legible(database: Database) -> None:
    """Neither number nor name; and a row moved into another's place does not open."""
    first, second = keep(database), keep(database, replace(ONE, message_id="m-2"))
    with database.read() as conn:
        stored = conn.execute(select(table)).all()
    for row in stored:
        for secret in (HER_ID, AMINA, "Amina", "m-1", "registry.example"):
            assert secret.encode() not in repr(tuple(row)).encode() + row.body
    moved = next(row.body for row in stored if row.id == first.id)
    with database.write() as conn:
        conn.execute(update(table).where(table.c.id == second.id).values(body=moved))
    with database.read() as conn:
        assert list(deliveries.read(conn, SEALS, {first.id, second.id})) == [first.id]


def test_a_delivery_is_forgotten_when_it_is_old_and_done(database: Database) -> None:
    """With its promise. One nobody worked on stays, also where it was given up."""
    ids = [keep(database, replace(ONE, message_id=f"m-{number}")).id for number in range(3)]
    assert due(database) == sorted(ids)
    with database.write() as conn:
        outbox.done(conn, EVENTS, b"one", ids[:1])
        outbox.dead(conn, EVENTS, b"one", {ids[1]: "unreadable"})
        assert deliveries.forget(conn, NOW + KEPT) == 0
    assert not keep(database, replace(ONE, message_id="m-0"), NOW + KEPT).new
    assert keep(database, replace(ONE, message_id="new"), NOW + KEPT + SECOND).new
    assert rows(database) == {"deliveries": 3, "outbox": 3}
    assert keep(database, replace(ONE, message_id="m-0"), NOW + KEPT + SECOND).new


def test_a_delivery_that_is_not_committed_was_not_there(database: Database) -> None:
    """It and its promise are one."""

    def fails() -> None:
        with database.write() as conn:
            deliveries.keep(conn, SEALS, ONE, NOW, RANDOM)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert rows(database) == {}


def test_no_delivery_shows_itself() -> None:
    """Not printed."""
    assert HER_ID not in repr(ONE)
    assert "Amina" not in repr(ONE)


def test_an_answer_is_to_the_question_of_its_transaction(database: Database) -> None:
    """Before the ACK by any correlation, for an answer may overtake it; then by that of the ACK."""
    with database.write() as conn:
        awaited.expect(conn, "registry", "t-1", "on-search", ["r-2", "r-1"], NOW)
        awaited.expect(conn, "registry", "t-1", "on-search", ["r-3"], NOW)
        early = awaited.find(conn, "registry", "t-1")
        awaited.acknowledged(conn, "registry", "t-1", "c-1")
        late = awaited.find(conn, "registry", "t-1")
        assert awaited.find(conn, "other", "t-1") is None
        assert awaited.find(conn, "registry", "t-2") is None
    assert early is not None
    assert late is not None
    assert early.references == frozenset({"r-1", "r-2"})
    assert early.answers("on-search", "any")
    assert late.answers("on-search", "c-1")
    assert not late.answers("on-search", "c-2")
    assert not late.answers("on-subscribe", "c-1")


def test_nobody_waits_for_ever(database: Database) -> None:
    """A question of a month ago goes with the next one."""
    with database.write() as conn:
        awaited.expect(conn, "registry", "t-1", "on-search", [], NOW)
        awaited.expect(conn, "registry", "t-2", "on-search", [], NOW + awaited.KEPT)
        assert awaited.find(conn, "registry", "t-1") is not None
        awaited.expect(conn, "registry", "t-3", "on-search", [], NOW + awaited.KEPT + SECOND)
        assert awaited.find(conn, "registry", "t-1") is None
    assert rows(database) == {"awaited": 2}
