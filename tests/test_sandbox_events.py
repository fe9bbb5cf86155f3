"""What the sandbox's registry sends by itself: answers to asynchronous calls, notices, and who is told."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
import requests

from commands import sandbox as command
from commands.trouble import Trouble
from sandbox.dci.callbacks import address
from sandbox.dci.server import Wire
from sandbox.officer import ACTS, ANSWERS, DECISIONS, PAYMENTS, STATES
from sandbox.operator_page import FORMS
from tests.counterpart import nobody
from tests.dci import HER_NID, TS, Line, envelope, search, served, subscribe
from tests.dci import line as line
from tests.dci import shared as shared
from tests.sandboxes import Heard, Running
from tests.test_sandbox_registry import apply, call, complain, nid

Json = dict[str, Any]


def test_a_search_is_acknowledged_and_answered_under_one_correlation_id(line: Line) -> None:
    """At the address of its header, with the ids that match it to the request."""
    ack = line.post("/registry/search", search(sender_uri=line.uri))["message"]
    assert ack["ack_status"] == "ACK"
    [answer] = line.hears.wait("on-search")
    message = answer["message"]
    assert message["correlation_id"] == ack["correlation_id"]
    assert (message["transaction_id"], message["search_response"][0]["reference_id"]) == (
        "t-1",
        "r-1",
    )
    assert (answer["header"]["sender_id"], answer["header"]["receiver_id"]) == (
        "registry.example",
        "spmis.example",
    )
    assert line.wait_until("delivered")["answer"] == "HTTP 200 ACK"


@pytest.mark.parametrize(
    ("first", "says", "state", "tries"),
    [
        ([503, 429], "ACK", "delivered", 3),
        ([500, 500, 500], "ACK", "given up", 3),
        ([400], "ACK", "refused", 1),
        ([], "NACK", "refused", 1),
        ([302], "ACK", "refused", 1),
    ],
)
def test_a_callback_is_tried_again_as_long_as_that_helps(
    line: Line, first: list[int], says: str, state: str, tries: int
) -> None:
    """With the message_id it had, so that the receiver may know it again."""
    line.hears.first[:], line.hears.says = first, says
    line.post("/registry/search", search(sender_uri=line.uri))
    assert line.wait_until(state)["tries"] == tries
    assert len({got.json["header"]["message_id"] for got in line.hears.got}) == 1


def test_nobody_at_the_address_is_given_up(line: Line) -> None:
    """After the last try; and without an address at once."""
    with nobody() as gone:
        line.post("/registry/search", search(sender_uri=f"{gone}/on-search"))
        assert "Error" in line.wait_until("given up")["answer"]
    line.post("/registry/search", search())
    assert line.wait_until("given up", 2)["answer"] == "no sender_uri"


@pytest.mark.parametrize(
    ("uri", "action", "found"),
    [
        ("http://a/dci/registry/on-search", "notify", "http://a/dci/registry/notify"),
        ("http://a/registry/notify/", "txn-on-status", "http://a/registry/txn/on-status"),
        ("http://a/registry/txn/on-status", "on-search", "http://a/registry/on-search"),
        ("http://a/dci/one", "on-search", "http://a/dci/one"),
    ],
)
def test_an_address_of_one_callback_stands_for_all(uri: str, action: str, found: str) -> None:
    """Any other is used as it is, whatever the action."""
    assert address(uri, action) == found


SUBSCRIBED: list[tuple[str, str, str, Json]] = [
    ("REGISTER", "SRGroup", "register", {"person": "1730100009994"}),
    (
        "NewHouseHoldMember",
        "SRPerson",
        "register",
        {"person": "1730100009994", "household": "KP-T00017"},
    ),
    ("enrollement", "Beneficiary", "enrol", {"person": "TEST-001", "programme": "FOOD"}),
    (
        "enrollement_status_change",
        "Beneficiary",
        "enrol",
        {"person": "TEST-001", "programme": "CASH", "state": "suspended"},
    ),
    ("enrolment", "SRMember", "enrol", {"person": "TEST-001", "programme": "FOOD"}),
    (
        "enrolment_status_change",
        "SRMember",
        "enrol",
        {"person": "TEST-001", "programme": "CASH", "state": "exited"},
    ),
]


@pytest.mark.parametrize(("event", "record", "act", "fields"), SUBSCRIBED)
def test_who_subscribed_is_told(
    line: Line, event: str, record: str, act: str, fields: Json
) -> None:
    """By the standard's name for it, with one record of the kind that was asked for; and nobody
    after unsubscribing.
    """
    either = {"attribute_name": "sex", "operator": "in", "attribute_value": ["male", "female"]}
    everybody: Json = {"filter_type": "predicate", "filter": [{"expression1": either}]}
    everybody["notify_record_type"] = record
    ack = line.post("/registry/subscribe", subscribe(event, line.uri, **everybody))["message"]
    [answer] = line.hears.wait("on-subscribe")
    assert answer["message"]["correlation_id"] == ack["correlation_id"]
    [subscribed] = answer["message"]["subscribe_response"][0]["subscriptions"]
    assert subscribed["status"] == "subscribe"
    assert line.post(f"/control/{act}", fields)["told"] == 1
    [told] = line.hears.wait("notify")
    data = told["message"]["notify_event"][0]["data"]
    assert (data["reg_event_type"], data["reg_record_type"]) == (event, record)
    assert isinstance(data["reg_records"], dict) and "score" not in str(data)
    assert told["header"]["status"] == "succ" and "meta" not in told["header"]
    ended = unsubscribed(line, subscribed["code"])
    assert ended["subscription_status"] == [{"code": subscribed["code"], "status": "unsubscribe"}]
    changes = {"enrol": {"person": "1610100000042", "programme": "CASH", "state": "exited"}}
    again = changes.get(act, {"person": "1730100008883"})
    assert line.post(f"/control/{act}", again)["told"] == 0


def unsubscribed(line: Line, *codes: str, sender: str = "spmis.example") -> Json:
    """The answer to the end of subscriptions."""
    before = len(
        [got for got in line.hears.got if got.json["header"]["action"] == "on-unsubscribe"]
    )
    message = {"transaction_id": "t-end", "timestamp": TS, "subscription_codes": list(codes)}
    body = envelope("unsubscribe", message, sender_uri=line.uri, sender_id=sender)
    assert line.post("/registry/unsubscribe", body)["message"]["ack_status"] == "ACK"
    return dict(line.hears.wait("on-unsubscribe", before + 1)[-1]["message"])


def test_only_whom_the_filter_names_is_told_of(line: Line) -> None:
    """Another household's enrolment is nobody's business, nor is one outside the time asked for."""
    past = {"start_time": TS, "end_time": TS, "frequency": "immediate"}
    line.post("/registry/subscribe", subscribe("enrollement", line.uri))
    line.post("/registry/subscribe", subscribe("enrollement", line.uri, frequency=past))
    other = {"person": "1730100000011", "programme": "CASH"}
    assert line.post("/control/enrol", other)["told"] == 0
    assert line.post("/control/enrol", {"person": "TEST-001", "programme": "FOOD"})["told"] == 1
    assert line.post("/control/enrol", {"person": "TEST-001", "programme": "FOOD"})["told"] == 0


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        ({"reg_event_type": "PAYMENT"}, "rjct.notify_types.invalid"),
        ({"reg_event_type": ""}, "rjct.notify_types.invalid"),
        ({"notify_record_type": "Goat"}, "rjct.notify_details.invalid"),
        ({"filter": {"type": "SHOE", "value": "1"}}, "rjct.person_id.invalid"),
        ({"filter_type": "expression"}, "rjct.notify_details.invalid"),
        ({"filter_type": "graphql"}, "rjct.notify_details.invalid"),
        ({"frequency": {"start_time": TS}}, "rjct.notify_details.invalid"),
    ],
)
def test_a_subscription_is_refused_by_its_code(line: Line, criteria: Json, code: str) -> None:
    """The call is acknowledged, the item is refused."""
    line.post("/registry/subscribe", subscribe("REGISTER", line.uri, **criteria))
    [answer] = line.hears.wait("on-subscribe")
    [one] = answer["message"]["subscribe_response"]
    assert (one["status"], one["status_reason_code"]) == ("rjct", code)
    assert answer["header"]["status"] == "rjct"


def test_the_same_is_subscribed_to_once(line: Line) -> None:
    """By one sender; another may."""
    for sender in ("spmis.example", "spmis.example", "other.example"):
        line.post("/registry/subscribe", subscribe("REGISTER", line.uri, sender=sender))
    answers = line.hears.wait("on-subscribe", 3)
    codes = [
        one["message"]["subscribe_response"][0].get("status_reason_code")
        for one in sorted(answers, key=lambda one: len(str(one)))
    ]
    assert sorted(map(str, codes)) == ["None", "None", "rjct.event.already_subscribed"]


def test_a_subscription_is_ended_once_and_by_whose_it_is(line: Line) -> None:
    """All codes of a request, or none; the sandbox's own by anybody."""
    line.post("/registry/subscribe", subscribe("REGISTER", line.uri))
    [answer] = line.hears.wait("on-subscribe")
    [code] = [one["code"] for one in answer["message"]["subscribe_response"][0]["subscriptions"]]
    for codes, sender, why in (
        ([code], "other.example", "rjct.requester.invalid"),
        ([code, "none"], "spmis.example", "rjct.subscription_code.invalid"),
        ([code], "spmis.example", None),
        ([code], "spmis.example", "rjct.event.already_unsubscribed"),
        (["sub-test-001"], "anybody.example", None),
        (["sub-test-001"], "anybody.example", "rjct.event.already_unsubscribed"),
    ):
        told = unsubscribed(line, *codes, sender=sender)
        assert told.get("status_reason_code") == why
        assert told["status"] == ("rjct" if why else "succ")


