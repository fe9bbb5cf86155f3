"""The local profile of docs/registry-profile.md (`guichet-2`): the calls DCI does not have, each a
row of CALLS.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sandbox import desks
from sandbox.envelope import Json, Received, Rejected, answer, check_header, is_text
from sandbox.ledger import Application, Case, Complaint
from sandbox.message import CODE, LOCALE, PHONE, REFERENCE, Message
from sandbox.registry import Clock, Refusal, Registry

PROFILE = "guichet-2"
SUBJECTS = {
    "payment": (
        "nothing_came",
        "less_came",
        "fee_asked",
        "card_kept",
        "fingerprint_refused",
        "no_cash",
        "wrong_name",
        "account_blocked",
        "caregiver_keeps",
    ),
    "conduct": ("rude", "bribe", "turned_away", "favours"),
    "exclusion": ("not_visited", "wrong_record", "other_chosen"),
    "decision": (),
    "other": (),
}
"""Categories of complaints, and what of each it may be about."""
AGAINST = ("desk", "committee", "agent", "bank", "programme", "staff")
IDENTITIES = ("named", "confidential", "anonymous")
ROLES = ("parent", "guardian", "caregiver", "helper", "worker")
KINDS = {
    "visit": {"name", "village", "reach", "document"},
    "event": {"event", "who", "on"},
    "appointment": {"about", "day"},
    "call_back": {"when"},
    "appeal": {"about", "why"},
    "reopening": {"about", "why"},
    "rating": {"about", "stars"},
    "contact": {"when", "district"},
    "dispute": {"about"},
}
"""Kinds of cases, and the details each may have."""
ABOUT = ("appeal", "reopening", "rating", "dispute")
"""Kinds that are nothing without what they are about."""


@dataclass(frozen=True, slots=True)
class Call:
    """The registry and the message of one call; each method is one path of the profile.

    Raises Rejected and Refusal.
    """

    registry: Registry
    message: Message

    def eligibility(self) -> Json:
        """`/eligibility`."""
        return {"eligibility": self.registry.eligibility(self.message.id("person"))}

    def proof_questions(self) -> Json:
        """`/proof-questions`."""
        return {"questions": self.registry.proof_questions(self.message.id("person"))}

    def prove(self) -> Json:
        """`/prove`."""
        answers = self.message.words("answers")
        return {"proved": self.registry.prove(self.message.id("person"), answers)}

    def programmes(self) -> Json:
        """`/programmes`."""
        member = self.message.maybe_id("member")
        return {"programmes": self.registry.programmes(self.message.id("person"), member)}

    def terms(self) -> Json:
        """`/terms`."""
        person, member = self.message.id("person"), self.message.maybe_id("member")
        programme = self.message.text("programme", 24)
        return {"terms": self.registry.terms(person, member, programme)}

    def apply(self) -> Json:
        """`/apply`."""
        application = Application(
            self._delivered("applications"),
            self.message.id("person"),
            self.message.maybe_id("member"),
            self.message.text("programme", 24),
            self.message.matching("phone", PHONE),
            self.message.matching("locale", LOCALE),
            json.dumps(self.message.words("answers"), ensure_ascii=False),
            self.message.maybe_one_of("role", ROLES),
            self.message.maybe_matching("worker", CODE),
        )
        return {"acknowledgement": self.registry.apply(application)}

    def application_status(self) -> Json:
        """`/application-status`."""
        return self._standing("applications")

    def complaint(self) -> Json:
        """`/complaint`."""
        reference = self._delivered("complaints")
        category = self.message.one_of("category", tuple(SUBJECTS))
        subject = self.message.maybe_one_of("subject", SUBJECTS[category])
        complaint = Complaint(
            reference,
            category,
            self.message.text("details", 1000, least=0 if subject else 1),
            self.message.maybe_one_of("period", ("latest", "earlier")),
            self.message.maybe_id("person"),
            self.message.matching("phone", PHONE),
            self.message.matching("locale", LOCALE),
            subject,
            self.message.maybe_matching("payment", CODE),
            self.message.maybe_one_of("against", AGAINST),
            self.message.one_of("identity", IDENTITIES),
        )
        if complaint.identity == "anonymous" and (complaint.national_id or complaint.phone):
            raise Rejected("rjct.request.invalid", "Who is anonymous has neither ID nor phone.")
        return {"acknowledgement": self.registry.complain(complaint)}

    def complaint_status(self) -> Json:
        """`/complaint-status`."""
        return self._standing("complaints")

    def payments(self) -> Json:
        """`/payments`."""
        return {"payments": self.registry.payments(self.message.id("person"))}

    def case(self) -> Json:
        """`/case`."""
        reference = self._delivered("cases")
        kind = self.message.one_of("kind", tuple(KINDS))
        case = Case(
            reference,
            kind,
            json.dumps(self._details(kind), ensure_ascii=False),
            self.message.maybe_id("person"),
            self.message.matching("phone", PHONE),
            self.message.matching("locale", LOCALE),
        )
        return {"acknowledgement": self.registry.take(case)}

    def case_status(self) -> Json:
        """`/case-status`."""
        return self._standing("cases")

    def desks(self) -> Json:
        """`/desks`."""
        return {"desks": [desk.as_json() for desk in desks.near(self.message.text("near", 80))]}

    def desk(self) -> Json:
        """`/desk`."""
        found = desks.DESKS.get(self.message.matching("code", CODE))
        return {"desk": found.as_json() if found else None}

    def _details(self, kind: str) -> dict[str, str]:
        given = self.message.words("details")
        if given.keys() - KINDS[kind] or (kind in ABOUT and "about" not in given):
            raise Rejected("rjct.request.invalid", f"These are not the details of a {kind}.")
        if kind == "rating" and given.get("stars") not in {"1", "2", "3", "4", "5"}:
            raise Rejected("rjct.request.invalid", "A rating has one to five stars.")
        return given

    def _delivered(self, kind: str) -> str:
        reference = self.message.matching("reference", REFERENCE)
        self.registry.ledger.delivered(kind, reference)
        return reference

    def _standing(self, kind: str) -> Json:
        reference = self.message.matching("reference", REFERENCE)
        return self.registry.ledger.standing(kind, reference)


CALLS: dict[str, Callable[[Call], Json]] = {
    "eligibility": Call.eligibility,
    "proof-questions": Call.proof_questions,
    "prove": Call.prove,
    "programmes": Call.programmes,
    "terms": Call.terms,
    "apply": Call.apply,
    "application-status": Call.application_status,
    "complaint": Call.complaint,
    "complaint-status": Call.complaint_status,
    "payments": Call.payments,
    "case": Call.case,
    "case-status": Call.case_status,
    "desks": Call.desks,
    "desk": Call.desk,
}


def respond(registry: Registry, now: Clock, action: str, received: Received) -> Json:
    """Answer one call of the profile; `action` is the last part of its path."""
    try:
        _check(received, action)
        return answer(
            received, action, now(), CALLS[action](Call(registry, Message(received.message)))
        )
    except Rejected as refusal:
        return answer(received, action, now(), {}, refusal)
    except Refusal as refusal:
        return answer(received, action, now(), {}, Rejected(refusal.code, refusal.message))


def _check(received: Received, action: str) -> None:
    check_header(received.header, action, 1)
    if action not in CALLS:
        raise Rejected("rjct.action.not_supported", "This registry does not do that.")
    meta = received.header.get("meta")
    if not isinstance(meta, dict) or meta.get("profile") != PROFILE:
        raise Rejected("rjct.request.invalid", f"header.meta.profile must be {PROFILE}.")
    if not is_text(received.transaction_id, 99):
        raise Rejected("rjct.request.invalid", "transaction_id is missing.")
