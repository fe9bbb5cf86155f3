"""What a message asks for: an answer to a question that is open, a keyword, or a matter of its own.

The words STOP, START and HELP are the inbox's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dialogs.engine import hear
from dialogs.engine.session import Session
from dialogs.engine.step import Engine
from dialogs.engine.turns import Heard, Reply, Turn
from gateway.keywords import Asked, asked
from locales.languages import Keyword

LETTER = re.compile(r"([B-D])[ .]?([12])", re.IGNORECASE)
"""`B1`: the answer to a question that is not the newest."""
SENTENCE = 3
"""Words of a message that tells something; fewer are a slip or a greeting."""

DOORS: dict[Keyword, str] = {
    "check": "eligibility.who",
    "apply": "benefits.whom",
    "complain": "complaint.category",
    "status": "status.start",
    "payments": "payments.who",
    "language": "language.choose",
}
"""Where a keyword leads."""
COMPLAINT = "complaint.details"
"""Where a message in her own words leads."""
NUMBERS = ("eligibility.who", "status.number")
"""Where a bare number leads: an ID asks what its household may get, as on 8171; a reference where it
stands.
"""
ANSWERED: dict[Keyword, str] = {
    "check": "eligibility.who",
    "apply": "benefits.who",
    "complain": COMPLAINT,
    "status": "status.number",
    "payments": "payments.who",
}
"""The question that is answered by what stands behind a keyword: `STATUS 1234567890`."""


@dataclass(frozen=True, slots=True)
class Writing:
    """Reads messages for the engine."""

    engine: Engine

    def turn(self, session: Session, text: str, minute: int, *, called: bool) -> Turn:
        """The turn a message makes. `called`: what is open was left on a call, not on SMS."""
        if (letter := LETTER.fullmatch(hear.normal(text))) is not None:
            answered = self.engine.answering(session, letter[1].upper(), letter[2], minute)
            if answered is not None:
                return answered
        if called and self.engine.keeps(session) and hear.key(text) in {"1", "2"}:
            offered = self.engine.redial(session, minute)
            return self.engine.step(offered.session, Heard(text, minute))
        if self.engine.welcomes(session):
            return self._met(session, text, minute)
        word = asked(text)
        return (
            self._said(session, text, minute)
            if word is None
            else self._obeyed(session, word, minute)
        )

    def _met(self, session: Session, text: str, minute: int) -> Turn:
        """A stranger chooses her language first; what she wrote waits, and is taken then."""
        if not session.path:
            return self.engine.walk(session, (text,), minute)
        held = session.waiting
        turn = self.engine.step(replace(session, waiting=()), Heard(text, minute))
        if held and not self.engine.welcomes(turn.session):
            return self.turn(replace(turn.session, path=()), held[0], minute, called=False)
        return Turn(replace(turn.session, waiting=held), turn.then)

    def _obeyed(self, session: Session, word: Asked, minute: int) -> Turn:
        """What a keyword opens; a draft she was in is put aside."""
        door = DOORS.get(word.word)
        if door is None:
            return self.engine.walk(session, (), minute)
        screen = ANSWERED.get(word.word, door) if word.rest else door
        return self.engine.opened(session, screen, word.rest or None, minute)

    def _said(self, session: Session, text: str, minute: int) -> Turn:
        """The answer to what is open, where it is one; a number that says what it is; or a story."""
        turn = self.engine.step(session, Heard(text, minute)) if session.path else None
        if turn is not None and not _misread(session, turn):
            return turn
        for door in NUMBERS:
            if self.engine.reads(door, text):
                return self.engine.opened(session, door, text, minute)
        if len(text.split()) >= SENTENCE:
            return self.engine.opened(session, COMPLAINT, text, minute)
        return self.engine.walk(session, (), minute) if turn is None else turn


def _misread(session: Session, turn: Turn) -> bool:
    """Whether the screen she is on could make nothing of it."""
    stayed = isinstance(turn.then, Reply) and turn.session.at == session.at
    return stayed and turn.session.again
