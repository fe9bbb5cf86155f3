"""The port: what Guichet asks of a central registry, whatever the registry is.

A poverty score, cut-off, weight or rank never crosses it: these types have no place for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

Label = Mapping[str, str]
"""A name by language tag, e.g. {"en": "Cash support", "ur": "..."}; "en" is always there."""


class RegistryError(Exception):
    """The closed family below; nothing else leaves an adapter."""


class Unavailable(RegistryError):
    """No answer in time, a refused connection, 5xx, a call it never understood (wrong token,
    garbage), or a code that says try later. May be asked again.

    `again`: at once, says the standard: a time-out, a server's own error, or such a code.
    """

    def __init__(self, text: str = "", *, again: bool = False) -> None:
        super().__init__(text)
        self.again = again


class Away(Unavailable):
    """Not asked at all: the last who asked got no answer, and it is too early to try again."""


class StillAway(Unavailable):
    """Asked for everybody while it was away, to see whether it is back: it is not."""


FINAL = frozenset({"not_found", "not_in_household", "programme_unknown", "programme_closed"})
"""Codes of a refusal that are about what she asked: it is over, and she is told.

`duplicate` is not: an application of hers is open there, under a number she may not have. Nor is
`invalid`, nor a code of the registry's own: how we wrote was refused, and that is not hers to mend.
"""


class Refused(RegistryError):
    """The registry said no, and says it again as long as neither side is changed.

    `code` is one of FINAL, `duplicate` or `invalid`; any other is the registry's own. What else the
    registry wrote is left out: it may name a person.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


class NotSupported(RegistryError):
    """This registry does not do that; the dialog takes its other road."""


class Outcome(StrEnum):
    """The closed set of answers to "what may this household get?"."""

    NOT_FOUND = "not_found"
    RECORD_OUT_OF_DATE = "record_out_of_date"
    NOT_ASSESSED = "not_assessed"
    LIKELY = "likely"
    WAITING_LIST = "waiting_list"
    PROGRAMME_FULL = "programme_full"
    CLOSED = "closed"
    ENROLLED = "enrolled"
    SUSPENDED = "suspended"
    EXITED = "exited"
    NOT_ELIGIBLE = "not_eligible"
    NOT_YET_KNOWN = "not_yet_known"


class Proof(StrEnum):
    """What somebody must show before she is told an outcome, from the least to the most."""

    ANYONE = "anyone"
    NUMBER_ON_RECORD = "number_on_record"
    TWO_FACTS = "two_facts"
    IN_PERSON = "in_person"


@dataclass(frozen=True, slots=True)
class Question:
    """A fact the registry asks for. `kind` is `number` (between `least` and `most`), `choice` or
    `yes_no`.
    """

    id: str
    label: Label
    kind: str
    least: int = 0
    most: int = 0
    choices: tuple[tuple[str, Label], ...] = ()


class Window(StrEnum):
    """Whether a programme takes requests today."""

    READY = "ready"
    CLOSING = "closing"
    FULL = "full"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a programme asks of this person before it takes a request."""

    window: Window
    on: date | None = None
    """`closing`: the last day, always there. `closed`: the next opening, where it is known."""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Programme:
    """A benefit people can ask for. `code` is the registry's, at most 24 characters."""

    code: str
    name: Label
    opens: date | None = None
    closes: date | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """One outcome and what may be said with it: the programmes concerned, the public criterion, two
    dates.
    """

    outcome: Outcome
    programmes: tuple[Programme, ...] = ()
    criterion: Label = field(default_factory=dict)
    """The public rule that decided (`not_eligible`) or what to do (`suspended`); never a score."""
    assessed_on: date | None = None
    until: date | None = None
    """`closed`: the next opening. `suspended`: the last day to act."""
    proof: Proof = Proof.TWO_FACTS
    """What must be shown before this is told: the strictest of its programmes."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who the registry says an ID is: whether found, a household handle and the phones on record.
    No name is kept.
    """

    national_id: str
    household: str
    phones: tuple[str, ...] = ()
    """E.164."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An office people can go to. `code` is the registry's, at most 24 characters."""

    code: str
    name: Label
    place: Label
    hours: Label
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """A request for a programme.

    `reference` is the idempotency key: ten digits, minted before the call.
    """

    reference: str
    national_id: str
    programme: str
    member_id: str | None = None
    """National ID of the household member it is for, when not the applicant's own."""
    phone: str = ""
    language: str = "en"
    answers: Mapping[str, str] = field(default_factory=dict)
    """To the questions of its terms, by their ids."""
    role: str | None = None
    """Of whoever asks for somebody else: parent, guardian, caregiver, helper or worker."""
    worker: str | None = None
    """The code of a community worker."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint. `reference` is the idempotency key. `national_id` is None where she gave
    none; `identity` is `named`, `confidential` (only the complaints unit may know who) or `anonymous`
    (then there is neither ID nor phone).
    """

    reference: str
    category: str
    details: str
    period: str | None = None
    national_id: str | None = None
    phone: str = ""
    language: str = "en"
    subject: str | None = None
    """What of its category: `nothing_came`, `fee_asked`, ... (docs/registry-profile.md)."""
    payment: str | None = None
    """The registry's id of the payment it is about."""
    against: str | None = None
    """desk | committee | agent | bank | programme | staff."""
    identity: str = "named"


