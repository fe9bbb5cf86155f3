"""The items of a request: each is answered by itself, and one that is refused says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sandbox.dci import schema
from sandbox.dci.header import NotARequest
from sandbox.envelope import Json, Rejected, is_whole, moment

Answered = Callable[[Json], Json]


def split(
    request: str, message: Json, listed: str, codes: dict[str, str]
) -> list[tuple[Json, Rejected | None]]:
    """The items of `message[listed]`, each with what is wrong with it. `request`: the schema of the
    message; `codes`: the code by the name of a faulty field, "" for any other.

    Raises NotARequest when the message itself is at fault.
    """
    items = message.get(listed)
    whole = {name: value for name, value in message.items() if name != listed}
    if not isinstance(items, list) or not items or not is_whole(whole):
        raise NotARequest("err.request.bad", f"message.{listed} must be a list with an item.")
    found: dict[int, Rejected] = {}
    for fault in schema.faults(request, message):
        if len(fault.path) < 2 or fault.path[0] != listed:
            raise NotARequest("err.request.bad", f"message.{fault}")
        code = next((codes[step] for step in reversed(fault.path) if step in codes), codes[""])
        found.setdefault(int(fault.path[1]), Rejected(code, str(fault)))
    known: set[object] = set()
    for place, item in enumerate(items):
        reference = item.get("reference_id") if isinstance(item, dict) else None
        if place not in found and reference in known:
            found[place] = Rejected("rjct.reference_id.duplicate", "A reference_id comes twice.")
        if place not in found:
            known.add(reference)
    return [
        (item if isinstance(item, dict) else {}, found.get(place))
        for place, item in enumerate(items)
    ]


def answers(
    items: list[tuple[Json, Rejected | None]], now: datetime, answered: Answered
) -> list[Json]:
    """An answer an item, in order."""
    return [_answer(item, refused, now, answered) for item, refused in items]


def refused(item: Json, now: datetime, why: Rejected) -> Json:
    """The answer to an item that is refused."""
    reason = {"status_reason_code": why.code, "status_reason_message": why.message}
    return _head(item, now) | {"status": "rjct"} | reason


def _answer(item: Json, why: Rejected | None, now: datetime, answered: Answered) -> Json:
    if why is not None:
        return refused(item, now, why)
    try:
        return _head(item, now) | {"status": "succ"} | answered(item) | {"locale": "eng"}
    except Rejected as found:
        return refused(item, now, found)


def _head(item: Json, now: datetime) -> Json:
    reference = item.get("reference_id")
    return {
        "reference_id": reference if isinstance(reference, str) and is_whole(reference) else "",
        "timestamp": moment(now),
    }
