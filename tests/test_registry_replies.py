"""What a registry answers, however it shapes it: acknowledgements, records, enrolments, payments."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from registry_client.dci import enrolments, records, replies
from registry_client.dci.fields import money, plain
from registry_client.dci.messages import Message
from registry_client.dci.replies import Asked, Enrolled, Found
from registry_client.dci.values import (
    Beneficiary,
    Benefit,
    Disbursement,
    Enrolment,
    Household,
    Identifier,
    Kind,
    Name,
    Paid,
    Person,
    Sex,
    Status,
)
from registry_client.port import NotSupported, Refused, RegistryError, Unavailable

HER_ID = "1730100000012"
PHONE = "+923000000001"
SENT = Message("search", {"transaction_id": "t-1"}, ("r-1", "r-2"))
HER = (Identifier("UIN", HER_ID),)
BIRTH = date(1990, 4, 2)

Json = Mapping[str, Any]


def body(message: object, **header: object) -> bytes:
    """An answer in its envelope."""
    return json.dumps({"header": {"status": "succ"} | header, "message": message}).encode()


def outcome(read: Callable[[], object]) -> object:
    """What it comes to; of an error, its kind and its words."""
    try:
        return read()
    except RegistryError as error:
        return type(error), str(error)


def complaint(read: Callable[[], object]) -> str:
    """The error it comes to, with its cause; empty for a value."""
    try:
        read()
    except RegistryError as error:
        return f"{error!r} {error.__cause__!r}"
    return ""


# Acknowledgements

ACKS: list[tuple[object, object]] = [
    ({"ack_status": "ACK", "correlation_id": "c-1"}, Asked("t-1", "c-1", ("r-1", "r-2"))),
    ({"ack_status": "ack", "correlation_id": 17}, Asked("t-1", "17", ("r-1", "r-2"))),
    ({"ack_status": "ACK"}, Asked("t-1", "", ("r-1", "r-2"))),
    ({"ack_status": "NACK", "correlation_id": "c-1"}, (Refused, "unknown")),
    ({"ack_status": "NACK", "error": {"code": "err.request.bad"}}, (Refused, "err.request.bad")),
    (
        {"ack_status": "ERR", "error": {"code": "err.signature.missing", "message": HER_ID}},
        (Refused, "err.signature.missing"),
    ),
    (
        {"ack_status": "ERR", "error": [{"code": "err.version.not_supported"}]},
        (Refused, "err.version.not_supported"),
    ),
    (
        {"ack_status": "ERR", "error": {"code": "err.service.unavailable"}},
        (Unavailable, "err.service.unavailable"),
    ),
    (
        {"ack_status": "ERR", "error": {"code": "NOT_IMPLEMENTED"}},
        (NotSupported, "NOT_IMPLEMENTED"),
    ),
    ({"ack_status": "ERR", "error": {"code": f"no {HER_ID}"}}, (Refused, "unknown")),
    ({"ack_status": "ERR"}, (Refused, "unknown")),
    ({"ack_status": "PERHAPS"}, (Unavailable, "the acknowledgement is neither ACK, NACK nor ERR")),
    ({}, (Unavailable, "the answer is no acknowledgement")),
    (None, (Unavailable, "the answer is no acknowledgement")),
]


@pytest.mark.parametrize(("message", "value"), ACKS, ids=str)
def test_an_acknowledgement_says_whether_an_answer_follows(message: object, value: object) -> None:
    """ACK: it does, under the registry's correlation. NACK and ERR: none does, and why."""
    whole = json.dumps({"message": message}).encode()
    assert outcome(lambda: replies.acknowledgement(whole, SENT)) == value


@pytest.mark.parametrize(
    "whole",
    [
        {"errors": [{"code": "err.sender_id.invalid", "message": HER_ID}]},
        {"header": {"status": "rjct", "status_reason_code": "err.sender_id.invalid"}},
    ],
)
def test_an_error_in_the_place_of_an_acknowledgement_is_read(whole: Json) -> None:
    """The shapes of an HTTP error and of a synchronous refusal."""
    got = outcome(lambda: replies.acknowledgement(json.dumps(whole).encode(), SENT))
    assert got == (Refused, "err.sender_id.invalid")


