"""Two readings of each wire format meet: our registry client and providers against the sandbox,
over real HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

import pytest
from pydantic import SecretStr

import registry_client
from gateway.hook import Delivery, Ended, Hook, Inbound, OptOut, Receipt
from gateway.providers import (
    PROVIDERS,
    Accepted,
    OptedOut,
    Outgoing,
    Provider,
    Rejected,
    Throttled,
    Uncertain,
)
from registry_client.port import (
    Application,
    Case,
    Complaint,
    Outcome,
    Progress,
    Proof,
    Refused,
    Registry,
    Standing,
    Unavailable,
    Window,
)
from sandbox.people import KNOWN
from settings import Settings
from tests.counterpart import Got
from tests.sandboxes import TOKEN, Running, running

__all__ = ["running"]
PHONE = "+923000000001"
FATHER, SON, OUTSIDER = "1730100000011", "1730100000033", "1720100000114"


def settings(running: Running) -> Settings:
    """Settings that point at the sandbox alone."""
    return Settings(
        registry_url=f"{running.url}/registry-api",
        africastalking_username="sandbox",
        africastalking_key=SecretStr("fake"),
        africastalking_url=f"{running.url}/africastalking",
        africastalking_sender="GUICHET",
        twilio_account_sid="AC" + "a" * 32,
        twilio_auth_token=SecretStr(TOKEN),
        twilio_url=f"{running.url}/twilio",
        twilio_sender="+15005550006",
        public_url=running.hooks,
    )


@pytest.fixture
def registry(running: Running) -> Registry:
    """Promises our client of the sandbox's registry."""
    return registry_client.connect(settings(running))


def provider(running: Running, name: str) -> Provider:
    """One of our providers, pointed at the sandbox."""
    found = PROVIDERS[name](settings(running), f"{running.hooks}/{name}/receipts")
    assert found is not None
    return found


def hook(running: Running, got: Got) -> Hook:
    """A delivery as the gateway measures it."""
    _, name, kind = got.path.partition("?")[0].split("/")
    return Hook(name, kind, f"{running.hooks}{got.path}", got.form, got.headers)


def outgoing(phone: str = PHONE, text: str = "Hello") -> Outgoing:
    """A message to send."""
    return Outgoing(uuid4().hex, phone, text)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.national_id)
def test_our_client_reads_every_outcome(registry: Registry, known: object) -> None:
    """All test persons, found by DCI and judged by the profile."""
    national_id, outcome = getattr(known, "national_id"), getattr(known, "outcome")  # noqa: B009
    person = registry.find_person(national_id, timeout=5, trace="t")
    assert (person is None) == (outcome == "not_found")
    assert registry.eligibility(national_id, timeout=5, trace="t").outcome is Outcome(outcome)


def test_an_application_goes_through_once(registry: Registry, running: Running) -> None:
    """Open programmes, the acknowledgement, the repeat, the duplicate, the status."""
    open_now = registry.programmes(FATHER, SON, timeout=5, trace="t")
    assert [programme.code for programme in open_now] == ["CASH", "FOOD", "SCHOOL"]
    application = Application("1234567890", FATHER, "SCHOOL", SON, PHONE, "ur")
    first = registry.apply(application, timeout=5, trace="t")
    again = registry.apply(application, timeout=5, trace="t")
    assert (first.known, again.known, again.record) == (False, True, first.record)
    with pytest.raises(Refused) as refused:
        registry.apply(Application("1234567891", FATHER, "SCHOOL", SON), timeout=5, trace="t")
    assert refused.value.code == "duplicate"
    assert (
        registry.application_status("1234567890", timeout=5, trace="t").progress
        is Progress.RECEIVED
    )
    assert len(running.get("/control/ledger")["applications"]) == 1


def test_a_complaint_and_the_payments_are_understood(registry: Registry) -> None:
    """The rest of the port."""
    complaint = Complaint(
        "1234567890", "payment", "They paid only 3*1 of the 5", "latest", None, PHONE, "en"
    )
    assert not registry.lodge_complaint(complaint, timeout=5, trace="t").known
    assert (
        registry.complaint_status("1234567890", timeout=5, trace="t").progress is Progress.RECEIVED
    )
    assert (
        registry.complaint_status("1234567899", timeout=5, trace="t").progress is Progress.UNKNOWN
    )
    paid = registry.payments("1610100000042", timeout=5, trace="t")
    assert len(paid) == 6 and paid[0].due > paid[5].due
    assert paid[0].programme.name["ar"] and paid[0].place["en"] == "Namoona Bank, Mardan"
    assert paid[0].until and paid[5].state == "paid" and paid[5].until is None


