"""The `dci` adapter against a real HTTP server: every call, every reason, and every way an answer
can go wrong.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from dialogs.eligibility import CheckEligibility
from registry_client import connect, connecting, envelope, facts, port, words
from registry_client.configuration import Auth, Configured, Parties, RegistrySettings
from registry_client.dci import records
from registry_client.dci.profile import META
from registry_client.port import (
    Acknowledged,
    Application,
    Case,
    Complaint,
    Desk,
    Eligibility,
    NotSupported,
    Outcome,
    Payment,
    Person,
    Programme,
    Progress,
    Proof,
    Question,
    Refused,
    RegistryError,
    Standing,
    Terms,
    Unavailable,
    Window,
)
from registry_client.post import LARGEST_ANSWER, Post
from settings import Settings
from tests.counterpart import Counterpart, Got, How, Say, counterpart, nobody

HER_ID = "1730100000012"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DAY = date(2027, 1, 31)
NID = {"type": "NID", "value": HER_ID}
PHONE = "+923000000001"
APPLICATION = Application("4820175936", HER_ID, "CASH", None, PHONE, "ur")
BY_A_WORKER = Application(
    "4820175936", HER_ID, "CASH", None, PHONE, "ur", {"pupils": "2"}, "worker", "W-104"
)
COMPLAINT = Complaint(
    "4820175944",
    "payment",
    "They paid only 3*1 of the 5*1",
    "latest",
    HER_ID,
    PHONE,
    "en",
    "less_came",
    "P-77",
    "agent",
    "confidential",
)
CASE = Case("4820175951", "appeal", {"about": "4820175936", "why": "record"}, HER_ID, PHONE, "ur")
PUPILS: dict[str, object] = {
    "id": "pupils",
    "label": {"en": "How many at school?"},
    "kind": "number",
}
PUPILS |= {"least": 0, "most": 15}
TRADE: dict[str, Any] = {
    "id": "trade",
    "label": {"en": "Which trade?", "ur": "کون سا ہنر؟"},
    "kind": "choice",
    "choices": [
        {"id": "sewing", "label": {"en": "Sewing"}},
        {"id": "repair", "label": {"en": "Repairing phones", "fr": "Téléphones"}},
    ],
}
NURSING: dict[str, Any] = {"id": "nursing", "label": {"en": "Is anyone nursing?"}, "kind": "yes_no"}
ASKED = (
    Question("pupils", {"en": "How many at school?"}, "number", 0, 15),
    Question(
        "trade",
        {"en": "Which trade?", "ur": "کون سا ہنر؟"},
        "choice",
        choices=(
            ("sewing", {"en": "Sewing"}),
            ("repair", {"en": "Repairing phones", "fr": "Téléphones"}),
        ),
    ),
    Question("nursing", {"en": "Is anyone nursing?"}, "yes_no"),
)
DESK = {
    "code": "MRD-1",
    "name": {"en": "Mardan desk", "ur": "مردان دفتر"},
    "place": {"en": "Sample road"},
    "hours": {"en": "Mon-Fri 9-15"},
    "phone": "+92 300 0000009",
}

Call = Callable[[port.Registry], object]


def registry(url: str, token: str = "") -> port.Registry:
    """A registry at `url`, at a fixed time, with counted ids."""
    ids = count(1)
    auth = Auth(kind="bearer", token_env="TOKEN") if token else Auth()
    one = RegistrySettings(name="sr", url=url, parties=Parties(receiver="sr"), auth=auth)
    return connecting.registry(
        Configured(one, {"TOKEN": SecretStr(token)}),
        now=lambda: NOW,
        new_id=lambda: f"m{next(ids)}",
        rest=lambda seconds: None,
    )


def answered(got: Got, header: dict[str, Any] | None = None, **fields: Any) -> bytes:
    """An envelope that answers `got`: success unless `header` says otherwise."""
    asked = got.json
    head = {
        "version": "1.0.0",
        "message_id": "r1",
        "message_ts": "2026-11-23T09:30:01Z",
        "status": "succ",
    }
    head["action"] = "on-" + asked["header"]["action"]
    message = {
        "transaction_id": asked["message"]["transaction_id"],
        "correlation_id": "c1",
    } | fields
    return json.dumps(
        {"signature": "", "header": head | (header or {}), "message": message}
    ).encode()


def answering(header: dict[str, Any] | None = None, **fields: Any) -> Callable[[Got], Say]:
    """A registry that says this whatever it is asked."""
    return lambda got: Say(answered(got, header, **fields))


def found(*records: Any, **item: Any) -> dict[str, Any]:
    """The search_response of a DCI search."""
    data = {"version": "1.0.0", "reg_records": list(records)}
    return {"search_response": [{"reference_id": "m2", "status": "succ", "data": data} | item]}


def paid(number: object, due: str, **changes: object) -> dict[str, object]:
    """A payment as a registry sends it."""
    whole: dict[str, object] = {
        "id": number,
        "programme": {"code": "CASH"},
        "amount": "12000.00",
        "currency": "PKR",
        "due": due,
        "state": "paid",
    }
    return whole | changes


def asks(call: Call, answer: Callable[[Got], Say] | Say) -> tuple[object, Counterpart]:
    """Make one call of a registry that answers so; the value, or the error, and what the registry
    got.
    """
    with counterpart(answer) as it:
        try:
            return call(registry(it.url)), it
        except RegistryError as error:
            return error, it


def eligibility(of: port.Registry) -> Eligibility:
    """The call most failures are tried on."""
    return of.eligibility(HER_ID, timeout=2, trace="ATUid_1")


CALLS = [
    pytest.param(
        eligibility,
        "eligibility",
        {"transaction_id": "ATUid_1", "person": NID},
        {
            "eligibility": {
                "outcome": "suspended",
                "programmes": [
                    {
                        "code": "CASH",
                        "name": {"en": "Cash support", "ur": "نقد"},
                        "opens": "2026-11-01",
                    }
                ],
                "criterion": {"en": "Renew your card"},
                "assessed_on": "2026-02-03",
                "until": "2026-12-31",
                "proof": "number_on_record",
            }
        },
        Eligibility(
            Outcome.SUSPENDED,
            (Programme("CASH", {"en": "Cash support", "ur": "نقد"}, date(2026, 11, 1)),),
            {"en": "Renew your card"},
            date(2026, 2, 3),
            date(2026, 12, 31),
            Proof.NUMBER_ON_RECORD,
        ),
        id="eligibility",
    ),
    pytest.param(
        lambda it: it.programmes(HER_ID, "1730100000029", timeout=2, trace="ATUid_1"),
        "programmes",
        {
            "transaction_id": "ATUid_1",
            "person": NID,
            "member": {"type": "NID", "value": "1730100000029"},
        },
        {
            "programmes": [
                {
                    "code": "FOOD",
                    "name": {"fr": "Aide"},
                    "opens": None,
                    "closes": "2026-12-01T00:00:00Z",
                }
            ]
        },
        (Programme("FOOD", {"en": "FOOD", "fr": "Aide"}, None, date(2026, 12, 1)),),
        id="programmes",
    ),
    pytest.param(
        lambda it: it.apply(APPLICATION, timeout=2, trace="ATUid_1"),
        "apply",
        {
            "transaction_id": "4820175936",
            "reference": "4820175936",
            "person": NID,
            "member": None,
            "programme": "CASH",
            "phone": "+923000000001",
            "locale": "ur",
            "answers": {},
            "role": None,
            "worker": None,
        },
        {"acknowledgement": {"reference": "4820175936", "record": "A-77", "known": True}},
        Acknowledged("4820175936", "A-77", True),
        id="apply",
    ),
    pytest.param(
        lambda it: it.apply(BY_A_WORKER, timeout=2, trace="ATUid_1"),
        "apply",
        {
            "transaction_id": "4820175936",
            "reference": "4820175936",
            "person": NID,
            "member": None,
            "programme": "CASH",
            "phone": "+923000000001",
            "locale": "ur",
            "answers": {"pupils": "2"},
            "role": "worker",
            "worker": "W-104",
        },
        {"acknowledgement": {"reference": "4820175936", "record": "A-78"}},
        Acknowledged("4820175936", "A-78", False),
        id="apply with answers, by a worker",
    ),
    pytest.param(
        lambda it: it.proof_questions(HER_ID, timeout=2, trace="ATUid_1"),
        "proof-questions",
        {"transaction_id": "ATUid_1", "person": NID},
        {"questions": [PUPILS, TRADE, NURSING]},
        ASKED,
        id="proof questions",
    ),
    pytest.param(
        lambda it: it.prove(HER_ID, {"people": "3", "village": "v2"}, timeout=2, trace="ATUid_1"),
        "prove",
        {
            "transaction_id": "ATUid_1",
            "person": NID,
            "answers": {"people": "3", "village": "v2"},
        },
        {"proved": True},
        True,
        id="prove",
    ),
    pytest.param(
        lambda it: it.terms(HER_ID, "SCHOOL", "1730100000029", timeout=2, trace="ATUid_1"),
        "terms",
        {
            "transaction_id": "ATUid_1",
            "person": NID,
            "member": {"type": "NID", "value": "1730100000029"},
            "programme": "SCHOOL",
        },
        {"terms": {"window": "closing", "on": "2027-01-31", "questions": [PUPILS]}},
        Terms(Window.CLOSING, date(2027, 1, 31), ASKED[:1]),
        id="terms",
    ),
    pytest.param(
        lambda it: it.submit(CASE, timeout=2, trace="ATUid_1"),
        "case",
        {
            "transaction_id": "4820175951",
            "reference": "4820175951",
            "kind": "appeal",
            "details": {"about": "4820175936", "why": "record"},
            "person": NID,
            "phone": "+923000000001",
            "locale": "ur",
        },
        {"acknowledgement": {"reference": "4820175951", "record": "K-3", "known": True}},
        Acknowledged("4820175951", "K-3", True),
        id="case",
    ),
    pytest.param(
        lambda it: it.case_status("4820175951", timeout=2, trace="ATUid_1"),
        "case-status",
        {"transaction_id": "ATUid_1", "reference": "4820175951"},
        {"progress": "closed", "told_on": "2026-11-20", "appeal_until": "soon"},
        Standing(Progress.CLOSED, date(2026, 11, 20)),
        id="case status",
    ),
    pytest.param(
        lambda it: it.desks("Mardan bazaar", timeout=2, trace="ATUid_1"),
        "desks",
        {"transaction_id": "ATUid_1", "near": "Mardan bazaar"},
        {"desks": [DESK]},
        (
            Desk(
                "MRD-1",
                {"en": "Mardan desk", "ur": "مردان دفتر"},
                {"en": "Sample road"},
                {"en": "Mon-Fri 9-15"},
                "+92 300 0000009",
            ),
        ),
        id="desks",
    ),
    pytest.param(
        lambda it: it.desk("MRD-1", timeout=2, trace="ATUid_1"),
        "desk",
        {"transaction_id": "ATUid_1", "code": "MRD-1"},
        {"desk": {"code": "MRD-1", "place": {"ur": "سڑک"}, "phone": "call us"}},
        Desk("MRD-1", {"en": "MRD-1"}, {}, {}),
        id="a desk of which little is known",
    ),
    pytest.param(
        lambda it: it.desk("XYZ-1", timeout=2, trace="ATUid_1"),
        "desk",
        {"transaction_id": "ATUid_1", "code": "XYZ-1"},
        {"desk": None},
        None,
        id="no such desk",
    ),
    pytest.param(
        lambda it: it.application_status("4820175936", timeout=2, trace="ATUid_1"),
        "application-status",
        {"transaction_id": "ATUid_1", "reference": "4820175936"},
        {"progress": "decided", "told_on": "2026-11-20", "appeal_until": "2026-12-20"},
        Standing(Progress.DECIDED, date(2026, 11, 20), date(2026, 12, 20)),
        id="application status",
    ),
    pytest.param(
        lambda it: it.lodge_complaint(COMPLAINT, timeout=2, trace="ATUid_1"),
        "complaint",
        {
            "transaction_id": "4820175944",
            "reference": "4820175944",
            "category": "payment",
            "details": "They paid only 3*1 of the 5*1",
            "period": "latest",
            "person": NID,
            "phone": "+923000000001",
            "locale": "en",
            "subject": "less_came",
            "payment": "P-77",
            "against": "agent",
            "identity": "confidential",
        },
        {"acknowledgement": {"reference": "4820175944", "record": 78}},
        Acknowledged("4820175944", "78", False),
        id="complaint",
    ),
    pytest.param(
        lambda it: it.lodge_complaint(
            Complaint("4820175944", "conduct", "Rude", identity="anonymous"), timeout=2, trace=""
        ),
        "complaint",
        {
            "transaction_id": "4820175944",
            "reference": "4820175944",
            "category": "conduct",
            "details": "Rude",
            "period": None,
            "person": None,
            "phone": "",
            "locale": "en",
            "subject": None,
            "payment": None,
            "against": None,
            "identity": "anonymous",
        },
        {"acknowledgement": {"reference": "4820175944", "record": "C-9", "known": "yes"}},
        Acknowledged("4820175944", "C-9", False),
        id="complaint without an ID",
    ),
    pytest.param(
        lambda it: it.complaint_status("4820175944", timeout=2, trace="ATUid_1"),
        "complaint-status",
        {"transaction_id": "ATUid_1", "reference": "4820175944"},
        {"progress": "sleeping", "told_on": "2026-11-20", "appeal_until": "2026-12-20"},
        Standing(Progress.UNKNOWN),
        id="complaint status nobody has told us of",
    ),
    pytest.param(
        lambda it: it.payments(HER_ID, timeout=2, trace="ATUid_1"),
        "payments",
        {"transaction_id": "ATUid_1", "person": NID},
        {
            "payments": [
                paid("P-1", "2026-06-30", programme={"code": "CASH", "name": {"ur": "نقد"}}),
                paid(17, "2026-09-30", amount=12000, state="teleported", until="2026-10-31")
                | {"place": {"en": "Sample bank"}, "programme": "CASH"},
                paid("P-3", "2026-09-30", amount="a lot"),
                paid("P-4", "soon"),
                paid("P-1", "2026-10-30"),
                paid("", "2026-09-30"),
                paid("P" * 25, "2026-09-30"),
                paid("P-5", "2026-09-30", programme=None),
                paid("P-6", "2026-09-30", currency="rupees"),
            ]
        },
        (
            Payment(
                "17",
                Programme("CASH", {"en": "CASH"}),
                "12000.00",
                "PKR",
                date(2026, 9, 30),
                "expected",
                {"en": "Sample bank"},
                date(2026, 10, 31),
            ),
            Payment(
                "P-1",
                Programme("CASH", {"en": "CASH", "ur": "نقد"}),
                "12000.00",
                "PKR",
                date(2026, 6, 30),
                "paid",
            ),
        ),
        id="payments",
    ),
]


@pytest.mark.parametrize(("call", "action", "message", "answer", "value"), CALLS)
def test_each_call_of_the_profile_is_worded_as_documented(
    call: Call, action: str, message: dict[str, Any], answer: dict[str, Any], value: object
) -> None:
    """What is posted is the profile's message, and what comes back is a value of the port."""
    got_value, it = asks(call, answering(**answer))
    (got,) = it.got
    assert (got.path, got.json["message"]) == (f"/x-guichet/{action}", message)
    assert got.json["header"]["action"] == action
    assert got_value == value


