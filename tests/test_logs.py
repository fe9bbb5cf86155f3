"""What is logged: events and digests, never a number somebody could be called or found by."""

from __future__ import annotations

import json
import signal
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


def test_a_day_is_logged_whole() -> None:
    """It is looked up by it, and it is nobody's number."""
    assert masked(None, "info", {"day": "2026-11-23"})["day"] == "2026-11-23"


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


UNCAUGHT = {
    "process.failed": "fail()",
    "thread.failed": "thread = Thread(target=fail, name='call_3'); thread.start(); thread.join()",
    "cleanup.failed": "Doomed()",
}


@pytest.mark.parametrize("event", UNCAUGHT)
def test_what_nobody_caught_is_logged_as_all_else_and_without_its_words(event: str) -> None:
    """Of the main thread, of another one, and where nothing can be raised; Python's own words of it
    do not come.
    """
    lines = [
        "import logs",
        "from threading import Thread",
        "def fail(*_):",
        "    try: {}['They shouted at me']",
        "    except KeyError as error: raise ValueError('called 03000000001') from error",
        "Doomed = type('Doomed', (), {'__del__': fail})",
        "logs.configure('info')",
        UNCAUGHT[event],
    ]
    told = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, text=True
    )
    (line,) = told.stderr.splitlines()
    logged = json.loads(line)
    assert (logged["event"], logged["level"]) == (event, "error")
    assert logged["error"] == "ValueError"
    assert logged["exception"].startswith("ValueError\n")
    assert "<string>:5 fail" in logged["exception"]
    assert "from KeyError" in logged["exception"]
    assert not {word for word in ("shouted", "called", "0000001") if word in line}
    assert logged.get("thread") == ("call_3" if event == "thread.failed" else None)
    assert told.returncode == (1 if event == "process.failed" else 0)


@pytest.mark.parametrize(
    ("ended", "status"),
    [
        ("raise KeyboardInterrupt", -signal.SIGINT),
        ("Thread(target=sys.exit).start()", 0),
    ],
)
def test_who_was_told_to_leave_has_not_failed(ended: str, status: int) -> None:
    """Ctrl-C, and a thread that ends itself: nothing is logged."""
    lines = ["import logs, sys", "from threading import Thread", "logs.configure('info')", ended]
    told = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, text=True
    )
    assert told.stderr == ""
    assert told.returncode == status
