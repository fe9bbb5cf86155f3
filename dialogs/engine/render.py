"""A screen as the handset shows it: question, numbered options, navigation, pages.

The proof uses the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from dialogs.engine.fit import Profile, fold, is_gsm, torn
from dialogs.engine.kinds import (
    ELLIPSIS,
    Choices,
    Kind,
    Label,
    Number,
    Questions,
    Words,
    named,
    shown,
)
from dialogs.engine.screens import (
    Ask,
    Form,
    Inform,
    Languages,
    Menu,
    Option,
    Pick,
    Resume,
    Shown,
    holds,
    notes,
)
from dialogs.engine.texts import Speech, Text, _, fill

BACK, MORE, HOME = "0", "9", "00"
FURNITURE: Mapping[str, Text] = {
    "nav.back": _("Back"),
    "nav.more": _("More"),
    "nav.home": _("Home"),
    "nav.again": _("Please choose a number."),
    "nav.yes": _("Yes"),
    "nav.no": _("No"),
    "nav.resume": _("Not finished: {letter}1 go on, {letter}2 end it."),
}
"""Texts that belong to no dialog."""

GLUE = "\x1f"
"""Stands for a space inside a value while a text is laid out: no page breaks there."""
SENTENCE = re.compile(r"(?<=[.!?۔؟]) ")
"""Where a long text breaks first."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known on a screen: the kinds of its names, and their values as stored in the
    session.
    """

    kinds: Mapping[str, Kind]
    values: Mapping[str, Any]
    options: Mapping[str, Mapping[str, Option]]
    """Options of the menus whose answers may be named, by address."""
    hidden: frozenset[str] = frozenset()
    """Names whose values are not shown: answered before a draft was left, or in letters that her carrier
    does not show.
    """

    def say(self, name: str, speech: Speech) -> str:
        """The value of a placeholder in this language."""
        kind, value = self.kinds[name], self.values[name]
        if name in self.hidden:
            return ELLIPSIS
        if isinstance(kind, Label):
            address = f"{kind.address}.{value}"
            return speech.template(address, self.options[kind.address][value].text)
        return shown(kind, value, speech.language)

    def number(self, name: str) -> int | None:
        """The number that decides a plural, if this text has one."""
        return int(self.values[name]) if name and isinstance(self.kinds.get(name), Number) else None


def legible(known: Known, profile: Profile) -> Known:
    """The same, without her words where her carrier does not show their letters."""
    if profile.ucs2:
        return known
    strange = {
        name
        for name, kind in known.kinds.items()
        if isinstance(kind, Words)
        and isinstance(words := known.values.get(name), str)
        and not is_gsm(fold(words))
    }
    return replace(known, hidden=known.hidden | strange)


def say(speech: Speech, address: str, text: Text, known: Known) -> str:
    """A text in this language with its values, in letters the language's alphabet has."""
    return _worded(speech, address, text, known).replace(GLUE, " ")


def _worded(speech: Speech, address: str, text: Text, known: Known) -> str:
    """The same with its values in one piece each."""
    template = speech.template(address, text, known.number(text.by))
    if "{" in template:
        values = {name: known.say(name, speech) for name in text.placeholders}
        template = fill(template, {name: one.replace(" ", GLUE) for name, one in values.items()})
    return fold(template) if speech.language.alphabet == "gsm7" else template


def offers(
    here: str,
    screen: Shown,
    known: Known,
    speech: Speech,
    languages: Sequence[Speech],
    profile: Profile,
) -> list[tuple[str, str]]:
    """The options as (id, label) in the order of their numbers; a hidden one keeps its number with
    an empty id.
    """
    match screen:
        case Menu():
            return [
                (name, say(speech, f"{here}.{name}", option.text, known))
                if holds(option.when, known.values)
                else ("", "")
                for name, option in screen.options.items()
            ]
        case Pick():
            width = cast("Choices", known.kinds[screen.of]).width  # a Book proves that it is a list
            return [
                (one, named(names, width, speech.language, one))
                for one, names in known.values[screen.of]
            ]
        case Languages():
            return [
                (one.language.tag, name)
                if one.speaks and (name := readable(one.language.name, profile))
                else ("", "")
                for one in languages
            ]
        case Inform():
            return [("seen", say(speech, f"{here}.seen", screen.seen, known))]
        case Resume():
            return [
                ("on", say(speech, f"{here}.on", screen.on, known)),
                ("over", say(speech, f"{here}.over", screen.over, known)),
            ]
        case Form():
            return _choices(here, screen, known, speech)
        case _:
            return []


def readable(name: str, profile: Profile) -> str:
    """What a language calls itself, on a carrier that shows it; else empty."""
    folded = name if profile.ucs2 else fold(name)
    return folded if profile.ucs2 or is_gsm(folded) else ""


