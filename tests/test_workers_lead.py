"""One relay is active: who leads acts, who stands by does not, and who lost the lead stops at
once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Event

import pytest

from store.database import Database
from tests.stored import connected
from tests.working import Clock
from workers import relay
from workers.lead import LEASE, Lead


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Promises an empty database of each kind."""
    with connected(database_url) as made:
        yield made


class Pair:
    """Two relays on one clock, and what each did."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        self.first = Lead(database, relay.NAME, "first", self.clock)
        self.second = Lead(database, relay.NAME, "second", self.clock)
        self.done: list[str] = []

    def looks(self, lead: Lead) -> list[str]:
        """One look: what came of it."""
        self.done.clear()
        relay.once(lead, [lambda _: self.done.append(lead.holder)])
        return list(self.done)


def test_one_acts_and_the_other_stands_by(database: Database) -> None:
    """However often they look, in whatever order."""
    pair = Pair(database)
    for _ in range(20):
        assert pair.looks(pair.first) == ["first"]
        assert pair.looks(pair.second) == []
        pair.clock.pass_by(timedelta(seconds=1))


def test_a_dead_one_is_replaced_when_its_lease_is_over_and_not_before(database: Database) -> None:
    """By whoever looks next; back again, the old one stands by."""
    pair = Pair(database)
    pair.looks(pair.first)
    pair.clock.pass_by(LEASE - timedelta(microseconds=1))
    assert pair.looks(pair.second) == []
    pair.clock.pass_by(timedelta(microseconds=1))
    assert pair.looks(pair.second) == ["second"]
    assert pair.looks(pair.first) == []


def test_who_slept_past_its_lease_does_nothing_more(database: Database) -> None:
    """It was stopped between two things it does: the second is left to who leads now."""
    pair, done = Pair(database), list[str]()

    def sleeps(_: datetime) -> None:
        done.append("before")
        pair.clock.pass_by(LEASE)
        assert pair.looks(pair.second) == ["second"]

    relay.once(pair.first, [sleeps, lambda _: done.append("after")])
    assert done == ["before"]
    assert pair.looks(pair.first) == []


def test_who_is_told_to_stop_leaves_nobody_waiting(database: Database) -> None:
    """The lead is free at once."""
    pair, stop = Pair(database), Event()
    relay.watch(pair.first, [lambda _: stop.set()], stop, 0.01)
    assert pair.looks(pair.second) == ["second"]


def test_one_that_stands_by_and_stops_takes_nothing_away(database: Database) -> None:
    """The active one never notices."""
    pair = Pair(database)
    pair.looks(pair.first)
    pair.looks(pair.second)
    pair.second.release()
    assert pair.looks(pair.second) == []
    assert pair.looks(pair.first) == ["first"]
