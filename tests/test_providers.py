"""Each provider as a table: wire in -> value, value -> wire; and its sending against real servers,
good and bad.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # the SDK has no types

from gateway.hook import (
    Answer,
    Delivery,
    Ended,
    Event,
    Fate,
    Hook,
    Inbound,
    Input,
    Malformed,
    OptOut,
    Receipt,
    Reply,
)
from gateway.providers import (
    PROVIDERS,
    Accepted,
    Listed,
    Listing,
    NoRoute,
    OptedOut,
    Outgoing,
    OutOfHours,
    Provider,
    Rejected,
    SendError,
    Suspended,
    Throttled,
    Uncertain,
    Unreachable,
    configured,
    twilio,
)
from gateway.providers.africastalking import AfricasTalking, SmsService
from gateway.providers.twilio import Twilio
from gateway.providers.wire import Pace
from settings import Settings
from tests.counterpart import Counterpart, Got, Say, counterpart, nobody

SID = "AC0123456789abcdef0123456789abcdef"
MESSAGE = "SM0123456789abcdef0123456789abcdef"
SERVICE = "MG0123456789abcdef0123456789abcdef"
TOKEN = "12345"
OURS = "0193583a7c1e7abc8def0123456789ab"
RECEIPTS = "https://line.example.org/in/twilio/receipts/t0k3n"
SESSION = "ATUid_5d3b4c2bc589f4811820a7184eed4df5"
PHONE = "+254711000001"
OTHER = "+254711000002"


def at_provider(
    url: str = "http://127.0.0.1:9", pace: Pace | None = None, wait: float = 5.0
) -> AfricasTalking:
    """Africa's Talking at `url`."""
    return AfricasTalking(SmsService("sandbox", "k3y", url, (wait, wait)), "GUICHET", pace)


def twilio_provider(
    url: str = "http://127.0.0.1:9", sender: str = "+15005550006", wait: float = 5.0
) -> Twilio:
    """Twilio at `url`."""
    return Twilio(twilio.client(SID, TOKEN, url, wait), RequestValidator(TOKEN), sender, RECEIPTS)


def outgoing(*phones: str, text: str = "Your number is 482 017 5936.") -> list[Outgoing]:
    """One message a phone, all with the same text."""
    return [Outgoing(f"{number:032x}", phone, text) for number, phone in enumerate(phones, 1)]


def described(results: list[Accepted | SendError]) -> list[Any]:
    """Results as they can be compared: an error is its class and its code."""
    return [(type(one), one.code) if isinstance(one, SendError) else one for one in results]


# ---------------------------------------------------------------- Africa's Talking: wire in ->
# value

USSD = {
    "sessionId": SESSION,
    "phoneNumber": PHONE,
    "networkCode": "63902",
    "serviceCode": "*384*1234#",
    "text": "1*2",
}
WRITTEN = {
    "linkId": "03090445075804249226",
    "text": "HELP",
    "to": "21512",
    "id": "ec9adc86-51d5-4bc8-8eb0-d8ab0bb53dc3",
    "date": "2017-05-03T06:04:45Z",
    "from": "+254791541111",
    "networkCode": "63902",
}
ENDED = {
    "date": "2026-09-29 10:11:12",
    "sessionId": SESSION,
    "serviceCode": "*384*1234#",
    "networkCode": "63902",
    "phoneNumber": PHONE,
    "status": "Incomplete",
    "cost": "0.00",
    "durationInMillis": "31250",
    "hopsCount": "3",
    "hopsMetadata": "home|status",
    "input": "1*3520212345671",
    "lastAppResponse": "CON You wrote: they paid nothing",
    "errorMessage": "",
}
RECEIPT = {"id": "ATXid_1", "phoneNumber": PHONE, "networkCode": "63902", "retryCount": "0"}


def dialled(text: str, network: str = "63902") -> Inbound:
    """The value of a USSD delivery."""
    return Inbound(
        "africastalking", "ussd", SESSION, PHONE, "*384*1234#", text, Input.CUMULATIVE, network
    )


def written(text: str, network: str = "63902") -> Inbound:
    """The value of an SMS delivery."""
    return Inbound(
        "africastalking", "sms", WRITTEN["id"], "+254791541111", "21512", text, Input.LAST, network
    )


def reported(status: Delivery, reason: str = "", fate: Fate = "") -> Receipt:
    """The value of a delivery report."""
    return Receipt("africastalking", "ATXid_1", status, reason, "", PHONE, fate)


