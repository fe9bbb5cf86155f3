"""Where registries deliver what they tell later and by themselves: checked first, kept once, then
acknowledged. What it means is for the workers.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Connection

from gateway.callbacks_answers import NotTaken, not_taken, taken
from gateway.callbacks_reading import (
    PATHS,
    Action,
    Envelope,
    action_of,
    identifier,
    insist,
    opened,
)
from gateway.hook import Answer
from registry_client.envelope import word
from registry_client.keys import KeysAway
from registry_client.signatures import SignatureInvalid, SignatureMissing, Verifier
from store import awaited, deliveries
from store.database import Database, StoreDown
from store.deliveries import Delivery, Kept
from store.ids import Random
from store.seals import Seals

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sender:
    """A registry that may call us, and how it shows that it is the one.

    Where both bearers and a verifier are there, both must be satisfied. Raises ValueError where
    anybody could call.
    """

    name: str
    """Ours, and its place in the address."""
    sender_ids: frozenset[str]
    """Its own, in headers."""
    bearers: tuple[str, ...] = field(default=(), repr=False)
    """Tokens, each of which is good."""
    verifier: Verifier | None = None
    """None: it does not sign."""
    receiver_id: str = ""
    """What it calls us; empty: anything."""

    def __post_init__(self) -> None:
        if not self.sender_ids or not (any(self.bearers) or self.verifier):
            raise ValueError(f"{self.name}: needs a sender id, and a token or a signature")

    def admits(self, authorization: str) -> bool:
        """Whether this header shows a token of theirs, where one is asked for."""
        scheme, _, token = authorization.partition(" ")
        given = token.strip().encode()
        right = [hmac.compare_digest(given, one.encode()) for one in self.bearers if one]
        return not right or (scheme.lower() == "bearer" and any(right))


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP delivery. `body` is read only from somebody who may call; it raises NotTaken."""

    registry: str
    path: str
    """Behind `/dci/<registry>/`; empty: the one address for all."""
    authorization: str = field(repr=False)
    content_type: str
    body: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Everything a delivery may need, made once a process. `senders` by their names."""

    senders: Mapping[str, Sender]
    database: Database
    seals: Seals
    clock: Callable[[], datetime]
    random: Random

    def receive(self, call: Call) -> Answer:
        """The answer to a delivery; whatever is wrong with it, a body that says so."""
        now = self.clock()
        name = call.registry if call.registry in self.senders else ""
        envelope: Envelope | None = None
        try:
            sender = self._admitted(call)
            envelope = opened(call.body(), call.content_type)
            return self._taken(sender, call.path, envelope, now)
        except NotTaken as why:
            fault = why.fault
            log.warning("callback.refused", registry=name, status=fault.status, code=fault.code)
        # Broad as in hooks.py: a registry must always be answered in its own way.
        except Exception as error:
            log.exception("callback.failed", registry=name, error=type(error).__name__)
            fault = NotTaken("bug").fault
        correlation = envelope.correlation if envelope else ""
        return not_taken(fault, correlation or self.random(16).hex(), now)

    def _admitted(self, call: Call) -> Sender:
        """Who may call here, by the token; nothing else was read. Raises NotTaken."""
        sender = self.senders.get(call.registry)
        if sender is None or call.path not in PATHS:
            raise NotTaken("place")
        if not sender.admits(call.authorization):
            raise NotTaken("no token")
        return sender

    def _taken(self, sender: Sender, path: str, envelope: Envelope, now: datetime) -> Answer:
        """Verified, understood, kept; in this order. Raises NotTaken."""
        _verify(sender, envelope)
        name = _sender_id(sender, envelope)
        action = action_of(envelope, path)
        insist(envelope, action, sender.receiver_id, now)
        number = identifier(envelope.header["message_id"])
        delivery = Delivery(
            sender.name, name, number, action.name, envelope.header, envelope.message
        )
        kept = self._kept(delivery, action, envelope, now)
        if not kept.same:
            raise NotTaken("other")
        log.info(
            "callback.taken",
            registry=sender.name,
            action=action.name,
            items=len(action.items(envelope.message)),
            outcome="stored" if kept.new else "repeated",
        )
        return taken(envelope.correlation or kept.id.hex, kept.received_at)

    def _kept(self, delivery: Delivery, action: Action, envelope: Envelope, now: datetime) -> Kept:
        """What is kept of it, committed: now, or since it came first. Raises NotTaken."""
        try:
            with self.database.write() as conn:
                known = deliveries.find(conn, self.seals, delivery)
                if known is None and action.answer:
                    _insist_on_asked(conn, delivery, action, envelope)
                return known or deliveries.keep(conn, self.seals, delivery, now, self.random)
        except StoreDown as down:
            log.warning("callback.store_down", registry=delivery.registry, error=str(down))
            raise NotTaken("store") from down


def _verify(sender: Sender, envelope: Envelope) -> None:
    """Return where the sender signs nothing, or signed this. Raises NotTaken."""
    if sender.verifier is None:
        return
    signature = envelope.signature if envelope.signature is not None else ""
    try:
        if not isinstance(signature, str):
            raise NotTaken("bad signature")
        sender.verifier.verify(signature, envelope.header, envelope.message)
    except SignatureMissing:
        raise NotTaken("no signature") from None
    except SignatureInvalid:
        raise NotTaken("bad signature") from None
    except KeysAway:
        raise NotTaken("keys") from None


def _sender_id(sender: Sender, envelope: Envelope) -> str:
    """Who the header says sent it; who has but one name may leave it out. Raises NotTaken."""
    named = word(envelope.header.get("sender_id"))
    if not named and len(sender.sender_ids) == 1:
        (named,) = sender.sender_ids
    if named not in sender.sender_ids:
        raise NotTaken("sender")
    return named


def _insist_on_asked(
    conn: Connection, delivery: Delivery, action: Action, envelope: Envelope
) -> None:
    """Return where we asked this, and about each of its items. Raises NotTaken."""
    transaction = identifier(envelope.message.get("transaction_id"))
    question = awaited.find(conn, delivery.registry, transaction)
    if question is None or not question.answers(action.name, envelope.correlation):
        raise NotTaken("unasked")
    if action.references:
        told = {word(item.get("reference_id")) for item in action.items(envelope.message)}
        if not told <= question.references:
            raise NotTaken("reference")
