"""How wide a text is on the wire, and how wide it may be: GSM 7-bit septets or UTF-16 units (3GPP
TS 23.038).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet without ESC."""
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Characters that cost two septets."""
_EITHER = GSM | GSM_EXTENSION

_FOLDS = {
    **dict.fromkeys("‘’ʼ‛′`´", "'"), **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‐‑‒–—−", "-"),
    "…": "...", "œ": "oe", "Œ": "OE", "×": "x", "\t": " ", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
    "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "'y",
}  # fmt: skip
ZWJ = "\u200d"
JOINED = frozenset({ZWJ, *map(chr, range(0x1F3FB, 0x1F400))})
"""What belongs to the character before it and is no mark: the joiner, and tones of skin."""
FLAG = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
"""Letters of which two make a flag."""
_NOTHING = dict.fromkeys((0x200B, 0x200E, 0x200F, 0xFEFF))
"""Marks that nobody sees."""


def is_gsm(text: str) -> bool:
    """Whether the text can leave in the GSM default alphabet."""
    return _EITHER.issuperset(text)


def septets(text: str) -> int:
    """Width in septets; extension characters are two. Only for texts that are GSM."""
    return len(text) + sum(map(text.count, GSM_EXTENSION))


def units(text: str) -> int:
    """Width in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def width(text: str) -> int:
    """Septets where the text is GSM, UTF-16 units where it is not."""
    return septets(text) if is_gsm(text) else units(text)


def fold(text: str) -> str:
    """The text in GSM letters where that keeps it readable; GSM letters such as é stay; other
    scripts are left alone.

    A mark that has no letter of its own with the one it stands on (x̂) goes. Folding twice changes
    nothing more.
    """
    if is_gsm(text):
        return text
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", text.translate(_NOTHING)):
        if not (unicodedata.combining(character) and kept and is_gsm(kept[-1])):
            kept.append(_fold_one(character))
    return "".join(kept)


def _fold_one(character: str) -> str:
    if character in GSM or character in GSM_EXTENSION:
        return character
    if character in _FOLDS:
        return _FOLDS[character]
    bare = "".join(
        c for c in unicodedata.normalize("NFD", character) if not unicodedata.combining(c)
    )
    return bare if bare and all(c in GSM for c in bare) else character


@dataclass(frozen=True, slots=True)
class Profile:
    """What one carrier shows on one screen, and lets people type.

    `prefix`: what `CON ` takes of it, counted off.
    """

    name: str
    septets: int
    units: int
    prefix: int = 0
    typed: int = 80
    home: bool = True
    """Whether `00` may be printed (some carriers keep it for themselves)."""
    ucs2: bool = True
    """Whether scripts outside the GSM alphabet arrive at all."""
    parted: bool = False
    """Whether it leaves in SMS parts: a gap at the end of a part counts."""

    def room(self, text: str) -> int:
        """Units left after this text: negative when it does not fit."""
        wide = _carried(text)[1] if self.parted else width(text)
        return (self.septets if is_gsm(text) else self.units) - self.prefix - wide


SAFE = Profile("safe", septets=160, units=80, prefix=4)
"""For unknown carriers: 160 octets a screen, the prefix counted, the lowest common practice in
Africa and Asia.
"""
SMS = Profile("sms", septets=306, units=134, typed=1600, parted=True)
"""A conversation by SMS: two parts."""
PROFILES = {profile.name: profile for profile in (SAFE, SMS)}


def parts(text: str) -> int:
    """SMS parts the text leaves in: 160 then 153 septets, or 70 then 67 units; no escape or
    surrogate is split.
    """
    return _carried(text)[0]


def _carried(text: str) -> tuple[int, int]:
    """SMS parts, and the width with the gaps that an escape or a surrogate pair leaves at the end of
    a part it does not fit into.
    """
    widths = (
        [2 if c in GSM_EXTENSION else 1 for c in text]
        if is_gsm(text)
        else [1 + (ord(c) > 0xFFFF) for c in text]
    )
    whole, part = (160, 153) if is_gsm(text) else (70, 67)
    if sum(widths) <= whole:
        return 1, sum(widths)
    count, used = 1, 0
    for cost in widths:
        if used + cost > part:
            count, used = count + 1, 0
        used += cost
    return count, (count - 1) * part + used


def torn(text: str, at: int) -> bool:
    """Whether a cut before the character at `at` parts a letter from its marks, or a sign that is
    made of several (UAX 29, without conjuncts and hangul).
    """
    if not 0 < at < len(text) or text[at].isascii():
        return False
    after, before = text[at], text[at - 1]
    if after in JOINED or before == ZWJ or unicodedata.category(after).startswith("M"):
        return True
    flags = 0
    while flags < at and text[at - 1 - flags] in FLAG:
        flags += 1
    return after in FLAG and flags % 2 == 1