AT_READS: list[tuple[str, dict[str, str], Event]] = [
    ("ussd", USSD, dialled("1*2")),
    ("ussd", USSD | {"text": ""}, dialled("")),
    (
        "ussd",
        USSD | {"text": "2*They paid only 3*1 of the 5*1"},
        dialled("2*They paid only 3*1 of the 5*1"),
    ),
    ("ussd", USSD | {"text": "1**2 "}, dialled("1**2 ")),
    ("ussd", USSD | {"networkCode": "70707"}, dialled("1*2", "70707")),
    (
        "ussd",
        {name: value for name, value in USSD.items() if name != "networkCode"},
        dialled("1*2", ""),
    ),
    ("ussd-ended", ENDED, Ended("africastalking", SESSION, PHONE, "incomplete")),
    (
        "ussd-ended",
        ENDED | {"status": "Success"},
        Ended("africastalking", SESSION, PHONE, "success"),
    ),
    (
        "ussd-ended",
        ENDED | {"status": "Exploded"},
        Ended("africastalking", SESSION, PHONE, "failed"),
    ),
    ("sms", WRITTEN, written("HELP")),
    ("sms", WRITTEN | {"date": "2017-05-03 06:04:45"}, written("HELP")),
    ("sms", WRITTEN | {"date": "yesterday", "text": "مدد", "networkCode": ""}, written("مدد", "")),
    (
        "optouts",
        {"senderId": "MSAADA", "phoneNumber": PHONE},
        OptOut("africastalking", PHONE, "MSAADA"),
    ),
    ("receipts", RECEIPT | {"status": "Sent"}, reported(Delivery.SENT)),
    ("receipts", RECEIPT | {"status": "Submitted"}, reported(Delivery.SENT)),
    ("receipts", RECEIPT | {"status": "Buffered"}, reported(Delivery.SENT)),
    ("receipts", RECEIPT | {"status": "Success"}, reported(Delivery.DELIVERED)),
    ("receipts", RECEIPT | {"status": "Rejected"}, reported(Delivery.FAILED, "Rejected")),
    (
        "receipts",
        RECEIPT | {"status": "AbsentSubscriber"},
        reported(Delivery.FAILED, "AbsentSubscriber", "again"),
    ),
    ("receipts", RECEIPT | {"status": "Expired"}, reported(Delivery.EXPIRED, "Expired")),
    (
        "receipts",
        RECEIPT | {"status": "Failed", "failureReason": "NotNetworkSubcriber"},
        reported(Delivery.FAILED, "NotNetworkSubscriber"),
    ),
    (
        "receipts",
        RECEIPT | {"status": "Failed", "failureReason": "UserInBlackList"},
        reported(Delivery.FAILED, "UserInBlackList", "suppress"),
    ),
    (
        "receipts",
        RECEIPT | {"status": "Failed", "failureReason": "DoNotDisturbRejection"},
        reported(Delivery.FAILED, "DoNotDisturbRejection", "again"),
    ),
    (
        "receipts",
        RECEIPT | {"status": "Sent", "phoneNumber": " 254711000001"},
        replace(reported(Delivery.SENT), phone=""),
    ),
    ("receipts", RECEIPT | {"status": "Teleported"}, reported(Delivery.SENT, "Teleported")),
    ("receipts", RECEIPT | {"status": "<script>"}, reported(Delivery.SENT, "")),
]


@pytest.mark.parametrize(("kind", "form", "value"), AT_READS)
def test_africas_talking_says_it_in_our_words(
    kind: str, form: dict[str, str], value: Event
) -> None:
    """Each delivery of the provider's pages is one value of ours; unknown words do no harm."""
    assert at_provider().read(Hook("africastalking", kind, "", form)) == value


AT_MALFORMED = [
    ("ussd", USSD | {"phoneNumber": " 254711000001"}, "phoneNumber"),
    ("ussd", USSD | {"phoneNumber": "254711000001"}, "phoneNumber"),
    ("ussd", USSD | {"phoneNumber": "+254711000001\n"}, "phoneNumber"),
    ("ussd", USSD | {"phoneNumber": "+2547110000010000"}, "phoneNumber"),
    ("ussd", USSD | {"phoneNumber": "+\u0662\u0665\u0664711000001"}, "phoneNumber"),
    ("ussd", USSD | {"sessionId": ""}, "sessionId"),
    ("ussd", USSD | {"sessionId": "a b"}, "sessionId"),
    ("ussd", USSD | {"sessionId": "x" * 129}, "sessionId"),
    ("ussd", USSD | {"serviceCode": ""}, "serviceCode"),
    ("ussd", {name: value for name, value in USSD.items() if name != "text"}, "text"),
    ("ussd", {}, "sessionId"),
    ("ussd-ended", {"sessionId": SESSION}, "phoneNumber"),
    ("sms", WRITTEN | {"from": "Safaricom"}, "from"),
    ("sms", WRITTEN | {"id": ""}, "id"),
    ("receipts", RECEIPT, "status"),
    ("receipts", {"status": "Success"}, "id"),
    ("optouts", {"senderId": "MSAADA"}, "phoneNumber"),
    ("voice", {}, "kind"),
]


@pytest.mark.parametrize(("kind", "form", "field"), AT_MALFORMED)
def test_africas_talking_names_the_malformed_field(
    kind: str, form: dict[str, str], field: str
) -> None:
    """A delivery that is not the provider's is refused by the name of its field, never by its
    content.
    """
    with pytest.raises(Malformed) as error:
        at_provider().read(Hook("africastalking", kind, "", form))
    assert str(error.value) == field


@pytest.mark.parametrize(
    ("kind", "reply", "body"),
    [
        ("ussd", Reply("1 Apply\n0 Back", True), "CON 1 Apply\n0 Back"),
        ("ussd", Reply("Good-bye", False), "END Good-bye"),
        ("ussd-ended", None, "OK"),
        ("sms", None, "OK"),
        ("sms", Reply("Later", False), "OK"),
        ("receipts", None, "OK"),
        ("optouts", None, "OK"),
    ],
)
def test_africas_talking_is_answered_in_plain_text(
    kind: str, reply: Reply | None, body: str
) -> None:
    """A USSD screen has its prefix at the very start; everything else is acknowledged."""
    assert at_provider().answer(kind, reply) == Answer(200, body, "text/plain; charset=utf-8")


def test_africas_talking_signs_nothing() -> None:
    """Every delivery with the right token counts as authentic."""
    assert at_provider().authentic(Hook("africastalking", "ussd", "", USSD))


