"""The kinds of value a screen asks for or shows, each with its widest size.

They are read in hear.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dialogs.engine.fit import fold, is_gsm, torn, width
from dialogs.engine.texts import Language

ELLIPSIS = "..."


@dataclass(frozen=True, slots=True)
class Words:
    """What a citizen writes in her own words and script; screens show the first `shown` characters
    of it.
    """

    least: int = 2
    most: int = 1600
    shown: int = 40


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number between two bounds, both admitted."""

    least: int = 0
    most: int = 99


@dataclass(frozen=True, slots=True)
class NationalId:
    """The number of an identity document, or its last four digits; never more than those are shown."""


@dataclass(frozen=True, slots=True)
class Digits:
    """Exactly so many digits: a secret code. Never shown again."""

    count: int


@dataclass(frozen=True, slots=True)
class Reference:
    """The ten digits of a request, said 3-3-4."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date, `YYYY-MM-DD` in a session."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: [decimal text, ISO 4217 code] in a session."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number in E.164."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name the registry gives, by language; cut at `width` characters."""

    width: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """One thing chosen from a registry's list: [id, names by language] in a session."""

    width: int


@dataclass(frozen=True, slots=True)
class Choices:
    """A list learnt from the registry: [[id, names by language], ...]; at most `most`, each at most
    `width` wide.
    """

    most: int
    width: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A list like Choices that is said, not chosen from: at most `most` names, `width` wide in all."""

    most: int
    width: int


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions of the registry: at most `most`, each at most `width` wide, with their choices.

    In a session: [{"id", "label", "kind": number | choice | yes_no, "least", "most", "choices"}].
    """

    most: int
    width: int
    choices: Choices


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered to Questions: {id: value} in a session."""


@dataclass(frozen=True, slots=True)
class Label:
    """The label of the menu option that was chosen; `address` is the menu's."""

    address: str


Asked = Words | Number | NationalId | Digits | Reference | Day | Money | Phone
Kind = Asked | Name | Chosen | Choices | Listed | Questions | Answers | Label
"""Asked: kinds that can be typed."""


def bare(value: Any) -> Any:
    """What an action is told of a value: the id of a chosen thing, answers as pairs, anything else
    as it is.
    """
    if isinstance(value, dict):
        return tuple(sorted(value.items()))
    return (
        value[0]
        if isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[1], dict)
        else value
    )


def clip(text: str, most: int) -> str:
    """The text in at most `most` septets or units, a cut marked where there is room; neither a
    character nor a letter with its marks is split.
    """
    if width(text) <= most:
        return text
    mark = ELLIPSIS if most > len(ELLIPSIS) else ""
    kept = text[:most]
    while width(kept.rstrip() + mark) > most or torn(text, len(kept)):
        kept = kept[:-1]
    return kept.rstrip() + mark


def named(names: Mapping[str, str], most: int, language: Language, otherwise: str = "") -> str:
    """A registry's name in this language, else in those it falls back on, else English, else the id:
    always one the language's alphabet can carry.
    """
    tags = (language.tag, *language.fallback, "en")
    for candidate in (*map(names.get, tags), otherwise):
        text = fold(" ".join(candidate.split())) if candidate else ""
        if text and (language.alphabet == "ucs2" or is_gsm(text)):
            return clip(text, most)
    return clip("".join(c if is_gsm(c) else "?" for c in otherwise), most)


def shown(kind: Kind, value: Any, language: Language) -> str:
    """A value as a screen says it, never wider than `widest` of its kind.

    Labels and lists are the renderer's.
    """
    match kind:
        case Words():
            return clip(fold(value) if language.alphabet == "gsm7" else value, kind.shown)
        case Name():
            return named(value, kind.width, language)
        case Chosen():
            return named(value[1], kind.width, language, value[0])
        case Listed():
            comma = "، " if language.direction == "rtl" else ", "
            said = [named(names, kind.width, language, one) for one, names in value[: kind.most]]
            return clip(comma.join(said), kind.width)
        case Digits():
            return ELLIPSIS
        case NationalId():
            return ELLIPSIS + str(value)[-4:]
        case Reference():
            # In a line written from the right, groups parted by spaces would be shown in reverse
            # (UAX 9, rule W4).
            return ("." if language.direction == "rtl" else " ").join(
                (value[:3], value[3:6], value[6:])
            )
        case Day():
            year, month, day = value.split("-")
            return f"{day}/{month}/{year}"
        case Phone():
            return str(value).replace(" ", "." if language.direction == "rtl" else " ")
        case Money():
            amount = f"{int(float(value[0])):,}"
            return f"{value[1]} {amount.replace(',', language.thousands)}"
        case _:
            return str(value)


def widest(kind: Kind, wide: bool) -> str:
    """The widest this kind is ever shown, for the proof; `wide`: typed words and names in a script
    outside GSM.
    """
    letter = "\u0648" if wide else "W"
    match kind:
        case Words():
            return letter * kind.shown
        case Name() | Chosen() | Listed():
            return letter * kind.width
        case Digits():
            return ELLIPSIS
        case Number():
            return "8" * max(len(str(kind.least)), len(str(kind.most)))
        case NationalId():
            return ELLIPSIS + "8888"
        case Reference():
            return "888 888 8888"
        case Day():
            return "28/08/2088"
        case Money():
            return "PKR 88,888,888"
        case Phone():
            return "+" + "8" * 15
        case Choices() | Questions() | Answers() | Label():
            raise ValueError(f"{kind} is shown by the renderer")
