"""Workers and relays as the real processes they are: killed, told to stop, and two of each."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select

from commands import environment
from commands.processes import Process, holds
from settings import Settings
from store import lanes, requests
from store.clock import now
from store.database import Database
from store.lanes import REGISTRY
from store.tables import leases as leases_table
from store.tables import outbox
from store.tables import requests as requests_table
from tests.office import PATIENCE, Office, office
from tests.stored import KEYS, RANDOM, SEALS, asked, connected, silent
from workers import lead
from workers.relay import NAME

pytestmark = pytest.mark.timeout(180)
LEASE = 6.0
"""Seconds; short, so that what a killed worker held is soon taken up."""
SOON = 12.0
"""Seconds a busy machine may add to what is promised."""


@dataclass
class Site:
    """A database, a Valkey, a registry, and the processes a test starts."""

    settings: Settings
    database: Database
    redis: Redis
    office: Office
    folder: Path
    started: list[Process] = field(default_factory=list)

    def start(self, words: str) -> Process:
        """`./guichet` with these words, its log in a file of its own."""
        name = f"{words.replace(' ', '-')}-{len(self.started)}"
        process = Process(
            name,
            [sys.executable, "-m", "commands", *words.split()],
            environment.of(self.settings, os.environ),
            self.folder / f"{name}.log",
        )
        self.started.append(process)
        process.start()
        return process

    def worker(self) -> Process:
        """A worker of the registry lane that is up and waits."""
        before = self._listening()
        process = self.start(f"worker {REGISTRY}")
        process.until(lambda: self._listening() > before, PATIENCE)
        return process

    def promise(self, number: int, begin: int = 0) -> list[str]:
        """So many complaints; their references."""
        with self.database.write() as conn:
            return [
                requests.promise(
                    conn, SEALS, asked(draft=f"draft {one}"), now(), RANDOM, silent
                ).reference
                for one in range(begin, begin + number)
            ]

    def states(self) -> list[str]:
        """What became of the requests, oldest first."""
        return [row.state for row in self.ask(select(requests_table).order_by(requests_table.c.id))]

    def attempts(self) -> list[int]:
        """How often each row of the registry lane counts as tried."""
        return [row.attempts for row in self.ask(select(outbox).where(outbox.c.lane == REGISTRY))]

    def leader(self) -> str:
        """Who holds the relay's lease; empty for nobody."""
        rows = self.ask(select(leases_table).where(leases_table.c.name == NAME))
        return rows[0].holder if rows else ""

    def ask(self, query: Any) -> Any:
        """Rows of the database."""
        with self.database.read() as conn:
            return conn.execute(query).all()

    def logged(self, process: Process, event: str) -> list[dict[str, Any]]:
        """The lines of this event in a process's log."""
        assert process.log is not None
        lines = (
            process.log.read_text("utf-8", "replace").splitlines() if process.log.exists() else []
        )
        read = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in read if line.get("event") == event]

    def _listening(self) -> int:
        """Connections that wait for a wake-up."""
        return sum(one["cmd"] == "blmove" for one in self.redis.client_list())


@contextmanager
def working(database_url: str, valkey_url: str, folder: Path) -> Iterator[Site]:
    """A site while the block runs; what it started is killed at the end."""
    with (
        office() as registry,
        connected(database_url) as database,
        Redis.from_url(valkey_url) as redis,
    ):
        settings = Settings(
            var=folder,
            database_url=database_url,
            redis_url=valkey_url,
            keys=KEYS,
            registry_url=registry.url,
            registry_timeout=LEASE / 2,
            lease=LEASE,
        )
        site = Site(settings, database, redis, registry, folder)
        try:
            yield site
        finally:
            for process in site.started:
                process.kill()


@pytest.fixture
def site(database_url: str, valkey_url: str, tmp_path: Path) -> Iterator[Site]:
    """Promises a site on each kind of database."""
    with working(database_url, valkey_url, tmp_path) as made:
        yield made


def test_what_a_killed_worker_held_is_carried_by_another_within_its_lease(site: Site) -> None:
    """It dies with eight calls under way and more claimed; the relay wakes the one that lives."""
    first = site.worker()
    site.office.hold()
    told = site.promise(20)
    lanes.wake(site.redis, REGISTRY)
    assert site.office.arrived.acquire(timeout=PATIENCE)
    site.start("relay")
    site.worker()
    first.kill()
    died = monotonic()
    site.office.let_go()
    assert holds(lambda: site.states() == ["accepted"] * 20, LEASE + SOON), site.states()
    assert monotonic() - died < LEASE + SOON
    assert set(site.office.handed) == set(told)
    assert max(site.office.handed.values()) <= 2