def test_a_registry_in_trouble_is_unavailable(registry: Registry, running: Running) -> None:
    """Down, failing, answering too late: each may be asked again."""
    for fault in ({"down": True}, {"down": False, "fail": 3}, {"delay": 1.0}):
        running.post("/control/registry", **fault)
        with pytest.raises(Unavailable):
            registry.eligibility(FATHER, timeout=0.3, trace="t")


def test_our_client_shows_who_asks(registry: Registry) -> None:
    """Phones on record both ways, the level of proof, two facts, right and wrong answers."""
    person = registry.find_person(FATHER, timeout=5, trace="t")
    assert person is not None and person.phones == (PHONE,)
    assert registry.find_by_phone(PHONE, timeout=5, trace="t") == (FATHER, "1730100000022")
    assert registry.find_by_phone("+923009999999", timeout=5, trace="t") == ()
    assert registry.eligibility(FATHER, timeout=5, trace="t").proof is Proof.TWO_FACTS
    asked = registry.proof_questions(FATHER, timeout=5, trace="t")
    assert [(one.id, one.kind) for one in asked] == [("youngest", "number"), ("people", "number")]
    right = {"youngest": "2016", "people": "3"}
    assert registry.prove(FATHER, right, timeout=5, trace="t")
    assert not registry.prove(FATHER, right | {"people": "4"}, timeout=5, trace="t")


def test_our_client_reads_the_terms_and_answers_them(registry: Registry, running: Running) -> None:
    """Every question the sandbox asks is one we can ask, and every window is read."""
    terms = {
        code: registry.terms(FATHER, code, SON, timeout=5, trace="t")
        for code in ("CASH", "FOOD", "SCHOOL", "TRAINING", "WORK")
    }
    assert [one.window for one in terms.values()] == [
        Window.READY,
        Window.CLOSING,
        Window.READY,
        Window.CLOSED,
        Window.FULL,
    ]
    assert [one.id for one in terms["SCHOOL"].questions] == ["pupils", "class"]
    assert [name for name, _ in terms["TRAINING"].questions[0].choices][:2] == ["sewing", "phones"]
    answers = {"pupils": "1", "class": "c1_5"}
    asked = Application("1234567890", FATHER, "SCHOOL", SON, PHONE, "ps", answers, "parent")
    assert not registry.apply(asked, timeout=5, trace="t").known
    [held] = running.get("/control/ledger")["applications"]
    assert (held["answers"], held["role"], held["locale"]) == (answers, "parent", "ps")


def test_our_client_hands_over_a_case_and_reads_its_end(
    registry: Registry, running: Running
) -> None:
    """Once per reference, with the day it was told and the last day to appeal."""
    case = Case("1234567890", "visit", {"village": "Asli Kalay", "reach": "school"}, None, PHONE)
    first = registry.submit(case, timeout=5, trace="t")
    again = registry.submit(case, timeout=5, trace="t")
    assert (first.known, again.known, again.record) == (False, True, first.record)
    waits = registry.case_status(case.reference, timeout=5, trace="t")
    assert waits == Standing(Progress.RECEIVED)
    running.post("/control/progress", reference=case.reference, progress="refused")
    ended = registry.case_status(case.reference, timeout=5, trace="t")
    assert ended.progress is Progress.REFUSED and ended.told_on and ended.appeal_until
    assert (ended.appeal_until - ended.told_on).days == 30


def test_our_client_finds_an_office(registry: Registry) -> None:
    """By a place as people call it, and by its code."""
    found = registry.desks("kohaat", timeout=5, trace="t")
    assert [one.code for one in found] == ["KHT-1", "BNU-1"]
    assert found[0].phone and found[0].name["sw"] == "Ofisi ya Kohat" and not found[1].phone
    assert registry.desk("KHT-1", timeout=5, trace="t") == found[0]
    assert registry.desk("XYZ-9", timeout=5, trace="t") is None


