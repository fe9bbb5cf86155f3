"""The openIMIS adapter against a stand-in on a real socket: every call, and every trap of it."""

from __future__ import annotations

import inspect
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import cycle
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from werkzeug.serving import WSGIRequestHandler, make_server

from registry_client import connecting, port
from registry_client.configuration import Auth, Configured, OpenImisSite, RegistrySettings
from registry_client.openimis.mutations import mutation_id
from registry_client.port import (
    Acknowledged,
    Application,
    Case,
    Complaint,
    NotSupported,
    Outcome,
    Person,
    Progress,
    Proof,
    Refused,
    Registry,
    RegistryError,
    Unavailable,
)
from sandbox.openimis import api
from sandbox.openimis.site import Site
from tests.counterpart import Got, Say, counterpart, nobody

FATHER, FATHERS_PHONE = "1730100000011", "+923000000001"
ENROLLED, WAITING, SUSPENDED, EXITED = (
    "1610100000042",
    "1720100000022",
    "1620200000051",
    "1110100000144",
)
NOBODY = "1730199999991"
REFERENCE, OTHER = "1234567897", "2234567895"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
COMPLAINT = Complaint(
    REFERENCE,
    "payment",
    "They paid me only 3 of the 5 thousand",
    "latest",
    FATHER,
    subject="less_came",
)
APPLICATION = Application(REFERENCE, FATHER, "CASH")

Call = Callable[[Registry], object]


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


@dataclass
class Place:
    """A running openIMIS and who asks it."""

    url: str
    site: Site
    door: api.Door
    registry: Registry


def adapter(url: str, password: str = api.PASSWORD, **site: Any) -> Registry:
    """The adapter, as the settings make it."""
    one = RegistrySettings(
        name="imis",
        kind="openimis",
        url=url,
        auth=Auth(kind="password", username=api.USERNAME, password_env="IMIS_PASSWORD"),
        openimis=OpenImisSite(**{"currency": "PKR", "categories": {"payment": "Payment"}} | site),
    )
    held = Configured(one, {"IMIS_PASSWORD": SecretStr(password)})
    return connecting.registry(held, now=lambda: NOW, new_id=lambda: "m", rest=lambda seconds: None)


@contextmanager
def served() -> Iterator[Place]:
    """An openIMIS on a free port."""
    site, door = Site(), api.Door()
    app = Flask("openimis")
    app.register_blueprint(api.blueprint(site, door))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/openimis"
    try:
        yield Place(url, site, door, adapter(url))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def place() -> Iterator[Place]:
    """A fresh one for each test."""
    with served() as it:
        yield it


def asked(registry: Registry, call: Call) -> object:
    """What a call comes to, or the error it raises."""
    try:
        return call(registry)
    except RegistryError as error:
        return error


def find(number: str, timeout: float = 5) -> Call:
    """Look somebody up."""
    return lambda it: it.find_person(number, timeout=timeout, trace="t")


def lodge(complaint: Complaint = COMPLAINT, timeout: float = 5) -> Call:
    """Hand a complaint over."""
    return lambda it: it.lodge_complaint(complaint, timeout=timeout, trace="t")


def stands(reference: str = REFERENCE) -> Call:
    """Ask after a complaint."""
    return lambda it: it.complaint_status(reference, timeout=5, trace="t")


def apply(application: Application = APPLICATION) -> Call:
    """Hand an application over."""
    return lambda it: it.apply(application, timeout=5, trace="t")


def applied(reference: str = REFERENCE) -> Call:
    """Ask after an application."""
    return lambda it: it.application_status(reference, timeout=5, trace="t")


def eligibility(number: str) -> Call:
    """What somebody may get."""
    return lambda it: it.eligibility(number, timeout=5, trace="t")


def reopen(about: str = REFERENCE, why: str = "Nothing has changed") -> Call:
    """Say that it is not solved."""
    case = Case(OTHER, "reopening", {"about": about, "why": why})
    return lambda it: it.submit(case, timeout=5, trace="t")


