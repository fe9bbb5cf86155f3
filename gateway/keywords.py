"""Words that ask for something by SMS, in every language, whatever the language of the person."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.engine.hear import key, normal
from gateway.slips import distance
from locales.languages import LANGUAGES, Keyword

LONGEST = 3
"""Words of a message that may begin with a keyword; a longer one is a sentence."""
ONE_SLIP, TWO_SLIPS = 4, 7
"""Letters from which a keyword is known with one slip, and with two."""
AROUND = " .!?،۔؟\"'*#"

_SAME = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ە": "ہ", "ة": "ہ", "ـ": None, "\u200c": None}
)
"""Letters written alike on different keyboards; the kashida and the ZWNJ, which only shape a word."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A keyword and what stands behind it: `STATUS 1234567890`."""

    word: Keyword
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a slip may have meant: the keyword as it is written, and the message put right."""

    spelling: str
    message: str


def plain(text: str) -> str:
    """A message as keywords are compared: one case, no accents, one letter of those written alike,
    no signs around.
    """
    bare = unicodedata.normalize("NFD", normal(text).casefold())
    return "".join(c for c in bare if not unicodedata.combining(c)).translate(_SAME).strip(AROUND)


def _table(*, answers: bool) -> Mapping[str, tuple[Keyword, str]]:
    return {
        plain(spelling): (meaning, spelling)
        for row in LANGUAGES.values()
        for meaning, spellings in row.keywords.items()
        for spelling in spellings
        if (meaning in {"yes", "no"}) == answers
    }


_KEYWORDS = _table(answers=False)
_ANSWERS = _table(answers=True)
_ALONE: frozenset[Keyword] = frozenset({"stop", "start", "help", "menu", "language"})
"""Words that mean something only when nothing stands behind them: "stop paying me" is no STOP."""


def answered(text: str) -> Keyword | None:
    """Yes or no, where a message is one: in a word of any language, or as 1 and 2."""
    by_number: Mapping[str, Keyword] = {"1": "yes", "2": "no"}
    found = _ANSWERS.get(plain(text))
    return found[0] if found else by_number.get(key(text))


def asked(text: str) -> Asked | None:
    """The keyword a message is, or begins with when it is short; None for anything else."""
    whole = plain(text)
    if (found := _KEYWORDS.get(whole)) is not None:
        return Asked(found[0])
    first, _, rest = whole.partition(" ")
    found = _KEYWORDS.get(plain(first))
    if found is None or found[0] in _ALONE or len(whole.split()) > LONGEST:
        return None
    return Asked(found[0], rest)


def nearly(text: str) -> Meant | None:
    """The one keyword a message is, or begins with, but for a slip or two; None for a keyword itself,
    and where it might be another one.

    Behind a slip only a number may stand: "apple 3" may be APPLY, "apple tree fell" is a story.
    """
    if asked(text) is not None or answered(text) is not None:
        return None
    whole = plain(text)
    if len(whole.split()) <= LONGEST and (near := _nearest(whole)) is not None:
        return Meant(near[1].upper(), near[1])
    first, _, rest = whole.partition(" ")
    near = _nearest(first) if rest[:1].isdecimal() and len(whole.split()) <= LONGEST else None
    if near is None or near[0] in _ALONE:
        return None
    return Meant(near[1].upper(), f"{near[1]} {rest}")


def _nearest(word: str) -> tuple[Keyword, str] | None:
    """The keyword nearest to a word; None where two that ask for different things are as near."""
    slips = {
        spelling: distance(word, spelling)
        for spelling in sorted(_KEYWORDS)
        if abs(len(word) - len(spelling)) <= _forgiven(spelling)
    }
    close = {spelling: far for spelling, far in slips.items() if far <= _forgiven(spelling)}
    nearest = [spelling for spelling, far in close.items() if far == min(close.values())]
    meanings = {_KEYWORDS[spelling][0] for spelling in nearest}
    return _KEYWORDS[nearest[0]] if len(meanings) == 1 else None


def _forgiven(spelling: str) -> int:
    """Slips after which this keyword is still known."""
    return (len(spelling) >= ONE_SLIP) + (len(spelling) >= TWO_SLIPS)