def test_a_callback_is_the_answer_by_transaction_correlation_and_reference() -> None:
    """All of them: another registry's correlation, or an item nobody asked for, is not ours."""
    asked = Asked("t-1", "c-1", ("r-1", "r-2"))
    assert asked.answered_by({"transaction_id": "t-1", "correlation_id": "c-1"})
    for other in ({"transaction_id": "t-2"}, {"correlation_id": "c-2"}, {"correlation_id": None}):
        assert not asked.answered_by({"transaction_id": "t-1", "correlation_id": "c-1"} | other)
    found = Found("r-1", "succ", "", ())
    items = (found, replace(found, reference="r-9"), replace(found, reference="r-2"))
    assert set(asked.mine(items)) == {"r-1", "r-2"}


# Searches


def item(**fields: Any) -> dict[str, Any]:
    """One item of a search, found."""
    return {"reference_id": "r-1", "status": "succ", "data": {"reg_records": []}} | fields


A = {"identifier": "a"}
ITEMS: list[tuple[object, object]] = [
    ([item(data={"reg_records": [A]})], (A,)),
    ([item(data={"reg_records": A})], (A,)),
    (item(data={"reg_records": A}), (A,)),
    ([item(data={"spdci:reg_records": [A]})], (A,)),
    ([item(data={"reg_record": A})], (A,)),
    ([item(status="success", data={"reg_records": [A]})], (A,)),
    ([item(status="SUCC", data={"reg_records": [A, 7, None]})], (A,)),
    ([item(status=None, data={"reg_records": [A]})], (A,)),
    ([item(reference_id="other", data={"reg_records": [A]})], (A,)),
    ([item(reference_id="other"), item(data={"reg_records": [A]})], (A,)),
    ([item(data={"reg_records": None})], ()),
    ([item(data={})], ()),
    ([item(data=None, pagination={"total_count": 0})], ()),
    ([item(data=None, pagination={"total_count": "0"})], ()),
    ([item(data=None)], (Unavailable, "the answer has no records")),
    ([item(status="pdng")], (Unavailable, "the answer's status is not final: pdng")),
    (
        [item(status="rjct", status_reason_code="rjct.pagination.invalid")],
        (Refused, "rjct.pagination.invalid"),
    ),
    ([item(status="rjct", status_reason_code=f"who is {HER_ID}")], (Refused, "unknown")),
    (
        [item(reference_id="x"), item(reference_id="y")],
        (Unavailable, "the answer has no item with this reference"),
    ),
    ([], (Unavailable, "the answer has no search_response")),
    (None, (Unavailable, "the answer has no search_response")),
]  # fmt: skip


@pytest.mark.parametrize(("items", "value"), ITEMS, ids=str)
def test_the_records_of_a_search_are_found_however_they_lie(items: object, value: object) -> None:
    """One or many, with prefixes, under the other words for success; or why there are none."""
    whole = body({"transaction_id": "t-1", "search_response": items})
    read = lambda: replies.found(replies.opened(whole, SENT), "r-1").insist()  # noqa: E731
    assert outcome(read) == value


OPENED: list[tuple[bytes, tuple[type[RegistryError], str]]] = [
    (body({"transaction_id": "t-2"}), (Unavailable, "the answer belongs to another transaction")),
    (
        body({"ciphertext": "x", "header": {}}, is_msg_encrypted=True),
        (Unavailable, "the answer is encrypted"),
    ),
    (
        b'{"message": {"ack_status": "ERR", "error": {"code": "err.receiver_id.invalid"}}}',
        (Refused, "err.receiver_id.invalid"),
    ),
    (
        b'{"errors": [{"code": "err.service.unavailable", "message": "later"}]}',
        (Unavailable, "err.service.unavailable"),
    ),
    (b'{"message": {"transaction_id": "t-1"}}', (Unavailable, "the answer has no header")),
    (b'{"header": {"status": "succ"}}', (Unavailable, "the answer has no message")),
    (b"[]", (Unavailable, "the answer is not a JSON object")),
    (b"", (Unavailable, "the answer is not JSON")),
]


@pytest.mark.parametrize(("whole", "error"), OPENED, ids=str)
def test_what_is_no_answer_says_so(whole: bytes, error: tuple[type[RegistryError], str]) -> None:
    """Another's, an encrypted one, an acknowledgement, an HTTP error's body, garbage."""
    for read in (replies.opened, replies.opened_or_bare):
        assert outcome(partial(read, whole, SENT)) == error


# People


