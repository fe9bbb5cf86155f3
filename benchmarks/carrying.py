"""What carrying promises costs: one worker's drain beside a loop that calls the same registry and promises nothing.

`python -m benchmarks.carrying` reads a Task as JSON from standard input and prints a Carried as JSON. The database it
is given is filled and must be nobody's.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from time import perf_counter, process_time
from typing import Literal

import structlog
from sqlalchemy import func, select

from registry_client import connect
from settings import Settings
from store import requests
from store.clock import now
from store.database import Database
from store.lanes import REGISTRY
from store.requests import NewRequest, Request
from store.seals import Seals
from store.tables import requests as requests_table
from workers import registry_lane, wiring
from workers.context import Context
from workers.drain import drain
from workers.handing import hand_over

TOGETHER = 500
"""Promises stored in one transaction here; citizens make one each."""
TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Task:
    """What to carry, and how: `lane` as a worker does, `loop` with nothing but the calls. Settings come from the
    environment, as a worker's do.
    """

    how: Literal["lane", "loop"]
    number: int
    run: str
    """Makes the drafts of this run its own."""


@dataclass(frozen=True, slots=True)
class Carried:
    """How many, in how many seconds, and how many of those a processor worked for it; `wrong`: were not accepted."""

    number: int
    seconds: float
    cpu: float
    wrong: int

    @property
    def rate(self) -> float:
        """A second."""
        return self.number / self.seconds


def measured(task: Task, settings: Settings, clock: Callable[[], float]) -> Carried:
    """Store so many complaints, then carry them."""
    context = wiring.world(settings, lambda: False)
    with closing(context.database), context.pool:
        ids = [
            one
            for begin in range(0, task.number, TOGETHER)
            for one in promised(context.database, context.seals, task, begin)
        ]
        if task.how == "lane":
            return _lane(context, len(ids), clock)
        with context.database.read() as conn:
            opened = requests.load(conn, context.seals, ids)
        return _loop(settings, opened, clock)


def promised(database: Database, seals: Seals, task: Task, begin: int) -> Iterator[object]:
    """The next promises, stored; their ids."""
    with database.write() as conn:
        for number in range(begin, min(begin + TOGETHER, task.number)):
            new = complaint(seals, f"{task.run} {number}", number)
            yield requests.promise(
                conn, seals, new, now(), secrets.token_bytes, lambda *_: None
            ).request


def complaint(seals: Seals, draft: str, number: int) -> NewRequest:
    """What somebody fictional says."""
    return NewRequest(
        kind="complaint",
        draft=seals.digest("bench", draft),
        screen="complaint.lodge",
        conversation=seals.digest("bench", f"conversation {draft}"),
        phone=f"+92300{number % 1_000_000:07d}",
        language="en",
        provider="africastalking",
        due_on=date(2026, 12, 8),
        said={"category": "payment", "details": "They paid me only 3 of the 5 thousand"},
    )


def _lane(context: Context, number: int, clock: Callable[[], float]) -> Carried:
    """As a worker does, wake-up after wake-up; then see what became of them."""
    begun, worked = clock(), process_time()
    while drain(context, REGISTRY, registry_lane.carry, registry_lane.room):
        pass
    seconds, worked = clock() - begun, process_time() - worked
    with context.database.read() as conn:
        accepted = conn.execute(
            select(func.count()).select_from(requests_table).where(requests_table.c.state == "accepted")
        ).scalar_one()
    return Carried(number, seconds, worked, abs(number - accepted))


def _loop(settings: Settings, opened: list[Request], clock: Callable[[], float]) -> Carried:
    """The same calls by the same client, one after another. Nothing is written down."""
    registry = connect(settings)
    begun, worked = clock(), process_time()
    held = [hand_over(registry, one, timeout=TIMEOUT) for one in opened]
    seconds, worked = clock() - begun, process_time() - worked
    right = sum(one.reference == two.reference for one, two in zip(opened, held, strict=True))
    return Carried(len(opened), seconds, worked, len(opened) - right)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    print(json.dumps(asdict(measured(Task(**json.load(sys.stdin)), Settings(), perf_counter))))
