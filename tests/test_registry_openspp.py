"""The `openspp` adapter against the sandbox's OpenSPP on a real socket, and against answers that hold
anything.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from registry_client import connecting
from registry_client.configuration import Auth, Configured, OpenSppSite, RegistrySettings
from registry_client.openspp import reading
from registry_client.port import (
    Acknowledged,
    Application,
    Case,
    Complaint,
    Eligibility,
    NotSupported,
    Outcome,
    Person,
    Programme,
    Progress,
    Proof,
    Refused,
    Registry,
    RegistryError,
    Standing,
    Unavailable,
)
from sandbox.openspp.openspp_api import CLIENT, SECRET
from sandbox.openspp.rpc import DATABASE, FIRST_CONTACT, LOGIN, PASSWORD
from sandbox.openspp.site import NO_CONSENT
from tests.counterpart import Got, Say, counterpart, nobody
from tests.documents import read
from tests.sandboxes import Running, running

__all__ = ["running"]

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FATHER, WAITS, IS_PAID = "1730100000011", "1720100000022", "1610100000042"
PAUSED, NOT_ELIGIBLE, LEFT = "1620200000051", "1430100000062", "1110100000144"
STRANGER = "1730199999991"
HOW: dict[str, Any] = {"timeout": 5, "trace": "ATUid_1"}
AUTH = Auth(
    kind="oauth2",
    path="/api/v2/spp/oauth/token",
    client_id=CLIENT,
    secret_env="OPENSPP_SECRET",
    style="json",
)
ODOO = {"database": DATABASE, "login": LOGIN, "password_env": "OPENSPP_PASSWORD"}
CHANGE = {"application": "change_request", "change_type": "enrol_individual"}
APPLICATION = Application("4820175936", FATHER, "CASH", None, "+923000000001", "ur")
COMPLAINT = Complaint(
    "4820175944", "payment", "They paid <b>3</b> of 5", "latest", FATHER, "+923000000001"
)

Call = Callable[[Registry], object]


def openspp(url: str, password: str = PASSWORD, secret: str = SECRET, **site: Any) -> Registry:
    """An OpenSPP at `url`."""
    one = RegistrySettings(
        name="spp", kind="openspp", url=url, auth=AUTH, openspp=OpenSppSite(**site)
    )
    secrets = {"OPENSPP_SECRET": SecretStr(secret), "OPENSPP_PASSWORD": SecretStr(password)}
    return connecting.registry(Configured(one, secrets), now=lambda: NOW, new_id=lambda: "m1")


@pytest.fixture
def url(running: Running) -> str:
    """The sandbox's OpenSPP, fresh."""
    return f"{running.url}/openspp"


def told(url: str) -> dict[str, Any]:
    """What was handed over there."""
    found: dict[str, Any] = requests.get(f"{url}/ledger", timeout=5).json()
    return found


def control(url: str, **wanted: object) -> None:
    """Set something there."""
    assert requests.post(f"{url}/control", json=wanted, timeout=5).status_code == 200


# Look-ups


def test_a_person_is_who_carries_this_very_id(url: str) -> None:
    """With her household and her phones; nobody for an ID that is not there."""
    it = openspp(url)
    assert it.find_person(FATHER, **HOW) == Person(FATHER, "KP-T00001", ("+923000000001",))
    assert it.find_person(STRANGER, **HOW) is None
    with pytest.raises(Refused, match="not_found"):
        it.payments(STRANGER, **HOW)


OUTCOMES = [
    (STRANGER, Outcome.NOT_FOUND, ()),
    (FATHER, Outcome.NOT_YET_KNOWN, ()),
    (WAITS, Outcome.WAITING_LIST, ("CASH",)),
    (IS_PAID, Outcome.ENROLLED, ("CASH",)),
    (PAUSED, Outcome.SUSPENDED, ("CASH",)),
    (LEFT, Outcome.EXITED, ("CASH",)),
    (NOT_ELIGIBLE, Outcome.NOT_ELIGIBLE, ("TRAINING",)),
]


