"""The `openimis` registry: people, plans, applications, grievances and benefits of openIMIS."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from time import monotonic

from registry_client.absent import Absent
from registry_client.configuration import RegistrySettings
from registry_client.envelope import Json, word
from registry_client.openimis import documents, records
from registry_client.openimis.graph import Graph, Span
from registry_client.openimis.mutations import Mutations, mutation_id
from registry_client.openimis.tickets import Tickets
from registry_client.port import (
    Acknowledged,
    Application,
    Case,
    Complaint,
    Eligibility,
    NotSupported,
    Outcome,
    Payment,
    Person,
    Programme,
    Progress,
    Refused,
    Standing,
)


class OpenImis(Absent):
    """A `Registry`. Any thread may use it; `clock` counts seconds, `now` gives the day."""

    def __init__(
        self,
        graph: Graph,
        registry: RegistrySettings,
        now: Callable[[], datetime],
        rest: Callable[[float], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._graph, self._mutations = graph, Mutations(graph, rest)
        self._tickets = Tickets(graph, self._mutations, registry.openimis, now)
        self._site, self._proof = registry.openimis, registry.proof
        self._longest, self._now, self._clock = registry.timeout, now, clock

    # Who she is

    def find_person(self, national_id: str, *, timeout: float, trace: str) -> Person | None:  # noqa: ARG002 - GraphQL has no place for it
        """The person whose record carries this very ID."""
        found = self._individual(national_id, self._span(timeout))
        if found is None:
            return None
        return Person(national_id, "", records.phones(found, self._site.phone_field))

    def find_by_phone(self, phone: str, *, timeout: float, trace: str) -> tuple[str, ...]:  # noqa: ARG002
        """The IDs of the people with this phone."""
        if not records.PHONE.fullmatch(phone):
            return ()
        nodes = self._filtered(self._site.phone_field, phone, self._span(timeout))
        hers = [one for one in nodes if phone in records.phones(one, self._site.phone_field)]
        numbers = (word(records.extension(one).get(self._site.id_field)) for one in hers)
        return tuple(dict.fromkeys(one for one in numbers if records.IDENTIFIER.fullmatch(one)))

    # What she may get, and gets

    def eligibility(self, national_id: str, *, timeout: float, trace: str) -> Eligibility:  # noqa: ARG002
        """What her records as a beneficiary come to; without any it is not yet known."""
        span = self._span(timeout)
        person = self._individual(national_id, span)
        if person is None:
            return Eligibility(Outcome.NOT_FOUND, proof=self._proof)
        held = self._beneficiaries(person, span)
        for status, outcome in records.OUTCOMES:
            if mine := [one for one in held if one.get("status") == status]:
                named = (records.programme(one.get("benefitPlan")) for one in mine)
                return Eligibility(outcome, tuple(filter(None, named)), proof=self._proof)
        return Eligibility(Outcome.NOT_YET_KNOWN, proof=self._proof)

    def programmes(
        self,
        national_id: str,
        member_id: str | None = None,
        *,
        timeout: float,
        trace: str,  # noqa: ARG002
    ) -> tuple[Programme, ...]:
        """The plans open to people today that she has no record in."""
        span = self._span(timeout)
        person = self._asking(national_id, member_id, span)
        held = {_code(one.get("benefitPlan")) for one in self._beneficiaries(person, span)}
        found = (records.programme(plan) for plan in self._open(span))
        return tuple(one for one in found if one and one.code not in held)

    def payments(self, national_id: str, *, timeout: float, trace: str) -> tuple[Payment, ...]:  # noqa: ARG002
        """Her benefits. openIMIS names no currency: without one in the settings, not supported."""
        if not self._site.currency:
            raise NotSupported("this registry has no currency")
        span = self._span(timeout)
        person = self._individual(national_id, span)
        if person is None:
            return ()
        asked = {"individual": records.identifier(person)}
        nodes = self._graph.nodes(documents.BENEFITS, asked, span)
        return records.payments(nodes, self._site.currency)

    # What she asks for

    def apply(self, application: Application, *, timeout: float, trace: str) -> Acknowledged:  # noqa: ARG002
        """Make her a potential beneficiary. The record's number is its UUID."""
        span = self._span(timeout)
        if (held := self._application(application.reference, span)) is not None:
            return Acknowledged(application.reference, records.identifier(held), known=True)
        self._mutations.once(
            documents.CREATE_BENEFICIARY,
            mutation_id(application.reference),
            lambda: self._asked_for(application, span),
            span,
        )
        made = self._application(application.reference, span) or {}
        return Acknowledged(application.reference, records.identifier(made))

    def application_status(self, reference: str, *, timeout: float, trace: str) -> Standing:  # noqa: ARG002
        """What became of the record it made; received where openIMIS took it and shows none."""
        span = self._span(timeout)
        held = self._application(reference, span)
        if held is not None:
            status = word(held.get("status"))
            return Standing(records.APPLICATIONS.get(status, Progress.IN_REVIEW))
        done = self._mutations.done(mutation_id(reference), span)
        return Standing(Progress.RECEIVED if done else Progress.UNKNOWN)

    def lodge_complaint(self, complaint: Complaint, *, timeout: float, trace: str) -> Acknowledged:  # noqa: ARG002
        """Make a ticket of it. The record's number is the ticket's code."""
        span = self._span(timeout)
        named = complaint.identity == "named" and complaint.national_id
        person = self._individual(complaint.national_id or "", span) if named else None
        reporter = records.identifier(person) if person else ""
        return self._tickets.lodge(complaint, reporter, span)

    def complaint_status(self, reference: str, *, timeout: float, trace: str) -> Standing:  # noqa: ARG002
        """Where the ticket stands."""
        return self._tickets.standing(reference, self._span(timeout))

    def submit(self, case: Case, *, timeout: float, trace: str) -> Acknowledged:  # noqa: ARG002
        """Open a ticket again; any other case is not supported."""
        if case.kind != "reopening":
            raise NotSupported("this registry has no such cases")
        return self._tickets.reopen(case, self._span(timeout))

    def case_status(self, reference: str, *, timeout: float, trace: str) -> Standing:  # noqa: ARG002
        """Where the ticket stands that was opened again."""
        return self._tickets.standing(reference, self._span(timeout), reopened=True)

    # How it is asked

    def _span(self, timeout: float) -> Span:
        return Span(self._clock() + min(timeout, self._longest), self._clock)

    def _filtered(self, field: str, value: str, span: Span) -> list[Json]:
        filters = [f"{field}__exact__string={value}"]
        return self._graph.nodes(documents.INDIVIDUALS, {"filters": filters}, span)

    def _individual(self, national_id: str, span: Span) -> Json | None:
        """Her record. A filter openIMIS does not understand finds everybody: so hers must carry the
        ID.
        """
        if not records.IDENTIFIER.fullmatch(national_id):
            return None
        field = self._site.id_field
        for one in self._filtered(field, national_id, span):
            if word(records.extension(one).get(field)) == national_id and records.identifier(one):
                return one
        return None

    def _asking(self, national_id: str, member_id: str | None, span: Span) -> Json:
        if member_id is not None:
            raise NotSupported("this registry is not asked about households")
        if (person := self._individual(national_id, span)) is None:
            raise Refused("not_found")
        return person

    def _beneficiaries(self, person: Json, span: Span) -> list[Json]:
        asked = {"individual": records.identifier(person)}
        return self._graph.nodes(documents.BENEFICIARIES, asked, span)

    def _open(self, span: Span) -> list[Json]:
        today = self._now().date()
        plans = self._graph.nodes(documents.PLANS, {}, span)
        return [one for one in plans if records.open_to_people(one, today)]

    def _application(self, reference: str, span: Span) -> Json | None:
        if not records.REFERENCE.fullmatch(reference):
            return None
        filters = [f"{records.OURS}__exact__string={reference}"]
        nodes = self._graph.nodes(documents.APPLICATION, {"filters": filters}, span)
        return next(
            (one for one in nodes if records.extension(one).get(records.OURS) == reference), None
        )

    def _asked_for(self, application: Application, span: Span) -> Json:
        """The new record. Raises Refused where it cannot be."""
        person = self._asking(application.national_id, application.member_id, span)
        plans = self._graph.nodes(documents.PLANS, {}, span)
        plan = next((one for one in plans if _code(one) == application.programme), None)
        if plan is None:
            raise Refused("programme_unknown")
        today = self._now().date()
        if not records.open_to_people(plan, today):
            raise Refused("programme_closed")
        held = self._beneficiaries(person, span)
        if any(_code(one.get("benefitPlan")) == application.programme for one in held):
            raise Refused("duplicate")
        said = {**application.answers, "role": application.role, "worker": application.worker}
        kept = {f"guichet_{name}": value for name, value in said.items() if value}
        kept[records.OURS] = application.reference
        return {
            "individualId": records.identifier(person),
            "benefitPlanId": records.identifier(plan),
            "status": "POTENTIAL",
            "dateValidFrom": today.isoformat(),
            "jsonExt": json.dumps(kept),
        }


def _code(plan: object) -> str:
    found = records.programme(plan)
    return found.code if found else ""