def test_an_envelope_has_every_header_field_that_some_registry_insists_on() -> None:
    """The header of a profile call is complete and marks itself as no DCI call."""
    _, it = asks(eligibility, answering(eligibility={"outcome": "likely"}))
    assert it.got[0].headers["content-type"] == "application/json; charset=utf-8"
    assert {name: value for name, value in it.got[0].json.items() if name != "message"} == {
        "signature": "",
        "header": {
            "version": "1.0.0",
            "message_id": "m1",
            "message_ts": "2026-11-23T09:30:00Z",
            "action": "eligibility",
            "sender_id": "guichet",
            "receiver_id": "sr",
            "total_count": 1,
            "is_msg_encrypted": False,
            "meta": {"profile": "guichet-2"},
        },
    }


@pytest.mark.parametrize("closed_set", [Outcome, Proof, Window, Progress])
def test_the_page_of_the_profile_names_every_word(closed_set: type[StrEnum]) -> None:
    """A registry that does what the page says is understood; the page has the version we send."""
    page = (Path(__file__).parent.parent / "docs" / "registry-profile.md").read_text("utf-8")
    assert not [word.value for word in closed_set if f"`{word.value}`" not in page]
    assert f'header.meta.profile = "{META["profile"]}"' in page


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_crosses(outcome: Outcome) -> None:
    """Each of the twelve outcomes is read as itself."""
    assert asks(eligibility, answering(eligibility={"outcome": outcome.value}))[0] == Eligibility(
        outcome
    )


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_becomes_one_a_screen_can_say(outcome: Outcome) -> None:
    """With exactly the facts its screen declares; one without a screen is not yet known."""
    cash = Programme("CASH", {"en": "Cash support"})
    rule = {"en": "Renew your card"}
    said, told = words.eligibility(Eligibility(outcome, (cash,), rule, DAY, DAY), "1730100000011")
    assert said == outcome
    assert set(told) == set(CheckEligibility.outcomes[said])


