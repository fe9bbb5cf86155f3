"""The sandbox's registry by DCI: every path, every code, and what is never given out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.dci.attributes import ATTRIBUTES
from sandbox.dci.server import Wire
from sandbox.people import KNOWN
from tests.dci import HER, HER_NID, TS, Line, envelope, expression, item, search, served, subscribe
from tests.dci import line as line
from tests.dci import shared as shared

SYNC, ASYNC = "/registry/sync/search", "/registry/search"
Json = dict[str, Any]


@pytest.mark.parametrize("prefix", ["", "/registry-api"])
def test_the_test_person_is_found_under_both_prefixes(line: Line, prefix: str) -> None:
    """By the UIN everybody may use, in the standard's envelope."""
    answer = line.post(prefix + SYNC, search())
    assert (answer["header"]["action"], answer["header"]["status"]) == ("on-search", "succ")
    [found] = answer["message"]["search_response"]
    [record] = found["data"]["reg_records"]
    assert {one["identifier_value"] for one in record["identifier"]} >= {"TEST-001", HER_NID}
    assert found["pagination"] == {"page_size": 10, "page_number": 1, "total_count": 1}


@pytest.mark.parametrize(
    ("kind", "value", "total"),
    [
        ("UIN", "TEST-001", 1),
        ("ns:org:IdType:UIN", "TEST-001", 1),
        ("UIN", HER_NID, 1),
        ("NID", HER_NID, 1),
        ("NID", "TEST-001", 0),
        ("BRN", "BRN-TEST-001", 1),
        ("MRN", "MRN-TEST-001", 1),
        ("DRN", "DRN-TEST-001", 0),
        ("MOBILE", "+923000000017", 1),
        ("MOBILE", "+923000000001", 2),
        ("HOUSEHOLD_ID", "KP-T00001", 3),
    ],
)
def test_every_type_of_identifier_is_searched_by(
    line: Line, kind: str, value: str, total: int
) -> None:
    """Nobody found is an empty list."""
    found = line.found(query={"type": kind, "value": value})
    assert (found["status"], found["pagination"]["total_count"]) == ("succ", total)
    assert len(found["data"]["reg_records"]) == total


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({"household_id": {"$eq": "KP-T00001"}}, 3),
        ({"household_id": "KP-T00001", "sex": "male"}, 2),
        ({"$and": [{"household_id": "KP-T00001"}, {"birth_date": {"$lt": "1985-01-01"}}]}, 1),
        (
            {"$or": [{"identifier_value": "TEST-001"}, {"identifier_value": KNOWN[2].national_id}]},
            2,
        ),
        ({"household_id": "KP-T00001", "$not": {"sex": "male"}}, 1),
        ({"demographic_info.birth_date": {"$gt": "2016-01-19", "$lte": "2016-01-20"}}, 1),
        ({"household_id": {"$in": ["KP-T00001", "KP-T00017"]}}, 4),
        ({"household_id": "KP-T00001", "sex": {"$nin": ["male"]}}, 1),
        ({"household_id": "KP-T00001", "group_size": {"$gte": 3}}, 3),
        ({"phone_number": "+923000000017"}, 1),
        ({"household_id": "KP-T00013", "enrollment_status": "Suspended"}, 3),
        ({"household_id": "KP-T00002", "programme_identifier": "CASH"}, 0),
        ({"poverty_score": {"$lt": 100}}, 0),
        ({"$not": {"poverty_score": {"$lt": 100}}}, 0),
    ],
)
def test_an_expression_finds(line: Line, query: Json, total: int) -> None:
    """A score is compared with nothing: no answer tells anything of it."""
    found = line.found(**expression(query))
    assert (found["status"], found["pagination"]["total_count"]) == ("succ", total)


def compared(name: str, operator: str, value: object) -> Json:
    """One comparison of a predicate."""
    return {"attribute_name": name, "operator": operator, "attribute_value": value}


FAMILY = compared("household_id", "eq", "KP-T00001")


