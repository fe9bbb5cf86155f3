"""The `dci` registry: people by DCI synchronous search, the rest by the local profile
(docs/registry-profile.md).

Which path, which action, which fields; the envelope, the call and the values are read elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from registry_client import envelope, facts
from registry_client.dci import replies
from registry_client.dci.client import Call
from registry_client.dci.courier import Courier
from registry_client.dci.messages import Message
from registry_client.dci.people import People
from registry_client.envelope import Json, word
from registry_client.port import (
    Acknowledged,
    Application,
    Case,
    Complaint,
    Desk,
    Eligibility,
    Outcome,
    Payment,
    Person,
    Programme,
    Proof,
    Question,
    Refused,
    Standing,
    Terms,
    Unavailable,
)

META = {"profile": "guichet-2"}
HANDED_OVER = frozenset({"apply", "complaint", "case"})
OURS = {  # the profile's reasons, in the words of the port
    "rjct.person.not_found": "not_found",
    "rjct.member.not_in_household": "not_in_household",
    "rjct.programme.unknown": "programme_unknown",
    "rjct.programme.closed": "programme_closed",
    "rjct.application.duplicate": "duplicate",
    "rjct.request.invalid": "invalid",
}


class ProfileRegistry:
    """A `Registry` that speaks DCI and the local profile. Any thread may use it."""

    def __init__(self, people: People, courier: Courier, prefix: str, id_type: str) -> None:
        self._people, self._courier = people, courier
        self._prefix, self._id_type = prefix.rstrip("/"), id_type

    def find_person(self, national_id: str, *, timeout: float, trace: str) -> Person | None:
        """The person, by DCI."""
        return self._people.by_id(national_id, Call(timeout, trace))

    def find_by_phone(self, phone: str, *, timeout: float, trace: str) -> tuple[str, ...]:
        """The IDs of the people with this phone, by DCI."""
        return self._people.by_phone(phone, Call(timeout, trace))

    def proof_questions(
        self, national_id: str, *, timeout: float, trace: str
    ) -> tuple[Question, ...]:
        """The facts the registry asks for; what cannot be read is not asked."""
        fields = {"person": self._id(national_id)}
        message = self._ask_profile("proof-questions", fields, timeout, trace)
        return facts.questions(_list(message, "questions"))

    def prove(
        self, national_id: str, answers: Mapping[str, str], *, timeout: float, trace: str
    ) -> bool:
        """Whether every answer is right: only a plain `true` says so."""
        fields = {"person": self._id(national_id), "answers": dict(answers)}
        message = self._ask_profile("prove", fields, timeout, trace)
        return message.get("proved") is True

    def eligibility(self, national_id: str, *, timeout: float, trace: str) -> Eligibility:
        """The one outcome; an ID the registry does not know is an outcome too."""
        try:
            message = self._ask_profile(
                "eligibility", {"person": self._id(national_id)}, timeout, trace
            )
        except Refused as refused:
            if refused.code == "not_found":
                return Eligibility(Outcome.NOT_FOUND, proof=Proof.ANYONE)
            raise
        return facts.eligibility(_part(message, "eligibility"))

    def programmes(
        self, national_id: str, member_id: str | None = None, *, timeout: float, trace: str
    ) -> tuple[Programme, ...]:
        """Programmes open today, in the registry's order."""
        fields = {"person": self._id(national_id), "member": self._id(member_id)}
        message = self._ask_profile("programmes", fields, timeout, trace)
        return facts.programmes(_list(message, "programmes"))

    def terms(
        self,
        national_id: str,
        programme: str,
        member_id: str | None = None,
        *,
        timeout: float,
        trace: str,
    ) -> Terms:
        """What this programme asks of her; what cannot be read counts as closed."""
        fields = {
            "person": self._id(national_id),
            "member": self._id(member_id),
            "programme": programme,
        }
        return facts.terms(_part(self._ask_profile("terms", fields, timeout, trace), "terms"))

    def apply(self, application: Application, *, timeout: float, trace: str) -> Acknowledged:
        """Hand over an application; the reference is the transaction, the same on every retry."""
        fields = {
            "reference": application.reference,
            "person": self._id(application.national_id),
            "member": self._id(application.member_id),
            "programme": application.programme,
            "phone": application.phone,
            "locale": application.language,
            "answers": dict(application.answers),
            "role": application.role,
            "worker": application.worker,
        }
        message = self._ask_profile("apply", fields, timeout, trace, application.reference)
        return _acknowledged(message, application.reference)

    def application_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Where an application stands."""
        return self._standing("application-status", reference, timeout, trace)

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
            "subject": complaint.subject,
            "payment": complaint.payment,
            "against": complaint.against,
            "identity": complaint.identity,
        }
        message = self._ask_profile("complaint", fields, timeout, trace, complaint.reference)
        return _acknowledged(message, complaint.reference)

    def complaint_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Where a complaint stands."""
        return self._standing("complaint-status", reference, timeout, trace)

    def payments(self, national_id: str, *, timeout: float, trace: str) -> tuple[Payment, ...]:
        """The household's last payments, newest first."""
        message = self._ask_profile("payments", {"person": self._id(national_id)}, timeout, trace)
        return facts.payments(_list(message, "payments"))

    def submit(self, case: Case, *, timeout: float, trace: str) -> Acknowledged:
        """Hand over anything else; the reference is the transaction, the same on every retry."""
        fields = {
            "reference": case.reference,
            "kind": case.kind,
            "details": dict(case.details),
            "person": self._id(case.national_id),
            "phone": case.phone,
            "locale": case.language,
        }
        message = self._ask_profile("case", fields, timeout, trace, case.reference)
        return _acknowledged(message, case.reference)

    def case_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Where it stands."""
        return self._standing("case-status", reference, timeout, trace)

    def desks(self, near: str, *, timeout: float, trace: str) -> tuple[Desk, ...]:
        """Offices for a place, in the registry's order."""
        message = self._ask_profile("desks", {"near": near}, timeout, trace)
        return facts.desks(_list(message, "desks"))

    def desk(self, code: str, *, timeout: float, trace: str) -> Desk | None:
        """One office; none that has another code."""
        message = self._ask_profile("desk", {"code": code}, timeout, trace)
        if "desk" not in message:
            raise Unavailable("the answer has no desk")
        return next((one for one in facts.desks(message["desk"]) if one.code == code), None)

    def _standing(self, action: str, reference: str, timeout: float, trace: str) -> Standing:
        message = self._ask_profile(action, {"reference": reference}, timeout, trace)
        return facts.standing(message)

    def _ask_profile(
        self, action: str, fields: Json, timeout: float, trace: str, transaction: str = ""
    ) -> Json:
        """One call of the local profile: the message of a success.

        Raises RegistryError, reasons in our words.
        """
        transaction = (transaction or trace)[: envelope.LONGEST_TRANSACTION] or uuid4().hex
        whole = {"transaction_id": transaction} | dict(fields)
        message = Message(action, whole, once=action in HANDED_OVER)
        try:
            return self._courier.deliver(
                f"{self._prefix}/{action}",
                message,
                _succeeded,
                timeout=timeout,
                trace=trace,
                meta=META,
            )
        except Refused as refused:
            raise Refused(OURS.get(refused.code, refused.code)) from refused

    def _id(self, national_id: str | None) -> Json | None:
        return None if national_id is None else {"type": self._id_type, "value": national_id}


def _succeeded(body: bytes, sent: Message) -> Json:
    received = replies.opened(body, sent)
    envelope.insist(received.status, received.reason)
    return received.message


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
