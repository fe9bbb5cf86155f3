"""The local profile of docs/registry-profile.md (`guichet-1`): the calls DCI does not have, each a
row of CALLS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response

from sandbox.envelope import Json, Received, Rejected, answer, check_header, is_text
from sandbox.ledger import Application, Complaint
from sandbox.registry import Clock, Refusal, Registry

PROFILE = "guichet-1"
_REFERENCE = re.compile(r"[0-9]{10}")
_PHONE = re.compile(r"(\+[1-9][0-9]{6,14})?")
_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Call:
    """The registry and the message of one call; each method is one path of the profile.

    Raises Rejected and Refusal.
    """

    registry: Registry
    message: Json

    def eligibility(self) -> Json:
        """`/eligibility`."""
        return {"eligibility": self.registry.eligibility(self._id("person"))}

    def programmes(self) -> Json:
        """`/programmes`."""
        return {
            "programmes": self.registry.programmes(self._id("person"), self._maybe_id("member"))
        }

    def apply(self) -> Json:
        """`/apply`."""
        application = Application(
            self._delivered("applications"),
            self._id("person"),
            self._maybe_id("member"),
            self._text("programme", 24),
            self._matching("phone", _PHONE),
            self._matching("locale", _LOCALE),
        )
        return {"acknowledgement": self.registry.apply(application)}

    def application_status(self) -> Json:
        """`/application-status`."""
        return {"progress": self.registry.ledger.progress("applications", self._reference())}

    def complaint(self) -> Json:
        """`/complaint`."""
        complaint = Complaint(
            self._delivered("complaints"),
            self._one_of("category", ("payment", "conduct", "exclusion", "other")),
            self._text("details", 1000),
            self._one_of("period", ("latest", "earlier"))
            if self.message.get("period") is not None
            else None,
            self._maybe_id("person"),
            self._matching("phone", _PHONE),
            self._matching("locale", _LOCALE),
        )
        return {"acknowledgement": self.registry.complain(complaint)}

    def complaint_status(self) -> Json:
        """`/complaint-status`."""
        return {"progress": self.registry.ledger.progress("complaints", self._reference())}

    def payments(self) -> Json:
        """`/payments`."""
        return {"payments": self.registry.payments(self._id("person"))}

    def _delivered(self, kind: str) -> str:
        reference = self._reference()
        self.registry.ledger.delivered(kind, reference)
        return reference

    def _reference(self) -> str:
        return self._matching("reference", _REFERENCE)

    def _id(self, field: str) -> str:
        given = self.message.get(field)
        if (
            not isinstance(given, dict)
            or given.get("type") != "NID"
            or not is_text(given.get("value"), 40)
        ):
            raise Rejected("rjct.request.invalid", f"{field} must be an ID of type NID.")
        return str(given["value"])

    def _maybe_id(self, field: str) -> str | None:
        return None if self.message.get(field) is None else self._id(field)

    def _text(self, field: str, longest: int) -> str:
        given = self.message.get(field)
        if not is_text(given, longest):
            raise Rejected("rjct.request.invalid", f"{field} must be 1 to {longest} characters.")
        return str(given)

    def _matching(self, field: str, shape: re.Pattern[str]) -> str:
        given = self.message.get(field)
        if not isinstance(given, str) or shape.fullmatch(given) is None:
            raise Rejected("rjct.request.invalid", f"{field} has not the right shape.")
        return given

    def _one_of(self, field: str, words: tuple[str, ...]) -> str:
        given: Any = self.message.get(field)
        if given not in words:
            raise Rejected("rjct.request.invalid", f"{field} must be one of {', '.join(words)}.")
        return str(given)


CALLS: dict[str, Callable[[Call], Json]] = {
    "eligibility": Call.eligibility,
    "programmes": Call.programmes,
    "apply": Call.apply,
    "application-status": Call.application_status,
    "complaint": Call.complaint,
    "complaint-status": Call.complaint_status,
    "payments": Call.payments,
}


def respond(registry: Registry, now: Clock, action: str, received: Received) -> Response:
    """Answer one call of the profile; `action` is the last part of its path."""
    try:
        _check(received, action)
        return answer(received, action, now(), CALLS[action](Call(registry, received.message)))
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
