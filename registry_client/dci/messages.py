"""Every message we send, to the letter of the standard. Pure: ids and times are handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from registry_client.dci.queries import Consent, Purpose, Search, Subscription, worded
from registry_client.dci.values import Beneficiary, Benefit, Enrolment, Kind, Status
from registry_client.envelope import VERSION, Json, timestamp

LOCALE = "eng"  # ISO 639-3; the standard's own example has two letters, against its pattern
BY = frozenset({"transaction_id", "reference_id_list", "correlation_id"})
TYPES = frozenset({"search", "subscribe"})
PERSON = "person_identifier"
PROGRAMME = "programme_identifier.program.programme_identifier"
ENROLMENT_CODES = {
    Status.ACTIVE: "1",
    Status.DECEASED: "2",
    Status.GRADUATED: "3",
    Status.SUSPENDED: "4",
}
"""The standard has codes for these four; another status is not reported."""
BENEFIT_WORDS = {
    Kind.CASH: "Cash",
    Kind.VOUCHER: "Voucher",
    Kind.IN_KIND: "In-kind",
    Kind.TRAINING: "Training",
    Kind.WORK: "Work",
    Kind.INSURANCE: "Insurance",
}


@dataclass(frozen=True, slots=True)
class Message:
    """What one call carries, without its envelope."""

    action: str
    body: Json = field(repr=False)
    references: tuple[str, ...] = ()
    """The `reference_id` of each item, in order."""
    answers_to: str = ""
    """Where its answer comes to, under our address for callbacks; empty: it is answered at once."""
    header: Json = field(default_factory=dict)
    """Header fields beside the common ones."""
    once: bool = False
    """It hands something over, and whoever sent it asks what became of it before it is sent again."""

    @property
    def transaction(self) -> str:
        """Its business transaction, the same on every try."""
        return str(self.body["transaction_id"])


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes messages for one purpose, at the time `now` says, with ids from `new_id`."""

    purpose: Purpose
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def search(
        self, transaction: str, searches: Sequence[Search], *, later: bool = False
    ) -> Message:
        """One item a search; `later`: answered by a callback."""
        at, references = self.now(), self._ids(searches)
        items = [
            self._item(reference, at, {"search_criteria": self._criteria(one, at)})
            for reference, one in zip(references, searches, strict=True)
        ]
        body = {"transaction_id": transaction, "search_request": items}
        return Message("search", body, references, "registry/on-search" if later else "")

    def _criteria(self, search: Search, at: datetime) -> Json:
        query_type, query = worded(search.query)
        criteria = _criteria(search.kinds.registry) | {
            "reg_record_type": search.kinds.record,
            "query_type": query_type,
            "query": query,
        }
        if search.kinds.entity:
            criteria["response_entity"] = search.kinds.entity
        if search.sort:
            criteria["sort"] = [one.worded for one in search.sort]
        if search.page:
            criteria["pagination"] = search.page.worded
        if authorize := self.purpose.worded("Authorize", at):
            criteria["authorize"] = authorize
        if search.consent:
            criteria["consent"] = self._consented(search.consent)
        return criteria

    def _consented(self, consent: Consent) -> Json:
        """She said yes to this purpose, or to the words alone where none is set."""
        said = self.purpose.worded("Consent", consent.given_at)
        bare = {"@type": "Consent", "ts": timestamp(consent.given_at)}
        return bare | said | {"version": consent.version}

    def subscribe(self, transaction: str, subscriptions: Sequence[Subscription]) -> Message:
        """One item a subscription."""
        at, references = self.now(), self._ids(subscriptions)
        items = [
            self._item(reference, at, {"subscribe_criteria": self._wanted(one, at)})
            for reference, one in zip(references, subscriptions, strict=True)
        ]
        body = {"transaction_id": transaction, "subscribe_request": items}
        return Message("subscribe", body, references, "registry/on-subscribe")

    def _wanted(self, one: Subscription, at: datetime) -> Json:
        filter_type, wanted = worded(one.query)
        criteria = _criteria(one.kinds.registry) | {
            "reg_event_type": one.event,
            "filter_type": filter_type,
            "filter": wanted,
            "notify_record_type": one.kinds.record,
            "frequency": {
                "start_time": timestamp(one.begins),
                "end_time": timestamp(one.ends),
                "frequency": one.frequency,
            },
        }
        if authorize := self.purpose.worded("Authorize", at):
            criteria["authorize"] = authorize
        return criteria

    def unsubscribe(self, transaction: str, codes: Sequence[str]) -> Message:
        """End these subscriptions."""
        _some(codes)
        body = {
            "transaction_id": transaction,
            "timestamp": timestamp(self.now()),
            "subscription_codes": list(codes),
        }
        return Message("unsubscribe", body, tuple(codes), "registry/on-unsubscribe")

    def txn_status(
        self, transaction: str, kind: str, by: str, value: str | Sequence[str], *, later: bool
    ) -> Message:
        """What became of a search or a subscription: `by` its transaction_id, correlation_id or
        reference_id_list. Raises ValueError for another word.
        """
        if kind not in TYPES:
            raise ValueError(f"a transaction is one of {', '.join(sorted(TYPES))}")
        asked = self._status_of(kind, by, value)
        body = {"transaction_id": transaction, "txnstatus_request": asked}
        reference = (str(asked["reference_id"]),)
        return Message("txn-status", body, reference, "registry/txn/on-status" if later else "")

    def _status_of(self, kind: str, by: str, value: str | Sequence[str]) -> Json:
        if by not in BY or isinstance(value, str) != (by != "reference_id_list"):
            raise ValueError("asked by a transaction_id, a correlation_id or a reference_id_list")
        _some(value)
        return {
            "reference_id": self.new_id(),
            "txn_type": kind,
            "attribute_type": by,
            "attribute_value": value if isinstance(value, str) else list(value),
            "locale": LOCALE,
        }

    def enrolled(
        self, transaction: str, national_id: str, programme: str = "", *, flat: bool = False
    ) -> Message:
        """Whether somebody is enrolled, at a beneficiary registry or an employment system; in this
        programme where one is named.

        `flat`: in the other of the two shapes met, which has one attribute. Raises ValueError where
        a programme is named as well: its answer would claim more than was asked.
        """
        if flat and programme:
            raise ValueError("the flat shape asks about a person alone")
        query: dict[str, Any] = {PERSON: {"eq": national_id}}
        if programme:
            query[PROGRAMME] = {"eq": programme}
        if flat:
            query = {"attribute_name": PERSON, "operator": "eq", "attribute_value": national_id}
        asked = {"query_type": "expression", "response_entity": "Member", "query": query}
        return Message("search", {"transaction_id": transaction, "enrolled_criteria": asked})

    def enrolment_updates(
        self, transaction: str, beneficiaries: Sequence[Beneficiary], id_type: str
    ) -> Message:
        """What a programme tells a beneficiary registry; it goes with the header of a callback."""
        _some(beneficiaries)
        told = [_beneficiary(one, id_type) for one in beneficiaries]
        body = {"transaction_id": transaction, "enrolled_updates": {"beneficiaries": told}}
        header = {"status": "succ", "total_count": len(told), "completed_count": len(told)}
        return Message("notify", body, header=header)

    def disbursements(self, transaction: str, payee: str) -> Message:
        """The payments to one financial address (G2P-Connect), such as `vid:54321@nid`."""
        reference = self.new_id()
        asked = {
            "reference_id": reference,
            "timestamp": timestamp(self.now()),
            "request_type": "disburse",
            "attribute_type": "payee_fa",
            "attribute_value": payee,
            "locale": LOCALE,
        }
        body = {"transaction_id": transaction, "search_criteria": [asked]}
        return Message("search", body, (reference,))

    def disbursement_status(self, transaction: str, references: Sequence[str]) -> Message:
        """What became of these payments (G2P-Connect). Only by their references: a transaction_id
        fits two branches of the published file, and one is allowed.
        """
        asked = self._status_of("disburse", "reference_id_list", references)
        body = {"transaction_id": transaction, "txnstatus_request": asked}
        return Message("search", body, (str(asked["reference_id"]),))

    def _ids(self, items: Sequence[object]) -> tuple[str, ...]:
        _some(items)
        return tuple(self.new_id() for _ in items)

    def _item(self, reference: str, at: datetime, content: Mapping[str, Any]) -> Json:
        head = {"reference_id": reference, "timestamp": timestamp(at)}
        return head | dict(content) | {"locale": LOCALE}


