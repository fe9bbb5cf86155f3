"""The number a citizen is given: nine random digits and a check digit, said 3-3-4.

Nothing about storing it.
"""

from __future__ import annotations

from stdnum import damm

from store.ids import Random

DRAWN = 10**9
EVEN = 4 * DRAWN
"""Draws of four bytes at or above this are thrown away, so that every number is equally likely."""


def mint(random: Random) -> str:
    """A new reference: ten digits, the last by Damm, which finds every wrong digit and every
    swapped pair.
    """
    drawn = int.from_bytes(random(4), "big")
    while drawn >= EVEN:
        drawn = int.from_bytes(random(4), "big")
    digits = f"{drawn % DRAWN:09d}"
    return digits + damm.calc_check_digit(digits)


def valid(text: str) -> bool:
    """Whether this is ten ASCII digits with a true check digit; says nothing on whether it was ever
    given.
    """
    return len(text) == 10 and text.isascii() and text.isdigit() and damm.is_valid(text)
