"""Makes the parts a worker process is given from the settings. Starts nothing."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zoneinfo import ZoneInfo

from gateway.providers import configured
from gateway.providers.addresses import Addresses
from locales.catalogues import speeches
from locales.saying import Speaker
from registry_client import connect, id_types
from registry_client.breaker import Breakers
from settings import Settings
from store import database, lanes, live
from store.clock import now
from store.database import Database
from store.seals import Seals
from store.shared import SharedText
from workers.context import Context

AT_ONCE = 8
"""Calls out a worker has under way."""


def world(settings: Settings, stopping: Callable[[], bool]) -> Context:
    """Everything a drain needs. Raises BadKeys, and ValueError for a setting that is missing."""
    seals = Seals.from_text(settings.keys.get_secret_value())
    addresses = Addresses.of(settings, seals)
    redis = live.connected(settings.redis_url)
    providers = configured(settings, lambda name: addresses.hook(name, "receipts"))
    breakers = Breakers(lambda name: SharedText(redis, lanes.breaker(name), _seconds), _seconds)
    return Context(
        database=Database.connect(database.address(settings)),
        seals=seals,
        redis=redis,
        registry=connect(settings, breakers.guard),
        providers=providers,
        say=Speaker(speeches(settings.languages, drafts=settings.drafts), settings.greeting),
        pool=ThreadPoolExecutor(AT_ONCE, "call"),
        registry_timeout=settings.registry_timeout,
        clock=now,
        random=secrets.token_bytes,
        jitter=random.random,
        code=settings.service_codes[0],
        helpline=settings.helpline,
        lease=timedelta(seconds=settings.lease),
        kept=timedelta(days=settings.outbox_days),
        zone=ZoneInfo(settings.timezone),
        rates=settings.rates,
        id_types=id_types(settings),
        sender=settings.sms_provider or next(iter(providers), ""),
        second=settings.sms_second,
        stopping=stopping,
        worth=breakers.most,
        at_once=AT_ONCE,
    )


def _seconds() -> float:
    """Since 1970."""
    return now().timestamp()