@pytest.mark.parametrize("outcome", ["excellent", "", None, 7, ["likely"]])
def test_an_outcome_nobody_has_told_us_of_is_not_yet_known(outcome: object) -> None:
    """An unknown word promises nothing."""
    got = asks(eligibility, answering(eligibility={"outcome": outcome}))[0]
    assert got == Eligibility(Outcome.NOT_YET_KNOWN)


REASONS = [
    ("rjct.member.not_in_household", Refused, "not_in_household"),
    ("rjct.programme.unknown", Refused, "programme_unknown"),
    ("rjct.programme.closed", Refused, "programme_closed"),
    ("rjct.application.duplicate", Refused, "duplicate"),
    ("rjct.request.invalid", Refused, "invalid"),
    ("rjct.something.new", Refused, "rjct.something.new"),
    ("rjct.version.invalid", Refused, "rjct.version.invalid"),
    (f"no record of {HER_ID}", Refused, "unknown"),
    (HER_ID, Refused, "unknown"),
    (f"rjct.{HER_ID}", Refused, "unknown"),
    ("", Refused, "unknown"),
    (None, Refused, "unknown"),
    (17.4361, Refused, "unknown"),
    ("rjct.action.not_supported", NotSupported, "rjct.action.not_supported"),
    ("NOT_IMPLEMENTED", NotSupported, "NOT_IMPLEMENTED"),
    ("err.request.timeout", Unavailable, "err.request.timeout"),
    ("err.request.too_many_requests", Unavailable, "err.request.too_many_requests"),
    ("err.service.unavailable", Unavailable, "err.service.unavailable"),
]


