"""What is done once a day, beside the relay's looks and never in their way: the days that are over
are looked back at, and what was found is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import structlog

from registry_client import connect
from registry_client.port import Registry
from settings import Settings
from store import reconcile
from store.database import Database, StoreDown
from store.seals import Seals
from workers.auditing import audited

EVERY = timedelta(minutes=10)
"""How often it is asked whether a day is due."""

log = structlog.get_logger()


@dataclass(slots=True)
class Housekeeping:
    """Made once a process. Two processes that keep the same day write the same row."""

    database: Database
    seals: Seals
    registry: Registry | None
    zone: ZoneInfo
    timeout: float
    """Seconds the registry may take for a call."""
    _next: datetime | None = None
    _at_work: Thread | None = None

    def __call__(self, now: datetime) -> None:
        """Begin with the days that are due, in a thread of its own. Returns at once.

        Raises StoreDown.
        """
        if (self._next is not None and now < self._next) or self.busy:
            return
        self._next = now + EVERY
        with self.database.read() as conn:
            days = reconcile.due(conn, self.zone, now)
        if days:
            self._at_work = Thread(target=self._keep, args=(days, now), daemon=True)
            self._at_work.start()

    @property
    def busy(self) -> bool:
        """Whether a day is being looked back at."""
        return self._at_work is not None and self._at_work.is_alive()

    def wait(self) -> None:
        """Return when it is not."""
        if self._at_work is not None:
            self._at_work.join()

    def _keep(self, days: list[date], now: datetime) -> None:
        """Each day by itself: what was kept stays when the next one fails."""
        try:
            for day in days:
                found = audited(
                    self.database,
                    self.seals,
                    self.registry,
                    day,
                    self.zone,
                    now,
                    timeout=self.timeout,
                )
                with self.database.write() as conn:
                    reconcile.keep(conn, day, found, now)
                log.info("day.kept", day=day.isoformat(), differences=sorted(found.differences))
        except StoreDown as down:
            log.warning("day.not_kept", error=str(down))
        # Broad, as in workers/jobs.py: a thread that dies prints what its error says.
        except Exception as bug:
            log.exception("day.failed", error=type(bug).__name__)


def housekeeping(settings: Settings, database: Database) -> Housekeeping:
    """What the active relay keeps. Raises BadKeys."""
    return Housekeeping(
        database,
        Seals.from_text(settings.keys.get_secret_value()),
        connect(settings) if settings.has_registry else None,
        ZoneInfo(settings.timezone),
        settings.registry_timeout,
    )
