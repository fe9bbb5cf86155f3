"""A worker's world for tests: real database and Valkey, a clock that is told the time, a desk and a
carrier.
"""
# ruff: noqa: ARG002 - the fakes have the signatures of the port, whatever they look at

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from redis import Redis
from sqlalchemy import select

from gateway.hook import Answer, Body, Event, Hook, Reply
from gateway.providers import Accepted, Outgoing, SendError
from locales.catalogues import speeches
from locales.saying import Speaker
from registry_client import port
from registry_client.port import (
    Acknowledged,
    Application,
    Case,
    Complaint,
    Eligibility,
    NotSupported,
    Outcome,
    Payment,
    Person,
    Programme,
    Progress,
    Proof,
    Question,
    Standing,
    Terms,
)
from store import messages, requests
from store.database import Database
from store.lanes import SMS
from store.requests import NewRequest, Promise
from store.tables import messages as messages_table
from store.tables import requests as requests_table
from tests.stored import AMINA, HER_ID, NOW, RANDOM, SEALS, connected, silent, worded
from workers import messages_lane
from workers.context import Context
from workers.drain import drain


@dataclass(slots=True)
class Clock:
    """The time, as told."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """The time told last."""
        return self.now

    def pass_by(self, time: timedelta) -> None:
        """Let time go by."""
        self.now += time


@dataclass(slots=True)
class Desk:
    """A registry that acknowledges everything once a reference, unless `says` is told otherwise."""

    says: Callable[[Application | Complaint | Case | str], None] = lambda asked: None
    """Called first with what is asked; raises what the registry would."""
    answer: Eligibility = field(default_factory=lambda: Eligibility(Outcome.NOT_FOUND))
    phones: tuple[str, ...] = (AMINA,)
    """On record with everybody."""
    asked: list[Application | Complaint | Case | str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    records: dict[str, str] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)
    """References it was asked about."""
    tells: bool = True
    """Whether it can say that it has one."""
    alone: threading.Lock = field(default_factory=threading.Lock)

    def _heard(self, asked: Application | Complaint | Case | str, trace: str) -> None:
        with self.alone:
            self.asked.append(asked)
            self.traces.append(trace)
        self.says(asked)

    def _held(self, asked: Application | Complaint | Case, trace: str) -> Acknowledged:
        self._heard(asked, trace)
        with self.alone:
            known = asked.reference in self.records
            record = self.records.setdefault(asked.reference, f"R-{len(self.records) + 1}")
        return Acknowledged(asked.reference, record, known)

    def _standing(self, reference: str) -> Standing:
        with self.alone:
            self.known.append(reference)
        self.says(reference)
        if not self.tells:
            raise NotSupported("statuses")
        return Standing(Progress.IN_REVIEW if reference in self.records else Progress.UNKNOWN)

    def apply(self, application: Application, *, timeout: float, trace: str) -> Acknowledged:
        """Take an application."""
        return self._held(application, trace)

    def lodge_complaint(self, complaint: Complaint, *, timeout: float, trace: str) -> Acknowledged:
        """Take a complaint."""
        return self._held(complaint, trace)

    def submit(self, case: Case, *, timeout: float, trace: str) -> Acknowledged:
        """Take anything else."""
        return self._held(case, trace)

    def eligibility(self, national_id: str, *, timeout: float, trace: str) -> Eligibility:
        """Give the answer."""
        self._heard(national_id, trace)
        return self.answer

    def find_person(self, national_id: str, *, timeout: float, trace: str) -> Person | None:
        """Everybody has the phones it was given."""
        return Person(national_id, "household-1", self.phones)

    def find_by_phone(self, phone: str, *, timeout: float, trace: str) -> tuple[str, ...]:
        """Amina, where hers is one of them."""
        return (HER_ID,) if phone in self.phones else ()

    def proof_questions(
        self, national_id: str, *, timeout: float, trace: str
    ) -> tuple[Question, ...]:
        """No worker asks."""
        raise AssertionError("no worker asks for a proof")

    def prove(
        self, national_id: str, answers: Mapping[str, str], *, timeout: float, trace: str
    ) -> bool:
        """No worker asks."""
        raise AssertionError("no worker asks for a proof")

    def programmes(
        self, national_id: str, member_id: str | None = None, *, timeout: float, trace: str
    ) -> tuple[Programme, ...]:
        """No worker asks."""
        raise AssertionError("no worker asks for programmes")

    def terms(
        self,
        national_id: str,
        programme: str,
        member_id: str | None = None,
        *,
        timeout: float,
        trace: str,
    ) -> Terms:
        """No worker asks."""
        raise AssertionError("no worker asks for terms")

    def application_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Whether it has it."""
        return self._standing(reference)

    def complaint_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Whether it has it."""
        return self._standing(reference)

    def payments(self, national_id: str, *, timeout: float, trace: str) -> tuple[Payment, ...]:
        """No worker asks."""
        raise AssertionError("no worker asks for payments")

    def case_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Whether it has it."""
        return self._standing(reference)

    def desks(self, near: str, *, timeout: float, trace: str) -> tuple[port.Desk, ...]:
        """No worker asks."""
        raise AssertionError("no worker asks for desks")

    def desk(self, code: str, *, timeout: float, trace: str) -> port.Desk | None:
        """No worker asks."""
        raise AssertionError("no worker asks for a desk")


