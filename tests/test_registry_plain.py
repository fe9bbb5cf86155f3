"""A registry that speaks DCI and nothing of ours: what it can be asked, and what the dialogs get."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from dialogs.eligibility import CheckEligibility
from registry_client import connecting, port, words
from registry_client.configuration import Configured, IdTypes, RegistrySettings, Types
from registry_client.port import (
    Application,
    Case,
    Complaint,
    Eligibility,
    NotSupported,
    Outcome,
    Payment,
    Person,
    Programme,
    Proof,
    Registry,
    RegistryError,
    Unavailable,
)
from tests.counterpart import Counterpart, Got, Say, counterpart

HER_ID = "1730100000012"
PHONE = "+923000000001"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
OLD: dict[str, Any] = {
    "programme": {"programme_identifier": "OLD", "programme_name": "Old age grant"}
}
OLD_AGE = Programme("OLD", {"en": "Old age grant"})

Call = Callable[[Registry], object]


def plain(url: str, **options: Any) -> Registry:
    """A registry at `url` without the local profile."""
    ids = count(1)
    one = RegistrySettings(name="ibr", kind="dci-only", url=url, **options)
    return connecting.registry(
        Configured(one), now=lambda: NOW, new_id=lambda: f"m{next(ids)}", rest=lambda seconds: None
    )


def beneficiary(*programmes: Mapping[str, Any], number: str = HER_ID) -> dict[str, Any]:
    """A record of a beneficiary registry."""
    member = {"member_identifier": [{"identifier_type": "NID", "identifier_value": number}]}
    return {"member": member, "programme_identifier": list(programmes)}


def holding(*records: Any) -> Callable[[Got], Say]:
    """A registry that finds these, whatever is searched for."""

    def answer(got: Got) -> Say:
        asked = got.json["message"]
        found = {"reference_id": asked["search_request"][0]["reference_id"], "status": "succ"}
        found |= {"data": {"reg_records": list(records)}}
        message = {"transaction_id": asked["transaction_id"], "search_response": [found]}
        return Say(json.dumps({"header": {"status": "succ"}, "message": message}).encode())

    return answer


def asks(
    call: Call, answer: Callable[[Got], Say] | Say, **options: Any
) -> tuple[object, Counterpart]:
    """What one call comes to, and what the registry got."""
    with counterpart(answer) as it:
        try:
            return call(plain(it.url, **options)), it
        except RegistryError as error:
            return error, it


def eligibility(of: Registry) -> Eligibility:
    """What she is in."""
    return of.eligibility(HER_ID, timeout=2, trace="ATUid_1")


def payments(of: Registry) -> tuple[Payment, ...]:
    """What she got."""
    return of.payments(HER_ID, timeout=2, trace="ATUid_1")


OUTCOMES: list[tuple[list[str], Outcome, int]] = [
    (["Active"], Outcome.ENROLLED, 1),
    (["1"], Outcome.ENROLLED, 1),
    (["Awaiting Renewal"], Outcome.ENROLLED, 1),
    (["Suspended"], Outcome.SUSPENDED, 1),
    (["Graduated"], Outcome.EXITED, 1),
    (["Exited"], Outcome.EXITED, 1),
    (["Inactive"], Outcome.EXITED, 1),
    (["Suspended", "Active", "Exited", "Reinstated"], Outcome.ENROLLED, 2),
    (["Exited", "Suspended"], Outcome.SUSPENDED, 1),
    (["Deceased"], Outcome.NOT_YET_KNOWN, 0),
    (["9"], Outcome.NOT_YET_KNOWN, 0),
    ([], Outcome.NOT_YET_KNOWN, 0),
]


@pytest.mark.parametrize(("statuses", "outcome", "told"), OUTCOMES)
def test_an_outcome_is_what_her_enrolments_come_to(
    statuses: list[str], outcome: Outcome, told: int
) -> None:
    """The best of them, with the programmes it is of; without any, nothing is claimed."""
    programmes = [
        {"programme_identifier": f"P-{number}", "enrolment_status": status}
        for number, status in enumerate(statuses)
    ]
    value, it = asks(eligibility, holding(beneficiary(*programmes)))
    assert isinstance(value, Eligibility)
    assert (value.outcome, len(value.programmes)) == (outcome, told)
    assert value.proof is Proof.NUMBER_ON_RECORD
    criteria = it.got[0].json["message"]["search_request"][0]["search_criteria"]
    assert criteria["reg_type"] == "ns:org:RegistryType:IBR"
    assert criteria["query"] == {"type": "NID", "value": HER_ID}
    said, facts = words.eligibility(value, HER_ID)
    assert set(facts) == set(CheckEligibility.outcomes[said])


@pytest.mark.parametrize("found", [[], [beneficiary(OLD, number="77")], ["a word"]])
def test_somebody_elses_enrolment_is_not_hers(found: list[Any]) -> None:
    """A record that does not carry her ID counts for nothing."""
    value, _ = asks(eligibility, holding(*found))
    assert value == Eligibility(Outcome.NOT_YET_KNOWN, proof=Proof.NUMBER_ON_RECORD)
    assert asks(payments, holding(*found))[0] == ()


def test_a_household_is_enrolled_for_each_of_its_people() -> None:
    """An enrolment of the group she is in is hers, and its score stays there."""
    member = {"member_identifier": {"identifier_type": "NID", "identifier_value": HER_ID}}
    group = {"group": {"member_list": [member], "poverty_score": 17.4361}}
    record = group | {"programme_identifier": OLD | {"enrolment_status": "Active"}}
    value, _ = asks(eligibility, holding(record))
    expected = Eligibility(Outcome.ENROLLED, (OLD_AGE,), proof=Proof.NUMBER_ON_RECORD)
    assert value == expected
    assert "17.4361" not in repr(value)


def benefit(value: str, on: str, **more: Any) -> dict[str, Any]:
    """A benefit as the registry writes it."""
    return {"benefit_type": "Cash", "benefit_date": on, "benefit_value": value} | more


def test_payments_are_benefits_in_money_and_paid_only_when_the_bank_said_so() -> None:
    """Newest first, each with a number that is the same whenever it is read."""
    old = OLD | {
        "benefits": [
            benefit("KES 2000", "2026-01-05"),
            benefit("KES 2000", "2026-03-05", benefit_type="In-kind"),
            benefit("KES 2000", "someday"),
            benefit("2000", "2026-04-05"),
        ],
        "payroll": [
            benefit("", "", payment_status="1", payment_credit_amount="KES 2000")
            | {"payment_credit_date": "2026-02-05"},
            benefit("", "", payment_status="2", payroll_amount="KES 2000")
            | {"payment_date": "05.03.2026"},
        ],
    }
    value, _ = asks(payments, holding(beneficiary(old)))
    assert isinstance(value, tuple)
    assert [(one.due, one.state) for one in value] == [
        (date(2026, 3, 5), "failed"),
        (date(2026, 2, 5), "paid"),
        (date(2026, 1, 5), "expected"),
    ]
    for one in value:
        assert (one.amount, one.currency, one.programme) == ("2000.00", "KES", OLD_AGE)
    numbers = [one.id for one in value]
    assert len(set(numbers)) == 3 and all(len(number) <= 24 for number in numbers)
    again, _ = asks(payments, holding(beneficiary(old)))
    assert [one.id for one in again] == numbers  # type: ignore[attr-defined]


def test_payments_have_an_end() -> None:
    """At most six are told, the newest."""
    many = [benefit("KES 1", f"2026-{month:02}-01") for month in range(1, 10)]
    value, _ = asks(payments, holding(beneficiary(OLD | {"benefits": many})))
    assert [one.due.month for one in value] == [9, 8, 7, 6, 5, 4]  # type: ignore[attr-defined]


def test_people_are_found_as_with_the_profile() -> None:
    """By ID and by phone, under the names this registry has for itself and for them."""
    hers: dict[str, Any] = {"phone_number": [PHONE]}
    hers["identifier"] = [{"identifier_type": "CNIC", "identifier_value": HER_ID}]
    named: dict[str, Any] = {
        "types": Types(people="SOCIAL_REGISTRY", person="PERSON"),
        "id_types": IdTypes(national_id="CNIC", phone="TEL"),
    }
    value, it = asks(
        lambda it: it.find_person(HER_ID, timeout=2, trace="t"), holding(hers), **named
    )
    assert value == Person(HER_ID, "", (PHONE,))
    criteria = it.got[0].json["message"]["search_request"][0]["search_criteria"]
    assert (criteria["reg_type"], criteria["reg_record_type"]) == ("SOCIAL_REGISTRY", "PERSON")
    assert criteria["query"] == {"type": "CNIC", "value": HER_ID}
    value, it = asks(
        lambda it: it.find_by_phone(PHONE, timeout=2, trace="t"), holding(hers), **named
    )
    assert value == (HER_ID,)
    criteria = it.got[0].json["message"]["search_request"][0]["search_criteria"]
    assert criteria["query"] == {"type": "TEL", "value": PHONE}


ABSENT: dict[str, Call] = {
    "proof_questions": lambda it: it.proof_questions(HER_ID, timeout=2, trace="t"),
    "prove": lambda it: it.prove(HER_ID, {}, timeout=2, trace="t"),
    "programmes": lambda it: it.programmes(HER_ID, timeout=2, trace="t"),
    "terms": lambda it: it.terms(HER_ID, "OLD", timeout=2, trace="t"),
    "apply": lambda it: it.apply(Application("1", HER_ID, "OLD"), timeout=2, trace="t"),
    "application_status": lambda it: it.application_status("1", timeout=2, trace="t"),
    "lodge_complaint": lambda it: it.lodge_complaint(
        Complaint("1", "other", "x"), timeout=2, trace="t"
    ),
    "complaint_status": lambda it: it.complaint_status("1", timeout=2, trace="t"),
    "submit": lambda it: it.submit(Case("1", "visit", {}), timeout=2, trace="t"),
    "case_status": lambda it: it.case_status("1", timeout=2, trace="t"),
    "desks": lambda it: it.desks("here", timeout=2, trace="t"),
    "desk": lambda it: it.desk("D-1", timeout=2, trace="t"),
}
PRESENT = {"find_person", "find_by_phone", "eligibility", "payments"}


@pytest.mark.parametrize("name", sorted(ABSENT))
def test_what_the_standard_lacks_is_not_supported_and_not_asked(name: str) -> None:
    """Nothing goes out, and no error of another kind."""
    error, it = asks(ABSENT[name], Say(b"{}"))
    assert (type(error), it.got) == (NotSupported, [])


def test_every_call_of_the_port_is_one_or_the_other() -> None:
    """A call that is new in the port has to be decided."""
    calls = {
        name for name, _ in inspect.getmembers(port.Registry, inspect.isfunction) if name[0] != "_"
    }
    assert calls == ABSENT.keys() | PRESENT


def test_a_registry_that_keeps_no_beneficiaries_says_so() -> None:
    """An unknown path or action is NotSupported, and trouble is trouble."""
    assert type(asks(eligibility, Say(status=404))[0]) is NotSupported
    assert type(asks(payments, Say(status=404))[0]) is NotSupported
    assert type(asks(eligibility, Say(status=503))[0]) is Unavailable