@pytest.mark.parametrize(("national_id", "outcome", "codes"), OUTCOMES)
def test_an_outcome_is_what_her_memberships_come_to(
    url: str, national_id: str, outcome: Outcome, codes: tuple[str, ...]
) -> None:
    """Hers and those of her group; the best is told."""
    found = openspp(url).eligibility(national_id, **HOW)
    assert (found.outcome, tuple(one.code for one in found.programmes)) == (outcome, codes)


def test_who_gave_no_consent_is_refused_and_neither_missing_nor_an_outage(url: str) -> None:
    """Staff see it; she is not told that there is no record."""
    it = openspp(url)
    for call in (it.find_person, it.eligibility, it.payments):
        with pytest.raises(Refused) as caught:
            call(NO_CONSENT, **HOW)
        assert str(caught.value) == "forbidden"


def test_programmes_are_those_a_person_can_ask_for(url: str) -> None:
    """For individuals; one for groups is not among them."""
    it = openspp(url)
    assert [one.code for one in it.programmes(FATHER, **HOW)] == ["CASH", "TRAINING"]
    for asked in ((STRANGER, None), (FATHER, STRANGER)):
        with pytest.raises(Refused, match="not_found"):
            it.programmes(*asked, **HOW)


def test_a_programme_is_open_in_its_period() -> None:
    """Not before, not after; and not when it is not active."""
    one = {"identifier": [{"system": "s", "value": "OLD"}], "name": "Old age grant"}
    periods = [
        ({}, True),
        ({"start": "2026-11-23", "end": "2026-11-23"}, True),
        ({"start": "2026-11-24"}, False),
        ({"end": "2026-11-22"}, False),
    ]
    for period, is_open in periods:
        found = reading.programmes([one | {"period": period}], "s", NOW.date())
        assert bool(found) is is_open
    assert reading.programmes([one | {"active": False}], "s", NOW.date()) == ()
    closing = reading.programmes([one | {"period": {"end": "2026-12-31"}}], "s", NOW.date())
    assert closing == (Programme("OLD", {"en": "Old age grant"}, None, date(2026, 12, 31)),)


def test_payments_are_of_all_pages_in_money_and_never_paid(url: str) -> None:
    """The newest six; what was cancelled is none."""
    found = openspp(url).payments(IS_PAID, **HOW)
    assert [one.amount for one in found] == [
        f"{1000 + number}.00" for number in (117, 115, 113, 109, 107, 105)
    ]
    assert [one.state for one in found] == ["sent", "sent", "expected"] * 2
    assert found == openspp(url).payments(IS_PAID, **HOW)
    assert len({one.id for one in found}) == 6
    assert openspp(url).payments(FATHER, **HOW) == ()


ABSENT: list[Call] = [
    lambda of: of.find_by_phone("+923000000001", **HOW),
    lambda of: of.proof_questions(FATHER, **HOW),
    lambda of: of.prove(FATHER, {}, **HOW),
    lambda of: of.terms(FATHER, "CASH", **HOW),
    lambda of: of.submit(Case("4820175951", "visit", {}), **HOW),
    lambda of: of.case_status("4820175951", **HOW),
    lambda of: of.desks("Mardan", **HOW),
    lambda of: of.desk("MRD-1", **HOW),
    lambda of: of.apply(APPLICATION, **HOW),
    lambda of: of.application_status("4820175936", **HOW),
    lambda of: of.lodge_complaint(COMPLAINT, **HOW),
    lambda of: of.complaint_status("4820175944", **HOW),
]


@pytest.mark.parametrize("call", ABSENT)
def test_what_is_not_there_or_not_set_is_not_asked(call: Call) -> None:
    """Without Odoo and a way to apply, half of the port is the dialogs' other road."""
    with nobody() as address, pytest.raises(NotSupported):
        call(openspp(address))


# Handing over


def test_a_membership_is_asked_for_once(url: str) -> None:
    """A draft that is there is taken for this application; who is in has a duplicate."""
    it = openspp(url, application="membership")
    assert it.apply(APPLICATION, **HOW) == Acknowledged("4820175936", "M-7")
    assert it.apply(APPLICATION, **HOW) == Acknowledged("4820175936", "M-7", known=True)
    assert [one["status"] for one in told(url)["memberships"]] == ["draft"]
    control(url, memberships={"status": "enrolled"})
    with pytest.raises(Refused, match="duplicate"):
        it.apply(APPLICATION, **HOW)
    with pytest.raises(NotSupported):
        it.application_status("4820175936", **HOW)