# ---------------------------------------------------------------- Africa's Talking: sending


def recipient(
    number: str, code: object = 101, status: str = "Success", message: str = ""
) -> dict[str, object]:
    """One entry of an answer's Recipients."""
    refused = code not in (100, 101, 102)
    return {
        "statusCode": code,
        "number": number,
        "status": status,
        "cost": "0" if refused else "KES 0.8000",
        "messageId": "None" if refused else message or f"ATPid_{number[1:]}",
    }


def at_answer(
    *recipients: Any, message: str = "Sent to 1/1 Total Cost: KES 0.8000", type_: str = ""
) -> Say:
    """A 201 answer of the messaging call."""
    body = json.dumps(
        {"SMSMessageData": {"Message": message, "Recipients": list(recipients)}}
    ).encode()
    return Say(body, 201, type_ or "application/json")


def taken_all(got: Got) -> Say:
    """Take whatever is sent."""
    return at_answer(*(recipient(number) for number in got.form["to"].split(",")))


def taken(phone: str) -> Accepted:
    """What `taken_all` makes of a number."""
    return Accepted(f"ATPid_{phone[1:]}", "KES 0.8000")


def at_sends(
    answer: Callable[[Got], Say] | Say,
    batch: list[Outgoing],
    wait: float = 5.0,
    pace: Pace | None = None,
) -> tuple[list[Any], Counterpart]:
    """The described results of a batch, and what the server got."""
    with counterpart(answer) as it:
        return described(at_provider(it.url, pace, wait).send(batch)), it


def test_africas_talking_gets_the_documented_form() -> None:
    """One call: the official form and headers, at the address of the settings."""
    results, it = at_sends(taken_all, outgoing(PHONE, text="نمبر 482"))
    (got,) = it.got
    assert results == [taken(PHONE)]
    assert got.path == "/version1/messaging"
    assert (got.headers["apikey"], got.headers["accept"]) == ("k3y", "application/json")
    assert got.form == {
        "username": "sandbox",
        "to": PHONE,
        "message": "نمبر 482",
        "bulkSMSMode": "1",
        "from": "GUICHET",
        "enqueue": "1",
    }


AT_CODES = [
    (recipient(PHONE, 100), taken(PHONE)),
    (recipient(PHONE, 101), taken(PHONE)),
    (recipient(PHONE, 102, "Queued"), taken(PHONE)),
    (recipient(PHONE, 401, "RiskHold"), (NoRoute, "401")),
    (recipient(PHONE, 402, "InvalidSenderId"), (NoRoute, "402")),
    (recipient(PHONE, 403, "InvalidPhoneNumber"), (Rejected, "403")),
    (recipient(PHONE, 404, "UnsupportedNumberType"), (Rejected, "404")),
    (recipient(PHONE, 405, "InsufficientBalance"), (Suspended, "405")),
    (recipient(PHONE, 406, "UserInBlacklist"), (OptedOut, "406")),
    (recipient(PHONE, 407, "CouldNotRoute"), (Unreachable, "407")),
    (recipient(PHONE, 409, "DoNotDisturbRejection"), (OutOfHours, "409")),
    (recipient(PHONE, 500, "InternalServerError"), (Unreachable, "500")),
    (recipient(PHONE, 501, "GatewayError"), (Unreachable, "501")),
    (recipient(PHONE, 502, "RejectedByGateway"), (NoRoute, "502")),
    (recipient(PHONE, 599, "New"), (Unreachable, "599")),
    (recipient(PHONE, 410, "New"), (Rejected, "410")),
    (recipient(PHONE, "406"), (OptedOut, "406")),
    (recipient(PHONE, "²"), (Rejected, "no_code")),
    (recipient(PHONE, None), (Rejected, "no_code")),
    (recipient(PHONE) | {"messageId": "None"}, (Uncertain, "no_message_id")),
    (recipient(OTHER), (Uncertain, "not_mentioned")),
]


@pytest.mark.parametrize(("entry", "result"), AT_CODES)
def test_each_recipient_code_has_its_meaning(entry: dict[str, object], result: object) -> None:
    """HTTP success is not acceptance: the recipient's own code decides."""
    assert at_sends(at_answer(entry), outgoing(PHONE))[0] == [result]


def test_a_batch_is_grouped_by_text_and_answered_in_order() -> None:
    """Equal texts travel in one call; a number met twice goes in a second one; results keep the
    batch's order.
    """
    batch = [
        Outgoing("a", PHONE, "One"),
        Outgoing("b", OTHER, "Two"),
        Outgoing("c", OTHER, "One"),
        Outgoing("d", PHONE, "One"),
    ]
    numbers = count(1)

    def answer(got: Got) -> Say:
        call = next(numbers)
        return at_answer(
            *(recipient(to, message=f"{call}{to}") for to in got.form["to"].split(","))
        )

    results, it = at_sends(answer, batch)
    assert [(got.form["message"], got.form["to"]) for got in it.got] == [
        ("One", f"{PHONE},{OTHER}"),
        ("Two", OTHER),
        ("One", PHONE),
    ]
    assert [one.message for one in results] == [f"1{PHONE}", f"2{OTHER}", f"1{OTHER}", f"3{PHONE}"]
    assert it.connections == 1


def test_a_call_has_at_most_five_hundred_numbers() -> None:
    """A broadcast is cut into calls; nobody is left out or sent to twice."""
    batch = outgoing(*(f"+92300{number:07d}" for number in range(1, 1_202)))
    results, it = at_sends(taken_all, batch)
    assert [got.form["to"].count("+") for got in it.got] == [500, 500, 201]
    assert results == [taken(message.phone) for message in batch]


