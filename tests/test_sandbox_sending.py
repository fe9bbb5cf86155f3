"""Sending through the sandbox with the official SDKs' wire format: results, reports, inboxes,
faults.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]  # the SDK has no types
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]  # the SDK has no types
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # the SDK has no types
from twilio.rest import Client  # type: ignore[import-untyped]  # the SDK has no types

from tests.sandboxes import TOKEN, Running, running

__all__ = ["running"]
PHONE, OTHER = "+923000000001", "+254711000002"
ACCOUNT = "AC" + "a" * 32


def send(
    running: Running, to: str = PHONE, text: str = "Hello", key: str = "fake"
) -> requests.Response:
    """A message by Africa's Talking's form."""
    form = {"username": "sandbox", "to": to, "message": text, "from": "GUICHET", "bulkSMSMode": "1"}
    headers = {"apiKey": key, "Accept": "application/json"}
    return requests.post(
        f"{running.url}/africastalking/version1/messaging", form, headers=headers, timeout=10
    )


def client(running: Running, token: str = TOKEN) -> Any:
    """Twilio's own client, pointed at the sandbox."""
    made = Client(ACCOUNT, token, http_client=TwilioHttpClient(timeout=5))
    made.api.base_url = f"{running.url}/twilio"
    return made


def test_each_recipient_has_a_result_of_its_own(running: Running) -> None:
    """telecom.md 1.6: 201, exactly application/json, refused recipients inside a success."""
    running.post("/control/carrier", blacklist=["+923000000009"], refuse={"+923000000008": 405})
    answer = send(running, f"{PHONE},0300,+923000000009,+923000000008")
    assert (answer.status_code, answer.headers["Content-Type"]) == (201, "application/json")
    data = answer.json()["SMSMessageData"]
    assert data["Message"] == "Sent to 1/4 Total Cost: KES 0.8000"
    taken, *refused = data["Recipients"]
    assert re.fullmatch("ATXid_[0-9a-f]{32}", taken.pop("messageId"))
    assert taken == {"statusCode": 101, "number": PHONE, "status": "Success", "cost": "KES 0.8000"}
    assert [
        (one["statusCode"], one["status"], one["messageId"], one["cost"]) for one in refused
    ] == [
        (403, "InvalidPhoneNumber", "None", "0"),
        (406, "UserInBlacklist", "None", "0"),
        (405, "InsufficientBalance", "None", "0"),
    ]


def test_a_message_reaches_the_inbox_and_is_reported(running: Running) -> None:
    """The report carries the id of the send and `Success`; the handset holds the text once."""
    message = send(running, text="آپ کی رقم").json()["SMSMessageData"]["Recipients"][0]["messageId"]
    report = running.heard.wait("africastalking", "receipts")[0]
    assert report == {
        "id": message,
        "status": "Success",
        "phoneNumber": PHONE,
        "networkCode": "99999",
    }
    [held] = running.get(f"/control/inbox?phone={PHONE.replace('+', '%2B')}")
    assert (held["text"], held["other"], held["unread"], held["direction"]) == (
        "آپ کی رقم",
        "GUICHET",
        True,
        "in",
    )
    running.post("/carrier/read", phone=PHONE, number=held["number"])
    assert not running.get(f"/control/inbox?phone={PHONE.replace('+', '%2B')}")[0]["unread"]


def test_what_is_not_delivered_is_reported_with_a_reason(running: Running) -> None:
    """failureReason comes with Failed and Rejected only; the inbox stays empty."""
    running.post("/control/carrier", undelivered={PHONE: "Failed", OTHER: "AbsentSubscriber"})
    send(running, f"{PHONE},{OTHER}")
    reports = {
        report["phoneNumber"]: report
        for report in running.heard.wait("africastalking", "receipts", 2)
    }
    assert (
        reports[PHONE]["failureReason"] == "DeliveryFailure"
        and "failureReason" not in reports[OTHER]
    )
    assert running.get("/control/inbox?phone=%2B923000000001") == []


@pytest.mark.parametrize(
    ("text", "cost"), [("a" * 160, "0.8000"), ("a" * 161, "1.6000"), ("ب" * 71, "1.6000")]
)
def test_a_long_text_costs_its_parts(running: Running, text: str, cost: str) -> None:
    """160 and 153 septets, 70 and 67 units."""
    assert (
        send(running, text=text).json()["SMSMessageData"]["Recipients"][0]["cost"] == f"KES {cost}"
    )


def test_a_call_without_key_or_text_is_refused(running: Running) -> None:
    """401 and 400, in plain text."""
    assert send(running, key="").status_code == 401
    assert send(running, text="").status_code == 400


