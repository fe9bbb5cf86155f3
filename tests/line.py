"""A phone line for tests of the gateway: real hooks, Valkey and database; a registry of a few plain
answers behind the port.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from redis import Redis

from gateway.app import hooks as made_from
from gateway.hook import Answer
from gateway.hooks import Hooks, Request
from registry_client.port import (
    Acknowledged,
    Application,
    Case,
    Complaint,
    Desk,
    Eligibility,
    Outcome,
    Payment,
    Person,
    Programme,
    Progress,
    Proof,
    Question,
    Refused,
    Standing,
    Terms,
    Unavailable,
    Window,
)
from settings import Settings

CODE = "*384*1234#"
PHONE = "+923000000001"
HER_ID = "1730100000011"
KEYS = "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
CASH = Programme("CASH", {"en": "Cash support", "fr": "Aide en argent", "ur": "نقد امداد"})
FOOD = Programme("FOOD", {"en": "Food support", "fr": "Aide alimentaire", "ur": "راشن امداد"})
FACTS = (
    Question("people", {"en": "How many people live in your house?"}, "number", 1, 30),
    Question("nursing", {"en": "Is anyone nursing a child?"}, "yes_no"),
)
RIGHT = {"people": "3", "nursing": "yes"}
PAID = Payment("P-1", CASH, "12000.00", "PKR", date(2026, 9, 30), "paid")
DESK = Desk("D-1", {"en": "Sample desk"}, {"en": "Sample road"}, {"en": "Mon-Fri 9-15"})


@contextmanager
def denied(redis: Redis, *commands: str) -> Iterator[None]:
    """Redis refuses these commands, inside scripts as well."""
    redis.acl_setuser("default", enabled=True, commands=[f"-{one}" for one in commands])
    try:
        yield
    finally:
        redis.acl_setuser("default", enabled=True, commands=[f"+{one}" for one in commands])


KEEPING, SCRIPTS = ("set",), ("eval", "evalsha")
"""What Redis is denied to keep nothing new, and to be of no use at all."""


@dataclass
class PlainRegistry:
    """Behind the port: answers at once, or slowly, or not at all. Counts what it is asked."""

    outcome: Outcome = Outcome.LIKELY
    listed: tuple[Programme, ...] = (CASH, FOOD)
    progress: Progress = Progress.IN_REVIEW
    standing: Standing | None = None
    """In the place of `progress`, with its dates."""
    proof: Proof = Proof.ANYONE
    phones: tuple[str, ...] = (PHONE,)
    facts: tuple[Question, ...] = FACTS
    right: Mapping[str, str] = field(default_factory=lambda: RIGHT)
    """The answers that prove it."""
    offered: Terms = field(default_factory=lambda: Terms(Window.READY))
    paid: tuple[Payment, ...] = (PAID,)
    down: bool = False
    gate: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    gated: bool = False

    def _come(self, call: str, timeout: float) -> None:
        self.asked.append(call)
        self.arrived.release()
        if self.down or (self.gated and not self.gate.wait(timeout)):
            raise Unavailable(call)

    def find_person(self, national_id: str, *, timeout: float, trace: str) -> Person | None:
        """A person of one household, with its phones."""
        self._come("find_person", timeout)
        return Person(national_id, "household-1", self.phones)

    def find_by_phone(self, phone: str, *, timeout: float, trace: str) -> tuple[str, ...]:
        """One person, where her phone is on record."""
        self._come("find_by_phone", timeout)
        return (HER_ID,) if phone in self.phones else ()

    def proof_questions(
        self, national_id: str, *, timeout: float, trace: str
    ) -> tuple[Question, ...]:
        """The facts it was given."""
        self._come("proof_questions", timeout)
        return self.facts

    def prove(
        self, national_id: str, answers: Mapping[str, str], *, timeout: float, trace: str
    ) -> bool:
        """Whether they are the right ones."""
        self._come("prove", timeout)
        return dict(answers) == self.right

    def eligibility(self, national_id: str, *, timeout: float, trace: str) -> Eligibility:
        """The one outcome it was given."""
        self._come("eligibility", timeout)
        return Eligibility(
            self.outcome,
            (CASH,),
            {"en": "No child under five"},
            assessed_on=date(2026, 3, 1),
            until=date(2027, 1, 15),
            proof=self.proof,
        )

    def programmes(
        self, national_id: str, member_id: str | None = None, *, timeout: float, trace: str
    ) -> tuple[Programme, ...]:
        """What is listed; one ID belongs to another household."""
        self._come("programmes", timeout)
        if member_id == "1730100000099":
            raise Refused("not_in_household")
        return self.listed

    def terms(
        self,
        national_id: str,
        programme: str,
        member_id: str | None = None,
        *,
        timeout: float,
        trace: str,
    ) -> Terms:
        """What it was given, for every programme."""
        self._come("terms", timeout)
        return self.offered

    def apply(self, application: Application, *, timeout: float, trace: str) -> Acknowledged:
        """The workers' business."""
        raise Unavailable("apply")

    def application_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """What it was given, for everything."""
        self._come("application_status", timeout)
        return self.standing or Standing(self.progress)

    def lodge_complaint(self, complaint: Complaint, *, timeout: float, trace: str) -> Acknowledged:
        """The workers' business."""
        raise Unavailable("lodge_complaint")

    def complaint_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """What it was given, for everything."""
        self._come("complaint_status", timeout)
        return self.standing or Standing(self.progress)

    def payments(self, national_id: str, *, timeout: float, trace: str) -> tuple[Payment, ...]:
        """What it was given."""
        self._come("payments", timeout)
        return self.paid

    def submit(self, case: Case, *, timeout: float, trace: str) -> Acknowledged:
        """The workers' business."""
        raise Unavailable("submit")

    def case_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """What it was given, for everything."""
        self._come("case_status", timeout)
        return self.standing or Standing(self.progress)

    def desks(self, near: str, *, timeout: float, trace: str) -> tuple[Desk, ...]:
        """One desk, whatever the place."""
        self._come("desks", timeout)
        return (DESK,)

    def desk(self, code: str, *, timeout: float, trace: str) -> Desk | None:
        """That desk, by its code."""
        self._come("desk", timeout)
        return DESK if code == DESK.code else None