@pytest.mark.parametrize(
    ("condition", "second", "total"),
    [
        ("and", compared("sex", "eq", "male"), 2),
        ("or", compared("identifier_value", "eq", "TEST-001"), 4),
        ("not", compared("sex", "in", ["male"]), 1),
        ("and", compared("birth_date", "ge", "1988-11-02"), 2),
        ("and", compared("birth_date", "gt", "1988-11-02"), 1),
        ("and", compared("birth_date", "le", "1984-03-09"), 1),
        ("and", compared("birth_date", "lt", "1984-03-09"), 0),
    ],
)
def test_a_predicate_finds(line: Line, condition: str, second: Json, total: int) -> None:
    """Both expressions joined; steps of a list all hold, in the order of their numbers."""
    step = {"seq_num": 2, "expression1": FAMILY, "condition": condition, "expression2": second}
    first = {"seq_num": 1, "expression1": compared("sex", "in", ["male", "female"])}
    found = line.found(query_type="predicate", query=[step, first])
    assert (found["status"], found["pagination"]["total_count"]) == ("succ", total)


def test_pages_are_sorted_and_never_overlap(line: Line) -> None:
    """Two by two, the youngest first; a page behind the last is empty."""
    seen: list[str] = []
    for number in (1, 2, 3):
        found = line.found(
            **expression({"household_id": "KP-T00015"}),
            sort=[{"attribute_name": "birth_date", "sort_order": "desc"}],
            pagination={"page_size": 2, "page_number": number},
        )
        assert found["pagination"] == {"page_size": 2, "page_number": number, "total_count": 4}
        seen += [record["birth_date"] for record in found["data"]["reg_records"]]
    assert seen == ["2024-02-11", "2015-03-12", "2007-08-30", "1984-03-09"]


def test_a_page_has_a_hundred_at_most(line: Line) -> None:
    """The answer says the size it has."""
    found = line.found(**expression({"sex": "female"}), pagination={"page_size": 5000})
    assert found["pagination"]["page_size"] == 100


def test_more_than_the_most_are_not_given_out(tmp_path: Path) -> None:
    """The item says so by its code."""
    with served(tmp_path, Wire(most_found=2)) as line:
        found = line.found(query={"type": "HOUSEHOLD_ID", "value": "KP-T00001"})
        assert found["status_reason_code"] == "rjct.search.too_many_records_found"


BAD_ITEMS: list[tuple[Json, str]] = [
    (item(""), "rjct.reference_id.invalid"),
    (item() | {"timestamp": "2026-11-25 10:30"}, "rjct.timestamp.invalid"),
    (item() | {"locale": "en"}, "rjct.search_criteria.invalid"),
    (item(version="2.0.0"), "rjct.search_criteria.invalid"),
    (item(query_type="graphql"), "rjct.search_criteria.invalid"),
    (item(reg_type="Land"), "rjct.search_criteria.invalid"),
    (item(reg_record_type="SRGoat"), "rjct.search_criteria.invalid"),
    (item(response_entity="Group", reg_record_type="SRPerson"), "rjct.search_criteria.invalid"),
    (item(reg_type="IBR", reg_record_type="Group"), "rjct.search_criteria.invalid"),
    (item(query={"type": "SHOE", "value": "1"}), "rjct.search_criteria.invalid"),
    (item(query={"type": "UIN"}), "rjct.filter.invalid"),
    (item(**expression({"shoe": 1})), "rjct.filter.invalid"),
    (item(**expression({"sex": {"$like": "m"}})), "rjct.filter.invalid"),
    (item(**expression({"group_size": "three"})), "rjct.filter.invalid"),
    (item(**expression({"birth_date": "long ago"})), "rjct.filter.invalid"),
    (item(**expression({"$and": []})), "rjct.filter.invalid"),
    (item(**expression({"$and": {"sex": "male"}})), "rjct.filter.invalid"),
    (item(**expression({"sex": {"$in": []}})), "rjct.filter.invalid"),
    (item(query_type="predicate", query=[]), "rjct.filter.invalid"),
    (item(sort=[{"attribute_name": "shoe"}]), "rjct.sort.invalid"),
    (item(sort=[{"attribute_name": "sex", "sort_order": "up"}]), "rjct.sort.invalid"),
    (item(sort=[{"attribute_name": "phone_number"}]), "rjct.sort.invalid"),
    (item(response_entity="Group", sort=[{"attribute_name": "sex"}]), "rjct.sort.invalid"),
    *(
        (item(pagination=page), "rjct.pagination.invalid")
        for page in (
            {"page_size": 0},
            {"page_size": -1},
            {"page_size": 1, "page_number": 0},
            {"page_size": 1.5},
            {"page_size": "1"},
            {"page_number": 1},
        )
    ),
]


