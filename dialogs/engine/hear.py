"""What a citizen typed, forgivingly: digits of any script, stray signs around a number, invisible
characters.
"""

from __future__ import annotations

import unicodedata

from dialogs.engine.kinds import Asked, Digits, NationalId, Number, Reference, Words

_INVISIBLE = dict.fromkeys(
    [
        *range(0x200B, 0x200C),
        *range(0x200D, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        0xFEFF,
    ]
)
REFERENCE_DIGITS = 10
_AROUND = " .)(-#*\"'\t\n،۔"
_ETHIOPIC_ONE, _ETHIOPIC_NINE = 0x1369, 0x1371


def digit(character: str) -> str:
    """An ASCII digit for a decimal digit of any script, Ethiopic ones included; anything else
    unchanged.

    `str.isdigit` also accepts superscripts, which `int` refuses: it is not used.
    """
    number = unicodedata.decimal(character, None)
    if number is None and _ETHIOPIC_ONE <= ord(character) <= _ETHIOPIC_NINE:
        number = unicodedata.digit(character)
    return character if number is None else str(number)


def normal(text: str) -> str:
    """One script of digits, no invisible marks, single spaces, none around.

    ZWNJ stays: it is spelling in Urdu.
    """
    text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    if not text.isascii():
        text = "".join(digit(c) for c in text)
    return " ".join("".join(c if c.isprintable() or c == "\u200c" else " " for c in text).split())


def key(text: str) -> str:
    """What was typed where a key is expected: `1.`, ` 1 `, `#1`, `(1)` and `01` are all `1`; `0`
    and `00` stay.
    """
    bare = normal(text).strip(_AROUND)
    return (
        bare.lstrip("0")
        if bare not in {"0", "00"} and bare.isdecimal() and bare.strip("0")
        else bare
    )


def digits(text: str) -> str:
    """An identity number or reference without the spaces, dashes and dots people put in."""
    return "".join(c for c in normal(text) if c not in " -./")


def read(kind: Asked, text: str) -> str | int | None:
    """What was typed as a value of its kind, or None.

    Check digits and numbering plans are the gateway's readers'.
    """
    match kind:
        case Words():
            words = normal(text)
            return words[: kind.most] if len(words) >= kind.least else None
        case Number():
            number = digits(text)
            return (
                int(number)
                if number.isdecimal()
                and len(number) < 10
                and kind.least <= int(number) <= kind.most
                else None
            )
        case NationalId():
            number = digits(text)
            return number if number.isdecimal() and len(number) == kind.digits else None
        case Digits():
            number = digits(text)
            return number if number.isdecimal() and len(number) == kind.count else None
        case Reference():
            return (
                number
                if (number := digits(text)).isdecimal() and len(number) == REFERENCE_DIGITS
                else None
            )
        case _:
            return normal(text) or None