def test_subscriptions_outlive_a_restart(tmp_path: Path) -> None:
    """They are in the sandbox's file; callbacks carry the token receivers ask for."""
    with served(tmp_path) as line:
        line.post("/registry/subscribe", subscribe("enrollement", line.uri))
        kept = line.get("/control/subscriptions")
    with served(tmp_path, Wire(callback_token="t0ken")) as line:
        assert line.get("/control/subscriptions") == kept
        assert [one["code"] for one in kept if not one["sender_id"]] == ["sub-test-001"]
        line.post("/registry/search", search(sender_uri=line.uri))
        line.hears.wait("on-search")
        assert line.hears.got[0].headers["authorization"] == "Bearer t0ken"


ACTED: list[tuple[str, Json, str]] = [
    ("pay", {"person": "TEST-001", "programme": "CASH", "state": "sent"}, "payment_sent"),
    ("pay", {"person": HER_NID, "programme": "CASH", "state": "failed"}, "payment_failed"),
    (
        "open",
        {"person": "TEST-001", "programme": "TRAINING", "opens": "2027-01-01"},
        "programme_opens",
    ),
    ("appoint", {"person": "TEST-001", "on": "2027-01-05", "time": "10:30"}, "appointment_set"),
]


@pytest.mark.parametrize(("act", "fields", "event"), ACTED)
def test_what_dci_has_no_name_for_is_told_in_the_words_of_the_profile(
    line: Line, act: str, fields: Json, event: str
) -> None:
    """`header.meta` says so, and no event type of the standard is used."""
    line.post("/registry/subscribe", subscribe("x-guichet:events", line.uri))
    assert line.post(f"/control/{act}", fields)["told"] == 1
    [told] = line.hears.wait("notify")
    assert told["header"]["meta"] == {"profile": "guichet-2"}
    data = told["message"]["notify_event"][0]["data"]
    assert "reg_event_type" not in data and data["reg_record_type"] == "x-guichet:Event"
    record = data["reg_records"]
    assert record["event"] == event and record["event_id"]
    assert record["person"] == {"type": "NID", "value": HER_NID}


