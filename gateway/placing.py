"""Where a delivery stands in a phone's conversation: new, the next, a repeat, late, or lost and
found again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dialogs.engine.session import Session
from dialogs.engine.turns import Reply
from gateway.hook import Inbound, Input
from gateway.sessions import Record
from locales.saying import Speaker
from store import citizens, requests
from store.citizens import Citizen
from store.database import Database
from store.seals import Seals

Settled = tuple[str, int]
"""Her language and the version of the notice she saw, as SQL holds them."""
STRANGER: Settled = ("", 0)
CROSSING = 30
"""Minutes within which a message answers a screen of a call."""


@dataclass(frozen=True, slots=True)
class Turning:
    """A turn to make: of `session`, with what was typed (None: she dialled) or a chain to walk."""

    session: Session
    text: str | None = None
    chain: tuple[str, ...] | None = None
    met_here: bool = False
    """The chain holds her answers to the welcome as well: she was met in this very conversation."""
    settled: Settled = STRANGER
    born: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """What SQL knows of a phone when Redis does not."""

    settled: Settled = STRANGER
    own: str = ""
    met: int | None = None
    """How much was heard before she was met, when that was in this conversation."""


class Placing:
    """Reads SQL only for a phone or a conversation that Redis does not know."""

    def __init__(self, database: Database, seals: Seals, say: Speaker) -> None:
        self._database, self._seals, self._say = database, seals, say

    def place(
        self, inbound: Inbound, conversation: str, record: Record | None, minute: int
    ) -> Reply | Turning:
        """The reply to give as it is, or the turn to make. Raises StoreDown."""
        if record is not None and record.conversation == conversation:
            return _continued(inbound, record)
        if record is not None and conversation in record.recent:
            late = Reply(self._say("notices.over", record.settled[0]), more=False)
            return Reply(record.reply, record.more) if inbound.channel == "sms" else late
        if inbound.channel == "sms":
            return self._written(inbound, conversation, record, minute)
        return self._dialled(inbound, conversation, record)

    def _written(
        self, inbound: Inbound, conversation: str, record: Record | None, minute: int
    ) -> Turning:
        """A message: the next turn of an open dialog, or the first of a new one.

        A dialog begun by dialling and left goes on by SMS for CROSSING minutes: a message of the
        next day is no answer to a screen of yesterday.
        """
        if record is not None and record.more and _awaits_sms(record, minute):
            session = replace(record.session, profile="sms")
            return Turning(
                session, inbound.text, settled=record.settled, born=record.born, own=record.own
            )
        person = self._person(inbound, conversation, record)
        session = Session(language=person.settled[0], notice=person.settled[1], profile="sms")
        return Turning(session, settled=person.settled, born=conversation, own=person.own)

    def _dialled(
        self, inbound: Inbound, conversation: str, record: Record | None
    ) -> Reply | Turning:
        """A new dial, a dialled chain, or a conversation that was lost."""
        person = self._person(inbound, conversation, record)
        language, notice = person.settled
        if inbound.text and (reference := self._promised(conversation)):
            return Reply(self._say("notices.known", language, reference=reference), more=False)
        turning = Turning(
            Session(language=language, notice=notice),
            settled=person.settled,
            born=conversation,
            own=person.own,
        )
        if not inbound.text or inbound.input is Input.LAST:  # the last key alone leads nowhere
            return turning
        if person.met is None:
            return replace(turning, chain=_tokens(inbound.text))
        before, after = inbound.text[: person.met], inbound.text[person.met :].removeprefix("*")
        again = Session(waiting=_tokens(before))
        return replace(turning, session=again, chain=_tokens(after), met_here=True)

    def _promised(self, conversation: str) -> str | None:
        """The reference of a promise this conversation led to, when SQL holds one."""
        with self._database.read() as conn:
            kept = requests.promised_in(conn, self._seals, bytes.fromhex(conversation))
        return kept[-1] if kept else None

    def _person(self, inbound: Inbound, conversation: str, record: Record | None) -> Person:
        if record is not None and record.settled[0]:
            return Person(record.settled, record.own)
        with self._database.read() as conn:
            found = citizens.find(conn, self._seals, inbound.phone)
        if found is None or found.language is None:
            return Person()
        own = found.id_key.hex() if found.id_key else ""
        return Person((found.language, found.notice), own, _met(found, conversation))


def _awaits_sms(record: Record, minute: int) -> bool:
    return record.session.profile == "sms" or minute - record.minute <= CROSSING


def _met(citizen: Citizen, conversation: str) -> int | None:
    return citizen.met_after if citizen.met_in.hex() == conversation else None


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(text.split("*")) if text else ()


def _continued(inbound: Inbound, record: Record) -> Reply | Turning:
    """The next delivery of the live conversation: what is new in it, or a repeat of what was
    answered.
    """
    said = Reply(record.reply, record.more)
    if inbound.channel == "sms" or not record.more:
        return said
    text = inbound.text
    if inbound.input is Input.LAST and inbound.delivery and inbound.delivery == record.heard:
        return said
    if inbound.input is Input.CUMULATIVE:
        before = f"{record.heard}*" if record.heard else ""
        if text == record.heard or not text.startswith(before):
            return said
        text = text[len(before) :]
    return Turning(record.session, text, settled=record.settled, born=record.born, own=record.own)
