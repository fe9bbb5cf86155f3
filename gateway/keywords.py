"""Words that stop, start and explain messages, in every language, whatever the language of the
person.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Literal

from dialogs.engine.hear import normal
from locales.languages import LANGUAGES

Keyword = Literal["stop", "start", "help"]


def plain(text: str) -> str:
    """A message as keywords are compared: one case, no accents, no signs around."""
    bare = unicodedata.normalize("NFD", normal(text).casefold())
    return "".join(c for c in bare if not unicodedata.combining(c)).strip(" .!?،۔\"'*#")


def _table() -> Mapping[str, Keyword]:
    table: dict[str, Keyword] = {}
    for row in LANGUAGES.values():
        words: Mapping[Keyword, frozenset[str]] = {
            "stop": row.stop,
            "start": row.start,
            "help": row.help,
        }
        for meaning, spellings in words.items():
            table |= dict.fromkeys(map(plain, spellings), meaning)
    return table


_KEYWORDS = _table()


def keyword(text: str) -> Keyword | None:
    """The keyword a whole message is, if it is one."""
    return _KEYWORDS.get(plain(text))