def test_faults_are_used_up_one_by_one(running: Running) -> None:
    """A throttled and a failed call take nothing; the third goes through."""
    running.post("/control/carrier", throttle=1, fail=1)
    assert [send(running).status_code for _ in range(3)] == [429, 500, 201]
    running.heard.wait("africastalking", "receipts")
    assert len(running.get("/control/inbox?phone=%2B923000000001")) == 1


def test_a_dropped_answer_hides_a_message_that_was_taken(running: Running) -> None:
    """The caller cannot know; the handset has it."""
    running.post("/control/carrier", drop_after_accept=1)
    with pytest.raises(requests.ConnectionError):
        send(running)
    assert len(running.get("/control/inbox?phone=%2B923000000001")) == 1


def test_every_second_number_of_a_call_is_refused_so_often(running: Running) -> None:
    """What is refused rings nowhere; a number alone in its call is taken."""
    running.post("/control/carrier", halve=2)
    numbers = [f"+92300000010{place}" for place in range(6)]
    codes = [
        one["statusCode"]
        for one in send(running, ",".join(numbers)).json()["SMSMessageData"]["Recipients"]
    ]
    assert codes == [101, 407, 101, 407, 101, 101]
    assert running.get("/control/inbox?phone=%2B923000000101") == []
    running.post("/control/carrier", halve=2)
    (alone,) = send(running).json()["SMSMessageData"]["Recipients"]
    assert alone["statusCode"] == 101


def test_the_twilio_sdk_sends_lists_and_fetches(running: Running) -> None:
    """The shapes are those the official client reads."""
    messages = client(running).messages
    callback = f"{running.hooks}/twilio/receipts?ours=1"
    sent = messages.create(to=PHONE, from_="+15005550006", body="Hi", status_callback=callback)
    assert (sent.status, sent.num_segments, sent.direction) == ("queued", "1", "outbound-api")
    running.heard.wait("twilio", "receipts", 2)
    assert messages(sent.sid).fetch().status == "delivered"
    assert [one.sid for one in messages.list(to=PHONE, limit=5)] == [sent.sid]
    assert messages.list(to=OTHER, limit=5) == []


def test_twilio_status_callbacks_are_signed(running: Running) -> None:
    """`sent`, then `delivered`, each signed over the very address with its query; none for
    `queued`.
    """
    callback = f"{running.hooks}/twilio/receipts?ours=1"
    client(running).messages.create(
        to=PHONE, from_="+15005550006", body="Hi", status_callback=callback
    )
    forms = running.heard.wait("twilio", "receipts", 2)
    assert sorted(form["MessageStatus"] for form in forms) == ["delivered", "sent"]
    for got in running.heard.got:
        assert RequestValidator(TOKEN).validate(
            callback, got.form, got.headers["x-twilio-signature"]
        )


def test_a_listing_goes_on_over_its_pages_with_its_filter(running: Running) -> None:
    """The next page keeps what was asked for."""
    messages = client(running).messages
    for number in range(3):
        messages.create(to=PHONE, from_="+15005550006", body=str(number))
    messages.create(to=OTHER, from_="+15005550006", body="other")
    assert [one.body for one in messages.list(to=PHONE, page_size=2)] == ["2", "1", "0"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "0300", "from_": "+15005550006", "body": "x"}, 21211),
        ({"to": PHONE, "body": "x"}, 21603),
        ({"to": PHONE, "from_": "+15005550006"}, 21602),
        ({"to": PHONE, "from_": "+15005550006", "body": "x" * 1601}, 21617),
        ({"to": OTHER, "from_": "+15005550006", "body": "x"}, 21610),
    ],
)
def test_twilio_refuses_with_its_own_codes(
    running: Running, fields: dict[str, str], code: int
) -> None:
    """telecom.md 2.5, as the SDK's exception."""
    running.post("/control/carrier", blacklist=[OTHER])
    with pytest.raises(TwilioRestException) as refused:
        client(running).messages.create(**fields)
    assert (refused.value.code, refused.value.status) == (code, 400)


def test_twilio_asks_who_is_there(running: Running) -> None:
    """A wrong token is 401 with code 20003; too many calls are 429 with 20429."""
    with pytest.raises(TwilioRestException) as refused:
        client(running, "wrong").messages("SM" + "0" * 32).fetch()
    assert (refused.value.code, refused.value.status) == (20003, 401)
    running.post("/control/carrier", throttle=1)
    with pytest.raises(TwilioRestException) as throttled:
        client(running).messages.create(to=PHONE, from_="+15005550006", body="x")
    assert (throttled.value.code, throttled.value.status) == (20429, 429)
