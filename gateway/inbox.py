"""Messages from citizens: an answer to a question of ours, a keyword, or the next turn of the dialog.

The reply leaves by the outbox, once a message.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from redis import Redis
from sqlalchemy import Connection

from gateway.conversation import Conversation, TooFast
from gateway.deadline import Deadline
from gateway.exchanges import HEAD, PATIENCE, Exchange, Exchanges, Question
from gateway.hook import Inbound
from gateway.keywords import answered, asked, nearly
from gateway.loops import Loops
from gateway.sessions import SessionsDown
from locales.saying import Speaker
from store import citizens, lanes, messages
from store.database import Database
from store.messages import NewMessage
from store.seals import Seals

log = structlog.get_logger()

Wish = Callable[[Connection, Seals, str, datetime], None]
"""Writes down what she wants of our messages, however often it is called."""

OWN = {"stop", "start", "help"}
"""Keywords that are obeyed here; all others are the conversation's."""
NOTHING_MORE = "stop"
"""What "2 No more at all" means: a second STOP."""


@dataclass(frozen=True, slots=True)
class Said:
    """What to write back: the text, its address and language, and what comes with it."""

    text: str
    address: str = "reply"
    language: str = ""
    key: str = ""
    """What makes it one, where it is not one a message."""
    wish: Wish | None = None
    asks: Question | None = None


