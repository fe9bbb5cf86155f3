"""References that find every slip of a finger, and ids in the order of time."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.ids import uuid7
from store.references import mint, valid
from tests.stored import NOW

references = st.binary(min_size=4, max_size=4).map(
    lambda drawn: mint(lambda _: drawn if drawn < b"\xee" else b"0000")
)


@given(references, st.integers(0, 9), st.integers(1, 9))
def test_a_wrong_digit_is_found(reference: str, place: int, by: int) -> None:
    """Any single digit typed wrong makes the reference invalid."""
    assert valid(reference)
    wrong = str((int(reference[place]) + by) % 10)
    assert not valid(reference[:place] + wrong + reference[place + 1 :])


@given(references, st.integers(0, 8))
def test_two_neighbours_swapped_are_found(reference: str, place: int) -> None:
    """Typing two digits in the wrong order makes the reference invalid, unless they are the
    same.
    """
    a, b = reference[place], reference[place + 1]
    assert valid(reference[:place] + b + a + reference[place + 2 :]) == (a == b)


@pytest.mark.parametrize(
    "text", ["", "123", "12345678901", "123456789a", "١٢٣٤٥٦٧٨٩٠", "123 456 78", "1234567890"]
)
def test_what_is_not_a_reference_is_refused(text: str) -> None:
    """Ten ASCII digits with a true check digit, nothing else."""
    assert not valid(text)


def test_an_uneven_draw_is_drawn_again() -> None:
    """Every reference is equally likely: the draws that would favour some are thrown away."""
    draws = iter([b"\xff\xff\xff\xff", b"\xee\x6b\x28\x00", b"\x00\x00\x00\x07"])
    assert mint(lambda _: next(draws))[:9] == "000000007"


def test_ids_follow_the_clock_and_differ_within_it() -> None:
    """Version 7: sorted by the millisecond, different in the same one, as RFC 9562 lays them
    out.
    """
    first, twin = uuid7(NOW, secrets.token_bytes), uuid7(NOW, secrets.token_bytes)
    later = uuid7(NOW + timedelta(milliseconds=1), secrets.token_bytes)
    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert first != twin
    assert max(first, twin) < later
    assert first.int >> 80 == int(NOW.timestamp() * 1000)
