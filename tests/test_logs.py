"""What is logged: events and digests, never a number somebody could be called or found by."""

from __future__ import annotations

import pytest

from logs import masked


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("+923000000001", "...01"),
        ("called 0300 0000001 twice", "called ...01 twice"),
        ("17301-0000001-1", "...11"),
        ("1730100000011", "...11"),
        ("status 404 after 2500 ms", "status 404 after 2500 ms"),
        ("ValueError: bad id 1730100000011 in row", "ValueError: bad id ...11 in row"),
    ],
)
def test_long_numbers_are_masked_wherever_they_stand(said: str, logged: str) -> None:
    """Phones, IDs and references, in values and in tracebacks."""
    assert masked(None, "info", {"error": said})["error"] == logged