@pytest.mark.parametrize(("bad", "code"), BAD_ITEMS)
def test_an_item_is_refused_by_its_code_and_the_others_are_not(
    line: Line, bad: Json, code: str
) -> None:
    """Each item has a status of its own."""
    answer = line.post(SYNC, search(bad, item("r-2")))
    refused, found = answer["message"]["search_response"]
    assert (refused["status"], refused["status_reason_code"]) == ("rjct", code)
    assert (found["status"], found["reference_id"]) == ("succ", "r-2")
    header = answer["header"]
    assert (header["status"], header["total_count"], header["completed_count"]) == ("succ", 2, 1)


def test_a_reference_id_comes_once(line: Line) -> None:
    """The first of two is answered."""
    first, again = line.post(SYNC, search(item(), item()))["message"]["search_response"]
    assert first["status"] == "succ"
    assert again["status_reason_code"] == "rjct.reference_id.duplicate"


HEADERS: list[tuple[Json, str, str]] = [
    ({"version": "2.0.0"}, "rjct.version.invalid", "err.version.not_supported"),
    ({"message_ts": "2026-11-25T10:30:00"}, "rjct.message_ts.invalid", "err.request.bad"),
    ({"message_ts": None}, "rjct.message_ts.invalid", "err.request.bad"),
    ({"action": "subscribe"}, "rjct.action.invalid", "err.request.bad"),
    ({"action": "dance"}, "rjct.action.not_supported", "err.request.bad"),
    ({"total_count": 2}, "rjct.total_count.invalid", "err.request.bad"),
    ({"total_count": True}, "rjct.total_count.invalid", "err.request.bad"),
    ({"total_count": None}, "rjct.total_count.invalid", "err.request.bad"),
    ({"total_count": 101}, "rjct.total_count.limit_exceeded", "err.request.bad"),
    ({"message_id": None}, "err.request.bad", "err.request.bad"),
    ({"message_id": "\ud800"}, "err.request.bad", "err.request.bad"),
    ({"sender_id": None}, "err.sender_id.invalid", "err.sender_id.invalid"),
    ({"sender_uri": "ftp://here/there"}, "err.sender_uri.invalid", "err.sender_uri.invalid"),
    ({"receiver_id": ""}, "err.receiver_id.invalid", "err.receiver_id.invalid"),
    ({"is_msg_encrypted": True}, "err.encryption.invalid", "err.encryption.invalid"),
]


@pytest.mark.parametrize(("changes", "code", "error"), HEADERS)
def test_a_header_is_refused_by_its_code(line: Line, changes: Json, code: str, error: str) -> None:
    """In the envelope where the standard has a code for a header, else by an HTTP error; and always
    by an ERR, with HTTP 200, where the call is asynchronous.
    """
    transport = code.startswith("err")
    answer = line.post(SYNC, search(**changes), 400 if transport else 200)
    assert answer["header"]["status"] == "rjct"
    found = answer["errors"][0]["code"] if transport else answer["header"]["status_reason_code"]
    assert found == code
    told = line.post(ASYNC, search(**changes))["message"]
    assert (told["ack_status"], told["error"]["code"]) == ("ERR", error)


def test_a_transaction_id_too_long_is_not_said_again(line: Line) -> None:
    """An answer to a refused header fits the standard whatever the message was."""
    body = search(action="dance")
    body["message"]["transaction_id"] = "t" * 100
    assert line.post(SYNC, body)["message"]["transaction_id"] == ""