def test_one_bad_number_or_text_spoils_no_batch() -> None:
    """A malformed number or an unsendable text is rejected before the call; the others go."""
    unsendable = [Outgoing("x", PHONE, ""), Outgoing("y", PHONE, "\ud800")]
    batch = [*outgoing("0711000001", PHONE, "+254711000003\n", OTHER), *unsendable]
    results, it = at_sends(taken_all, batch)
    number, text = (Rejected, "InvalidPhoneNumber"), (Rejected, "InvalidText")
    assert results == [number, taken(PHONE), number, taken(OTHER), text, text]
    assert [got.form["to"] for got in it.got] == [f"{PHONE},{OTHER}"]


def test_mixed_recipients_each_get_their_own_result() -> None:
    """One call may be taken for some and refused for others, in any order, with a charset in its
    content type.
    """
    answer = at_answer(
        recipient(OTHER, 406), recipient(PHONE), type_="application/json; charset=utf-8"
    )
    assert at_sends(answer, outgoing(PHONE, OTHER))[0] == [taken(PHONE), (OptedOut, "406")]


AT_ANSWERS = [
    (at_answer(message="InvalidSenderId"), (NoRoute, "InvalidSenderId")),
    (at_answer(message="InsufficientBalance"), (Suspended, "InsufficientBalance")),
    (at_answer(message=f"No number like {PHONE}"), (Rejected, "NoRecipients")),
    (at_answer("x", None, message="Odd"), (Rejected, "Odd")),
    (Say(b"", 201), (Uncertain, "unreadable")),
    (Say(b"<xml/>", 201, "text/xml"), (Uncertain, "unreadable")),
    (Say(b"[" * 100_000, 201), (Uncertain, "unreadable")),
    (Say(b"[]", 201), (Uncertain, "unreadable")),
    (Say(b'{"SMSMessageData": {}}', 201), (Uncertain, "unreadable")),
    (Say(b'{"SMSMessageData": {"Recipients": {}}}', 201), (Uncertain, "unreadable")),
    (Say(b"The supplied authentication is invalid", 401, "text/plain"), (Suspended, "http_401")),
    (Say(b"", 403), (Suspended, "http_403")),
    (Say(b"Bad request", 400), (Rejected, "http_400")),
    (Say(b"", 404), (Rejected, "http_404")),
    (Say(b"", 307, location="/version1/messaging/moved"), (Unreachable, "http_307")),
    (Say(b"", 429), (Throttled, "http_429")),
    (Say(b"", 500), (Unreachable, "http_500")),
    (Say(b"", 503), (Unreachable, "http_503")),
    (Say(b"", 504), (Uncertain, "http_504")),
    (Say(how="hang"), (Uncertain, "ReadTimeout")),
    (Say(how="cut"), (Uncertain, "ConnectionError")),
    (Say(b'{"SMSMessageData"', 201, how="half"), (Uncertain, "ChunkedEncodingError")),
]


@pytest.mark.parametrize(("answer", "result"), AT_ANSWERS)
def test_a_call_that_fails_fails_for_all_its_numbers(answer: Say, result: object) -> None:
    """What may have been sent is uncertain; what was surely not may be tried again."""
    assert at_sends(answer, outgoing(PHONE, OTHER), wait=0.3)[0] == [result, result]


def test_nobody_listening_is_unreachable() -> None:
    """A refused connection sent nothing, for either provider."""
    with nobody() as url:
        assert described(at_provider(url).send(outgoing(PHONE))) == [
            (Unreachable, "ConnectionError")
        ]
        assert described(twilio_provider(url).send(outgoing(PHONE))) == [
            (Unreachable, "ConnectionError")
        ]
    assert described(at_provider("nonsense").send(outgoing(PHONE))) == [
        (Unreachable, "MissingSchema")
    ]


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        (Say(how="hang"), (Unreachable, "not_tried")),
        (Say(b"", 429), (Throttled, "http_429")),
        (Say(b"", 500), (Unreachable, "http_500")),
        (at_answer(recipient(PHONE, 405)), (Suspended, "405")),
    ],
)
def test_a_provider_in_trouble_is_left_alone_for_the_rest_of_the_batch(
    first: Say, rest: object
) -> None:
    """One hang, one refusal, not a hundred: the messages that never left may be tried later."""
    batch = [Outgoing(str(number), PHONE, f"Text {number}") for number in range(3)]
    results, it = at_sends(first, batch, wait=0.3)
    assert len(it.got) == 1
    assert results[1:] == [rest, rest]


def test_a_rejected_call_does_not_stop_the_batch() -> None:
    """A text the provider refuses says nothing of the next text."""
    batch = [Outgoing("a", PHONE, "Bad"), Outgoing("b", PHONE, "Good")]
    results, _ = at_sends(
        lambda got: Say(b"", 400) if got.form["message"] == "Bad" else taken_all(got), batch
    )
    assert results == [(Rejected, "http_400"), taken(PHONE)]


def test_a_batch_stops_starting_calls_when_its_time_is_over() -> None:
    """What was not tried in time never left: the next batch takes it."""
    batch = [Outgoing(str(number), PHONE, f"Text {number}") for number in range(4)]
    ticks = iter([0.0, 1.0, 19.0, 20.0])
    results, it = at_sends(taken_all, batch, pace=Pace(lambda: next(ticks), 20.0))
    assert len(it.got) == 2
    assert results == [
        taken(PHONE),
        taken(PHONE),
        (Unreachable, "not_tried"),
        (Unreachable, "not_tried"),
    ]