def test_a_change_request_names_our_reference_and_is_submitted(url: str) -> None:
    """For a member it says who asks."""
    it = openspp(url, **CHANGE)
    mine = Application("4820175936", FATHER, "CASH", "1730100000022", "+923000000001")
    assert it.apply(mine, **HOW) == Acknowledged("4820175936", told(url)["changes"][0]["reference"])
    (made,) = told(url)["changes"]
    assert made["description"] == "4820175936 CASH"
    assert made["registrant"]["value"] == "1730100000022"
    assert made["applicant"]["value"] == FATHER
    assert made["applicantPhone"] == "+923000000001"
    assert made["detail"] == {"program": "CASH"}
    assert made["status"] == "pending"


PROGRESS = [
    ({"status": "draft"}, Progress.RECEIVED),
    ({"status": "pending"}, Progress.IN_REVIEW),
    ({"status": "applied"}, Progress.DECIDED),
    ({"status": "rejected"}, Progress.REFUSED),
    ({"status": "on the moon"}, Progress.RECEIVED),
]


def test_an_application_is_followed_by_our_reference(url: str) -> None:
    """Of a change request, where Odoo can be asked; UNKNOWN for one that never came."""
    it = openspp(url, **CHANGE, **ODOO)
    it.apply(APPLICATION, **HOW)
    for changed, progress in PROGRESS:
        control(url, changes=changed)
        assert it.application_status("4820175936", **HOW) == Standing(progress)
    assert it.application_status("4820175999", **HOW) == Standing(Progress.UNKNOWN)


def test_a_complaint_is_a_ticket(url: str) -> None:
    """Of her contact, in words that are no HTML, under the category and channel that are set."""
    it = openspp(url, **ODOO, channel=4, categories={"payment": 9})
    assert it.lodge_complaint(COMPLAINT, **HOW) == Acknowledged("4820175944", "1")
    (ticket,) = told(url)["tickets"]
    assert ticket["name"] == "4820175944 payment"
    assert "&lt;b&gt;3&lt;/b&gt;" in ticket["description"] and "latest" in ticket["description"]
    assert ticket["partner_id"] == FIRST_CONTACT
    assert (ticket["channel_id"], ticket["category_id"]) == (4, 9)
    assert ticket["contact_phone"] == "+923000000001"


def test_a_complaint_that_names_nobody_needs_a_contact_for_nobody(url: str) -> None:
    """Without it nothing is handed over; the same holds for one of who is not on record."""
    anonymous = Complaint("4820175944", "other", "Who knows", identity="anonymous")
    left_out = Complaint("4820175945", "exclusion", "", None, STRANGER)
    for complaint in (anonymous, left_out):
        with pytest.raises(NotSupported):
            openspp(url, **ODOO).lodge_complaint(complaint, **HOW)
    assert told(url)["tickets"] == []
    openspp(url, **ODOO, nobody=3).lodge_complaint(anonymous, **HOW)
    openspp(url, **ODOO, nobody=3).lodge_complaint(left_out, **HOW)
    first, second = told(url)["tickets"]
    assert first["partner_id"] == second["partner_id"] == 3
    assert STRANGER in second["description"]


STANDINGS: list[tuple[dict[str, Any], Standing]] = [
    ({}, Standing(Progress.RECEIVED)),
    ({"stage_id": [2, "Looked into"], "decision": "rejected"}, Standing(Progress.IN_REVIEW)),
    ({"stage_id": [77, "Gone"]}, Standing(Progress.RECEIVED)),
    (
        {"stage_id": [3, "Done"], "closed_date": "2026-11-20 08:15:00", "decision": False},
        Standing(Progress.DECIDED, date(2026, 11, 20)),
    ),
    ({"decision": "rejected"}, Standing(Progress.REFUSED, date(2026, 11, 20))),
    ({"decision": "withdrawn"}, Standing(Progress.CLOSED, date(2026, 11, 20))),
    ({"decision": "redirected"}, Standing(Progress.IN_REVIEW)),
]


