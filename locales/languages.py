"""The table of languages. Our own: Babel reads `ur_Latn` as `ur`.

One more is one line here and one catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.engine.texts import Language


@dataclass(frozen=True, slots=True)
class Row:
    """A language, its gettext plural rule, and the words that stop, start and explain messages."""

    language: Language
    plurals: str
    """The Plural-Forms header of its catalogue."""
    stop: frozenset[str] = frozenset()
    start: frozenset[str] = frozenset()
    help: frozenset[str] = frozenset()


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split("|"))


LANGUAGES: Mapping[str, Row] = {
    row.language.tag: row
    for row in (
        Row(
            Language("en", "English"),
            "nplurals=2; plural=(n != 1);",
            _words("stop|stopall|unsubscribe|quit|cancel|revoke|optout|remove"),
            _words("start|unstop"),
            _words("help|info"),
        ),
        Row(
            Language("fr", "Français", fold=True),
            "nplurals=2; plural=(n > 1);",
            _words("arret|arreter"),
            _words("debut|debuter|nonarret"),
            _words("aide"),
        ),
        Row(
            Language("ur", "اردو", direction="rtl", alphabet="ucs2"),
            "nplurals=2; plural=(n != 1);",
            _words("بند|بند کریں|روکیں|band karo|band karen"),
            _words("شروع|شروع کریں|shuru"),
            _words("مدد|madad"),
        ),
    )
}
