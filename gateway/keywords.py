"""Words that ask for something by SMS, in every language, whatever the language of the person."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.engine.hear import normal
from locales.languages import LANGUAGES, Keyword

LONGEST = 3
"""Words of a message that may begin with a keyword; a longer one is a sentence."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A keyword and what stands behind it: `STATUS 1234567890`."""

    word: Keyword
    rest: str = ""


def plain(text: str) -> str:
    """A message as keywords are compared: one case, no accents, no signs around."""
    bare = unicodedata.normalize("NFD", normal(text).casefold())
    return "".join(c for c in bare if not unicodedata.combining(c)).strip(" .!?،۔\"'*#")


def _table() -> Mapping[str, Keyword]:
    table: dict[str, Keyword] = {}
    for row in LANGUAGES.values():
        for meaning, spellings in row.keywords.items():
            table |= dict.fromkeys(map(plain, spellings), meaning)
    return table


_KEYWORDS = _table()
_ALONE: frozenset[Keyword] = frozenset({"stop", "start", "help", "menu", "language"})
"""Words that mean something only when nothing stands behind them: "stop paying me" is no STOP."""


def asked(text: str) -> Asked | None:
    """The keyword a message is, or begins with when it is short; None for anything else."""
    whole = plain(text)
    if (word := _KEYWORDS.get(whole)) is not None:
        return Asked(word)
    first, _, rest = whole.partition(" ")
    word = _KEYWORDS.get(plain(first))
    if word is None or word in _ALONE or len(whole.split()) > LONGEST:
        return None
    return Asked(word, rest)
