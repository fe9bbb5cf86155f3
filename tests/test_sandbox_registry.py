"""The sandbox's central registry: DCI search and the local profile, asked as
docs/registry-profile.md says.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from stdnum.pk import cnic

from sandbox.app import Config
from sandbox.dci.server import Wire
from sandbox.desks import DESKS
from sandbox.households import population
from sandbox.people import KNOWN
from sandbox.profile import CALLS, KINDS, SUBJECTS
from sandbox.programmes import EXCLUDED, LEFT, MEND, PROGRAMMES, PROOFS, first_of_month
from sandbox.server import Sandbox
from tests.sandboxes import Heard, Running

FATHER, MOTHER, OUTSIDER = "1730100000011", "1730100000022", "1720100000114"
NOBODY = "1730199999991"
NUMBERS = itertools.count()
Json = dict[str, object] | None
REFERENCE, ANOTHER = "1234567890", "1234567891"
LANGUAGES = {"en", "fr", "ur", "sw", "ps", "ar", "ur_Latn"}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Promises the address of a sandbox these tests share; take `running`, which empties it
    first.
    """
    var = tmp_path_factory.mktemp("registry")
    with Sandbox(Config(var, var / "hooks.json", households=20)) as sandbox:
        yield sandbox.url


@pytest.fixture
def running(started: str) -> Running:
    """Promises a sandbox without requests, faults or hooks."""
    fresh = Running(started, "", Heard())
    fresh.post("/control/reset")
    return fresh


def header(action: str, /, **changes: object) -> dict[str, object]:
    """A complete request header."""
    whole: dict[str, object] = {
        "version": "1.0.0",
        "message_id": f"m-{next(NUMBERS)}",
        "message_ts": "2026-11-23T10:30:00Z",
        "action": action,
        "sender_id": "guichet",
        "receiver_id": "registry",
        "total_count": 1,
        "is_msg_encrypted": False,
        "meta": {"profile": "guichet-2"},
    }
    return whole | changes


def call(running: Running, action: str, /, head: Json = None, **message: Any) -> Any:
    """The answer to a call of the profile."""
    body = {
        "signature": "",
        "header": head or header(action),
        "message": {"transaction_id": "t-1", **message},
    }
    return running.post(f"/registry-api/x-guichet/{action}", **body)


def nid(value: str) -> dict[str, str]:
    """An ID as it travels."""
    return {"type": "NID", "value": value}


def reason(answer: Any) -> str:
    """Why the registry said no."""
    assert answer["header"]["status"] == "rjct" and set(answer["message"]) == {
        "transaction_id",
        "correlation_id",
    }
    return str(answer["header"]["status_reason_code"])


def apply(running: Running, reference: str = REFERENCE, **changes: object) -> Any:
    """Apply for cash."""
    message: dict[str, Any] = {
        "reference": reference,
        "person": nid(FATHER),
        "member": None,
        "programme": "CASH",
        "phone": "+923000000001",
        "locale": "en",
        "answers": {},
        "role": None,
        "worker": None,
    }
    return call(running, "apply", **(message | changes))


def complain(running: Running, reference: str = REFERENCE, **changes: object) -> Any:
    """Complain about a payment, with a name."""
    message: dict[str, Any] = {
        "reference": reference,
        "category": "payment",
        "details": "late",
        "period": None,
        "person": None,
        "phone": "",
        "locale": "en",
        "subject": None,
        "payment": None,
        "against": None,
        "identity": "named",
    }
    return call(running, "complaint", **(message | changes))


def submit(running: Running, kind: str, reference: str = REFERENCE, **changes: object) -> Any:
    """Ask for anything else."""
    message: dict[str, Any] = {
        "reference": reference,
        "kind": kind,
        "details": {},
        "person": None,
        "phone": "+923000000001",
        "locale": "sw",
    }
    return call(running, "case", **(message | changes))


