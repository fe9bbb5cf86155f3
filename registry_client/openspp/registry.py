"""The port, asked of OpenSPP 2. What it does not do is NotSupported: the dialogs take their other
road.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import chain

from registry_client.absent import Absent
from registry_client.configuration import RegistrySettings
from registry_client.envelope import Json
from registry_client.openspp import reading
from registry_client.openspp.applications import Applications
from registry_client.openspp.rest import Rest
from registry_client.openspp.tickets import Tickets
from registry_client.port import (
    Acknowledged,
    Application,
    Complaint,
    Eligibility,
    NotSupported,
    Outcome,
    Payment,
    Person,
    Programme,
    Proof,
    Refused,
    Standing,
)


class OpenSpp(Absent):
    """A `Registry` at one OpenSPP. Any thread may use it. `clock` gives seconds of any beginning."""

    def __init__(
        self,
        rest: Rest,
        registry: RegistrySettings,
        applications: Applications,
        tickets: Tickets | None,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._rest, self._site, self._proof = rest, registry.openspp, registry.proof
        self._applications, self._tickets = applications, tickets
        self._longest, self._now, self._clock = registry.timeout, now, clock

    def find_person(self, national_id: str, *, timeout: float, trace: str) -> Person | None:  # noqa: ARG002 - no place for it there
        """The individual who carries this very ID."""
        found = self._individual(national_id, self._until(timeout))
        if found is None:
            return None
        household = next((one.partition("|")[2] for one in reading.groups(found)), "")
        return Person(national_id, household, reading.phones(found))

    def eligibility(self, national_id: str, *, timeout: float, trace: str) -> Eligibility:  # noqa: ARG002
        """What her memberships and those of her groups come to."""
        until = self._until(timeout)
        found = self._individual(national_id, until)
        if found is None:
            return Eligibility(Outcome.NOT_FOUND, proof=Proof.ANYONE)
        refs = [f"Individual/{self._site.id_system}|{national_id}"]
        refs += [f"Group/{one}" for one in reading.groups(found)]
        held = (self._rest.search("ProgramMembership", {"beneficiary": one}, until) for one in refs)
        return reading.eligibility(chain.from_iterable(held), self._proof)

    def programmes(
        self,
        national_id: str,
        member_id: str | None = None,
        *,
        timeout: float,
        trace: str,  # noqa: ARG002
    ) -> tuple[Programme, ...]:
        """Active programmes for individuals. Whose household a member is of is not looked into."""
        until = self._until(timeout)
        for one in filter(None, (national_id, member_id)):
            if self._individual(one, until) is None:
                raise Refused("not_found")
        asked = {"status": "active", "targetType": "individual"}
        found = self._rest.search("Program", asked, until)
        return reading.programmes(found, self._site.programme_system, self._now().date())

    def apply(self, application: Application, *, timeout: float, trace: str) -> Acknowledged:  # noqa: ARG002
        """As a membership in draft or a change request."""
        return self._applications.hand_over(application, self._until(timeout))

    def application_status(self, reference: str, *, timeout: float, trace: str) -> Standing:  # noqa: ARG002
        """Where a change request stands."""
        return self._applications.standing(reference, self._until(timeout))

    def lodge_complaint(self, complaint: Complaint, *, timeout: float, trace: str) -> Acknowledged:  # noqa: ARG002
        """As a ticket."""
        return self._by_ticket().lodge(complaint, self._until(timeout))

    def complaint_status(self, reference: str, *, timeout: float, trace: str) -> Standing:  # noqa: ARG002
        """Where a ticket stands."""
        return self._by_ticket().standing(reference, self._until(timeout))

    def payments(self, national_id: str, *, timeout: float, trace: str) -> tuple[Payment, ...]:  # noqa: ARG002
        """Entitlements of hers and of her groups: granted, and never known to be paid."""
        until = self._until(timeout)
        found = self._individual(national_id, until)
        if found is None:
            raise Refused("not_found")
        refs = [f"{self._site.id_system}|{national_id}", *reading.groups(found)]
        held = (self._rest.search("Entitlement", {"beneficiary": one}, until) for one in refs)
        return reading.payments(chain.from_iterable(held))

    def _individual(self, national_id: str, until: float) -> Json | None:
        system = self._site.id_system
        found = self._rest.read("Individual", system, national_id, until)
        return found if found and reading.is_hers(found, system, national_id) else None

    def _by_ticket(self) -> Tickets:
        if self._tickets is None:
            raise NotSupported("this registry takes no complaints")
        return self._tickets

    def _until(self, timeout: float) -> float:
        return self._clock() + min(timeout, self._longest)
