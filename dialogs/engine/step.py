"""One key press: from a session and an event to a turn.

Pure: what it needs of the world it returns as a question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dialogs.engine import hear
from dialogs.engine.book import Book
from dialogs.engine.fit import PROFILES, SAFE, Profile
from dialogs.engine.fits import fits
from dialogs.engine.kinds import Choices, Words, bare
from dialogs.engine.render import BACK, HOME, MORE, Known, layout, numbered, offers, question
from dialogs.engine.screens import (
    UNAVAILABLE,
    Action,
    Ask,
    End,
    Go,
    Inform,
    Languages,
    Lookup,
    Menu,
    Pick,
    Query,
    Shown,
    Submit,
    Target,
    needs,
)
from dialogs.engine.session import Json, Session, Step
from dialogs.engine.texts import Speech
from dialogs.engine.turns import Event, Heard, Learned, Reply, Stored, Turn

MOST_CALLS = 8
"""Look-ups and promises one key press may lead through."""

MOST_DIGITS = 3
"""Digits the number of an option may have."""

Reader = Callable[[Any, str], Json]
"""Reads what was typed as a value of a kind; None when it is not one."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The dialogs, spoken.

    `speeches` are the languages offered, in order; the first greets a stranger.
    """

    book: Book
    speeches: Sequence[Speech]
    readers: Mapping[type[Any], Reader] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=lambda: PROFILES)
    _pages: dict[tuple[str, str, str, int, bool], tuple[tuple[str, ...], tuple[str, ...]]] = field(
        default_factory=dict
    )
    """Pages of screens that hold no value, rendered once."""

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

        Promises nothing.

        Crosses menus and digit answers and may end on a look-up, which then leads to no promise;
          stops at free words, a
        `Pick`, a `Submit`, an `End`. A stranger is asked her language first and the chain waits,
          unless the chain
        itself holds her answers to that (`met_here`).
        """
        turn = self._begin(session)
        if turn.session.at != self.book.home and not met_here:
            return Turn(replace(turn.session, waiting=tuple(tokens)), turn.then)
        for token in tokens:
            if not isinstance(turn.then, Reply) or not self._crossable(turn.session.at):
                break
            onward = self.step(turn.session, Heard(token, minute))
            if isinstance(onward.then, Action):
                break
            turn = onward
        walked = isinstance(turn.then, Query)
        return Turn(replace(turn.session, walked=walked), turn.then)

    def _crossable(self, here: str) -> bool:
        screen = self.book.screens.get(here)
        return isinstance(screen, Menu | Languages | Inform) or (
            isinstance(screen, Ask) and not isinstance(screen.kind, Words)
        )

    def speech(self, session: Session) -> Speech:
        """The language she is spoken to in."""
        return next(
            (s for s in self.speeches if s.language.tag == session.language), self.speeches[0]
        )

    def _begin(self, session: Session, *, again: bool = False) -> Turn:
        """Where a conversation starts: the language for a stranger, the notice if it is new, else
        home.
        """
        start = self.book.home
        for name, screen in self.book.dialogs[self.book.welcome.split(".")[0]].screens.items():
            known = any(s.language.tag == session.language for s in self.speeches)
            unseen = isinstance(screen, Inform) and session.notice < screen.version
            if unseen or (isinstance(screen, Languages) and not known):
                start = f"{self.book.welcome.split('.')[0]}.{name}"
                break
        visit = session.visits + 1
        return self._show(
            replace(session, path=(Step(start, draft=visit),), visits=visit, page=1), again=again
        )

    def _resumed(self, session: Session) -> Turn:
        """The screen she is on once more, or a new start."""
        if isinstance(self.book.screens.get(session.at), Lookup | Submit | End | None):
            return self._begin(session)
        if not fits(self.book, session.at, self._known(session).values):
            return self._begin(session, again=True)
        return self._show(session, again=session.again and session.page > 1)

    def _heard(self, session: Session, text: str, minute: int) -> Turn:
        screen = self.book.screens.get(session.at)
        if isinstance(screen, Lookup | Submit) and hear.key(text) == BACK:
            return self._back(session, minute)
        if screen is None or isinstance(screen, Lookup | Submit | End):
            return self._begin(session, again=bool(session.path))
        if not fits(self.book, session.at, self._known(session).values):
            return self._begin(session, again=True)
        match hear.key(text):
            case key if key == HOME:
                return self._begin(replace(session, path=()))
            case key if key == BACK:
                return self._back(session, minute)
            case key if key == MORE and session.page < len(self._laid(session, session.again)[0]):
                return self._show(replace(session, page=session.page + 1), again=session.again)
        return self._answered(session, screen, text, minute)

    def _answered(self, session: Session, screen: Shown, text: str, minute: int) -> Turn:
        match screen:
            case Ask():
                reader = self.readers.get(type(screen.kind), hear.read)
                answer = reader(screen.kind, text)
                return (
                    self._show(session, again=True)
                    if answer is None
                    else self._leave(session, answer, screen.to, minute)
                )
            case Inform():
                return self._leave(replace(session, notice=screen.version), None, screen.to, minute)
            case End():
                return self._begin(session)
        chosen = self._chosen(session, text)
        match screen:
            case _ if not chosen:
                return self._show(replace(session, page=1), again=True)
            case Menu() if chosen in screen.options:
                return self._leave(session, chosen, screen.options[chosen].to, minute)
            case Pick():
                listed = self._known(session).values.get(screen.of) or []
                one = next((one for one in listed if one[0] == chosen), None)
                return (
                    self._leave(session, one, screen.to, minute)
                    if one
                    else self._begin(session, again=True)
                )
            case Languages() if any(s.language.tag == chosen for s in self.speeches):
                return self._leave(replace(session, language=chosen), None, screen.to, minute)
        return self._begin(session, again=True)

    def _chosen(self, session: Session, text: str) -> str:
        """The id of the option she means: the number as she saw it, or its label typed out.

        Empty when it is none.
        """
        key = hear.key(text)
        if key.isdecimal():
            number = int(key) if len(key) <= MOST_DIGITS else 0
            return session.offered[number - 1] if 0 < number <= len(session.offered) else ""
        words = hear.normal(text).casefold()
        labels = self._offers(session)
        return next(
            (one for one, label in labels if one and hear.normal(label).casefold() == words), ""
        )

    def _leave(self, session: Session, answer: Json, to: Target, minute: int) -> Turn:
        """Record the answer and go on."""
        here = session.path[-1]
        return self._enter(
            replace(session, path=(*session.path[:-1], replace(here, answer=answer))), to, minute
        )

    def _enter(self, session: Session, to: Target, minute: int) -> Turn:
        """Come to a screen.

        One already on the path is cut there, with everything answered after it.

        A promise that was kept is no screen to come back to: the next one is another.
        """
        here = session.at
        address = self.book.address(to, here)
        if address == self.book.home:
            return self._begin(replace(session, path=()))
        if isinstance(to, Go):
            values = self._known(session).values
            given = {theirs: values[ours] for theirs, ours in to.values.items()}
            step, session = (
                Step(address, facts=given, draft=session.visits + 1),
                replace(session, visits=session.visits + 1),
            )
        else:
            step = next(
                (replace(old, answer=None) for old in session.path if old.at == address),
                Step(address),
            )
        before = next(
            (i for i, old in enumerate(session.path) if old.at == address), len(session.path)
        )
        if isinstance(self.book.screens[address], Submit):
            step, before = Step(address), len(session.path)
        return self._arrive(replace(session, path=(*session.path[:before], step), page=1), minute)

    def _arrive(self, session: Session, minute: int) -> Turn:
        if not fits(self.book, session.at, self._known(session).values):
            return self._begin(session, again=True)
        match self.book.screens[session.at]:
            case Lookup(query=query):
                return Turn(session, query(**self._fields(session, query)))
            case Submit() if session.walked:
                return self._back(session, minute)
            case Submit(action=action):
                return Turn(session, action(**self._fields(session, action)))
            case _:
                return self._show(session)

    def _fields(self, session: Session, asked: type[Query] | type[Action]) -> dict[str, Any]:
        """What a query or action is told: the answers and facts its fields are named after."""
        values = self._known(session).values
        return {name: bare(values[name]) for name in needs(asked) if name in values}

    def _learned(self, session: Session, event: Learned | Stored) -> Turn:
        """Keep the facts the outcome declares, and go where it leads.

        A promise closes its draft: past it goes only what was certainly known, and nothing answered
        on one way alone.
        """
        screen = self.book.screens.get(session.at)
        if not isinstance(screen, Lookup | Submit):
            return self._begin(session, again=True)
        asked = screen.query if isinstance(screen, Lookup) else screen.action
        outcome = event.outcome if event.outcome in screen.outcomes else UNAVAILABLE
        declared = asked.outcomes.get(outcome, {})
        facts = {name: _cut(kind, event.facts[name]) for name, kind in declared.items()}
        step = replace(session.path[-1], facts=facts, minute=event.minute)
        session = replace(session, path=(*session.path[:-1], step))
        if isinstance(screen, Submit):
            values, visit = self._known(session).values, session.visits + 1
            certain = {name: values[name] for name in self.book.scopes[session.at]}
            closed = replace(step, facts={**certain, **facts}, draft=visit)
            session = replace(session, path=(closed,), visits=visit)
        return self._enter(session, screen.outcomes[outcome], event.minute)

    def _back(self, session: Session, minute: int) -> Turn:
        """To the screen before, past look-ups.

        What a look-up taught is shown again, or asked again when it is old.
        """
        path = session.path[:-1]
        while path and isinstance(self.book.screens.get(path[-1].at), Lookup):
            path = path[:-1]
        if not path or isinstance(self.book.screens.get(path[-1].at), Submit | End | None):
            return self._begin(replace(session, path=()))
        session = replace(session, path=(*path[:-1], replace(path[-1], answer=None)), page=1)
        before = self.book.screens.get(path[-2].at) if len(path) > 1 else None
        if isinstance(before, Lookup) and minute - path[-2].minute > before.fresh:
            session = replace(session, path=path[:-1])
        return self._arrive(session, minute)

    def _known(self, session: Session) -> Known:
        """Names and values on the present screen, from the steps of this visit to its dialog."""
        values: dict[str, Json] = {}
        for step in session.path[session.entered :]:
            values.update(step.facts)
            if step.answer is not None:
                values[step.at.split(".")[1]] = step.answer
        return Known(self.book.scopes.get(session.at, {}), values, self.book.menus)

    def _offers(self, session: Session) -> list[tuple[str, str]]:
        languages = [speech.language for speech in self.speeches]
        return offers(
            session.at,
            self.book.shown(session.at),
            self._known(session),
            self.speech(session),
            languages,
        )

    def _laid(self, session: Session, again: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The pages of the present screen and the ids of its options, by number."""
        here, speech, depth = session.at, self.speech(session), min(len(session.path), 3)
        key = (here, speech.language.tag, session.profile, depth, again)
        if (cached := self._pages.get(key)) is not None:
            return cached
        screen = self.book.shown(here)
        profile = self.profiles.get(session.profile, SAFE)
        listed = self._offers(session)
        asked = question(here, screen, self._known(session), speech, again)
        lines = numbered([label for _, label in listed])
        pages = (
            (asked,)
            if isinstance(screen, End)
            else layout(asked, lines, depth > 1, speech, profile, home=depth > 2)
        )
        laid = pages, tuple(one for one, _ in listed)
        if here in self.book.constant:
            self._pages[key] = laid
        return laid

    def _show(self, session: Session, *, again: bool = False) -> Turn:
        """The present screen as a reply.

        After a last screen nothing is remembered of the way to it.
        """
        pages, offered = self._laid(session, again)
        page = session.page if session.page <= len(pages) and offered == session.offered else 1
        session = replace(session, page=page, again=again, walked=False)
        if isinstance(self.book.screens[session.at], End):
            return Turn(
                replace(session, path=(), offered=(), page=1, waiting=()),
                Reply(pages[0], more=False),
            )
        return Turn(replace(session, offered=offered), Reply(pages[page - 1], more=True))


def _cut(kind: Any, value: Json) -> Json:
    """A list no longer than was declared and proved."""
    return value[: kind.most] if isinstance(kind, Choices) else value
