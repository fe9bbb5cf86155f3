"""One key press: from a session and an event to a turn.

Pure: what it needs of the world it returns as a question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dialogs.engine import hear
from dialogs.engine.answers import chosen, dialled, taken
from dialogs.engine.book import Book
from dialogs.engine.fit import PROFILES, SAFE, SMS, Profile
from dialogs.engine.fits import fits
from dialogs.engine.kinds import NationalId, Number, Reference, Words
from dialogs.engine.path import (
    added,
    answered,
    back,
    kept,
    known,
    learnt,
    parked,
    reached,
    told,
    unparked,
)
from dialogs.engine.render import (
    BACK,
    HOME,
    MORE,
    asked_now,
    furniture,
    layout,
    legible,
    numbered,
    offers,
    question,
)
from dialogs.engine.screens import (
    UNAVAILABLE,
    Action,
    Ask,
    End,
    Form,
    Inform,
    Languages,
    Lookup,
    Menu,
    Pick,
    Query,
    Resume,
    Shown,
    Submit,
    Target,
)
from dialogs.engine.session import Json, Session, Step
from dialogs.engine.texts import ENGLISH, Speech
from dialogs.engine.turns import Event, Heard, Learned, Reply, Stored, Turn
from dialogs.engine.voices import needed

MOST_CALLS = 8
"""Look-ups and promises one key press may lead through."""

Reader = Callable[[Any, str], Json]
"""Reads what was typed as a value of a kind; None when it is not one."""

Laid = tuple[tuple[str, ...], tuple[str, ...]]
"""The pages of a screen, and the ids of its options by number."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The dialogs, spoken.

    `speeches` are the languages of the service, in the order of their numbers. Those that say
    nothing are not offered; who chose one before hears the next it falls back on.
    """

    book: Book
    speeches: Sequence[Speech]
    readers: Mapping[type[Any], Reader] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=lambda: PROFILES)
    greeting: str = ""
    """The tag of the language that greets a stranger; empty: the first."""
    _pages: dict[tuple[str, str, str, int, bool], Laid] = field(default_factory=dict)
    """Screens that hold no value, laid out once."""
    _voices: dict[tuple[str, str], Speech] = field(default_factory=dict)
    """Who says a screen in a language."""

    def step(self, session: Session, event: Event) -> Turn:
        """One event.

        Never raises on what a citizen may do; the same session and event give the same turn.
        """
        match event:
            case Heard(text=None):
                turn = self._resumed(session)
            case Heard(text=str() as text):
                turn = self._heard(session, text, event.minute)
            case Learned() | Stored():
                turn = self._learned(session, event)
        if turn.session.waiting and turn.session.at == self.book.home:
            tokens, session = turn.session.waiting, replace(turn.session, waiting=())
            return self.walk(session, tokens, event.minute)
        return turn

    def walk(
        self, session: Session, tokens: Sequence[str], minute: int, *, met_here: bool = False
    ) -> Turn:
        """Follow a dialled chain, or find the way again after a lost session: one case.

        Promises nothing. Crosses menus and digit answers and may end on a look-up, which then leads
        to no promise; stops at free words, a `Pick`, a `Submit`, an `End`. A stranger is asked her
        language first and the chain waits, unless the chain itself holds her answers to that
        (`met_here`). A draft she was in is put aside.
        """
        turn = self._begin(parked(self.book, session, minute))
        if turn.session.at != self.book.home and not met_here:
            return Turn(replace(turn.session, waiting=tuple(tokens)), turn.then)
        for token in tokens:
            here = self.book.screens.get(turn.session.at)
            if not isinstance(turn.then, Reply) or not dialled(here):
                break
            onward = self.step(turn.session, Heard(token, minute))
            if isinstance(onward.then, Action):
                break
            turn = onward
        walked = isinstance(turn.then, Query)
        return Turn(replace(turn.session, walked=walked), turn.then)

    def crosses(self, session: Session) -> bool:
        """Whether a dialled chain may answer the screen she is on: then a `*` ends the answer."""
        return dialled(self.book.screens.get(session.at))

    def keeps(self, session: Session) -> bool:
        """Whether she is in a draft that is kept when the call drops."""
        return kept(self.book, session)

    def welcomes(self, session: Session) -> bool:
        """Whether she is a stranger, or has not seen the notice as it is now."""
        return self._start(session) != self.book.home

    def reads(self, address: str, text: str) -> bool:
        """Whether this is an answer to the question at an address."""
        screen = self.book.screens.get(address)
        return isinstance(screen, Ask) and self._read(screen, text) is not None

    def redial(self, session: Session, minute: int) -> Turn:
        """She dialled anew: a draft that was left is offered, else home."""
        session = parked(self.book, session, minute)
        if not session.parked or self._start(session) != self.book.home:
            return self._begin(session)
        visit = session.visits + 1
        offer = Step(self.book.resume, draft=visit)
        return self._show(replace(session, path=(offer,), visits=visit, page=1))

    def opened(self, session: Session, address: str, typed: str | None, minute: int) -> Turn:
        """A keyword opens a screen as a new visit, and answers it with what was typed.

        The draft she was in is put aside. A stranger is welcomed first.
        """
        session = parked(self.book, session, minute)
        if self._start(session) != self.book.home:
            return self._begin(session)
        visit = session.visits + 1
        opened = replace(session, path=(Step(address, draft=visit),), visits=visit, page=1)
        screen = self.book.screens.get(address)
        if isinstance(screen, Ask) and typed is not None and self._fits(opened):
            return self._typed(self._show(opened).session, screen, typed, minute)
        return self._arrive(opened, minute)

    def answering(self, session: Session, letter: str, text: str, minute: int) -> Turn | None:
        """An answer to the question of that letter: 1 goes on with the draft, 2 ends it.

        None when there is no such question, or no such answer. What she is about is put aside.
        """
        there = any(one.letter == letter for one in session.parked)
        key = hear.key(text)
        if not there or key not in {"1", "2"}:
            return None
        if key == "2":
            left = tuple(one for one in session.parked if one.letter != letter)
            return self._resumed(replace(session, parked=left))
        aside = parked(self.book, session, minute)
        if all(one.letter != letter for one in aside.parked):
            return self._begin(aside)
        return self._resumed(unparked(aside, letter))

    def speech(self, session: Session) -> Speech:
        """The language she is spoken to in, in letters that her carrier shows."""
        by_tag = {speech.language.tag: speech for speech in self.speeches}
        greeting = by_tag.get(self.greeting, self.speeches[0])
        spoken = by_tag.get(session.language, greeting)
        if self._profile(session).ucs2 or spoken.language.alphabet == "gsm7":
            return spoken
        return latin(spoken, self.speeches)

    def _voice(self, session: Session) -> Speech:
        """Who says the present screen to her."""
        speech = self.speech(session)
        key = (session.at, speech.language.tag)
        if key not in self._voices:
            self._voices[key] = speech.voice(needed(self.book, session.at))
        return self._voices[key]

    def _profile(self, session: Session) -> Profile:
        return self.profiles.get(session.profile, SAFE)

    def _begin(self, session: Session, *, again: bool = False) -> Turn:
        """Where a conversation starts, as a new visit."""
        visit = session.visits + 1
        start = Step(self._start(session), draft=visit)
        begun = replace(session, path=(start,), visits=visit, page=1, resumed=0)
        return self._show(begun, again=again)

    def _start(self, session: Session) -> str:
        """The language for a stranger, the notice if it is new, else home."""
        welcome = self.book.dialog(self.book.welcome)
        stranger = all(s.language.tag != session.language for s in self.speeches)
        for name, screen in welcome.screens.items():
            unseen = isinstance(screen, Inform) and session.notice < screen.version
            if unseen or (isinstance(screen, Languages) and stranger):
                return f"{welcome.name}.{name}"
        return self.book.home

    def _fits(self, session: Session) -> bool:
        return fits(self.book, session.at, known(self.book, session).values)

    def _over(self, session: Session) -> bool:
        """Whether she is on a last screen that has no further page."""
        last = isinstance(self.book.screens.get(session.at), End)
        return last and (not self._fits(session) or len(self._laid(session, again=False)[0]) == 1)

    def _resumed(self, session: Session) -> Turn:
        """The screen she is on once more, or a new start."""
        screen = self.book.screens.get(session.at)
        if isinstance(screen, Lookup | Submit | None) or self._over(session):
            return self._begin(session)
        if not self._fits(session):
            return self._begin(session, again=True)
        return self._show(session, again=session.again and session.page > 1)

    def _heard(self, session: Session, text: str, minute: int) -> Turn:
        """A key of navigation, or an answer."""
        screen, key = self.book.screens.get(session.at), hear.key(text)
        if isinstance(screen, Lookup | Submit) and key == BACK:
            return self._back(session, minute)
        if screen is None or isinstance(screen, Lookup | Submit) or self._over(session):
            return self._begin(session, again=bool(session.path))
        if not self._fits(session):
            return self._begin(session, again=True)
        if key == HOME:
            return self._begin(session)
        if key == BACK and not isinstance(screen, End):
            return self._back(session, minute)
        if key == MORE and (pages := len(self._laid(session, session.again)[0])) > 1:
            onward = replace(session, page=session.page % pages + 1)
            return self._show(onward, again=session.again)
        return self._answered(session, screen, text, minute)

    def _answered(
        self,
        session: Session,
        screen: Shown,
        text: str,
        minute: int,
    ) -> Turn:
        match screen:
            case End():
                return self._show(session)
            case Form():
                return self._filled(session, screen, text, minute)
            case Resume():
                return self._took_up(session, text)
            case Ask():
                return self._typed(session, screen, text, minute)
            case Inform(version=version):
                seen = replace(answered(session, None), notice=version)
                return self._enter(seen, screen.to, minute)
            case _:
                return self._chosen(session, screen, text, minute)

    def _read(self, screen: Ask, text: str) -> Json:
        return self.readers.get(type(screen.kind), hear.read)(screen.kind, text)

    def _typed(self, session: Session, screen: Ask, text: str, minute: int) -> Turn:
        answer = self._read(screen, text)
        if answer is None:
            return self._show(session, again=True)
        if screen.adds:
            whole = known(self.book, session).kinds.get(screen.adds, screen.kind)
            most = whole.most if isinstance(whole, Words) else len(str(answer))
            return self._enter(added(session, screen.adds, str(answer), most), screen.to, minute)
        return self._enter(answered(session, answer), screen.to, minute)

    def _filled(self, session: Session, form: Form, text: str, minute: int) -> Turn:
        """An answer to one question of a Form: the next question, or on."""
        values = known(self.book, session)
        asked = asked_now(session.at, form, values)
        if asked is None:
            return self._enter(session, form.to, minute)
        if asked["kind"] == "number":
            number = hear.read(Number(asked["least"], asked["most"]), text)
            answer = "" if number is None else str(number)
        else:
            answer = chosen(text, session.offered, lambda: self._offers(session))
        if not answer:
            return self._show(replace(session, page=1), again=True)
        given = {**(session.path[-1].answer or {}), asked["id"]: answer}
        return self._arrive(replace(answered(session, given), page=1), minute)

    def _took_up(self, session: Session, text: str) -> Turn:
        """Whether she goes on with the newest draft that was left, or begins anew."""
        one = chosen(text, session.offered, lambda: self._offers(session))
        if not one:
            return self._show(replace(session, page=1), again=True)
        if not session.parked:
            return self._begin(session)
        if one == "over":
            return self._begin(replace(session, parked=session.parked[:-1]))
        return self._resumed(unparked(session, session.parked[-1].letter))

    def _chosen(
        self, session: Session, screen: Menu | Pick | Languages, text: str, minute: int
    ) -> Turn:
        one = chosen(text, session.offered, lambda: self._offers(session))
        if (
            not one
            and isinstance(screen, Menu)
            and (turn := self._ahead(session, screen, text, minute))
        ):
            return turn
        if not one:
            return self._show(replace(session, page=1), again=True)
        tags = [speech.language.tag for speech in self.speeches if speech.speaks]
        took = taken(session, screen, one, known(self.book, session), tags)
        return self._enter(*took, minute) if took else self._begin(session, again=True)

    def _ahead(
        self, session: Session, screen: Menu, text: str, minute: int, levels: int = 2
    ) -> Turn | None:
        """She typed the number itself on a menu that leads to the question for it: its answer.

        "We do not find this number. 1 Another number" is answered by another number. Looks so many
        `levels` of menus down.
        """
        for name, option in screen.options.items():
            asked = self.book.screens[self.book.address(option.to, session.at)]
            if name not in session.offered:
                continue
            if isinstance(asked, Menu) and levels > 1:
                there = self._enter(answered(session, name), option.to, minute).session
                if turn := self._ahead(there, asked, text, minute, levels - 1):
                    return turn
            numbered = isinstance(asked, Ask) and isinstance(asked.kind, NationalId | Reference)
            if isinstance(asked, Ask) and numbered and self._read(asked, text) is not None:
                there = self._enter(answered(session, name), option.to, minute).session
                return self._typed(there, asked, text, minute)
        return None

    def _learned(self, session: Session, event: Learned | Stored) -> Turn:
        """Keep the facts the outcome declares, and go where it leads."""
        screen = self.book.screens.get(session.at)
        if not isinstance(screen, Lookup | Submit):
            return self._begin(session, again=True)
        outcome = event.outcome if event.outcome in screen.outcomes else UNAVAILABLE
        session = learnt(self.book, session, screen, outcome, event.facts, event.minute)
        return self._enter(session, screen.outcomes[outcome], event.minute)

    def _back(self, session: Session, minute: int) -> Turn:
        before = back(self.book, session, minute)
        return self._arrive(before, minute) if before else self._begin(session)

    def _enter(self, session: Session, to: Target, minute: int) -> Turn:
        """Come to a screen; home is a new start."""
        if self.book.address(to, session.at) == self.book.home:
            return self._begin(session)
        return self._arrive(reached(self.book, session, to), minute)

    def _arrive(self, session: Session, minute: int) -> Turn:
        """What the screen she came to does: ask, promise, or show itself."""
        if not self._fits(session):
            return self._begin(session, again=True)
        match self.book.screens[session.at]:
            case Lookup(query=query):
                return Turn(session, query(**told(self.book, session, query)))
            case Submit() if session.walked:
                return self._back(session, minute)
            case Submit(action=action):
                return Turn(session, action(**told(self.book, session, action)))
            case Form() as form if asked_now(session.at, form, known(self.book, session)) is None:
                given = session.path[-1].answer or {}
                return self._enter(answered(session, given), form.to, minute)
            case _:
                return self._show(session)

    def _offers(self, session: Session) -> list[tuple[str, str]]:
        """The options of the present screen as (id, label)."""
        here, languages = session.at, self.speeches
        values = known(self.book, session)
        speech, profile = self._voice(session), self._profile(session)
        return offers(here, self.book.shown(here), values, speech, languages, profile)

    def _laid(self, session: Session, again: bool) -> Laid:
        """The present screen laid out, or as it was laid out before when it holds no value."""
        tag, depth = self.speech(session).language.tag, min(len(session.path), 3)
        key = (session.at, tag, session.profile, depth, again)
        if (cached := self._pages.get(key)) is not None:
            return cached
        laid = self._lay(session, depth, again)
        if session.at in self.book.constant:
            self._pages[key] = laid
        return laid

    def _lay(self, session: Session, depth: int, again: bool) -> Laid:
        here, speech = session.at, self._voice(session)
        screen, listed = self.book.shown(here), self._offers(session)
        ids = tuple(one for one, _ in listed)
        profile = self._profile(session)
        values = legible(known(self.book, session), profile)
        asked = question(here, screen, values, speech, again)
        if isinstance(screen, End):
            if session.parked and profile.name == SMS.name:
                letter = session.parked[-1].letter
                asked = f"{asked}\n{furniture(speech, 'nav.resume', letter=letter)}"
            return layout(asked, (), back=False, speech=speech, profile=profile), ids
        lines = numbered([label for _, label in listed])
        return layout(asked, lines, depth > 1, speech, profile, home=depth > 2), ids

    def _show(self, session: Session, *, again: bool = False) -> Turn:
        """The present screen as a reply.

        After a last screen nothing is remembered of the way to it.
        """
        pages, offered = self._laid(session, again)
        page = session.page if session.page <= len(pages) and offered == session.offered else 1
        session = replace(session, page=page, again=again, walked=False)
        if isinstance(self.book.screens[session.at], End) and page == len(pages):
            over = replace(session, path=(), offered=(), page=1, waiting=(), resumed=0)
            return Turn(over, Reply(pages[-1], more=False))
        return Turn(replace(session, offered=offered), Reply(pages[page - 1], more=True))


def latin(spoken: Speech, speeches: Sequence[Speech]) -> Speech:
    """Who speaks for a language on a carrier that cannot show it: its Latin variant, else that of a
    language it falls back on, else the first in GSM letters, else English.
    """
    plain = {s.language.tag: s for s in speeches if s.language.alphabet == "gsm7" and s.speaks}
    wanted = (speech.language.latin for speech in (spoken, *spoken.beyond))
    variants = (plain[tag] for tag in wanted if tag in plain)
    return next(variants, next(iter(plain.values()), ENGLISH))