def search(running: Running, value: str, head: Json = None, **criteria: Any) -> Any:
    """A DCI search by identifier."""
    wanted = {"query_type": "idtype-value", "query": {"type": "NID", "value": value}, **criteria}
    item = {
        "reference_id": "r-1",
        "timestamp": "2026-11-23T10:30:00Z",
        "search_criteria": wanted,
        "locale": "eng",
    }
    message = {"transaction_id": "t-1", "search_request": [item]}
    body = {"signature": "", "header": head or header("search"), "message": message}
    return running.post("/registry-api/registry/sync/search", **body)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: f"{known.outcome} {known.who}")
def test_each_test_person_has_the_outcome_the_page_promises(running: Running, known: Any) -> None:
    """All twelve outcomes, and never a score."""
    answer = call(running, "eligibility", person=nid(known.national_id))
    assert answer["header"]["action"] == "on-eligibility" and answer["header"]["meta"] == {
        "profile": "guichet-2"
    }
    assert answer["message"]["eligibility"]["outcome"] == known.outcome
    assert "score" not in str(answer)


def test_the_outcomes_carry_what_their_screens_need(running: Running) -> None:
    """Programmes that combine, a public criterion, and dates ahead."""
    by_outcome = {
        known.outcome: call(running, "eligibility", person=nid(known.national_id))["message"][
            "eligibility"
        ]
        for known in reversed(KNOWN)  # the first of an outcome counts
    }
    codes = {
        outcome: [one["code"] for one in answer["programmes"]]
        for outcome, answer in by_outcome.items()
    }
    assert codes["enrolled"] == ["CASH", "SCHOOL"] and codes["waiting_list"] == ["CASH"]
    assert codes["closed"] == ["TRAINING"] and codes["suspended"] == ["CASH"]
    assert codes["programme_full"] == ["WORK"] and codes["exited"] == ["SCHOOL"]
    assert codes["record_out_of_date"] == []
    assert by_outcome["exited"]["criterion"]["en"] == "The children left school"
    assert by_outcome["not_eligible"]["criterion"]["en"] == "Someone has a state salary"
    today = datetime.now(UTC).date().isoformat()
    assert by_outcome["closed"]["until"] > today and by_outcome["suspended"]["until"] > today


def test_programmes_are_those_open_to_the_household(running: Running) -> None:
    """The father may ask for three; a member has to be of the household."""
    answer = call(running, "programmes", person=nid(FATHER), member=nid(MOTHER))
    assert [one["code"] for one in answer["message"]["programmes"]] == ["CASH", "FOOD", "SCHOOL"]
    assert (
        reason(call(running, "programmes", person=nid(NOBODY), member=None))
        == "rjct.person.not_found"
    )
    stranger = call(running, "programmes", person=nid(FATHER), member=nid(OUTSIDER))
    assert reason(stranger) == "rjct.member.not_in_household"


def test_the_same_reference_is_written_once(running: Running) -> None:
    """The first acknowledgement comes again, whatever the rest says; the ledger counts both
    deliveries.
    """
    first = apply(running)["message"]["acknowledgement"]
    again = apply(running, programme="NONSENSE")["message"]["acknowledgement"]
    assert (first["known"], again) == (False, first | {"known": True})
    [held] = running.get("/control/ledger")["applications"]
    assert (held["reference"], held["deliveries"], held["programme"]) == (REFERENCE, 2, "CASH")


def test_one_application_is_open_a_person_and_programme(running: Running) -> None:
    """A second reference is a duplicate until the first is decided; another member is another
    person.
    """
    apply(running)
    assert reason(apply(running, ANOTHER)) == "rjct.application.duplicate"
    assert not apply(running, ANOTHER, member=nid(MOTHER))["message"]["acknowledgement"]["known"]
    running.post("/control/progress", reference=REFERENCE, progress="refused")
    assert not apply(running, "1234567892")["message"]["acknowledgement"]["known"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"person": nid(NOBODY)}, "rjct.person.not_found"),
        ({"member": nid(OUTSIDER)}, "rjct.member.not_in_household"),
        ({"programme": "GOLD"}, "rjct.programme.unknown"),
        ({"programme": "TRAINING"}, "rjct.programme.closed"),
        ({"reference": "123"}, "rjct.request.invalid"),
        ({"reference": "１２３４５６７８９０"}, "rjct.request.invalid"),
        ({"person": "1730100000011"}, "rjct.request.invalid"),
        ({"phone": "0300 1"}, "rjct.request.invalid"),
    ],
)
def test_an_application_is_refused_by_name(
    running: Running, changes: dict[str, Any], code: str
) -> None:
    """Each reason of the profile."""
    assert reason(apply(running, **changes)) == code
    assert running.get("/control/ledger")["applications"] == []