def _criteria(registry: str) -> dict[str, Any]:
    return {"version": VERSION, "reg_type": registry}


def _some(items: Sequence[object]) -> None:
    if not items:
        raise ValueError("a message has at least one item")


def _beneficiary(one: Beneficiary, id_type: str) -> Json:
    """A member and her programmes; the record's own status is that of the only programme."""
    numbers = [
        {"identifier_type": number.type or id_type, "identifier_value": number.value}
        for number in one.identifiers
    ]
    statuses = {enrolment.status for enrolment in one.enrolments}
    alone = ENROLMENT_CODES.get(next(iter(statuses))) if len(statuses) == 1 else None
    record = {
        "@type": "Beneficiary",
        "member": {"member_identifier": numbers},
        "programme_identifier": [_programme(enrolment) for enrolment in one.enrolments],
    }
    return record | ({"enrollment_status": alone} if alone else {})


def _programme(one: Enrolment) -> Json:
    named = {"programme_identifier": one.programme, "programme_name": one.name or one.programme}
    said: dict[str, Any] = {"@type": "Programme", "programme": named}
    if one.since:
        said["enrolment_date"] = one.since.isoformat()
    if one.status in ENROLMENT_CODES:
        said["enrolment_status"] = one.status.value.capitalize()
    if one.changed_on:
        said["status_change_date"] = [one.changed_on.isoformat()]
    return said | {"benefits": [_benefit(benefit) for benefit in one.benefits]}


def _benefit(one: Benefit) -> Json:
    said = {
        "benefit_type": BENEFIT_WORDS.get(one.kind, ""),
        "benefit_date": one.on.isoformat() if one.on else "",
        "benefit_value": f"{one.currency} {one.amount}".strip(),
        "benefit_quantity": one.quantity,
    }
    return {name: value for name, value in said.items() if value}
