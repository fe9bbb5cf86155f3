"""A registry in front of a registry: every call goes on through one door, which a kind of it may
watch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from registry_client.port import (
    Acknowledged,
    Application,
    Case,
    Complaint,
    Desk,
    Eligibility,
    Payment,
    Person,
    Programme,
    Question,
    Registry,
    Standing,
    Terms,
)

Answer = TypeVar("Answer")


class Passing:
    """A `Registry` that asks another one. Each call promises what the port says of it."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def _through(self, call: Callable[[], Answer], timeout: float) -> Answer:  # noqa: ARG002 - for who watches
        """The door."""
        return call()

    def find_person(self, national_id: str, *, timeout: float, trace: str) -> Person | None:
        """Pass it on."""
        find = self._registry.find_person
        return self._through(partial(find, national_id, timeout=timeout, trace=trace), timeout)

    def find_by_phone(self, phone: str, *, timeout: float, trace: str) -> tuple[str, ...]:
        """Pass it on."""
        find = self._registry.find_by_phone
        return self._through(partial(find, phone, timeout=timeout, trace=trace), timeout)

    def proof_questions(
        self, national_id: str, *, timeout: float, trace: str
    ) -> tuple[Question, ...]:
        """Pass it on."""
        ask = self._registry.proof_questions
        return self._through(partial(ask, national_id, timeout=timeout, trace=trace), timeout)

    def prove(
        self, national_id: str, answers: Mapping[str, str], *, timeout: float, trace: str
    ) -> bool:
        """Pass it on."""
        prove = self._registry.prove
        return self._through(
            partial(prove, national_id, answers, timeout=timeout, trace=trace), timeout
        )

    def eligibility(self, national_id: str, *, timeout: float, trace: str) -> Eligibility:
        """Pass it on."""
        ask = self._registry.eligibility
        return self._through(partial(ask, national_id, timeout=timeout, trace=trace), timeout)

    def programmes(
        self, national_id: str, member_id: str | None = None, *, timeout: float, trace: str
    ) -> tuple[Programme, ...]:
        """Pass it on."""
        ask = self._registry.programmes
        return self._through(
            partial(ask, national_id, member_id, timeout=timeout, trace=trace), timeout
        )

    def terms(
        self,
        national_id: str,
        programme: str,
        member_id: str | None = None,
        *,
        timeout: float,
        trace: str,
    ) -> Terms:
        """Pass it on."""
        ask = self._registry.terms
        return self._through(
            partial(ask, national_id, programme, member_id, timeout=timeout, trace=trace), timeout
        )

    def apply(self, application: Application, *, timeout: float, trace: str) -> Acknowledged:
        """Pass it on."""
        hand = self._registry.apply
        return self._through(partial(hand, application, timeout=timeout, trace=trace), timeout)

    def application_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Pass it on."""
        ask = self._registry.application_status
        return self._through(partial(ask, reference, timeout=timeout, trace=trace), timeout)

    def lodge_complaint(self, complaint: Complaint, *, timeout: float, trace: str) -> Acknowledged:
        """Pass it on."""
        hand = self._registry.lodge_complaint
        return self._through(partial(hand, complaint, timeout=timeout, trace=trace), timeout)

    def complaint_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Pass it on."""
        ask = self._registry.complaint_status
        return self._through(partial(ask, reference, timeout=timeout, trace=trace), timeout)

    def payments(self, national_id: str, *, timeout: float, trace: str) -> tuple[Payment, ...]:
        """Pass it on."""
        ask = self._registry.payments
        return self._through(partial(ask, national_id, timeout=timeout, trace=trace), timeout)

    def submit(self, case: Case, *, timeout: float, trace: str) -> Acknowledged:
        """Pass it on."""
        hand = self._registry.submit
        return self._through(partial(hand, case, timeout=timeout, trace=trace), timeout)

    def case_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Pass it on."""
        ask = self._registry.case_status
        return self._through(partial(ask, reference, timeout=timeout, trace=trace), timeout)

    def desks(self, near: str, *, timeout: float, trace: str) -> tuple[Desk, ...]:
        """Pass it on."""
        ask = self._registry.desks
        return self._through(partial(ask, near, timeout=timeout, trace=trace), timeout)

    def desk(self, code: str, *, timeout: float, trace: str) -> Desk | None:
        """Pass it on."""
        ask = self._registry.desk
        return self._through(partial(ask, code, timeout=timeout, trace=trace), timeout)