@pytest.mark.parametrize(("reason", "kind", "said"), REASONS)
def test_every_reason_code_has_its_meaning(
    reason: object, kind: type[RegistryError], said: str
) -> None:
    """A rejection is one of three errors, and what it says repeats nothing but a code."""
    header = {
        "status": "rjct",
        "status_reason_code": reason,
        "status_reason_message": f"about {HER_ID}",
    }
    error, _ = asks(lambda it: it.apply(APPLICATION, timeout=2, trace="x"), answering(header))
    assert (type(error), str(error)) == (kind, said)


def test_an_unknown_person_is_an_outcome_and_elsewhere_a_refusal() -> None:
    """`rjct.person.not_found` answers the question of eligibility, and refuses an application."""
    unknown = answering({"status": "rjct", "status_reason_code": "rjct.person.not_found"})
    assert asks(eligibility, unknown)[0] == Eligibility(Outcome.NOT_FOUND, proof=Proof.ANYONE)
    error, _ = asks(lambda it: it.programmes(HER_ID, timeout=2, trace="x"), unknown)
    assert isinstance(error, Refused)
    assert error.code == "not_found"


BODY = b'{"errors": [{"code": "%s", "message": "about 1730100000012"}]}'
STATUSES = [
    (500, b"", Unavailable),
    (502, b"<html>", Unavailable),
    (503, BODY % b"rjct.person.not_found", Unavailable),
    (504, b"", Unavailable),
    (401, BODY % b"err.request.unauthorized", Unavailable),
    (403, b"", Unavailable),
    (408, b"", Unavailable),
    (429, b"", Unavailable),
    (302, b"", Unavailable),
    (400, BODY % b"err.service.unavailable", Unavailable),
    (400, BODY % b"rjct.request.invalid", Refused),
    (409, b'{"header": {"status_reason_code": "rjct.application.duplicate"}}', Refused),
    (
        422,
        b'{"message": {"ack_status": "ERR", "error": {"code": "rjct.programme.closed"}}}',
        Refused,
    ),
    (400, b"", Refused),
    (404, BODY % b"rjct.person.not_found", Refused),
    (404, b"no such page", NotSupported),
    (405, BODY % b"err.request.not_found", NotSupported),
    (501, b"", NotSupported),
    (400, BODY % b"rjct.action.not_supported", NotSupported),
]


@pytest.mark.parametrize(("status", "body", "kind"), STATUSES)
def test_every_http_status_has_its_meaning(
    status: int, body: bytes, kind: type[RegistryError]
) -> None:
    """The status, and the code in its body where the status leaves it open, choose the error; no
    person is named.
    """
    error, _ = asks(lambda it: it.apply(APPLICATION, timeout=2, trace="x"), Say(body, status))
    assert type(error) is kind
    assert HER_ID not in str(error)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00garbage",
        b"[]",
        b"17.4361",
        b"null",
        b"[" * 200_000,
        b'{"header": "x", "message": {}}',
        b'{"message": {"eligibility": {"outcome": "likely"}}}',
        b'{"header": {"status": "succ"}}',
        b'{"header": {"status": "succ"}, "message": null}',
        b'{"header": {"status": "succ"}, "message": {"eligibility": "likely"}}',
        b'{"header": {"status": "succ"}, "message": {}}',
        b'{"header": {"status": "pdng"}, "message": {"eligibility": {"outcome": "likely"}}}',
        b'{"header": {"status": ["succ"]}, "message": {"eligibility": {"outcome": "likely"}}}',
        b'{"header": {"status": "succ"}, "message": {"transaction_id": "other", "eligibility": {"outcome": "likely"}}}',
    ],
    ids=lambda body: str(body[:60]),
)
def test_garbage_is_no_answer(body: bytes) -> None:
    """What cannot be read, belongs to another question, or is too large is `Unavailable`, never a
    crash.
    """
    assert type(asks(eligibility, Say(body))[0]) is Unavailable


@pytest.mark.parametrize(("more", "kind"), [(0, Eligibility), (1, Unavailable)])
def test_an_answer_of_more_than_a_megabyte_is_not_read(more: int, kind: type) -> None:
    """An answer as large as may be is read; one byte more is none, however good the rest."""

    def answer(got: Got) -> Say:
        return Say(answered(got, eligibility={"outcome": "likely"}).ljust(LARGEST_ANSWER + more))

    assert type(asks(eligibility, answer)[0]) is kind


def test_a_moved_registry_is_not_followed() -> None:
    """A redirection would carry a citizen's words to an address nobody has set."""

    def answer(got: Got) -> Say:
        if got.path == "/elsewhere":
            return Say(
                b'{"header": {"status": "succ"}, "message": {"eligibility": {"outcome": "likely"}}}'
            )
        return Say(status=307, location="/elsewhere")

    error, it = asks(eligibility, answer)
    assert (type(error), len(it.got)) == (Unavailable, 1)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("closing", [False, True])