def member(**fields: Any) -> dict[str, Any]:
    """A member's record with her in it."""
    return {"demographic_info": fields}


NAMED = Person(HER, Name("Sample", "", "Khan"))
ID = {"identifier_type": "UIN", "identifier_value": HER_ID}
PEOPLE: list[tuple[Json, Person]] = [
    ({"identifier": [ID]}, Person(HER)),
    ({"identifier": ID}, Person(HER)),
    ({"identifier": HER_ID}, Person((Identifier("", HER_ID),))),
    ({"identifier": [int(HER_ID)]}, Person((Identifier("", HER_ID),))),
    ({"identifier": {"type": "UIN", "value": HER_ID}}, Person(HER)),
    ({":identifier": [{"spdci:identifier_type": "UIN", "spdci:identifier_value": HER_ID}]},
     Person(HER)),
    (ID, Person(HER)),
    ({"member_identifier": [ID]}, Person(HER)),
    (member(identifier=[ID]), Person(HER)),
    (member(person=ID), Person(HER)),
    ({"member": member(person=ID)}, Person(HER)),
    ({"identifier": [ID], "name": {"surname": "Khan", "given_name": "Sample"}}, NAMED),
    ({"identifier": [ID], "name": [{"surname": "Khan", "given_name": "Sample"}]}, NAMED),
    ({"identifier": [ID], "name": {"surname": "Khan", "first_name": "Sample"}}, NAMED),
    ({"identifier": [ID], "firstName": "Sample", "lastName": "Khan"}, NAMED),
    ({"identifier": [ID], "name": "Sample Khan"}, Person(HER, Name(surname="Sample Khan"))),
    (member(identifier=[ID], name={"given_name": "Sample", "surname": "Khan"}), NAMED),
    ({"identifier": [ID], "sex": "female"}, Person(HER, sex=Sex.FEMALE)),
    ({"identifier": [ID], "sex": "F"}, Person(HER, sex=Sex.FEMALE)),
    ({"identifier": [ID], "gender": "M"}, Person(HER, sex=Sex.MALE)),
    ({"identifier": [ID], "sex": {"@value": "male"}}, Person(HER, sex=Sex.MALE)),
    ({"identifier": [ID], "sex": "seven"}, Person(HER)),
    ({"identifier": [ID], "birth_date": "1990-04-02"}, Person(HER, born=BIRTH)),
    ({"identifier": [ID], "birth_date": "1990-04-02T00:00"}, Person(HER, born=BIRTH)),
    ({"identifier": [ID], "birth_date": "1990-04-02T08:00:00Z"}, Person(HER, born=BIRTH)),
    ({"identifier": [ID], "birth_date": "02.04.1990"}, Person(HER, born=BIRTH)),
    ({"identifier": [ID], "dob": "1990-04-02"}, Person(HER, born=BIRTH)),
    ({"identifier": [ID], "birth_date": "31.02.1990"}, Person(HER)),
    ({"identifier": [ID], "birth_date": "02/04/1990"}, Person(HER)),
    ({"identifier": [ID], "death_date": ""}, Person(HER)),
    ({"identifier": [ID], "death_date": "1990-04-02"}, Person(HER, died=BIRTH)),
    ({"identifier": [ID], "phone_number": PHONE}, Person(HER, phones=(PHONE,))),
    ({"identifier": [ID], "phone_number": [{"phone_no": PHONE}]}, Person(HER, phones=(PHONE,))),
    (
        {"identifier": [ID], "registration_date": "1990-04-02", "last_update": "02.04.1990"},
        Person(HER, registered_on=BIRTH, updated_on=BIRTH),
    ),
    (
        {"identifier": [ID], "group_identifier": [{"identifier_value": "H-1"}]},
        Person(HER, household="H-1"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("record", "person"), PEOPLE, ids=str)
def test_a_person_is_read_however_her_record_is_shaped(record: Json, person: Person) -> None:
    """Each variation that is met, and what cannot be read left out."""
    assert records.person(record) == person
    assert records.carries(record, HER_ID)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"identifier": []},
        {"identifier": [{"identifier_value": HER_ID + "0"}]},
        {"related_person": [{"identifier": [ID]}]},
        {"reference": HER_ID},
    ],
)
def test_a_record_that_does_not_carry_her_id_is_not_hers(record: Json) -> None:
    """A longer number, or a relative's, is another person's."""
    assert not records.carries(record, HER_ID)
    assert not records.carries({"identifier": ["-", "", None]}, "-")


