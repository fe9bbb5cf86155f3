"""Which of the options an answer means and where it leads, and which screens a dialled chain may
answer.

How typed values are read is in hear.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from dialogs.engine import hear
from dialogs.engine.kinds import Words
from dialogs.engine.path import answered
from dialogs.engine.render import Known
from dialogs.engine.screens import Ask, Inform, Languages, Menu, Pick, Screen, Target
from dialogs.engine.session import Session

MOST_DIGITS = 3
"""Digits the number of an option may have."""


Offers = Sequence[tuple[str, str]]
"""Options as (id, label); a hidden one has an empty id."""


def chosen(text: str, seen: Sequence[str], offers: Callable[[], Offers]) -> str:
    """The id of the option she means: the number as she saw it, or its label typed out.

    Empty when it is none. `offers` is asked only when no number was typed.
    """
    key = hear.key(text)
    if key.isdecimal():
        number = int(key) if len(key) <= MOST_DIGITS else 0
        return seen[number - 1] if 0 < number <= len(seen) else ""
    words = hear.normal(text).casefold()
    matching = (one for one, label in offers() if one and hear.normal(label).casefold() == words)
    return next(matching, "")


def taken(
    session: Session,
    screen: Menu | Pick | Languages,
    one: str,
    known: Known,
    languages: Collection[str],
) -> tuple[Session, Target] | None:
    """The option taken, and where it leads; None when what she saw is no longer there."""
    match screen:
        case Menu() if one in screen.options:
            return answered(session, one), screen.options[one].to
        case Pick():
            listed = known.values.get(screen.of) or []
            picked = next((choice for choice in listed if choice[0] == one), None)
            return (answered(session, picked), screen.to) if picked else None
        case Languages() if one in languages:
            return replace(answered(session, None), language=one), screen.to
    return None


def dialled(screen: Screen | None) -> bool:
    """Whether a dialled chain may answer this screen: fixed choices and digits, never free words,
    nor a list that may have changed.
    """
    match screen:
        case Menu() | Languages() | Inform():
            return True
        case Ask(kind=kind):
            return not isinstance(kind, Words)
        case _:
            return False
