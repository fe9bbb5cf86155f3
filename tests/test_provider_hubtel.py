"""Hubtel as a table: JSON in -> value, value -> JSON; the door in front of it; which of our codes was
dialled; and no start without somebody who sends SMS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway import dialled
from gateway.bodies import LARGEST, Refused, fields
from gateway.carriers import carriers
from gateway.hook import Answer, Body, Ended, Event, Hook, Inbound, Input, Malformed, Reply
from gateway.providers import Outgoing, Rejected, configured
from gateway.providers.hubtel import NETWORKS, Hubtel
from settings import Settings
from tests.last import LastLine
from tests.line import opened

SESSION = "bd7bc392496b4b28af2033ba83f5e400"
MOBILE = "233200000001"
PHONE = "+233200000001"
INITIATION: dict[str, Any] = {
    "Mobile": MOBILE,
    "SessionId": SESSION,
    "ServiceCode": "713*4",
    "Type": "Initiation",
    "Message": "*713*4*3*5#",
    "Operator": "MTN",
    "Sequence": 1,
}
RESPONSE = INITIATION | {"Type": "Response", "Message": "2", "Sequence": 2, "ClientState": None}
TIMEOUT = INITIATION | {"Type": "Timeout", "Message": "", "Sequence": 3}
JSON = "application/json"


def hook(delivery: dict[str, Any]) -> Hook:
    """The delivery as it comes through the door."""
    return Hook("hubtel", "ussd", "", fields(json.dumps(delivery).encode(), JSON, Body.JSON))


def pressed(text: str, sequence: int = 2, network: str = "62001") -> Inbound:
    """The value of a key press."""
    return Inbound("hubtel", "ussd", SESSION, PHONE, "*713*4#", text, Input.LAST, network, sequence)


def begun(text: str, code: str = "*713*4#") -> Inbound:
    """The value of a dial."""
    return Inbound("hubtel", "ussd", SESSION, PHONE, code, text, Input.DIALLED, "62001", 1)


READS: list[tuple[dict[str, Any], Event]] = [
    (INITIATION, begun("*713*4*3*5#")),
    (INITIATION | {"Message": "*713*4#"}, begun("*713*4#")),
    (INITIATION | {"Message": None}, begun("")),
    (INITIATION | {"ServiceCode": "*713*4#"}, begun("*713*4*3*5#")),
    (INITIATION | {"ServiceCode": 713}, begun("*713*4*3*5#", "*713#")),
    (INITIATION | {"Mobile": int(MOBILE), "Sequence": "1"}, begun("*713*4*3*5#")),
    (RESPONSE, pressed("2")),
    (RESPONSE | {"Message": 2}, pressed("2")),
    (RESPONSE | {"Message": "3*1 of 5*1"}, pressed("3*1 of 5*1")),
    (RESPONSE | {"Message": " أهلا 🙂 "}, pressed(" أهلا 🙂 ")),
    (RESPONSE | {"Message": ""}, pressed("")),
    (RESPONSE | {"Message": None}, pressed("")),
    (RESPONSE | {"Operator": "vodafone"}, pressed("2", network="62002")),
    (RESPONSE | {"Operator": "Telecel"}, pressed("2", network="62002")),
    (RESPONSE | {"Operator": "AirtelTigo"}, pressed("2", network="62006")),
    (RESPONSE | {"Operator": "Airtel-Tigo"}, pressed("2", network="62006")),
    (RESPONSE | {"Operator": "A new one"}, pressed("2", network="")),
    (RESPONSE | {"Operator": None}, pressed("2", network="")),
    (RESPONSE | {"ClientState": "x", "Platform": "USSD", "New": True}, pressed("2")),
    (TIMEOUT, Ended("hubtel", SESSION, PHONE, "incomplete")),
    (
        TIMEOUT | {"Type": "Release", "Sequence": None},
        Ended("hubtel", SESSION, PHONE, "incomplete"),
    ),
]


@pytest.mark.parametrize(("delivery", "value"), READS)
def test_hubtel_says_it_in_our_words(delivery: dict[str, Any], value: Event) -> None:
    """Each delivery is one value of ours, whether its numbers are quoted; unknown words do no harm."""
    assert Hubtel().read(hook(delivery)) == value


MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({}, "Type"),
    (INITIATION | {"Type": "initiation"}, "Type"),
    (INITIATION | {"Type": None}, "Type"),
    (INITIATION | {"Message": "Ama"}, "Message"),
    (INITIATION | {"Message": "*" + "1" * 182}, "Message"),
    (RESPONSE | {"Mobile": PHONE}, "Mobile"),
    (RESPONSE | {"Mobile": "0200000001"}, "Mobile"),
    (RESPONSE | {"Mobile": f"{MOBILE}\n"}, "Mobile"),
    (RESPONSE | {"Mobile": 2.332e11}, "Mobile"),
    (RESPONSE | {"SessionId": ""}, "SessionId"),
    (RESPONSE | {"SessionId": None}, "SessionId"),
    (RESPONSE | {"ServiceCode": ""}, "ServiceCode"),
    (RESPONSE | {"Sequence": None}, "Sequence"),
    (RESPONSE | {"Sequence": -1}, "Sequence"),
    (RESPONSE | {"Sequence": 1.5}, "Sequence"),
    (RESPONSE | {"Sequence": "\u0662"}, "Sequence"),
    (RESPONSE | {"Sequence": 10**9}, "Sequence"),
    (TIMEOUT | {"Mobile": ""}, "Mobile"),
]


@pytest.mark.parametrize(("delivery", "field"), MALFORMED)
def test_hubtel_names_the_malformed_field(delivery: dict[str, Any], field: str) -> None:
    """A delivery that is not the provider's is refused by the name of its field, never by its
    content.
    """
    with pytest.raises(Malformed) as error:
        Hubtel().read(hook(delivery))
    assert str(error.value) == field


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (Reply("1 Apply\n0 Back", True), '{"Type":"Response","Message":"1 Apply\\n0 Back"}'),
        (Reply('"Good-bye"', False), '{"Type":"Release","Message":"\\"Good-bye\\""}'),
        (Reply("خدا حافظ", False), '{"Type":"Release","Message":"خدا حافظ"}'),
        (None, '{"Type":"Release","Message":""}'),
    ],
)
def test_hubtel_is_answered_in_json(reply: Reply | None, body: str) -> None:
    """A screen, the last one, and nothing where the call is over."""
    assert Hubtel().answer("ussd", reply) == Answer(200, body, "application/json; charset=utf-8")


def test_hubtel_signs_nothing_and_sends_nothing() -> None:
    """The token is the proof; a message that came here all the same would be refused, not lost."""
    assert Hubtel().authentic(hook(RESPONSE))
    (result,) = Hubtel().send([Outgoing("1", PHONE, "Hello")])
    assert isinstance(result, Rejected)


def test_every_network_of_hubtel_has_its_screen() -> None:
    """What an operator's name stands for is a network of carriers.toml, in Ghana."""
    known = carriers().by_network
    assert {known[code].country for code in NETWORKS.values()} == {"GH"}
    assert {code for code, one in known.items() if one.country == "GH"} == set(NETWORKS.values())


