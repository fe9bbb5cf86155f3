"""Promises carried a second, and how soon one reaches the registry when nothing else is to be done: on real processes,
a registry of our own, and databases that are nobody's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import time
from typing import IO, Any, cast
from urllib.parse import urlsplit

from redis import Redis

from benchmarks.carrying import Carried, Task, Ways, promised
from benchmarks.figures import percentile
from commands import environment
from commands.processes import ROOT, Process, holds
from commands.trouble import Trouble
from settings import Settings
from store import lanes, migrations
from store.database import Database
from store.seals import Seals

NUMBER = 2000
"""Promises a round."""
IDLE = 40
"""Promises made one by one to a worker that waits."""
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Line:
    """One database: medians over the rounds. Rates are promises a second, costs seconds of processor time each."""

    database: str
    plain: float
    loop: float
    lane: float
    to_plain: float
    """The lane's rate by that of the plain loop, in the same round."""
    to_loop: float
    cost_of_loop: float
    cost_of_lane: float
    idle_p50: float
    """Seconds from the commit to the call at the registry."""
    idle_p95: float
    wrong: int


@dataclass(frozen=True, slots=True)
class Office:
    """The process of a registry or a carrier."""

    asks: IO[str]
    says: IO[str]
    url: str

    def handed(self) -> tuple[int, float]:
        """How many calls it got, and when the last one came, in seconds since 1970."""
        self.asks.write("\n")
        self.asks.flush()
        said = json.loads(self.says.readline())
        return said["calls"], said["last"]


def measured(
    settings: Settings, databases: Mapping[str, str], folder: Path, rounds: int
) -> tuple[Line, ...]:
    """One line a database, by name and address; each is migrated, and filled."""
    with office() as registry:
        return tuple(
            _line(name, pointed(settings, url, registry_url=registry.url), folder, registry, rounds)
            for name, url in databases.items()
        )


def line(name: str, rounds: list[Ways], idle: list[float]) -> Line:
    """What was seen, in figures."""
    ordered = sorted(idle)
    return Line(
        name,
        plain=median(rate(one.plain) for one in rounds),
        loop=median(rate(one.loop) for one in rounds),
        lane=median(rate(one.lane) for one in rounds),
        to_plain=median(rate(one.lane) / rate(one.plain) for one in rounds),
        to_loop=median(rate(one.lane) / rate(one.loop) for one in rounds),
        cost_of_loop=median(one.loop.cpu / one.loop.number for one in rounds),
        cost_of_lane=median(one.lane.cpu / one.lane.number for one in rounds),
        idle_p50=percentile(ordered, 0.5),
        idle_p95=percentile(ordered, 0.95),
        wrong=sum(way.wrong for one in rounds for way in (one.plain, one.loop, one.lane)),
    )


def rate(carried: Carried) -> float:
    """A second."""
    return carried.number / carried.seconds


@contextmanager
def office(kind: str = "registry") -> Iterator[Office]:
    """A registry or a carrier while the block runs; it ends when its standard input does."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.office", kind],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as popen:
        asks, says = cast("IO[str]", popen.stdin), cast("IO[str]", popen.stdout)
        yield Office(asks, says, f"http://127.0.0.1:{says.readline().strip()}")


def pointed(settings: Settings, database_url: str, **more: str) -> Settings:
    """Settings of a worker with that database, and a Redis of its own within the one there is."""
    redis_url = settings.redis_url + (
        "?db=1" if urlsplit(settings.redis_url).scheme == "unix" else "/1"
    )
    return settings.model_copy(
        update={
            "database_url": database_url,
            "redis_url": redis_url,
            "log_level": "warning",
            **more,
        }
    )


def _line(name: str, settings: Settings, folder: Path, registry: Office, rounds: int) -> Line:
    migrations.upgrade(settings.database_url)
    seen = [_ways(settings, Task(NUMBER, f"{name} {number}")) for number in range(rounds)]
    return line(name, seen, _idle(name, settings, folder, registry))


def _ways(settings: Settings, task: Task) -> Ways:
    """One round, in a process of its own. Raises Trouble when it fails."""
    said = told("benchmarks.carrying", settings, task)
    return Ways(*(Carried(**said[way]) for way in ("plain", "loop", "lane")))


def told(module: str, settings: Settings, task: Task) -> dict[str, dict[str, Any]]:
    """What a program prints that is given a task. Raises Trouble when it fails."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=environment.of(settings, os.environ),
        input=json.dumps(asdict(task)),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Trouble(f"{module} failed: {done.stderr.strip().splitlines()[-1]}")
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def _idle(name: str, settings: Settings, folder: Path, registry: Office) -> list[float]:
    """Seconds from each commit to its call, with a worker that has nothing else to do."""
    worker = Process(
        f"worker for {name}",
        [sys.executable, "-m", "commands", "worker", lanes.REGISTRY],
        environment.of(settings, os.environ),
        folder / f"bench-worker-{name}.log",
        patience=30,
    )
    seals = Seals.from_text(settings.keys.get_secret_value())
    with (
        closing(Database.connect(settings.database_url)) as database,
        Redis.from_url(settings.redis_url) as redis,
    ):
        before = _listening(redis)
        worker.start()
        try:
            worker.until(lambda: _listening(redis) > before, PATIENCE)
            return [
                _one(database, redis, seals, Task(1, f"{name} idle {number}"), registry)
                for number in range(IDLE)
            ]
        finally:
            worker.stop()


def _one(database: Database, redis: Redis, seals: Seals, task: Task, registry: Office) -> float:
    """One promise, and the seconds until the registry hears of it."""
    calls, _ = registry.handed()
    list(promised(database, seals, task, 0))
    committed = time()
    lanes.wake(redis, lanes.REGISTRY)
    if not holds(lambda: registry.handed()[0] > calls, PATIENCE):
        raise Trouble("a promise did not reach the registry")
    return registry.handed()[1] - committed


def _listening(redis: Redis) -> int:
    """Workers that wait for a wake-up."""
    return sum(one["cmd"] == "blmove" for one in redis.client_list())
