"""Every call of the registry: its path, who may call it how, and the work. No HTTP here."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sandbox.dci import disbursement, items, schema, search, subscriptions, transactions
from sandbox.dci.answers import Outcome, outcome, too_many
from sandbox.dci.disbursement import Disbursements
from sandbox.dci.enrolment import Enrolments
from sandbox.dci.header import Headers, NotARequest
from sandbox.dci.search import Search
from sandbox.dci.subscriptions import Subscriptions
from sandbox.dci.transactions import Transaction, Transactions
from sandbox.envelope import Json, Received, Rejected, is_whole, moment


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was accepted under a correlation id of ours."""

    received: Received
    correlation_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def sender(self) -> str:
        """Whose it is; empty where a push does not say."""
        return str(self.received.header.get("sender_id", ""))


@dataclass(frozen=True, slots=True)
class Work:
    """The books a call may look into. Methods are the calls; they raise Rejected for the whole
    request, and NotARequest.
    """

    headers: Headers
    searcher: Search
    subscribers: Subscriptions
    enrolments: Enrolments
    payer: Disbursements
    remembered: Transactions
    now: Callable[[], datetime]

    def search(self, asked: Asked) -> Outcome:
        """Search."""
        parts = self._items(asked, "SearchRequest", "search_request", search.CODES)
        found = items.answers(parts, self.now(), self.searcher)
        return self._kept(asked, "search", "search_response", found)

    def subscribe(self, asked: Asked) -> Outcome:
        """Subscribe."""
        parts = self._items(asked, "SubscribeRequest", "subscribe_request", subscriptions.CODES)
        header = asked.received.header
        found = items.answers(parts, self.now(), lambda one: self.subscribers.open(header, one))
        return self._kept(asked, "subscribe", "subscribe_response", found)

    def unsubscribe(self, asked: Asked) -> Outcome:
        """Unsubscribe: all codes, or none."""
        codes = asked.received.message.get("subscription_codes")
        self._header(asked, ("unsubscribe",), (_count(codes), 1))
        message = self._message(asked, "UnSubscribeRequest")
        fields: Json = {"timestamp": moment(self.now()), "status": "succ"}
        try:
            ended = self.subscribers.end(asked.sender, message["subscription_codes"])
            return Outcome(fields | ended)
        except Rejected as why:
            reason = {"status_reason_code": why.code, "status_reason_message": why.message}
            return Outcome(fields | {"status": "rjct"} | reason, too_many(why.message), 1, 0)

    def status(self, asked: Asked) -> Outcome:
        """What became of an earlier request."""
        self._header(asked, ("txn-status",), (1,))
        wanted = self._message(asked, "TxnStatusRequest")["txnstatus_request"]
        kind, value = wanted["txn_type"], wanted["attribute_value"]
        found = self.remembered.find(kind, asked.sender, wanted["attribute_type"], value)
        by_reference = wanted["attribute_type"] == "reference_id_list"
        references = set([value] if isinstance(value, str) else value) if by_reference else None
        called = value if wanted["attribute_type"] == "transaction_id" else ""
        told = transactions.status(
            kind, found, references, called if isinstance(called, str) else ""
        )
        fields = {"txnstatus_response": {"txn_type": kind, "txn_status": told}}
        return Outcome(fields, done=int(bool(found)))

    def enrolled(self, asked: Asked) -> Outcome:
        """Whether somebody is in a programme."""
        return self._about(asked, self.enrolments.enrolled)

    def checked(self, asked: Asked) -> Outcome:
        """With which status somebody is in a programme."""
        return self._about(asked, self.enrolments.checked)

    def updated(self, asked: Asked) -> Outcome:
        """A programme tells who is enrolled: it was heard, whatever is said to each beneficiary."""
        updates = asked.received.message.get("enrolled_updates")
        listed = updates.get("beneficiaries") if isinstance(updates, dict) else None
        self._header(asked, ("notify",), (_count(listed), 1), "CallbackHeader")
        told = self._message(asked, "EnrollmentUpdatesRequest")["enrolled_updates"]["beneficiaries"]
        found = [self.enrolments.updated(one, self.now()) for one in told]
        known = [one for one, answer in zip(told, found, strict=True) if answer["status"] == "succ"]
        self._remember(asked, "receipt", (), {"beneficiaries": known})
        return Outcome({"enrolled_response": found}, None, len(found), len(known))

    def payments(self, asked: Asked) -> Outcome:
        """Payments to somebody."""
        codes = disbursement.CODES
        parts = self._items(asked, "DisburseSearchRequest", "search_criteria", codes)
        found = [one for item, why in parts for one in self._paid(item, why)]
        failed = [one for one in found if "status_reason_code" in one]
        refusal = too_many("No item could be answered.") if len(failed) == len(parts) else None
        fields = {"disbursements_status": found}
        self._remember(asked, "disburse", [one["reference_id"] for one in found], fields)
        return Outcome(fields, refusal, len(parts), len(parts) - len(failed))

    def payment_status(self, asked: Asked) -> Outcome:
        """What became of payments: of an earlier request, or by their own ids."""
        self._header(asked, ("search", "subscribe", "txn-status"), (1,))
        wanted = self._message(asked, "DisburseStatusRequest")["txnstatus_request"]
        value = wanted["attribute_value"]
        values = [value] if isinstance(value, str) else value
        earlier = self.remembered.find("disburse", asked.sender, wanted["attribute_type"], value)
        if wanted["attribute_type"] == "reference_id_list":
            ids = values
        else:
            ids = [name for one in earlier for name in one.references]
        rows = [self._payment(name) for name in ids]
        head = earlier[-1].transaction_id if earlier else asked.received.transaction_id
        told = {"transaction_id": head, "disbursements_status": rows}
        kind = f"on-{wanted['txn_type']}"
        return Outcome({"txnstatus_response": {"txn_type": kind, "txn_status": told}})

    def taken(self, asked: Asked, action: str) -> Outcome:
        """A callback, taken as a client would and left at that."""
        as_request = action in AS_REQUESTS and "status" not in asked.received.header
        total = asked.received.header.get("total_count")
        counts = (total if type(total) is int else 1,)
        self._header(asked, (action,), counts, "Header" if as_request else "CallbackHeader")
        self._message(asked, RECEIVED[action][1])
        return Outcome({})

    def _about(self, asked: Asked, told: Callable[[Json, datetime], Json]) -> Outcome:
        self._header(asked, ("search",), (1,))
        criteria = self._message(asked, "EnrolledRequest")["enrolled_criteria"]
        try:
            return Outcome({"enrolled_response": [told(criteria, self.now())]})
        except Rejected as why:
            return Outcome({"enrolled_response": []}, too_many(why.message), 1, 0)

    def _paid(self, item: Json, why: Rejected | None) -> list[Json]:
        try:
            if why is None:
                return self.payer.to(item, self.now())
        except Rejected as found:
            why = found
        return [items.refused(item, self.now(), why)]

    def _payment(self, name: str) -> Json:
        found = self.payer.by_id(name, self.now())
        unknown = Rejected("rjct.reference_id.invalid", "There is no such payment.")
        return found or items.refused({"reference_id": name}, self.now(), unknown)

    def _items(
        self, asked: Asked, name: str, listed: str, codes: dict[str, str]
    ) -> list[tuple[Json, Rejected | None]]:
        """The items of a request whose header is in order."""
        action = "subscribe" if name == "SubscribeRequest" else "search"
        self._header(asked, (action,), (_count(asked.received.message.get(listed)),))
        return items.split(name, asked.received.message, listed, codes)

    def _header(
        self,
        asked: Asked,
        actions: tuple[str, ...],
        counts: tuple[int, ...],
        name: str = "Header",
    ) -> None:
        self.headers.check(asked.received.header, name, actions, counts)

    def _message(self, asked: Asked, name: str) -> Json:
        message = asked.received.message
        if not is_whole(message):
            raise NotARequest("err.request.bad", "A message is plain text.")
        for fault in schema.faults(name, message):
            raise NotARequest("err.request.bad", f"message.{fault}")
        return message

    def _kept(self, asked: Asked, kind: str, named: str, found: list[Json]) -> Outcome:
        fields = {named: found}
        self._remember(asked, kind, [one["reference_id"] for one in found], fields)
        return outcome(fields, found)

    def _remember(
        self, asked: Asked, kind: str, references: list[str] | tuple[str, ...], fields: Json
    ) -> None:
        transaction_id = asked.received.transaction_id
        known = (kind, asked.sender, transaction_id, asked.correlation_id, tuple(references))
        self.remembered.begin(Transaction(*known, fields))