def test_a_message_is_taken_once_whatever_its_path(line: Line) -> None:
    """A duplicate is refused, and the same id of another sender is not."""
    line.post(SYNC, search(message_id="once"))
    again = line.post(SYNC, search(message_id="once"))
    assert again["header"]["status_reason_code"] == "rjct.message_id.duplicate"
    assert line.post(ASYNC, search(message_id="once"))["message"]["ack_status"] == "ERR"
    other = line.post(SYNC, search(message_id="once", sender_id="other.example"))
    assert other["header"]["status"] == "succ"


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"header": {}}', b"[" * 2000, b"\xff", b"1"])
def test_what_is_no_request_is_said_in_the_form_of_its_path(line: Line, raw: bytes) -> None:
    """400 with errors and an envelope; or an ERR with 200."""
    headers = {"Content-Type": "application/json"}
    answer = requests.post(line.url + SYNC, raw, headers=headers, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "err.request.bad"
    told = requests.post(line.url + ASYNC, raw, headers=headers, timeout=10)
    assert told.status_code == 200
    assert told.json()["message"]["error"]["code"] == "err.request.bad"


def test_a_registry_that_has_a_name_takes_no_other(tmp_path: Path) -> None:
    """err.receiver_id.invalid."""
    with served(tmp_path, Wire(receiver_id="registry.example")) as line:
        assert line.post(SYNC, search())["header"]["status"] == "succ"
        wrong = line.post(SYNC, search(receiver_id="land.example"), 400)
        assert wrong["errors"][0]["code"] == "err.receiver_id.invalid"


@pytest.mark.parametrize(
    ("query", "programme", "enrolled", "status"),
    [
        (HER_NID, "CASH", "yes", "Active"),
        ("TEST-001", "CASH", "yes", "Active"),
        ("TEST-001", "FOOD", "no", "Inactive"),
        ("1620200000051", "CASH", "yes", "Suspended"),
        ("1720100000022", "CASH", "no", "Awaiting Renewal"),
        ("1110100000144", "SCHOOL", "no", "Inactive"),
        ("nobody", "CASH", "no", "Inactive"),
    ],
)
def test_who_is_enrolled(
    line: Line, query: str, programme: str, enrolled: str, status: str
) -> None:
    """The IBR says yes or no, the ESS a status."""
    wanted = {
        "person_identifier": {"eq": query},
        "programme_identifier.program.programme_identifier": {"eq": programme},
    }
    message = {
        "transaction_id": "t-1",
        "enrolled_criteria": {"query_type": "expression", "query": wanted},
    }
    for path, word in (("enrolled", enrolled), ("check-enrollment", status)):
        answer = line.post(f"/registry/sync/{path}", envelope("search", message))
        [one] = answer["message"]["enrolled_response"]
        assert (one["status"], one["enrolled_status"]) == ("succ", word)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (
            {"attribute_name": "person_identifier", "operator": "eq", "attribute_value": HER_NID},
            "succ",
        ),
        (HER, "succ"),
        ({"value": {"expression": {"query": {"identifier_value": HER_NID}}}}, "succ"),
        ({"shoe": {"eq": 1}}, "rjct"),
        ({"programme_identifier": {"eq": "CASH"}}, "rjct"),
        ({"person_identifier": {"eq": HER_NID}, "programme_identifier": {"eq": 1}}, "rjct"),
    ],
)
def test_the_other_shapes_of_that_question(line: Line, query: Json, status: str) -> None:
    """A comparison, an identifier, an expression; and what cannot be asked."""
    message = {"transaction_id": "t-1", "enrolled_criteria": {"query": query}}
    answer = line.post("/registry/sync/enrolled", envelope("search", message))
    assert answer["header"]["status"] == status
    told = [one["enrolled_status"] for one in answer["message"]["enrolled_response"]]
    assert told == (["yes"] if status == "succ" else [])


def beneficiary(identifier: str, programme: str = "FOOD", status: object = "Active") -> Json:
    """What a programme tells of somebody."""
    held = [{"identifier_type": "UIN", "identifier_value": identifier}]
    inner = {"programme_identifier": programme}
    return {
        "member": {"member_identifier": held},
        "programme_identifier": [{"programme": inner, "enrolment_status": status}],
    }


