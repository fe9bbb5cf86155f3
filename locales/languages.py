"""The table of languages. Our own: Babel reads `ur_Latn` as `ur`.

One more is one line here and one catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from dialogs.engine.texts import Language

Keyword = Literal[
    "stop", "start", "help", "check", "apply", "complain", "status", "language", "menu"
]
"""What a word by SMS can ask for."""


@dataclass(frozen=True, slots=True)
class Row:
    """A language, its gettext plural rule, and the words its speakers send."""

    language: Language
    plurals: str
    """The Plural-Forms header of its catalogue."""
    keywords: Mapping[Keyword, frozenset[str]]


def _words(**words: str) -> Mapping[Keyword, frozenset[str]]:
    return {cast("Keyword", meaning): frozenset(said.split("|")) for meaning, said in words.items()}


LANGUAGES: Mapping[str, Row] = {
    row.language.tag: row
    for row in (
        Row(
            Language("en", "English"),
            "nplurals=2; plural=(n != 1);",
            _words(
                stop="stop|stopall|unsubscribe|quit|cancel|revoke|optout|remove",
                start="start|unstop",
                help="help|info",
                check="check|eligible",
                apply="apply|benefit",
                complain="complain|complaint",
                status="status|track",
                language="lang|language",
                menu="menu|home",
            ),
        ),
        Row(
            Language("fr", "Français", fold=True),
            "nplurals=2; plural=(n > 1);",
            _words(
                stop="arret|arreter",
                start="debut|debuter|nonarret",
                help="aide",
                check="verifier|droits",
                apply="demander|demande",
                complain="plainte|plaindre",
                status="suivi|suivre",
                language="langue",
                menu="accueil",
            ),
        ),
        Row(
            Language("ur", "اردو", direction="rtl", alphabet="ucs2"),
            "nplurals=2; plural=(n != 1);",
            _words(
                stop="بند|بند کریں|روکیں|band karo|band karen",
                start="شروع|شروع کریں|shuru",
                help="مدد|madad",
                check="اہلیت|jaanch",
                apply="درخواست|darkhwast",
                complain="شکایت|shikayat",
                status="حال|haal",
                language="زبان|zaban",
                menu="مینو",
            ),
        ),
    )
}
