"""What a registry tells by itself: read from its words, and said by a notice that has all it names."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.events import EVENTS
from registry_client.events import READERS, Event, What, read

PERSON = {"type": "NID", "value": "9990000000001"}
READY = {
    "event_id": "pay-2026-11-1",
    "event": "payment_ready",
    "person": PERSON,
    "programme": {"code": "CASH", "name": {"en": "Cash support"}},
    "amount": "12000",
    "currency": "PKR",
    "place": {"en": "Sample Bank"},
    "until": "2026-12-31",
}


def test_an_event_is_read_with_its_facts() -> None:
    """As a dialog would hold them."""
    assert read(READY) == Event(
        "pay-2026-11-1",
        What.PAYMENT_READY,
        national_id="9990000000001",
        facts={
            "programme": ["CASH", {"en": "Cash support"}],
            "amount": ["12000.00", "PKR"],
            "place": {"en": "Sample Bank"},
            "until": "2026-12-31",
        },
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"event_id": ""},
        {"event_id": "x" * 100},
        {"event": "poverty_score"},
        {"event": None},
        {"person": None},
        {"person": "9990000000001"},
    ],
    ids=str,
)
def test_what_is_no_event_or_about_nobody_is_none(changed: dict[str, Any]) -> None:
    """Without an id it could be told twice; without a person it is told to nobody."""
    assert read({**READY, **changed}) is None


@pytest.mark.parametrize(
    ("changed", "lacks"),
    [
        ({"amount": "-1"}, "amount"),
        ({"currency": "rupees"}, "amount"),
        ({"until": "31/12/2026"}, "until"),
        ({"place": "Sample Bank"}, "place"),
        ({"place": {"fr": "Banque"}}, "place"),
        ({"programme": {"name": {"en": "x"}}}, "programme"),
        ({"time": "25:00"}, "time"),
    ],
    ids=str,
)
def test_a_fact_that_cannot_be_read_is_left_out(changed: dict[str, Any], lacks: str) -> None:
    """And the event with all the rest is kept."""
    event = read({**READY, **changed})
    assert event is not None
    assert lacks not in event.facts


def test_whom_it_is_about_may_be_said_in_three_ways() -> None:
    """A reference of ours, a phone in full, an ID; what is none of them is left out."""
    event = read({**READY, "reference": "1234567897", "phone": "+923010000001"})
    assert event is not None
    assert (event.reference, event.phone) == ("1234567897", "+923010000001")
    event = read({**READY, "reference": "12345", "phone": "03010000001"})
    assert event is not None
    assert (event.reference, event.phone) == ("", "")


def test_every_event_has_a_notice_and_every_fact_of_one_can_be_read() -> None:
    """What a notice names is read from an event, or is ours to say."""
    assert {f"notices.{what}" for what in What} <= set(EVENTS)
    named = {name for notice in EVENTS.values() for name in notice.values}
    assert named - {"code", "reference"} <= set(READERS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*READY, "time", "on", "document", "poverty_score"]), JSON))
def test_whatever_comes_is_read_without_an_error(noise: dict[str, Any]) -> None:
    """And nothing but the facts that have a name."""
    event = read({**READY, **noise})
    assert event is None or set(event.facts) <= set(READERS)