def test_a_complaint_is_followed_by_its_stage_and_its_decision(url: str) -> None:
    """A decision is told once the stage says that it is over."""
    it = openspp(url, **ODOO)
    assert it.complaint_status("4820175944", **HOW) == Standing(Progress.UNKNOWN)
    it.lodge_complaint(COMPLAINT, **HOW)
    for changed, standing in STANDINGS:
        control(url, tickets=changed)
        assert it.complaint_status("4820175944", **HOW) == standing


ONCE: list[tuple[str, Call]] = [
    ("memberships", lambda of: of.apply(APPLICATION, **HOW)),
    ("changes", lambda of: of.apply(APPLICATION, **HOW)),
    ("tickets", lambda of: of.lodge_complaint(COMPLAINT, **HOW)),
]


@pytest.mark.parametrize(("kind", "call"), ONCE)
def test_what_was_kept_and_its_answer_cut_is_there_once(url: str, kind: str, call: Call) -> None:
    """The same reference again finds it, whoever asks; a change request is submitted then."""
    ways = {"memberships": {"application": "membership"}, "changes": CHANGE, "tickets": ODOO}
    control(url, cut=1)
    with pytest.raises(Unavailable):
        call(openspp(url, **ways[kind]))
    again = call(openspp(url, **ways[kind]))
    assert isinstance(again, Acknowledged) and again.known
    held = told(url)[kind]
    assert len(held) == 1
    assert kind != "changes" or held[0]["status"] == "pending"


# What goes wrong


def test_a_token_that_is_old_is_asked_for_anew(url: str) -> None:
    """And once only: a secret that is wrong is an outage, not a person nobody knows."""
    it = openspp(url)
    assert it.find_person(FATHER, **HOW)
    control(url, forget=True)
    assert it.find_person(FATHER, **HOW)
    with pytest.raises(Unavailable):
        openspp(url, secret="wrong").find_person(FATHER, **HOW)
    with pytest.raises(Unavailable, match="login"):
        openspp(url, "wrong", **ODOO).complaint_status("4820175944", **HOW)


def test_a_token_is_kept_while_it_lives() -> None:
    """One for all calls; one that says no life, or none at all, is asked for again in time."""
    answers = {"token": {"access_token": "t1", "expires_in": "36000"}, "data": []}
    with counterpart(lambda got: Say(json.dumps(answers["token"]).encode())) as it:
        of = openspp(it.url)
        for _ in range(3):
            of.find_person(FATHER, **HOW)
    assert [got.path for got in it.got].count("/api/v2/spp/oauth/token") == 1
    asked = it.got[1]
    assert asked.path == "/api/v2/spp/Individual/urn%3Aopenspp%3Anational-id%7C1730100000011"
    assert (asked.body, asked.headers["authorization"]) == (b"", "Bearer t1")
    assert "content-type" not in asked.headers and "content-length" not in asked.headers


ERRORS = [
    ("odoo.exceptions.ValidationError", Refused),
    ("odoo.exceptions.AccessError", Refused),
    ("odoo.exceptions.AccessDenied", Unavailable),
    ("psycopg2.errors.SerializationFailure", Unavailable),
    (f"Nobody {FATHER}", Unavailable),
]


@pytest.mark.parametrize(("name", "kind"), ERRORS)
def test_an_error_of_odoo_is_known_by_its_name_and_tells_nothing(
    name: str, kind: type[RegistryError]
) -> None:
    """It comes with HTTP 200, and its message holds whatever was sent."""
    error = {"code": 200, "message": PASSWORD, "data": {"name": name, "debug": PASSWORD + FATHER}}
    said = Say(json.dumps({"error": error}).encode())
    with counterpart(said) as it, pytest.raises(kind) as caught:
        openspp(it.url, **ODOO).lodge_complaint(COMPLAINT, **HOW)
    for secret in (PASSWORD, FATHER):
        assert secret not in str(caught.value)


