"""From a promise to its worker: wake-ups that do not pile up, a relay that misses nothing, a
process that stops.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from redis import Redis

import logs
from store import messages, outbox
from store.database import StoreDown
from store.lanes import LANES, REGISTRY, flag, queue, wake
from tests.counterpart import Got, Say, counterpart, nobody
from tests.stored import AFRICASTALKING, AMINA, HER_ID, KEYS, NOW, RANDOM, SEALS, asked
from tests.working import World, working
from workers import patience, registry_lane, relay
from workers.drain import drain
from workers.jobs import WORLD
from workers.lead import Lead
from workers.main import lane_worker
from workers.patience import WAITS

ROOT = Path(__file__).parent.parent


@pytest.fixture
def world(sqlite_url: str, valkey_url: str) -> Iterator[World]:
    """Promises a worker's world on SQLite."""
    with working(sqlite_url, valkey_url) as made:
        yield made


def burst(world: World, lane: str, logging_level: str = "CRITICAL") -> None:
    """A real RQ worker takes every wake-up that waits, in the world it was given."""

    def work() -> None:
        WORLD.set(world.context)
        worker = lane_worker(world.context.redis, lane, Event())
        worker.work(burst=True, logging_level=logging_level)

    taken = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    copy_context().run(work)
    for number, handler in taken.items():
        signal.signal(number, handler)


def waiting(world: World, lane: str) -> int:
    """Wake-ups in the queue."""
    return queue(world.context.redis, lane).count


def test_many_promises_are_one_wake_up(world: World) -> None:
    """While one is on its way, no other is put behind it."""
    assert [wake(world.context.redis, REGISTRY) for _ in range(5)] == [True] * 5
    assert (waiting(world, REGISTRY), waiting(world, AFRICASTALKING)) == (1, 0)


def test_a_wake_up_carries_a_promise_and_leaves_nothing_behind(world: World) -> None:
    """RQ runs the drain; afterwards Redis holds neither the job nor what it was about."""
    world.promise(asked())
    wake(world.context.redis, REGISTRY)
    burst(world, REGISTRY)
    assert world.states() == ["accepted"]
    assert waiting(world, AFRICASTALKING) == 1
    burst(world, AFRICASTALKING)
    assert [state for state, _, _ in world.sms()] == ["sent"]
    assert world.context.redis.keys("rq:job:*") == []


def test_a_wake_up_that_fails_leaves_nothing_behind_either(world: World) -> None:
    """A bug is in the log, not in Redis; the next wake-up is not held up by it."""
    world.promise(asked())

    def says(_: object) -> None:
        raise ZeroDivisionError

    world.desk.says = says
    wake(world.context.redis, REGISTRY)
    burst(world, REGISTRY)
    assert world.context.redis.keys("rq:job:*") == []
    wake(world.context.redis, REGISTRY)
    assert waiting(world, REGISTRY) == 1


