"""What SQL keeps of the person behind a phone: her language, the notice she saw, her last ID."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from dialogs.engine.session import Session
from gateway.placing import Settled, Turning
from store import citizens
from store.citizens import Citizen
from store.database import Database, StoreDown
from store.seals import Seals

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class People:
    """Settings are written when they changed, once a change. `clock` gives the time in UTC."""

    database: Database
    seals: Seals
    clock: Callable[[], datetime]

    def settle(
        self,
        phone: str,
        conversation: str,
        session: Session,
        placed: Turning,
        *,
        own: str,
        promised: bool,
    ) -> Settled:
        """Keep what changed, and with a promise her last ID: what SQL holds from now on.

        Raises StoreDown, but not after a promise: its reference is said.
        """
        settled = (session.language, session.notice)
        changed = settled != placed.settled or (promised and bool(own))
        if not changed or not session.language:
            return placed.settled
        heard_before = "*".join(
            placed.chain if placed.chain is not None else placed.session.waiting
        )
        citizen = Citizen(
            phone=phone,
            language=session.language,
            notice=session.notice,
            met_in=bytes.fromhex(conversation),
            met_after=len(heard_before),
            id_key=bytes.fromhex(own) if own else None,
        )
        try:
            with self.database.write() as conn:
                citizens.keep(conn, self.seals, citizen, self.clock())
        except StoreDown:
            if not promised:
                raise
            log.warning("settings.lost", trace=conversation)
            return placed.settled
        return settled