def test_a_complaint_needs_no_person(running: Running) -> None:
    """It is held with what was written, once, and can be followed."""
    for _ in range(2):
        answer = complain(
            running, details="انہوں نے 3 دیے", period="latest", phone="+923000000001", locale="ur"
        )
    assert answer["message"]["acknowledgement"]["known"]
    assert (
        call(running, "complaint-status", reference=REFERENCE)["message"]["progress"] == "received"
    )
    running.post("/control/progress", reference=REFERENCE, progress="decided")
    assert (
        call(running, "complaint-status", reference=REFERENCE)["message"]["progress"] == "decided"
    )
    assert call(running, "complaint-status", reference=ANOTHER)["message"]["progress"] == "unknown"
    [held] = running.get("/control/ledger")["complaints"]
    assert (held["details"], held["deliveries"]) == ("انہوں نے 3 دیے", 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "weather"},
        {"details": ""},
        {"details": "\ud800"},
        {"period": "never"},
        {"category": []},
        {"subject": "rude"},
        {"subject": []},
        {"category": "decision", "subject": "nothing_came"},
        {"payment": "a payment"},
        {"against": "neighbour"},
        {"identity": None},
        {"identity": "anonymous", "phone": "+923000000001"},
        {"identity": "anonymous", "person": {"type": "NID", "value": "1730100000011"}},
    ],
)
def test_a_complaint_is_refused_when_it_cannot_be_read(
    running: Running, changes: dict[str, Any]
) -> None:
    """One reason for all of it."""
    assert reason(complain(running, **changes)) == "rjct.request.invalid"
    assert running.get("/control/ledger")["complaints"] == []


@pytest.mark.parametrize(
    ("category", "subject"),
    [(category, subject) for category, known in SUBJECTS.items() for subject in (None, *known)],
)
def test_every_subject_of_every_category_is_taken(
    running: Running, category: str, subject: str | None
) -> None:
    """With a subject no words are needed."""
    words = "" if subject else "Something else"
    answer = complain(running, category=category, subject=subject, details=words)
    assert not answer["message"]["acknowledgement"]["known"]


def test_a_complaint_says_against_whom_and_who_may_know(running: Running) -> None:
    """The officer sees which payment, whose fault, and whether the name is to be kept."""
    said = {"payment": "CASH-2609-T00004", "against": "agent", "identity": "confidential"}
    complain(running, subject="fee_asked", person=nid("1610100000042"), **said)
    [held] = running.get("/control/ledger")["complaints"]
    assert said.items() <= held.items() and held["subject"] == "fee_asked"


def test_payments_come_newest_first(running: Running) -> None:
    """At most six, exact amounts, both programmes of the household."""
    paid = call(running, "payments", person=nid("1610100000042"))["message"]["payments"]
    assert len(paid) == 6 and [one["due"] for one in paid] == sorted(
        (one["due"] for one in paid), reverse=True
    )
    assert {one["programme"]["code"] for one in paid} == {"CASH", "SCHOOL"}
    assert paid[0]["programme"]["name"]["fr"] in {"Aide en argent", "Bourse scolaire"}
    assert len({one["id"] for one in paid}) == 6 and all(len(one["id"]) <= 24 for one in paid)
    assert [one["state"] for one in paid] == ["expected"] * 2 + ["sent"] * 2 + ["paid"] * 2
    for one in paid:
        fetched = one["state"] == "paid"
        assert (one["place"] is None) == fetched and (one["until"] is None) == fetched
    assert all(one["until"] > one["due"] for one in paid[:4])
    assert paid[0]["place"]["en"] == "Namoona Bank, Mardan"
    assert call(running, "payments", person=nid(FATHER))["message"]["payments"] == []


