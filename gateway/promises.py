"""Storing what a citizen asked for, before she is told its reference.

One transaction; the carrying is the workers'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from redis import Redis
from sqlalchemy import Connection

from dialogs.engine.screens import Action
from dialogs.profile import KeepNews, KeepSms
from gateway.asking import Asking, asked
from locales.saying import Speaker
from registry_client.words import Facts
from store import citizens, following, lanes
from store.database import Database
from store.messages import NewMessage
from store.requests import NewRequest, Reach, promise
from store.seals import Seals

log = structlog.get_logger()

DAY = timedelta(days=1)
SILENT = frozenset({"rating", "dispute", "appeal", "reopening"})
"""Kinds whose end screen says all: no SMS repeats it."""
OWN_WORDS = frozenset({"application", "complaint", "question", "contact"})
"""Kinds whose notice has words of its own; the others share one."""


@dataclass(frozen=True, slots=True)
class Promises:
    """`clock` gives the time (UTC), `random` bytes."""

    database: Database
    seals: Seals
    redis: Redis
    say: Speaker
    clock: Callable[[], datetime]
    random: Callable[[int], bytes]
    days: int
    """The standard said with a reference, in days of `zone`'s calendar."""
    zone: ZoneInfo
    a_day: int
    """Requests of one phone in a day; what is over waits until staff looked."""
    code: str
    """What people dial."""

    def keep(self, action: Action, asking: Asking) -> tuple[str, Facts]:
        """Store it and wake the lanes; the outcome and facts for the dialog.

        Raises StoreDown: then nothing was promised.
        """
        now = self.clock()
        if isinstance(action, KeepSms | KeepNews):
            return self._settled(action, asking, now)
        due = now.astimezone(self.zone).date() + timedelta(days=self.days)
        with self.database.write() as conn:
            new = asked(action, asking, due, self.random, review=self._many(conn, asking, now))
            told = self._reach(conn, new)
            kept = promise(
                conn,
                self.seals,
                new,
                now,
                self.random,
                lambda minted, reference: self._message(new, minted, reference, told),
            )
        for lane in (lanes.REGISTRY, lanes.sms(new.provider)):
            lanes.wake(self.redis, lane)
        log.info("promise.kept", trace=asking.conversation.hex(), kind=new.kind, outcome=kept.kind)
        code = kept.said.get("code", "")
        outcome = "already" if kept.kind == "already" and "already" in action.outcomes else "stored"
        facts: Facts = {"reference": kept.reference, "by": due.isoformat(), "days": self.days}
        if code:
            outcome, facts["code"] = "nameless", int(code)
        return outcome, {name: facts[name] for name in action.outcomes[outcome]}

    def _settled(
        self, action: KeepSms | KeepNews, asking: Asking, now: datetime
    ) -> tuple[str, Facts]:
        """Her wishes about messages: settings, kept at once."""
        with self.database.write() as conn:
            if isinstance(action, KeepSms):
                sms = cast("Reach", action.sms)
                citizens.speak(conn, self.seals, asking.phone, now, sms)
            else:
                wish = citizens.news if action.news == "yes" else citizens.no_news
                wish(conn, self.seals, asking.phone, now)
        return "stored", {}

    def _many(self, conn: Connection, asking: Asking, now: datetime) -> bool:
        """Whether this phone asked for so much today that staff look first."""
        key = self.seals.phone_key(asking.phone)
        return following.asked_since(conn, key, now - DAY, self.a_day) >= self.a_day

    def _reach(self, conn: Connection, new: NewRequest) -> Reach:
        """What an SMS about it may say: what she chose for it, else for her phone."""
        if not new.phone or new.reach != "open":
            return new.reach if new.phone else "none"
        citizen = citizens.find(conn, self.seals, new.phone)
        return citizen.sms if citizen is not None and not new.told else "open"

    def _message(
        self, new: NewRequest, minted: UUID, reference: str, reach: Reach
    ) -> NewMessage | None:
        """The SMS that repeats the reference: the answer to what she does this very moment, so an
        older opt-out does not hold it back.
        """
        if reach == "none" or new.kind in SILENT:
            return None
        address = f"notices.{new.kind if new.kind in OWN_WORDS else 'case'}_stored"
        address = "notices.neutral" if reach == "neutral" else address
        facts = {"reference": reference, "by": new.due_on.isoformat(), "code": self.code}
        return NewMessage(
            key=f"{minted.hex}:reference",
            phone=new.told or new.phone,
            text=self.say(address, new.language, **facts),
            language=new.language,
            provider=new.provider,
            address=address,
            request=minted,
            purpose="answer",
        )
