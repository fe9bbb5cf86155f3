"""What a registry is answered: ACK, NACK or ERR, and errors of HTTP that say the same twice, because
senders read one or the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from gateway.hook import Answer
from registry_client.envelope import timestamp

Ack = Literal["ACK", "NACK", "ERR"]
JSON = "application/json"
CHALLENGE = (("WWW-Authenticate", "Bearer"),)
"""HTTP asks for it with 401 (RFC 9110 paragraph 15.5.2)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a delivery is not taken. With 200 its sender was understood and need not try again as it
    is; 503 asks it to.
    """

    status: int
    code: str
    words: str
    ack: Ack = "ERR"


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "no token": Fault(401, "err.request.unauthorized", "a bearer token of ours is needed"),
        "no signature": Fault(401, "err.signature.missing", "the message must be signed"),
        "bad signature": Fault(401, "err.signature.invalid", "the signature does not hold"),
        "sender": Fault(403, "err.sender_id.invalid", "sender_id is not known here"),
        "place": Fault(404, "err.request.not_found", "there is nothing at this address"),
        "size": Fault(413, "err.request.bad", "the message is larger than 256 KB"),
        "type": Fault(415, "err.request.bad", "the message must be application/json"),
        "json": Fault(400, "err.request.bad", "the JSON cannot be read"),
        "envelope": Fault(400, "err.request.bad", "header and message must be objects"),
        "store": Fault(503, "err.service.unavailable", "cannot be kept now: send it again later"),
        "keys": Fault(503, "err.service.unavailable", "your keys cannot be fetched now"),
        "bug": Fault(500, "err.service.unavailable", "this failed here"),
        "version": Fault(200, "err.version.not_supported", "version must be 1.0.0"),
        "encrypted": Fault(200, "err.encryption.invalid", "encrypted messages are not read here"),
        "receiver": Fault(200, "err.receiver_id.invalid", "receiver_id is not ours"),
        "message id": Fault(200, "err.request.bad", "message_id must have 1 to 99 characters"),
        "items": Fault(200, "err.request.bad", "the message has nothing of its action in it"),
        "transaction": Fault(200, "err.request.bad", "transaction_id must have 1 to 99 characters"),
        "correlation": Fault(200, "err.request.bad", "correlation_id must have 1 to 99 characters"),
        "other": Fault(200, "rjct.message_id.duplicate", "another message came under this id"),
        "time": Fault(200, "rjct.message_ts.invalid", "message_ts is not of these days"),
        "action": Fault(200, "rjct.action.invalid", "action is not what this address is for"),
        "unknown": Fault(200, "rjct.action.not_supported", "this action is not taken here"),
        "count": Fault(200, "rjct.total_count.invalid", "total_count must be a whole number"),
        "many": Fault(200, "rjct.total_count.limit_exceeded", "more than 1000 items"),
        "reference": Fault(200, "rjct.reference_id.invalid", "an item was not asked for"),
        "unasked": Fault(200, "err.request.not_found", "nothing of this was asked", "NACK"),
    }
)


class NotTaken(Exception):
    """A delivery that changes nothing, by the name of its fault."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = FAULTS[fault]


def taken(correlation_id: str, at: datetime) -> Answer:
    """It is kept. The same for a repeat: `at` is when it came first."""
    said = {"ack_status": "ACK", "timestamp": timestamp(at), "correlation_id": correlation_id}
    return Answer(200, json.dumps({"message": said}), JSON)


def not_taken(fault: Fault, correlation_id: str, at: datetime) -> Answer:
    """It changed nothing."""
    error = {"code": fault.code, "message": fault.words}
    said = {
        "ack_status": fault.ack,
        "timestamp": timestamp(at),
        "correlation_id": correlation_id,
        "error": error,
    }
    whole = {"message": said} if fault.status == 200 else {"errors": [error], "message": said}
    headers = CHALLENGE if fault.status == 401 else ()
    return Answer(fault.status, json.dumps(whole), JSON, headers)