def test_one_payment_failed(running: Running) -> None:
    """The last of a household that did not get it; those before were paid."""
    paid = call(running, "payments", person=nid("1430100000194"))["message"]["payments"]
    assert [one["state"] for one in paid] == ["expected", "failed", "paid", "paid", "paid"]


def test_what_comes_in_a_bag_is_no_payment(running: Running) -> None:
    """A household of the whole package is paid by three of its four programmes."""
    paid = call(running, "payments", person=nid("1210100000202"))["message"]["payments"]
    assert {one["programme"]["code"] for one in paid} == {"CASH", "SCHOOL", "TRAINING"}


def test_each_programme_says_what_must_be_shown(running: Running) -> None:
    """One of each level at least, and an outcome about several asks for the strictest."""

    def asked(national_id: str) -> Any:
        answer = call(running, "eligibility", person=nid(national_id))
        return answer["message"]["eligibility"]["proof"]

    assert {programme.proof for programme in PROGRAMMES.values()} == set(PROOFS)
    assert asked(NOBODY) == "anyone" and asked("1710100000031") == "anyone"
    assert asked("1110100000144") == "number_on_record" and asked("1560200000132") == "in_person"
    assert asked(FATHER) == "two_facts" and asked("1430100000062") == "two_facts"


def facts(running: Running, national_id: str) -> dict[str, Any]:
    """The facts asked for, by their ids."""
    asked = call(running, "proof-questions", person=nid(national_id))["message"]["questions"]
    return {one["id"]: one for one in asked}


def proves(running: Running, national_id: str, **answers: str) -> bool:
    """Whether these answers prove her."""
    answer = call(running, "prove", person=nid(national_id), answers=answers)
    return bool(answer["message"]["proved"])


def test_two_facts_prove_a_household(running: Running) -> None:
    """The year of the youngest child and the number of people: both, and nothing else."""
    asked = facts(running, FATHER)
    assert list(asked) == ["youngest", "people"]
    assert asked["people"]["kind"] == "number" and asked["people"]["most"] == 30
    assert proves(running, FATHER, youngest="2016", people="3")
    assert proves(running, MOTHER, youngest="2016", people="3")
    assert not proves(running, FATHER, youngest="2016", people="4")
    assert not proves(running, FATHER, youngest="2016")
    assert not proves(running, FATHER)
    assert not proves(running, FATHER, youngest="2016", people="3", village="namoona")


def test_a_birth_that_was_filled_in_is_never_asked(running: Running) -> None:
    """Registries write 1 January when nobody knew: then it is the people and the village."""
    asked = facts(running, "1350300000166")
    assert list(asked) == ["people", "village"]
    assert proves(running, "1350300000166", people="3", village="misaal")
    names = [one["id"] for one in asked["village"]["choices"]]
    assert "misaal" in names and 2 <= len(names) <= 7


def test_of_whom_too_little_is_known_nothing_is_proved(running: Running) -> None:
    """One fact is left to ask: she has to come in person, whatever she answers."""
    assert list(facts(running, "1730100000248")) == ["people"]
    assert not proves(running, "1730100000248", people="1")
    assert reason(call(running, "proof-questions", person=nid(NOBODY))) == "rjct.person.not_found"


@pytest.mark.parametrize(
    ("programme", "window", "questions"),
    [
        ("CASH", "ready", []),
        ("FOOD", "closing", ["nursing"]),
        ("SCHOOL", "ready", ["pupils", "class"]),
        ("TRAINING", "closed", ["trade"]),
        ("WORK", "full", []),
    ],
)
def test_each_programme_has_its_terms(
    running: Running, programme: str, window: str, questions: list[str]
) -> None:
    """Its window, the day that belongs to it, and its questions in every language."""
    answer = call(running, "terms", person=nid(FATHER), member=None, programme=programme)
    said = answer["message"]["terms"]
    assert (said["window"], [one["id"] for one in said["questions"]]) == (window, questions)
    assert (said["on"] is not None) == (window in {"closing", "closed"})
    assert all(set(one["label"]) == LANGUAGES for one in said["questions"])


