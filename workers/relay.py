"""Looks every second, and wakes lanes with something due.

A promise whose wake-up was lost, a wait that is over, rows that a dead worker held.
"""

from __future__ import annotations

import secrets
import signal
from collections.abc import Callable
from datetime import datetime
from threading import Event

import structlog
from redis import Redis
from redis.exceptions import RedisError

import logs
from dialogs.service import AGAIN
from locales.catalogues import speeches
from locales.saying import Speaker
from settings import Settings
from store import database, lanes, live, messages, outbox
from store.clock import now
from store.database import Database, StoreDown
from store.seals import Seals
from workers.dial_backs import DialBacks, again
from workers.housekeeping import beside

EVERY = 1.0
"""Seconds between two looks."""

log = structlog.get_logger()


def relay(settings: Settings) -> None:
    """Look until SIGTERM or Ctrl-C. Two of these are harmless."""
    logs.configure(settings.log_level)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store, redis = Database.connect(database.address(settings)), live.connected(settings.redis_url)
    watch(store, redis, now, stop, beside(settings, store, dial_backs(settings, store, redis)))
    store.close()


def dial_backs(settings: Settings, store: Database, redis: Redis) -> DialBacks:
    """Who tells people that their call dropped. Raises BadKeys."""
    dialled = [code for code in settings.service_codes if code.startswith("*")]
    return DialBacks(
        store,
        redis,
        Seals.from_text(settings.keys.get_secret_value()),
        Speaker(speeches(settings.languages, drafts=settings.drafts), settings.greeting),
        secrets.token_bytes,
        again(dialled[0], AGAIN) if dialled else "",
        settings.dial_backs_a_day,
    )


def watch(
    store: Database,
    redis: Redis,
    clock: Callable[[], datetime],
    stop: Event,
    dial_backs: Callable[[datetime], None],
    every: float = EVERY,
) -> None:
    """Look, and look again, until told to stop. Trouble of the database or of Redis is waited
    out.
    """
    while not stop.wait(every):
        try:
            look(store, redis, clock())
            dial_backs(clock())
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
