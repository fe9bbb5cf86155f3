"""The DCI envelope, version 1.0.0: header, message and reason codes, written strictly and read
tolerantly.

No network here, and no word on what a message is about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from registry_client.port import NotSupported, Refused, RegistryError, Unavailable

VERSION = "1.0.0"
LONGEST_TRANSACTION = 99  # DCI: transaction_id, at most 99 characters

# A code is passed on only when it looks like one: what else a registry writes there may name a
# person.
CODE = re.compile(r"(?!.*\d{5})[A-Za-z][A-Za-z0-9_.-]{0,63}")
UNKNOWN = "unknown"

AGAIN = frozenset(
    {"err.request.timeout", "err.request.too_many_requests", "err.service.unavailable"}
)
NOT_DONE_HERE = frozenset({"rjct.action.not_supported", "err.request.not_found", "not_implemented"})

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parties:
    """Who speaks to whom, by their names in DCI headers."""

    sender: str
    receiver: str


@dataclass(frozen=True, slots=True)
class Received:
    """An answer, opened.

    `status` is succ, rjct or the registry's own word; `reason` is a code or empty.
    """

    status: str
    reason: str
    message: Json = field(repr=False)

    @property
    def transaction(self) -> str:
        """The transaction it answers; empty where the registry left it out."""
        return word(self.message.get("transaction_id"))


class Signer(Protocol):
    """Signs what is sent to one registry."""

    def sign(self, header: Mapping[str, Any], message: Mapping[str, Any] | list[Any]) -> str:
        """What stands in the body's field `signature`; empty for none."""


def build(
    action: str,
    message: Json,
    parties: Parties,
    *,
    message_id: str,
    at: datetime,
    count: int = 1,
    more: Json | None = None,
    signer: Signer | None = None,
) -> bytes:
    """One request, ready to post. Every header field some registry insists on is there.

    `count` is how many items the message has; `more` are header fields beside the common ones.
    Raises ValueError for a message without a transaction id of 1 to 99 characters, or a time
    without a zone.
    """
    if not 0 < len(word(message.get("transaction_id"))) <= LONGEST_TRANSACTION:
        raise ValueError("transaction_id must have 1 to 99 characters")
    header = {
        "version": VERSION,
        "message_id": message_id,
        "message_ts": timestamp(at),
        "action": action,
        "sender_id": parties.sender,
        "receiver_id": parties.receiver,
        "total_count": count,
        "is_msg_encrypted": False,
    } | dict(more or {})
    signature = signer.sign(header, message) if signer else ""
    whole = {"signature": signature, "header": header, "message": message}
    return json.dumps(whole, separators=(",", ":"), allow_nan=False).encode("ascii")


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with a `Z`, to the second. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("a timestamp needs a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(body: bytes) -> Received:
    """Open an answer. A rejection may lack its message; a success may not.

    Raises Unavailable when it is not an envelope: whoever wrote it, it is no answer to what was
    asked. An acknowledgement or an HTTP error in its place raises what its code means.
    """
    whole = parse(body)
    header, message = whole.get("header"), whole.get("message")
    if not isinstance(header, dict):
        if reason := error_code(body):
            raise meaning(reason)
        raise Unavailable("the answer has no header")
    if isinstance(message, dict) and "ciphertext" in message:
        raise Unavailable("the answer is encrypted")
    status, reason = status_of(header)
    if not isinstance(message, dict) and status != "rjct":
        raise Unavailable("the answer has no message")
    return Received(status, reason, message if isinstance(message, dict) else {})


def parse(body: bytes) -> Json:
    """A JSON object. Raises Unavailable for anything else."""
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError):
        # Not `from`: the decoder's error carries the whole document, and that is about a person.
        raise Unavailable("the answer is not JSON") from None
    if not isinstance(whole, dict):
        raise Unavailable("the answer is not a JSON object")
    return whole


def status_of(part: Json) -> tuple[str, str]:
    """Status and reason code of a header, or of one item of a batch: DCI words both alike."""
    return word(part.get("status")).casefold(), code(part.get("status_reason_code"))


def insist(status: str, reason: str) -> None:
    """Return when `status` says success; otherwise raise what the reason means."""
    match status:
        case "succ" | "success":
            return
        case "rjct":
            raise meaning(reason)
        case _:
            raise Unavailable(f"the answer's status is not final: {code(status)}")


def meaning(reason: str) -> RegistryError:
    """The error a reason code stands for; a code nobody has seen before is a refusal, and not a
    final one.
    """
    lower = reason.casefold()
    if lower in AGAIN:
        return Unavailable(reason, again=True)
    if lower in NOT_DONE_HERE:
        return NotSupported(reason)
    return Refused(reason or UNKNOWN)


def error_code(body: bytes) -> str:
    """The code in the body of an HTTP error, in the shapes met: errors[], an envelope, an ACK.

    Empty without one.
    """
    try:
        whole = parse(body)
    except Unavailable:
        return ""
    header, message = whole.get("header"), whole.get("message")
    places = [error.get("code") for error in objects(whole.get("errors"))]
    places += [header.get("status_reason_code")] if isinstance(header, dict) else []
    places += (
        [error.get("code") for error in objects(message.get("error"))]
        if isinstance(message, dict)
        else []
    )
    return next((code(place) for place in places if isinstance(place, str)), "")


def code(value: object) -> str:
    """`value` when it looks like a code; else `unknown`; empty for nothing at all."""
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) and CODE.fullmatch(value) else UNKNOWN


def word(value: object) -> str:
    """A string or a whole number as a string; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def objects(value: object) -> list[Json]:
    """The objects of a list; a single object counts as a list of one. Registries differ."""
    many = value if isinstance(value, list) else [value]
    return [one for one in many if isinstance(one, dict)]