def test_terms_are_for_this_person(running: Running) -> None:
    """The same refusals as the list of programmes."""
    asked: dict[str, Any] = {"person": nid(FATHER), "member": nid(OUTSIDER), "programme": "CASH"}
    assert reason(call(running, "terms", **asked)) == "rjct.member.not_in_household"
    asked |= {"member": None, "programme": "GOLD"}
    assert reason(call(running, "terms", **asked)) == "rjct.programme.unknown"


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ({"pupils": "2", "class": "c6_8"}, True),
        ({"pupils": "2"}, True),
        ({}, True),
        ({"pupils": "16"}, False),
        ({"pupils": "two"}, False),
        ({"class": "c7"}, False),
        ({"trade": "sewing"}, False),
        ({"pupils": 2}, False),
        ([], False),
    ],
)
def test_answers_fit_the_questions(running: Running, answers: Any, taken: bool) -> None:
    """Within their bounds, to questions of this programme; what was not asked may be missing."""
    answer = apply(running, programme="SCHOOL", answers=answers)
    if taken:
        [held] = running.get("/control/ledger")["applications"]
        assert held["answers"] == answers
    else:
        assert reason(answer) == "rjct.request.invalid"


def test_an_application_says_who_asks_for_whom(running: Running) -> None:
    """A helper, or a community worker with her code."""
    apply(running, role="worker", worker="W-104")
    [held] = running.get("/control/ledger")["applications"]
    assert (held["role"], held["worker"]) == ("worker", "W-104")
    assert reason(apply(running, ANOTHER, role="neighbour")) == "rjct.request.invalid"


def test_a_full_programme_takes_nobody(running: Running) -> None:
    """It is not listed as open, and an application for it is refused."""
    answer = call(running, "programmes", person=nid("1560200000132"), member=None)
    assert answer["message"]["programmes"] == []
    full = apply(running, person=nid("1560200000132"), programme="WORK")
    assert reason(full) == "rjct.programme.closed"


CASES: list[tuple[str, dict[str, str]]] = [
    ("visit", {"name": "Gul", "village": "Asli Kalay", "reach": "by the mosque", "document": "no"}),
    ("event", {"event": "birth", "who": "a daughter", "on": "2026-11-01"}),
    ("appointment", {"about": "card", "day": "2026-12-01"}),
    ("call_back", {"when": "morning"}),
    ("appeal", {"about": "4820175936", "why": "record"}),
    ("reopening", {"about": "4820175944", "why": "not solved"}),
    ("rating", {"about": "4820175944", "stars": "4"}),
    ("contact", {"when": "evening", "district": "Swat"}),
    ("dispute", {"about": "4820175936"}),
]


@pytest.mark.parametrize(("kind", "details"), CASES, ids=[kind for kind, _ in CASES])
def test_every_kind_of_case_is_held_once(
    running: Running, kind: str, details: dict[str, str]
) -> None:
    """The ledger shows what was asked and how often it came."""
    first = submit(running, kind, details=details)["message"]["acknowledgement"]
    again = submit(running, "call_back", details={})["message"]["acknowledgement"]
    assert (first["known"], again) == (False, first | {"known": True})
    [held] = running.get("/control/ledger")["cases"]
    assert (held["kind"], held["details"], held["deliveries"]) == (kind, details, 2)


