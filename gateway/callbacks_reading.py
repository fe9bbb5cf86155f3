"""A registry's message, read from bytes: strict about what could be read in two ways, liberal about
what registries spell differently. Nothing here trusts it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.callbacks_answers import NotTaken
from registry_client import notified
from registry_client.envelope import Json, objects, word

LARGEST = 256 * 1024
"""Bytes of a message."""
DEEPEST = 32
"""Arrays and objects inside one another."""
MOST = 1000
"""Items of a message."""
LONGEST = 99
"""Characters of an id, as DCI bounds its own."""
SKEW = timedelta(seconds=60)
OLDEST = timedelta(days=30)
"""Age of a message; a repeat is known for a day longer (store/deliveries.py)."""


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of message: its place under `/dci/<registry>/`, the names met for it in a header, and
    its items.
    """

    name: str
    path: str
    items: Callable[[Json], list[Json]]
    also: tuple[str, ...] = ()
    answer: bool = True
    """To a question of ours."""
    references: bool = False
    """Each item names the item of the question it answers."""


def _of(name: str) -> Callable[[Json], list[Json]]:
    return lambda message: objects(message.get(name))


ACTIONS = (
    Action("on-search", "registry/on-search", _of("search_response"), references=True),
    Action("on-subscribe", "registry/on-subscribe", _of("subscribe_response"), references=True),
    Action("on-unsubscribe", "registry/on-unsubscribe", _of("subscription_status")),
    Action(
        "txn-on-status",
        "registry/txn/on-status",
        _of("txnstatus_response"),
        also=("on-status", "txn/on-status"),
    ),
    Action("notify", "registry/notify", notified.items, answer=False),
    Action("event", "registry/notify", _of("events"), answer=False),
)
PATHS = frozenset({"", *(action.path for action in ACTIONS)})
"""Where messages come: one address for all, or one for each action."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message, opened and not believed yet."""

    signature: object = field(repr=False)
    header: dict[str, Any] = field(repr=False)
    message: dict[str, Any] = field(repr=False)

    @property
    def correlation(self) -> str:
        """The registry's name of the exchange; empty where it cannot be one."""
        return identifier(self.message.get("correlation_id"))


def opened(raw: bytes, content_type: str) -> Envelope:
    """The three parts of a body. Raises NotTaken."""
    if len(raw) > LARGEST:
        raise NotTaken("size")
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise NotTaken("type")
    whole = _json(raw)
    header, message = whole.get("header"), whole.get("message")
    if not isinstance(header, dict) or not isinstance(message, dict):
        raise NotTaken("envelope")
    return Envelope(whole.get("signature"), header, message)


def action_of(envelope: Envelope, path: str) -> Action:
    """What the message is. A path of its own says it too, and must not be contradicted. Raises
    NotTaken.
    """
    named = word(envelope.header.get("action"))
    here = [one for one in ACTIONS if path in ("", one.path)]
    found = next((one for one in here if named in (one.name, *one.also)), None)
    if found is not None:
        return found
    if named or not path:
        raise NotTaken("action" if path else "unknown")
    return here[0]


def insist(envelope: Envelope, action: Action, receiver: str, now: datetime) -> None:
    """Return where header and message can be taken. Raises NotTaken."""
    header, message = envelope.header, envelope.message
    if word(header.get("version")).partition(".")[0] not in ("", "1"):
        raise NotTaken("version")
    if header.get("is_msg_encrypted") is True or "ciphertext" in message:
        raise NotTaken("encrypted")
    if word(header.get("receiver_id")) not in ("", receiver) and receiver:
        raise NotTaken("receiver")
    if not identifier(header.get("message_id")):
        raise NotTaken("message id")
    if not _is_of_these_days(header.get("message_ts"), now):
        raise NotTaken("time")
    if not _is_count(header.get("total_count")):
        raise NotTaken("count")
    _insist_on_items(envelope, action)


def identifier(value: object) -> str:
    """An id of 1 to 99 characters that can be printed; empty for anything else."""
    text = word(value)
    return text if len(text) <= LONGEST and text.isprintable() else ""


def _insist_on_items(envelope: Envelope, action: Action) -> None:
    items = action.items(envelope.message)
    if len(items) > MOST:
        raise NotTaken("many")
    rejected = action.answer and word(envelope.header.get("status")).casefold() == "rjct"
    if not items and not rejected:
        raise NotTaken("items")
    if action.answer and not identifier(envelope.message.get("transaction_id")):
        raise NotTaken("transaction")
    if action.answer and not envelope.correlation:
        raise NotTaken("correlation")


def _json(raw: bytes) -> Mapping[str, Any]:
    """One object; no name twice, no number that is none, nothing too deep, no half of a surrogate
    pair: each is something that two programs read differently.
    """
    try:
        read = json.loads(
            raw.decode(), object_pairs_hook=_once, parse_constant=_refuse, parse_float=_finite
        )
        if b"\\ud" in raw.lower():
            json.dumps(read, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise NotTaken("json") from None
    if not isinstance(read, dict) or _is_too_deep(read):
        raise NotTaken("json")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refuse(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError
    return number


def _is_too_deep(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _is_of_these_days(value: object, now: datetime) -> bool:
    try:
        at = datetime.fromisoformat(word(value))
    except ValueError:
        return False
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return now - OLDEST <= at <= now + SKEW


def _is_count(value: object) -> bool:
    """Left out, or a whole number; DCI's own examples write it as text too."""
    text = word(value)
    return value is None or (text.isascii() and text.isdecimal())