def reopened(registry: Registry) -> object:
    """Where that stands."""
    return registry.case_status(OTHER, timeout=5, trace="t")


# Who she is


def test_a_person_is_found_by_the_id_in_her_record(place: Place) -> None:
    """With the phones there, and without a name."""
    assert asked(place.registry, find(FATHER)) == Person(FATHER, "", (FATHERS_PHONE,))
    assert asked(place.registry, find(NOBODY)) is None


@pytest.mark.parametrize("number", ["", "1=1", f"{FATHER}=x", "a b", "٣", 'x"}', "1" * 33])
def test_what_is_no_id_finds_nobody_and_is_not_asked(place: Place, number: str) -> None:
    """openIMIS takes a filter with another `=` for none and would find everybody."""
    assert asked(place.registry, find(number)) is None
    assert place.door.logins == 0


def test_whoever_comes_back_must_carry_the_id() -> None:
    """A filter openIMIS does not understand finds everybody."""
    node = {"id": mutation_id(OTHER), "jsonExt": json.dumps({"national_id": NOBODY})}
    found = Say(json.dumps({"data": {"individual": {"edges": [{"node": node}]}}}).encode())
    with counterpart(says(lambda query: found)) as it:
        assert asked(adapter(it.url), find(FATHER)) is None
        assert asked(adapter(it.url), find(NOBODY)) == Person(NOBODY, "")


def test_people_are_found_by_phone(place: Place) -> None:
    """Everybody who has this very phone; what is no phone is not asked."""
    it = place.registry
    found = it.find_by_phone(FATHERS_PHONE, timeout=5, trace="t")
    assert found == (FATHER, "1730100000022")
    assert it.find_by_phone("+92=300", timeout=5, trace="t") == ()


# What she may get


@pytest.mark.parametrize(
    ("number", "outcome", "codes"),
    [
        (NOBODY, Outcome.NOT_FOUND, []),
        (FATHER, Outcome.NOT_YET_KNOWN, []),
        (ENROLLED, Outcome.ENROLLED, ["CASH", "SCHOOL"]),
        (WAITING, Outcome.WAITING_LIST, ["CASH"]),
        (SUSPENDED, Outcome.SUSPENDED, ["CASH"]),
        (EXITED, Outcome.EXITED, ["SCHOOL"]),
    ],
)
def test_a_record_as_beneficiary_is_an_outcome(
    place: Place, number: str, outcome: Outcome, codes: list[str]
) -> None:
    """Never likely or not eligible: openIMIS says neither of somebody who has no record."""
    value = place.registry.eligibility(number, timeout=5, trace="t")
    assert (value.outcome, [one.code for one in value.programmes]) == (outcome, codes)
    assert value.proof is Proof.NUMBER_ON_RECORD


def test_programmes_are_the_open_plans_she_is_not_in(place: Place) -> None:
    """None for groups, none that is over."""
    codes = [one.code for one in place.registry.programmes(FATHER, timeout=5, trace="t")]
    assert codes == ["CASH", "SCHOOL", "TRAINING"]
    assert [one.code for one in place.registry.programmes(ENROLLED, timeout=5, trace="t")] == [
        "TRAINING"
    ]
    with pytest.raises(Refused, match="not_found"):
        place.registry.programmes(NOBODY, timeout=5, trace="t")


def test_payments_are_benefits_and_paid_when_they_were_reconciled(place: Place) -> None:
    """Newest first; a duplicate is none. Without a currency they cannot be told."""
    found = place.registry.payments(ENROLLED, timeout=5, trace="t")
    assert [(one.due, one.amount, one.currency, one.state) for one in found] == [
        (date(2026, 10, 5), "12000.00", "PKR", "expected"),
        (date(2026, 9, 5), "12000.00", "PKR", "paid"),
    ]
    assert place.registry.payments(NOBODY, timeout=5, trace="t") == ()
    with pytest.raises(NotSupported):
        adapter(place.url, currency="").payments(ENROLLED, timeout=5, trace="t")