def test_no_answer_of_our_client_holds_a_score(registry: Registry, running: Running) -> None:
    """The seeded scores stay in the registry, whatever is asked about whom."""

    def told(one: str) -> str:
        person = registry.find_person(one, timeout=5, trace="t")
        said: list[object] = [person, registry.eligibility(one, timeout=5, trace="t")]
        if person is None:
            return repr(said)
        said += [registry.find_by_phone(phone, timeout=5, trace="t") for phone in person.phones]
        said += [
            registry.proof_questions(one, timeout=5, trace="t"),
            registry.prove(one, {}, timeout=5, trace="t"),
            registry.programmes(one, timeout=5, trace="t"),
            registry.terms(one, "CASH", timeout=5, trace="t"),
            registry.payments(one, timeout=5, trace="t"),
        ]
        return repr(said)

    said = [told(known.national_id) for known in KNOWN]
    scores = running.get("/control/scores").values()
    assert scores and not [score for score in scores if any(score in words for words in said)]


@pytest.mark.parametrize("name", ["africastalking", "twilio"])
def test_our_providers_send_and_read_the_report(running: Running, name: str) -> None:
    """The message is on the handset once, and the report names it."""
    [sent] = provider(running, name).send([outgoing(text="آپ کا نمبر 123")])
    assert isinstance(sent, Accepted)
    running.heard.wait(name, "receipts", 2 if name == "twilio" else 1)
    receipts = [provider(running, name).read(hook(running, got)) for got in running.heard.got]
    assert all(provider(running, name).authentic(hook(running, got)) for got in running.heard.got)
    assert {receipt.message for receipt in receipts if isinstance(receipt, Receipt)} == {
        sent.message
    }
    assert Delivery.DELIVERED in {
        receipt.status for receipt in receipts if isinstance(receipt, Receipt)
    }
    assert len(running.get("/control/inbox?phone=%2B923000000001")) == 1


@pytest.mark.parametrize("name", ["africastalking", "twilio"])
@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ({"throttle": 1}, Throttled),
        ({"blacklist": [PHONE]}, OptedOut),
        ({"drop_after_accept": 1}, Uncertain),
        ({"refuse": {PHONE: 403}}, Rejected),
    ],
    ids=["throttled", "opted out", "uncertain", "rejected"],
)
def test_our_providers_name_what_went_wrong(
    running: Running, name: str, faults: Mapping[str, object], error: type[Exception]
) -> None:
    """Each fault of the carrier is one of the closed family."""
    refused = {"refuse": {PHONE: 21211}} if name == "twilio" and "refuse" in faults else {}
    running.post("/control/carrier", **{**faults, **refused})
    [result] = provider(running, name).send([outgoing()])
    assert isinstance(result, error)


def test_our_providers_read_what_the_network_delivers(running: Running) -> None:
    """A dial with its end, messages over both providers, an opt-out."""
    running.post("/carrier/dial", phone=PHONE, code="*384*1234*2#")
    running.post("/carrier/sms", phone=PHONE, to="21234", text="مدد")
    running.post("/carrier/sms", phone=PHONE, to="+15005550006", text="HELP", provider="twilio")
    running.post("/carrier/optout", phone=PHONE, sender="GUICHET")
    for name, kind in (
        ("africastalking", "ussd-ended"),
        ("africastalking", "sms"),
        ("twilio", "sms"),
        ("africastalking", "optouts"),
    ):
        running.heard.wait(name, kind)
    hooks = [hook(running, got) for got in running.heard.got]
    events = {(one.provider, one.kind): provider(running, one.provider).read(one) for one in hooks}
    dialled, ended = events["africastalking", "ussd"], events["africastalking", "ussd-ended"]
    assert isinstance(dialled, Inbound) and (dialled.text, dialled.code) == ("2", "*384*1234#")
    assert isinstance(ended, Ended) and ended.status == "success"
    assert {one.text for one in events.values() if isinstance(one, Inbound)} == {"2", "مدد", "HELP"}
    assert isinstance(events["africastalking", "optouts"], OptOut)
    assert all(provider(running, one.provider).authentic(one) for one in hooks)