def test_a_household_is_read_with_its_people_and_without_its_score() -> None:
    """The head is one of its members; a member is found in it, with its handle."""
    head = {"member_identifier": "M1"} | member(identifier=[ID])
    other = {"member_identifier": {"identifier_type": "UIN", "identifier_value": "77"}}
    record = {
        "spdci:group_identifier": [{"identifier_type": "HH", "identifier_value": "H-1"}],
        "group_type": "family",
        "group_size": "2",
        "poverty_score": 17.4361,
        "group_head_info": head,
        "member_list": [head, other],
        "registration_date": "2022-01-10T08:00:00Z",
    }
    first = Person((Identifier("", "M1"), *HER))
    second = Person((Identifier("UIN", "77"),))
    house = records.household(record)
    assert house == Household(
        (Identifier("HH", "H-1"),), "family", 2, (first, second), date(2022, 1, 10)
    )
    assert records.person(records.hers(record, HER_ID)) == replace(first, household="H-1")
    assert records.carries(record, "77")
    assert "17.4361" not in repr((house, records.people(record)))


@pytest.mark.parametrize(
    ("size", "read"), [(4, 4), ("4", 4), (4.0, 4), (4.5, None), (True, None), ("four", None), (-1, None)]
)  # fmt: skip
def test_a_size_is_a_count_or_nothing(size: object, read: int | None) -> None:
    """A number, its digits, or left out."""
    assert records.household({"group_size": size}).size == read


# Enrolments

OLD = Enrolment("OLD", "Old age", Status.ACTIVE, date(2025, 2, 2))
PLACED = {"programme_identifier": "OLD", "programme_name": "Old age"}
PROGRAMMES: list[Json] = [
    {"programme": PLACED, "enrolment_date": "2025-02-02", "enrolment_status": "Active"},
    {"programme": PLACED, "enrollment_date": "2025-02-02", "enrollment_status": "1"},
    {"program": PLACED, "enrolment_date": "02.02.2025", "enrolment_status": 1},
    PLACED | {"enrollement_date": "2025-02-02T00:00", "enrollement_status": "active"},
    {"spdci:programme": PLACED, "enrolmentDate": "2025-02-02", "enrolmentStatus": "Enrolled"},
    PLACED
    | {"programme_identifier": {"identifier_value": "OLD"}}
    | {"enrollment_date": "2025-02-02", "status": "reinstated"},
]


@pytest.mark.parametrize("programme", PROGRAMMES, ids=str)
def test_an_enrolment_is_read_however_it_is_spelt(programme: Json) -> None:
    """One or many, at the record or in its member, both spellings, codes or words."""
    hers = {"member": {"member_identifier": [ID]}}
    for record in (
        hers | {"programme_identifier": [programme]},
        hers | {"programme_identifier": programme},
        hers | {"programme": [programme]},
        {"member": {"member_identifier": [ID], "programme_identifier": programme}},
    ):
        assert enrolments.beneficiary(record) == Beneficiary(HER, (OLD,))


def test_a_records_own_status_is_that_of_programmes_that_say_none() -> None:
    """The programme's word counts before the record's; one without a code is left out."""
    record = {
        "member": {"member_identifier": [ID]},
        "enrollment_status": "4",
        "enrollment_date": "2025-02-02",
        "status_change_date": ["2025-03-03"],
        "programme_identifier": [PLACED, {"programme": PLACED, "enrolment_status": "3"}, {}, 7],
    }
    said = enrolments.beneficiary(record).enrolments
    assert [one.status for one in said] == [Status.SUSPENDED, Status.GRADUATED]
    assert {one.since for one in said} == {date(2025, 2, 2)}


STATUSES: list[tuple[object, Status]] = [
    *((str(code), enrolments.STATUSES[str(code)]) for code in range(1, 5)),
    ("Active", Status.ACTIVE),
    ("Deceased", Status.DECEASED),
    ("GRADUATED", Status.GRADUATED),
    ("suspended", Status.SUSPENDED),
    ("Exited", Status.EXITED),
    ("Inactive", Status.INACTIVE),
    ("Reinstated", Status.ACTIVE),
    ("Awaiting Renewal", Status.AWAITING_RENEWAL),
    ("awaiting_renewal", Status.AWAITING_RENEWAL),
    ("5", Status.UNKNOWN),
    ("", Status.UNKNOWN),
    (["Active"], Status.UNKNOWN),
]