def _choices(here: str, form: Form, known: Known, speech: Speech) -> list[tuple[str, str]]:
    """The answers to choose from, where the present question has some."""
    one = asked_now(here, form, known)
    if one is None or one["kind"] == "number":
        return []
    if one["kind"] == "yes_no":
        return [(word, furniture(speech, f"nav.{word}")) for word in ("yes", "no")]
    kind = cast("Questions", known.kinds[form.of]).choices
    listed = one["choices"][: kind.most]
    return [(each, named(names, kind.width, speech.language, each)) for each, names in listed]


def asked_now(here: str, form: Form, known: Known) -> Mapping[str, Any] | None:
    """The first question of a Form that has no answer yet; None when all have."""
    given = known.values.get(here.split(".")[1]) or {}
    return next((one for one in known.values[form.of] if one["id"] not in given), None)


def question(here: str, screen: Shown, known: Known, speech: Speech, again: bool) -> str:
    """The words above the options, the spaces of their values as GLUE.

    After an answer that was not understood they say so.
    """
    if isinstance(screen, Ask):
        return _worded(
            speech,
            f"{here}.again" if again else here,
            screen.again if again else screen.text,
            known,
        )
    if isinstance(screen, Form):
        one = asked_now(here, screen, known)
        width = cast("Questions", known.kinds[screen.of]).width
        asked = named(one["label"], width, speech.language, one["id"]) if one else ""
        retry = _worded(speech, f"{here}.again", screen.again, known)
        return f"{retry}\n{asked}" if again else asked
    asked = _worded(speech, here, screen.text, known)
    for address, note in notes(here, screen).items():
        if note.when.partition("=")[0] not in known.hidden and holds(note.when, known.values):
            asked = f"{asked} {_worded(speech, address, note.text, known)}"
    return (
        f"{furniture(speech, 'nav.again')}\n{asked}"
        if again and not isinstance(screen, Inform)
        else asked
    )


def furniture(speech: Speech, address: str, **values: str) -> str:
    """A navigation word in this language."""
    text = fill(speech.template(address, FURNITURE[address]), values)
    return fold(text) if speech.language.alphabet == "gsm7" else text


def numbered(labels: Sequence[str]) -> list[str]:
    """`1 Label`, in order; hidden ones leave their number out."""
    return [f"{number} {label}" for number, label in enumerate(labels, 1) if label]


def layout(
    asked: str,
    lines: Sequence[str],
    back: bool,
    speech: Speech,
    profile: Profile,
    home: bool = False,
) -> tuple[str, ...]:
    """The pages of a screen: as many options a page as fit, never torn, behind the question.

    A question too long for page one breaks after a sentence, else between words, never inside a
    value. `home` prints `00` where there is room for it. A page is too wide only when a single word
    or option is: the proof refuses that before anything runs.
    """
    behind = [f"{BACK} {furniture(speech, 'nav.back')}"] if back else []
    ahead = f"{MORE} {furniture(speech, 'nav.more')}"
    pages: list[str] = []
    words, rest = asked, list(lines)
    while True:
        top = [words.replace(GLUE, " ")] if words else []
        page = "\n".join([*top, *rest, *behind])
        if profile.room(page) >= 0:
            with_home = f"{page}\n{HOME} {furniture(speech, 'nav.home')}"
            roomy = home and profile.home and profile.room(with_home) >= 0
            return (*pages, with_home if roomy else page)
        room = _Room(profile, [*behind, ahead])
        if top and not room.holds(top):
            head, words = _broken(words, room)
            if not words and not rest:
                return (*pages, page)  # a single word too wide
            pages.append("\n".join([head.replace(GLUE, " "), *behind, ahead]))
            continue
        if not top and len(rest) == 1:
            return (*pages, page)  # a single option too wide
        fitting = 0 if top else 1
        while fitting < len(rest) and room.holds([*top, *rest[: fitting + 1]]):
            fitting += 1
        pages.append("\n".join([*top, *rest[:fitting], *behind, ahead]))
        words, rest = "", rest[fitting:]


@dataclass(frozen=True, slots=True)
class _Room:
    """What fits on a page that another follows: lines above the navigation."""

    profile: Profile
    under: Sequence[str]

    def holds(self, lines: Sequence[str]) -> bool:
        """Whether these fit."""
        return self.profile.room("\n".join([*lines, *self.under])) >= 0


def _broken(words: str, room: _Room) -> tuple[str, str]:
    """The longest beginning that fits, up to the end of a sentence or else of a word; and the rest.

    At least one word.
    """
    for breaks in (SENTENCE.finditer(words), re.finditer("[ \n]", words)):
        ends = [found.start() for found in breaks if not torn(words, found.end())]
        fitting = [end for end in ends if room.holds([words[:end].replace(GLUE, " ")])]
        if fitting:
            return words[: fitting[-1]], words[fitting[-1] + 1 :]
    spaces = (found for found in re.finditer("[ \n]", words) if not torn(words, found.end()))
    end = min((found.start() for found in spaces), default=len(words))
    return words[:end], words[end + 1 :]
