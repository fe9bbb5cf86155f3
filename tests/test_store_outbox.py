"""Claims under a lease: each row to one worker at a time, none lost when a worker dies, none
settled by a stranger.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from store import outbox
from store.database import Database
from store.ids import uuid7
from store.lanes import LANES, REGISTRY
from store.outbox import Claimed, Setback
from tests.stored import AFRICASTALKING, NOW, RANDOM, connected

LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Promises an empty database of each kind."""
    with connected(database_url) as found:
        yield found


def put(database: Database, count: int) -> list[UUID]:
    """Promise so many subjects in the registry lane, one a second."""
    subjects = [uuid7(NOW + number * SECOND, RANDOM) for number in range(count)]
    with database.write() as conn:
        outbox.put(conn, REGISTRY, subjects, NOW)
    return subjects


def claim(
    database: Database, now: datetime, token: bytes = b"one", limit: int = 10
) -> list[Claimed]:
    """Claim in a transaction of its own."""
    with database.write() as conn:
        return outbox.claim(conn, REGISTRY, now, LEASE, limit, token)


def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(database: Database) -> None:
    """The claim counts as an attempt; after the lease the row is there again, with the attempt
    counted.
    """
    (subject,) = put(database, 1)
    assert claim(database, NOW) == [Claimed(subject, 1)]
    assert claim(database, NOW + LEASE - SECOND, b"two") == []
    assert claim(database, NOW + LEASE, b"two") == [Claimed(subject, 2)]


def test_a_claim_takes_the_oldest_and_no_more_than_asked(database: Database) -> None:
    """Batches are bounded and first come is first served."""
    subjects = put(database, 5)
    assert [row.subject for row in claim(database, NOW, limit=2)] == subjects[:2]
    assert [row.subject for row in claim(database, NOW, limit=9)] == subjects[2:]


def test_a_subject_is_promised_once_a_lane(database: Database) -> None:
    """Promising it again changes nothing, also when it is done."""
    (subject,) = put(database, 1)
    claim(database, NOW)
    with database.write() as conn:
        assert outbox.done(conn, REGISTRY, b"one", [subject]) == {subject}
        outbox.put(conn, REGISTRY, [subject], NOW)
        outbox.put(conn, AFRICASTALKING, [subject], NOW)
        assert outbox.due_lanes(conn, LANES, NOW + LEASE) == [AFRICASTALKING]


def test_who_lost_the_lease_settles_nothing(database: Database) -> None:
    """A slow worker whose row went to another one cannot end it, in whichever way."""
    (subject,) = put(database, 1)
    claim(database, NOW, b"slow")
    claim(database, NOW + LEASE, b"quick")
    with database.write() as conn:
        assert outbox.done(conn, REGISTRY, b"slow", [subject]) == set()
        assert outbox.dead(conn, REGISTRY, b"slow", {subject: "late"}) == set()
        assert outbox.again(conn, REGISTRY, b"slow", [Setback(subject, "late", NOW)]) == set()
        assert outbox.give_back(conn, REGISTRY, b"slow", [subject], NOW) == set()
        outbox.renew(conn, REGISTRY, b"slow", [subject], NOW + 9 * LEASE)
        assert outbox.due_lanes(conn, LANES, NOW + 2 * LEASE) == [REGISTRY]
        assert outbox.done(conn, REGISTRY, b"quick", [subject]) == {subject}


def test_a_lease_is_renewed(database: Database) -> None:
    """Whoever is still about it keeps it, and settles it in the end."""
    (subject,) = put(database, 1)
    claim(database, NOW)
    with database.write() as conn:
        outbox.renew(conn, REGISTRY, b"one", [subject], NOW + 2 * LEASE)
    assert claim(database, NOW + LEASE, b"other") == []
    with database.write() as conn:
        assert outbox.done(conn, REGISTRY, b"one", [subject]) == {subject}


def test_a_setback_waits_until_it_is_due(database: Database) -> None:
    """The back-off is in the row."""
    (subject,) = put(database, 1)
    claim(database, NOW)
    due = NOW + 5 * SECOND
    with database.write() as conn:
        assert outbox.again(conn, REGISTRY, b"one", [Setback(subject, "unavailable", due)]) == {
            subject
        }
        assert outbox.due_lanes(conn, LANES, due - SECOND) == []
    assert claim(database, due) == [Claimed(subject, 2)]


def test_what_was_not_begun_is_given_back_at_once(database: Database) -> None:
    """Being claimed and not tried is not an attempt."""
    (subject,) = put(database, 1)
    claim(database, NOW)
    with database.write() as conn:
        assert outbox.give_back(conn, REGISTRY, b"one", [subject], NOW) == {subject}
    assert claim(database, NOW) == [Claimed(subject, 1)]


def test_the_dead_stay_until_they_are_revived(database: Database) -> None:
    """Given up with a reason; revived they start over."""
    first, second = put(database, 2)
    claim(database, NOW)
    with database.write() as conn:
        assert outbox.dead(conn, REGISTRY, b"one", {first: "refused", second: "gone"}) == {
            first,
            second,
        }
        assert {row.subject: row.error for row in conn.execute(outbox.deceased((REGISTRY,)))} == {
            first: "refused",
            second: "gone",
        }
        assert outbox.due_lanes(conn, LANES, NOW + LEASE) == []
        assert outbox.revive(conn, (REGISTRY,), [first], NOW) == [first]
    assert claim(database, NOW) == [Claimed(first, 1)]


def test_workers_at_once_never_claim_the_same_row(database: Database) -> None:
    """Four of them empty a lane of two hundred: each row goes to exactly one."""
    subjects = put(database, 200)
    taken: list[UUID] = []

    def work(token: bytes) -> None:
        while batch := claim(database, NOW, token, limit=7):
            taken.extend(row.subject for row in batch)

    threads = [threading.Thread(target=work, args=(bytes([number]),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == subjects
