"""The `dci` registry: people by DCI synchronous search, the rest by the local profile
(docs/registry-profile.md).

Which path, which action, which fields; the envelope, the call and the values are read elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from registry_client import envelope, facts
from registry_client.envelope import Json, Parties, Received, objects, word
from registry_client.port import (
    Acknowledged,
    Application,
    Complaint,
    Eligibility,
    Outcome,
    Payment,
    Person,
    Programme,
    Progress,
    Refused,
    Unavailable,
)
from registry_client.post import Post

log = structlog.get_logger()

META = {"profile": "guichet-1"}
REGISTRY_TYPE = "ns:org:RegistryType:Social"
RECORD_TYPE = "SRPerson"
OURS = {  # the profile's reasons, in the words of the port
    "rjct.person.not_found": "not_found",
    "rjct.member.not_in_household": "not_in_household",
    "rjct.programme.unknown": "programme_unknown",
    "rjct.programme.closed": "programme_closed",
    "rjct.application.duplicate": "duplicate",
    "rjct.request.invalid": "invalid",
}
IDENTIFIERS = ("identifier", "member_identifier")


@dataclass(frozen=True, slots=True)
class Ways:
    """Where things are at this registry and what it calls a national ID."""

    search: str = "/registry/sync/search"
    profile: str = "/x-guichet"
    id_type: str = "NID"


class DciRegistry:
    """A `Registry` that speaks DCI. One for a process; any thread may use it."""

    def __init__(
        self,
        post: Post,
        ways: Ways,
        parties: Parties,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._post, self._ways, self._parties = post, ways, parties
        self._now, self._new_id = now, new_id

    def find_person(self, national_id: str, *, timeout: float, trace: str) -> Person | None:
        """The person, where a record that carries this very ID came back; names and the rest are
        left there.
        """
        question = self._search_request(national_id)
        received = self._ask(
            self._ways.search, "search", {"search_request": [question]}, timeout, trace, trace
        )
        item = next((item for item in objects(received.message.get("search_response"))), None)
        if item is None:
            envelope.insist(received.status, received.reason)
            raise Unavailable("the answer has no search_response")
        envelope.insist(*envelope.status_of(item))
        hers = (record for record in _records(item) if _carries(record, national_id))
        return next((Person(national_id, _household(record)) for record in hers), None)

    def eligibility(self, national_id: str, *, timeout: float, trace: str) -> Eligibility:
        """The one outcome; an ID the registry does not know is an outcome too."""
        try:
            message = self._ask_profile(
                "eligibility", {"person": self._id(national_id)}, timeout, trace
            )
        except Refused as refused:
            if refused.code == "not_found":
                return Eligibility(Outcome.NOT_FOUND)
            raise
        return facts.eligibility(_part(message, "eligibility"))

    def programmes(
        self, national_id: str, member_id: str | None = None, *, timeout: float, trace: str
    ) -> tuple[Programme, ...]:
        """Programmes open today, in the registry's order."""
        fields = {"person": self._id(national_id), "member": self._id(member_id)}
        message = self._ask_profile("programmes", fields, timeout, trace)
        return facts.programmes(_list(message, "programmes"))

    def apply(self, application: Application, *, timeout: float, trace: str) -> Acknowledged:
        """Hand over an application; the reference is the transaction, the same on every retry."""
        fields = {
            "reference": application.reference,
            "person": self._id(application.national_id),
            "member": self._id(application.member_id),
            "programme": application.programme,
            "phone": application.phone,
            "locale": application.language,
        }
        message = self._ask_profile("apply", fields, timeout, trace, application.reference)
        return _acknowledged(message, application.reference)

    def application_status(self, reference: str, *, timeout: float, trace: str) -> Progress:
        """Where an application stands."""
        message = self._ask_profile("application-status", {"reference": reference}, timeout, trace)
        return facts.progress(message.get("progress"))

    def lodge_complaint(self, complaint: Complaint, *, timeout: float, trace: str) -> Acknowledged:
        """Hand over a complaint; the reference is the transaction, the same on every retry."""
        fields = {
            "reference": complaint.reference,
            "category": complaint.category,
            "details": complaint.details,
            "period": complaint.period,
            "person": self._id(complaint.national_id),
            "phone": complaint.phone,
            "locale": complaint.language,
        }
        message = self._ask_profile("complaint", fields, timeout, trace, complaint.reference)
        return _acknowledged(message, complaint.reference)

    def complaint_status(self, reference: str, *, timeout: float, trace: str) -> Progress:
        """Where a complaint stands."""
        message = self._ask_profile("complaint-status", {"reference": reference}, timeout, trace)
        return facts.progress(message.get("progress"))

    def payments(self, national_id: str, *, timeout: float, trace: str) -> tuple[Payment, ...]:
        """The household's last payments, newest first."""
        message = self._ask_profile("payments", {"person": self._id(national_id)}, timeout, trace)
        return facts.payments(_list(message, "payments"))

    def _ask_profile(
        self, action: str, fields: Json, timeout: float, trace: str, transaction: str = ""
    ) -> Json:
        """One call of the local profile: the message of a success.

        Raises RegistryError, reasons in our words.
        """
        path = f"{self._ways.profile}/{action}"
        try:
            received = self._ask(path, action, fields, timeout, trace, transaction or trace, META)
            envelope.insist(received.status, received.reason)
        except Refused as refused:
            raise Refused(OURS.get(refused.code, refused.code)) from refused
        return received.message

    def _ask(
        self,
        path: str,
        action: str,
        fields: Json,
        timeout: float,
        trace: str,
        transaction: str,
        meta: Json | None = None,
    ) -> Received:
        """Post one envelope and open the answer, refusing one that answers another question."""
        message_id = self._new_id()
        transaction = transaction[: envelope.LONGEST_TRANSACTION] or message_id
        log.info("registry.asked", trace=trace, action=action, message=message_id)
        message = {"transaction_id": transaction} | dict(fields)
        body = envelope.build(
            action, message, self._parties, message_id=message_id, at=self._now(), meta=meta
        )
        received = envelope.read(self._post(path, body, timeout=timeout))
        if received.transaction not in ("", transaction):
            raise Unavailable("the answer belongs to another transaction")
        return received

    def _id(self, national_id: str | None) -> Json | None:
        return None if national_id is None else {"type": self._ways.id_type, "value": national_id}

    def _search_request(self, national_id: str) -> Json:
        return {
            "reference_id": self._new_id(),
            "timestamp": envelope.timestamp(self._now()),
            "search_criteria": {
                "version": envelope.VERSION,
                "reg_type": REGISTRY_TYPE,
                "reg_record_type": RECORD_TYPE,
                "query_type": "idtype-value",
                "response_entity": "Member",
                "query": self._id(national_id),
                "pagination": {"page_size": 1, "page_number": 1},
            },
            "locale": "eng",
        }


