"""What only one may do: taken by one of many, kept while renewed, free when it runs out or is given
up.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from store import leases
from store.database import Database
from tests.stored import NOW, connected

LEASE = timedelta(seconds=5)
ALMOST = LEASE - timedelta(microseconds=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Promises an empty database of each kind."""
    with connected(database_url) as made:
        yield made


def takes(database: Database, holder: str, now: datetime, name: str = "relay") -> bool:
    """Whether this one gets it."""
    with database.write() as conn:
        return leases.take(conn, name, holder, now, LEASE)


def test_one_holds_it_until_its_very_end_and_then_anybody_may(database: Database) -> None:
    """To the microsecond, by the clock that is handed in."""
    assert takes(database, "first", NOW)
    assert not takes(database, "second", NOW)
    assert not takes(database, "second", NOW + ALMOST)
    assert takes(database, "second", NOW + LEASE)
    assert not takes(database, "first", NOW + LEASE)


def test_who_renews_keeps_it(database: Database) -> None:
    """Its end moves with each renewal."""
    assert takes(database, "first", NOW)
    assert takes(database, "first", NOW + ALMOST)
    assert not takes(database, "second", NOW + LEASE)
    assert takes(database, "second", NOW + ALMOST + LEASE)


def test_what_is_given_up_is_free_at_once_and_only_its_holder_gives_it_up(
    database: Database,
) -> None:
    """A relay that stops leaves nobody waiting; one that lost it takes nothing away."""
    assert takes(database, "first", NOW)
    with database.write() as conn:
        leases.release(conn, "relay", "second")
    assert not takes(database, "second", NOW)
    with database.write() as conn:
        leases.release(conn, "relay", "first")
    assert takes(database, "second", NOW)


def test_names_are_held_apart(database: Database) -> None:
    """Who relays need not be who keeps house."""
    assert takes(database, "first", NOW)
    assert takes(database, "second", NOW, "another")


def test_a_clock_that_went_back_locks_nobody_out(database: Database) -> None:
    """An hour was put back and the holder died: its end is further off than any honest one."""
    assert takes(database, "first", NOW + timedelta(hours=1))
    assert takes(database, "second", NOW)


def test_of_many_who_try_at_once_one_gets_it(database_url: str) -> None:
    """Compare and set, with a connection each."""

    def tries(number: int) -> bool:
        with connected(database_url) as database:
            return takes(database, f"holder {number}", NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tries, range(8))) == 1
