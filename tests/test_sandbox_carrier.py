"""The sandbox's network: what a handset dials and writes reaches the hooks as Africa's Talking and
Twilio send it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # the SDK has no types

from sandbox.app import Config
from sandbox.server import Sandbox
from sandbox.twilio import signature, twiml_messages
from tests.counterpart import Say
from tests.sandboxes import TOKEN, Running, connect, running

__all__ = ["running"]
PHONE = "+923000000001"
CODE = "*384*1234#"


def menu(form: dict[str, str]) -> Say:
    """A menu that goes on until somebody types 9."""
    last = form["text"].rpartition("*")[2]
    body = "END Bye" if last == "9" else f"CON You typed {form['text']}"
    return Say(body.encode(), type="text/plain")


def dial(running: Running, code: str = CODE) -> Any:
    """What the handset shows."""
    return running.post("/carrier/dial", phone=PHONE, code=code)


def test_a_dial_arrives_with_the_five_fields(running: Running) -> None:
    """telecom.md 1.1: five fields, an empty text, the sandbox's network."""
    running.heard.says = menu
    screen = dial(running)
    assert running.heard.forms("africastalking", "ussd") == [
        {
            "sessionId": screen["session"],
            "phoneNumber": PHONE,
            "networkCode": "99999",
            "serviceCode": CODE,
            "text": "",
        }
    ]
    assert (
        screen["text"] == "You typed "
        and screen["open"]
        and len(screen["session"]) == len("ATUid_") + 32
    )


def test_what_is_typed_arrives_as_the_whole_session(running: Running) -> None:
    """Replies are joined by stars, a typed star included, and the session ends with END."""
    running.heard.says = menu
    screen = dial(running)
    for typed in ("1", "2*3"):
        screen = running.post("/carrier/reply", session=screen["session"], text=typed)
    assert screen["text"] == "You typed 1*2*3"
    last = running.post("/carrier/reply", session=screen["session"], text="9")
    assert (last["text"], last["open"]) == ("Bye", False)


@pytest.mark.parametrize(
    ("dialled", "text"), [(CODE, ""), ("*384*1234*2*1#", "2*1"), ("*384*1234*2#", "2")]
)
def test_digits_after_the_code_are_typed_ahead(running: Running, dialled: str, text: str) -> None:
    """A deep dial keeps the code and brings the rest as text."""
    dial(running, dialled)
    form = running.heard.forms("africastalking", "ussd")[0]
    assert (form["serviceCode"], form["text"]) == (CODE, text)


def test_typing_goes_on_after_a_deep_dial(running: Running) -> None:
    """The typed-ahead digits stay in front."""
    running.heard.says = menu
    screen = dial(running, "*384*1234*2*1#")
    assert (
        running.post("/carrier/reply", session=screen["session"], text="3")["text"]
        == "You typed 2*1*3"
    )


@pytest.mark.parametrize("dialled", ["*123#", "384", "*384*12345#", "*#06#", "<b>"])
def test_a_code_nobody_serves_is_refused_in_a_sentence(running: Running, dialled: str) -> None:
    """What the network says of a wrong code, and nothing is delivered."""
    answer = running.ask("/carrier/dial", phone=PHONE, code=dialled)
    assert answer.status_code == 400 and "invalid MMI code" in answer.json()["error"]
    assert running.heard.got == []


def test_the_end_event_repeats_the_session(running: Running) -> None:
    """telecom.md 1.4: every field, as strings."""
    running.heard.says = menu
    screen = dial(running)
    running.post("/carrier/reply", session=screen["session"], text="9")
    event = running.heard.wait("africastalking", "ussd-ended")[0]
    assert event | {"date": "", "durationInMillis": ""} == {
        "date": "",
        "sessionId": screen["session"],
        "serviceCode": CODE,
        "networkCode": "99999",
        "phoneNumber": PHONE,
        "status": "Success",
        "cost": "0.00",
        "durationInMillis": "",
        "hopsCount": "2",
        "hopsMetadata": "",
        "input": "9",
        "lastAppResponse": "END Bye",
    }


