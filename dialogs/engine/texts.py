"""Texts as written in a dialog, and how a language says them.

Reading catalogues from files is in locales/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

PLACEHOLDER = re.compile(r"\{([a-z][a-z_]*)\}")


@dataclass(frozen=True, slots=True)
class Text:
    """English as the author wrote it; `other` and `by` only where a number decides the form."""

    one: str
    other: str = ""
    by: str = ""

    @property
    def forms(self) -> tuple[str, ...]:
        """The English forms, singular first."""
        return (self.one, self.other) if self.other else (self.one,)

    @property
    def placeholders(self) -> frozenset[str]:
        """Names every form may use."""
        return frozenset(name for form in self.forms for name in PLACEHOLDER.findall(form))


def _(english: str) -> Text:
    """A text; `{name}` is filled with the answer or fact of that name."""
    return Text(english)


def _n(one: str, other: str, *, by: str) -> Text:
    """A text whose form depends on the number named `by`."""
    return Text(one, other, by)


def malformed(template: str) -> bool:
    """Whether braces stand in it that are not a plain `{name}`: attributes, format specs,
    strays.
    """
    rest = PLACEHOLDER.sub("", template)
    return "{" in rest or "}" in rest


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its placeholders replaced in one pass: a value that looks like one stays as
    typed.
    """
    return (
        PLACEHOLDER.sub(lambda match: values[match[1]], template) if "{" in template else template
    )


@dataclass(frozen=True, slots=True)
class Language:
    """A language of our own table.

    `tag` is a gettext locale, as its folder is called; `gsm7` texts fit the GSM alphabet, after
    folding if `fold`.
    """

    tag: str
    name: str
    """What its speakers call it: the label on the language screen."""
    direction: Literal["ltr", "rtl"] = "ltr"
    alphabet: Literal["gsm7", "ucs2"] = "gsm7"
    fold: bool = False
    latin: str = ""
    """Tag of its variant in Latin letters, for carriers and handsets that cannot show it."""
    fallback: tuple[str, ...] = ()
    """Tags asked in turn, before English, for what is not said in it yet."""
    never: tuple[str, ...] = ()
    """Words that are never said to a citizen."""
    thousands: str = ","
    """What parts the thousands of an amount; digits are ASCII and a date is day/month/year in all."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a catalogue: the English it translates, its forms, and whether a translator
    still has to look.
    """

    english: tuple[str, ...]
    forms: tuple[str, ...]
    fuzzy: bool = False


def english_plural(number: int) -> int:
    """Index of the form for a number, in English."""
    return 0 if number == 1 else 1


@dataclass(frozen=True, slots=True)
class Speech:
    """A language with its catalogue: what `address` says.

    A doubtful entry is never said: the English of the dialog is. Whoever says more than one text on
    a screen asks `voice` first, so that the languages are not mixed there.
    """

    language: Language
    entries: Mapping[str, Entry] = field(default_factory=dict)
    plural: Callable[[int], int] = english_plural
    beyond: tuple[Speech, ...] = ()
    """Who speaks for it, in turn, before English."""

    @property
    def speaks(self) -> bool:
        """Whether it says anything at all: only such a language is offered."""
        return self.language.tag == SOURCE or bool(self.entries)

    def voice(self, needed: Mapping[str, Text]) -> Speech:
        """Who says these texts, by address, which stand on one screen: this language where it has
        them all, else the next that has, else English.
        """
        for speech in (self, *self.beyond):
            if speech.language.tag == SOURCE or all(
                speech.said(address, text) for address, text in needed.items()
            ):
                return speech
        return ENGLISH

    def template(self, address: str, text: Text, number: int | None = None) -> str:
        """The form to fill for this place and number."""
        own = self.said(address, text)
        forms = own or text.forms
        if number is None:
            return forms[0]
        plural = self.plural if own else english_plural
        return forms[min(plural(number), len(forms) - 1)]

    def forms(self, address: str, text: Text) -> tuple[str, ...]:
        """Every form that could be said here: what the proof measures."""
        return self.said(address, text) or text.forms

    def said(self, address: str, text: Text) -> tuple[str, ...]:
        """The forms of its own catalogue; empty when there are none that may be said."""
        entry = self.entries.get(address)
        sound = entry and not entry.fuzzy and entry.english == text.forms and all(entry.forms)
        return entry.forms if entry and sound else ()


SOURCE = "en"
"""The tag of the language the dialogs are written in: it needs no catalogue."""
ENGLISH = Speech(Language(SOURCE, "English"))