@pytest.mark.parametrize("how", ["hang", "drip", "stall", "half", "cut"])
def test_a_slow_or_broken_answer_is_unavailable(how: How, closing: bool) -> None:
    """The call ends by itself, whatever the other side does with the connection and whatever it
    announced.
    """
    say = Say(b'{"header":', how=how, closing=closing)
    error, _ = asks(lambda it: it.eligibility(HER_ID, timeout=0.3, trace="x"), say)
    assert type(error) is Unavailable


@pytest.mark.timeout(20)
def test_a_body_that_stalls_gets_only_the_time_that_is_left() -> None:
    """When the head took most of an hour, the body may not take another."""
    times = iter([0.0, 3599.8, 3599.9])
    with counterpart(Say(b'{"header":', how="stall")) as it, pytest.raises(Unavailable):
        Post(it.url, clock=lambda: next(times))("/x-guichet/eligibility", b"{}", timeout=3600)


def test_a_refused_connection_and_no_time_left_are_unavailable() -> None:
    """Nobody listening, and a deadline already past, are told alike."""
    with nobody() as url:
        for timeout in (2.0, 0.0, -1.0):
            with pytest.raises(Unavailable):
                registry(url).eligibility(HER_ID, timeout=timeout, trace="x")


SEARCHES = [
    pytest.param(
        found({"identifier": [{"identifier_type": "NID", "identifier_value": HER_ID}]}),
        "",
        id="as specified",
    ),
    pytest.param(
        found({"identifier": {"identifier_type": "NID", "identifier_value": int(HER_ID)}}),
        "",
        id="one, a number",
    ),
    pytest.param(
        found({"spdci:identifier": [{"identifier_value": "17301-0000001-2"}]}),
        "",
        id="prefix and dashes",
    ),
    pytest.param(
        found(
            {
                "member_identifier": [{"identifier_type": "NID", "identifier_value": HER_ID}],
                "group_identifier": [{"identifier_type": "HH", "identifier_value": "H-42"}],
                "poverty_score": 17.4361,
            }
        ),
        "H-42",
        id="a member of a group",
    ),
    pytest.param(
        found(
            {
                "demographic_info": {
                    "identifier": [{"identifier_value": HER_ID}],
                    "name": {"surname": "Khan"},
                },
                "identifier": [{"identifier_type": "HOUSEHOLD_ID", "identifier_value": "H-43"}],
            }
        ),
        "H-43",
        id="a nested person",
    ),
]


@pytest.mark.parametrize(("answer", "household"), SEARCHES)
def test_a_person_is_found_however_the_record_is_shaped(
    answer: dict[str, Any], household: str
) -> None:
    """Records vary from registry to registry; only the ID and the household cross."""
    person, it = asks(lambda it: it.find_person(HER_ID, timeout=2, trace="t"), answering(**answer))
    assert person == Person(HER_ID, household)
    (got,) = it.got
    assert got.path == "/registry/sync/search"
    assert "meta" not in got.json["header"]
    criteria = got.json["message"]["search_request"][0]["search_criteria"]
    assert (criteria["query_type"], criteria["query"]) == ("idtype-value", NID)


PHONES = [
    (
        [PHONE, "+92 300-0000002", "00923000000003", PHONE],
        (PHONE, "+923000000002", "+923000000003"),
    ),
    (PHONE, (PHONE,)),
    (["03000000001", "", None, 923000000001, "+0300", "+" + "9" * 16, {"type": "mobile"}], ()),
    (None, ()),
]


@pytest.mark.parametrize(("said", "phones"), PHONES)
def test_the_phones_on_record_cross_in_one_spelling(said: object, phones: tuple[str, ...]) -> None:
    """Each once, with its country; one without is nobody's."""
    hers = {"identifier": [{"identifier_value": HER_ID}]}
    for record in (
        hers | {"phone_number": said},
        hers | {"demographic_info": {"phone_number": said}},
    ):
        person, _ = asks(
            lambda it: it.find_person(HER_ID, timeout=2, trace="t"), answering(**found(record))
        )
        assert person == Person(HER_ID, "", phones)


def test_people_are_found_by_a_phone() -> None:
    """The search names the phone; only records that carry it count, each person once, twenty at
    most.
    """

    def record(number: int, *phones: str, kind: str = "nid") -> dict[str, Any]:
        named = [{"identifier_type": kind, "identifier_value": f"17301-{number:07}-2"}]
        return {"identifier": named, "phone_number": list(phones)}

    records_found = [
        record(1, "+923000000002", PHONE),
        record(2, "+923000000011"),
        record(1, PHONE),
        record(3, PHONE, kind="PASSPORT"),
        record(4),
        *(record(number, PHONE) for number in range(5, 40)),
    ]
    value, it = asks(
        lambda it: it.find_by_phone(PHONE, timeout=2, trace="t"), answering(**found(*records_found))
    )
    expected = [f"17301{number:07}2" for number in (1, *range(5, 24))]
    assert value == tuple(expected)
    criteria = it.got[0].json["message"]["search_request"][0]["search_criteria"]
    assert criteria["query"] == {"type": "MOBILE", "value": PHONE}
    assert criteria["pagination"] == {"page_size": 20, "page_number": 1}


@pytest.mark.parametrize(
    "answer",
    [
        found(),
        found(data={"reg_records": None}),
        found(data=None, pagination={"total_count": 0}),
        found({"identifier": [{"identifier_type": "NID", "identifier_value": HER_ID + "0"}]}),
        found({"name": {"surname": "Khan"}}),
        found("a word", 7, None),
    ],
)
def test_nobody_found_is_none(answer: dict[str, Any]) -> None:
    """No record, or only somebody else's, is not her."""
    assert (
        asks(lambda it: it.find_person(HER_ID, timeout=2, trace="t"), answering(**answer))[0]
        is None
    )