def test_hanging_up_and_dialling_again_leave_a_session_incomplete(running: Running) -> None:
    """A handset has one session: a new dial ends the old one."""
    running.heard.says = menu
    first, second = dial(running), dial(running)
    running.post("/carrier/hangup", session=second["session"])
    events = running.heard.wait("africastalking", "ussd-ended", 2)
    assert {event["sessionId"]: event["status"] for event in events} == {
        first["session"]: "Incomplete",
        second["session"]: "Incomplete",
    }
    answer = running.ask("/carrier/reply", session=first["session"], text="1")
    assert answer.status_code == 404 and "over" in answer.json()["error"]


def test_a_handset_left_alone_is_cut_off(running: Running) -> None:
    """The idle timer ends the session and says so."""
    running.heard.says = menu
    running.post("/control/carrier", idle=0.05)
    dial(running)
    assert running.heard.wait("africastalking", "ussd-ended")[0]["status"] == "Incomplete"


@pytest.mark.parametrize(
    "wrong",
    [
        Say(b"Hello", type="text/plain"),
        Say(b"", type="text/plain"),
        Say(b" CON x"),
        Say(b"CON x", status=500),
    ],
    ids=["no prefix", "empty", "leading space", "status 500"],
)
def test_a_wrong_answer_fails_the_session(running: Running, wrong: Say) -> None:
    """telecom.md 1.2: the provider ends the session and reports it as failed."""
    running.heard.says = lambda form: wrong
    screen = dial(running)
    assert not screen["open"] and "invalid MMI" in screen["text"]
    event = running.heard.wait("africastalking", "ussd-ended")[0]
    assert event["status"] == "Failed" and event["errorMessage"]


def test_an_answer_after_the_ceiling_comes_too_late(running: Running) -> None:
    """The carrier hangs up at its ceiling."""
    running.post("/control/carrier", ceiling=0.1)
    running.heard.says = lambda form: Say(how="hang")
    screen = dial(running)
    assert not screen["open"] and "No answer" in screen["error"]


@pytest.mark.parametrize(("letter", "most"), [("a", 160), ("ب", 80)])
def test_the_network_cuts_what_it_cannot_carry(running: Running, letter: str, most: int) -> None:
    """160 septets, or 80 units where a letter needs UCS-2."""
    running.heard.says = lambda form: Say(f"END {letter * 200}".encode(), type="text/plain")
    screen = dial(running)
    assert screen["text"] == letter * most and screen["cut"] and screen["units"] == 200


def test_an_incoming_message_is_brought_until_it_is_taken(running: Running) -> None:
    """Africa's Talking posts a message again until it gets 200, with the same id."""
    running.heard.statuses["sms"] = [503]
    sent = running.post("/carrier/sms", phone=PHONE, to="21234", text="بند STOP")
    forms = running.heard.wait("africastalking", "sms", 2)
    assert [form["id"] for form in forms] == [sent["id"]] * 2
    assert (forms[0]["from"], forms[0]["to"], forms[0]["text"]) == (PHONE, "21234", "بند STOP")


def test_an_incoming_twilio_message_is_signed_as_the_real_one(running: Running) -> None:
    """The official validator accepts it over the address it was posted to."""
    running.post("/carrier/sms", phone=PHONE, to="+15005550006", text="Help é", provider="twilio")
    form = running.heard.wait("twilio", "sms")[0]
    got = running.heard.got[-1]
    assert form["Body"] == "Help é" and form["MessageSid"].startswith("SM")
    assert RequestValidator(TOKEN).validate(
        f"{running.hooks}{got.path}", form, got.headers["x-twilio-signature"]
    )