def test_a_request_that_moves_on_is_told_to_the_address_of_the_hooks_file(tmp_path: Path) -> None:
    """By its reference alone: decisions and answers to complaints, without a subscription."""
    with served(tmp_path) as line:
        hooks = {"registry": {"notify": line.uri}}
        (tmp_path / "hooks.json").write_text(json.dumps(hooks), "utf-8")
        running = Running(line.url, "", Heard())
        apply(running, "1234567890")
        complain(running, "1234567891")
        for act, reference, word in (
            ("decide", "1234567890", "no"),
            ("answer", "1234567891", "answered"),
        ):
            field = {"decide": "decision", "answer": "answer"}[act]
            assert line.post(f"/control/{act}", {"reference": reference, field: word})["told"] == 1
        told = [
            one["message"]["notify_event"][0]["data"]["reg_records"]
            for one in line.hears.wait("notify", 2)
        ]
        assert {(one["event"], one["reference"]) for one in told} == {
            ("decision_no", "1234567890"),
            ("complaint_answered", "1234567891"),
        }


def test_a_payment_by_hand_is_in_the_books(line: Line) -> None:
    """The profile's `/payments` has it first; a reset forgets it."""
    line.post("/control/pay", {"person": "1610100000042", "programme": "CASH", "state": "failed"})
    running = Running(line.url, "", Heard())
    assert (paid(running)[0]["state"], len(paid(running))) == ("failed", 6)
    line.post("/control/reset", {})
    assert paid(running)[0]["state"] != "failed"


