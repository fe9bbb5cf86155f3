"""What a registry notifies of, in every shape that is met: events with a name of their own, about somebody."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_client.dci.notifications import read
from registry_client.events import Event, What

PERSON = {
    "@type": "SRPerson",
    "identifier": [{"identifier_type": "NID", "identifier_value": "9990000000001"}],
    "phone_number": ["+923010000001"],
}
MEMBER = {"member_identifier": [{"identifier_type": "NID", "identifier_value": "9990000000001"}]}
ENROLLED = {
    "member": MEMBER,
    "programme_identifier": [
        {"programme": {"programme_identifier": "OLD", "programme_name": "Old age grant"}}
    ],
    "enrollment_status": "1",
}
OLD_AGE = {"programme": ["OLD", {"en": "Old age grant"}]}
PAYMENT = {
    "event_id": "pay-1",
    "event": "payment_sent",
    "person": {"type": "NID", "value": "9990000000001"},
    "amount": "12000.00",
    "currency": "PKR",
}


def notified(kind: str, records: object, **data: Any) -> dict[str, Any]:
    """A notification as the standard writes it."""
    whole = {"reg_event_type": kind, "reg_records": records, **data}
    return {
        "transaction_id": "txn-1",
        "notify_event": [{"reference_id": "ref-1", "data": whole}],
    }


def told(message: dict[str, Any]) -> list[tuple[What, str, str]]:
    """What, on which phone, about whose ID."""
    return [(one.what, one.phone, one.national_id) for one in read(message, "NID")]


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("REGISTER", What.HOUSEHOLD_REGISTERED),
        ("NewHouseHoldMember", What.HOUSEHOLD_CHANGED),
        ("UPDATE", What.HOUSEHOLD_CHANGED),
    ],
)
def test_events_about_people(kind: str, what: What) -> None:
    """The standard's, and openIMIS's; a record alone or in a list."""
    for record in (PERSON, [PERSON]):
        assert told(notified(kind, record)) == [(what, "+923010000001", "9990000000001")]


@pytest.mark.parametrize("kind", ["enrollement", "enrolment", "enrollement_status_change"])
@pytest.mark.parametrize(
    ("status", "what"),
    [
        ("1", What.ENROLLED),
        ("Active", What.ENROLLED),
        ("4", What.SUSPENDED),
        ("Suspended", What.SUSPENDED),
        ("3", What.EXITED),
        ("Exited", What.EXITED),
    ],
)
def test_events_about_enrolments(kind: str, status: str, what: What) -> None:
    """Codes and words, however the event is spelt; with the name of the programme."""
    (event,) = read(notified(kind, ENROLLED | {"enrollment_status": status}), "NID")
    assert (event.what, event.national_id, event.facts) == (what, "9990000000001", OLD_AGE)


def test_what_nobody_should_hear_by_sms_is_no_event() -> None:
    """Of somebody who died her phone is told nothing; nor is what we do not know."""
    assert told(notified("enrollement_status_change", ENROLLED | {"enrollment_status": "2"})) == []
    assert told(notified("DEREGISTER", PERSON)) == []
    assert told(notified("REGISTER", {"identifier": []})) == []


def test_an_event_has_one_name_however_often_it_is_delivered() -> None:
    """The transaction's, the item's, the record's: a new message about the same is no other event."""
    first, again = (read(notified("REGISTER", [PERSON, PERSON]), "NID") for _ in range(2))
    assert first == again
    assert len({one.id for one in first}) == 2


def test_the_local_profile_tells_what_dci_has_no_name_for() -> None:
    """In a notification of the standard, by its own record type; its id is its name."""
    message = notified("", PAYMENT, reg_record_type="x-guichet:Event")
    (event,) = read(message, "NID")
    assert (event.id, event.what) == ("pay-1", What.PAYMENT_SENT)
    assert event.facts["amount"] == ["12000.00", "PKR"]


def test_shapes_that_are_met_in_the_place_of_the_standard() -> None:
    """openIMIS has requests with one record, OpenSPP a list of data without an envelope."""
    openimis = {
        "notify_request": [
            {
                "reference_id": "r",
                "subscription_id": "s",
                "data": {"event_type": "REGISTER", "reg_record": PERSON},
            }
        ]
    }
    openspp = {
        "notification_id": "n",
        "notify_event": [{"event_id": "e", "event_type": "REGISTER", "event_data": [PERSON]}],
    }
    for message in (openimis, openspp):
        assert told(message) == [(What.HOUSEHOLD_REGISTERED, "+923010000001", "9990000000001")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.sampled_from(["notify_event", "data", "reg_records", "identifier"]), JSON)
def test_whatever_comes_is_read_without_an_error(place: str, noise: object) -> None:
    """And every event is about somebody."""
    message = notified("REGISTER", {**PERSON, "identifier": noise})
    (item,) = message["notify_event"]
    match place:
        case "notify_event":
            message["notify_event"] = noise
        case "data":
            item["data"] = noise
        case "reg_records":
            item["data"]["reg_records"] = noise
    found: tuple[Event, ...] = read(message, "NID")
    assert all(one.phone or one.national_id or one.reference for one in found)
