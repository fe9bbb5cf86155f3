"""The sandbox's central registry: DCI search and the local profile, asked as
docs/registry-profile.md says.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from stdnum.pk import cnic

from sandbox.app import Config
from sandbox.households import population
from sandbox.people import KNOWN
from sandbox.programmes import EXCLUDED, PROGRAMMES, RENEW, first_of_month
from sandbox.server import Sandbox
from tests.sandboxes import Heard, Running

FATHER, MOTHER, OUTSIDER = "1730100000011", "1730100000022", "1720100000114"
NOBODY = "1730199999991"
NUMBERS = itertools.count()
Json = dict[str, object] | None
REFERENCE, ANOTHER = "1234567890", "1234567891"


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
        "meta": {"profile": "guichet-1"},
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
    }
    return call(
        running, "apply", **(message | {"phone": "+923000000001", "locale": "en"} | changes)
    )


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
    """All nine outcomes, and never a score."""
    answer = call(running, "eligibility", person=nid(known.national_id))
    assert answer["header"]["action"] == "on-eligibility" and answer["header"]["meta"] == {
        "profile": "guichet-1"
    }
    assert answer["message"]["eligibility"]["outcome"] == known.outcome
    assert "score" not in str(answer)


def test_the_outcomes_carry_what_their_screens_need(running: Running) -> None:
    """Programmes that combine, a public criterion, and dates ahead."""
    by_outcome = {
        known.outcome: call(running, "eligibility", person=nid(known.national_id))["message"][
            "eligibility"
        ]
        for known in KNOWN
    }
    codes = {
        outcome: [one["code"] for one in answer["programmes"]]
        for outcome, answer in by_outcome.items()
    }
    assert codes["enrolled"] == ["CASH", "SCHOOL"] and codes["waiting_list"] == ["CASH"]
    assert codes["closed"] == ["TRAINING"] and codes["suspended"] == ["CASH"]
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
    said: dict[str, Any] = {
        "category": "payment",
        "details": "انہوں نے 3 دیے",
        "period": "latest",
        "person": None,
    }
    for _ in range(2):
        answer = call(
            running, "complaint", reference=REFERENCE, phone="+923000000001", locale="ur", **said
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
    ],
)
def test_a_complaint_is_refused_when_it_cannot_be_read(
    running: Running, changes: dict[str, Any]
) -> None:
    """One reason for all of it."""
    said = {
        "category": "payment",
        "details": "late",
        "period": None,
        "person": None,
        "phone": "",
        "locale": "en",
    }
    assert (
        reason(call(running, "complaint", reference=REFERENCE, **(said | changes)))
        == "rjct.request.invalid"
    )


def test_payments_come_newest_first(running: Running) -> None:
    """At most six, exact amounts, both programmes of the household."""
    paid = call(running, "payments", person=nid("1610100000042"))["message"]["payments"]
    assert len(paid) == 6 and [one["due"] for one in paid] == sorted(
        (one["due"] for one in paid), reverse=True
    )
    assert {one["programme"] for one in paid} == {"CASH", "SCHOOL"} and paid[0][
        "state"
    ] == "expected"
    assert call(running, "payments", person=nid(FATHER))["message"]["payments"] == []


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
    assert held == {"NID": FATHER, "HOUSEHOLD_ID": "KP-T00001"}
    assert item["pagination"]["total_count"] == 1 and "score" not in str(answer)


def test_dci_says_nobody_by_an_empty_list(running: Running) -> None:
    """There is no code for not found."""
    [item] = search(running, NOBODY)["message"]["search_response"]
    assert (
        item["status"] == "succ"
        and item["data"]["reg_records"] == []
        and item["pagination"]["total_count"] == 0
    )


def test_a_group_record_holds_the_score(running: Running) -> None:
    """The registry tells it to whoever asks for the household: our side must never."""
    [item] = search(running, FATHER, response_entity="Group")["message"]["search_response"]
    [record] = item["data"]["reg_records"]
    assert record["poverty_score"] == 17.43619 and record["group_size"] == 3
    assert running.get("/control/scores")["KP-T00001"] == "17.43619"


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        ({"query": {"type": "UIN", "value": FATHER}}, "rjct.search_criteria.invalid"),
        ({"query_type": "predicate"}, "rjct.search_criteria.invalid"),
        ({"reg_type": "ns:org:RegistryType:IBR"}, "rjct.search_criteria.invalid"),
        ({"response_entity": "Village"}, "rjct.search_criteria.invalid"),
        ({"response_entity": ["Group"]}, "rjct.search_criteria.invalid"),
        ({"query": {"type": ["NID"], "value": FATHER}}, "rjct.search_criteria.invalid"),
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
    config = Config(tmp_path, tmp_path / "hooks.json", registry_token="s3cret", households=1)
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
    """Every ID with its outcome and who it is."""
    readme = (Path(__file__).parent.parent / "sandbox" / "README.md").read_text("utf-8")
    listed = re.findall(r"^\| ([0-9]{13}) \| `(\w+)` \| (.+) \|$", readme, re.MULTILINE)
    assert listed == [(known.national_id, known.outcome, known.who) for known in KNOWN]


def test_labels_fit_a_phone() -> None:
    """At most 20 characters (18 in Urdu) for a programme, 28 (24) for a criterion."""
    for label, widest, urdu in [
        *((programme.name, 20, 18) for programme in PROGRAMMES.values()),
        *((label, 28, 24) for label in (*EXCLUDED.values(), RENEW)),
    ]:
        assert (
            len(label["en"]) <= widest and len(label["fr"]) <= widest and len(label["ur"]) <= urdu
        )


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