@pytest.mark.parametrize(
    ("header", "answer", "kind"),
    [
        (None, found(status="rjct", status_reason_code="rjct.search_criteria.invalid"), Refused),
        ({"status": "rjct", "status_reason_code": "err.service.unavailable"}, {}, Unavailable),
        ({"status": "rjct", "status_reason_code": "rjct.action.not_supported"}, {}, NotSupported),
        (None, found(status="pdng"), Unavailable),
        (None, found(data=None), Unavailable),
        (None, {}, Unavailable),
        (None, {"search_response": "none"}, Unavailable),
    ],
)
def test_a_search_that_is_rejected_says_why(
    header: Any, answer: dict[str, Any], kind: type[RegistryError]
) -> None:
    """The item's own reason counts before the header's; an answer without a result is no answer."""
    error, _ = asks(
        lambda it: it.find_person(HER_ID, timeout=2, trace="t"), answering(header, **answer)
    )
    assert type(error) is kind


def test_no_score_crosses_however_many_the_registry_sends() -> None:
    """A registry that adds scores, cut-offs, weights and ranks everywhere is not heard."""
    secret = {"poverty_score": 17.4361, "cut_off": "17.4361", "weight": 17.4361, "rank": 17.4361}
    named = secret | {"en": "Cash", "ur": 17.4361, "poverty score": "17.4361"}
    programme = secret | {"code": "CASH", "name": named}
    asked = secret | {"label": named, "choices": [secret | one for one in TRADE["choices"]]}
    questions = [secret | PUPILS | {"label": named}, secret | TRADE | asked, 17.4361]
    desk = secret | {"code": "D-1", "name": named, "place": named, "hours": named, "phone": 17.4361}
    fields = {
        "eligibility": secret
        | {"outcome": "likely", "programmes": [programme], "criterion": secret, "proof": 17.4361},
        "programmes": [programme],
        "questions": questions,
        "proved": 17.4361,
        "terms": secret | {"window": "closed", "on": 17.4361, "questions": questions},
        "payments": [
            secret | paid("P-1", "2026-01-01", programme=programme, place=named, until=17.4361)
        ],
        "acknowledgement": secret | {"reference": APPLICATION.reference, "record": "A-1"},
        "progress": secret,
        "told_on": 17.4361,
        "appeal_until": secret,
        "desks": [desk],
        "desk": desk,
    } | found(
        secret
        | {
            "identifier": [secret | {"identifier_type": "NID", "identifier_value": HER_ID}],
            "phone_number": [PHONE, 17.4361, secret],
        }
    )
    case = Case(APPLICATION.reference, "visit", {})
    calls: list[Call] = [
        eligibility,
        lambda it: it.programmes(HER_ID, timeout=2, trace="t"),
        lambda it: it.payments(HER_ID, timeout=2, trace="t"),
        lambda it: it.apply(APPLICATION, timeout=2, trace="t"),
        lambda it: it.application_status("1", timeout=2, trace="t"),
        lambda it: it.complaint_status("1", timeout=2, trace="t"),
        lambda it: it.case_status("1", timeout=2, trace="t"),
        lambda it: it.find_person(HER_ID, timeout=2, trace="t"),
        lambda it: it.find_by_phone(PHONE, timeout=2, trace="t"),
        lambda it: it.proof_questions(HER_ID, timeout=2, trace="t"),
        lambda it: it.prove(HER_ID, {}, timeout=2, trace="t"),
        lambda it: it.terms(HER_ID, "CASH", timeout=2, trace="t"),
        lambda it: it.submit(case, timeout=2, trace="t"),
        lambda it: it.desks("Mardan", timeout=2, trace="t"),
        lambda it: it.desk("D-1", timeout=2, trace="t"),
    ]
    for call in calls:
        value, _ = asks(call, answering(secret, **secret | fields))
        assert not isinstance(value, RegistryError)
        assert "17.4361" not in repr(value) and value not in (None, ())


PROOFS: list[tuple[object, Proof]] = [
    *((proof.value, proof) for proof in Proof),
    (None, Proof.TWO_FACTS),
    ("", Proof.IN_PERSON),
    ("a blood test", Proof.IN_PERSON),
    (7, Proof.IN_PERSON),
    (["anyone"], Proof.IN_PERSON),
]


@pytest.mark.parametrize(("said", "proof"), PROOFS)
def test_a_proof_nobody_has_told_us_of_is_the_strictest(said: object, proof: Proof) -> None:
    """Each level crosses, silence means two facts, and what cannot be read is shown at a desk."""
    answer = answering(eligibility={"outcome": "enrolled", "proof": said})
    assert asks(eligibility, answer)[0] == Eligibility(Outcome.ENROLLED, proof=proof)


@pytest.mark.parametrize("said", [None, False, "true", 1, [], {}])
def test_nothing_but_true_proves(said: object) -> None:
    """A registry that does not plainly say yes has not proved anybody."""
    answer = answering(proved=said)
    assert asks(lambda it: it.prove(HER_ID, {}, timeout=2, trace="t"), answer)[0] is False


WINDOWS: list[tuple[dict[str, object], Terms]] = [
    ({"window": "ready", "on": "2027-01-31"}, Terms(Window.READY)),
    ({"window": "closing", "on": "2027-01-31T00:00:00Z"}, Terms(Window.CLOSING, DAY)),
    ({"window": "closing", "on": "soon"}, Terms(Window.READY)),
    ({"window": "full"}, Terms(Window.FULL)),
    ({"window": "closed", "on": "2027-01-31"}, Terms(Window.CLOSED, DAY)),
    ({"window": "closed"}, Terms(Window.CLOSED)),
    ({"window": "ajar", "on": "2027-01-31"}, Terms(Window.CLOSED, DAY)),
    ({"window": ["ready"], "questions": "none"}, Terms(Window.CLOSED)),
    ({}, Terms(Window.CLOSED)),
]