def test_an_empty_batch_calls_nobody() -> None:
    """Nothing to send is no call."""
    assert at_provider().send([]) == []
    assert twilio_provider().send([]) == []


# ---------------------------------------------------------------- Twilio: wire in -> value

IN = {
    "MessageSid": MESSAGE,
    "AccountSid": SID,
    "From": PHONE,
    "To": "+15005550006",
    "Body": "STATUS 4820175936",
    "NumMedia": "0",
    "NumSegments": "1",
    "FromCountry": "KE",
}
LONG = "مجھے رقم نہیں ملی، براہ کرم میری مدد کریں! They paid only 3*1 of the 5*1."
CALLBACK = {
    "MessageSid": MESSAGE,
    "To": PHONE,
    "From": "+15005550006",
    "RawDlrDoneDate": "2609291011",
}


def texted(text: str) -> Inbound:
    """The value of an SMS by Twilio."""
    return Inbound("twilio", "sms", MESSAGE, PHONE, "+15005550006", text)


def called_back(status: Delivery, reason: str = "", ours: str = OURS, fate: Fate = "") -> Receipt:
    """The value of a status callback."""
    return Receipt("twilio", MESSAGE, status, reason, ours, PHONE, fate)


def in_base64(text: str) -> str:
    """As Twilio sometimes delivers a joined message."""
    return base64.b64encode(text.encode()).decode()


TWILIO_READS: list[tuple[str, dict[str, str], Event]] = [
    ("sms", IN, texted("STATUS 4820175936")),
    ("sms", IN | {"Body": ""}, texted("")),
    ("sms", IN | {"Body": in_base64(LONG)}, texted(LONG)),
    ("sms", IN | {"Body": base64.encodebytes(LONG.encode()).decode()}, texted(LONG)),
    ("sms", IN | {"Body": in_base64("short")}, texted(in_base64("short"))),
    ("sms", IN | {"Body": "A" * 80}, texted("A" * 80)),
    ("sms", IN | {"Body": in_base64("x" * 80)}, texted(in_base64("x" * 80))),
    (
        "sms",
        IN | {"Body": "They paid only half of it and nobody answers at the office now"},
        texted("They paid only half of it and nobody answers at the office now"),
    ),
    ("sms", IN | {"Body": "STOP", "OptOutType": "STOP"}, OptOut("twilio", PHONE, "+15005550006")),
    ("sms", IN | {"Body": "Arret", "OptOutType": "stop"}, OptOut("twilio", PHONE, "+15005550006")),
    ("sms", IN | {"Body": "DEBUT", "OptOutType": "START"}, texted("START")),
    ("sms", IN | {"Body": "AIDE", "OptOutType": "HELP"}, texted("HELP")),
    ("sms", IN | {"Body": "STOP"}, texted("STOP")),
    ("receipts", CALLBACK | {"MessageStatus": "accepted"}, called_back(Delivery.SENT)),
    ("receipts", CALLBACK | {"MessageStatus": "scheduled"}, called_back(Delivery.SENT)),
    ("receipts", CALLBACK | {"MessageStatus": "queued"}, called_back(Delivery.SENT)),
    ("receipts", CALLBACK | {"MessageStatus": "sending"}, called_back(Delivery.SENT)),
    ("receipts", CALLBACK | {"MessageStatus": "sent"}, called_back(Delivery.SENT)),
    ("receipts", CALLBACK | {"MessageStatus": "delivered"}, called_back(Delivery.DELIVERED)),
    ("receipts", CALLBACK | {"MessageStatus": "read"}, called_back(Delivery.DELIVERED)),
    (
        "receipts",
        CALLBACK | {"MessageStatus": "undelivered", "ErrorCode": "30003"},
        called_back(Delivery.FAILED, "30003", fate="again"),
    ),
    (
        "receipts",
        CALLBACK | {"MessageStatus": "failed", "ErrorCode": "21610"},
        called_back(Delivery.FAILED, "21610", fate="suppress"),
    ),
    (
        "receipts",
        CALLBACK | {"MessageStatus": "sent", "ErrorCode": "30003"},
        called_back(Delivery.SENT),
    ),
    ("receipts", CALLBACK | {"MessageStatus": "failed"}, called_back(Delivery.FAILED, "failed")),
    (
        "receipts",
        CALLBACK | {"MessageStatus": "canceled"},
        called_back(Delivery.FAILED, "canceled"),
    ),
    (
        "receipts",
        CALLBACK | {"MessageStatus": "partially_delivered"},
        called_back(Delivery.SENT, "partially_delivered"),
    ),
    (
        "receipts",
        CALLBACK | {"MessageStatus": "teleported"},
        called_back(Delivery.SENT, "teleported"),
    ),
]


@pytest.mark.parametrize(("kind", "form", "value"), TWILIO_READS)
def test_twilio_says_it_in_our_words(kind: str, form: dict[str, str], value: Event) -> None:
    """Each delivery of the provider's pages is one value of ours; unknown words do no harm."""
    assert twilio_provider().read(Hook("twilio", kind, f"{RECEIPTS}?id={OURS}", form)) == value