@dataclass(frozen=True, slots=True)
class Call:
    """One path. `action` is that of the answer; `empty`: the fields of an answer that refuses.

    A call that is `asynchronous` is acknowledged, and answered by a callback unless `action` is
    empty.
    """

    path: str
    work: Callable[[Work, Asked], Outcome]
    action: str
    empty: Json = field(default_factory=dict)
    asynchronous: bool = False


_NO_STATUS: Json = {
    "txnstatus_response": {
        "txn_type": "search",
        "txn_status": {"transaction_id": "", "correlation_id": "", "search_response": []},
    }
}
_NO_PAYMENT: Json = {
    "txnstatus_response": {
        "txn_type": "on-search",
        "txn_status": {"transaction_id": "", "disbursements_status": []},
    }
}
RECEIVED = {
    "on-search": ("/registry/on-search", "SearchResponse"),
    "on-subscribe": ("/registry/on-subscribe", "SubscribeResponse"),
    "on-unsubscribe": ("/registry/on-unsubscribe", "UnSubscribeResponse"),
    "txn-on-status": ("/registry/txn/on-status", "TxnStatusResponse"),
    "notify": ("/registry/notify", "NotifyEventRequest"),
}
"""Path and schema of each callback by its action."""
AS_REQUESTS = frozenset({"on-subscribe", "on-unsubscribe"})
"""Callbacks that may come with the header of a request: the standard says so of these."""
CALLS = (
    Call("/registry/sync/search", Work.search, "on-search", {"search_response": []}),
    Call("/registry/sync/txn/status", Work.status, "txn-on-status", _NO_STATUS),
    Call("/registry/sync/enrolled", Work.enrolled, "on-search", {"enrolled_response": []}),
    Call("/registry/sync/check-enrollment", Work.checked, "on-search", {"enrolled_response": []}),
    Call("/registry/sync/enrollment/updates", Work.updated, "on-notify", {"enrolled_response": []}),
    Call("/disburse/sync/search", Work.payments, "on-search", {"disbursements_status": []}),
    Call("/disburse/sync/txn/status", Work.payment_status, "on-search", _NO_PAYMENT),
    Call("/registry/search", Work.search, "on-search", asynchronous=True),
    Call("/registry/subscribe", Work.subscribe, "on-subscribe", asynchronous=True),
    Call("/registry/unsubscribe", Work.unsubscribe, "on-unsubscribe", asynchronous=True),
    Call("/registry/txn/status", Work.status, "txn-on-status", asynchronous=True),
    *(
        Call(path, partial(Work.taken, action=action), "", asynchronous=True)
        for action, (path, _) in RECEIVED.items()
    ),
)


def _count(listed: object) -> int:
    return len(listed) if isinstance(listed, list) else 0
