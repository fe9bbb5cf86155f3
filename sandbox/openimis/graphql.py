"""As much of GraphQL as is asked of this openIMIS: one field, its arguments, the names under it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.openimis.people import Record, extension, relay
from sandbox.openimis.site import Site

CHANGES = frozenset({"createTicket", "createComment", "reopenTicket", "createBeneficiary"})
_FIELD = re.compile(r"\{\s*(\w+)\s*(?:\(([^)]*)\))?\s*\{(.*)\}\s*\}", re.DOTALL)
_ARGUMENT = re.compile(r"(\w+)\s*:\s*(\$?\w+)")


class Invalid(Exception):
    """The document does not fit the schema."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One field: its name, its arguments filled in, and the names under it."""

    name: str
    arguments: Mapping[str, Any]
    names: frozenset[str]


def read(document: str, variables: Mapping[str, Any]) -> Asked:
    """The field a document asks for. Raises Invalid."""
    found = _FIELD.search(document)
    if found is None:
        raise Invalid("Syntax Error")
    arguments = {
        name: variables.get(value[1:]) if value.startswith("$") else value
        for name, value in _ARGUMENT.findall(found[2] or "")
    }
    return Asked(found[1], arguments, frozenset(re.findall(r"\w+", found[3])))


def filtered(records: list[Record], filters: list[str]) -> list[Record]:
    """Those a custom filter keeps. One that is not `name__exact__string=value` keeps everybody."""
    for one in filters:
        parts = one.split("=")
        named = re.fullmatch(r"(\w+)__exact__string", parts[0])
        if len(parts) == 2 and named:
            records = [each for each in records if each["jsonExt"].get(named[1]) == parts[1]]
    return records


def found(site: Site, asked: Asked) -> list[Record]:
    """The nodes of a connection, with every name they have. Raises Invalid."""
    given = asked.arguments
    match asked.name:
        case "individual":
            return [
                _node("Individual", one, jsonExt=extension(one))
                for one in filtered(site.individuals, given["customFilters"])
            ]
        case "benefitPlan":
            return [_node("BenefitPlan", one) for one in site.plans]
        case "beneficiary":
            held = filtered(site.beneficiaries, given.get("customFilters") or [])
            if "individual_Id" in given:
                held = [one for one in held if one["individual"] == given["individual_Id"]]
            plans = {one["uuid"]: one for one in site.plans}
            return [
                _node(
                    "Beneficiary",
                    one,
                    jsonExt=extension(one),
                    isEligible=None,
                    benefitPlan={name: plans[one["plan"]][name] for name in ("code", "name")},
                )
                for one in held
            ]
        case "benefitConsumption":
            return [one for one in site.benefits if one["individual"] == given["individual_Id"]]
        case "tickets":
            mutation = given["clientMutationId"]
            return [_node("Ticket", one) for one in site.tickets if mutation in one["mutations"]]
        case "mutationLogs":
            return site.look(given["clientMutationId"])
    raise Invalid(f"Cannot query field '{asked.name}' on type 'Query'.")


def connection(nodes: list[Record], names: frozenset[str]) -> Record:
    """A connection that holds what was asked for, and no more."""
    return {
        "edges": [
            {"node": {name: value for name, value in one.items() if name in names}} for one in nodes
        ]
    }


def _node(kind: str, record: Record, **more: Any) -> Record:
    return {**record, "id": relay(kind, record["uuid"])} | more
