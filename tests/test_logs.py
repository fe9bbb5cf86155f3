"""What is logged: events and digests, never a number somebody could be called or found by."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from commands.processes import ROOT
from logs import frames, masked


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


def test_an_exception_is_logged_by_class_and_place_and_without_its_words() -> None:
    """What it says may be about a person; so may what it came from, whichever way."""

    def failing(words: str) -> None:
        raise ValueError(words)

    try:
        try:
            failing("They shouted at me")
        except ValueError as error:
            raise KeyError("They sent me away") from error
    except KeyError as error:
        written = frames((KeyError, error, error.__traceback__))
    head, *places = written.splitlines()
    assert head == "KeyError"
    assert "from ValueError" in places
    assert places[-1].startswith(f"  {__file__}:")
    assert places[-1].endswith(" failing")
    assert not {word for word in ("shouted", "away") if word in written}


def test_an_exception_that_comes_from_itself_is_logged_once() -> None:
    """A chain that is a ring has an end."""
    error, other = KeyError(), ValueError()
    error.__cause__, other.__context__ = other, error
    assert frames((KeyError, error, None)) == "KeyError\nfrom ValueError"


LOGGING = """
import logs, structlog
logs.configure("info")
for _ in range(2):
    structlog.get_logger().warning("turn", trace="t")
print("goes on")
"""


def test_a_line_that_no_disk_takes_stops_nothing() -> None:
    """What is logged of a trouble must not become one: a call is answered all the same."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", LOGGING], cwd=ROOT, stdout=subprocess.PIPE, stderr=full
        )
    assert done.stdout == b"goes on\n"