@pytest.mark.parametrize(("said", "status"), STATUSES, ids=str)
def test_a_status_is_a_code_or_a_word(said: object, status: Status) -> None:
    """Of the standard and of its neighbours; any other claims nothing."""
    record = {"programme_identifier": PLACED | {"enrolment_status": said}}
    assert enrolments.beneficiary(record).enrolments[0].status is status


DAY = date(2026, 1, 5)
CASH = Benefit(Kind.CASH, DAY, "85.00", "EUR")
BENEFITS: list[tuple[Json, Benefit]] = [
    ({"benefit_type": "Cash", "benefit_date": "2026-01-05", "benefit_value": "EUR 85"}, CASH),
    ({"benefit_type": "1", "benefit_date": "05.01.2026", "benefit_value": "85 eur"}, CASH),
    ({"benefit_type": 6, "benefit_quantity": 2}, Benefit(Kind.INSURANCE, quantity="2")),
    ({"benefit_type": "In-kind", "benefit_value": "a goat"}, Benefit(Kind.IN_KIND)),
    ({"benefit_type": "Prayer", "benefit_date": "soon"}, Benefit()),
    ({"benefit_value": "EUR 85", "payment_status": "1"},
     Benefit(amount="85.00", currency="EUR", state=Paid.PAID)),
]  # fmt: skip


@pytest.mark.parametrize(("item", "benefit"), BENEFITS, ids=str)
def test_a_benefit_is_expected_until_the_bank_confirms_it(item: Json, benefit: Benefit) -> None:
    """Type by code or word, day and amount as they are written."""
    for record in (
        {"programme_identifier": PLACED | {"benefits": [item]}},
        {"programme_identifier": PLACED | {"benefit": item}},
        {"programme_identifier": PLACED, "benefits": item},
    ):
        assert enrolments.beneficiary(record).enrolments[0].benefits == (benefit,)


PAYROLLS: list[tuple[Json, Benefit]] = [
    (
        {"payment_status": "1", "payment_credit_amount": "EUR 80", "payroll_amount": "EUR 85"}
        | {"payment_credit_date": "05.01.2026"},
        Benefit(Kind.CASH, DAY, "80.00", "EUR", Paid.PAID),
    ),
    (
        {
            "payment_status": 2,
            "payroll_amount": 85,
            "currency": "EUR",
            "payroll_date": "2026-01-05",
        },
        Benefit(Kind.CASH, DAY, "85.00", "EUR", Paid.FAILED),
    ),
    (
        {"payroll_amount": "EUR 85", "payment_date": "2026-01-05"},
        Benefit(Kind.CASH, DAY, "85.00", "EUR"),
    ),
    ({"payment_status": "3"}, Benefit(Kind.CASH)),
]


@pytest.mark.parametrize(("line", "benefit"), PAYROLLS, ids=str)
def test_a_payroll_of_the_older_files_is_read(line: Json, benefit: Benefit) -> None:
    """Credited is paid, unsuccessful is failed, and anything else is only expected."""
    record = {"programme_identifier": PLACED, "payroll": [line]}
    assert enrolments.beneficiary(record).enrolments[0].benefits == (benefit,)


MONEY = [
    ("EUR 85", ("85.00", "EUR")),
    ("1,250.50 usd", ("1250.50", "USD")),
    ("RWF25000", ("25000.00", "RWF")),
    (25000, ("25000.00", "")),
    (85.5, ("85.50", "")),
    ("EUR 85 USD", ("", "")),
    ("1,25", ("", "")),
    ("-5", ("", "")),
    ("EUR", ("", "")),
    (None, ("", "")),
    (True, ("", "")),
    (float("inf"), ("", "")),
]


@pytest.mark.parametrize(("said", "read"), MONEY, ids=str)
def test_money_is_an_amount_and_a_currency(said: object, read: tuple[str, str]) -> None:
    """In either order, with commas at thousands; else nothing."""
    assert money(said) == read


def test_a_field_has_one_name_however_it_is_spelt() -> None:
    """Prefixes, cases, underscores, and the two spellings of two words."""
    spelt = "enrollment_status enrolment_status spdci:enrolmentStatus Enrollement-Status"
    assert {plain(one) for one in spelt.split()} == {"enrolmentstatus"}
    assert plain(":programme") == plain("program")