@pytest.mark.parametrize("how", ["cut", "half"])
def test_an_address_that_names_her_is_in_no_error(how: Any) -> None:
    """Neither in its words nor in its traceback."""
    token = Say(b'{"access_token": "t1"}')
    answer = Say(b"{", how=how)

    def says(got: Got) -> Say:
        return token if got.path.endswith("token") else answer

    with counterpart(says) as it, pytest.raises(Unavailable) as caught:
        openspp(it.url).find_person(FATHER, **HOW)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    assert FATHER not in str(caught.value)


# Whatever an answer holds

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)
FIELDS = [
    "data",
    "meta",
    "total",
    "identifier",
    "system",
    "value",
    "telecom",
    "groupMembership",
    "group",
    "reference",
    "status",
    "program",
    "display",
    "beneficiary",
    "period",
    "start",
    "end",
    "active",
    "targetType",
    "name",
    "state",
    "entitlementType",
    "initialAmount",
    "currency",
    "validPeriod",
    "result",
    "error",
    "access_token",
    "expires_in",
    "number",
    "stage_id",
    "decision",
    "partner_id",
    "description",
]
SHAPED = st.recursive(
    JSON,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5)
    ),
    max_leaves=12,
)
CALLS: list[Call] = [
    lambda of: of.find_person(FATHER, **HOW),
    lambda of: of.eligibility(FATHER, **HOW),
    lambda of: of.programmes(FATHER, **HOW),
    lambda of: of.payments(FATHER, **HOW),
    lambda of: of.apply(APPLICATION, **HOW),
    lambda of: of.application_status("4820175936", **HOW),
    lambda of: of.lodge_complaint(COMPLAINT, **HOW),
    lambda of: of.complaint_status("4820175944", **HOW),
]
HERS = {"identifier": [{"system": "urn:openspp:national-id", "value": FATHER}]}


@settings(max_examples=40, deadline=None)
@given(st.lists(SHAPED, min_size=4, max_size=4), st.booleans(), st.sampled_from(CALLS))
def test_whatever_an_answer_holds_nothing_else_leaves(
    answers: list[Any], is_hers: bool, call: Call
) -> None:
    """A value of the port, or one of its errors."""
    left = [*answers, {"access_token": "t1"}]

    def answer(got: Got) -> Say:
        if got.path.endswith("token"):
            return Say(b'{"access_token": "t1"}')
        if is_hers and "/Individual/" in got.path:
            return Say(json.dumps(HERS | {"groupMembership": left[0]}).encode())
        return Say(json.dumps(left.pop(0) if len(left) > 1 else left[0]).encode())

    with counterpart(answer) as it:
        try:
            call(openspp(it.url, **CHANGE, **ODOO))
        except RegistryError:
            return


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), SHAPED, max_size=6), max_size=3))
def test_whatever_a_resource_holds_is_read_without_an_error(resources: list[Any]) -> None:
    """And never as paid."""
    assert isinstance(reading.eligibility(resources, Proof.ANYONE), Eligibility)
    assert "paid" not in {one.state for one in reading.payments(resources)}
    reading.programmes(resources, "s", NOW.date())
    for one in resources:
        reading.groups(one)
        reading.phones(one)
        reading.is_hers(one, "s", FATHER)


# The settings


@pytest.mark.parametrize(
    "site",
    [{"application": "change_request"}, {"database": "openspp"}, {"nobody": -1}, {"unheard": 1}],
)
def test_half_a_setting_is_a_fault(site: dict[str, Any]) -> None:
    """Told at the start."""
    with pytest.raises(ValidationError):
        OpenSppSite(**site)


def test_the_example_of_the_page_is_accepted_and_every_key_is_told_of() -> None:
    """docs/openspp.md shows a table that can be used, and all there are."""
    page = read("docs/openspp.md")
    (table,) = tomllib.loads(page.split("```toml\n")[1].split("```")[0])["registry"]
    one = RegistrySettings.model_validate(table)
    assert one.variables == ("OPENSPP_SECRET", "OPENSPP_PASSWORD")
    assert not [name for name in OpenSppSite.model_fields if f"`{name}`" not in page]
    signed = {"form": "jws", "key_id": "k", "key_env": "KEY"}
    with pytest.raises(ValidationError, match="signature"):
        RegistrySettings.model_validate(table | {"signature": signed})
