"""What every process counts and times of its own work: kept in the process, added up in Redis once
a second.

Which figures there are stands here; how they are written down for machines is the gateway's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import cast

from redis import Redis, RedisError

KEY = "tallies"
"""Hash: `<name> <label> ...` for what is counted; for what is timed, with a bound or SUM behind it.
"""
SUM = "sum"
"""The field that adds up microseconds."""
INFINITE = "inf"
EVERY = 1.0
"""Seconds between two times a process adds what it counted: so much is lost when it is killed."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Something that happened so often. No label holds a space, nor anything a citizen gave."""

    name: str
    labels: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Timed:
    """Something that took so long. `bounds` are in seconds, rising."""

    name: str
    labels: tuple[str, ...]
    says: str
    bounds: tuple[float, ...]

    def bucket(self, seconds: float) -> str:
        """The least bound that is not below."""
        place = bisect_left(self.bounds, seconds)
        return f"{self.bounds[place]:g}" if place < len(self.bounds) else INFINITE


ANSWERS = Counted(
    "guichet_hook_answers_total",
    ("provider", "kind", "status"),
    "Answers to deliveries of carriers, by HTTP status.",
)
ANSWER_SECONDS = Timed(
    "guichet_hook_seconds",
    ("kind",),
    "Seconds from a carrier's delivery to our answer.",
    (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7, 9),
)
LOOKUPS_REFUSED = Counted(
    "guichet_lookups_refused_total",
    (),
    "Questions to the registry that found no free thread and were answered by SMS.",
)
REGISTRY_SECONDS = Timed(
    "guichet_registry_seconds",
    ("call", "outcome"),
    "Seconds of calls to the registry: answered, refused, unsupported, unavailable or bug.",
    (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)
DELIVERIES_SHED = Counted(
    "guichet_deliveries_shed_total",
    (),
    "Deliveries that found every thread at work: told to try again, or left to the carrier.",
)
COUNTED = (ANSWERS, LOOKUPS_REFUSED, DELIVERIES_SHED)
TIMED = (ANSWER_SECONDS, REGISTRY_SECONDS)


@dataclass(frozen=True, slots=True)
class Tallies:
    """Made once a process; threads share it. Counting waits for nobody."""

    redis: Redis
    _mine: Counter[str] = field(default_factory=Counter)
    _alone: Lock = field(default_factory=Lock)

    def count(self, counted: Counted, *labels: str) -> None:
        """It happened once more."""
        with self._alone:
            self._mine[" ".join((counted.name, *labels))] += 1

    def time(self, timed: Timed, seconds: float, *labels: str) -> None:
        """It happened once more and took so long."""
        name = " ".join((timed.name, *labels))
        with self._alone:
            self._mine[f"{name} {timed.bucket(seconds)}"] += 1
            self._mine[f"{name} {SUM}"] += round(seconds * 1_000_000)

    def asked(self, call: str, outcome: str, seconds: float) -> None:
        """The registry was asked something."""
        self.time(REGISTRY_SECONDS, seconds, call, outcome)

    def flush(self) -> None:
        """Add what was counted to the figures of all processes, all or nothing. Raises RedisError:
        then it is kept, and added the next time.
        """
        with self._alone:
            taken = self._mine.copy()
            self._mine.clear()
        if not taken:
            return
        with self.redis.pipeline() as together:
            for name, many in taken.items():
                together.hincrby(KEY, name, many)
            try:
                together.execute()
            except RedisError:
                with self._alone:
                    self._mine.update(taken)
                raise

    def start(self, stop: Event, every: float = EVERY) -> Thread:
        """Flush in a thread of its own until told to stop, and once more then."""
        thread = Thread(target=self._keep_on, args=(stop, every), name="tallies", daemon=True)
        thread.start()
        return thread

    def _keep_on(self, stop: Event, every: float) -> None:
        while not stop.wait(every):
            with suppress(RedisError):  # the next second tries again
                self.flush()
        with suppress(RedisError):  # nobody is left to try again
            self.flush()


def added(kept: Mapping[bytes, bytes]) -> dict[tuple[str, ...], int]:
    """The hash as Redis gives it, by the words of each field."""
    return {tuple(name.decode().split(" ")): int(many) for name, many in kept.items()}


def read(redis: Redis) -> dict[tuple[str, ...], int]:
    """What all processes counted. Raises RedisError."""
    return added(cast("Mapping[bytes, bytes]", redis.hgetall(KEY)))