def test_a_case_can_be_followed(running: Running) -> None:
    """Until it is decided nothing was told; then there are thirty days to appeal."""
    assert call(running, "case-status", reference=REFERENCE)["message"]["progress"] == "unknown"
    submit(running, "visit", details={"village": "Asli Kalay"})
    waits = call(running, "case-status", reference=REFERENCE)["message"]
    assert (waits["progress"], waits["told_on"], waits["appeal_until"]) == ("received", None, None)
    running.post("/control/progress", reference=REFERENCE, progress="refused")
    told = call(running, "case-status", reference=REFERENCE)["message"]
    last = date.fromisoformat(told["told_on"]).toordinal() + 30
    assert date.fromisoformat(told["appeal_until"]).toordinal() == last
    running.post("/control/progress", reference=REFERENCE, progress="closed")
    assert call(running, "case-status", reference=REFERENCE)["message"]["appeal_until"] is None
    running.post("/control/reset")
    assert running.get("/control/ledger")["cases"] == []


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("horoscope", {}),
        ("contact", {"when": "now", "story": "what happened"}),
        ("appeal", {"why": "record"}),
        ("rating", {"about": "4820175944", "stars": "6"}),
        ("visit", {"village": ""}),
        ("visit", {"village": 7}),
        ("visit", None),
    ],
)
def test_a_case_is_refused_when_it_cannot_be_read(
    running: Running, kind: str, details: Any
) -> None:
    """One reason for all of it; a sensitive matter has no place for a story."""
    assert reason(submit(running, kind, details=details)) == "rjct.request.invalid"
    assert running.get("/control/ledger")["cases"] == []


@pytest.mark.parametrize(
    ("place", "codes"),
    [
        ("Mardan", ["MRD-1"]),
        ("mardaan bazar", ["MRD-1"]),
        ("سوات", ["SWT-1"]),
        ("Kohat", ["KHT-1", "BNU-1"]),
        ("near Charsadda", ["PSH-1", "MRD-1"]),
        ("Timbuktu", []),
    ],
)
def test_offices_are_found_by_what_people_call_a_place(
    running: Running, place: str, codes: list[str]
) -> None:
    """The one there before those that only serve it; spelt as heard, in any script."""
    found = call(running, "desks", near=place)["message"]["desks"]
    assert [one["code"] for one in found] == codes


def test_an_office_has_names_hours_and_a_place_in_every_language(running: Running) -> None:
    """By its code as well; no such code is null."""
    for code in DESKS:
        found = call(running, "desk", code=code)["message"]["desk"]
        assert found["code"] == code
        assert all(set(found[name]) == LANGUAGES for name in ("name", "place", "hours"))
    assert call(running, "desk", code="XYZ-9")["message"]["desk"] is None


def test_dci_finds_people_by_phone(running: Running) -> None:
    """Everybody who has it on record, with the number in the record."""
    answer = search(running, "", query={"type": "MOBILE", "value": "+923000000001"})
    [item] = answer["message"]["search_response"]
    found = {
        one["identifier_value"]: record["phone_number"]
        for record in item["data"]["reg_records"]
        for one in record["identifier"]
        if one["identifier_type"] == "NID"
    }
    assert found == {FATHER: ["+923000000001"], MOTHER: ["+923000000001"]}


def test_a_file_of_another_shape_is_emptied(tmp_path: Path) -> None:
    """What an older sandbox left does not stand in the way of a newer one."""
    old = sqlite3.connect(tmp_path / "sandbox.sqlite3")
    old.execute("CREATE TABLE households (id TEXT PRIMARY KEY)")
    old.close()
    for _ in range(2):
        with Sandbox(Config(tmp_path, tmp_path / "hooks.json", households=1)) as sandbox:
            scores = Running(sandbox.url, "", Heard()).get("/control/scores")
            assert scores["KP-T00001"] == "17.43619"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": "2.0.0"}, "rjct.version.invalid"),
        ({"message_ts": "yesterday"}, "rjct.message_ts.invalid"),
        ({"message_ts": "2026-11-23T10:30:00"}, "rjct.message_ts.invalid"),
        ({"action": "apply"}, "rjct.action.invalid"),
        ({"total_count": 2}, "rjct.total_count.invalid"),
        ({"message_id": ""}, "rjct.request.invalid"),
        ({"meta": {}}, "rjct.request.invalid"),
    ],
)
def test_a_wrong_header_is_rejected_by_name(
    running: Running, changes: dict[str, object], code: str
) -> None:
    """The envelope is checked before the message."""
    head = header("eligibility", **changes)
    assert reason(call(running, "eligibility", head=head, person=nid(FATHER))) == code


def test_a_call_the_registry_does_not_have_is_not_supported(running: Running) -> None:
    """The profile's own word for it."""
    assert reason(call(running, "horoscope")) == "rjct.action.not_supported"


