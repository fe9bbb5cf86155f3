"""A citizen with a phone and the engine alone behind it: types, reads, and is answered by whoever
writes the test.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from dialogs.engine.book import Book
from dialogs.engine.fit import Profile
from dialogs.engine.screens import Action, Query
from dialogs.engine.session import Session, pack, unpack
from dialogs.engine.step import Engine
from dialogs.engine.texts import Language, Speech
from dialogs.engine.turns import Event, Heard, Learned, Reply, Stored, Turn
from dialogs.service import BOOK
from gateway.readers import readers
from locales.catalogues import speeches
from settings import Settings

ENGLISH = Speech(Language("en", "English"))
OFFERED: tuple[str, ...] = Settings.model_fields["languages"].default
"""The languages this project offers: each is complete."""


@cache
def service() -> Engine:
    """The real dialogs in every language of the service, with the readers of Pakistan."""
    return Engine(BOOK, speeches(OFFERED), readers(Settings(country="PK")))


def spoken(book: Book, *others: Speech, profiles: Mapping[str, Profile] | None = None) -> Engine:
    """A book in English, and in the other languages given."""
    said = [ENGLISH, *others]
    return Engine(book, said) if profiles is None else Engine(book, said, profiles=profiles)


class TooWide(AssertionError):
    """A reply does not fit on the screen it is for."""


class Citizen:
    """Between every two turns the session goes through JSON; every reply is measured against its
    profile.
    """

    def __init__(self, engine: Engine, session: Session | None = None, *, minute: int = 0) -> None:
        self.engine, self.minute = engine, minute
        self.session = Session(language="en", notice=99) if session is None else session
        self.then: Reply | Query | Action = Reply("", more=False)

    def dials(self) -> Citizen:
        """She dials, or comes back to where she was."""
        return self.meets(Heard(None, self.minute))

    def redials(self) -> Citizen:
        """She dials anew: what she left is offered."""
        return self._turned(self.engine.redial(self._stored(), self.minute))

    def opens(self, address: str, typed: str | None = None) -> Citizen:
        """A keyword, or a message that is one."""
        return self._turned(self.engine.opened(self._stored(), address, typed, self.minute))

    def types(self, *keys: str) -> Citizen:
        """She answers one screen after the other."""
        for key in keys:
            self.meets(Heard(key, self.minute))
        return self

    def walks(self, *chain: str, met_here: bool = False) -> Citizen:
        """She dials a whole chain, or her session was lost and the carrier repeats all she
        typed.
        """
        return self._turned(self.engine.walk(self._stored(), chain, self.minute, met_here=met_here))

    def is_told(self, outcome: str, **facts: Any) -> Citizen:
        """The registry answered the question, or the promise was stored."""
        kind = Learned if isinstance(self.then, Query) else Stored
        return self.meets(kind(outcome, facts, self.minute))

    def meets(self, event: Event) -> Citizen:
        """One event of any kind."""
        return self._turned(self.engine.step(self._stored(), event))

    def under(self, engine: Engine) -> Citizen:
        """The same person after a deploy: what was remembered, and another engine."""
        self.engine = engine
        return self

    def later(self, minutes: int) -> Citizen:
        """Time goes by."""
        self.minute += minutes
        return self

    def speaks(self, language: str) -> Citizen:
        """The language changes while she is where she is."""
        self.session = replace(self.session, language=language)
        return self

    @property
    def screen(self) -> str:
        """What the handset shows."""
        assert isinstance(self.then, Reply), self.then
        return self.then.text

    @property
    def ended(self) -> bool:
        """Whether the last screen was shown."""
        return isinstance(self.then, Reply) and not self.then.more

    @property
    def at(self) -> str:
        """The address of the screen she is on; empty after a last one."""
        return self.session.at

    @property
    def asked(self) -> Query | Action:
        """What the engine waits for: an answer of the registry, or a promise to be stored."""
        assert isinstance(self.then, Query | Action), self.then
        return self.then

    def _stored(self) -> Session:
        return unpack(json.loads(json.dumps(pack(self.session))))

    def _turned(self, turn: Turn) -> Citizen:
        self.session, self.then = turn.session, turn.then
        if isinstance(turn.then, Reply):
            room = self.engine.profiles[self.session.profile].room(turn.then.text)
            if room < 0:
                raise TooWide(f"{-room} units too wide: {turn.then.text!r}")
        return self
