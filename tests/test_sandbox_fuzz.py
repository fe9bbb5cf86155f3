"""Whatever is sent to the sandbox's registry, it answers in the forms its own description has: no 5xx,
no undocumented status, no body that does not fit.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sandbox.dci import schema
from tests.dci import Line, envelope, item, search
from tests.dci import shared as shared

CHECKS: list[Any] = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
OPERATIONS = [
    (path, method) for path, methods in schema.description()["paths"].items() for method in methods
]
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]
FAST = settings(max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=QUIET)
LONG = settings(FAST, max_examples=60)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "$and",
        "$or",
        "$not",
        "$eq",
        "$in",
        "$lt",
        "sex",
        "birth_date",
        "group_size",
        "UIN",
        "phone_number",
    ]
)
QUERIES = st.recursive(
    JSON,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)


@cache
def described() -> Any:
    """The description, as the fuzzer reads it."""
    return schemathesis.openapi.from_dict(schema.description())


def drawn(line: Line, path: str, method: str, mode: GenerationMode, how: settings) -> None:
    """So many requests to one operation."""
    operation = described()[path][method.upper()]

    @how
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers_as_described(case: Any) -> None:
        case.call_and_validate(base_url=line.url, checks=CHECKS)

    answers_as_described()


MODES = pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
EVERY = pytest.mark.parametrize(("path", "method"), OPERATIONS)


@EVERY
def test_it_answers_as_described(shared: Line, path: str, method: str) -> None:
    """A few requests that fit the description, of each operation."""
    drawn(shared, path, method, GenerationMode.POSITIVE, FAST)


@pytest.mark.long
@MODES
@EVERY
def test_it_answers_as_described_to_whatever(
    shared: Line, path: str, method: str, mode: GenerationMode
) -> None:
    """Many more, also such that do not fit."""
    operation = schema.description()["paths"][path][method]
    if mode is GenerationMode.POSITIVE or "requestBody" in operation:
        drawn(shared, path, method, mode, LONG)


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(query=QUERIES, kind=st.sampled_from(["idtype-value", "expression", "predicate"]))
def test_a_query_is_answered_or_refused_by_its_code(shared: Line, query: Any, kind: str) -> None:
    """An item has a status, and a code where it is refused."""
    wrapped = {"value": {"expression": {"query": query}}} if kind == "expression" else query
    answer = shared.post("/registry/sync/search", search(item(query_type=kind, query=wrapped)))
    [found] = answer["message"]["search_response"]
    codes = {"rjct.filter.invalid", "rjct.search_criteria.invalid"}
    assert found["status"] == "succ" or found["status_reason_code"] in codes


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(
    part=st.sampled_from(["signature", "header", "message"]), value=JSON, path=st.integers(0, 15)
)
def test_any_part_may_be_anything(shared: Line, part: str, value: Any, path: int) -> None:
    """A documented status and form."""
    where = [one for one, _ in OPERATIONS if one.startswith(("/registry", "/disburse"))][path]
    body = envelope("search", {"transaction_id": "t"}) | {part: value}
    answer = requests.post(shared.url + where, json=body, timeout=10)
    assert answer.status_code in (200, 400, 401)
    told = answer.json()
    if answer.status_code == 200:
        assert "ack_status" in told["message"] or told["header"]["status"] in ("succ", "rjct")
    else:
        form = "Errors" if answer.status_code == 401 else "Unreadable"
        assert schema.faults(form, told) == []
