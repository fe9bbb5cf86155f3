"""The way she came: what is known at its end, and how an answer, a fact or `0` changes it.

What is shown there is in step.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dialogs.engine.book import Book
from dialogs.engine.kinds import Choices, Kind, Questions, bare
from dialogs.engine.render import Known
from dialogs.engine.screens import Action, End, Form, Go, Lookup, Query, Submit, Target, needs
from dialogs.engine.session import Json, Parked, Session, Step

KEPT = 24 * 60
"""Minutes a draft that was left is kept."""
LETTERS = ("B", "C", "D")
"""What drafts that were left are called; a bare answer is for the newest question."""


def known(book: Book, session: Session) -> Known:
    """Names and values on the present screen, from the steps of this visit to its dialog.

    What was answered before a draft was left is not shown to whoever takes it up.
    """
    values: dict[str, Json] = {}
    old: set[str] = set()
    for place, step in enumerate(session.path[session.entered :], session.entered):
        learnt = dict(step.facts)
        if step.answer is not None:
            learnt[step.at.split(".")[1]] = step.answer
        values.update(learnt)
        old = old | set(learnt) if place < session.resumed else old - set(learnt)
    kinds = book.scope(session.at) if session.at in book.scopes else {}
    values |= _cut(kinds, values)
    return Known(kinds, {**book.constants, **values}, book.menus, frozenset(old))


def told(book: Book, session: Session, asked: type[Query] | type[Action]) -> dict[str, Any]:
    """What a query or action is told: the answers and facts its fields are named after."""
    values = known(book, session).values
    return {name: bare(values[name]) for name in needs(asked) if name in values}


def answered(session: Session, answer: Json) -> Session:
    """The answer is recorded on the present screen; what she answers now may be shown again."""
    before, here = session.path[:-1], session.path[-1]
    resumed = min(session.resumed, len(before))
    return replace(session, path=(*before, replace(here, answer=answer)), resumed=resumed)


def added(session: Session, to: str, words: str, most: int) -> Session:
    """The words stand behind those of an earlier screen of this visit, `most` characters in all."""
    place = next(
        (
            place
            for place in reversed(range(session.entered, len(session.path)))
            if session.path[place].at.split(".")[1] == to
        ),
        None,
    )
    if place is None:
        return answered(session, words)
    before = session.path[place]
    whole = replace(before, answer=f"{before.answer or ''} {words}".strip()[:most].rstrip())
    return replace(session, path=(*session.path[:place], whole, *session.path[place + 1 :]))


def reached(book: Book, session: Session, to: Target) -> Session:
    """At the screen a target means.

    One already on the path is cut there, with everything answered after it. A promise that was kept
    is no screen to come back to: the next one is another.
    """
    address = book.address(to, session.at)
    places = [place for place, step in enumerate(session.path) if step.at == address]
    end = places[0] if places else len(session.path)
    if isinstance(book.screens[address], Submit):
        end = len(session.path)
    if isinstance(to, Go):
        values, visit = known(book, session).values, session.visits + 1
        given = {theirs: values[ours] for theirs, ours in to.values.items() if ours in values}
        session, step = replace(session, visits=visit), Step(address, facts=given, draft=visit)
    elif end < len(session.path):
        step = replace(session.path[end], answer=None)
    else:
        step = Step(address)
    return replace(session, path=(*session.path[:end], step), page=1)


def learnt(
    book: Book,
    session: Session,
    screen: Lookup | Submit,
    outcome: str,
    facts: Mapping[str, Json],
    minute: int,
) -> Session:
    """The facts that the outcome declares are kept, beside what was handed to its dialog; what
    another outcome taught before is gone.

    A promise closes its draft: past it goes only what was certainly known, and nothing answered
    on one way alone.
    """
    asked = screen.query if isinstance(screen, Lookup) else screen.action
    declared = asked.outcomes.get(outcome, {})
    kept = {name: facts[name] for name in declared}
    taught = {name for facts in asked.outcomes.values() for name in facts}
    given = {name: v for name, v in session.path[-1].facts.items() if name not in taught}
    facts = {**given, **kept, **_cut(declared, kept)}
    step = replace(session.path[-1], facts=facts, minute=minute)
    session = replace(session, path=(*session.path[:-1], step))
    return _closed(book, session) if isinstance(screen, Submit) else session


def _closed(book: Book, session: Session) -> Session:
    """A new visit that begins at the promise just kept: what is said of it is for who made it."""
    step, values, visit = session.path[-1], known(book, session).values, session.visits + 1
    certain = {name: values[name] for name in book.scopes[session.at]}
    closed = replace(step, facts={**certain, **step.facts}, draft=visit)
    return replace(session, path=(closed,), visits=visit, resumed=0)


def back(book: Book, session: Session, minute: int) -> Session | None:
    """At the screen before, past look-ups; None where there is none to go back to.

    What a look-up taught is shown again; when it is old, the look-up comes first.
    """
    if isinstance(book.screens.get(session.at), Form) and session.path[-1].answer:
        return _one_question_back(session)
    path = session.path[:-1]
    while path and _silent(book, path[-1]):
        path = path[:-1]
    if not path or isinstance(book.screens.get(path[-1].at), Submit | End | None):
        return None
    before = book.screens.get(path[-2].at) if len(path) > 1 else None
    if isinstance(before, Lookup) and minute - path[-2].minute > before.fresh:
        return replace(session, path=path[:-1], page=1)
    return replace(session, path=(*path[:-1], replace(path[-1], answer=None)), page=1)


def _silent(book: Book, step: Step) -> bool:
    """Whether she saw nothing there: a look-up, or a Form that asked nothing."""
    screen = book.screens.get(step.at)
    return isinstance(screen, Lookup) or (isinstance(screen, Form) and not step.answer)


def _one_question_back(session: Session) -> Session:
    """The question of a Form that was answered last, asked again."""
    given = dict(list((session.path[-1].answer or {}).items())[:-1])
    return replace(answered(session, given or None), page=1)


def kept(book: Book, session: Session) -> bool:
    """Whether what she is about is a draft worth keeping: something of it is known, and its dialog
    resumes.
    """
    if session.at not in book.scopes or not book.dialog(session.at).resumes:
        return False
    steps = session.path[session.entered :]
    begun = any(step.answer is not None or step.facts for step in steps)
    return begun and not isinstance(book.screens[session.at], Lookup | Submit | End)


def parked(book: Book, session: Session, minute: int) -> Session:
    """The draft she is in is put aside under a letter; those left too long ago are dropped."""
    left = tuple(one for one in session.parked if minute - one.minute <= KEPT)
    if not kept(book, session):
        return replace(session, parked=left)
    left = left[-(len(LETTERS) - 1) :]
    letter = next(one for one in LETTERS if all(one != other.letter for other in left))
    return replace(session, path=(), parked=(*left, Parked(letter, session.path, minute)))


def unparked(session: Session, letter: str) -> Session:
    """At the draft of that letter again, where she left it."""
    one = next(one for one in session.parked if one.letter == letter)
    left = tuple(other for other in session.parked if other is not one)
    path = one.path
    return replace(session, path=path, parked=left, resumed=len(path), page=1, offered=())


def _cut(kinds: Mapping[str, Kind], values: Mapping[str, Json]) -> dict[str, Json]:
    """The lists among the values, none longer than declared and proved: a registry may send more,
    and an older release may have declared more.
    """
    return {
        name: values[name][: kind.most]
        for name, kind in kinds.items()
        if isinstance(kind, Choices | Questions) and isinstance(values.get(name), list | tuple)
    }