@dataclass(frozen=True, slots=True)
class Inbox:
    """What every message needs, made once a process. `random` gives bytes."""

    conversation: Conversation
    exchanges: Exchanges
    loops: Loops
    database: Database
    redis: Redis
    seals: Seals
    say: Speaker
    clock: Callable[[], datetime]
    random: Callable[[int], bytes]
    code: str
    """What HELP tells her to dial."""

    def take(self, inbound: Inbound, deadline: Deadline) -> None:
        """Answer a message once; over the limit of its phone, once a minute; a machine, not at all.

        Raises StoreDown and SessionsDown: the carrier then delivers it again.
        """
        key = f"reply:{inbound.provider}:{inbound.conversation}"
        with self.database.read() as conn:
            if messages.queued(conn, self.seals, key):
                return None  # delivered again, perhaps much later: a STOP of last week must not undo the START of today
        name, now = self._digest(key), int(self.clock().timestamp())
        before = self._recalled(inbound)
        question = before.question(name, now)
        meant = self._meant(question, inbound.text)
        heard = before
        if meant is None and asked(inbound.text) is None:
            heard = self._traced(before, inbound.text, name, now)
            if heard.traces.silent > now:
                return self._fall_silent(inbound, before, heard)
        try:
            said = self._said(inbound, question, meant, deadline)
        except TooFast as fast:
            said = self._busy(inbound, fast)
        asks = replace(said.asks, until=now + PATIENCE) if said.asks else None
        after = replace(heard, answer=said.text[:HEAD], heard=name, left=question, asks=asks)
        self.exchanges.remember(self.seals.phone_key(inbound.phone), after)
        return self._reply(inbound, key, said)

    def _recalled(self, inbound: Inbound) -> Exchange:
        """What stands between us; STOP, START and HELP are obeyed without it."""
        try:
            return self.exchanges.recall(self.seals.phone_key(inbound.phone))
        except SessionsDown:
            if _own(inbound.text) is None:
                raise
            return Exchange()

    def _meant(self, question: Question | None, text: str) -> str | None:
        """What she has written by answering the question that is open; None: it is no answer."""
        if question is None:
            return None
        match answered(text):
            case "yes":
                return question.yes
            case "no" if question.no:
                return question.no
        return None

    def _traced(self, before: Exchange, text: str, name: str, now: int) -> Exchange:
        """With the traces of this message, once a message."""
        if name == before.heard or before.traces.silent > now:
            return before
        traces = self.loops.seen(before.traces, text, self._digest(text), before.answer, now)
        return replace(before, traces=traces)

    def _fall_silent(self, inbound: Inbound, before: Exchange, heard: Exchange) -> None:
        """A machine is not answered; the operator hears of it when that begins."""
        if heard.traces.silent == before.traces.silent:
            return
        trace = self.conversation.name(inbound.provider, "sms", inbound.conversation)
        log.warning("sms.loop", trace=trace, provider=inbound.provider)
        self.exchanges.count("sms.loop")
        self.exchanges.remember(self.seals.phone_key(inbound.phone), heard)

    def _said(
        self, inbound: Inbound, question: Question | None, meant: str | None, deadline: Deadline
    ) -> Said:
        """What to write back. Raises TooFast, CannotAnswer, SessionsDown."""
        if meant == "":
            language = self._language(inbound)
            self.conversation.admit(inbound.phone)
            return self._notice("notices.service_kept", language)
        text = inbound.text if meant is None else meant
        if (word := _own(text)) is not None:
            return self._obeyed(inbound, word)
        again = question is not None and question.about == self._digest(inbound.text)
        if meant is None and not again and (near := nearly(text)) is not None:
            language = self._language(inbound)
            self.conversation.admit(inbound.phone)
            said = self._notice("notices.meant", language, word=near.spelling)
            return replace(said, asks=Question(near.message, about=self._digest(inbound.text)))
        return Said(self.conversation.handle(replace(inbound, text=text), deadline).text)

    def _obeyed(self, inbound: Inbound, word: str) -> Said:
        """What STOP, START and HELP do; over the limit of a phone they do it as well."""
        with self.database.read() as conn:
            citizen = citizens.find(conn, self.seals, inbound.phone)
        language = (citizen.language if citizen else None) or ""
        match word:
            case "help":
                said = self._notice("notices.help", language, code=self.code)
            case "start":
                said = replace(self._notice("notices.started", language), wish=citizens.opt_in)
            case _ if citizen and (citizen.no_news or citizen.opted_out):
                said = replace(self._notice("notices.stopped", language), wish=citizens.opt_out)
            case _:
                said = replace(
                    self._notice("notices.no_news", language),
                    wish=citizens.no_news,
                    asks=Question("", NOTHING_MORE),
                )
        try:
            with suppress(SessionsDown):
                self.conversation.admit(inbound.phone)
        except TooFast as fast:
            return replace(self._busy(inbound, fast), wish=said.wish)
        return said

    def _notice(self, address: str, language: str, **values: object) -> Said:
        return Said(self.say(address, language, **values), address, language)

    def _busy(self, inbound: Inbound, fast: TooFast) -> Said:
        """She wrote too often: said once a minute."""
        log.warning("sms.too_fast", provider=inbound.provider)
        key = f"busy:{self.seals.phone_key(inbound.phone).hex()}:{self.clock():%d%H%M}"
        return Said(self.say(fast.notice, fast.language), language=fast.language, key=key)

    def _reply(self, inbound: Inbound, key: str, said: Said) -> None:
        """Do what she wishes and promise the reply, both or neither, once a message."""
        reply = NewMessage(
            key=said.key or key,
            phone=inbound.phone,
            text=said.text,
            language=said.language,
            provider=inbound.provider,
            address=said.address,
            purpose="answer",
        )
        with self.database.write() as conn:
            # Two STOP are more than one: a second delivery of one, at the same time, must not count.
            if said.wish and not messages.queued(conn, self.seals, key):
                said.wish(conn, self.seals, inbound.phone, self.clock())
            messages.queue(conn, self.seals, reply, self.clock(), self.random)
        lanes.wake(self.redis, lanes.sms(inbound.provider))

    def _language(self, inbound: Inbound) -> str:
        """Hers, or empty."""
        with self.database.read() as conn:
            citizen = citizens.find(conn, self.seals, inbound.phone)
        return (citizen.language if citizen else None) or ""

    def _digest(self, text: str) -> str:
        return self.seals.digest("message", text).hex()


def _own(text: str) -> str | None:
    """STOP, START or HELP, where a message is one; all else is the conversation's."""
    found = asked(text)
    return found.word if found is not None and found.word in OWN else None
