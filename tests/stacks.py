"""The whole house as real processes for tests, with a sandbox behind a gate; and people who dial
and write to it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import requests
from redis import Redis
from sqlalchemy import Select, func, select

from commands import environment, stand_in, valkey
from commands.handset import Handset
from commands.processes import ROOT, holds
from commands.restarts import Restarts
from commands.stack import Stack
from settings import Settings
from store.database import Database
from store.seals import Seals
from store.tables import messages, outbox
from store.tables import requests as requests_table
from tests.gates import Gate, gate

PATIENCE = 30.0
CODE = "*384*1234#"
LEASE, REGISTRY_TIMEOUT, LOOKUP_DEADLINE = 3.0, 1.5, 1.0
"""Short, so that what a killed worker held is soon taken up."""
REFERENCE = re.compile(r"\b(\d{3})[ .](\d{3})[ .](\d{4})\b")
FAULTLESS: Mapping[str, Mapping[str, object]] = {
    "registry": {"down": False, "delay": 0.0, "fail": 0, "lose": 0},
    "carrier": {"repeat": 0, "drop_after_accept": 0, "blacklist": [], "report_after": 0.05},
}


@dataclass
class Caller:
    """A phone in a hand, posting Africa's Talking's forms itself: `times` says how often each of
    them arrives.
    """

    house: House
    phone: str
    words: str
    times: int = 1
    session: str = ""
    heard: str = ""
    screen: str = ""
    open: bool = False
    dials: int = 0

    def dial(self) -> str:
        """A new session; the first screen."""
        self.dials += 1
        self.session, self.heard = f"ATUid_{self.phone[1:]}{self.dials:024x}", ""
        return self.deliver()

    def press(self, *keys: str) -> str:
        """Answers, one after another; the last screen."""
        for key in keys:
            self.heard = f"{self.heard}*{key}" if self.heard else key
            self.deliver()
        return self.screen

    def deliver(self) -> str:
        """What was typed so far arrives: twice at the same time and then again, where `times` says
        so.
        """
        answers = self._at_once(min(self.times, 2)) + [
            self.post("ussd", self.form()) for _ in range(self.times - 2)
        ]
        assert {answer.status_code for answer in answers} == {200}
        (body,) = {answer.content.decode() for answer in answers}
        prefix, _, self.screen = body.partition(" ")
        assert prefix in {"CON", "END"}, body
        assert self.screen.strip()
        self.open = prefix == "CON"
        self.house.seen.append(self.screen)
        return self.screen

    def complain(self) -> str:
        """A whole complaint of somebody new, in her own words; the reference she is told."""
        self.dial()
        return reference(self.press("1", "1", "3", "3", self.words, "1"))

    def hang_up(self) -> None:
        """The end event, as often as everything else."""
        form = {key: value for key, value in self.form().items() if key != "text"}
        form |= {
            "status": "Success",
            "input": self.heard,
            "lastAppResponse": self.screen,
            "hopsCount": "6",
        }
        form |= {"date": "2026-11-23 09:00:00", "cost": "0.00", "durationInMillis": "9000"}
        for _ in range(self.times):
            assert self.post("ussd-ended", form).status_code == 200

    def form(self) -> dict[str, str]:
        """The form of a key press."""
        return {
            "sessionId": self.session,
            "phoneNumber": self.phone,
            "networkCode": "99999",
            "serviceCode": CODE,
            "text": self.heard,
        }

    def post(self, kind: str, form: dict[str, str]) -> requests.Response:
        """A delivery to one of Africa's Talking's hooks."""
        return posted(self.house.hook("africastalking", kind), data=form)

    def inbox(self) -> list[str]:
        """The texts she got."""
        return self.house.inbox(self.phone)

    def _at_once(self, number: int) -> list[requests.Response]:
        with ThreadPoolExecutor(number) as pool:
            return list(pool.map(lambda _: self.post("ussd", self.form()), range(number)))


@dataclass
class House:
    """A running stack and everything a test looks into."""

    stack: Stack
    gate: Gate
    database: Database
    redis: Redis
    seals: Seals
    number: Iterator[int] = field(default_factory=lambda: count(500))
    callers: list[Caller] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """Every screen and message."""
    away: set[str] = field(default_factory=set)
    """Processes that were killed and are to stay away."""
    restarts: Restarts = field(default_factory=Restarts)

    def caller(self, times: int = 1) -> Caller:
        """Somebody new, with a number and words nobody else has."""
        number = next(self.number)
        caller = Caller(self, f"+923000000{number}", f"Evidently invented words {number}", times)
        self.callers.append(caller)
        return caller

    def handset(self, caller: Caller) -> Handset:
        """Her phone as the sandbox's carrier has it."""
        return Handset(self.stack.sandbox, caller.phone)

    def hook(self, provider: str, kind: str) -> str:
        """The address of a hook."""
        urls: Any = self.stack.urls()[provider]
        return str(urls[kind])

    def faults(self, of: str, **values: object) -> None:
        """Set faults of the sandbox's `registry` or `carrier`."""
        assert posted(f"{self.stack.sandbox}/control/{of}", json=values).status_code == 200

    def control(self, path: str) -> Any:
        """A page of the sandbox's control."""
        return got(f"{self.stack.sandbox}/control/{path}").json()

    def held(self, number: str, kind: str = "complaints") -> list[int]:
        """For each record the registry holds of a reference: how often it was delivered."""
        return [
            one["deliveries"] for one in self.control("ledger")[kind] if one["reference"] == number
        ]

    def inbox(self, phone: str) -> list[str]:
        """The texts a phone got, oldest first."""
        texts = [
            one["text"]
            for one in Handset(self.stack.sandbox, phone).inbox()
            if one["direction"] == "in"
        ]
        self.seen += texts
        return texts

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something to come true, starting again what ends meanwhile, as the supervisor
        does.
        """
        assert holds(lambda: bool(self._tended() and condition()), PATIENCE), what

    def received(self, phone: str, messages: int) -> None:
        """Wait until a phone got so many messages."""
        self.until(
            lambda: len(self.inbox(phone)) >= messages, f"{phone} did not get {messages} messages"
        )

    def settled(self, *phones: str) -> None:
        """Wait until nothing is owed to these people: no request is carried, no message leaves
        after this.
        """
        self.until(lambda: not any(self.owed(phone) for phone in phones), f"still owed: {phones}")

    def owed(self, phone: str) -> int:
        """How many rows of the outbox are about this phone and not yet over."""
        key = self.seals.phone_key(phone)
        hers = [
            select(table.c.id).where(table.c.phone_key == key)
            for table in (messages, requests_table)
        ]
        subjects = hers[0].union_all(hers[1])
        ready = select(func.count()).where(
            outbox.c.state == "ready", outbox.c.subject.in_(subjects)
        )
        return int(self.ask(ready)[0][0])

    def states(self, phone: str) -> list[str]:
        """What became of her messages, oldest first."""
        mine = messages.c.phone_key == self.seals.phone_key(phone)
        return [
            row[0] for row in self.ask(select(messages.c.state).where(mine).order_by(messages.c.id))
        ]

    def promised(self, phone: str) -> list[str]:
        """The states of her requests, oldest first."""
        mine = requests_table.c.phone_key == self.seals.phone_key(phone)
        return [
            row[0]
            for row in self.ask(
                select(requests_table.c.state).where(mine).order_by(requests_table.c.id)
            )
        ]

    def ask(self, query: Select[Any]) -> Sequence[Any]:
        """Rows of the database."""
        with self.database.read() as conn:
            return conn.execute(query).all()

    def kill(self, name: str) -> None:
        """SIGKILL; it stays away until `start`."""
        self.stack.process(name).kill()
        self.away.add(name)

    def start(self, name: str) -> None:
        """Start what was killed."""
        self.away.discard(name)
        self.stack.process(name).start()
        if name == "valkey":
            url = self.stack.settings.redis_url
            self.stack.process(name).until(lambda: valkey.answers(url), PATIENCE)

    @contextmanager
    def asleep(self, name: str) -> Iterator[None]:
        """The process does nothing while the block runs: what is promised meanwhile is claimed
        together.
        """
        os.kill(self.stack.process(name).pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.stack.process(name).pid, signal.SIGCONT)

    def forget(self) -> None:
        """What Valkey keeps on disk goes; it is to be down."""
        folder = self.stack.settings.var / "valkey"
        shutil.rmtree(folder / "appendonlydir", ignore_errors=True)

    def guichet(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One of the commands, as an operator gives it."""
        return subprocess.run(
            [sys.executable, "-m", "commands", *words],
            env=environment.of(self.stack.settings, os.environ),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def recover(self) -> None:
        """Everything runs and nothing is at fault: what a test may have left behind is put
        right.
        """
        for hold in self.gate.held:
            hold.drop()
        self.gate.held.clear()
        self.away.clear()
        if self.stack.process("valkey").ended() is not None:
            self.start("valkey")
        self.until(lambda: True, "not everything runs")
        for of, values in FAULTLESS.items():
            self.faults(of, **values)

    def _tended(self) -> bool:
        """Start again what ended and is due; whether everything runs that is to run."""
        ended = [
            one
            for one in self.stack.processes
            if one.name not in self.away and one.ended() is not None
        ]
        for process in ended:
            if self.restarts.due(process.name, monotonic()):
                process.start()
        return not ended


@contextmanager
def housed(var: Path, database_url: str = "") -> Iterator[House]:
    """A house while the block runs: on SQLite in `var`, or on that database."""
    base = Settings(
        var=var, database_url=database_url, redis_url="", log_level="debug", turns_a_minute=1000
    )
    with gate() as between:
        settings = stand_in.pointed(base, between.url).model_copy(
            update={
                "lease": LEASE,
                "registry_timeout": REGISTRY_TIMEOUT,
                "lookup_deadline": LOOKUP_DEADLINE,
            }
        )
        with Stack(settings, free_ports=True) as stack:
            between.target = stack.sandbox
            database = Database.connect(stack.settings.database_url)
            seals = Seals.from_text(stack.settings.keys.get_secret_value())
            with Redis.from_url(stack.settings.redis_url) as redis:
                yield House(stack, between, database, redis, seals)
            database.close()


def reference(text: str) -> str:
    """The one reference a text names, without spaces."""
    (found,) = REFERENCE.findall(text)
    return "".join(found)


def posted(url: str, **body: Any) -> requests.Response:
    """An HTTP post on this machine."""
    with requests.Session() as session:
        session.trust_env = False
        return session.post(url, timeout=PATIENCE, **body)


def got(url: str) -> requests.Response:
    """An HTTP get on this machine."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=PATIENCE)