def _part(message: Json, name: str) -> Json:
    part = message.get(name)
    if not isinstance(part, dict):
        raise Unavailable(f"the answer has no {name}")
    return part


def _list(message: Json, name: str) -> object:
    part = message.get(name)
    if not isinstance(part, list):
        raise Unavailable(f"the answer has no {name}")
    return part


def _acknowledged(message: Json, reference: str) -> Acknowledged:
    part = _part(message, "acknowledgement")
    if word(part.get("reference")) != reference:
        raise Unavailable("the acknowledgement is of another reference")
    return Acknowledged(reference, word(part.get("record")), part.get("known") is True)


def _records(item: Json) -> list[Json]:
    """The records of one search result.

    Nobody found is success with none; no place for records is no answer.
    """
    data, pages = item.get("data"), item.get("pagination")
    if isinstance(data, dict):
        return objects(data.get("reg_records"))
    if isinstance(pages, dict) and pages.get("total_count") == 0:
        return []
    raise Unavailable("the answer has no records")


def _carries(record: Json, national_id: str) -> bool:
    """Whether this record is hers: some registries match parts of an ID, and another person's
    record is no answer.
    """
    return any(_bare(value) == _bare(national_id) for _, value in _identifiers(record))


def _household(record: Json) -> str:
    """The registry's handle of the household, where the record has one."""
    groups = [
        word(item.get("identifier_value")) for item in objects(_named(record, "group_identifier"))
    ]
    groups += [value for kind, value in _identifiers(record) if "HOUSEHOLD" in kind.upper()]
    return next(filter(None, groups), "")


def _identifiers(record: Json) -> Iterator[tuple[str, str]]:
    """(type, value) pairs of a person or member record, one or many of them."""
    person = _named(record, "demographic_info")
    for holder in (record, person if isinstance(person, dict) else {}):
        for name in IDENTIFIERS:
            for item in objects(_named(holder, name)):
                yield word(_named(item, "identifier_type")), word(_named(item, "identifier_value"))


def _named(record: Json, name: str) -> object:
    """A field by its name, whatever JSON-LD prefix stands before it (`spdci:identifier`,
    `:identifier`).
    """
    return next((value for key, value in record.items() if key.rpartition(":")[2] == name), None)


def _bare(identifier: str) -> str:
    return "".join(sign for sign in identifier if sign.isalnum()).casefold()
