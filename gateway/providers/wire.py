"""What the providers share: reading a carrier's form strictly, and making the calls of a batch one
after another.

Nothing here knows a provider.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import requests
import urllib3

from gateway.hook import Hook, Malformed
from gateway.providers import (
    Accepted,
    Outgoing,
    Rejected,
    SendError,
    Suspended,
    Throttled,
    Uncertain,
    Unreachable,
)

Result = Accepted | SendError

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MSISDN = re.compile(r"[1-9][0-9]{6,14}")
_ID = re.compile(r"[!-~]{1,128}")
_SHORT = re.compile(r"[!-~](?:[ -~]{0,62}[!-~])?")
_NUMBER = re.compile(r"[0-9]{1,9}")
_REASON = re.compile(r"[A-Za-z0-9_ -]{1,64}")


def present(hook: Hook, name: str) -> str:
    """A field that must be there, though it may be empty. Raises Malformed."""
    if name not in hook.form:
        raise Malformed(name)
    return hook.form[name]


def identifier(hook: Hook, name: str) -> str:
    """The carrier's id of a session or a message: 1 to 128 printable characters, no space.

    Raises Malformed.
    """
    return _matching(_ID, hook, name)


def short(hook: Hook, name: str) -> str:
    """A service code, short code or sender name: 1 to 64 printable characters. Raises Malformed."""
    return _matching(_SHORT, hook, name)


def phone(hook: Hook, name: str) -> str:
    """An E.164 number with its `+`; a plus that was decoded to a space is not repaired.

    Raises Malformed.
    """
    return _matching(E164, hook, name)


def msisdn(hook: Hook, name: str) -> str:
    """A number that this carrier writes without its `+`, as E.164. Raises Malformed."""
    return "+" + _matching(_MSISDN, hook, name)


def number(hook: Hook, name: str) -> int:
    """A whole number of at most nine digits, such as a delivery's place in its session. Raises
    Malformed.
    """
    return int(_matching(_NUMBER, hook, name))


def named(hook: Hook, name: str) -> str:
    """An E.164 number where the field holds one; empty where it holds anything else."""
    value = hook.form.get(name, "")
    return value if E164.fullmatch(value) else ""


def reason(raw: str) -> str:
    """A carrier's word for what happened, fit for storing: nothing where it is not a word."""
    return raw if _REASON.fullmatch(raw) else ""


def _matching(form: re.Pattern[str], hook: Hook, name: str) -> str:
    value = present(hook, name)
    if not form.fullmatch(value):
        raise Malformed(name)
    return value


def unsendable(message: Outgoing) -> Rejected | None:
    """Why a message cannot be put on any wire: its number or its text.

    Found before a call, so it spoils no batch.
    """
    if not E164.fullmatch(message.phone):
        return Rejected("InvalidPhoneNumber")
    if not message.text or not _encodable(message.text):
        return Rejected("InvalidText")
    return None


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one batch may go on starting calls, in seconds on `clock`; the last call adds its
    own time-out.
    """

    clock: Callable[[], float]
    seconds: float = 20.0


def singly(batch: Sequence[Outgoing]) -> list[Sequence[Outgoing]]:
    """A call a message."""
    return [[message] for message in batch]


def each_once(
    batch: Sequence[Outgoing],
    grouped: Callable[[Sequence[Outgoing]], Iterable[Sequence[Outgoing]]],
    post: Callable[[Sequence[Outgoing]], Mapping[str, Result]],
    pace: Pace,
) -> list[Result]:
    """What `send` promises: what no wire takes is put aside, the rest goes in groups.

    One result a message, in order.
    """
    spoilt = {message.id: error for message in batch if (error := unsendable(message))}
    calls = grouped([message for message in batch if message.id not in spoilt])
    results = spoilt | one_after_another(calls, post, pace)
    return [results[message.id] for message in batch]


def one_after_another(
    calls: Iterable[Sequence[Outgoing]],
    post: Callable[[Sequence[Outgoing]], Mapping[str, Result]],
    pace: Pace,
) -> dict[str, Result]:
    """Make the calls in turn and give one result a message, by its id.

    `post` returns results, or raises a SendError that holds for its whole call. A provider that
    hangs, refuses connections or throttles is left alone for the rest of the batch: those messages
    never left and may be tried later.
    """
    until = pace.clock() + pace.seconds
    results: dict[str, Result] = {}
    closed: SendError | None = None
    for call in calls:
        if closed is None and pace.clock() >= until:
            closed = Unreachable("not_tried", "the batch ran out of time")
        outcome = closed or _post(call, post)
        if isinstance(outcome, SendError):
            results |= dict.fromkeys((message.id for message in call), outcome)
            closed = _afterwards(outcome)
        else:
            results |= outcome
            closed = next((one for one in outcome.values() if isinstance(one, Suspended)), None)
    return results


def _post(
    call: Sequence[Outgoing], post: Callable[[Sequence[Outgoing]], Mapping[str, Result]]
) -> Mapping[str, Result] | SendError:
    try:
        return post(call)
    except SendError as error:
        return error


def _afterwards(error: SendError) -> SendError | None:
    """What the rest of the batch gets after this: None to go on."""
    match error:
        case Uncertain():
            return Unreachable("not_tried", "after an unclear answer")
        case Unreachable() | Throttled() | Suspended():
            return error
        case _:
            return None


def broken(error: requests.RequestException) -> SendError:
    """What a failed call means. Only a request that surely never left may be sent again."""
    never_left = isinstance(
        error, requests.ConnectTimeout | requests.exceptions.ProxyError | ValueError
    )
    kind = Unreachable if never_left or _no_connection(error) else Uncertain
    return kind(type(error).__name__)


def _no_connection(error: requests.RequestException) -> bool:
    """Whether no connection was made, or none to the right party: urllib3 says so in the reason it
    gives up.
    """
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, urllib3.exceptions.SSLError):
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)


def http_error(status: int, code: str = "") -> SendError:
    """What an HTTP error means where the provider's own code says no more.

    Wrong credentials are ours to mend, not the message's fault; a gateway's 504 may hide a message
    that was taken.
    """
    match status:
        case 429:
            return Throttled(code or "http_429")
        case 504:
            return Uncertain(code or "http_504")
        case 401 | 402 | 403:
            return Suspended(code or f"http_{status}")
        case 408:
            return Unreachable(code or "http_408")
        case _ if status >= 500 or status < 400:
            return Unreachable(code or f"http_{status}")
        case _:
            return Rejected(code or f"http_{status}")