# What she asks for


def test_an_application_makes_a_potential_beneficiary_once(place: Place) -> None:
    """Its state is that of the record, which carries our reference."""
    before = len(place.site.beneficiaries)
    assert asked(place.registry, applied()) == port.Standing(Progress.UNKNOWN)
    first = asked(place.registry, apply())
    assert isinstance(first, Acknowledged) and first.record and not first.known
    assert asked(place.registry, apply()) == replace(first, known=True)
    assert len(place.site.beneficiaries) == before + 1
    made = place.site.beneficiaries[-1]
    assert (made["status"], made["jsonExt"]) == ("POTENTIAL", {"guichet_reference": REFERENCE})
    assert asked(place.registry, applied()) == port.Standing(Progress.IN_REVIEW)
    made["status"] = "ACTIVE"
    assert asked(place.registry, applied()) == port.Standing(Progress.DECIDED)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"national_id": NOBODY}, "not_found"),
        ({"programme": "NONE"}, "programme_unknown"),
        ({"programme": "RELIEF"}, "programme_closed"),
        ({"programme": "GROUPS"}, "programme_closed"),
        ({"national_id": WAITING}, "duplicate"),
    ],
)
def test_an_application_that_cannot_be_is_refused(
    place: Place, changed: dict[str, Any], code: str
) -> None:
    """With the port's own codes, and nothing is made."""
    before = len(place.site.beneficiaries)
    error = asked(place.registry, apply(replace(APPLICATION, **changed)))
    assert isinstance(error, Refused) and error.code == code
    assert len(place.site.beneficiaries) == before


def test_a_complaint_becomes_a_ticket(place: Place) -> None:
    """In the words of the site, with whoever complained; its code is the record."""
    assert asked(place.registry, lodge()) == Acknowledged(REFERENCE, "GRS00000001")
    (ticket,) = place.site.tickets
    assert ticket["title"] == f"{REFERENCE}: payment, less_came, latest"
    assert ticket["description"] == COMPLAINT.details
    assert (ticket["category"], ticket["status"]) == ("Payment", "RECEIVED")
    person = next(one for one in place.site.individuals if one["jsonExt"]["national_id"] == FATHER)
    assert (ticket["reporterType"], ticket["reporterId"]) == ("individual", person["uuid"])


@pytest.mark.parametrize("identity", ["confidential", "anonymous"])
def test_who_hides_is_not_named(place: Place, identity: str) -> None:
    """Whatever came along."""
    asked(place.registry, lodge(replace(COMPLAINT, identity=identity)))
    (ticket,) = place.site.tickets
    assert FATHER not in json.dumps(ticket) and "reporterId" not in ticket
    assert ticket["title"].endswith(identity)


@pytest.mark.parametrize("words", ["word " * 70, "x" * 600, "y" * 255, "ends so [1/2]", "z " * 127])
def test_every_word_of_hers_is_kept(place: Place, words: str) -> None:
    """What no description holds is a comment of the ticket, once."""
    complaint = replace(COMPLAINT, details=words)
    first = asked(place.registry, lodge(complaint))
    assert isinstance(first, Acknowledged) and not first.known
    assert isinstance(asked(place.registry, lodge(complaint)), Acknowledged)
    (ticket,) = place.site.tickets
    assert len(ticket["description"]) <= 255
    rest = "".join(one["comment"] for one in place.site.comments)
    kept = ticket["description"].removesuffix("[1/2]" if rest else "") + rest
    assert kept.replace(" ", "").removesuffix(".") == words.replace(" ", "")
    assert len(place.site.comments) == (1 if len(words.strip()) > 255 else 0)
    assert asked(place.registry, stands()) == port.Standing(Progress.RECEIVED)


