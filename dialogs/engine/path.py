"""The way she came: what is known at its end, and how an answer, a fact or `0` changes it.

What is shown there is in step.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dialogs.engine.book import Book
from dialogs.engine.kinds import Choices, Kind, bare
from dialogs.engine.render import Known
from dialogs.engine.screens import Action, End, Go, Lookup, Query, Submit, Target, needs
from dialogs.engine.session import Json, Session, Step


def known(book: Book, session: Session) -> Known:
    """Names and values on the present screen, from the steps of this visit to its dialog."""
    values: dict[str, Json] = {}
    for step in session.path[session.entered :]:
        values.update(step.facts)
        if step.answer is not None:
            values[step.at.split(".")[1]] = step.answer
    kinds = book.scopes.get(session.at, {})
    return Known(kinds, {**values, **_cut(kinds, values)}, book.menus)


def told(book: Book, session: Session, asked: type[Query] | type[Action]) -> dict[str, Any]:
    """What a query or action is told: the answers and facts its fields are named after."""
    values = known(book, session).values
    return {name: bare(values[name]) for name in needs(asked) if name in values}


def answered(session: Session, answer: Json) -> Session:
    """The answer is recorded on the present screen."""
    return replace(session, path=(*session.path[:-1], replace(session.path[-1], answer=answer)))


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
        given = {theirs: values[ours] for theirs, ours in to.values.items()}
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
    """The facts that the outcome declares are kept.

    A promise closes its draft: past it goes only what was certainly known, and nothing answered
    on one way alone.
    """
    asked = screen.query if isinstance(screen, Lookup) else screen.action
    declared = asked.outcomes.get(outcome, {})
    kept = {name: facts[name] for name in declared}
    step = replace(session.path[-1], facts={**kept, **_cut(declared, kept)}, minute=minute)
    session = replace(session, path=(*session.path[:-1], step))
    return _closed(book, session) if isinstance(screen, Submit) else session


def _closed(book: Book, session: Session) -> Session:
    """A new visit that begins at the promise just kept."""
    step, values, visit = session.path[-1], known(book, session).values, session.visits + 1
    certain = {name: values[name] for name in book.scopes[session.at]}
    closed = replace(step, facts={**certain, **step.facts}, draft=visit)
    return replace(session, path=(closed,), visits=visit)


def back(book: Book, session: Session, minute: int) -> Session | None:
    """At the screen before, past look-ups; None where there is none to go back to.

    What a look-up taught is shown again; when it is old, the look-up comes first.
    """
    path = session.path[:-1]
    while path and isinstance(book.screens.get(path[-1].at), Lookup):
        path = path[:-1]
    if not path or isinstance(book.screens.get(path[-1].at), Submit | End | None):
        return None
    before = book.screens.get(path[-2].at) if len(path) > 1 else None
    if isinstance(before, Lookup) and minute - path[-2].minute > before.fresh:
        return replace(session, path=path[:-1], page=1)
    return replace(session, path=(*path[:-1], replace(path[-1], answer=None)), page=1)


def _cut(kinds: Mapping[str, Kind], values: Mapping[str, Json]) -> dict[str, Json]:
    """The lists among the values, none longer than declared and proved: a registry may send more,
    and an older release may have declared more.
    """
    return {
        name: values[name][: kind.most]
        for name, kind in kinds.items()
        if isinstance(kind, Choices) and isinstance(values.get(name), list | tuple)
    }