def test_a_programme_tells_who_is_enrolled(line: Line) -> None:
    """Each beneficiary is answered by itself, and the IBR has it from then on."""
    told = [
        beneficiary("TEST-001"),
        beneficiary("nobody"),
        beneficiary("TEST-001", "GOLD"),
        beneficiary("TEST-001", "CASH", "Dancing"),
        beneficiary("TEST-001", "CASH", "4"),
        {},
    ]
    message = {"transaction_id": "t-push", "enrolled_updates": {"beneficiaries": told}}
    body = envelope("notify", message, total_count=6, status="succ")
    answer = line.post("/registry/sync/enrollment/updates", body)
    states = [one["status"] for one in answer["message"]["enrolled_response"]]
    assert states == ["succ", "rjct", "rjct", "rjct", "succ", "rjct"]
    assert (answer["header"]["status"], answer["header"]["completed_count"]) == ("succ", 2)
    [record] = line.found(reg_type="ns:org:RegistryType:IBR")["data"]["reg_records"]
    held = {
        one["programme"]["programme_identifier"]: one["enrolment_status"]
        for one in record["programme_identifier"]
    }
    assert held == {"CASH": "Suspended", "FOOD": "Active"}
    receipt = status(line, "receipt", "transaction_id", "t-push")
    assert len(receipt["receipt_information"]["beneficiaries"]) == 2


def status(line: Line, kind: str, attribute: str, value: object, **changes: Any) -> Json:
    """What became of an earlier request."""
    wanted = {
        "reference_id": "q-1",
        "txn_type": kind,
        "attribute_type": attribute,
        "attribute_value": value,
    }
    message = {"transaction_id": "t-q", "txnstatus_request": wanted}
    answer = line.post("/registry/sync/txn/status", envelope("txn-status", message, **changes))
    assert answer["header"]["action"] == "txn-on-status"
    return dict(answer["message"]["txnstatus_response"]["txn_status"])


def test_a_search_is_asked_after_by_any_of_its_ids(line: Line) -> None:
    """The whole answer comes again, or of the items named; nobody sees another's."""
    first = line.post(SYNC, search(item("r-1"), item("r-2")))["message"]
    assert status(line, "search", "transaction_id", "t-1") == first
    assert status(line, "search", "correlation_id", first["correlation_id"]) == first
    some = status(line, "search", "reference_id_list", ["r-2", "r-9"])
    assert [one["reference_id"] for one in some["search_response"]] == ["r-2"]
    for nothing in (
        status(line, "search", "transaction_id", "t-9"),
        status(line, "search", "transaction_id", "t-1", sender_id="other.example"),
        status(line, "subscribe", "transaction_id", "t-1"),
    ):
        assert nothing["search_response"] == []


def test_a_subscription_is_asked_after(line: Line) -> None:
    """By the correlation id of its ACK."""
    ack = line.post("/registry/subscribe", subscribe("REGISTER", line.uri))["message"]
    told = status(line, "subscribe", "correlation_id", ack["correlation_id"])
    assert told["subscribe_response"][0]["subscriptions"][0]["status"] == "subscribe"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"txn_type": "dance"}, "err.request.bad"),
        ({"attribute_type": "name"}, "err.request.bad"),
        ({"attribute_value": []}, "err.request.bad"),
        ({"reference_id": None}, "err.request.bad"),
    ],
)
def test_a_question_that_cannot_be_read(line: Line, change: Json, code: str) -> None:
    """400: the standard has no code of an envelope for it."""
    wanted = {
        "reference_id": "q-1",
        "txn_type": "search",
        "attribute_type": "transaction_id",
        "attribute_value": "t-1",
    } | change
    message = {"transaction_id": "t-q", "txnstatus_request": wanted}
    answer = line.post("/registry/sync/txn/status", envelope("txn-status", message), 400)
    assert answer["errors"][0]["code"] == code


def payments(line: Line, **change: Any) -> Json:
    """The answer to a question after payments to her."""
    wanted = {
        "reference_id": "r-1",
        "request_type": "disburse",
        "attribute_type": "payee_fa",
        "attribute_value": "vid:TEST-001@nid",
    } | change
    message = {"transaction_id": "t-pay", "search_criteria": [wanted]}
    return dict(line.post("/disburse/sync/search", envelope("search", message)))