# ---------------------------------------------------------------- Which code was dialled

CODES = frozenset({"*713#", "*713*4#", "21234"})
DIALLED = [
    ("*713*4*3*5#", "*713*4#", "*713*4#", "3*5"),
    ("*713*4*3*5#", "*713#", "*713*4#", "3*5"),
    ("713*4*3*5", "*713#", "*713*4#", "3*5"),
    ("*713*4#", "*713*4#", "*713*4#", ""),
    ("*713*44*3#", "*713#", "*713#", "44*3"),
    ("*713*4**5#", "*713*4#", "*713*4#", "*5"),
    ("", "*713*4#", "*713*4#", ""),
    ("*999*1#", "*713*4#", "*713*4#", ""),
]


@pytest.mark.parametrize(("text", "reported", "code", "behind"), DIALLED)
def test_the_longest_code_of_ours_is_what_was_dialled(
    text: str, reported: str, code: str, behind: str
) -> None:
    """Whatever the carrier reports as code, what stands behind it is what she typed ahead."""
    found = dialled.ours(begun(text, reported), CODES)
    assert found is not None
    assert (found.code, found.text, found.input) == (code, behind, Input.DIALLED)


def test_without_codes_of_ours_the_reported_one_is_believed() -> None:
    """Where none is listed any may be dialled."""
    found = dialled.ours(begun("*5*6*7#", "*5#"), frozenset())
    assert found is not None
    assert (found.code, found.text) == ("*5#", "6*7")


@pytest.mark.parametrize(
    ("code", "given", "ours"),
    [
        ("*713*4#", Input.LAST, True),
        ("*713*4*3#", Input.LAST, True),
        ("*713*4*3#", Input.CUMULATIVE, True),
        ("*384#", Input.LAST, True),
        ("*384#", Input.CUMULATIVE, False),
        ("*71#", Input.LAST, False),
        ("*999#", Input.LAST, False),
        ("*999#", Input.DIALLED, False),
    ],
)
def test_a_code_is_ours_within_ours_or_where_keys_come_alone_around_it(
    code: str, given: Input, ours: bool
) -> None:
    """`384` is what some report for `*384*1234#`; a carrier that repeats the call reports it whole."""
    inbound = Inbound("hubtel", "ussd", SESSION, PHONE, code, "", given)
    assert (dialled.ours(inbound, CODES | {"*384*1234#"}) is not None) is ours


# ---------------------------------------------------------------- The door


