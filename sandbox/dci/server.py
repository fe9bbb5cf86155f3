"""The composition root of the DCI registry, and what happens to one request after the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sandbox.database import Database, Row
from sandbox.dci.answers import Outcome, ack, ack_code, envelope
from sandbox.dci.callbacks import RETRIES, Callbacks
from sandbox.dci.calls import Asked, Call, Work
from sandbox.dci.disbursement import Disbursements
from sandbox.dci.enrolment import Enrolments
from sandbox.dci.events import Events
from sandbox.dci.finding import Finder
from sandbox.dci.header import Headers, NotARequest
from sandbox.dci.keys import Keys
from sandbox.dci.records import Records
from sandbox.dci.search import Search
from sandbox.dci.signatures import SignatureInvalid, SignatureMissing, Signatures
from sandbox.dci.subscriptions import Subscriptions
from sandbox.dci.tokens import Tokens
from sandbox.dci.transactions import Transactions
from sandbox.envelope import Json, Received, Rejected
from sandbox.hooks import Hooks
from sandbox.registry import Registry


@dataclass(frozen=True, slots=True)
class Wire:
    """How strict the registry is, and who may come."""

    lenient: bool = True
    """Whether messages may be unsigned where their sender has no key. Never but on loopback."""
    ring: Path | None = None
    """A JSON file of public keys, as `POST /sandbox/keys` takes them one by one."""
    clients: Mapping[str, str] = field(
        default_factory=lambda: {"guichet": "evidently-a-sandbox"}, repr=False
    )
    """Secrets of OAuth 2.0 clients by id."""
    token: str = field(default="", repr=False)
    """A fixed bearer token that is asked for; empty: none."""
    require_token: bool = False
    """Whether a bearer token of the token endpoint is asked for."""
    callback_token: str = field(default="", repr=False)
    """The bearer token callbacks carry; empty: none."""
    receiver_id: str = ""
    """Who the registry is; empty: whoever it is taken for."""
    most_found: int = 1000
    """More records are not given out at all."""
    retries: tuple[float, ...] = RETRIES
    """Seconds between the tries of a callback."""


class Dci:
    """The registry by DCI: keys, tokens, books and callbacks over one database."""

    def __init__(
        self,
        registry: Registry,
        database: Database,
        hooks: Hooks,
        var: Path,
        wire: Wire,
        now: Callable[[], datetime],
    ) -> None:
        self.registry, self.wire, self._now = registry, wire, now
        self.keys = Keys(var / "registry-key.bin", wire.ring)
        self.tokens = Tokens(self.keys, wire.clients, now)
        self.signatures = Signatures(self.keys, now, lenient=wire.lenient)
        self.callbacks = Callbacks(now, wire.callback_token, wire.retries)
        self.subscriptions = Subscriptions(database, now)
        finder, records = Finder(database, wire.most_found), Records(registry)
        self.events = Events(
            self.subscriptions, finder, records, self.callbacks, self.signatures, hooks, now
        )
        self._headers = Headers(wire.receiver_id)
        self._transactions = Transactions()
        self._work = Work(
            self._headers,
            Search(finder, records),
            self.subscriptions,
            Enrolments(registry, finder, self.enrol),
            Disbursements(registry, finder),
            self._transactions,
            now,
        )

    def enrol(self, person: Row, programme: str, state: str) -> int:
        """Write the state of a person's household in a programme down; how many are told."""
        held = self.registry.census.enrolments(person["household"]).get(programme)
        if held == state:
            return 0
        self.registry.census.enrol(person["household"], programme, state)
        return self.events.enrolled(person, changed=held is not None)

    def check_signature(self, received: Received) -> None:
        """Raise NotARequest unless the signature may be taken."""
        try:
            self.signatures.check(received.signature, received.header, received.message)
        except SignatureMissing as cause:
            raise NotARequest("err.signature.missing", "The message is not signed.") from cause
        except SignatureInvalid as cause:
            raise NotARequest("err.signature.invalid", "The signature does not verify.") from cause

    def signed(self, body: Json, like: str = "") -> Json:
        """An answer with its signature, in the form of the request's."""
        return body | {"signature": self.signatures.sign(body["header"], body["message"], like)}

    def replied(self, call: Call, received: Received) -> Json:
        """The reply to a synchronous call. Raises NotARequest."""
        asked = Asked(received)
        try:
            told = call.work(self._work, asked)
        except Rejected as why:
            told = Outcome(call.empty, why, 0, 0)
        body = envelope(received, call.action, self._now(), asked.correlation_id, told)
        return self.signed(body, received.signature)

    def acknowledged(self, call: Call, received: Received) -> tuple[Json, Callable[[], None]]:
        """The acknowledgement of an asynchronous call, and what to do once it has been sent.

        Raises NotARequest.
        """
        asked = Asked(received)
        try:
            told = call.work(self._work, asked)
        except Rejected as why:
            raise NotARequest(ack_code(why), why.message) from why
        return ack(asked.correlation_id, self._now()), lambda: self._answer(call, asked, told)

    def _answer(self, call: Call, asked: Asked, told: Outcome) -> None:
        if not call.action:
            return
        body = envelope(asked.received, call.action, self._now(), asked.correlation_id, told)
        url = asked.received.header.get("sender_uri") or ""
        self.callbacks.send(call.action, url, self.signed(body, asked.received.signature))

    def reset(self) -> None:
        """Forget subscriptions, keys, requests and deliveries."""
        self.subscriptions.clear()
        self.keys.forget()
        self._headers.forget()
        self._transactions.forget()
        self.callbacks.recent.clear()
