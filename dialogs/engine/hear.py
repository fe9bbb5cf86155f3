"""What a citizen typed, forgivingly: digits of any script, stray signs around a number, invisible
characters.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from dialogs.engine.fit import torn
from dialogs.engine.kinds import Asked, Day, Digits, NationalId, Number, Reference, Words

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
LEAST_DIGITS = 4
"""More of them are no key, whatever they begin with: the end of an ID."""
ID_CHARACTERS = LEAST_DIGITS, 20
"""Letters and digits of an identity number, at least one of them a digit: a word is none."""
CENTURY = 2000
"""A year of two digits is of this one: people report what happened lately."""
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
    short = len(bare) < LEAST_DIGITS and bare.isdecimal() and bool(bare.strip("0"))
    return bare.lstrip("0") if short else bare


def digits(text: str) -> str:
    """An identity number or reference without the spaces, dashes and dots people put in."""
    return "".join(c for c in normal(text) if c not in " -./")


def _cut(words: str, most: int) -> str:
    """The longest beginning that parts no letter from its marks."""
    end = most
    while torn(words, end):
        end -= 1
    return words[: end or most]


def read(kind: Asked, text: str) -> str | int | None:
    """What was typed as a value of its kind, or None.

    Check digits and numbering plans are the gateway's readers'.
    """
    match kind:
        case Words():
            words = normal(text)
            return _cut(words, kind.most) if len(words) >= kind.least else None
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
            number = digits(text).upper()
            least, most = ID_CHARACTERS
            told = number.isascii() and number.isalnum() and any(c.isdecimal() for c in number)
            return number if told and least <= len(number) <= most else None
        case Digits():
            number = digits(text)
            return number if number.isdecimal() and len(number) == kind.count else None
        case Reference():
            return (
                number
                if (number := digits(text)).isdecimal() and len(number) == REFERENCE_DIGITS
                else None
            )
        case Day():
            return _day(normal(text))
        case _:
            return normal(text) or None


def _day(text: str) -> str | None:
    """`5 3 2026`, `05/03/26` and `2026-03-05` are the same day; a day that is none is None."""
    numbers = [int(one) for one in re.findall(r"[0-9]{1,4}", text)]
    if len(numbers) != 3 or not re.fullmatch(r"[0-9]{1,4}([ ./-]+[0-9]{1,4}){2}", text):
        return None
    day, month, year = numbers if numbers[0] <= 31 else reversed(numbers)
    try:
        return date(year if year > 99 else CENTURY + year, month, day).isoformat()
    except ValueError:
        return None
