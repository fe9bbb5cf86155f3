"""Whatever is pressed and whatever the registry answers: a screen that fits, and no promise unasked
for.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.engine.kinds import (
    Choices,
    Chosen,
    Day,
    Kind,
    Listed,
    Money,
    Name,
    NationalId,
    Number,
    Questions,
    Reference,
    Words,
)
from dialogs.engine.screens import UNAVAILABLE, Action, Ask, Query
from dialogs.engine.session import Session, pack, unpack
from dialogs.engine.step import MOST_CALLS
from dialogs.engine.turns import Reply
from tests.citizen import OFFERED, Citizen, service

QUESTION = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["one", "two", "three"]),
        "label": st.just({"en": "How many?"}),
        "kind": st.sampled_from(["number", "yes_no", "choice"]),
        "least": st.just(1),
        "most": st.just(9),
        "choices": st.just([["a", {"en": "A school"}], ["b", {"en": "Another"}]]),
    }
)
NAMES = st.text(
    alphabet=st.one_of(st.sampled_from("Cash food œçé`{}€🙂ونقد"), st.characters(codec="utf-8")),
    max_size=40,
)
LABELS = st.fixed_dictionaries({"en": NAMES}, optional={"fr": NAMES, "ur": NAMES})
CHOICE = st.tuples(st.text("abcdefgh-123", min_size=1, max_size=8), LABELS).map(list)

WORDS = st.sampled_from(
    ["They sent me away", "ہمیں واپس بھیج دیا گیا", "œ" * 26 + "П", "€" * 40, "0 rupees {who}"]
)
KEYS = st.sampled_from(
    ["1", "1", "1", "2", "2", "3", "4", "3520200000001", "1234567897", "0", "They sent me away"]
)
STRANGE = st.one_of(st.sampled_from(["0", "00", "9", "1*2", "²"]), WORDS, st.text(max_size=90))
"""Keys that turn, lead back, or mean nothing."""


def fact(kind: Kind) -> st.SearchStrategy[Any]:
    """Anything the registry or the store may say of this kind."""
    match kind:
        case Reference():
            return st.from_regex(r"[0-9]{10}", fullmatch=True)
        case NationalId():
            return st.just("3520200000001")
        case Day():
            return st.dates().map(str)
        case Number():
            return st.integers(kind.least, kind.most)
        case Name():
            return LABELS
        case Chosen():
            return CHOICE
        case Questions():
            return st.lists(QUESTION, max_size=kind.most + 1)
        case Words():
            return st.text(max_size=90)
        case Money():
            return st.tuples(st.integers(0, 99_999_999).map(str), st.just("PKR")).map(list)
        case Choices() | Listed():
            return st.lists(CHOICE, min_size=1, max_size=kind.most + 2)
        case _:
            raise AssertionError(kind)


def sensible(her: Citizen) -> st.SearchStrategy[str]:
    """What a screen asks for."""
    match her.engine.book.screens.get(her.at):
        case Ask(kind=NationalId()):
            return st.just("3520200000001")
        case Ask(kind=Reference()):
            return st.just("123 456 7897")
        case Ask():
            return WORDS
        case _:
            return st.integers(1, max(1, len(her.session.offered))).map(str)


def typed(her: Citizen, data: st.DataObject) -> str:
    """Something she types: three times of four what is asked for."""
    return data.draw(sensible(her) if data.draw(st.integers(0, 3)) else STRANGE)


def answered(her: Citizen, data: st.DataObject, *, may_promise: bool) -> None:
    """The registry and the store answer, as often as they are asked, until there is a screen."""
    for _call in range(MOST_CALLS):
        if isinstance(her.then, Reply):
            return
        asked = her.asked
        assert may_promise or isinstance(asked, Query), asked
        outcomes = {
            **asked.outcomes,
            **({UNAVAILABLE: {}, "a new word": {}} if isinstance(asked, Query) else {}),
        }
        outcome = data.draw(st.sampled_from(sorted(outcomes)))
        facts = {name: data.draw(fact(kind)) for name, kind in outcomes[outcome].items()}
        her.is_told(outcome, **facts)
    raise AssertionError("no screen after so many calls")


def sound(her: Citizen, before: str) -> None:
    """What holds after every turn (that the screen fits is measured by the citizen)."""
    assert unpack(json.loads(json.dumps(pack(her.session)))) == her.session
    assert her.ended == (her.at == "")
    assert her.screen.strip()
    assert len(her.session.path) <= len(her.engine.book.screens)
    restarted = her.session.again and her.at == her.engine.book.home and before not in {"", her.at}
    assert not restarted, "a conversation of one release never restarts by itself"


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.data())
def test_a_random_conversation_always_shows_a_screen_that_fits(data: st.DataObject) -> None:
    """In every language, on every profile, for strangers and people known, with time going by."""
    language = data.draw(st.sampled_from(["", *OFFERED]))
    profile = data.draw(st.sampled_from(["safe", "sms"]))
    her = Citizen(service(), Session(language, 1 if language else 0, profile=profile)).dials()
    for _press in range(data.draw(st.integers(2, 16))):
        before = her.at
        her.later(data.draw(st.integers(0, 40))).types(typed(her, data))
        answered(her, data, may_promise=True)
        sound(her, before)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.data())
def test_a_random_chain_promises_nothing(data: st.DataObject) -> None:
    """Neither when it is walked at once nor when it waited for a language; one key afterwards
    may.
    """
    language = data.draw(st.sampled_from(["", *OFFERED]))
    met_here = data.draw(st.booleans()) and not language
    chain = data.draw(st.lists(KEYS, max_size=8))
    her = Citizen(service(), Session(language, 1 if language else 0)).walks(
        *chain, met_here=met_here
    )
    answered(her, data, may_promise=False)
    sound(her, "")
    while her.session.waiting:
        her.types("1")
        answered(her, data, may_promise=False)
    assert not isinstance(her.then, Action)