def paid(running: Running) -> list[Json]:
    """What the profile says was paid."""
    answer = call(running, "payments", person=nid("1610100000042"))
    return list(answer["message"]["payments"])


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("register", {"person": "17301"}),
        ("register", {"person": HER_NID}),
        ("register", {"person": "1730100009994", "household": "KP-NONE"}),
        ("register", {"person": "1730100009994", "born": "long ago"}),
        ("enrol", {"person": "nobody", "programme": "CASH"}),
        ("enrol", {"person": "TEST-001", "programme": "GOLD"}),
        ("enrol", {"person": "TEST-001", "programme": "CASH", "state": "asleep"}),
        ("pay", {"person": "TEST-001", "programme": "CASH", "state": "stolen"}),
        ("decide", {"reference": "1234567890"}),
        ("answer", {"reference": "12"}),
        ("open", {"person": "TEST-001", "programme": "CASH", "opens": "soon"}),
        ("appoint", {"person": "TEST-001", "time": "late"}),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(line: Line, act: str, fields: Json) -> None:
    """400, by the page as well; and nobody is told."""
    said = line.post(f"/control/{act}", fields, 400)["error"]
    page = requests.post(f"{line.url}/operator/{act}", fields, timeout=10)
    assert said.split(" must")[0].split(".")[0] in page.text
    assert line.get("/control/callbacks") == []


def test_an_act_there_is_not(line: Line) -> None:
    """404 at the control, a sentence on the page."""
    assert line.post("/control/dance", {}, 404)["error"]
    assert requests.post(f"{line.url}/operator/dance", {}, timeout=10).status_code == 400


def test_the_operators_page_does_what_the_control_does(line: Line) -> None:
    """Without a script; another site's page may not press its buttons."""
    line.post("/registry/subscribe", subscribe("x-guichet:events", line.uri))
    line.hears.wait("on-subscribe")
    url = f"{line.url}/operator"
    done = requests.post(
        f"{url}/pay", {"person": "TEST-001", "programme": "CASH", "state": "sent"}, timeout=10
    )
    line.hears.wait("notify")
    assert "Told: 1" in done.text and "x-guichet:events" in done.text and "<script" not in done.text
    assert "form-action 'self'" in done.headers["Content-Security-Policy"]
    assert "TEST-001" not in requests.get(url, timeout=10).text
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert requests.post(f"{url}/pay", {}, headers=foreign, timeout=10).status_code == 403
    requests.post(f"{url}/faults", {"delay": "0", "fail": "3", "down": "on"}, timeout=10)
    faults = line.get("/control/registry")
    assert (faults["fail"], faults["down"]) == (3, True)
    odd = {"delay": "-1", "fail": "0", "x": "&said=<b>\n"}
    assert "delay cannot be -1.0" in requests.post(f"{url}/faults", odd, timeout=10).text
    assert "numbers" in requests.post(f"{url}/faults", {"delay": "x"}, timeout=10).text


def test_every_act_has_a_form_and_a_word() -> None:
    """The page, the command and the control know the same acts, and the choices are theirs."""
    assert set(FORMS) == set(ACTS) == set(command.ACTS)
    choices = {word for _, fields in FORMS.values() for words in fields.values() for word in words}
    assert choices >= {*STATES, *PAYMENTS, *DECISIONS, *ANSWERS}


def said(monkeypatch: pytest.MonkeyPatch, url: str, *words: str) -> int:
    """The status of `./guichet sandbox` with words after it, for the sandbox at `url`."""
    monkeypatch.setenv("GUICHET_SANDBOX_PORT", url.rpartition(":")[2])
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return command.main(parser.parse_args(words))


def test_the_command_asks_a_running_sandbox(
    line: Line, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What came of it is printed; a refusal is one sentence."""
    line.post("/registry/subscribe", subscribe("enrollement", line.uri))
    for words, answer in (
        (("enrol", "TEST-001", "FOOD"), "state=active told=1"),
        (("slow", "0.5"), "delay=0.5"),
        (("fail", "2"), "fail=2"),
        (("down",), "down=True"),
        (("down", "off"), "down=False"),
    ):
        assert said(monkeypatch, line.url, *words) == 0
        assert answer in capsys.readouterr().out
    line.hears.wait("notify")
    line.wait_until("delivered")
    assert said(monkeypatch, line.url, "events") == 0
    assert "notify spmis.example delivered 1 HTTP 200 ACK" in capsys.readouterr().out
    with pytest.raises(Trouble, match="programme must be one of"):
        said(monkeypatch, line.url, "pay", "TEST-001", "GOLD")
    with nobody() as gone, pytest.raises(Trouble, match="no sandbox answers"):
        said(monkeypatch, gone, "events")
