"""A registry that does nothing of what the port asks: an adapter says only what its own can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from registry_client.port import (
    Acknowledged,
    Application,
    Case,
    Complaint,
    Desk,
    Eligibility,
    NotSupported,
    Payment,
    Person,
    Programme,
    Question,
    Standing,
    Terms,
)


def _absent(what: str) -> NoReturn:
    raise NotSupported(f"this registry has no {what}")


class Absent:
    """A `Registry` whose every call is NotSupported: the dialogs take their other road."""

    def find_person(self, national_id: str, *, timeout: float, trace: str) -> Person | None:
        """Not here."""
        _absent("people by ID")

    def find_by_phone(self, phone: str, *, timeout: float, trace: str) -> tuple[str, ...]:
        """Not here."""
        _absent("people by phone")

    def eligibility(self, national_id: str, *, timeout: float, trace: str) -> Eligibility:
        """Not here."""
        _absent("eligibility")

    def payments(self, national_id: str, *, timeout: float, trace: str) -> tuple[Payment, ...]:
        """Not here."""
        _absent("payments")

    def proof_questions(
        self, national_id: str, *, timeout: float, trace: str
    ) -> tuple[Question, ...]:
        """Not here."""
        _absent("questions that prove who somebody is")

    def prove(
        self, national_id: str, answers: Mapping[str, str], *, timeout: float, trace: str
    ) -> bool:
        """Not here."""
        _absent("proof of who somebody is")

    def programmes(
        self, national_id: str, member_id: str | None = None, *, timeout: float, trace: str
    ) -> tuple[Programme, ...]:
        """Not here."""
        _absent("a list of programmes")

    def terms(
        self,
        national_id: str,
        programme: str,
        member_id: str | None = None,
        *,
        timeout: float,
        trace: str,
    ) -> Terms:
        """Not here."""
        _absent("what a programme asks")

    def apply(self, application: Application, *, timeout: float, trace: str) -> Acknowledged:
        """Not here."""
        _absent("applications")

    def application_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Not here."""
        _absent("applications")

    def lodge_complaint(self, complaint: Complaint, *, timeout: float, trace: str) -> Acknowledged:
        """Not here."""
        _absent("complaints")

    def complaint_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Not here."""
        _absent("complaints")

    def submit(self, case: Case, *, timeout: float, trace: str) -> Acknowledged:
        """Not here."""
        _absent("cases")

    def case_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Not here."""
        _absent("cases")

    def desks(self, near: str, *, timeout: float, trace: str) -> tuple[Desk, ...]:
        """Not here."""
        _absent("offices")

    def desk(self, code: str, *, timeout: float, trace: str) -> Desk | None:
        """Not here."""
        _absent("offices")
