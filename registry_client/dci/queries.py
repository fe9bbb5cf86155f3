"""What a search or a subscription looks for, and how the standard words it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from registry_client.envelope import Json, timestamp

EXPRESSION = "ns:org:QueryType:expression"


@dataclass(frozen=True, slots=True)
class ByIdentifier:
    """Whoever has this number. `type` is the registry's word for it."""

    type: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Expression:
    """Whoever of a collection fulfils a condition in the registry's own words (`$and`, `$lt`)."""

    collection: str
    condition: Mapping[str, Any] = field(repr=False)


class Operator(StrEnum):
    """How an attribute is compared."""

    EQUAL = "eq"
    GREATER = "gt"
    LESS = "lt"
    AT_LEAST = "ge"
    AT_MOST = "le"
    ONE_OF = "in"


class Joined(StrEnum):
    """How two comparisons belong together."""

    AND = "and"
    OR = "or"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One attribute, compared with a value, or with several (`ONE_OF`).

    A number is written as its digits, and several values in one string with commas between: the
    published files take neither a whole number (it fits two of their branches, and one is allowed)
    nor a list.
    """

    attribute: str
    operator: Operator
    value: str | tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.value, tuple) != (self.operator is Operator.ONE_OF):
            raise ValueError("several values are for `in`, and `in` is for several")

    @property
    def worded(self) -> Json:
        """As the standard has it."""
        value = self.value if isinstance(self.value, str) else ",".join(self.value)
        return {
            "attribute_name": self.attribute,
            "operator": self.operator.value,
            "attribute_value": value,
        }


@dataclass(frozen=True, slots=True)
class Predicate:
    """A comparison, or two that belong together."""

    first: Comparison
    joined: Joined | None = None
    second: Comparison | None = None

    def __post_init__(self) -> None:
        if (self.joined is None) != (self.second is None):
            raise ValueError("two comparisons need a word between them, and one needs none")


Query = ByIdentifier | Expression | Sequence[Predicate]


def worded(query: Query) -> tuple[str, Any]:
    """The standard's `query_type` and `query`. Raises ValueError for one that asks nothing."""
    match query:
        case ByIdentifier(kind, value):
            if not kind or not value:
                raise ValueError("an identifier has a type and a value")
            return "idtype-value", {"type": kind, "value": value}
        case Expression(collection, condition):
            whole = {"collection": collection, "query": dict(condition)}
            return "expression", {"type": EXPRESSION, "value": {"expression": whole}}
        case predicates if predicates:
            return "predicate", [
                _predicate(number, one) for number, one in enumerate(predicates, start=1)
            ]
    raise ValueError("a query has at least one comparison")


def _predicate(number: int, one: Predicate) -> Json:
    first: dict[str, Any] = {"seq_num": number, "expression1": one.first.worded}
    if one.joined is None or one.second is None:
        return first
    return first | {"condition": one.joined.value, "expression2": one.second.worded}


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of what is found."""

    attribute: str
    descending: bool = False

    @property
    def worded(self) -> Json:
        """As the standard has it."""
        order = "desc" if self.descending else "asc"
        return {"attribute_name": self.attribute, "sort_order": order}


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what is found; the first has the number 1."""

    size: int
    number: int = 1

    def __post_init__(self) -> None:
        if self.size < 1 or self.number < 1:
            raise ValueError("a page has a size and a number of 1 or more")

    @property
    def worded(self) -> Json:
        """As the standard has it."""
        return {"page_size": self.size, "page_number": self.number}


@dataclass(frozen=True, slots=True)
class Purpose:
    """What personal data are asked for, and what allows it. Empty parts are left out."""

    code: str = ""
    text: str = ""
    uri: str = ""
    legal_basis: str = ""

    def worded(self, kind: str, at: datetime) -> dict[str, Any]:
        """As `authorize` or `consent` has it; empty where there is no purpose."""
        said = {"code": self.code, "text": self.text, "ref_uri": self.uri}
        purpose = {name: value for name, value in said.items() if value}
        if not purpose:
            return {}
        basis = {"legal_basis": self.legal_basis} if self.legal_basis else {}
        return {"@type": kind, "ts": timestamp(at), "purpose": purpose} | basis


@dataclass(frozen=True, slots=True)
class Consent:
    """That she was asked and said yes: to which version of the words, and when."""

    version: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a registry calls itself and its records. `entity` is Member, Group or empty."""

    registry: str
    record: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """One item of a search."""

    query: Query
    kinds: Kinds
    page: Page | None = None
    sort: tuple[Sort, ...] = ()
    consent: Consent | None = None
    """Only where one was asked for and given."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Events we want to be told of, for whom, and until when."""

    event: str
    query: Query
    kinds: Kinds
    begins: datetime
    ends: datetime
    frequency: str = "immediate"
