"""The three languages of DCI's queries, each read into one condition.

What is searched by stands in attributes.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sandbox.dci.attributes import BY_TYPE, attribute
from sandbox.envelope import Json, Rejected, is_text, is_whole

DEEPEST, MOST_COMPARISONS, MOST_CHOICES = 8, 40, 100
OPERATORS = {
    "eq": "=",
    "ne": "<>",
    "gt": ">",
    "lt": "<",
    "ge": ">=",
    "gte": ">=",
    "le": "<=",
    "lte": "<=",
    "in": "IN",
    "nin": "NOT IN",
}
"""With a `$` or without."""


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL on person `p` in household `h`, and its values in order."""

    sql: str
    values: tuple[str | int | float, ...] = ()


def read(query_type: str, query: object) -> Condition:
    """The condition of a query. Raises Rejected: `rjct.filter.invalid`, and for an identifier of a
    type there is not `rjct.search_criteria.invalid`.
    """
    if not is_whole(query):
        raise _invalid("A query is plain text.")
    match query_type:
        case "idtype-value":
            return _identifier(query)
        case "expression":
            return _expression(query)
    return _predicate(query)


def collection(query: object) -> str:
    """Group or Member where an expression says which; else empty."""
    value = query.get("value") if isinstance(query, dict) else None
    expression = value.get("expression", value) if isinstance(value, dict) else None
    named = expression.get("collection") if isinstance(expression, dict) else None
    return {"Group": "Group", "Household": "Group", "Member": "Member", "Person": "Member"}.get(
        str(named), ""
    )


def joined(sql: str, parts: list[Condition]) -> Condition:
    """Conditions joined by AND or OR."""
    if not parts:
        raise _invalid("A list of conditions is not empty.")
    whole = f" {sql} ".join(f"({part.sql})" for part in parts)
    return Condition(whole, tuple(value for part in parts for value in part.values))


def _identifier(query: object) -> Condition:
    if not isinstance(query, dict):
        raise _invalid("An identifier is an object.")
    kind = str(query.get("type", "")).rpartition(":")[2]
    if kind not in BY_TYPE:
        raise Rejected("rjct.search_criteria.invalid", "Unknown identifier type.")
    value = query.get("value")
    if type(value) is int and value < 10**98:
        value = str(value)
    if not is_text(value, 99):
        raise _invalid("The value of an identifier is a string.")
    return Condition(BY_TYPE[kind].sql.format("= ?"), (str(value),) * BY_TYPE[kind].sql.count("{"))


def _expression(query: object) -> Condition:
    value = query.get("value") if isinstance(query, dict) else None
    expression = value.get("expression", value) if isinstance(value, dict) else None
    inner = expression.get("query", expression) if isinstance(expression, dict) else None
    if not isinstance(inner, dict) or not inner:
        raise _invalid("value.expression.query is an object of conditions.")
    return conditions(inner)


def conditions(query: Json) -> Condition:
    """Conditions by attribute, all of which hold. Raises Rejected."""
    found = _all_of(query, 0)
    if len(found.values) > MOST_COMPARISONS * MOST_CHOICES:
        raise _invalid("That is too much at once.")
    return found


def _all_of(query: object, depth: int) -> Condition:
    if not isinstance(query, dict) or depth > DEEPEST or len(query) > MOST_COMPARISONS:
        raise _invalid("Conditions are objects, of a reasonable size.")
    return joined("AND", [_one(name, wanted, depth) for name, wanted in query.items()])


def _one(name: str, wanted: object, depth: int) -> Condition:
    if name in {"$and", "$or"}:
        if not isinstance(wanted, list) or len(wanted) > MOST_COMPARISONS:
            raise _invalid(f"{name} takes a list.")
        return joined(name[1:].upper(), [_all_of(one, depth + 1) for one in wanted])
    if name == "$not":
        return _no(_all_of(wanted, depth + 1))
    if not isinstance(wanted, dict):
        return _compared(name, "eq", wanted)
    parts = [_compared(name, operator.removeprefix("$"), to) for operator, to in wanted.items()]
    return joined("AND", parts)


def _predicate(query: object) -> Condition:
    if not isinstance(query, list) or not all(isinstance(one, dict) for one in query):
        raise _invalid("A predicate is a list of objects.")
    ordered = sorted(query, key=lambda one: one.get("seq_num", 0))
    return joined("AND", [_step(one) for one in ordered])


def _step(one: Json) -> Condition:
    first = _named(one.get("expression1"))
    condition = one.get("condition")
    if "expression2" not in one:
        return _no(first) if condition == "not" else first
    second = _named(one["expression2"])
    if condition == "or":
        return joined("OR", [first, second])
    return joined("AND", [first, _no(second) if condition == "not" else second])


def _no(condition: Condition) -> Condition:
    return Condition(f"NOT ({condition.sql})", condition.values)


def _named(comparison: object) -> Condition:
    if not isinstance(comparison, dict):
        raise _invalid("A comparison is an object.")
    return _compared(
        str(comparison.get("attribute_name")),
        str(comparison.get("operator")),
        comparison.get("attribute_value"),
    )


def _compared(name: str, operator: str, to: object) -> Condition:
    found = attribute(name)
    if found is None:
        raise _invalid("This registry does not search by that attribute.")
    if operator not in OPERATORS:
        raise _invalid("This registry does not compare so.")
    if operator in {"in", "nin"}:
        if not isinstance(to, list) or not 0 < len(to) <= MOST_CHOICES:
            raise _invalid("in takes a list of values.")
        values = tuple(_value(found.kind, one) for one in to)
        test = f"{OPERATORS[operator]} ({', '.join('?' * len(values))})"
    else:
        values = (_value(found.kind, to),)
        test = f"{OPERATORS[operator]} ?"
    return Condition(found.sql.format(test), values * found.sql.count("{"))


def _value(kind: str, value: object) -> str | int | float:
    match kind, value:
        case _, bool():
            pass
        case "number", int() | float() if abs(value) < 2**53:
            return value
        case "text", int() if abs(value) < 10**40:
            return str(value)
        case "text", str() if len(value) <= 99:
            return value
        case "day", str():
            return _day(value)
    raise _invalid("The value is not one for this attribute.")


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError as cause:
        raise _invalid("A day is YYYY-MM-DD.") from cause


def _invalid(why: str) -> Rejected:
    return Rejected("rjct.filter.invalid", why)