def test_a_complaint_whose_rest_is_missing_is_handed_over_again(place: Place) -> None:
    """Whoever asks after it before the comment is there hears that it is unknown."""
    long = replace(COMPLAINT, details="word " * 100)
    asked(place.registry, lodge(long))
    place.site.logs = [
        one for one in place.site.logs if one.mutation != mutation_id(REFERENCE, "rest")
    ]
    place.site.comments.clear()
    assert asked(place.registry, stands()) == port.Standing(Progress.UNKNOWN)
    again = asked(place.registry, lodge(long))
    assert isinstance(again, Acknowledged) and again.known
    assert (len(place.site.tickets), len(place.site.comments)) == (1, 1)


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        ("RECEIVED", Progress.RECEIVED),
        ("OPEN", Progress.IN_REVIEW),
        ("IN_PROGRESS", Progress.IN_REVIEW),
        ("RESOLVED", Progress.CLOSED),
        ("CLOSED", Progress.CLOSED),
        ("a word of its own", Progress.IN_REVIEW),
    ],
)
def test_a_ticket_says_where_a_complaint_stands(
    place: Place, status: str, progress: Progress
) -> None:
    """By our reference."""
    assert asked(place.registry, stands()) == port.Standing(Progress.UNKNOWN)
    asked(place.registry, lodge())
    place.site.tickets[0]["status"] = status
    assert asked(place.registry, stands()) == port.Standing(progress)
    assert asked(place.registry, stands(OTHER)) == port.Standing(Progress.UNKNOWN)


def test_what_is_not_solved_is_opened_again_once(place: Place) -> None:
    """With her words as a comment; the reopening's own reference says where it stands."""
    asked(place.registry, lodge())
    assert asked(place.registry, reopened) == port.Standing(Progress.UNKNOWN)
    place.site.tickets[0]["status"] = "CLOSED"
    assert asked(place.registry, reopen()) == Acknowledged(OTHER, "GRS00000001")
    assert asked(place.registry, reopen()) == Acknowledged(OTHER, "GRS00000001", known=True)
    assert [one["comment"] for one in place.site.comments] == ["Nothing has changed"]
    assert asked(place.registry, reopened) == port.Standing(Progress.IN_REVIEW)


def test_what_is_not_there_or_still_open_is_not_opened_again(place: Place) -> None:
    """The first she is told, the second is for staff."""
    assert isinstance(error := asked(place.registry, reopen()), Refused)
    assert error.code == "not_found"
    asked(place.registry, lodge())
    assert isinstance(error := asked(place.registry, reopen()), Refused)
    assert error.code == "invalid"


# Once


def test_a_cut_answer_makes_no_second_ticket(place: Place) -> None:
    """It was taken, and nobody heard so: the second try finds it."""
    place.site.faults.lost = 1
    assert isinstance(asked(place.registry, lodge()), Unavailable)
    assert len(place.site.tickets) == 1
    again = asked(place.registry, lodge())
    assert isinstance(again, Acknowledged)
    assert (again.record, len(place.site.tickets)) == ("GRS00000001", 1)


def test_a_cut_answer_makes_no_second_beneficiary(place: Place) -> None:
    """The same for an application."""
    before = len(place.site.beneficiaries)
    place.site.faults.lost = 1
    assert isinstance(asked(place.registry, apply()), Unavailable)
    assert isinstance(asked(place.registry, apply()), Acknowledged)
    assert len(place.site.beneficiaries) == before + 1


def test_a_change_that_stays_received_is_waited_for_and_not_sent_again(place: Place) -> None:
    """Unavailable when the time is over; the next try sends nothing."""
    place.site.faults.stuck = True
    comment = replace(COMPLAINT, details="word " * 100)
    place.site.faults.received = 0
    for _ in range(3):
        assert isinstance(asked(place.registry, lodge(comment, timeout=0.3)), Unavailable)
    assert len(place.site.logs) == 2
    place.site.faults.stuck = False
    assert isinstance(asked(place.registry, lodge(comment)), Acknowledged)
    assert (len(place.site.tickets), len(place.site.comments)) == (1, 1)