@dataclass(slots=True)
class Carrier:
    """A provider that takes every message, unless `says` is told otherwise, and remembers the
    batches.
    """

    name: str = "africastalking"
    kinds: frozenset[str] = frozenset()
    body: Body = Body.FORM
    says: Callable[[Outgoing], Accepted | SendError] = lambda message: Accepted(f"AT-{message.id}")
    batches: list[list[Outgoing]] = field(default_factory=list)
    alone: threading.Lock = field(default_factory=threading.Lock)

    def send(self, batch: Sequence[Outgoing]) -> list[Accepted | SendError]:
        """Take a batch."""
        with self.alone:
            self.batches.append(list(batch))
        return [self.says(message) for message in batch]

    def authentic(self, hook: Hook) -> bool:
        """No worker asks."""
        raise AssertionError("workers take no deliveries")

    def read(self, hook: Hook) -> Event:
        """No worker asks."""
        raise AssertionError("workers take no deliveries")

    def answer(self, kind: str, reply: Reply | None) -> Answer:
        """No worker asks."""
        raise AssertionError("workers answer no deliveries")

    @property
    def sent(self) -> list[tuple[str, str]]:
        """Phone and text of everything handed over, in order."""
        return sorted((message.phone, message.text) for batch in self.batches for message in batch)


@dataclass(slots=True)
class World:
    """Everything at hand: the context the workers are given, and what stands behind it."""

    context: Context
    clock: Clock
    desk: Desk
    carrier: Carrier

    @property
    def database(self) -> Database:
        """Where it all is."""
        return self.context.database

    def promise(self, new: NewRequest, notice: bool = False) -> Promise:
        """A citizen is promised something; with `notice` her reference goes by SMS."""
        with self.database.write() as conn:
            message = worded(new) if notice else silent
            return requests.promise(conn, SEALS, new, self.clock(), RANDOM, message)

    def states(self) -> list[str]:
        """What became of the requests, oldest first."""
        with self.database.read() as conn:
            return list(
                conn.execute(select(requests_table.c.state).order_by(requests_table.c.id)).scalars()
            )

    def sms(self) -> list[tuple[str, str, str]]:
        """State, reason and text of the messages, oldest first."""
        with self.database.read() as conn:
            found = conn.execute(select(messages_table).order_by(messages_table.c.id)).all()
            texts = {
                one.id: one.text for one in messages.load(conn, SEALS, [row.id for row in found])
            }
        return [(row.state, row.reason, texts[row.id]) for row in found]


def drain_sms(context: Context) -> int:
    """One wake-up of each lane of messages; how many were claimed."""
    return sum(drain(context, lane, messages_lane.carry) for lane in SMS)


@cache
def speaker() -> Speaker:
    """The real one; catalogues are read once."""
    return Speaker(speeches(["en", "fr", "ur"]))


@contextmanager
def working(database_url: str, valkey_url: str) -> Iterator[World]:
    """A world while the block runs."""
    clock, desk, carrier = Clock(), Desk(), Carrier()
    with (
        connected(database_url) as database,
        ThreadPoolExecutor(4) as pool,
        Redis.from_url(valkey_url) as redis,
    ):
        context = Context(
            database=database,
            seals=SEALS,
            redis=redis,
            registry=desk,
            providers={carrier.name: carrier},
            say=speaker(),
            pool=pool,
            registry_timeout=5,
            clock=clock,
            random=RANDOM,
            code="*384*1234#",
            helpline="0800 00000",
            jitter=lambda: 0.5,
        )
        yield World(context, clock, desk, carrier)


LIKELY = Eligibility(
    Outcome.LIKELY,
    (Programme("CASH", {"en": "Cash support", "ur": "نقد امداد"}),),
    proof=Proof.NUMBER_ON_RECORD,
)
NOT_ELIGIBLE = Eligibility(
    Outcome.NOT_ELIGIBLE,
    criterion={"en": "owns a car"},
    assessed_on=date(2026, 3, 1),
    proof=Proof.ANYONE,
)