@pytest.fixture
def line(valkey_url: str, sqlite_url: str, tmp_path: Path) -> Iterator[LastLine]:
    """Promises a phone line on an empty service."""
    with opened(valkey_url, sqlite_url, tmp_path, hubtel=True) as other:
        yield LastLine(other.hooks, other.registry)


GOOD = json.dumps(RESPONSE | {"ServiceCode": "384*1234"})
REFUSED = [
    (f'{{"Message": "{"1" * LARGEST}"}}', 413, "larger"),
    ("", 400, "read"),
    ("{", 400, "read"),
    ("\ufeff" + GOOD, 400, "read"),
    ("null", 400, "object"),
    ('"text"', 400, "object"),
    ("[]", 400, "object"),
    ("[" * 8000, 400, "read"),
    ('{"a":' * 1300, 400, "read"),
    (GOOD[:-1] + ', "More": {"a": 1}}', 400, "neither"),
    (GOOD[:-1] + ', "More": []}', 400, "neither"),
    (GOOD[:-1] + ', "Type": "Response"}', 400, "twice"),
    (GOOD[:-1] + ', "More": {"a": 1, "a": 1}}', 400, "twice"),
    (GOOD[:-1] + ', "More": NaN}', 400, "read"),
    (GOOD[:-1] + ', "More": -Infinity}', 400, "read"),
    (GOOD[:-1] + ', "More": "\\ud800"}', 400, "read"),
    (GOOD[:-1] + ', "\\udc00": 1}', 400, "read"),
    (GOOD[:-1] + ', "More": "\n"}', 400, "read"),
    (GOOD + GOOD, 400, "read"),
    (json.dumps({f"k{number}": 1 for number in range(101)}), 400, "100"),
    (json.dumps(RESPONSE | {"Mobile": "Ama"}), 400, "Mobile"),
]


@pytest.mark.parametrize(("body", "status", "why"), REFUSED)
def test_a_delivery_no_carrier_sends_is_refused_in_one_line(
    line: LastLine, body: str, status: int, why: str
) -> None:
    """Too large, no JSON, no flat object, a field twice, no number, no text: said, and not repeated."""
    answer = line.post("ussd", line.message("Response", "1"), body=body.encode())
    assert answer.status == status
    assert why in answer.body
    assert answer.body.endswith("\n")
    assert len(answer.body) < 90
    assert answer.body.count("\n") == 1


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=UTF-8", 200),
        ("application/x-www-form-urlencoded", 415),
        ("text/json", 415),
        ("application/jsonp", 415),
        ("", 415),
    ],
)
def test_the_body_is_what_the_provider_posts(
    line: LastLine, content_type: str, status: int
) -> None:
    """JSON for Hubtel; a form is no more welcome there than JSON is elsewhere."""
    headers = {"content-type": content_type}
    answer = line.post("ussd", line.message("Response", "1") | {"SessionId": "s1"}, headers=headers)
    assert answer.status == status


def test_bytes_that_are_no_text_are_refused() -> None:
    """The line is UTF-8 and nothing else."""
    for raw in (b'{"a": "\xff"}', GOOD.encode("utf-16")):
        with pytest.raises(Refused, match="cannot be read"):
            fields(raw, JSON, Body.JSON)


def test_what_is_text_number_or_word_is_read_as_text() -> None:
    """Numbers as they were written, however long; null is not there."""
    raw = '{"a": 0.10, "b": true, "c": false, "d": null, "e": "é😀", "f": -1e5, "g": %s}'
    assert fields((raw % ("9" * 5000)).encode(), JSON, Body.JSON) == {
        "a": "0.10", "b": "true", "c": "false", "e": "é😀", "f": "-1e5", "g": "9" * 5000,
    }  # fmt: skip


def test_the_token_is_checked_before_anything_is_read(line: LastLine) -> None:
    """A wrong address is 404 without a body, whatever was posted; there is one kind of hook."""
    line.session = "s1"
    right = line.hooks.tokens["hubtel", "ussd"][0]
    for path in ("hubtel/ussd/wrong", f"hubtel/sms/{right}", f"africastalking/ussd/{right}"):
        answer = line.post("ussd", line.message("Response", "1"), path=path, body=b"[" * 9000)
        assert (answer.status, answer.body) == (404, "")


# ---------------------------------------------------------------- Settings


def test_it_is_on_where_the_settings_say_so() -> None:
    """Off by default; on, it needs no secret."""
    assert "hubtel" not in configured(Settings(), str)
    made = configured(Settings(hubtel=True, sms_provider="twilio"), str)
    assert list(made) == ["hubtel"]


def test_nothing_starts_where_nobody_would_send_sms() -> None:
    """In one line that names both settings."""
    with pytest.raises(ValidationError) as error:
        Settings(hubtel=True, sms_provider="")
    (fault,) = error.value.errors()
    assert fault["msg"] == "Value error, GUICHET_HUBTEL has no SMS: set GUICHET_SMS_PROVIDER"
