"""A registry that calls us, over the real web application and database: what it sends, and what it is
answered.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask.testing import FlaskClient
from redis import Redis

from gateway.app import create_app
from gateway.callbacks import Callbacks, Sender
from gateway.hooks import Hooks
from registry_client.keys import PublicKey
from settings import Settings
from store import awaited
from store.database import Database
from store.seals import Seals
from store.tallies import Tallies
from tests.stored import AMINA, HER_ID, NOW, RANDOM, SEALS, connected

TOKEN = "evidently-fake-token-of-registry"
OLDER = "evidently-fake-token-before-that"
NAME = "Amina Fictional"
ITEM = {
    "reference_id": "r-1",
    "timestamp": "2026-11-23T08:59:59Z",
    "data": {
        "reg_type": "ns:org:RegistryType:Social",
        "reg_event_type": "REGISTER",
        "reg_record_type": "SRPerson",
        "reg_records": {"name": NAME, "phone_number": [AMINA], "identifier": HER_ID},
    },
}
ANSWERED = {"transaction_id": "t-1", "correlation_id": "c-1"}
MESSAGES: dict[str, dict[str, Any]] = {
    "on-search": ANSWERED
    | {"search_response": [{"reference_id": "r-1", "status": "succ", "data": {"reg_records": []}}]},
    "on-subscribe": ANSWERED
    | {"subscribe_response": [{"reference_id": "r-1", "status": "succ", "subscriptions": []}]},
    "on-unsubscribe": ANSWERED
    | {"status": "succ", "subscription_status": [{"code": "S-1", "status": "unsubscribe"}]},
    "txn-on-status": ANSWERED
    | {"txnstatus_response": {"txn_type": "search", "txn_status": {"transaction_id": "t-0"}}},
    "notify": {"transaction_id": "t-9", "notify_event": [ITEM]},
    "event": {
        "transaction_id": "t-9",
        "events": [{"event_id": "e-1", "event": "payment_sent", "phone": AMINA}],
    },
}
"""One of each kind."""
PATHS = {"txn-on-status": "registry/txn/on-status", "event": "registry/notify"}
QUESTIONS = ("on-search", "on-subscribe", "on-unsubscribe", "txn-on-status")


@dataclass
class Told:
    """An answer."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ack(self) -> str:
        """ACK, NACK or ERR."""
        return str(self.body["message"]["ack_status"])

    @property
    def code(self) -> str:
        """Of the error; empty without one."""
        return str(self.body["message"].get("error", {}).get("code", ""))


class Clock:
    """The time of the receiver, until a test changes it."""

    now = NOW

    def __call__(self) -> datetime:
        """The time."""
        return self.now


@dataclass
class Caller:
    """A registry with a token."""

    client: FlaskClient
    database: Database
    clock: Clock
    token: str = TOKEN

    def send(self, kind: str, **header: Any) -> Told:
        """The message of this kind, to its own address."""
        return self.post(envelope(kind, **header), place(kind))

    def post(self, body: object, path: str = "", **headers: str) -> Told:
        """JSON to an address below `/dci/registry`."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.call(f"/dci/registry/{path}".rstrip("/"), raw, **headers)

    def call(self, url: str, raw: bytes, **headers: str) -> Told:
        """Anything to any address, with the token unless another header says otherwise."""
        sent = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.post(url, data=raw, headers=sent)
        return Told(answer.status_code, answer.get_json(silent=True), dict(answer.headers))

    def asks(self, action: str, references: Collection[str] = ("r-1",)) -> None:
        """We ask what this is the answer to, and get its ACK."""
        with self.database.write() as conn:
            awaited.expect(conn, "registry", "t-1", action, references, NOW)
            awaited.acknowledged(conn, "registry", "t-1", "c-1")


def envelope(kind: str, **header: Any) -> dict[str, Any]:
    """A message of this kind; a header field by name is another one, or left out for None."""
    said = {
        "version": "1.0.0",
        "message_id": "m-1",
        "message_ts": "2026-11-23T09:00:00Z",
        "action": kind,
        "status": "succ",
        "total_count": 1,
        "sender_id": "registry.example",
        "receiver_id": "guichet",
        "is_msg_encrypted": False,
    } | header
    return {
        "header": {name: value for name, value in said.items() if value is not None},
        "message": MESSAGES[kind],
    }


def place(kind: str) -> str:
    """The address of its own that a kind of message has."""
    return PATHS.get(kind, f"registry/{kind}")


def sender(**more: Any) -> Sender:
    """The registry as we know it."""
    bearers = {} if "verifier" in more else {"bearers": (TOKEN, OLDER)}
    ids = {"sender_ids": frozenset({"registry.example"}), "receiver_id": "guichet"}
    return Sender("registry", **(bearers | ids | more))


@contextmanager
def calling(
    database_url: str, known: Sender | None = None, signing: Collection[PublicKey] = ()
) -> Iterator[Caller]:
    """A registry and the web application while the block runs."""
    with connected(database_url) as database, Redis(port=9) as redis:
        clock = Clock()
        callbacks = Callbacks({"registry": known or sender()}, database, SEALS, clock, RANDOM)
        hooks = cast("Hooks", Parts(database, redis, Tallies(redis), clock))
        yield Caller(
            create_app(Settings(), hooks, callbacks, signing).test_client(), database, clock
        )


@dataclass
class Parts:
    """What the web application takes of the hooks for its other addresses."""

    database: Database
    redis: Redis
    tallies: Tallies
    clock: Clock
    seals: Seals = SEALS