def test_an_opt_out_is_told_and_blocks_the_number(running: Running) -> None:
    """The form has the sender and the number only, and the next message is refused with 406."""
    running.post("/carrier/optout", phone=PHONE)
    assert running.heard.wait("africastalking", "optouts") == [
        {"senderId": "AFRICASTKNG", "phoneNumber": PHONE}
    ]
    assert running.get("/control/carrier")["blacklist"] == [PHONE]


def test_every_delivery_comes_twice_when_asked(running: Running) -> None:
    """The fault that tests "twice is once"."""
    running.post("/control/carrier", repeat=1)
    running.post("/carrier/sms", phone=PHONE, to="21234", text="HELP")
    first, second = running.heard.wait("africastalking", "sms", 2)
    assert first == second


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/carrier/dial", {"phone": "0300", "code": CODE}),
        ("/carrier/dial", {"phone": PHONE}),
        ("/carrier/reply", {"session": "ATUid_x", "text": 3}),
        ("/carrier/sms", {"phone": PHONE, "to": "21234", "text": ""}),
        ("/carrier/sms", {"phone": PHONE, "to": "21234", "text": "x", "provider": "pigeon"}),
        ("/carrier/sms", {"phone": PHONE, "to": "21234", "text": "x", "provider": ["twilio"]}),
        ("/carrier/sms", {"phone": PHONE, "to": "21234", "text": "\ud800"}),
        ("/carrier/read", {"phone": PHONE, "number": 2**64}),
        ("/control/carrier", {"refuse": {PHONE: []}}),
        ("/control/carrier", {"latency": "long"}),
        ("/control/carrier", {"nonsense": 1}),
        ("/control/registry", {"down": "yes"}),
        ("/control/progress", {"reference": "0000000000", "progress": "decided"}),
    ],
)
def test_bad_input_gets_a_sentence(running: Running, path: str, body: dict[str, object]) -> None:
    """400 and what is wrong; nothing is delivered."""
    answer = running.ask(path, **body)
    assert answer.status_code == 400 and answer.json()["error"].endswith(".")
    assert running.heard.got == []


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Promises a sandbox without a hooks file, and where it looks for one."""
    with Sandbox(Config(tmp_path, tmp_path / "hooks.json", households=1)) as sandbox:
        yield sandbox.url, tmp_path / "hooks.json"


def test_hooks_may_be_connected_after_the_start(alone: tuple[str, Path]) -> None:
    """Without a file a dial says so; with one it goes out, and a broken one changes nothing."""
    url, file = alone
    body = {"phone": PHONE, "code": CODE}
    assert (
        "connected" in requests.post(f"{url}/carrier/dial", json=body, timeout=10).json()["error"]
    )
    connect(file, "http://127.0.0.1:9")
    assert (
        requests.post(f"{url}/carrier/dial", json=body, timeout=10)
        .json()["error"]
        .startswith("No answer")
    )
    file.write_text("{", "utf-8")
    assert (
        requests.post(f"{url}/carrier/dial", json=body, timeout=10)
        .json()["error"]
        .startswith("No answer")
    )


@pytest.mark.parametrize(
    ("token", "url", "form", "expected"),
    [
        (
            "12345",
            "https://mycompany.com/myapp.php?foo=1&bar=2",
            {
                "CallSid": "CA1234567890ABCDE",
                "Caller": "+14158675309",
                "Digits": "1234",
                "From": "+14158675309",
                "To": "+18005551212",
            },
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        )
    ],
)
def test_the_signature_meets_the_published_vector(
    token: str, url: str, form: dict[str, str], expected: str
) -> None:
    """telecom.md 2.2."""
    assert signature(token, url, form) == expected


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ('<?xml version="1.0" encoding="UTF-8"?><Response/>', []),
        (
            "<Response><Message>Hi &amp; bye</Message><Message>2</Message></Response>",
            ["Hi & bye", "2"],
        ),
        ("OK", []),
    ],
)
def test_a_twiml_answer_is_read(body: str, texts: list[str]) -> None:
    """The messages in it are carried to the handset."""
    assert twiml_messages(body) == texts
