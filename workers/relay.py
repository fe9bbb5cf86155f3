"""Looks every second, and wakes lanes with something due.

A promise whose wake-up was lost, a wait that is over, rows that a dead worker held.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import datetime
from threading import Event

import structlog
from redis import Redis
from redis.exceptions import RedisError

import logs
from settings import Settings
from store import database, lanes, live, messages, outbox
from store.clock import now
from store.database import Database, StoreDown

EVERY = 1.0
"""Seconds between two looks."""

log = structlog.get_logger()


def relay(settings: Settings) -> None:
    """Look until SIGTERM or Ctrl-C. Two of these are harmless."""
    logs.configure(settings.log_level)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store = Database.connect(database.address(settings))
    watch(store, live.connected(settings.redis_url), now, stop)
    store.close()


def watch(
    store: Database, redis: Redis, clock: Callable[[], datetime], stop: Event, every: float = EVERY
) -> None:
    """Look, and look again, until told to stop. Trouble of the database or of Redis is waited
    out.
    """
    while not stop.wait(every):
        try:
            look(store, redis, clock())
        except (StoreDown, RedisError) as trouble:
            log.warning("relay.trouble", error=type(trouble).__name__)


def look(store: Database, redis: Redis, now: datetime) -> list[str]:
    """Match early delivery reports; wake each lane with something due whose queue is empty,
    whatever its flag says.

    A wake-up that waits in the queue is enough: the drain that takes it sees what is due then.
    Returns the lanes woken.
    """
    with store.write() as conn:
        messages.match(conn, now)
    with store.read() as conn:
        due = outbox.due_lanes(conn, lanes.LANES, now)
    woken = [lane for lane in due if not lanes.queue(redis, lane).count]
    for lane in woken:
        lanes.call(redis, lane)
    return woken
