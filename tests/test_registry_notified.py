"""Notifications in the three shapes met, read into one."""

from __future__ import annotations

from typing import Any

import pytest

from registry_client.notified import Notified, read

RECORD = {"name": "Amina Fictional"}
INSIDE = {"reg_event_type": "REGISTER", "reg_record_type": "SRPerson"}


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (
            {"notify_event": [{"reference_id": "r-1", "data": INSIDE | {"reg_records": RECORD}}]},
            Notified("r-1", "REGISTER", "SRPerson", "", (RECORD,)),
        ),
        (
            {"notify_event": {"reference_id": 1, "data": INSIDE | {"reg_records": [RECORD, 1]}}},
            Notified("1", "REGISTER", "SRPerson", "", (RECORD,)),
        ),
        (
            {
                "notify_request": [
                    {
                        "reference_id": "r-1",
                        "subscription_id": "S-1",
                        "data": {"event_type": "UPDATE", "reg_record": RECORD},
                    }
                ]
            },
            Notified("r-1", "UPDATE", "", "S-1", (RECORD,)),
        ),
        (
            {
                "subscription_code": "S-1",
                "notify_event": [
                    {
                        "event_id": "e-1",
                        "event_type": "UPDATE",
                        "reg_type": "SOCIAL_REGISTRY",
                        "event_data": [RECORD, RECORD],
                    }
                ],
            },
            Notified("e-1", "UPDATE", "SOCIAL_REGISTRY", "S-1", (RECORD, RECORD)),
        ),
        ({"notify_event": [{}]}, Notified("", "", "", "", ())),
    ],
    ids=["DCI", "one without a list", "openIMIS", "OpenSPP", "nothing in it"],
)
def test_a_notification_is_read(message: dict[str, Any], found: Notified) -> None:
    """Whoever sends it."""
    assert read(message) == (found,)


def test_what_is_no_notification_has_no_events() -> None:
    """And nobody's record is printed."""
    assert read({"notify_event": ["x", None], "events": [{}]}) == ()
    assert "Amina" not in repr(Notified("", "", "", "", (RECORD,)))
