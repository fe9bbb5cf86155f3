"""Where a delivery stands in a phone's conversation: new, the next, a repeat, late, or lost and
found again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dialogs.engine.session import Session
from dialogs.engine.turns import Reply
from dialogs.service import AGAIN
from gateway.carriers import Carriers
from gateway.hook import Inbound, Input
from gateway.sessions import Record
from locales.saying import Speaker
from store import citizens, following
from store.citizens import Citizen
from store.database import Database
from store.seals import Seals

Settled = tuple[str, int]
"""Her language and the version of the notice she saw, as SQL holds them."""
STRANGER: Settled = ("", 0)
CROSSING = 30
"""Minutes within which a message answers a screen of a call."""

REPEATABLE = 50
"""Deliveries of a conversation whose repeats are known where they have ids and no numbers."""


@dataclass(frozen=True, slots=True)
class Turning:
    """A turn to make: of `session`, with what was typed (None: she dialled) or a chain to walk."""

    session: Session
    text: str | None = None
    chain: tuple[str, ...] | None = None
    met_here: bool = False
    """The chain holds her answers to the welcome as well: she was met in this very conversation."""
    redial: bool = False
    """She dialled anew: what she left is offered."""
    called: bool = False
    """What is open was left on a call, and this is a message."""
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
    """Reads SQL only for a phone or a conversation that Redis does not know.

    `keeps` tells a draft worth keeping; `window` is how many minutes after it was left a new dial
    offers it.
    """

    def __init__(
        self,
        database: Database,
        seals: Seals,
        say: Speaker,
        keeps: Callable[[Session], bool],
        window: int,
        carriers: Carriers,
    ) -> None:
        self._database, self._seals, self._say = database, seals, say
        self._keeps, self._window, self._carriers = keeps, window, carriers

    def place(
        self, inbound: Inbound, conversation: str, record: Record | None, minute: int
    ) -> Reply | Turning:
        """The reply to give as it is, or the turn to make. Raises StoreDown."""
        if record is not None and record.conversation == conversation:
            return _continued(inbound, record)
        if record is not None and conversation in record.recent:
            if inbound.channel == "sms":
                return Reply(record.reply, record.more)
            profile = self._carriers.profile(inbound.network)
            late = self._say.on_screen("notices.over", record.settled[0], profile)
            return Reply(late, more=False)
        if inbound.channel == "sms":
            return self._written(inbound, conversation, record, minute)
        return self._dialled(inbound, conversation, record, minute)

    def _written(
        self, inbound: Inbound, conversation: str, record: Record | None, minute: int
    ) -> Turning:
        """A message: the next turn of an open dialog, or the first of a new one.

        A dialog begun by dialling and left goes on by SMS for CROSSING minutes: a message of the
        next day is no answer to a screen of yesterday. A draft is kept longer, and goes on when she
        says so.
        """
        person = self._person(inbound, conversation, record)
        session = replace(_left(record, person), profile="sms")
        called = record is not None and record.session.profile != "sms"
        if record is not None and record.more and not called:  # what a stranger wrote still waits
            session = replace(session, waiting=record.session.waiting)
        if (
            record is None
            or not record.more
            or (called and minute - record.minute > CROSSING and not self._keeps(session))
        ):
            session = replace(session, path=())
        return Turning(
            session,
            inbound.text,
            settled=person.settled,
            born=_born(record, conversation),
            own=person.own,
            called=called,
        )

    def _dialled(
        self, inbound: Inbound, conversation: str, record: Record | None, minute: int
    ) -> Reply | Turning:
        """A new dial, a dialled chain, or a conversation that was lost."""
        person = self._person(inbound, conversation, record)
        profile = self._carriers.profile(inbound.network)
        asked = inbound.text or inbound.input is Input.LAST or record is None
        if asked and (reference := self._promised(conversation)):
            language = person.settled[0]
            known = self._say.on_screen("notices.known", language, profile, reference=reference)
            return Reply(known, more=False)
        turning = Turning(
            replace(_left(record, person), profile=profile.name),
            settled=person.settled,
            born=_born(record, conversation),
            own=person.own,
        )
        tokens = () if inbound.input is Input.LAST else _tokens(inbound.text)
        if not tokens:  # she dialled, or it is a key alone, which leads nowhere
            soon = record is not None and minute - record.minute <= self._window
            return replace(turning, redial=True) if soon else replace(turning, chain=())
        if tokens[0] == AGAIN:
            return replace(turning, redial=True)
        if person.met is None or inbound.input is Input.DIALLED:
            return replace(turning, chain=tokens)
        before, after = inbound.text[: person.met], inbound.text[person.met :].removeprefix("*")
        again = Session(profile=profile.name, waiting=_tokens(before))
        return replace(turning, session=again, chain=_tokens(after), met_here=True)

    def _promised(self, conversation: str) -> str | None:
        """The reference of a promise this conversation led to, when SQL holds one."""
        with self._database.read() as conn:
            kept = following.promised_in(conn, self._seals, bytes.fromhex(conversation))
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


def _left(record: Record | None, person: Person) -> Session:
    """What she left, to go on from: her settings are those of the person."""
    before = record.session if record is not None else Session()
    return replace(
        before, language=person.settled[0], notice=person.settled[1], waiting=(), walked=False
    )


def _born(record: Record | None, conversation: str) -> str:
    """The conversation drafts are named after: it stays as long as what she left may go on."""
    return record.born if record is not None and record.born else conversation


def _met(citizen: Citizen, conversation: str) -> int | None:
    return citizen.met_after if citizen.met_in.hex() == conversation else None


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(text.split("*")) if text else ()


def _continued(inbound: Inbound, record: Record) -> Reply | Turning:
    """The next delivery of the live conversation: what is new in it, or a repeat of what was
    answered.
    """
    text = inbound.text
    if inbound.channel == "sms" or not record.more or _repeated(inbound, record.heard):
        return Reply(record.reply, record.more)
    if inbound.input is Input.CUMULATIVE and record.heard:
        text = text[len(record.heard) + 1 :]
    return Turning(record.session, text, settled=record.settled, born=record.born, own=record.own)


def _repeated(inbound: Inbound, before: str) -> bool:
    """Whether the live conversation has heard this already. A dial opens one, and is no news in it."""
    match inbound.input:
        case Input.DIALLED:
            return True
        case Input.CUMULATIVE:
            further = inbound.text.startswith(f"{before}*" if before else "")
            return inbound.text == before or not further
        case Input.LAST:
            return _delivered(inbound.delivery, before)


def _delivered(delivery: int | str, before: str) -> bool:
    match delivery:
        case int():
            return before.isdecimal() and delivery <= int(before)
        case "":
            return False
        case _:
            return delivery in before.split()


def heard(inbound: Inbound, before: str) -> str:
    """What a conversation has heard after a delivery, as its next deliveries are held against it:
    all that was typed, the greatest number of a delivery, or the ids of the last REPEATABLE.
    """
    match inbound.input, inbound.delivery:
        case Input.CUMULATIVE, _:
            return inbound.text
        case _, int() as number:
            return str(number)
        case _, delivery:
            return " ".join([*before.split(), delivery][-REPEATABLE:])
