"""Answers of a registry, opened: acknowledgements, found records, subscriptions, statuses.

Written for what the standard says and for what is met in its place. Raises nothing but
RegistryError, and no error repeats what a registry wrote except a code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from registry_client import envelope
from registry_client.dci import enrolments, records
from registry_client.dci.fields import field as named
from registry_client.dci.fields import objects, text, whole
from registry_client.dci.messages import Message
from registry_client.dci.values import Disbursement, Status
from registry_client.envelope import Json, Received, parse, word
from registry_client.port import Unavailable


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked and acknowledged, and is answered by a callback."""

    transaction: str
    correlation: str
    """The receiver's; empty where it gave none."""
    references: tuple[str, ...] = ()

    def answered_by(self, message: Json) -> bool:
        """Whether this callback is the answer: its transaction and its correlation are ours."""
        same = text(message, "transaction_id") == self.transaction
        return same and text(message, "correlation_id") == self.correlation

    def mine(self, items: tuple[Found, ...]) -> dict[str, Found]:
        """Items by the references that were asked; an item nobody asked for is left out."""
        return {one.reference: one for one in items if one.reference in self.references}


@dataclass(frozen=True, slots=True)
class Found:
    """One item of a search: its records, and how many there are in all, where that is said."""

    reference: str
    status: str
    reason: str
    records: tuple[Json, ...] | None = field(repr=False)
    """None where there was no place for records: that is no answer."""
    total: int | None = None

    def insist(self) -> tuple[Json, ...]:
        """The records of a success. Raises RegistryError."""
        envelope.insist(self.status, self.reason)
        if self.records is None:
            raise Unavailable("the answer has no records")
        return self.records


@dataclass(frozen=True, slots=True)
class Subscribed:
    """One item of a subscription: the codes it is ended by."""

    reference: str
    status: str
    reason: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """What an unsubscription came to, by code: whether it ended."""

    codes: dict[str, bool]


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a transaction: its answer, of the kind that was asked about."""

    found: tuple[Found, ...] = ()
    subscribed: tuple[Subscribed, ...] = ()
    disbursed: tuple[Disbursement, ...] = ()


class Enrolled(StrEnum):
    """Whether somebody is in a programme."""

    YES = "yes"
    NO = "no"


_ENROLLED = {one.value: one for one in Enrolled}


def acknowledgement(body: bytes, message: Message) -> Asked:
    """What an asynchronous call was answered with at once.

    ERR and NACK raise what their code means; neither is followed by anything.
    """
    whole_body = parse(body)
    said = whole_body.get("message")
    if not isinstance(said, dict) or not word(said.get("ack_status")):
        if reason := envelope.error_code(body):
            raise envelope.meaning(reason)
        raise Unavailable("the answer is no acknowledgement")
    match text(said, "ack_status").casefold():
        case "ack":
            correlation = text(said, "correlation_id")
            return Asked(message.transaction, correlation, message.references)
        case "nack" | "err":
            raise envelope.meaning(envelope.error_code(body))
    raise Unavailable("the acknowledgement is neither ACK, NACK nor ERR")


def opened(body: bytes, message: Message) -> Received:
    """A synchronous answer. Raises RegistryError, for one to another transaction too."""
    return _ours(envelope.read(body), message)


def opened_or_bare(body: bytes, message: Message) -> Received:
    """The same for the two calls whose answer the standard describes without an envelope."""
    whole_body = parse(body)
    if "header" in whole_body or "enrolled_response" not in whole_body:
        return opened(body, message)
    return _ours(Received("succ", "", whole_body), message)


def _ours(received: Received, message: Message) -> Received:
    if received.transaction not in ("", message.transaction):
        raise Unavailable("the answer belongs to another transaction")
    return received


def search(received: Received) -> tuple[Found, ...]:
    """Every item of a search. Raises RegistryError where there is none."""
    items = objects(received.message, "search_response")
    if not items:
        envelope.insist(received.status, received.reason)
        raise Unavailable("the answer has no search_response")
    return tuple(_found(item, received.status) for item in items)


def found(received: Received, reference: str) -> Found:
    """The item with this reference, or the only one there is. Raises RegistryError."""
    items = search(received)
    mine = [one for one in items if one.reference == reference] or list(items)
    if len(mine) > 1:
        raise Unavailable("the answer has no item with this reference")
    return mine[0]


def one(received: Received, reference: str) -> Found:
    """The same, once it is a success. Raises RegistryError."""
    item = found(received, reference)
    item.insist()
    return item


def _found(item: Json, whole_status: str) -> Found:
    status, reason = envelope.status_of(item)
    total = whole(named(item, "pagination"), "total_count")
    return Found(
        text(item, "reference_id"), status or whole_status, reason, _records(item, total), total
    )


def _records(item: Json, total: int | None) -> tuple[Json, ...] | None:
    """Nobody found is success with none, or with a count of none."""
    data = item.get("data")
    if isinstance(data, dict):
        return tuple(records.noted(objects(data, "reg_records", "reg_record")))
    return () if total == 0 else None


def subscriptions(message: Json) -> tuple[Subscribed, ...]:
    """Every item of an answer to a subscription."""
    return tuple(map(_subscribed, objects(message, "subscribe_response")))


def _subscribed(item: Json) -> Subscribed:
    status, reason = envelope.status_of(item)
    codes = (text(one, "code") for one in objects(item, "subscriptions"))
    return Subscribed(text(item, "reference_id"), status, reason, tuple(filter(None, codes)))


def unsubscribed(message: Json) -> Ended:
    """What became of each subscription that was to end."""
    items = objects(message, "subscription_status")
    return Ended(
        {
            number: text(one, "status").casefold() == "unsubscribe"
            for one in items
            if (number := text(one, "code"))
        }
    )


def became(received: Received) -> Became:
    """What became of a transaction; the item's own status is in the answer it holds."""
    part = named(received.message, "txnstatus_response")
    envelope.insist(received.status, received.reason)
    answer = named(part, "txn_status") if isinstance(part, dict) else None
    if not isinstance(answer, dict):
        raise Unavailable("the answer has no txn_status")
    return Became(
        tuple(_found(one, "succ") for one in objects(answer, "search_response")),
        subscriptions(answer),
        enrolments.disbursements(answer),
    )


def enrolled(received: Received) -> Enrolled | Status:
    """Yes or no of a beneficiary registry, or the status an employment system has.

    Raises RegistryError; a word that is neither is `Status.UNKNOWN`.
    """
    (item, *_) = _responses(received)
    said = text(item, "enrolled_status")
    if isinstance(flag := named(item, "enrolled_status"), bool):
        return Enrolled.YES if flag else Enrolled.NO
    return _ENROLLED.get(said.casefold()) or enrolments.status(said)


def updated(received: Received) -> tuple[tuple[str, str], ...]:
    """(status, reason code) of each enrolment that was reported, in the registry's order."""
    return tuple(envelope.status_of(item) for item in _responses(received))


def _responses(received: Received) -> list[Json]:
    items = objects(received.message, "enrolled_response")
    if not items:
        envelope.insist(received.status, received.reason)
        raise Unavailable("the answer has no enrolled_response")
    status, reason = envelope.status_of(items[0])
    if len(items) == 1 and status not in ("", "succ", "success"):
        envelope.insist(status, reason)
    return items


def disbursed(received: Received) -> tuple[Disbursement, ...]:
    """The payments of a search at a payment system. Raises RegistryError."""
    envelope.insist(received.status, received.reason)
    if not isinstance(received.message.get("disbursements_status"), list | dict):
        raise Unavailable("the answer has no disbursements_status")
    return enrolments.disbursements(received.message)