def test_a_bug_is_logged_by_its_class_and_place_and_says_nothing_personal(
    world: World, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither our log nor RQ's prints what the exception says, nor what it came from."""
    world.promise(asked("application"))
    logs.configure("info")

    def says(asked: object) -> None:
        try:
            dict[str, str]()[repr(asked)]
        except KeyError as error:
            raise ZeroDivisionError(f"{HER_ID}: They shouted") from error

    world.desk.says = says
    wake(world.context.redis, REGISTRY)
    burst(world, REGISTRY, logging_level="WARNING")
    written = "".join(capfd.readouterr()) + caplog.text
    assert "LaneFailed" in caplog.text
    assert not {word for word in (HER_ID, "shouted", AMINA, "CASH") if word in written}
    (line,) = [line for line in written.splitlines() if '"lane.failed"' in line]
    logged = json.loads(line)
    assert (logged["level"], logged["lane"], logged["error"]) == (
        "error",
        REGISTRY,
        "ZeroDivisionError",
    )
    assert "tests/test_workers_wake.py" in logged["exception"]
    assert "KeyError" in logged["exception"]


def test_a_promise_made_during_a_drain_wakes_the_lane_again(world: World) -> None:
    """The flag is gone before the first look, so whoever comes too late for that look is not
    forgotten.
    """
    world.promise(asked(draft="1"))
    wake(world.context.redis, REGISTRY)
    seen: list[object] = []

    def says(_: object) -> None:
        seen.append(world.context.redis.get(flag(REGISTRY)))
        wake(world.context.redis, REGISTRY)

    world.desk.says = says
    drain(world.context, REGISTRY, registry_lane.carry)
    assert seen == [None]
    assert waiting(world, REGISTRY) == 2


def test_without_redis_a_wake_up_fails_quietly_and_a_drain_goes_on(world: World) -> None:
    """What was promised is in SQL; the relay wakes the lane when Redis is back."""
    world.promise(asked())
    with nobody() as url, Redis.from_url(url.replace("http", "redis")) as gone:
        assert not wake(gone, REGISTRY)
        world.context = replace(world.context, redis=gone)
        assert drain(world.context, REGISTRY, registry_lane.carry) == 1
    assert world.states() == ["accepted"]


def test_the_relay_wakes_what_is_due_whatever_the_flag_says(world: World) -> None:
    """A wake-up that was lost on its way is made again at the next look, and once is enough."""
    redis = world.context.redis
    redis.set(flag(REGISTRY), 1)
    assert relay.look(world.database, redis, NOW) == []
    world.promise(asked())
    assert relay.look(world.database, redis, NOW) == [REGISTRY]
    assert relay.look(world.database, redis, NOW) == []
    assert waiting(world, REGISTRY) == 1


def test_the_relay_sees_a_wait_that_is_over_and_a_worker_that_died(world: World) -> None:
    """Neither leaves a wake-up behind: the row is simply due again."""
    world.promise(asked())
    with world.database.write() as conn:
        outbox.claim(conn, REGISTRY, NOW, timedelta(seconds=60), 10, b"the dead worker")
    assert relay.look(world.database, world.context.redis, NOW + timedelta(seconds=59)) == []
    assert relay.look(world.database, world.context.redis, NOW + timedelta(seconds=60)) == [
        REGISTRY
    ]


def test_the_relay_matches_reports_that_were_early(world: World) -> None:
    """The report and the answer to the send were stored in the same moment."""
    new = messages.NewMessage("one", AMINA, "Hello", "en", "africastalking", "notices.any")
    with world.database.write() as conn:
        messages.queue(conn, SEALS, new, NOW, RANDOM)
        (row,) = outbox.claim(conn, AFRICASTALKING, NOW, timedelta(seconds=60), 10, b"token")
        messages.record(
            conn, SEALS, [messages.Outcome(row.subject, "sent", "", "africastalking", "AT-1")], NOW
        )
    with world.database.write() as conn:
        messages.report(conn, SEALS, "africastalking", "AT-2", "delivered", "", "", NOW)
        messages.record(
            conn, SEALS, [messages.Outcome(row.subject, "sent", "", "africastalking", "AT-2")], NOW
        )
    relay.look(world.database, world.context.redis, NOW)
    assert [state for state, _, _ in world.sms()] == ["delivered"]


def test_trouble_does_not_stop_the_relay(world: World) -> None:
    """Redis or the database away for a while: it looks again a second later, and stops when
    told.
    """
    stop = Event()
    looks: list[int] = []

    def act(_: datetime) -> None:
        looks.append(len(looks))
        if len(looks) == 2:
            stop.set()
        raise StoreDown("away")

    lead = Lead(world.database, relay.NAME, "we", world.clock)
    watching = Thread(target=relay.watch, args=(lead, [act], stop, 0.01))
    watching.start()
    watching.join(timeout=10)
    assert looks == [0, 1]


@pytest.mark.parametrize("lane", LANES)
def test_waits_grow_and_end(lane: str) -> None:
    """Jitter spreads each wait by a fifth; after the last one a row is given up, after one claim
    more it is lost.
    """
    first = WAITS[lane][0]
    waits = [
        patience.next_try(lane, attempt, NOW, 0.5) for attempt in range(1, len(WAITS[lane]) + 2)
    ]
    assert waits == [NOW + wait for wait in WAITS[lane]] + [None]
    assert list(WAITS[lane]) == sorted(WAITS[lane])
    assert patience.next_try(lane, 1, NOW, 0.0) == NOW + 0.8 * first
    assert patience.next_try(lane, 1, NOW, 1.0) == NOW + 1.2 * first
    assert not patience.spent(lane, len(WAITS[lane]) + 1)
    assert patience.spent(lane, len(WAITS[lane]) + 2)


def test_a_worker_process_carries_and_stops_when_told(
    world: World, sqlite_url: str, valkey_url: str
) -> None:
    """The real thing: settings, RQ, the registry adapter; SIGTERM ends it with status 0 once
    idle.
    """
    called = Event()

    def registry(_: Got) -> Say:
        called.set()
        return Say(status=503)

    with ExitStack() as stack:
        desk = stack.enter_context(counterpart(registry))
        settings = {
            "DATABASE_URL": sqlite_url,
            "REDIS_URL": valkey_url,
            "GUICHET_KEYS": KEYS,
            "GUICHET_REGISTRY_URL": desk.url,
            "NO_PROXY": "127.0.0.1",
        }
        world.promise(asked())
        wake(world.context.redis, REGISTRY)
        worker = subprocess.Popen(
            [sys.executable, "-m", "commands", "worker", REGISTRY],
            cwd=ROOT,
            env={**os.environ, **settings},
        )
        stack.callback(worker.kill)
        assert called.wait(60)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(45) == 0
    with world.database.read() as conn:
        assert outbox.due_lanes(conn, LANES, NOW) == []
    assert world.states() == ["stored"]
