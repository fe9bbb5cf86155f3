"""Everything a drain needs, made once a process by the composition root and handed down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from redis import Redis

from gateway.providers import Provider
from locales.saying import Speaker
from registry_client.port import Registry
from store.database import Database
from store.ids import Random
from store.seals import Seals

LEASE = timedelta(seconds=60)
"""The lease unless the settings name another."""


@dataclass(frozen=True, slots=True)
class Context:
    """The worker's world. `clock` gives the time in UTC, `jitter` a number from 0 to 1."""

    database: Database
    seals: Seals
    redis: Redis
    registry: Registry
    providers: Mapping[str, Provider]
    say: Speaker
    pool: ThreadPoolExecutor
    """Calls out run here, `at_once` of them."""
    registry_timeout: float
    """Seconds, at most half the lease."""
    clock: Callable[[], datetime]
    random: Random
    jitter: Callable[[], float]
    code: str
    """What people dial."""
    helpline: str
    lease: timedelta = LEASE
    """What is claimed stays ours so long, longer while its calls last, and is taken up by others
    after it.
    """
    kept: timedelta = timedelta(days=30)
    """For so long rows of the outbox stay after they were carried."""
    zone: ZoneInfo = field(default=ZoneInfo("UTC"))
    """The programme's own: by it nobody is written to at night who may not be."""
    rates: Mapping[str, float] = field(default_factory=dict)
    """Messages a second by provider; none named: no limit."""
    id_types: Mapping[str, str] = field(default_factory=dict)
    """What each registry calls a national ID, by its name."""
    sender: str = ""
    """The provider by which people are written to who did not write first."""
    second: str = ""
    """The provider that may take what another one failed to send; empty: none."""
    stopping: Callable[[], bool] = field(default=lambda: False)
    """Whether to finish what is claimed and claim no more."""
    at_once: int = 8
    worth: Callable[[float, int], int] = field(default=lambda _, many: many)
    """How many calls to the registry are worth preparing, told the seconds each may take and how
    many there would be.
    """