@pytest.mark.parametrize(("said", "terms"), WINDOWS)
def test_a_window_nobody_has_told_us_of_is_closed(said: dict[str, object], terms: Terms) -> None:
    """Each window crosses with the day that belongs to it; what cannot be read takes no request."""
    call: Call = lambda it: it.terms(HER_ID, "CASH", timeout=2, trace="t")  # noqa: E731
    assert asks(call, answering(terms=said))[0] == terms


def choices(*ids: object) -> list[dict[str, object]]:
    """Choices by these ids."""
    return [{"id": one, "label": {"en": "One"}} for one in ids]


UNUSABLE: list[dict[str, object]] = [
    PUPILS | {"id": "Pupils"},
    PUPILS | {"id": "p" * 25},
    PUPILS | {"id": "7"},
    PUPILS | {"id": None},
    PUPILS | {"label": {"ur": "کتنے؟"}},
    PUPILS | {"label": "How many?"},
    PUPILS | {"kind": "essay"},
    PUPILS | {"kind": ["number"]},
    PUPILS | {"least": 9, "most": 3},
    PUPILS | {"least": -1},
    PUPILS | {"least": True},
    PUPILS | {"most": 17.5},
    PUPILS | {"most": 10**12},
    PUPILS | {"most": None},
    TRADE | {"choices": None},
    TRADE | {"choices": choices("one")},
    TRADE | {"choices": choices("one", "one")},
    TRADE | {"choices": choices("one", "two", "Three")},
    TRADE | {"choices": choices("one", "two", None)},
    TRADE | {"choices": [*choices("one", "two"), "three"]},
    TRADE | {"choices": [*choices("one", "two"), {"id": "three"}]},
    TRADE | {"choices": choices(*"abcdefgh")},
]


@pytest.mark.parametrize("unusable", UNUSABLE, ids=str)
def test_a_question_that_cannot_be_asked_as_meant_is_left_out(unusable: dict[str, object]) -> None:
    """Neither a number without bounds nor a list that may lack her own answer reaches a screen."""
    answer = answering(questions=[unusable, NURSING, 7, NURSING])
    value, _ = asks(lambda it: it.proof_questions(HER_ID, timeout=2, trace="t"), answer)
    assert value == ASKED[2:]


def test_lists_have_an_end() -> None:
    """At most six questions, seven choices, six payments and five desks are told."""
    many = [NURSING | {"id": f"q{number}"} for number in range(9)]
    many[0] = TRADE | {"choices": choices(*"abcdefg")}
    value, _ = asks(
        lambda it: it.proof_questions(HER_ID, timeout=2, trace="t"), answering(questions=many)
    )
    assert isinstance(value, tuple)
    assert [one.id for one in value] == ["trade", "q1", "q2", "q3", "q4", "q5"]
    assert len(value[0].choices) == 7
    dues = [paid(f"P-{month}", f"2026-{month:02}-01") for month in range(1, 10)]
    value, _ = asks(lambda it: it.payments(HER_ID, timeout=2, trace="t"), answering(payments=dues))
    assert isinstance(value, tuple)
    assert [one.id for one in value] == ["P-9", "P-8", "P-7", "P-6", "P-5", "P-4"]
    codes: list[object] = ["A", "A", "b c", None, "B", "C", "D", "E", "F"]
    desks = answering(desks=[{"code": code} for code in codes])
    value, _ = asks(lambda it: it.desks("here", timeout=2, trace="t"), desks)
    assert isinstance(value, tuple)
    assert [one.code for one in value] == ["A", "B", "C", "D", "E"]


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("questions", lambda it: it.proof_questions(HER_ID, timeout=2, trace="t")),
        ("terms", lambda it: it.terms(HER_ID, "CASH", timeout=2, trace="t")),
        ("acknowledgement", lambda it: it.submit(CASE, timeout=2, trace="t")),
        ("desks", lambda it: it.desks("here", timeout=2, trace="t")),
        ("desk", lambda it: it.desk("A", timeout=2, trace="t")),
    ],
)
def test_an_answer_without_its_part_is_none(field: str, call: Call) -> None:
    """A success that lacks what was asked for is no answer, and a call not served is said to be."""
    assert type(asks(call, answering(other={}))[0]) is Unavailable
    refusing = answering({"status": "rjct", "status_reason_code": "rjct.action.not_supported"})
    assert type(asks(call, refusing)[0]) is NotSupported, field


NAMES = """id label kind least most choices code name outcome proof window on questions programme
amount currency due state en phone_number identifier identifier_type identifier_value"""
WORDS = st.sampled_from(NAMES.split()) | st.text(max_size=4)
GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=20,
)


@given(GARBAGE)
def test_whatever_a_registry_writes_is_read_without_an_error(value: Any) -> None:
    """Any JSON becomes values of the port within their bounds, or is left out."""
    item = value if isinstance(value, dict) else {"questions": value, "choices": value}
    facts.eligibility(item), facts.standing(item)
    for asked in (*facts.questions(value), *facts.terms(item).questions):
        assert asked.kind in {"number", "choice", "yes_no"} and asked.label["en"]
        assert (asked.kind == "choice") == (2 <= len(asked.choices) <= 7)
    assert len(facts.payments(value)) <= 6 and len(facts.desks(value)) <= 5
    assert all(number.startswith("+") for number in records.phones(item))
    records.national_id(item, "NID")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ({"en": "Cash", "ur": "نقد"}, {"en": "Cash", "ur": "نقد"}),
        ({"fr": " Aide\n en  especes "}, {"en": "CASH", "fr": "Aide en especes"}),
        ({"en": "", "fr": 3, "x": "no", "ur": None}, {"en": "CASH"}),
        ("Cash", {"en": "CASH"}),
        (None, {"en": "CASH"}),
    ],
)
def test_a_label_is_words_by_language_and_always_english(
    name: object, label: dict[str, str]
) -> None:
    """Only strings by language tag are kept; the code stands in for missing English."""
    answer = answering(programmes=[{"code": "CASH", "name": name}])
    assert asks(lambda it: it.programmes(HER_ID, timeout=2, trace="t"), answer)[0] == (
        Programme("CASH", label),
    )