@dataclass(frozen=True, slots=True)
class Case:
    """Anything else the office is asked to do. `reference` is the idempotency key.

    `kind` is visit | event | appointment | call_back | appeal | reopening | rating | contact |
    dispute; `details` are its answers by name (docs/registry-profile.md).
    """

    reference: str
    kind: str
    details: Mapping[str, str]
    national_id: str | None = None
    phone: str = ""
    language: str = "en"


class Progress(StrEnum):
    """Where a request stands at the registry, in words a citizen is told."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    REFUSED = "refused"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands, and when that was told: an appeal is open for some days from then."""

    progress: Progress
    told_on: date | None = None
    appeal_until: date | None = None
    """The last day to appeal; None where nothing can be appealed."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The registry holds it. `known`: it already did, under the same reference."""

    reference: str
    record: str
    """The registry's own number."""
    known: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as the registry knows it; `state` is paid only when the payer confirmed. `id` is the
    registry's, at most 24 characters.
    """

    id: str
    programme: Programme
    amount: str
    """Decimal with a point, e.g. `12000.00`."""
    currency: str
    due: date
    state: str
    """expected | sent | paid | failed | returned"""
    place: Label = field(default_factory=dict)
    """Where it is paid out."""
    until: date | None = None
    """The last day to fetch it."""


class Registry(Protocol):
    """Every call may raise RegistryError; `timeout` is in seconds; `trace` joins the call to a
    conversation in logs.
    """

    def find_person(self, national_id: str, *, timeout: float, trace: str) -> Person | None:
        """The person, or None when the registry has no such ID."""

    def find_by_phone(self, phone: str, *, timeout: float, trace: str) -> tuple[str, ...]:
        """The national IDs that have this phone on record, at most twenty."""

    def proof_questions(
        self, national_id: str, *, timeout: float, trace: str
    ) -> tuple[Question, ...]:
        """Two facts only this person's household would know; never one that a registry filled in by
        itself, such as a birth on 1 January. Fewer than two: she is asked to come in person.
        """

    def prove(
        self, national_id: str, answers: Mapping[str, str], *, timeout: float, trace: str
    ) -> bool:
        """Whether every answer is right. Which one was wrong is not said."""

    def eligibility(self, national_id: str, *, timeout: float, trace: str) -> Eligibility:
        """The one outcome for the household of this ID; NOT_FOUND for an ID the registry does not
        know.
        """

    def programmes(
        self, national_id: str, member_id: str | None = None, *, timeout: float, trace: str
    ) -> tuple[Programme, ...]:
        """Programmes open today to this person (or to this member of her household).

        Raises Refused("not_found") for an unknown ID, Refused("not_in_household") for a member of
        another household.
        """

    def terms(
        self,
        national_id: str,
        programme: str,
        member_id: str | None = None,
        *,
        timeout: float,
        trace: str,
    ) -> Terms:
        """What this programme asks. Raises Refused as `programmes`, or `programme_unknown`."""

    def apply(self, application: Application, *, timeout: float, trace: str) -> Acknowledged:
        """Hand over an application, once per reference; repeating it is safe.

        Raises Refused("duplicate") where one is open for this person and programme under another
        reference.
        """

    def application_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Where an application stands; UNKNOWN when the registry never had it."""

    def lodge_complaint(self, complaint: Complaint, *, timeout: float, trace: str) -> Acknowledged:
        """Hand over a complaint, once per reference; repeating it is safe."""

    def complaint_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Where a complaint stands; UNKNOWN when the registry never had it."""

    def payments(self, national_id: str, *, timeout: float, trace: str) -> tuple[Payment, ...]:
        """The last payments of this person's household, newest first, at most six."""

    def submit(self, case: Case, *, timeout: float, trace: str) -> Acknowledged:
        """Hand over anything else, once per reference; repeating it is safe."""

    def case_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Where that stands; UNKNOWN when the registry never had it."""

    def desks(self, near: str, *, timeout: float, trace: str) -> tuple[Desk, ...]:
        """Offices for a place as people call it, the best match first, at most five."""

    def desk(self, code: str, *, timeout: float, trace: str) -> Desk | None:
        """One office, or None when the registry has no such code."""
