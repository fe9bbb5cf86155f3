"""What carrying promises costs: one worker's drain beside loops that call the same registry and promise nothing.

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
from uuid import UUID

import structlog
from requests import Session
from sqlalchemy import select

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
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Task:
    """How many to carry. Settings come from the environment, as a worker's do."""

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


@dataclass(frozen=True, slots=True)
class Ways:
    """The same promises carried three ways, one after the other: by a plain loop over requests, by a loop over our
    client, and by a worker's drain.
    """

    plain: Carried
    loop: Carried
    lane: Carried


def measured(task: Task, settings: Settings, clock: Callable[[], float]) -> Ways:
    """Store so many complaints, then carry them."""
    context = wiring.world(settings, lambda: False)
    with closing(context.database), context.pool:
        ids = [
            one
            for begin in range(0, task.number, TOGETHER)
            for one in promised(context.database, context.seals, task, begin)
        ]
        with context.database.read() as conn:
            opened = requests.load(conn, context.seals, ids)
        plain = _loop(_plainly(settings), opened, clock)
        registry = connect(settings)
        loop = _loop(lambda one: hand_over(registry, one, timeout=TIMEOUT).reference, opened, clock)
        return Ways(plain, loop, _lane(context, opened, clock))


def promised(database: Database, seals: Seals, task: Task, begin: int) -> Iterator[UUID]:
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


def _plainly(settings: Settings) -> Callable[[Request], str]:
    """A call as anybody would write it; the reference that was acknowledged."""
    session, url = Session(), f"{settings.registry_url}{settings.registry_profile_path}/complaint"

    def call(one: Request) -> str:
        message = {"transaction_id": one.reference, "reference": one.reference, **one.said}
        whole = {"header": {"action": "complaint"}, "message": message}
        body = json.dumps(whole, separators=(",", ":"))
        answer = session.post(url, body, headers={"Content-Type": JSON}, timeout=TIMEOUT).json()
        return str(answer["message"]["acknowledgement"]["reference"])

    return call


def _loop(
    call: Callable[[Request], str], opened: list[Request], clock: Callable[[], float]
) -> Carried:
    """One after another. Nothing is written down."""
    begun, worked = clock(), process_time()
    held = [call(one) for one in opened]
    seconds, worked = clock() - begun, process_time() - worked
    wrong = sum(one.reference != two for one, two in zip(opened, held, strict=True))
    return Carried(len(opened), seconds, worked, wrong)


def _lane(context: Context, opened: list[Request], clock: Callable[[], float]) -> Carried:
    """As a worker does, wake-up after wake-up; then see what became of them."""
    begun, worked = clock(), process_time()
    while drain(context, REGISTRY, registry_lane.carry, registry_lane.room):
        pass
    seconds, worked = clock() - begun, process_time() - worked
    accepted = requests_table.c.state == "accepted"
    with context.database.read() as conn:
        found = conn.execute(select(requests_table.c.id).where(accepted)).scalars()
        wrong = {one.id for one in opened} - set(found)
    return Carried(len(opened), seconds, worked, len(wrong))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    print(json.dumps(asdict(measured(Task(**json.load(sys.stdin)), Settings(), perf_counter))))
