"""What the virtual phones do: the six-step dialog over Africa's Talking's form, and how each answer must begin.

Nothing here is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

CODE = "*384*1234#"
PHONES = tuple(f"+923000000{number:03d}" for number in range(400))
"""Fictional, and enough of them that sixteen callers never press for the same phone at once."""

MEETING = (
    ("", "CON Choose your language\n"),
    ("1", "CON Public support, free. "),
    ("1*1", "CON How can we help?\n"),
)
"""First contact: English, the notice, the main menu. Each is what was typed so far and how the answer begins."""

WALK = (
    ("", "CON How can we help?\n"),
    ("3", "CON What is it about?\n"),
    ("3*1", "CON What happened?\n"),
    ("3*1*1", "CON Which payment?\n"),
    ("3*1*1*1", "CON Tell us what happened, in your own words.\n"),
    ("3*1*1*1*00", "CON How can we help?\n"),
)
"""Dial, complaint, payment, nothing came, latest, home. Nothing is left open or promised, so nothing is
written to SQL."""

SESSION = 24
"""Characters of a session's id: all alike, so that a delivery's length is known before its session is."""


@dataclass(frozen=True, slots=True)
class Press:
    """One delivery, ready but for the session's id: `before` + id + `after` are the bytes of the request."""

    before: bytes
    after: bytes
    expected: bytes
    """How the body of the answer begins; every answer is held against it."""


def session_id(run: str, number: int) -> str:
    """The id of a session: `run` tells runs apart, `number` the sessions of one."""
    return f"{run}{number:0{SESSION - len(run)}d}"


def presses(
    path: str, host: str, phone: str, steps: Sequence[tuple[str, str]], answer: str = ""
) -> list[Press]:
    """The deliveries of one phone's session to `path`. With `answer`, every one must be answered by just that."""
    return [_press(path, host, phone, text, answer or expected) for text, expected in steps]


def form(phone: str, text: str) -> str:
    """The fields of Africa's Talking's USSD delivery that follow the session's id."""
    return urlencode(
        {"phoneNumber": phone, "networkCode": "63902", "serviceCode": CODE, "text": text}
    )


def _press(path: str, host: str, phone: str, text: str, expected: str) -> Press:
    name, rest = "sessionId=", f"&{form(phone, text)}"
    head = (
        f"POST {path} HTTP/1.1\r\n"
        f"Host: {host}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(name) + SESSION + len(rest)}\r\n\r\n"
    )
    return Press((head + name).encode(), rest.encode(), expected.encode())
