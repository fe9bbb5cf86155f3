"""Looks every second, and wakes lanes with something due: one of any number, the others stand by.

A promise whose wake-up was lost, a wait that is over, rows that a dead worker held.
"""

from __future__ import annotations

import secrets
import signal
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from threading import Event
from zoneinfo import ZoneInfo

import structlog
from redis import Redis
from redis.exceptions import RedisError

import logs
from dialogs.service import AGAIN
from locales.catalogues import speeches
from locales.saying import Speaker
from settings import Settings
from store import database, lanes, live, messages, outbox, retired
from store.clock import now
from store.database import Database, StoreDown
from store.seals import Seals
from workers.dial_backs import DialBacks, again
from workers.housekeeping_lane import Nights
from workers.lead import Lead

NAME = "relay"
EVERY = 1.0
"""Seconds between two looks."""

Act = Callable[[datetime], object]
"""What the active relay does at each look, told the time. May raise StoreDown or RedisError."""

log = structlog.get_logger()


def relay(settings: Settings) -> None:
    """Look until SIGTERM or Ctrl-C: alone while we have the lead, else only for the lead."""
    logs.configure(settings.log_level)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store, redis = Database.connect(database.address(settings)), live.connected(settings.redis_url)
    lead = Lead(store, NAME, secrets.token_hex(8), now)
    watch(lead, acts(settings, store, redis), stop)
    store.close()


def acts(settings: Settings, store: Database, redis: Redis) -> list[Act]:
    """All that the active relay does, in this order. Raises BadKeys."""
    return [
        partial(look, store, redis, worked=lanes.worked(settings.sms_providers)),
        dial_backs(settings, store, redis),
        Nights(store, ZoneInfo(settings.timezone)),
    ]


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


def watch(lead: Lead, acts: Sequence[Act], stop: Event, every: float = EVERY) -> None:
    """Look, and look again, until told to stop; then the lead is free at once. Trouble of the
    database or of Redis is waited out.
    """
    while not stop.wait(every):
        try:
            once(lead, acts)
        except (StoreDown, RedisError) as trouble:
            log.warning("relay.trouble", error=type(trouble).__name__)
    with suppress(StoreDown):  # it runs out by itself
        lead.release()


def once(lead: Lead, acts: Sequence[Act]) -> None:
    """One look: nothing is done without the lead, and no more from the moment it is lost."""
    if lead.renewed():
        for act in acts:
            if lead.holds():
                act(lead.clock())


def look(
    store: Database, redis: Redis, now: datetime, worked: Collection[str] = lanes.LANES
) -> list[str]:
    """Match early delivery reports; wake each lane with something due whose queue is empty,
    whatever its flag says. One that is not `worked` has no workers: those of housekeeping are woken for it.

    A wake-up that waits in the queue is enough: the drain that takes it sees what is due then.
    Returns the lanes woken.
    """
    with store.write() as conn:
        messages.match(conn, now)
        retired.adopt(conn, now)
    with store.read() as conn:
        due = outbox.due_lanes(conn, lanes.LANES, now)
    by = {lane: lanes.drained_by(lane, worked) for lane in due}
    woken = [lane for lane in due if not lanes.queue(redis, by[lane]).count]
    for lane in woken:
        lanes.call(redis, lane, by[lane])
    return woken
