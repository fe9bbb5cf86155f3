"""The forms of an answer: a reply, a callback, an acknowledgement, a refusal."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sandbox.dci.header import NotARequest
from sandbox.envelope import Json, Received, Rejected, is_text, is_whole, moment

ACK_CODES = {"rjct.version.invalid": "err.version.not_supported"}
"""The transport code for a refused header; for any other it is `err.request.bad`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request. `fields`: the answer's message without its two ids; `total` and
    `done`: how many items there were, and how many are answered.
    """

    fields: Json
    refusal: Rejected | None = None
    total: int = 1
    done: int = 1


def too_many(why: str) -> Rejected:
    """Nothing could be answered: the one code a header has for that."""
    return Rejected("rjct.errors.too_many", why)


def outcome(fields: Json, items: list[Json]) -> Outcome:
    """The outcome of a request with these items answered."""
    done = sum(item["status"] == "succ" for item in items)
    failed = None if done or not items else too_many("No item could be answered.")
    return Outcome(fields, failed, len(items), done)


def envelope(
    received: Received, action: str, now: datetime, correlation_id: str, told: Outcome
) -> Json:
    """An answer without its signature."""
    return {
        "signature": "",
        "header": header(received, action, now, told),
        "message": {
            "transaction_id": _said(received.message.get("transaction_id"), 99),
            "correlation_id": correlation_id,
        }
        | told.fields,
    }


def header(received: Received | None, action: str, now: datetime, told: Outcome) -> Json:
    """The header of an answer: the parties change places."""
    given = received.header if received else {}
    found: Json = {
        "version": "1.0.0",
        "message_id": uuid.uuid4().hex,
        "message_ts": moment(now),
        "action": action,
        "status": "rjct" if told.refusal else "succ",
        "total_count": told.total,
        "completed_count": told.done,
        "sender_id": _said(given.get("receiver_id")),
        "receiver_id": _said(given.get("sender_id")),
        "is_msg_encrypted": False,
    }
    if isinstance(given.get("meta"), dict) and is_whole(given["meta"]):
        found["meta"] = given["meta"]
    if told.refusal is not None:
        code = {"status_reason_code": told.refusal.code} if told.refusal.code else {}
        found |= code | {"status_reason_message": told.refusal.message}
    return found


def unreadable(received: Received | None, action: str, now: datetime, why: NotARequest) -> Json:
    """The answer to what is no request: a list of errors, in an envelope that says rjct."""
    told = Outcome({}, Rejected("", why.message), 0, 0)
    return {
        "errors": [{"code": why.code, "message": why.message}],
        "header": header(received, action, now, told),
    }


def ack(correlation_id: str, now: datetime, error: tuple[str, str] | None = None) -> Json:
    """ACK, or ERR with a code and a message."""
    message: Json = {
        "ack_status": "ERR" if error else "ACK",
        "timestamp": moment(now),
        "correlation_id": correlation_id,
    }
    if error:
        message["error"] = {"code": error[0], "message": error[1]}
    return {"message": message}


def ack_code(why: Rejected) -> str:
    """The transport code for a refusal."""
    return ACK_CODES.get(why.code, "err.request.bad")


def _said(value: object, longest: int = 999) -> str:
    return str(value) if is_text(value, longest) else ""