def test_a_change_that_ends_as_an_error_is_for_staff_and_may_be_tried_again(place: Place) -> None:
    """What openIMIS wrote of it stays there."""
    place.site.faults.failing = True
    for _ in range(2):
        error = asked(place.registry, lodge())
        assert isinstance(error, Refused) and (error.code, error.detail) == ("invalid", "")
    place.site.faults.failing = False
    assert isinstance(asked(place.registry, lodge()), Acknowledged)
    assert len(place.site.tickets) == 1


# Who asks


def test_one_login_serves_many_calls_and_an_expired_token_is_renewed(place: Place) -> None:
    """The error comes with HTTP 200."""
    for _ in range(3):
        assert asked(place.registry, find(FATHER))
    assert place.door.logins == 1
    place.door.tokens.clear()
    assert asked(place.registry, find(FATHER))
    assert place.door.logins == 2


def test_a_refused_login_is_unavailable_and_is_not_tried_at_once(place: Place) -> None:
    """Some sites lock a user who errs often; neither name nor password is told."""
    wrong = adapter(place.url, password="evidently-wrong")
    for _ in range(3):
        error = asked(wrong, find(FATHER))
        assert isinstance(error, Unavailable)
        assert "evidently-wrong" not in repr(error)
    assert place.door.logins == 1


def says(answer: Callable[[str], Say]) -> Callable[[Got], Say]:
    """An openIMIS that lets everybody in and answers documents as told."""

    def answered(got: Got) -> Say:
        if "tokenAuth" in got.json["query"]:
            return Say(b'{"data": {"tokenAuth": {"token": "t0"}}}')
        return answer(got.json["query"])

    return answered


def test_a_token_answered_401_is_renewed_once() -> None:
    """As with any bearer token."""
    with counterpart(says(lambda query: Say(b"{}", 401))) as it:
        assert isinstance(asked(adapter(it.url), find(FATHER)), Unavailable)
    assert sum("tokenAuth" in one.json["query"] for one in it.got) == 2


ERRORS = [
    (Say(b'{"errors": [{"message": "Cannot query field \'tickets\'"}]}'), NotSupported),
    (Say(b'{"errors": [{"message": "Cannot query field"}]}', 400), NotSupported),
    (Say(b'{"errors": [{"message": "unauthorized"}], "data": {"tickets": null}}'), Unavailable),
    (Say(b'{"errors": [{"message": "Gul Misaal fell"}], "data": null}'), Unavailable),
    (Say(b"<html>"), Unavailable),
    (Say(b"[]"), Unavailable),
    (Say(b"[" * 100_000), Unavailable),
    (Say(b"", 404), NotSupported),
    (Say(b"", 503), Unavailable),
    (Say(how="cut"), Unavailable),
    (Say(b"{", how="half"), Unavailable),
]


@pytest.mark.parametrize(("say", "kind"), ERRORS, ids=range(len(ERRORS)))
def test_an_error_is_one_of_the_closed_family(say: Say, kind: type[RegistryError]) -> None:
    """And nothing of what was written there is in it."""
    with counterpart(says(lambda query: say)) as it:
        error = asked(adapter(it.url), stands())
    assert type(error) is kind
    assert "Gul" not in repr(error)


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_a_slow_answer_ends_in_time(how: Any) -> None:
    """Whatever was done before it within the same call."""
    with counterpart(says(lambda query: Say(b"{", how=how))) as it:
        assert isinstance(asked(adapter(it.url), find(FATHER, timeout=0.3)), Unavailable)


def test_nobody_there_is_unavailable() -> None:
    """A refused connection."""
    with nobody() as url:
        assert isinstance(asked(adapter(url), find(FATHER)), Unavailable)