def settings(valkey_url: str, database_url: str, var: Path, **more: object) -> Settings:
    """Settings of a line: Africa's Talking and Twilio on, at addresses nobody calls."""
    base = Settings(
        var=var,
        database_url=database_url,
        redis_url=valkey_url,
        keys=KEYS,
        public_url="https://line.example",
        registry_url="http://127.0.0.1:9/registry",
        africastalking_username="sandbox",
        africastalking_key="evidently-fake",
        africastalking_url="http://127.0.0.1:9",
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token="12345",
        twilio_url="http://127.0.0.1:9",
        twilio_sender="+15005550006",
        turns_a_minute=1000,
        drafts=True,
    )
    return base.model_copy(update=more)


@dataclass
class Line:
    """One phone in one hand. `screen` is the last answer, without its prefix."""

    hooks: Hooks
    registry: PlainRegistry
    phone: str = PHONE
    network: str = "99999"
    session: str = ""
    heard: str = ""
    screen: str = ""
    open: bool = False
    calls: int = 0
    sent: dict[str, str] = field(default_factory=dict)
    """The last callback of her own, as the carrier may deliver it again."""

    def dial(self, code: str = CODE) -> str:
        """A new USSD session; what stands behind the service code arrives as text, as Africa's
        Talking delivers it.
        """
        self.calls += 1
        self.session = f"ATUid_{self.phone[-4:]}{self.calls:028x}"
        self.heard = code.removeprefix(CODE[:-1]).strip("*#")
        return self.deliver(self.heard)

    def press(self, typed: str) -> str:
        """What she types, added to what she typed before."""
        self.heard = f"{self.heard}*{typed}" if self.heard else typed
        return self.deliver(self.heard)

    def presses(self, *keys: str) -> str:
        """Several answers, one after another; the last screen."""
        for key in keys:
            self.press(key)
        return self.screen

    def deliver(self, text: str, session: str = "") -> str:
        """One callback, whatever it says; the screen."""
        self.sent = self.form(text, session)
        return self.again(self.sent)

    def again(self, delivery: dict[str, str]) -> str:
        """A callback the carrier makes, perhaps not for the first time; the screen."""
        answer = self.post("ussd", delivery)
        assert answer.status == 200
        prefix, _, self.screen = answer.body.partition(" ")
        assert prefix in {"CON", "END"}, answer.body
        self.open = prefix == "CON"
        return self.screen

    def ends(self) -> None:
        """The carrier reports that the call is over."""
        form = self.form(self.heard) | {"status": "Incomplete", "input": self.heard}
        assert self.post("ussd-ended", form).status == 200
        self.open = False

    def form(self, text: str, session: str = "") -> dict[str, str]:
        """The form of a callback."""
        return {
            "sessionId": session or self.session,
            "phoneNumber": self.phone,
            "networkCode": self.network,
            "serviceCode": CODE,
            "text": text,
        }

    def post(
        self, kind: str, form: dict[str, str], provider: str = "africastalking", **over: object
    ) -> Answer:
        """A delivery to a hook with its right token."""
        token = self.hooks.tokens[provider, kind][0]
        request = Request(
            f"{provider}/{kind}/{token}",
            "",
            urlencode(form).encode(),
            {"content-type": "application/x-www-form-urlencoded"},
            "127.0.0.1",
        )
        return self.hooks.receive(replace(request, **over))  # type: ignore[arg-type]  # fields of Request by name

    def begin(self, language: str = "1") -> str:
        """Dial for the first time: choose a language, read the notice, arrive at the menu."""
        self.dial()
        return self.presses(language, "1")


@contextmanager
def opened(valkey_url: str, database_url: str, var: Path, **more: object) -> Iterator[Line]:
    """A line while the block runs; other settings by name."""
    registry = PlainRegistry()
    chosen = settings(valkey_url, database_url, var, **more)
    hooks = made_from(chosen, registry=registry)
    yield Line(hooks, registry)
    registry.gate.set()
    hooks.database.close()
    hooks.redis.close()