# Enrolled or not, disbursed or not

ANSWERED: list[tuple[object, object]] = [
    ("yes", Enrolled.YES),
    ("NO", Enrolled.NO),
    (True, Enrolled.YES),
    (False, Enrolled.NO),
    ("Suspended", Status.SUSPENDED),
    ("Awaiting Renewal", Status.AWAITING_RENEWAL),
    ("1", Status.ACTIVE),
    ("perhaps", Status.UNKNOWN),
    (None, Status.UNKNOWN),
]


@pytest.mark.parametrize(("said", "value"), ANSWERED, ids=str)
def test_an_enrolment_is_told_bare_or_in_an_envelope(said: object, value: object) -> None:
    """Yes or no, or a status; both shapes the published files can be read as."""
    one = {"reference_id": "r", "status": "succ", "enrolled_status": said}
    message = {"transaction_id": "t-1", "correlation_id": "c", "enrolled_response": [one]}
    for whole in (body(message), json.dumps(message).encode()):
        assert replies.enrolled(replies.opened_or_bare(whole, SENT)) == value
    other = json.dumps(message | {"transaction_id": "t-2"}).encode()
    assert outcome(lambda: replies.opened_or_bare(other, SENT)) == (
        Unavailable,
        "the answer belongs to another transaction",
    )


def test_updates_are_answered_one_by_one() -> None:
    """Each enrolment that was reported has its own status; a refusal of the only one is a refusal."""
    refused = {"status": "rjct", "status_reason_code": "rjct.person_id.invalid"}
    message = {"transaction_id": "t-1", "enrolled_response": [{"status": "succ"}, refused]}
    received = replies.opened_or_bare(json.dumps(message).encode(), SENT)
    assert replies.updated(received) == (("succ", ""), ("rjct", "rjct.person_id.invalid"))
    alone = replies.opened_or_bare(body({"enrolled_response": refused}), SENT)
    assert outcome(lambda: replies.updated(alone)) == (Refused, "rjct.person_id.invalid")
    none = replies.opened(body({}), SENT)
    assert outcome(lambda: replies.updated(none)) == (
        Unavailable,
        "the answer has no enrolled_response",
    )


DISBURSED: list[tuple[Json, Disbursement]] = [
    ({"status": "succ"}, Disbursement("D-1", Paid.PAID)),
    ({"status": "rcvd"}, Disbursement("D-1", Paid.SENT)),
    ({"status": "pdng"}, Disbursement("D-1", Paid.SENT)),
    ({"status": "settled"}, Disbursement("D-1", Paid.EXPECTED)),
    (
        {"status": "rjct", "status_reason_code": "rjct.payee_fa.invalid", "amount": "25000.00"}
        | {"currency_code": "RWF"},
        Disbursement("D-1", Paid.FAILED, "rjct.payee_fa.invalid", "25000.00", "RWF"),
    ),
]


@pytest.mark.parametrize(("item", "value"), DISBURSED, ids=str)
def test_a_disbursement_is_paid_when_the_payment_system_says_so(
    item: Json, value: Disbursement
) -> None:
    """In a search and in a status; one without a reference is left out."""
    listed = {"disbursements_status": [{"reference_id": "D-1"} | dict(item), {"status": "succ"}]}
    found = replies.disbursed(replies.opened(body(listed), SENT))
    inner = {"txnstatus_response": {"txn_type": "on-disburse", "txn_status": listed}}
    became = replies.became(replies.opened(body(inner), SENT))
    assert found == became.disbursed == (value,)
    absent = replies.opened(body({}), SENT)
    assert outcome(lambda: replies.disbursed(absent)) == (
        Unavailable,
        "the answer has no disbursements_status",
    )