def test_payments_are_found_by_payee_and_then_by_their_ids(line: Line) -> None:
    """G2P-Connect: sent and expected wait, paid is succ; amounts come with the ids."""
    line.post("/control/pay", {"person": "TEST-001", "programme": "CASH", "state": "failed"})
    listed = payments(line)["message"]["disbursements_status"]
    assert [one["status"] for one in listed][:2] == ["rjct", "pdng"]
    assert {one["status"] for one in listed} == {"rjct", "pdng", "succ"}
    ids = [one["reference_id"] for one in listed]
    for attribute, value in (("reference_id_list", [*ids, "none"]), ("transaction_id", "t-pay")):
        wanted = {
            "reference_id": "q",
            "txn_type": "disburse",
            "attribute_type": attribute,
            "attribute_value": value,
        }
        message = {"transaction_id": "t-q", "txnstatus_request": wanted}
        answer = line.post("/disburse/sync/txn/status", envelope("search", message))
        told = answer["message"]["txnstatus_response"]
        rows = told["txn_status"]["disbursements_status"]
        assert told["txn_type"] == "on-disburse"
        assert [one["reference_id"] for one in rows[: len(ids)]] == ids
        assert rows[0]["amount"] == "12000.00" and rows[0]["currency_code"] == "PKR"
        assert [one["status_reason_code"] for one in rows[len(ids) :]] == (
            ["rjct.reference_id.invalid"] if attribute == "reference_id_list" else []
        )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"attribute_value": "her"}, "rjct.srch_payee_fa.invalid"),
        ({"attribute_value": "house:1@nid"}, "rjct.srch_payee_fa.invalid"),
        ({"request_type": "dance"}, "rjct.request_type.invalid"),
        ({"attribute_type": "name"}, "rjct.attribute_type.invalid"),
        ({"attribute_type": "payer_fa"}, "rjct.srch.too_many_records_found"),
        ({"timestamp": "now"}, "rjct.timestamp.invalid"),
        ({"reference_id": ""}, "rjct.reference_id.invalid"),
    ],
)
def test_a_question_after_payments_is_refused_by_its_code(
    line: Line, change: Json, code: str
) -> None:
    """The codes of G2P-Connect."""
    answer = payments(line, **change)
    assert answer["message"]["disbursements_status"][0]["status_reason_code"] == code
    assert answer["header"]["status"] == "rjct"


def test_no_answer_holds_a_score(line: Line) -> None:
    """Of the people with a score: not in any record, by any way to ask."""
    scores = set(line.get("/control/scores").values())
    for change in (
        {"response_entity": "Group"},
        {"reg_record_type": "SRMember"},
        {"reg_type": "IBR"},
        {},
    ):
        found = line.found(**expression({"sex": {"$in": ["male", "female"]}}), **change)
        assert found["data"]["reg_records"] and "poverty" not in str(found)
        assert not set(re.findall(r"\d{1,2}\.\d{5}", str(found))) & scores


@pytest.mark.parametrize(
    ("path", "action", "message"),
    [
        ("on-search", "on-search", {"correlation_id": "c", "search_response": []}),
        ("on-subscribe", "on-subscribe", {"correlation_id": "c", "subscribe_response": []}),
        (
            "on-unsubscribe",
            "on-unsubscribe",
            {"correlation_id": "c", "timestamp": TS, "status": "succ"},
        ),
        (
            "txn/on-status",
            "txn-on-status",
            {"correlation_id": "c", "txnstatus_response": {"txn_type": "search", "txn_status": {}}},
        ),
        (
            "notify",
            "notify",
            {
                "notify_event": [
                    {
                        "reference_id": "r",
                        "timestamp": TS,
                        "data": {"reg_record_type": "Person", "reg_records": {}},
                    }
                ]
            },
        ),
    ],
)
def test_callbacks_are_taken_as_a_client_would(
    line: Line, path: str, action: str, message: Json
) -> None:
    """ACK for what fits, ERR for what does not."""
    whole = {"transaction_id": "t-1"} | message
    good = line.post(f"/registry/{path}", envelope(action, whole, status="succ"))
    assert good["message"]["ack_status"] == "ACK"
    bad = line.post(f"/registry/{path}", envelope(action, message, status="succ"))
    assert bad["message"]["error"]["code"] == "err.request.bad"
    wrong = line.post(f"/registry/{path}", envelope("dance", whole, status="succ"))
    assert wrong["message"]["ack_status"] == "ERR"


def test_the_page_tells_of_every_attribute() -> None:
    """Whoever searches finds the names."""
    page = (Path(__file__).parent.parent / "docs" / "sandbox.md").read_text("utf-8")
    assert set(ATTRIBUTES) <= set(re.findall(r"`([A-Za-z_]+)`", page))