def test_dci_finds_a_person(running: Running) -> None:
    """registry.md 3 and 4: the envelope, one response an item, a record with its identifiers."""
    answer = search(running, FATHER)
    assert answer["header"]["action"] == "on-search" and answer["header"]["status"] == "succ"
    [item] = answer["message"]["search_response"]
    [record] = item["data"]["reg_records"]
    held = {one["identifier_type"]: one["identifier_value"] for one in record["identifier"]}
    assert held == {"NID": FATHER, "UIN": FATHER, "HOUSEHOLD_ID": "KP-T00001"}
    assert item["pagination"]["total_count"] == 1 and "score" not in str(answer)


def test_dci_says_nobody_by_an_empty_list(running: Running) -> None:
    """There is no code for not found."""
    [item] = search(running, NOBODY)["message"]["search_response"]
    assert (
        item["status"] == "succ"
        and item["data"]["reg_records"] == []
        and item["pagination"]["total_count"] == 0
    )


def test_a_group_record_has_the_household_and_never_its_score(running: Running) -> None:
    """Members and size; the score is in the registry's own books only."""
    [item] = search(running, FATHER, response_entity="Group")["message"]["search_response"]
    [record] = item["data"]["reg_records"]
    assert record["group_size"] == 3 and "score" not in str(item)
    assert running.get("/control/scores")["KP-T00001"] == "17.43619"


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        ({"query": {"type": "SHOE_SIZE", "value": FATHER}}, "rjct.search_criteria.invalid"),
        ({"query_type": "predicate"}, "rjct.filter.invalid"),
        ({"query_type": "graphql"}, "rjct.search_criteria.invalid"),
        ({"reg_type": "ns:org:RegistryType:Land"}, "rjct.search_criteria.invalid"),
        ({"response_entity": "Village"}, "rjct.search_criteria.invalid"),
        ({"response_entity": ["Group"]}, "rjct.search_criteria.invalid"),
        ({"query": {"type": ["NID"], "value": FATHER}}, "rjct.filter.invalid"),
        ({"query": {"type": "NID", "value": "\ud800"}}, "rjct.filter.invalid"),
        ({"pagination": {"page_size": 0, "page_number": 1}}, "rjct.pagination.invalid"),
        ({"query": {"type": "NID", "value": {}}}, "rjct.filter.invalid"),
    ],
)
def test_dci_rejects_an_item_by_name(running: Running, criteria: dict[str, Any], code: str) -> None:
    """The item says why, the header says that nothing could be searched."""
    answer = search(running, FATHER, **criteria)
    assert answer["message"]["search_response"][0]["status_reason_code"] == code
    assert answer["header"]["status_reason_code"] == "rjct.errors.too_many"


def test_dci_takes_a_message_id_once(running: Running) -> None:
    """A repeated delivery is a duplicate."""
    head = header("search")
    search(running, FATHER, head)
    assert (
        search(running, FATHER, head)["header"]["status_reason_code"] == "rjct.message_id.duplicate"
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"header": {}}', b'{"header": 1, "message": {}}', b"\xff", b"[" * 100_000],
)
def test_what_is_no_envelope_gets_an_http_error(running: Running, body: bytes) -> None:
    """400 with the error list of DCI."""
    for path in ("registry/sync/search", "x-guichet/apply"):
        url = f"{running.url}/registry-api/{path}"
        answer = requests.post(url, body, headers={"Content-Type": "application/json"}, timeout=10)
        assert answer.status_code == 400 and answer.json()["errors"][0]["code"] == "err.request.bad"


def test_the_registry_can_be_down_fail_or_lose_its_answer(running: Running) -> None:
    """down and fail do nothing; lose has done it."""
    body = {"header": header("apply"), "message": {}}
    for fault in ({"down": True}, {"down": False, "fail": 1}):
        running.post("/control/registry", **fault)
        assert running.ask("/registry-api/x-guichet/apply", **body).status_code in (500, 503)
    running.post("/control/registry", lose=1)
    with pytest.raises(AssertionError, match="lost"):
        apply(running)
    assert apply(running)["message"]["acknowledgement"]["known"]