def test_what_became_of_a_transaction_is_its_whole_answer() -> None:
    """A search's records, a subscription's codes; nothing is no answer."""
    search = {"transaction_id": "t-0", "search_response": [item(data={"reg_records": [A]})]}
    subscribed = {
        "subscribe_response": [
            {
                "reference_id": "r-1",
                "status": "succ",
                "subscriptions": [{"code": "SUB-1", "status": "subscribe"}, {"code": None}],
            }
        ]
    }
    for answer, read in ((search, "found"), (subscribed, "subscribed")):
        whole = body({"txnstatus_response": {"txn_status": answer}})
        assert len(getattr(replies.became(replies.opened(whole, SENT)), read)) == 1
    (one,) = replies.subscriptions(subscribed)
    assert (one.reference, one.status, one.codes) == ("r-1", "succ", ("SUB-1",))
    ended = {"subscription_status": [{"code": "SUB-1", "status": "unsubscribe"}, {"code": "SUB-2"}]}
    assert replies.unsubscribed(ended).codes == {"SUB-1": True, "SUB-2": False}
    for nothing in ({}, {"txnstatus_response": {"txn_status": 7}}):
        received = replies.opened(body(nothing), SENT)
        assert outcome(partial(replies.became, received)) == (
            Unavailable,
            "the answer has no txn_status",
        )


# What nobody reads, and what nobody can


def test_unknown_fields_are_told_by_their_names_alone() -> None:
    """Never a value, never a name that may be a number of hers, nothing of a JSON-LD context."""
    record = {
        "@context": {"common": "https://schema.example.org"},
        "identifier": [ID | {"issuer": "Sample Office"}],
        "poverty_score": 17.4361,
        HER_ID: "x",
        "favourite colour": "blue",
        "shoe_size": 38,
    }
    with capture_logs() as lines:
        records.noted([record])
        records.noted([{"identifier": [ID], "poverty_score": 17.4361}])
    (line,) = lines
    assert line["names"] == ("issuer", "shoe_size")
    assert not [hidden for hidden in ("Office", "38", HER_ID, "17.4361") if hidden in str(line)]


FIELDS = """header message status status_reason_code transaction_id correlation_id ack_status error
errors code reference_id search_response data reg_records pagination total_count subscribe_response
subscriptions subscription_status txnstatus_response txn_status enrolled_response enrolled_status
disbursements_status amount currency_code identifier identifier_value name birth_date phone_number
member demographic_info group_head_info member_list group_size programme_identifier programme
enrolment_status enrollment_date benefits benefit_value benefit_date payroll payment_status @value"""
HIDDEN = f"Sample Khan {HER_ID}"
WORDS = st.sampled_from([HIDDEN, "succ", "rjct", "ACK", "ERR", "t-1", "r-1", "EUR 85", "1", "yes"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=4)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS.split()), inner, max_size=6)
    ),
    max_leaves=25,
)
MESSAGES = st.dictionaries(st.sampled_from(FIELDS.split()), JSON, max_size=6)
HEADERS = st.fixed_dictionaries(
    {}, optional={"status": JSON | st.just("succ"), "status_reason_code": JSON}
)
WHOLES = JSON | st.fixed_dictionaries({"header": HEADERS, "message": MESSAGES}) | MESSAGES
READERS: list[Callable[[bytes], object]] = [
    lambda it: replies.acknowledgement(it, SENT),
    lambda it: replies.found(replies.opened(it, SENT), "r-1").insist(),
    lambda it: replies.one(replies.opened(it, SENT), "r-1"),
    lambda it: replies.subscriptions(replies.opened(it, SENT).message),
    lambda it: replies.unsubscribed(replies.opened(it, SENT).message),
    lambda it: replies.became(replies.opened(it, SENT)),
    lambda it: replies.enrolled(replies.opened_or_bare(it, SENT)),
    lambda it: replies.updated(replies.opened_or_bare(it, SENT)),
    lambda it: replies.disbursed(replies.opened(it, SENT)),
]


@given(WHOLES)
def test_whatever_comes_is_read_or_refused_without_a_word_of_it(whole: Any) -> None:
    """Any JSON, by every reader: a value, or one of the errors of the port that names nobody."""
    raw = json.dumps(whole).encode()
    for read in READERS:
        assert HER_ID not in complaint(partial(read, raw))
    for record in whole if isinstance(whole, list) else [whole]:
        if isinstance(record, dict):
            records.people(record), records.household(record), records.carries(record, HER_ID)
            enrolments.beneficiary(record), enrolments.disbursements(record)
            for phone in records.phones(record):
                assert phone.startswith("+")


@given(st.binary(max_size=64))
def test_bytes_that_are_no_json_are_no_answer(raw: bytes) -> None:
    """By any reader, one of the errors of the port."""
    for read in READERS:
        with pytest.raises(RegistryError):
            read(raw)
