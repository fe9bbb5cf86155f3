"""A delivery of a carrier becomes one turn of the dialog and one answer: placed, stepped,
remembered. USSD and SMS alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from dialogs.engine.screens import Action, Query
from dialogs.engine.session import Session
from dialogs.engine.step import MOST_CALLS, Engine
from dialogs.engine.turns import Heard, Learned, Reply, Stored, Turn
from gateway.deadline import Deadline
from gateway.hook import Inbound
from gateway.lookups import Asker, Lookups
from gateway.placing import Placing, Settled, Turning
from gateway.promises import Asking, Promises
from gateway.sessions import Record, Sessions, SessionsDown
from store import citizens
from store.citizens import Citizen
from store.database import Database, StoreDown
from store.seals import Seals

log = structlog.get_logger()

ATTEMPTS = 3
"""Readings of a record before a contended turn gives up and shows the present screen."""
REMEMBERED = 4
"""Conversations or messages before this one whose late deliveries change nothing."""


class EndlessDialog(Exception):
    """A key press led through too many look-ups and promises: a dialog is at fault."""


class TooFast(Exception):
    """This phone sent more turns in a minute than the service allows; `language` is hers."""

    def __init__(self, language: str) -> None:
        super().__init__("too many turns")
        self.language = language


class Conversation:
    """What every turn needs, made once a process.

    `clock` gives the time in UTC; `turns` are allowed a phone a minute.

    `sms_provider` carries messages to people met by USSD; empty is the provider they came by.
    """

    def __init__(
        self,
        engine: Engine,
        sessions: Sessions,
        placing: Placing,
        lookups: Lookups,
        promises: Promises,
        database: Database,
        seals: Seals,
        clock: Callable[[], datetime],
        turns: int,
        sms_provider: str,
    ) -> None:
        self._engine, self._sessions, self._placing = engine, sessions, placing
        self._lookups, self._promises, self._database, self._seals = (
            lookups,
            promises,
            database,
            seals,
        )
        self._clock, self._turns, self._sms_provider = clock, turns, sms_provider

    def handle(self, inbound: Inbound, deadline: Deadline) -> Reply:
        """The answer to one delivery.

        The same delivery again gets the same answer and changes nothing.

        Raises TooFast, SessionsDown, StoreDown: nothing was changed or promised then.
        """
        phone_key, conversation = self._seals.phone_key(inbound.phone), self._name(inbound)
        for _ in range(ATTEMPTS):
            recalled = self._sessions.recall(phone_key)
            old = recalled.record or Record()
            if recalled.turns > self._turns:
                raise TooFast(old.settled[0])
            placed = self._placing.place(inbound, conversation, recalled.record)
            if isinstance(placed, Reply):
                return placed
            new = self._turn(inbound, conversation, phone_key, old, placed, deadline)
            if self._remembered(phone_key, recalled.stamp, new):
                self._log(inbound, new)
                return Reply(new.reply, new.more)
        now = self._sessions.recall(phone_key).record or new
        return Reply(now.reply, now.more)

    def _name(self, inbound: Inbound) -> str:
        """The conversation a delivery belongs to, as logs and SQL know it: a keyed digest, in
        hex.
        """
        told = f"{inbound.provider}/{inbound.channel}/{inbound.conversation}"
        return self._seals.digest("conversation", told).hex()

    def _remembered(self, phone_key: bytes, stamp: bytes, new: Record) -> bool:
        """Whether the turn stands.

        A turn that Redis cannot keep is answered all the same: what it promised is stored.
        """
        try:
            return self._sessions.remember(phone_key, stamp, new, new.session.at or "ended")
        except SessionsDown:
            log.warning("session.lost", trace=new.conversation)
            return True

    def _log(self, inbound: Inbound, new: Record) -> None:
        say = log.debug if new.more else log.info
        say(
            "turn" if new.more else "conversation.ended",
            trace=new.conversation,
            channel=inbound.channel,
            at=new.session.at,
        )

    def _turn(
        self,
        inbound: Inbound,
        conversation: str,
        phone_key: bytes,
        old: Record,
        placed: Turning,
        deadline: Deadline,
    ) -> Record:
        """Step the dialog, asking and promising on the way: the record to remember, the reply in
        it.
        """
        minute = int(self._clock().timestamp() // 60)
        if placed.chain is None:
            turn = self._engine.step(placed.session, Heard(placed.text, minute))
        else:
            turn = self._engine.walk(placed.session, placed.chain, minute, met_here=placed.met_here)
        asker = Asker(phone_key, placed.own, conversation)
        session, reply, own, promised = self._run(turn, inbound, asker, placed, minute, deadline)
        recent = old.recent
        if old.conversation and old.conversation != conversation:
            recent = (*recent, old.conversation)[-REMEMBERED:]
        settled = self._settle(inbound, conversation, session, placed, own, promised)
        return Record(
            conversation,
            inbound.text,
            session,
            reply.text,
            reply.more,
            recent,
            placed.born,
            own,
            settled,
        )

    def _run(
        self,
        turn: Turn,
        inbound: Inbound,
        asker: Asker,
        placed: Turning,
        minute: int,
        deadline: Deadline,
    ) -> tuple[Session, Reply, str, bool]:
        """Ask and promise until there is something to say: that, her last ID, and whether something
        was promised.
        """
        own, promised = asker.own, False
        for _ in range(MOST_CALLS):
            match turn.then:
                case Reply() as reply:
                    return turn.session, reply, own, promised
                case Query() as query:
                    outcome, facts = self._lookups.ask(query, asker, deadline)
                    own = self._own(query, outcome) or own
                    turn = self._engine.step(turn.session, Learned(outcome, facts, minute))
                case Action() as action:
                    promised = True
                    outcome, facts = self._promises.keep(
                        action, self._asking(turn.session, inbound, asker, placed)
                    )
                    turn = self._engine.step(turn.session, Stored(outcome, facts, minute))
        raise EndlessDialog(turn.session.at)

    def _own(self, query: Query, outcome: str) -> str:
        """The ID she asked about becomes her last one once the registry knows it."""
        number = getattr(query, "who", None) or getattr(query, "applicant", None)
        known = outcome not in {"not_found", "too_many", "unavailable"}
        return self._seals.digest("national_id", number).hex() if number and known else ""

    def _asking(self, session: Session, inbound: Inbound, asker: Asker, placed: Turning) -> Asking:
        """The draft's name is a digest of where the conversation was born and the count of the
        visit.
        """
        draft = self._seals.digest("draft", f"{placed.born}/{session.draft}")
        language = self._engine.speech(session).language.tag
        conversation = bytes.fromhex(asker.trace)
        provider = (
            self._sms_provider
            if inbound.channel == "ussd" and self._sms_provider
            else inbound.provider
        )
        return Asking(
            inbound.phone, asker.phone_key, language, provider, conversation, draft, session.at
        )

    def _settle(
        self,
        inbound: Inbound,
        conversation: str,
        session: Session,
        placed: Turning,
        own: str,
        promised: bool,
    ) -> Settled:
        """Keep her language and the notice she saw when they changed, and with a promise her last
        ID.

        Raises StoreDown, but not after a promise: its reference is said.
        """
        settled = (session.language, session.notice)
        known = settled == placed.settled and not (promised and own)
        if known or not session.language:
            return placed.settled
        heard_before = "*".join(
            placed.chain if placed.chain is not None else placed.session.waiting
        )
        citizen = Citizen(
            phone=inbound.phone,
            language=session.language,
            notice=session.notice,
            met_in=bytes.fromhex(conversation),
            met_after=len(heard_before),
            id_key=bytes.fromhex(own) if own else None,
        )
        try:
            with self._database.write() as conn:
                citizens.keep(conn, self._seals, citizen, self._clock())
        except StoreDown:
            if not promised:
                raise
            log.warning("settings.lost", trace=conversation)
            return placed.settled
        return settled
