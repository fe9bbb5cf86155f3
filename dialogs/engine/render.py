"""A screen as the handset shows it: question, numbered options, navigation, pages.

The proof uses the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from dialogs.engine.fit import Profile, fold
from dialogs.engine.kinds import Choices, Kind, Label, Number, named, shown
from dialogs.engine.screens import Ask, Inform, Languages, Menu, Option, Pick, Shown
from dialogs.engine.texts import Language, Speech, Text, _, fill

BACK, MORE, HOME = "0", "9", "00"
FURNITURE: Mapping[str, Text] = {
    "nav.back": _("Back"),
    "nav.more": _("More"),
    "nav.home": _("Home"),
    "nav.again": _("Please choose a number."),
}
"""Texts that belong to no dialog."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known on a screen: the kinds of its names, and their values as stored in the
    session.
    """

    kinds: Mapping[str, Kind]
    values: Mapping[str, Any]
    options: Mapping[str, Mapping[str, Option]]
    """Options of the menus whose answers may be named, by address."""

    def say(self, name: str, speech: Speech) -> str:
        """The value of a placeholder in this language."""
        kind, value = self.kinds[name], self.values[name]
        if isinstance(kind, Label):
            address = f"{kind.address}.{value}"
            return speech.template(address, self.options[kind.address][value].text)
        return shown(kind, value, speech.language)

    def number(self, name: str) -> int | None:
        """The number that decides a plural, if this text has one."""
        return int(self.values[name]) if name and isinstance(self.kinds.get(name), Number) else None


def say(speech: Speech, address: str, text: Text, known: Known) -> str:
    """A text in this language with its values, in letters the language's alphabet has."""
    template = speech.template(address, text, known.number(text.by))
    if "{" in template:
        template = fill(template, {name: known.say(name, speech) for name in text.placeholders})
    return fold(template) if speech.language.alphabet == "gsm7" else template


def offers(
    here: str, screen: Shown, known: Known, speech: Speech, languages: Sequence[Language]
) -> list[tuple[str, str]]:
    """The options as (id, label) in the order of their numbers; a hidden one keeps its number with
    an empty id.
    """
    match screen:
        case Menu():
            return [
                (name, say(speech, f"{here}.{name}", option.text, known))
                if not option.when or known.values.get(option.when)
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
            return [(language.tag, language.name) for language in languages]
        case Inform():
            return [("seen", say(speech, f"{here}.seen", screen.seen, known))]
        case _:
            return []


def question(here: str, screen: Shown, known: Known, speech: Speech, again: bool) -> str:
    """The words above the options. After an answer that was not understood they say so."""
    if isinstance(screen, Ask):
        return say(
            speech,
            f"{here}.again" if again else here,
            screen.again if again else screen.text,
            known,
        )
    asked = say(speech, here, screen.text, known)
    return (
        f"{furniture(speech, 'nav.again')}\n{asked}"
        if again and not isinstance(screen, Inform)
        else asked
    )


def furniture(speech: Speech, address: str) -> str:
    """A navigation word in this language."""
    text = speech.template(address, FURNITURE[address])
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
    """The pages of a screen: as many options a page as fit, never torn; the question whole on page
    one.

    `home` prints `00` where there is room for it. A page is too wide only when a single question or
    option is: the proof refuses that before anything runs.
    """
    behind = [f"{BACK} {furniture(speech, 'nav.back')}"] if back else []
    ahead = f"{MORE} {furniture(speech, 'nav.more')}"
    pages: list[str] = []
    top, rest = [asked], list(lines)
    while True:
        page = "\n".join([*top, *rest, *behind])
        if profile.room(page) >= 0 or not rest:
            with_home = f"{page}\n{HOME} {furniture(speech, 'nav.home')}"
            return (
                *pages,
                with_home if home and profile.home and profile.room(with_home) >= 0 else page,
            )
        fitting = 0 if top else 1
        while (
            fitting < len(rest)
            and profile.room("\n".join([*top, *rest[: fitting + 1], *behind, ahead])) >= 0
        ):
            fitting += 1
        pages.append("\n".join([*top, *rest[:fitting], *behind, ahead]))
        top, rest = [], rest[fitting:]
