"""What is read from DCI records and written into them, in our words.

Values that are about a person do not show in a repr. There is no place for a score.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

SCORES = frozenset({"poverty_score", "poverty_score_type", "income_level"})
"""Fields of the standard that are left where they are."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number somebody is known by. `type` is the registry's word, empty where it said none."""

    type: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a name that there are."""

    given: str = field(default="", repr=False)
    second: str = field(default="", repr=False)
    surname: str = field(default="", repr=False)


class Sex(StrEnum):
    """As the standard has it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Person:
    """A person's record."""

    identifiers: tuple[Identifier, ...] = ()
    name: Name = field(default_factory=Name, repr=False)
    sex: Sex = field(default=Sex.UNKNOWN, repr=False)
    born: date | None = field(default=None, repr=False)
    died: date | None = field(default=None, repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    """E.164."""
    household: str = field(default="", repr=False)
    """The registry's handle."""
    registered_on: date | None = None
    updated_on: date | None = None


@dataclass(frozen=True, slots=True)
class Household:
    """A group's record; `members` has the head first, where it is said who that is."""

    identifiers: tuple[Identifier, ...] = ()
    kind: str = ""
    size: int | None = None
    members: tuple[Person, ...] = ()
    registered_on: date | None = None
    updated_on: date | None = None


class Status(StrEnum):
    """Where somebody stands in a programme."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    AWAITING_RENEWAL = "awaiting_renewal"
    GRADUATED = "graduated"
    EXITED = "exited"
    INACTIVE = "inactive"
    DECEASED = "deceased"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a benefit is."""

    CASH = "cash"
    VOUCHER = "voucher"
    IN_KIND = "in_kind"
    TRAINING = "training"
    WORK = "work"
    INSURANCE = "insurance"
    UNKNOWN = "unknown"


class Paid(StrEnum):
    """How far money came; paid only where the payer confirmed it."""

    EXPECTED = "expected"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Benefit:
    """One benefit of an enrolment. `amount` has two decimals, or is empty where none can be read."""

    kind: Kind = Kind.UNKNOWN
    on: date | None = None
    amount: str = field(default="", repr=False)
    currency: str = ""
    state: Paid = Paid.EXPECTED
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One programme somebody is, or was, in."""

    programme: str
    """The registry's code."""
    name: str = ""
    status: Status = Status.UNKNOWN
    since: date | None = None
    changed_on: date | None = None
    benefits: tuple[Benefit, ...] = ()


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """Whoever is enrolled: a member, or a group with its people. `identifiers` are all of theirs."""

    identifiers: tuple[Identifier, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()


@dataclass(frozen=True, slots=True)
class Disbursement:
    """What a payment system says of one payment. `reason` is its code, where it failed."""

    reference: str
    state: Paid
    reason: str = ""
    amount: str = field(default="", repr=False)
    currency: str = ""
