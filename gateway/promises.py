"""Storing what a citizen asked for, before she is told its reference.

One transaction; the carrying is the workers'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from redis import Redis

from dialogs.benefits import Apply
from dialogs.complaint import LodgeComplaint
from dialogs.eligibility import AnswerBySms
from dialogs.engine.screens import Action
from locales.saying import Speaker
from registry_client.words import Facts
from store import lanes
from store.database import Database
from store.requests import NewRequest, promise
from store.seals import Seals

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and the draft that makes the request one: `draft` and `conversation` are keyed
    digests.
    """

    phone: str
    language: str
    provider: str
    conversation: bytes
    draft: bytes
    screen: str


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

    def keep(self, action: Action, asking: Asking) -> tuple[str, Facts]:
        """Store it and wake the lanes; the outcome and facts for the dialog.

        Raises StoreDown: then nothing was promised.
        """
        now = self.clock()
        due = now.astimezone(self.zone).date() + timedelta(days=self.days)
        new = _request(action, asking, due)
        notice = f"notices.{new.kind}_stored"
        with self.database.write() as conn:
            kept = promise(
                conn,
                self.seals,
                new,
                now,
                self.random,
                lambda reference: self.say(
                    notice, asking.language, reference=reference, by=due.isoformat()
                ),
            )
        for lane in lanes.LANES:
            lanes.wake(self.redis, lane)
        log.info("promise.kept", trace=asking.conversation.hex(), kind=new.kind, outcome=kept.kind)
        return self._told(action, kept.kind, kept.reference, due)

    def _told(self, action: Action, outcome: str, reference: str, due: date) -> tuple[str, Facts]:
        """What the dialog says of it: a repeated delivery is told what the first was."""
        outcome = "already" if outcome == "already" and "already" in action.outcomes else "stored"
        facts = {"reference": reference, "by": due.isoformat(), "days": self.days}
        return outcome, {name: facts[name] for name in action.outcomes[outcome]}


def _request(action: Action, asking: Asking, due: date) -> NewRequest:
    """The action as the store keeps it."""
    new = partial(
        NewRequest,
        draft=asking.draft,
        screen=asking.screen,
        conversation=asking.conversation,
        phone=asking.phone,
        language=asking.language,
        provider=asking.provider,
        due_on=due,
    )
    match action:
        case Apply():
            return new(
                "application",
                national_id=action.applicant,
                member=action.member,
                programme=action.programme,
            )
        case LodgeComplaint():
            return new(
                "complaint",
                category=action.category or "other",
                period=action.period,
                details=action.details,
            )
        case AnswerBySms():
            return new("question", national_id=action.who)
    raise TypeError(f"nobody keeps {type(action).__name__}")