@pytest.mark.parametrize("query", ["", "?id=", "?id=not-ours", f"?uuid={OURS}", "?id=" + "g" * 32])
def test_a_callback_without_our_id_is_matched_by_theirs(query: str) -> None:
    """What is not an id of ours is left out."""
    hook = Hook("twilio", "receipts", RECEIPTS + query, CALLBACK | {"MessageStatus": "sent"})
    assert twilio_provider().read(hook) == called_back(Delivery.SENT, ours="")


@pytest.mark.parametrize(
    ("kind", "form", "field"),
    [
        ("sms", IN | {"From": "whatsapp:+254711000001"}, "From"),
        ("sms", IN | {"From": " 254711000001"}, "From"),
        ("sms", IN | {"To": ""}, "To"),
        ("sms", IN | {"MessageSid": ""}, "MessageSid"),
        ("sms", {name: value for name, value in IN.items() if name != "Body"}, "Body"),
        ("receipts", CALLBACK, "MessageStatus"),
        ("receipts", {"MessageStatus": "sent"}, "MessageSid"),
        ("ussd", IN, "kind"),
    ],
)
def test_twilio_names_the_malformed_field(kind: str, form: dict[str, str], field: str) -> None:
    """A delivery that is not the provider's is refused by the name of its field, never by its
    content.
    """
    with pytest.raises(Malformed) as error:
        twilio_provider().read(Hook("twilio", kind, RECEIPTS, form))
    assert str(error.value) == field


CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
TEXT = {
    "MessageSid": MESSAGE,
    "AccountSid": SID,
    "From": PHONE,
    "To": "+15005550006",
    "Body": "STOP",
    "NumMedia": "0",
    "NumSegments": "1",
}
PAGE = "https://mycompany.com/myapp.php?foo=1&bar=2"
LINE = "https://example.org/twilio/sms"
SIGNATURES = [
    (PAGE, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", True),
    (LINE, TEXT, "rgmhP2anUy25uXA1ANPldgQJpQo=", True),
    ("https://example.org:443/twilio/sms", TEXT, "rgmhP2anUy25uXA1ANPldgQJpQo=", True),
    ("http://example.org/twilio/sms", TEXT, "rgmhP2anUy25uXA1ANPldgQJpQo=", False),
    (LINE, TEXT | {"Body": "STOP "}, "rgmhP2anUy25uXA1ANPldgQJpQo=", False),
    (LINE, TEXT | {"New": ""}, "rgmhP2anUy25uXA1ANPldgQJpQo=", False),
    (LINE, {}, "rgmhP2anUy25uXA1ANPldgQJpQo=", False),
    (LINE + "?id=1", TEXT, "rgmhP2anUy25uXA1ANPldgQJpQo=", False),
    (LINE, TEXT, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", False),
    (LINE, TEXT, "", False),
    (LINE, TEXT, "\u00e9", False),
]


@pytest.mark.parametrize(("url", "form", "signature", "authentic"), SIGNATURES)
def test_twilio_signs_the_public_address_and_the_whole_form(
    url: str, form: dict[str, str], signature: str, authentic: bool
) -> None:
    """The published vectors pass; one changed character, in either, does not."""
    hook = Hook("twilio", "sms", url, form, {"x-twilio-signature": signature})
    assert twilio_provider().authentic(hook) is authentic


def test_a_delivery_without_a_signature_is_not_twilios() -> None:
    """A missing header is refused, and so is one made with another token."""
    assert not twilio_provider().authentic(Hook("twilio", "sms", LINE, TEXT))
    forged = RequestValidator("54321").compute_signature(LINE, TEXT)
    assert not twilio_provider().authentic(
        Hook("twilio", "sms", LINE, TEXT, {"x-twilio-signature": forged})
    )


@pytest.mark.parametrize("reply", [None, Reply("Later", False)])
def test_twilio_is_answered_with_an_empty_document(reply: Reply | None) -> None:
    """Replies leave by the API, so the answer itself says nothing."""
    body = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    assert twilio_provider().answer("sms", reply) == Answer(200, body, "text/xml; charset=utf-8")


# ---------------------------------------------------------------- Twilio: sending

CREATED = {
    "account_sid": SID,
    "api_version": "2010-04-01",
    "body": "Your number",
    "date_created": "Mon, 23 Nov 2026 09:30:00 +0000",
    "direction": "outbound-api",
    "error_code": None,
    "error_message": None,
    "from": "+15005550006",
    "messaging_service_sid": None,
    "num_media": "0",
    "num_segments": "1",
    "price": None,
    "price_unit": "USD",
    "sid": MESSAGE,
    "status": "queued",
    "to": PHONE,
}


def created(**changes: Any) -> Say:
    """A 201 answer of Create Message."""
    return Say(json.dumps(CREATED | changes).encode(), 201)


def error(status: int, code: object) -> Say:
    """An error of Twilio's API, worded as it words them: with the number."""
    body = {
        "code": code,
        "message": f"The 'To' number {PHONE} is not valid",
        "more_info": "",
        "status": status,
    }
    return Say(json.dumps(body).encode(), status)


def twilio_sends(
    answer: Callable[[Got], Say] | Say,
    batch: list[Outgoing],
    sender: str = "+15005550006",
    wait: float = 5.0,
) -> tuple[list[Any], Counterpart]:
    """The described results of a batch, and what the server got."""
    with counterpart(answer) as it:
        return described(twilio_provider(it.url + "/twilio/", sender, wait).send(batch)), it


@pytest.mark.parametrize(
    ("sender", "field"),
    [("+15005550006", "From"), ("GUICHET", "From"), (SERVICE, "MessagingServiceSid")],
)
def test_twilio_gets_the_documented_form(sender: str, field: str) -> None:
    """Create Message with our id in the callback's address, from a number or a messaging
    service.
    """
    results, it = twilio_sends(created(), [Outgoing(OURS, PHONE, "نمبر 482")], sender)
    (got,) = it.got
    assert results == [Accepted(MESSAGE)]
    assert got.path == f"/twilio/2010-04-01/Accounts/{SID}/Messages.json"
    assert (
        got.headers["authorization"]
        == "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
    )
    assert got.form == {
        "To": PHONE,
        "Body": "نمبر 482",
        "StatusCallback": f"{RECEIPTS}?id={OURS}",
        field: sender,
    }


TWILIO_ANSWERS = [
    (created(), Accepted(MESSAGE)),
    (created(status="accepted", num_segments="0"), Accepted(MESSAGE)),
    (created(price="-0.0075"), Accepted(MESSAGE, "USD -0.0075")),
    (created(status="failed", error_code=21610), (OptedOut, "21610")),
    (created(status="failed"), (Rejected, "http_400")),
    (created(sid=None), (Uncertain, "unreadable")),
    (Say(b"", 201), (Uncertain, "unreadable")),
    (Say(b"<xml/>", 201), (Uncertain, "unreadable")),
    (Say(b"[]", 201), (Uncertain, "unreadable")),
    (Say(b"[" * 100_000, 201), (Uncertain, "unreadable")),
    (error(401, 20003), (Suspended, "20003")),
    (error(403, 20005), (Suspended, "20005")),
    (error(429, 20429), (Throttled, "20429")),
    (error(429, 14107), (Throttled, "14107")),
    (error(400, 21611), (Throttled, "21611")),
    (error(400, 21211), (Rejected, "21211")),
    (error(400, 21614), (Rejected, "21614")),
    (error(400, 21408), (NoRoute, "21408")),
    (error(400, 21606), (NoRoute, "21606")),
    (error(400, 21617), (Rejected, "21617")),
    (error(400, 21610), (OptedOut, "21610")),
    (error(400, 30008), (Unreachable, "30008")),
    (error(400, 29999), (Rejected, "29999")),
    (error(400, None), (Rejected, "http_400")),
    (error(400, [1]), (Rejected, "http_400")),
    (error(500, 20500), (Unreachable, "20500")),
    (Say(b"<html>", 429), (Throttled, "http_429")),
    (Say(b"<html>", 503), (Unreachable, "http_503")),
    (Say(b"", 504), (Uncertain, "http_504")),
    (
        Say(b'{"type": "t", "title": "Gone", "status": "odd", "code": 20404}', 404),
        (Unreachable, "20404"),
    ),
    (Say(how="hang"), (Uncertain, "ReadTimeout")),
    (Say(how="cut"), (Uncertain, "ConnectionError")),
    (Say(b'{"sid"', 201, how="half"), (Uncertain, "ChunkedEncodingError")),
]


@pytest.mark.parametrize(("answer", "result"), TWILIO_ANSWERS)
def test_each_answer_of_twilio_has_its_meaning(answer: Say, result: object) -> None:
    """Codes by the table, else the status; what may have been sent is uncertain."""
    assert twilio_sends(answer, outgoing(PHONE), wait=0.3)[0] == [result]


def test_one_refused_number_does_not_stop_twilios_batch() -> None:
    """Each message is its own call on one connection; a malformed number makes none."""
    results, it = twilio_sends(
        lambda got: error(400, 21610) if got.form["To"] == OTHER else created(),
        outgoing(OTHER, "07", PHONE),
    )
    assert results == [(OptedOut, "21610"), (Rejected, "InvalidPhoneNumber"), Accepted(MESSAGE)]
    assert it.connections == 1


def test_twilio_in_trouble_is_left_alone_for_the_rest_of_the_batch() -> None:
    """A throttled account is not asked once more for each message."""
    results, it = twilio_sends(error(429, 20429), outgoing(PHONE, OTHER, "+254711000003"))
    assert (results, len(it.got)) == ([(Throttled, "20429")] * 3, 1)


def on_list(**changes: Any) -> dict[str, Any]:
    """One message of a list."""
    return CREATED | changes


def listing(*listed: object, more: bool = False) -> Say:
    """A page of Twilio's list."""
    page = {
        "messages": list(listed),
        "next_page_uri": "/more" if more else None,
        "page_size": 1000,
    }
    return Say(json.dumps(page).encode())


def asked_twilio(says: Say) -> tuple[Any, Counterpart]:
    """What Twilio lists for a number, or the error and its code; and what the server got."""
    with counterpart(says) as it:
        try:
            found: Any = twilio_provider(it.url, wait=0.3).listed(PHONE)
        except SendError as failed:
            found = (type(failed), failed.code)
    return found, it


def test_twilio_lists_what_it_took_for_a_number() -> None:
    """One call, without a date: a message that waits in a queue has none yet."""
    other = on_list(sid="SM2", status="undelivered", error_code=30003, date_created=None, body="x")
    found, it = asked_twilio(listing(on_list(), other))
    assert found == [
        Listed(MESSAGE, "Your number", datetime(2026, 11, 23, 9, 30, tzinfo=UTC), Delivery.SENT),
        Listed("SM2", "x", None, Delivery.FAILED, "30003"),
    ]
    (got,) = it.got
    path, _, query = got.path.partition("?")
    assert path.endswith("/Messages.json")
    assert "PageSize=1000" in query
    assert "DateSent" not in query


@pytest.mark.parametrize(
    ("says", "result"),
    [
        (listing(), []),
        (listing(*[on_list()] * 1000), (Uncertain, "too_many")),
        (listing(on_list(sid=None)), (Uncertain, "unreadable")),
        (listing("x"), (Uncertain, "unreadable")),
        (Say(b"[]"), (Uncertain, "unreadable")),
        (Say(b"<html>"), (Uncertain, "unreadable")),
        (Say(b"{}"), (Uncertain, "unreadable")),
        (error(401, 20003), (Suspended, "http_401")),
        (error(429, 20429), (Throttled, "http_429")),
        (Say(b"", 500), (Unreachable, "http_500")),
        (Say(how="hang"), (Uncertain, "ReadTimeout")),
        (Say(how="cut"), (Uncertain, "ConnectionError")),
    ],
)
def test_a_list_that_is_not_surely_whole_is_an_error(says: Say, result: object) -> None:
    """Nothing is concluded from half a list: only an empty one is empty."""
    assert asked_twilio(says)[0] == result


def test_only_twilio_can_be_asked_what_it_took() -> None:
    """Africa's Talking lists what came in, never what went out."""
    assert isinstance(twilio_provider(), Listing)
    assert not isinstance(at_provider(), Listing)


# ---------------------------------------------------------------- both


@pytest.mark.parametrize(
    "answer", [error(400, 21211), error(401, 20003), Say(how="cut"), Say(b"x", 201)]
)
def test_no_error_repeats_a_number_or_a_text(answer: Say) -> None:
    """What a failure says, its causes included, is fit for a log."""
    with counterpart(answer) as it:
        for provider in (at_provider(it.url), twilio_provider(it.url)):
            for result in provider.send(outgoing(PHONE, text="They paid nothing")):
                assert isinstance(result, SendError)
                assert result.__cause__ is None
                assert PHONE not in repr(result) + str(result)
                assert "They paid" not in repr(result) + str(result)


@pytest.mark.parametrize("make", [at_provider, twilio_provider])
def test_threads_may_send_through_one_provider(make: Callable[[str], Provider]) -> None:
    """Lanes send several batches at once: each message gets its own result, whichever thread it
    left by.
    """

    def answer(got: Got) -> Say:
        if "version1" in got.path:
            return taken_all(got)
        return created(sid=f"ATPid_{got.form['To'][1:]}", price="0.8000", price_unit="KES")

    batches = [
        outgoing(*(f"+92300{thread}{number:06d}" for number in range(8))) for thread in range(4)
    ]
    with counterpart(answer) as it, ThreadPoolExecutor(4) as pool:
        provider = make(it.url)
        results = list(pool.map(provider.send, batches))
    assert results == [[taken(message.phone) for message in batch] for batch in batches]


FULL: dict[str, Any] = {
    "africastalking_username": "sandbox",
    "africastalking_key": "k3y",
    "twilio_account_sid": SID,
    "twilio_auth_token": TOKEN,
    "twilio_sender": "+15005550006",
}


def test_only_configured_providers_are_connected() -> None:
    """A provider without its account name is off; the others know where their receipts go."""

    def names(**settings: Any) -> list[str]:
        off = {"africastalking_username": "", "twilio_account_sid": ""}
        return list(
            configured(
                Settings(**off | settings), lambda name: f"https://x.example/in/{name}/receipts/t"
            )
        )

    assert names() == []
    assert names(africastalking_username="sandbox") == ["africastalking"]
    assert names(twilio_account_sid=SID) == ["twilio"]
    assert names(**FULL) == ["africastalking", "twilio"]


def test_connected_providers_speak_to_the_address_of_the_settings() -> None:
    """Base addresses, senders, keys and the receipts address all come from the settings."""
    with counterpart(lambda got: taken_all(got) if "version1" in got.path else created()) as it:
        settings = Settings(**FULL, africastalking_url=it.url + "/at/", twilio_url=it.url + "/tw")
        for name, provider in configured(
            settings, lambda name: f"https://x.example/in/{name}/receipts/t"
        ).items():
            assert provider.name == name
            assert isinstance(provider.send(outgoing(PHONE))[0], Accepted)
        africa, other = it.got
    assert (africa.path, africa.form["username"], africa.headers["apikey"]) == (
        "/at/version1/messaging",
        "sandbox",
        "k3y",
    )
    assert other.form["StatusCallback"].startswith("https://x.example/in/twilio/receipts/t?id=")


def test_every_provider_serves_the_hooks_it_names() -> None:
    """Each kind a provider lists can be read, and each is answered with 200."""
    everything = Settings(**FULL, hubtel=True, sms_provider="twilio")
    providers: dict[str, Provider] = configured(everything, lambda name: RECEIPTS)
    assert providers.keys() == PROVIDERS.keys()
    for provider in providers.values():
        for kind in provider.kinds:
            with pytest.raises(Malformed) as refused:
                provider.read(Hook(provider.name, kind, RECEIPTS, {}))
            assert str(refused.value) != "kind"
            assert provider.answer(kind, None).status == 200


def test_production_addresses_are_the_providers_own() -> None:
    """Without an address in the settings, the official SDK's own is used, over TLS."""
    service = SmsService("live", "k3y")
    assert service._make_url("/messaging") == "https://api.africastalking.com/version1/messaging"
    assert twilio.client(SID, TOKEN).api.base_url == "https://api.twilio.com"
