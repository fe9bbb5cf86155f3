"""People with phones for the machine that tries every order of events: what each saw, chose and typed,
kept beside the service, so that what it stores can be held against what she meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from dialogs.engine.fit import fold, is_gsm, parts
from dialogs.engine.hear import key, normal
from dialogs.engine.screens import Ask, Menu, Screen
from dialogs.engine.texts import Speech
from dialogs.service import AGAIN, book
from gateway.app import hooks as made_from
from gateway.carriers import carriers
from gateway.hooks import Hooks
from locales.catalogues import speeches
from store import following, messages, requests
from store.requests import Request
from store.tables import messages as message_rows
from store.tables import metadata
from store.tables import requests as request_rows
from storm.releases import next_release
from tests.citizen import OFFERED
from tests.line import CODE, Line, PlainRegistry, settings
from workers.dial_backs import DialBacks, again

CARRIERS = carriers()
MORNING = datetime(2026, 3, 1, 9, tzinfo=UTC)
SHOWN = re.compile(r"^([0-9]{1,2}) (.+)$", re.MULTILINE)
"""A numbered line of a screen."""
TOLD = re.compile(r"(?<![0-9])([0-9]{3})[ .]([0-9]{3})[ .]([0-9]{4})(?![0-9])")
"""A reference as it is said."""

CHOSEN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "complaint.lodge": {
        "category": ("complaint.category",),
        "subject": ("complaint.card", "complaint.money"),
        "period": ("complaint.period",),
        "against": ("complaint.against",),
    },
    "visit.lodge": {"document": ("visit.document",)},
    "events.report": {"event": ("events.rare", "events.event")},
    "profile.appoint": {"about": ("profile.payee",), "day": ("profile.week",)},
    "help.back": {"when": ("help.call",)},
    "private.lodge": {"when": ("private.when",)},
}
"""What a request says, by the screens where it is chosen."""
TYPED: Mapping[str, Mapping[str, str]] = {
    "complaint.lodge": {"details": "complaint.details"},
    "objection.lodge": {"details": "objection.why"},
    "visit.lodge": {"name": "visit.name", "village": "visit.village", "reach": "visit.landmark"},
    "events.report": {"who": "events.whose"},
    "private.lodge": {"district": "private.area"},
}
"""What a request says, by the screens where it is typed."""


@dataclass
class Town:
    """The service in two releases over the same Valkey and database, and what it is made of."""

    releases: tuple[Hooks, Hooks]
    registry: PlainRegistry
    said: tuple[Speech, ...]
    moment: datetime = MORNING
    deployed: int = 0
    known: set[UUID] = field(default_factory=set)
    promises: Counter[str] = field(default_factory=Counter)
    """Screens that promised something, and how often, since the town was founded."""
    wires: Counter[type[Line]] = field(default_factory=Counter)
    """The same, by who carried the last call of that phone."""

    chance: Random = field(default_factory=Random)

    def begin(self) -> None:
        """A morning on which nothing has happened yet; the same chances every time."""
        self.chance.seed(1)
        self.moment, self.deployed, self.known = MORNING, 0, set()
        self.hooks.redis.flushall()
        with self.hooks.database.write() as conn:
            for table in reversed(metadata.sorted_tables):
                conn.execute(delete(table))

    @property
    def hooks(self) -> Hooks:
        """The release that answers now."""
        return self.releases[self.deployed]

    def later(self, minutes: int) -> None:
        """Time goes by, or a clock is set back."""
        self.moment += timedelta(minutes=minutes)

    def new(self) -> list[tuple[str, Request]]:
        """The requests stored since the last look: the screen that promised each, and what it says."""
        with self.hooks.database.read() as conn:
            rows = conn.execute(select(request_rows.c.id, request_rows.c.screen)).all()
            screens = {row.id: row.screen for row in rows if row.id not in self.known}
            found = requests.load(conn, self.hooks.seals, list(screens))
        assert len(found) == len(screens)
        self.known |= set(screens)
        return [(screens[one.id], one) for one in found]

    def dropped(self) -> None:
        """The relay looks for calls that dropped."""
        hooks = self.hooks
        dial_backs = DialBacks(
            hooks.database,
            hooks.redis,
            hooks.seals,
            hooks.say,
            self.chance.randbytes,
            again(CODE, AGAIN),
            2,
        )
        dial_backs(self.moment)

    def labels(self, address: str, name: str) -> set[str]:
        """Everything an option may be called on a screen, in any language."""
        called = set[str]()
        for hooks in self.releases:
            screen = hooks.conversation.engine.book.screens.get(address)
            if isinstance(screen, Menu) and name in screen.options:
                text = screen.options[name].text
                for speech in self.said:
                    called |= set(speech.forms(f"{address}.{name}", text))
        return called | {fold(one) for one in called}


@contextmanager
def town(valkey_url: str, database_url: str, var: Path) -> Iterator[Town]:
    """A town while the block runs."""
    registry = PlainRegistry()
    chosen = settings(
        valkey_url,
        database_url,
        var,
        hubtel=True,
        sms_provider="africastalking",
        wrong_tries_in_all=10**6,
        requests_a_day=10**6,
    )
    made: list[Town] = []

    def clock() -> datetime:
        return made[0].moment

    def random(count: int) -> bytes:
        return made[0].chance.randbytes(count)

    releases = tuple(
        made_from(chosen, registry=registry, clock=clock, random=random, dialogs=dialogs)
        for dialogs in (book, next_release)
    )
    made.append(Town((releases[0], releases[1]), registry, tuple(speeches(OFFERED, drafts=True))))
    yield made[0]
    for hooks in releases:
        hooks.database.close()
        hooks.redis.close()


@dataclass
class Hand:
    """One phone in one hand. `way` is what still stands of what she answered since she dialled, as
    far as she knows; `ever` all she ever answered, by screen.
    """

    town: Town
    line: Line
    lines: dict[str, str] = field(default_factory=dict)
    """Numbered lines of the screen before her."""
    at: str = ""
    way: list[tuple[str, str]] = field(default_factory=list)
    ever: dict[str, set[str]] = field(default_factory=dict)
    plain: bool = False
    """She dialled the plain code, and nothing happened since but keys on screens she saw."""
    walked: bool = False
    """Keys were followed on screens she did not see: of a chain, or after Redis forgot her."""
    followed: bool = True
    """After Redis forgot her, her carrier repeats the call: its keys are followed once more."""
    past: list[dict[str, str]] = field(default_factory=list)
    """Deliveries of hers, as her carrier made them."""
    written: list[dict[str, str]] = field(default_factory=list)

    @property
    def screen(self) -> Screen | None:
        """Where the service thinks she is."""
        return self.town.hooks.conversation.engine.book.screens.get(self.at)

    def dials(self, chain: str = "") -> None:
        """A new call, with whatever is dialled behind the code."""
        self.way, self.lines = [], {}
        code = f"{CODE[:-1]}*{chain}#" if chain else CODE
        self._delivered(lambda: self.line.dial(code))
        self.plain = not chain and self.at == "home.menu"
        self.walked = self.walked or bool(chain)

    def presses(self, key: str) -> None:
        """A key, or words, on the screen before her; what is asked again was no answer."""
        before, way = self.at, self.way
        ever = {at: set(meant) for at, meant in self.ever.items()}
        self._answers(key)
        self._delivered(lambda: self.line.press(key))
        if self.at == before:
            self.way, self.ever = way, ever

    def repeats(self, index: int) -> None:
        """The carrier delivers something again: nothing more may come of it."""
        delivery = self.past[index % len(self.past)]
        before = (self.line.screen, self.line.open, self.lines, self.at, list(self.way))
        self._received(lambda: self.line.again(delivery), most=0)
        self.line.screen, self.line.open, self.lines, self.at, self.way = before

    def falls_silent(self) -> None:
        """The carrier reports that the call is over."""
        self.line.ends()

    def writes(self, words: str) -> None:
        """An SMS of hers; at most one reply, and one at most for the same again."""
        self.plain = False
        self._answers(words)
        self._types("complaint.details", normal(words))  # a story is a complaint, wherever she was
        number = len(self.written)
        form = {
            "id": f"sms-{self.line.phone}-{number}",
            "from": self.line.phone,
            "to": "21234",
            "text": words,
        }
        self.written.append(form)
        self._received(lambda: self._sent(form), most=1)

    def writes_again(self, index: int) -> None:
        """The carrier delivers an SMS again."""
        self._received(lambda: self._sent(self.written[index % len(self.written)]), most=0)

    def reads(self) -> list[str]:
        """Every SMS to her."""
        hooks = self.town.hooks
        mine = message_rows.c.phone_key == hooks.seals.phone_key(self.line.phone)
        with hooks.database.read() as conn:
            ids = list(conn.execute(select(message_rows.c.id).where(mine)).scalars())
            return [one.text for one in messages.load(conn, hooks.seals, ids)]

    def _answers(self, typed: str) -> None:
        """What she means by it, as far as the screen before her says."""
        screen = self.screen
        if isinstance(screen, Ask):
            self._types(self.at, normal(typed))
        elif (meant := key(typed)) in self.lines and meant not in {"0", "00", "9"}:
            self._types(self.at, self.lines[meant])

    def _types(self, at: str, meant: str) -> None:
        """An answer to a screen; what is added to her words counts as more of them."""
        if at == "complaint.more":
            whole = "complaint.details"
            self.ever[whole] = {
                longer for one in self.ever.get(whole, {""}) for longer in (one, f"{one} {meant}")
            }
            told = dict(self.way).get(whole, "")
            self.way = [
                (here, f"{told} {meant}" if here == whole else one) for here, one in self.way
            ]
        self.ever.setdefault(at, set()).add(meant)
        self.way = [*(one for one in self.way if one[0] != at), (at, meant)]

    def _delivered(self, deliver: Callable[[], object]) -> None:
        """One callback of her own, and the screen she then sees."""
        before = self.at
        self.line.hooks = self.town.hooks
        self._received(deliver, most=1)
        self.past.append(self.line.sent)
        shown = dict(SHOWN.findall(self.line.screen))
        self.lines = {**self.lines, **shown} if self.at == before else shown
        stands = [at for at, _ in self.way]
        if self.at in stands:
            self.way = self.way[: stands.index(self.at)]

    def _received(self, deliver: Callable[[], object], most: int) -> None:
        """A delivery of whatever kind: what it may change, and what it must not."""
        self.line.hooks = self.town.hooks
        replies = len(self.reads())
        deliver()
        hooks = self.town.hooks
        record = hooks.conversation.sessions.recall(hooks.seals.phone_key(self.line.phone)).record
        self.at = record.session.at if record else ""
        stored = self.town.new()
        assert len(stored) <= most, "promised more than once"
        for screen, request in stored:
            self.town.promises[screen] += 1
            self.town.wires[type(self.line)] += 1
            self._means(screen, request)
        new = self.reads()[replies:]
        assert len(new) <= most + len(stored)
        for text in new:
            assert parts(text) <= 3, text
        self._fits()

    def _sent(self, form: Mapping[str, str]) -> None:
        assert self.line.post("sms", dict(form)).status == 200

    def _fits(self) -> None:
        """The screen is within what her carrier shows, in letters it can show, and says only numbers
        that are kept.
        """
        if not self.line.screen:
            return
        text, profile = self.line.screen, CARRIERS.profile(self.line.network)
        assert profile.room(text) >= 0, text
        assert profile.ucs2 or is_gsm(text), text
        assert "{" not in text or any("{" in one for asked in self.ever.values() for one in asked)
        hooks = self.town.hooks
        for number in map("".join, TOLD.findall(text)):
            with hooks.database.read() as conn:
                assert following.follow(conn, hooks.seals, number) is not None, text

    def _means(self, screen: str, request: Request) -> None:
        """What is stored is what she chose and typed, and nothing she took back."""
        if self.walked and not self.plain:
            return
        way = dict(self.way)
        for name, places in CHOSEN.get(screen, {}).items():
            value = request.said.get(name)
            story = value == "other" and not self.plain  # by SMS: it has no category yet
            if value is None or story or "payment" in request.said:  # nor has a payment she chose
                continue
            called = {at: self.town.labels(at, value) for at in places}
            assert any(called[at] & self.ever.get(at, set()) for at in places), (name, value)
            if self.plain:
                assert any(way.get(at) in called[at] for at in places), (name, value, way)
        for name, at in TYPED.get(screen, {}).items():
            words: Any = request.said.get(name)
            if words is not None:
                told = {one[: len(words)] for one in self.ever.get(at, set())}
                assert words in told, (name, words, told)
                if self.plain:
                    assert way[at].startswith(words), (name, words, way)