def test_a_token_is_asked_for_where_one_is_set(tmp_path: Path) -> None:
    """401 without it; and what was written is there after a restart."""
    config = Config(tmp_path, tmp_path / "hooks.json", wire=Wire(token="s3cret"), households=1)
    body = {
        "header": header("complaint-status"),
        "message": {"transaction_id": "t", "reference": REFERENCE},
    }
    for _ in range(2):
        with Sandbox(config) as sandbox:
            url = f"{sandbox.url}/registry-api/x-guichet/complaint-status"
            assert requests.post(url, json=body, timeout=10).status_code == 401
            good = requests.post(
                url, json=body, headers={"Authorization": "Bearer s3cret"}, timeout=10
            )
            assert good.json()["message"]["progress"] == "unknown"


def test_the_people_are_of_the_right_shape_and_nobody_twice() -> None:
    """Three thousand households, the same each time, with IDs python-stdnum accepts and scores
    worth looking for.
    """
    drawn = population(3000)
    people = [person.national_id for household in drawn for person in household.members]
    assert drawn == population(3000) and len(set(people)) == len(people) > 9000
    fixed = [known.national_id for known in KNOWN]
    assert all(cnic.is_valid(one) for one in people + fixed) and not set(people) & set(fixed)
    scores = [household.score for household in drawn if household.score]
    assert all(re.fullmatch(r"[0-9]{1,2}\.[0-9]{4}[1-9]", score) for score in scores)


def test_the_readme_lists_the_test_persons() -> None:
    """Every ID with its outcome, who it is and her phone."""
    readme = (Path(__file__).parent.parent / "sandbox" / "README.md").read_text("utf-8")
    row = r"^\| ([0-9]{13}) \| `(\w+)` \| (.+) \| (\+[0-9]+|none) \|$"
    assert re.findall(row, readme, re.MULTILINE) == [
        (known.national_id, known.outcome, known.who, next(iter(known.phones), "none"))
        for known in KNOWN
    ]


def test_the_registry_serves_what_the_page_says() -> None:
    """Every path, every category with its subjects, every kind of case with its details."""
    page = (Path(__file__).parent.parent / "docs" / "registry-profile.md").read_text("utf-8")
    assert re.findall(r"^\| `/([a-z-]+)` \|", page, re.MULTILINE) == list(CALLS)
    words = set(re.findall(r"`([a-z_]+)`", page))
    wanted = {*SUBJECTS, *(one for known in SUBJECTS.values() for one in known)}
    wanted |= {*KINDS, *(one for details in KINDS.values() for one in details)}
    assert not wanted - words


def test_labels_fit_a_phone() -> None:
    """At most 20 characters (18 in Arabic script) for a programme, 28 (24) for a criterion; all seven
    languages.
    """
    for label, widest, arabic in [
        *((programme.name, 20, 18) for programme in PROGRAMMES.values()),
        *((label, 28, 24) for label in (*EXCLUDED.values(), *MEND.values(), LEFT)),
    ]:
        assert set(label) == LANGUAGES
        for language, words in label.items():
            assert len(words) <= (arabic if language in {"ur", "ps", "ar"} else widest), words


@pytest.mark.parametrize(
    ("months", "day"), [(0, "2026-11-01"), (2, "2027-01-01"), (-11, "2025-12-01")]
)
def test_months_are_counted_over_the_year(months: int, day: str) -> None:
    """The calendar of the programmes."""
    assert first_of_month(date(2026, 11, 23), months).isoformat() == day


def test_the_page_of_people_lists_them(running: Running) -> None:
    """As a page and as JSON."""
    page = requests.get(f"{running.url}/registry-api/people", timeout=10)
    assert (
        page.headers["Content-Security-Policy"].startswith("default-src 'self';")
        and FATHER in page.text
    )
    listed = requests.get(
        f"{running.url}/registry-api/people", headers={"Accept": "application/json"}, timeout=10
    )
    assert {one["outcome"] for one in listed.json()} == {known.outcome for known in KNOWN}
