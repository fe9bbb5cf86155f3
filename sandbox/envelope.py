"""The DCI envelope as a registry reads and answers it: its parts, codes, HTTP errors.

Messages are read elsewhere.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Request, Response, jsonify

VERSION = "1.0.0"
HALF = re.compile("[\ud800-\udfff]")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
DEEPEST = 40
"""Levels of nesting a body may have."""
Json = dict[str, Any]


class HttpError(Exception):
    """Answered outside the envelope: `{"errors": [{"code", "message"}]}` with this status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def response(self) -> Response:
        """The answer."""
        answer = jsonify({"errors": [{"code": self.code, "message": self.message}]})
        answer.status_code = self.status
        return answer


class Rejected(Exception):
    """Answered inside the envelope, with header status `rjct`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Received:
    """A request whose envelope could be read; whether its header is in order is for others to say."""

    header: Json
    message: Json
    signature: str = ""

    @property
    def transaction_id(self) -> str:
        """The sender's; empty where it is missing."""
        found = self.message.get("transaction_id")
        return found if isinstance(found, str) else ""


def read(request: Request) -> Received:
    """The envelope of a request. Raises HttpError when it is none."""
    if request.mimetype != "application/json":
        raise HttpError(400, "err.request.bad", "The content type must be application/json.")
    body = json_of(request)
    if not isinstance(body, dict):
        raise HttpError(400, "err.request.bad", "The body is not a JSON object.")
    header, message = body.get("header"), body.get("message")
    if not isinstance(header, dict) or not isinstance(message, dict):
        raise HttpError(400, "err.request.bad", "header and message must be objects.")
    if not isinstance(body.get("signature", ""), str):
        raise HttpError(400, "err.signature.invalid", "signature must be a string.")
    return Received(header, message, body.get("signature", ""))


def json_of(request: Request) -> object:
    """The JSON that was posted; None when it is none, or nested beyond reason."""
    try:
        found = request.get_json(silent=True)
    except RecursionError:
        return None
    return found if _is_shallow(found) else None


def _is_shallow(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        inside: list[object] = []
        for one in level:
            inside += (
                one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            )
        if not inside:
            return True
        level = inside
    return False


def is_whole(value: object) -> bool:
    """Whether JSON holds no half characters (lone surrogates) and no number that is none."""
    try:
        return not HALF.search(json.dumps(value, ensure_ascii=False, allow_nan=False))
    except ValueError:
        return False


def check_header(header: Mapping[str, Any], action: str, count: int) -> None:
    """Raise Rejected unless the request header is complete: DCI MsgHeader 1.0.0, all fields always
    sent.
    """
    if header.get("version") != VERSION:
        raise Rejected("rjct.version.invalid", "version must be 1.0.0.")
    for field in ("message_id", "sender_id", "receiver_id"):
        if not is_text(header.get(field), 99):
            raise Rejected("rjct.request.invalid", f"{field} is missing.")
    if not is_moment(header.get("message_ts")):
        raise Rejected("rjct.message_ts.invalid", "message_ts must be RFC 3339 with an offset.")
    if header.get("action") != action:
        raise Rejected("rjct.action.invalid", f"action must be {action}.")
    if header.get("total_count") != count or isinstance(header.get("total_count"), bool):
        raise Rejected("rjct.total_count.invalid", f"total_count must be {count}.")
    if header.get("is_msg_encrypted") is not False:
        raise Rejected("rjct.request.invalid", "is_msg_encrypted must be false.")


def answer(
    received: Received, action: str, now: datetime, fields: Json, refusal: Rejected | None = None
) -> Json:
    """The answer in the envelope, not signed: the callback header, and a message with both ids and
    `fields`.
    """
    header: Json = {
        "version": VERSION,
        "message_id": str(uuid.uuid4()),
        "message_ts": moment(now),
        "action": f"on-{action}",
        "status": "rjct" if refusal else "succ",
        "total_count": 1,
        "completed_count": 1,
        "sender_id": _said(received.header.get("receiver_id")),
        "receiver_id": _said(received.header.get("sender_id")),
        "is_msg_encrypted": False,
    }
    if isinstance(received.header.get("meta"), dict):
        header["meta"] = received.header["meta"]
    if refusal is not None:
        header |= {"status_reason_code": refusal.code, "status_reason_message": refusal.message}
    ids = {"transaction_id": received.transaction_id, "correlation_id": uuid.uuid4().hex}
    return {"signature": "", "header": header, "message": ids | fields}


def moment(when: datetime) -> str:
    """RFC 3339 in UTC, to the second, with Z."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def is_text(value: object, longest: int, least: int = 1) -> bool:
    """Whether it is a string of such a length, without half characters (lone surrogates, which JSON
    can carry).
    """
    return isinstance(value, str) and least <= len(value) <= longest and not HALF.search(value)


def is_moment(value: object) -> bool:
    """Whether it is an RFC 3339 time stamp with an offset."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        return False
    try:
        return datetime.fromisoformat(value.upper()).tzinfo is not None
    except ValueError:
        return False


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""