def test_a_programme_without_a_usable_code_is_left_out() -> None:
    """Too long, missing, repeated or odd codes are dropped; the rest keep the registry's order."""
    codes: list[object] = ["FOOD", "X" * 25, None, "FOOD", 17, "a b", {"code": "B"}, "CASH"]
    answer = answering(programmes=[{"code": code} for code in codes])
    value, _ = asks(lambda it: it.programmes(HER_ID, timeout=2, trace="t"), answer)
    assert isinstance(value, tuple)
    assert [programme.code for programme in value] == ["FOOD", "17", "CASH"]


@pytest.mark.parametrize(
    "acknowledgement", [None, [], {}, {"reference": "4820175944"}, {"reference": None}]
)
def test_an_acknowledgement_of_something_else_is_none(acknowledgement: object) -> None:
    """A promise counts as handed over only when its own reference came back."""
    answer = answering(acknowledgement=acknowledgement)
    assert (
        type(asks(lambda it: it.apply(APPLICATION, timeout=2, trace="t"), answer)[0]) is Unavailable
    )


def test_a_retry_is_a_new_delivery_of_the_same_transaction() -> None:
    """The reference joins the deliveries of one promise; each delivery has an id of its own."""
    with counterpart(
        answering(acknowledgement={"reference": APPLICATION.reference, "record": "A"})
    ) as it:
        ours = registry(it.url)
        for _ in range(2):
            ours.apply(APPLICATION, timeout=2, trace="t")
        first, second = (got.json for got in it.got)
    assert first["message"] == second["message"]
    assert first["header"]["message_id"] != second["header"]["message_id"]


@pytest.mark.parametrize("say", [Say(status=503), Say(status=504)])
def test_a_question_is_tried_again_and_what_is_handed_over_is_not(say: Say) -> None:
    """Whoever hands something over asks what became of it before it is sent again."""
    handed: list[Call] = [
        lambda it: it.apply(APPLICATION, timeout=2, trace="t"),
        lambda it: it.lodge_complaint(COMPLAINT, timeout=2, trace="t"),
        lambda it: it.submit(CASE, timeout=2, trace="t"),
    ]
    asked: list[Call] = [
        eligibility,
        lambda it: it.find_person(HER_ID, timeout=2, trace="t"),
        lambda it: it.complaint_status("4820175944", timeout=2, trace="t"),
    ]
    assert [len(asks(call, say)[1].got) for call in (*handed, *asked)] == [1, 1, 1, 3, 3, 3]


def test_each_thread_keeps_one_connection() -> None:
    """Calls of one thread share a connection, those of another thread have their own."""
    with counterpart(answering(eligibility={"outcome": "likely"})) as it:
        ours = registry(it.url)

        def three() -> None:
            for _ in range(3):
                eligibility(ours)

        three()
        assert it.connections == 1
        other = threading.Thread(target=three)
        other.start()
        other.join()
        assert it.connections == 2


@pytest.mark.parametrize(("token", "header"), [("s3cret", "Bearer s3cret"), ("", None)])
def test_the_token_is_sent_where_there_is_one(token: str, header: str | None) -> None:
    """A bearer token, or no Authorization header at all."""
    with counterpart(answering(eligibility={"outcome": "likely"})) as it:
        eligibility(registry(it.url, token))
        assert it.got[0].headers.get("authorization") == header


def test_connect_builds_what_the_settings_say() -> None:
    """Every path, name and identifier type of the settings reaches the wire; without an address it
    says which.
    """
    with counterpart(answering(eligibility={"outcome": "likely"}, **found())) as it:
        values: dict[str, Any] = {
            "registry_url": it.url + "/api/",
            "registry_search_path": "/dci/sr/sync/search",
            "registry_profile_path": "/x-local/",
            "registry_id_type": "CNIC",
            "registry_phone_type": "PHONE",
            "registry_sender_id": "us",
            "registry_receiver_id": "them",
        }
        ours = connect(Settings(**values))
        assert ours.find_person(HER_ID, timeout=2, trace="t") is None
        assert eligibility(ours).outcome is Outcome.LIKELY
        assert ours.find_by_phone(PHONE, timeout=2, trace="t") == ()
        assert [got.path for got in it.got] == [
            "/api/dci/sr/sync/search",
            "/api/x-local/eligibility",
            "/api/dci/sr/sync/search",
        ]
        searched = it.got[2].json["message"]["search_request"][0]["search_criteria"]
        assert searched["query"] == {"type": "PHONE", "value": PHONE}
        header = it.got[0].json["header"]
        assert (header["sender_id"], header["receiver_id"]) == ("us", "them")
        assert it.got[1].json["message"]["person"]["type"] == "CNIC"
    with pytest.raises(ValueError, match="GUICHET_REGISTRY_URL"):
        connect(Settings(**values | {"registry_url": ""}))


@pytest.mark.parametrize("transaction", ["", "x" * 100, None])
def test_the_writer_refuses_what_dci_does_not_allow(transaction: object) -> None:
    """A transaction id has 1 to 99 characters and a time has a zone."""
    parties = envelope.Parties("guichet", "sr")
    with pytest.raises(ValueError, match="transaction_id"):
        envelope.build("search", {"transaction_id": transaction}, parties, message_id="m", at=NOW)
    with pytest.raises(ValueError, match="time zone"):
        envelope.build(
            "search", {"transaction_id": "t"}, parties, message_id="m", at=NOW.replace(tzinfo=None)
        )


def test_a_long_trace_is_cut_to_what_dci_allows() -> None:
    """The conversation's id of a carrier may be longer than a transaction id."""
    _, it = asks(lambda it: it.payments(HER_ID, timeout=2, trace="x" * 120), answering(payments=[]))
    assert it.got[0].json["message"]["transaction_id"] == "x" * 99