def test_nothing_of_hers_is_in_a_document() -> None:
    """What differs from call to call is a variable."""
    node = {"status": 2, "id": mutation_id(OTHER), "code": "CASH"}
    node["jsonExt"] = {"national_id": FATHER}
    held = Say(json.dumps({"data": {"x": {"edges": [{"node": node}]}}}).encode())
    none = Say(b'{"data": {}}')
    turns = {"": cycle([held])}
    answer = says(lambda query: next(turns[next(one for one in turns if one in query)]))
    with counterpart(answer) as it:
        for tickets in ([none, held], [held]):
            for call in ALL.values():
                logs = cycle([none, held])
                turns = {"mutationLogs(": logs, "tickets(": cycle(tickets), "": cycle([held])}
                asked(adapter(it.url), call)
        written = "".join(one.json["query"] for one in it.got)
    for change in ("createTicket(", "reopenTicket(", "createComment(", "createBeneficiary("):
        assert change in written
    assert not any(one in written for one in (FATHER, REFERENCE, "CASH", "thousand", "3000000001"))


# The whole port

ALL: dict[str, Call] = {
    "find_person": find(FATHER),
    "find_by_phone": lambda it: it.find_by_phone(FATHERS_PHONE, timeout=5, trace="t"),
    "eligibility": eligibility(FATHER),
    "programmes": lambda it: it.programmes(FATHER, timeout=5, trace="t"),
    "payments": lambda it: it.payments(FATHER, timeout=5, trace="t"),
    "apply": apply(),
    "application_status": applied(),
    "lodge_complaint": lodge(),
    "complaint_status": stands(),
    "submit": reopen(),
    "case_status": reopened,
}
ABSENT: dict[str, Call] = {
    "proof_questions": lambda it: it.proof_questions(FATHER, timeout=5, trace="t"),
    "prove": lambda it: it.prove(FATHER, {}, timeout=5, trace="t"),
    "terms": lambda it: it.terms(FATHER, "CASH", timeout=5, trace="t"),
    "desks": lambda it: it.desks("here", timeout=5, trace="t"),
    "desk": lambda it: it.desk("D-1", timeout=5, trace="t"),
}
IN_PART: dict[str, Call] = {
    "submit": lambda it: it.submit(Case(REFERENCE, "visit", {}), timeout=5, trace="t"),
    "programmes": lambda it: it.programmes(FATHER, WAITING, timeout=5, trace="t"),
    "apply": apply(replace(APPLICATION, member_id=WAITING)),
}


def test_every_call_of_the_port_is_one_or_the_other() -> None:
    """A call that is new in the port has to be decided."""
    calls = {name for name, _ in inspect.getmembers(port.Registry, inspect.isfunction)}
    assert {name for name in calls if name[0] != "_"} == ALL.keys() | ABSENT.keys()


@pytest.mark.parametrize("call", [*ABSENT.values(), *IN_PART.values()])
def test_what_openimis_does_not_do_is_not_supported(place: Place, call: Call) -> None:
    """And nothing is made."""
    assert isinstance(asked(place.registry, call), NotSupported)
    assert place.site.logs == []


SECRET = "Gul-Misaal"
LEAVES = st.none() | st.booleans() | st.integers() | st.just(SECRET) | st.just(FATHER)
NAMES = st.sampled_from(
    ["edges", "node", "id", "jsonExt", "status", "code", "benefitPlan", "amount", "dateDue"]
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=4)
)
SHAPES = st.dictionaries(
    st.sampled_from(["data", "errors"]), st.dictionaries(NAMES, VALUES, max_size=2) | VALUES
)


@pytest.fixture(scope="module")
def open_place() -> Iterator[list[bytes]]:
    """An address and what is answered there; the last element is the answer."""
    held = [b"", b"{}"]
    with counterpart(says(lambda query: Say(held[1]))) as it:
        held[0] = it.url.encode()
        yield held


@settings(max_examples=60, deadline=None)
@given(answer=SHAPES, name=st.sampled_from(sorted(ALL)))
def test_whatever_an_answer_holds_only_the_closed_family_leaves(
    open_place: list[bytes], answer: dict[str, Any], name: str
) -> None:
    """No value of it is in an error."""
    open_place[1] = json.dumps(answer).encode()
    value = asked(adapter(open_place[0].decode()), ALL[name])
    if isinstance(value, RegistryError):
        assert SECRET not in repr(value) and FATHER not in repr(value)
