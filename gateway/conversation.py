"""A delivery of a carrier becomes one turn of the dialog and one answer: placed, stepped, remembered.

USSD and SMS alike.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from dialogs.engine.screens import Action, Query
from dialogs.engine.session import Session
from dialogs.engine.step import MOST_CALLS, Engine
from dialogs.engine.turns import Heard, Learned, Reply, Stored, Turn
from gateway.asker import Asker
from gateway.asking import Asking
from gateway.carriers import Carriers
from gateway.deadline import Deadline
from gateway.hook import Channel, Inbound, Input
from gateway.lookups import Lookups
from gateway.people import People
from gateway.placing import Placing, Turning, heard
from gateway.promises import Promises
from gateway.sessions import Record, Sessions, SessionsDown
from gateway.writing import Writing
from store.database import StoreDown
from store.drafts import Left
from store.seals import Seals

log = structlog.get_logger()

ATTEMPTS = 3
"""Readings of a record before a contended turn gives up and shows the present screen."""
CALL = 180
"""Seconds of silence after which a call counts as over, where its carrier did not say."""
REMEMBERED = 4
"""Conversations or messages before this one whose late deliveries change nothing."""


class EndlessDialog(Exception):
    """A key press led through too many look-ups and promises: a dialog is at fault."""


class CannotAnswer(Exception):
    """The turn was not made; nothing was changed or promised. `language` is hers, where known."""

    notice = "notices.trouble"
    """What she is told."""

    def __init__(self, language: str) -> None:
        super().__init__("the turn was not made")
        self.language = language


class NotSent(CannotAnswer):
    """What she sent could not be stored."""

    notice = "notices.not_sent"


class TooFast(CannotAnswer):
    """This phone sent more turns in a minute than the service allows."""

    notice = "notices.busy"


@dataclass(frozen=True, slots=True)
class Ran:
    """Where a turn ended: what to say, her last national ID (a digest in hex), whether we promised."""

    session: Session
    reply: Reply
    own: str
    promised: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """What every turn needs, made once a process. `clock` gives the time in UTC."""

    engine: Engine
    writing: Writing
    sessions: Sessions
    placing: Placing
    people: People
    lookups: Lookups
    promises: Promises
    seals: Seals
    clock: Callable[[], datetime]
    carriers: Carriers
    turns: int
    """Key presses or messages a phone may send in a minute."""
    sms_provider: str
    """Carries messages to people met by USSD; empty is the provider they came by."""
    dial_back: int
    """Seconds of silence after which a call has dropped, unless its carrier waits longer; 0: nobody
    is told.
    """

    def handle(self, inbound: Inbound, deadline: Deadline) -> Reply:
        """The answer to one delivery. The same again gets the same answer and changes nothing.

        Raises CannotAnswer, and SessionsDown when not even her language is known.
        """
        phone_key, conversation = self.seals.phone_key(inbound.phone), self._named(inbound)
        for _ in range(ATTEMPTS):
            try:
                recalled = self.sessions.recall(phone_key)
            except SessionsDown as down:
                return self._forgetful(inbound, conversation, phone_key, deadline, down)
            old = recalled.record or Record()
            if recalled.turns > self.turns:
                raise TooFast(old.settled[0])
            try:
                minute = self._minute()
                placed = self.placing.place(inbound, conversation, recalled.record, minute)
                if isinstance(placed, Reply):
                    return placed
                ran = self._turn(inbound, conversation, phone_key, placed, minute, deadline)
                new = self._record(inbound, conversation, old, placed, ran, minute)
            except (StoreDown, SessionsDown, EndlessDialog) as fault:
                raise CannotAnswer(old.settled[0]) from fault
            if self._remembered(inbound, phone_key, recalled.stamp, new, ran):
                self._log(inbound, new)
                return ran.reply
            if ran.promised:
                return self._answered(inbound, conversation, phone_key) or ran.reply
        now = self.sessions.recall(phone_key).record or new
        return Reply(now.reply, now.more)

    def _forgetful(
        self,
        inbound: Inbound,
        conversation: str,
        phone_key: bytes,
        deadline: Deadline,
        down: SessionsDown,
    ) -> Reply:
        """A turn without Redis: where all she typed so far is delivered, a walk takes her as far as
        it may go.

        Raises CannotAnswer where it cannot, and SessionsDown for a message, which comes again.
        """
        if inbound.channel == "sms":
            raise down
        minute, language = self._minute(), ""
        try:
            placed = self.placing.place(inbound, conversation, None, minute)
            if isinstance(placed, Reply):
                return placed
            language = placed.settled[0]
            if inbound.input is not Input.CUMULATIVE or self._stuck(placed, minute):
                raise CannotAnswer(language) from down
            ran = self._turn(inbound, conversation, phone_key, placed, minute, deadline)
            self._record(inbound, conversation, Record(), placed, ran, minute)
        except (StoreDown, SessionsDown, EndlessDialog) as fault:
            raise CannotAnswer(language) from fault
        log.warning("session.lost", trace=conversation)
        return ran.reply

    def _stuck(self, placed: Turning, minute: int) -> bool:
        """Whether a walk leads nowhere: a stranger's has to wait for her language, and another may
        have stopped before the last key.
        """
        if self.engine.welcomes(placed.session) and not placed.met_here:
            return True
        chain, met = placed.chain or (), placed.met_here
        if not chain:
            return False
        here = self.engine.walk(placed.session, chain, minute, met_here=met)
        return here == self.engine.walk(placed.session, chain[:-1], minute, met_here=met)

    def _minute(self) -> int:
        return int(self.clock().timestamp() // 60)

    def name(self, provider: str, channel: Channel, conversation: str) -> str:
        """A conversation as logs and SQL know it: a keyed digest, in hex."""
        return self.seals.digest("conversation", f"{provider}/{channel}/{conversation}").hex()

    def language(self, phone: str) -> str:
        """Hers, as Redis has it; empty where it does not know her, or does not answer."""
        try:
            recalled = self.sessions.recall(self.seals.phone_key(phone))
        except SessionsDown:
            return ""
        return recalled.record.settled[0] if recalled.record else ""

    def admit(self, phone: str) -> None:
        """Count a turn that needs no dialog. Raises TooFast, SessionsDown."""
        recalled = self.sessions.recall(self.seals.phone_key(phone))
        if recalled.turns > self.turns:
            raise TooFast(recalled.record.settled[0] if recalled.record else "")

    def _named(self, inbound: Inbound) -> str:
        return self.name(inbound.provider, inbound.channel, inbound.conversation)

    def _left(self, inbound: Inbound, new: Record) -> Left | None:
        """The draft that would be left if the call dropped now."""
        if inbound.channel != "ussd" or not new.more or not self.dial_back:
            return None
        if not self.engine.keeps(new.session):
            return None
        language = self.engine.speech(new.session).language.tag
        draft = self._draft(new.born, new.session)
        provider = self.sms_provider or inbound.provider
        return Left(new.conversation, draft.hex(), inbound.phone, language, provider)

    def _draft(self, born: str, session: Session) -> bytes:
        """A draft is named after where the conversation was born and its visits."""
        return self.seals.digest("draft", f"{born}/{session.draft}")

    def _remembered(
        self, inbound: Inbound, phone_key: bytes, stamp: bytes, new: Record, ran: Ran
    ) -> bool:
        """Whether the turn stands; what is left is told of after so many seconds of silence, or as
        many as her carrier waits.

        A turn that Redis cannot keep stands where it promised something, for that is stored, and
        where the next delivery says again all she typed. Raises CannotAnswer where her next key
        would answer a screen she no longer sees.
        """
        counted, left = new.session.at or "ended", self._left(inbound, new)
        now, idle = int(self.clock().timestamp()), self.carriers.idle(inbound.network)
        due = now + max(self.dial_back, idle)
        until = now + (idle or CALL) if inbound.channel == "ussd" and new.more else 0
        try:
            kept = self.sessions.remember(phone_key, stamp, new, counted, left, due, now, until)
        except SessionsDown as down:
            log.warning("session.lost", trace=new.conversation)
            if ran.promised or not new.more or inbound.input is Input.CUMULATIVE:
                return True
            raise CannotAnswer(new.settled[0]) from down
        return kept

    def _answered(self, inbound: Inbound, conversation: str, phone_key: bytes) -> Reply | None:
        """What the same delivery was answered meanwhile: it may have needed no promise."""
        with suppress(SessionsDown):
            record = self.sessions.recall(phone_key).record
            if record is not None and record.conversation == conversation:
                placed = self.placing.place(inbound, conversation, record, self._minute())
                return placed if isinstance(placed, Reply) else None
        return None

    def _log(self, inbound: Inbound, new: Record) -> None:
        trace, at = new.conversation, new.session.at
        if new.more:
            log.debug("turn", trace=trace, channel=inbound.channel, at=at)
        else:
            log.info("conversation.ended", trace=trace, channel=inbound.channel, at=at)

    def _turn(
        self,
        inbound: Inbound,
        conversation: str,
        phone_key: bytes,
        placed: Turning,
        minute: int,
        deadline: Deadline,
    ) -> Ran:
        """Step the dialog, asking and promising on the way.

        Keys of a menu that Redis could not keep are caught up with: a carrier that says all she typed
        says them again, with the last one.
        """
        typed, since = placed.text, ""
        if inbound.channel == "sms":
            turn = self.writing.turn(placed.session, typed or "", minute, called=placed.called)
        elif placed.redial:
            turn = self.engine.redial(placed.session, minute)
        elif placed.chain is None:
            if inbound.input is Input.CUMULATIVE and typed and self.engine.crosses(placed.session):
                typed, _, since = typed.partition("*")
            turn = self.engine.step(placed.session, Heard(typed, minute))
        else:
            met = placed.met_here
            turn = self.engine.walk(placed.session, placed.chain, minute, met_here=met)
        language = self.engine.speech(turn.session).language.tag
        asker = Asker(
            inbound.phone,
            phone_key,
            language,
            placed.own,
            conversation,
            by_sms=inbound.channel == "sms",
        )
        ran = self._run(turn, inbound, asker, placed, minute, deadline)
        if not since or not ran.reply.more:
            return ran
        later = replace(placed, session=ran.session, text=since, own=ran.own)
        last = self._turn(inbound, conversation, phone_key, later, minute, deadline)
        return replace(last, promised=last.promised or ran.promised)

    def _record(
        self,
        inbound: Inbound,
        conversation: str,
        old: Record,
        placed: Turning,
        ran: Ran,
        minute: int,
    ) -> Record:
        """What to remember of the turn. Keeps in SQL what changed of the person. Raises StoreDown."""
        recent = old.recent
        if old.conversation and old.conversation != conversation:
            recent = (*recent, old.conversation)[-REMEMBERED:]
        settled = self.people.settle(
            inbound.phone,
            conversation,
            ran.session,
            placed,
            own=ran.own,
            promised=ran.promised,
        )
        return Record(
            conversation,
            heard(inbound, old.heard if old.conversation == conversation else ""),
            ran.session,
            ran.reply.text,
            ran.reply.more,
            recent,
            placed.born,
            ran.own,
            settled,
            minute,
        )

    def _run(
        self,
        turn: Turn,
        inbound: Inbound,
        asker: Asker,
        placed: Turning,
        minute: int,
        deadline: Deadline,
    ) -> Ran:
        """Ask and promise until there is something to say."""
        own, promised = asker.own, False
        for _ in range(MOST_CALLS):
            match turn.then:
                case Reply() as reply:
                    return Ran(turn.session, reply, own, promised)
                case Query() as query:
                    outcome, facts = self.lookups.ask(query, asker, deadline)
                    own = self.lookups.own(query, outcome) or own
                    turn = self.engine.step(turn.session, Learned(outcome, facts, minute))
                case Action() as action:
                    asking = self._asking(turn.session, inbound, asker, placed)
                    try:
                        outcome, facts = self.promises.keep(action, asking)
                    except StoreDown as down:
                        raise NotSent(placed.settled[0]) from down
                    promised = True
                    self.lookups.answers.forget(asker.phone_key)
                    turn = self.engine.step(turn.session, Stored(outcome, facts, minute))
        raise EndlessDialog(turn.session.at)

    def _asking(self, session: Session, inbound: Inbound, asker: Asker, placed: Turning) -> Asking:
        """Who asks."""
        by_sms = inbound.channel == "sms" or not self.sms_provider
        return Asking(
            phone=inbound.phone,
            language=self.engine.speech(session).language.tag,
            provider=inbound.provider if by_sms else self.sms_provider,
            conversation=bytes.fromhex(asker.trace),
            draft=self._draft(placed.born, session),
            screen=session.at,
        )
