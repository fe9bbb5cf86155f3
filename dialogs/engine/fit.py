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

_FOLDS = {
    **dict.fromkeys("‘’ʼ‛′`´", "'"), **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‐‑‒–—−", "-"),
    "…": "...", "œ": "oe", "Œ": "OE", "×": "x", "\t": " ", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
    "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "'y",
}  # fmt: skip
_NOTHING = dict.fromkeys((0x200B, 0x200E, 0x200F, 0xFEFF))
"""Marks that nobody sees."""


def is_gsm(text: str) -> bool:
    """Whether the text can leave in the GSM default alphabet."""
    plain = text.isascii() and "`" not in text and text.isprintable()
    return plain or all(c in GSM or c in GSM_EXTENSION for c in text)


def septets(text: str) -> int:
    """Width in septets; extension characters are two. Only for texts that are GSM."""
    return len(text) + sum(c in GSM_EXTENSION for c in text)


def units(text: str) -> int:
    """Width in UTF-16 code units."""
    return len(text) + sum(ord(c) > 0xFFFF for c in text)


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

    def room(self, text: str) -> int:
        """Units left after this text: negative when it does not fit."""
        return (self.septets if is_gsm(text) else self.units) - self.prefix - width(text)


SAFE = Profile("safe", septets=160, units=80, prefix=4)
"""For unknown carriers: 160 octets a screen, the prefix counted, the lowest common practice in
Africa and Asia.
"""
SMS = Profile("sms", septets=306, units=134, typed=1600)
"""A conversation by SMS: two parts."""
PROFILES = {profile.name: profile for profile in (SAFE, SMS)}


def parts(text: str) -> int:
    """SMS parts the text leaves in: 160 then 153 septets, or 70 then 67 units; no escape or
    surrogate is split.
    """
    widths = (
        [2 if c in GSM_EXTENSION else 1 for c in text]
        if is_gsm(text)
        else [1 + (ord(c) > 0xFFFF) for c in text]
    )
    whole, part = (160, 153) if is_gsm(text) else (70, 67)
    if sum(widths) <= whole:
        return 1
    count, used = 1, 0
    for cost in widths:
        if used + cost > part:
            count, used = count + 1, 0
        used += cost
    return count
