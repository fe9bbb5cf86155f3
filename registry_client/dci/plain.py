"""The `dci-only` registry: what the standard itself can tell, and nothing of ours.

People by search, enrolments and benefits from a beneficiary registry. All else is NotSupported, and
the dialogs take their other road (docs/dci.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from registry_client import facts
from registry_client.absent import Absent
from registry_client.configuration import RegistrySettings
from registry_client.dci import enrolments, records
from registry_client.dci.client import Call, DciClient
from registry_client.dci.people import People
from registry_client.dci.queries import ByIdentifier, Kinds, Page, Search
from registry_client.dci.values import Benefit, Enrolment, Kind, Status
from registry_client.port import Eligibility, Outcome, Payment, Person, Programme

MOST_RECORDS = 20
TOLD = (
    (Outcome.ENROLLED, frozenset({Status.ACTIVE, Status.AWAITING_RENEWAL})),
    (Outcome.SUSPENDED, frozenset({Status.SUSPENDED})),
    (Outcome.EXITED, frozenset({Status.GRADUATED, Status.EXITED, Status.INACTIVE})),
)
"""What a status comes to; the first that any enrolment has is told. Deceased and unknown are not."""
MONEY = frozenset({Kind.CASH, Kind.UNKNOWN})


class PlainRegistry(Absent):
    """A `Registry` that speaks DCI and nothing else. Any thread may use it."""

    def __init__(self, people: People, client: DciClient, registry: RegistrySettings) -> None:
        self._people, self._client, self._proof = people, client, registry.proof
        self._id_type = registry.id_types.national_id
        self._kinds = Kinds(registry.types.beneficiaries, registry.types.beneficiary, "Member")

    def find_person(self, national_id: str, *, timeout: float, trace: str) -> Person | None:
        """The person, by search."""
        return self._people.by_id(national_id, Call(timeout, trace))

    def find_by_phone(self, phone: str, *, timeout: float, trace: str) -> tuple[str, ...]:
        """The IDs of the people with this phone, by search."""
        return self._people.by_phone(phone, Call(timeout, trace))

    def eligibility(self, national_id: str, *, timeout: float, trace: str) -> Eligibility:
        """What her enrolments come to. Without any it is not yet known: whether she may get
        something is nowhere in the standard.
        """
        held = self._enrolments(national_id, timeout, trace)
        for outcome, statuses in TOLD:
            if mine := [one for one in held if one.status in statuses]:
                return Eligibility(outcome, _programmes(mine), proof=self._proof)
        return Eligibility(Outcome.NOT_YET_KNOWN, proof=self._proof)

    def payments(self, national_id: str, *, timeout: float, trace: str) -> tuple[Payment, ...]:
        """Benefits in money, newest first, at most six; paid only where the bank confirmed it."""
        held = self._enrolments(national_id, timeout, trace)
        found = {one.id: one for one in _payments(held)}
        newest = sorted(found.values(), key=lambda payment: payment.due, reverse=True)
        return tuple(newest[: facts.MOST_PAYMENTS])

    def _enrolments(self, national_id: str, timeout: float, trace: str) -> list[Enrolment]:
        """Hers alone: a record that carries another ID is another person's."""
        query = ByIdentifier(self._id_type, national_id)
        search = Search(query, self._kinds, Page(MOST_RECORDS))
        found = self._client.records(search, MOST_RECORDS, Call(timeout, trace))
        hers = [one for one in found if records.carries(one, national_id)]
        return [each for one in hers for each in enrolments.beneficiary(one).enrolments]


def _programmes(held: list[Enrolment]) -> tuple[Programme, ...]:
    return facts.programmes([_worded(one) for one in held])


def _worded(one: Enrolment) -> dict[str, object]:
    """A programme as the profile words it: what a screen can say of it is decided in one place."""
    return {"code": one.programme, "name": {"en": one.name or one.programme}}


def _payments(held: list[Enrolment]) -> Iterator[Payment]:
    for enrolment in held:
        programme = facts.programme(_worded(enrolment))
        for benefit in enrolment.benefits:
            if programme is not None and (payment := _payment(programme, benefit)) is not None:
                yield payment


def _payment(programme: Programme, benefit: Benefit) -> Payment | None:
    """None for what is not money, or lacks its day or its currency."""
    if benefit.kind not in MONEY or benefit.on is None or not (benefit.amount and benefit.currency):
        return None
    return Payment(
        _number(programme, benefit),
        programme,
        benefit.amount,
        benefit.currency,
        benefit.on,
        benefit.state.value,
    )


def _number(programme: Programme, benefit: Benefit) -> str:
    """The standard numbers no benefit: the same one has the same number whenever it is read."""
    whole = f"{programme.code}/{benefit.on}/{benefit.amount}/{benefit.currency}"
    return f"b{sha256(whole.encode()).hexdigest()[:15]}"
