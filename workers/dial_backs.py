"""A call that dropped in the midst of a draft: one SMS that says how to go on, once a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from redis import Redis

from locales.saying import Speaker
from store import drafts, lanes, messages
from store.database import Database
from store.drafts import Left
from store.ids import Random
from store.messages import NewMessage
from store.seals import Seals

NOTICE = "notices.dial_back"
A_DAY = timedelta(days=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DialBacks:
    """Made once a process. `code` is what she dials to go on; `a_day` how many one phone may get."""

    database: Database
    redis: Redis
    seals: Seals
    say: Speaker
    random: Random
    code: str
    a_day: int

    def __call__(self, now: datetime) -> None:
        """Tell everybody whose draft is due. Raises StoreDown, RedisError: what was taken is then
        lost, a courtesy and no promise.
        """
        left = drafts.take(self.redis, self.seals, now)
        told = [one for one in left if self._told(one, now)]
        for provider in sorted({one.provider for one in told}):
            lanes.wake(self.redis, lanes.sms(provider))

    def _told(self, left: Left, now: datetime) -> bool:
        message = NewMessage(
            key=f"dial_back:{left.draft}",
            phone=left.phone,
            text=self.say(NOTICE, left.language, code=self.code),
            language=left.language,
            provider=left.provider,
            address=NOTICE,
            purpose="news",
        )
        with self.database.write() as conn:
            if (
                messages.written_since(conn, self.seals, left.phone, NOTICE, now - A_DAY)
                >= self.a_day
            ):
                return False
            queued = messages.queue(conn, self.seals, message, now, self.random)
        if queued:
            log.info("draft.dial_back", trace=left.conversation)
        return queued


def again(code: str, token: str) -> str:
    """What is dialled to go on: `*384*1234*77#` for the service `*384*1234#`."""
    return f"{code.removesuffix('#')}*{token}#"