def test_a_worker_started_again_carries_what_it_held_when_it_was_killed(site: Site) -> None:
    """Nothing is left of the old one but its rows, and a wake-up that went with it."""
    site.start("relay")
    first = site.worker()
    site.office.hold()
    (told,) = site.promise(1)
    lanes.wake(site.redis, REGISTRY)
    assert site.office.arrived.acquire(timeout=PATIENCE)
    first.kill()
    site.office.let_go()
    first.start()
    assert holds(lambda: site.states() == ["accepted"], LEASE + SOON)
    assert site.office.asked[told] == 1


def test_a_wake_up_that_died_with_its_worker_is_made_again_whatever_its_flag_says(
    site: Site,
) -> None:
    """The job was popped, the flag stands, and nobody works: the relay looks at the rows."""
    site.promise(1)
    lanes.wake(site.redis, REGISTRY)
    assert lanes.queue(site.redis, REGISTRY).pop_job_id() is not None
    site.worker()
    assert site.redis.exists(lanes.flag(REGISTRY))
    site.start("relay")
    assert holds(lambda: site.states() == ["accepted"], SOON)


def test_a_worker_told_to_stop_finishes_what_it_claimed_and_claims_no_more(site: Site) -> None:
    """The call under way is answered and recorded; what was promised since waits untouched."""
    worker = site.worker()
    site.office.hold()
    site.promise(1)
    lanes.wake(site.redis, REGISTRY)
    assert site.office.arrived.acquire(timeout=PATIENCE)
    os.kill(worker.pid, signal.SIGTERM)
    site.promise(1, begin=1)
    lanes.wake(site.redis, REGISTRY)
    assert worker.ended() is None
    site.office.let_go()
    assert holds(lambda: worker.ended() is not None, PATIENCE)
    assert worker.ended() == 0
    assert site.states() == ["accepted", "stored"]
    assert sorted(site.attempts()) == [0, 1]


def test_two_workers_share_a_lane_and_do_nothing_twice(site: Site) -> None:
    """More calls are under way than one of them makes; each reference is handed over once. What did
    not begin in time is claimed again.
    """
    workers = [site.worker(), site.worker()]
    site.office.wanted = 12
    site.office.hold()
    told = site.promise(300)
    for _ in workers:
        lanes.call(site.redis, REGISTRY)
    site.start("relay")
    assert holds(lambda: site.states() == ["accepted"] * 300, PATIENCE)
    assert 12 <= site.office.most <= 16
    assert site.office.handed == dict.fromkeys(told, 1)

    def carried() -> list[int]:
        return [sum(line["rows"] for line in site.logged(one, "lane.drained")) for one in workers]

    assert holds(lambda: sum(carried()) >= 300, SOON)
    assert all(carried())


def test_the_relay_that_stands_by_takes_over_within_seconds_of_the_others_death(
    site: Site,
) -> None:
    """SIGKILL to the active one: after its lease, and a look, the other wakes what is due."""
    relays = [site.start("relay"), site.start("relay")]
    assert holds(lambda: any(site.logged(one, "lead.taken") for one in relays), PATIENCE)
    active = next(one for one in relays if site.logged(one, "lead.taken"))
    (other,) = (one for one in relays if one is not active)
    assert site.logged(other, "lead.taken") == []
    led = site.leader()
    active.kill()
    died = now()
    site.promise(1)
    assert holds(lambda: bool(site.logged(other, "lead.taken")), lead.LEASE.total_seconds() + SOON)
    assert site.leader() not in ("", led)
    assert holds(lambda: lanes.queue(site.redis, REGISTRY).count == 1, SOON)
    taken = datetime.fromisoformat(site.logged(other, "lead.taken")[0]["timestamp"])
    assert taken - died < lead.LEASE + timedelta(seconds=SOON)
    active.start()
    assert holds(lambda: active.ended() is None, 1)
    led = site.leader()
    os.kill(other.pid, signal.SIGTERM)
    assert holds(lambda: other.ended() == 0, PATIENCE)
    assert holds(lambda: site.leader() not in ("", led), SOON)
