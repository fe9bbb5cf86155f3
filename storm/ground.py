"""What the storm passes over: a full stack as real processes, which are killed, slowed and started
again as the forecast says.

Used from the main thread: the kernel ties the death of a process to the thread that started it.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_bytes
from time import monotonic
from typing import Any

import psycopg
import requests
from sqlalchemy import make_url

from commands import postgres
from commands.processes import Process, holds
from commands.restarts import Restarts
from commands.stack import Stack, healthy
from gateway.providers import africastalking
from settings import Settings
from store import messages
from store.clock import now
from store.database import Database, StoreDown
from store.messages import NewMessage
from store.seals import Seals
from storm.disks import Disk, Heal, Postgresql, Sqlite
from storm.weather import SKEW, WEBS, WORKERS, Gust, Storm

PATIENCE = 30.0
REFUSED, NOTIFIED = "+92301{:07}", "+92302{:07}"
"""A phone of the crowd by its number, and one of somebody who only reads."""
NOTICE = "Evidently invented news of storm {}"
SILENCE = africastalking.TIMEOUT[1] + 1
"""Seconds a silent carrier keeps us waiting: longer than we do."""
STRAIGHT, NEXT = "wsgi:app_from_environment", "storm.releases:app_of_the_next"
SKEWED = {-SKEW: "storm.releases:app_behind", SKEW: "storm.releases:app_ahead"}
"""What a web server serves."""

Program = Callable[[str, Sequence[str]], Sequence[str]]
"""The program of a process by its name, made of the one it would run."""


def unchanged(_name: str, program: Sequence[str]) -> Sequence[str]:
    """The product as it is."""
    return program


@dataclass(frozen=True, slots=True)
class Blow:
    """A gust as it came: when, and when everything ran again (0: not yet)."""

    gust: Gust
    at: float
    over: float
    recovered: float = 0.0


@dataclass(slots=True)
class Ground:
    """`blows` are in the order they came; moments are seconds of the monotonic clock."""

    stack: Stack
    database: Process | None
    program: Program
    blows: list[Blow] = field(default_factory=list)
    served: str = STRAIGHT
    _restarts: Restarts = field(default_factory=Restarts)
    _heals: list[tuple[float, Heal]] = field(default_factory=list)

    def blow(self, gust: Gust) -> None:
        """Let it happen. Of two web servers one is always left."""
        if gust.whom in {*WEBS, "webs"} and len(self.stack.webs) > 1:
            holds(self.mended, PATIENCE)
        began = monotonic()
        lasts = self._strike(gust)
        self.blows.append(Blow(gust, began, max(monotonic(), began + lasts)))

    def tend(self) -> None:
        """Start again what ended, as a supervisor does, and end what was to last for a while."""
        moment = monotonic()
        self._heal([one for one in self._heals if one[0] <= moment])
        everything = [*self.stack.processes, *([self.database] if self.database else [])]
        for process in everything:
            if process.ended() is not None and self._restarts.due(process.name, moment):
                process.start()

    def mended(self) -> bool:
        """Tend; whether everything runs, and then note it."""
        self.tend()
        whole = self.whole()
        if whole:
            self.note()
        return whole

    def whole(self) -> bool:
        """Whether everything runs, and every web server with its database and its Redis."""
        everything = [*self.stack.processes, *([self.database] if self.database else [])]
        return all(one.ended() is None for one in everything) and all(
            healthy(web, "readyz") for web in self.stack.webs.values()
        )

    def note(self) -> None:
        """Everything runs again: gusts that are over have passed."""
        moment = monotonic()
        self.blows = [
            replace(one, recovered=moment) if not one.recovered and one.over <= moment else one
            for one in self.blows
        ]

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self._heal(list(self._heals))
        self.control("registry", {"down": False, "delay": 0.0, "fail": 0, "lose": 0})
        counted = (
            "throttle",
            "fail",
            "drop_after_accept",
            "timeout_after_accept",
            "halve",
            "repeat",
        )
        self.control("carrier", {**dict.fromkeys(counted, 0), "refuse": {}})

    def control(self, of: str, values: Mapping[str, object]) -> None:
        """Set what goes wrong with the registry or the carrier."""
        requests.post(f"{self.stack.sandbox}/control/{of}", json=values, timeout=PATIENCE)

    def look(self, page: str) -> Any:
        """A page of the sandbox's control."""
        return requests.get(f"{self.stack.sandbox}/control/{page}", timeout=PATIENCE).json()

    def _strike(self, gust: Gust) -> float:
        """Do it; how many seconds it lasts by itself."""
        match gust.kind, gust.whom:
            case "kill", "postgresql":
                if self.database:
                    self.database.kill()
            case "kill" | "wipe", whom:
                self._kill(whom, forgets=gust.kind == "wipe")
            case "lock", _:
                self._until(gust.much, self._disk().lock())
            case "fill", _:
                self._until(gust.much, self._disk().fill())
            case "slow", _:
                return self._for(3.0, {"delay": gust.much}, {"delay": 0.0})
            case "down", _:
                return self._for(gust.much, {"down": True}, {"down": False})
            case "clock", name:
                self._set(name, SKEW if gust.much > 0 else -SKEW)
            case "deploy", _:
                self.served = NEXT if self.served == STRAIGHT else STRAIGHT
                for web in self.stack.webs:
                    self._serve(web, self.served)
            case "refuse", _:
                numbers = {REFUSED.format(n * 7): 403 for n in range(int(gust.much))}
                self.control("carrier", {"refuse": numbers})
            case "halve", _:
                self.control("carrier", {"halve": int(gust.much)})
                self._announce(2 * int(gust.much))
            case "drop", _:
                self.control("carrier", {"drop_after_accept": int(gust.much)})
            case "silence", _:
                self.control("carrier", {"timeout_after_accept": int(gust.much), "hold": SILENCE})
            case kind, whom:
                self.control(whom, {kind: int(gust.much)})
        return 0.0

    def _kill(self, whom: str, *, forgets: bool) -> None:
        """SIGKILL to it, and to every worker of a lane."""
        copies = (whom, f"{whom} 2") if whom in WORKERS else (whom,)
        for process in self.stack.processes:
            if process.name in copies:
                process.kill()
        if forgets:
            kept = self.stack.settings.var / "valkey" / "appendonlydir"
            shutil.rmtree(kept, ignore_errors=True)

    def _announce(self, many: int) -> None:
        """One text to so many phones, as staff writes to a village; what is full or away takes none."""
        settings, moment = self.stack.settings, now()
        seals = Seals.from_text(settings.keys.get_secret_value())
        text = NOTICE.format(f"{moment:%H%M%S.%f}")
        notices = [
            NewMessage(f"{text}/{n}", NOTIFIED.format(n), text, "en", "africastalking", "storm")
            for n in range(many)
        ]
        store = Database.connect(settings.database_url)
        try:
            with store.write() as conn:
                messages.queue_all(conn, seals, notices, moment, token_bytes)
        except StoreDown:
            return
        finally:
            store.close()

    def _for(self, seconds: float, now: Mapping[str, object], then: Mapping[str, object]) -> float:
        self.control("registry", now)
        return self._until(seconds, lambda: self.control("registry", then))

    def _until(self, seconds: float, heal: Heal) -> float:
        self._heals.append((monotonic() + seconds, heal))
        return seconds

    def _heal(self, due: Sequence[tuple[float, Heal]]) -> None:
        """End these; what cannot be ended now is tried again."""
        for one in due:
            try:
                one[1]()
            except (OSError, psycopg.Error):
                continue
            self._heals.remove(one)

    def _disk(self) -> Disk:
        """What the database is on."""
        url = self.stack.settings.database_url
        if self.database:
            return Postgresql(url)
        ours = [
            one for one in self.stack.processes if one.name.startswith(("web", "work", "relay"))
        ]
        return Sqlite(Path(make_url(url).database or ""), lambda: [one.pid for one in ours])

    def _set(self, name: str, seconds: int) -> None:
        """Start it again with a clock that is ahead by so much."""
        if name in self.stack.webs:
            self._serve(name, SKEWED[seconds])
        else:
            process = self.stack.process(name)
            words = [sys.executable, "-m", "storm.skewed", str(seconds), process.program[-1]]
            self._again(process, words)

    def _again(self, process: Process, words: Sequence[str]) -> None:
        """Stop it as a deploy does, and start it with another program."""
        process.stop()
        process.program = self.program(process.name, words)
        process.start()

    def _serve(self, web: str, application: str) -> None:
        """Let it serve another application."""
        process = self.stack.process(web)
        self._again(process, [*process.program[:-1], application])
        process.until(lambda: healthy(self.stack.webs[web]), PATIENCE)


@contextmanager
def grounded(var: Path, storm: Storm, program: Program) -> Iterator[Ground]:
    """A stack while the block runs, so many of everything, and a database of its own kind."""
    with ExitStack() as leave:
        wanted = storm.database == "postgresql"
        cluster = leave.enter_context(postgres.serving()) if wanted else None
        url = cluster.create("storm") if cluster else ""
        settings = Settings(
            var=var,
            database_url=url,
            redis_url="",
            turns_a_minute=1000,
            wrong_tries_in_all=10**6,
            requests_a_day=1000,
            lease=storm.lease,
            registry_timeout=storm.lease / 2,
            lookup_deadline=1.5,
            loop_messages=1000,
            web_threads=16,
        )
        stack = leave.enter_context(_Altered(settings, program, storm.copies))
        yield Ground(stack, cluster.server if cluster else None, program)


class _Altered(Stack):
    """The stack, with another program where one is given."""

    def __init__(self, settings: Settings, program: Program, copies: int) -> None:
        super().__init__(settings, free_ports=True, copies=copies)
        self._program = program

    def _run(self, process: Process) -> None:
        process.program = self._program(process.name, process.program)
        super()._run(process)
