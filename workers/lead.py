"""One active, any number standing by: a lease in the database that the active one keeps renewing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from store import leases
from store.database import Database

LEASE = timedelta(seconds=5)
"""A dead one is replaced after it; one that cannot reach the database stops acting within it."""

log = structlog.get_logger()


@dataclass(slots=True)
class Lead:
    """One process's claim. `holder` is drawn at random, `clock` gives the time in UTC."""

    store: Database
    name: str
    holder: str
    clock: Callable[[], datetime]
    lease: timedelta = LEASE
    _until: datetime | None = field(default=None, init=False)

    def renewed(self) -> bool:
        """Take the lead, or keep it for one lease more from now.

        False while another one has it. Raises StoreDown.
        """
        now = self.clock()
        with self.store.write() as conn:
            ours = leases.take(conn, self.name, self.holder, now, self.lease)
        self._say(ours=ours)
        self._until = now + self.lease if ours else None
        return ours

    def holds(self) -> bool:
        """Whether the lead is still ours by our own clock: asked before each thing that is done,
        for we may have slept since we renewed it.
        """
        return self._until is not None and self.clock() < self._until

    def release(self) -> None:
        """Hand it to whoever looks next. Raises StoreDown."""
        if self._until is not None:
            self._until = None
            with self.store.write() as conn:
                leases.release(conn, self.name, self.holder)

    def _say(self, *, ours: bool) -> None:
        """One line a change."""
        if ours and self._until is None:
            log.info("lead.taken", of=self.name)
        elif not ours and self._until is not None:
            log.warning("lead.lost", of=self.name)
