"""Messages from citizens: a keyword, or the next turn of the dialog.

The reply leaves by the outbox, once a message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from redis import Redis

from gateway.conversation import Conversation, TooFast
from gateway.deadline import Deadline
from gateway.hook import Inbound
from gateway.keywords import asked
from locales.saying import Speaker
from store import citizens, lanes, messages
from store.database import Database
from store.messages import NewMessage
from store.seals import Seals

log = structlog.get_logger()

ANSWERS = {"stop": "notices.stopped", "start": "notices.started", "help": "notices.help"}


@dataclass(frozen=True, slots=True)
class Inbox:
    """What every message needs, made once a process. `random` gives bytes."""

    conversation: Conversation
    database: Database
    redis: Redis
    seals: Seals
    say: Speaker
    clock: Callable[[], datetime]
    random: Callable[[int], bytes]
    code: str
    """What HELP tells her to dial."""

    def take(self, inbound: Inbound, deadline: Deadline) -> None:
        """Answer a message once; over the limit of its phone, once a minute.

        Raises StoreDown and SessionsDown: the carrier then delivers it again.
        """
        key, word = f"reply:{inbound.provider}:{inbound.conversation}", _own(inbound.text)
        with self.database.read() as conn:
            if messages.queued(conn, self.seals, key):
                return  # delivered again, perhaps much later: a STOP of last week must not undo the START of today
        try:
            text, language = self._answered(inbound, word, deadline)
        except TooFast as fast:
            log.warning("sms.too_fast", provider=inbound.provider)
            key = f"busy:{self.seals.phone_key(inbound.phone).hex()}:{self.clock():%d%H%M}"
            word, language, text = None, fast.language, self.say(fast.notice, fast.language)
        reply = NewMessage(
            key=key,
            phone=inbound.phone,
            text=text,
            language=language,
            provider=inbound.provider,
            address=ANSWERS[word] if word else "reply",
            solicited=True,
        )
        with self.database.write() as conn:
            messages.queue(conn, self.seals, reply, self.clock(), self.random)
        lanes.wake(self.redis, lanes.MESSAGES)

    def _answered(self, inbound: Inbound, word: str | None, deadline: Deadline) -> tuple[str, str]:
        """What to write back, and in which language."""
        if word is None:
            return self.conversation.handle(inbound, deadline).text, ""
        language = self._obeyed(inbound, word)
        self.conversation.admit(inbound.phone)
        return self.say(ANSWERS[word], language, code=self.code), language

    def _obeyed(self, inbound: Inbound, word: str) -> str:
        """Do what the keyword asks, however often it comes; her language."""
        with self.database.write() as conn:
            if word == "stop":
                citizens.opt_out(conn, self.seals, inbound.phone, self.clock())
            if word == "start":
                citizens.opt_in(conn, self.seals, inbound.phone, self.clock())
            citizen = citizens.find(conn, self.seals, inbound.phone)
        return (citizen.language if citizen else None) or ""


def _own(text: str) -> str | None:
    """STOP, START or HELP, where a message is one; all else is the conversation's."""
    found = asked(text)
    return found.word if found is not None and found.word in ANSWERS else None
