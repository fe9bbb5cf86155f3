"""What the storm passes over: a full stack as real processes, which are killed, slowed and started
again as the forecast says.

Used from the main thread: the kernel ties the death of a process to the thread that started it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import requests

from commands import postgres
from commands.processes import Process, holds
from commands.restarts import Restarts
from commands.stack import Stack, healthy
from settings import Settings
from storm.weather import SKEW, WEBS, WORKERS, Gust

PATIENCE = 30.0
REFUSED = "+92301{:07}"
"""A phone of the crowd, by its number."""
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
    _heals: list[tuple[float, Mapping[str, object]]] = field(default_factory=list)

    def blow(self, gust: Gust) -> None:
        """Let it happen. Of two web servers one is always left."""
        if gust.whom in {*WEBS, "webs"}:
            holds(self.mended, PATIENCE)
        began = monotonic()
        lasts = self._strike(gust)
        self.blows.append(Blow(gust, began, max(monotonic(), began + lasts)))

    def tend(self) -> None:
        """Start again what ended, as a supervisor does, and end what was to last for a while."""
        now = monotonic()
        for due, healed in [one for one in self._heals if one[0] <= now]:
            self._heals.remove((due, healed))
            self.control("registry", healed)
        everything = [*self.stack.processes, *([self.database] if self.database else [])]
        for process in everything:
            if process.ended() is not None and self._restarts.due(process.name, now):
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
        now = monotonic()
        self.blows = [
            Blow(one.gust, one.at, one.over, now) if not one.recovered and one.over <= now else one
            for one in self.blows
        ]

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self._heals.clear()
        self.control("registry", {"down": False, "delay": 0.0, "fail": 0, "lose": 0})
        carrier = {"throttle": 0, "fail": 0, "drop_after_accept": 0, "repeat": 0, "refuse": {}}
        self.control("carrier", carrier)

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
            case ("kill", name) if name in WORKERS:
                for copy in (name, f"{name} 2"):
                    self.stack.process(copy).kill()
            case (("kill" | "wipe"), whom):
                self.stack.process(whom).kill()
                if gust.kind == "wipe":
                    kept = self.stack.settings.var / "valkey" / "appendonlydir"
                    shutil.rmtree(kept, ignore_errors=True)
            case "slow", _:
                self._for(3.0, {"delay": gust.much}, {"delay": 0.0})
                return 3.0
            case "down", _:
                self._for(gust.much, {"down": True}, {"down": False})
                return gust.much
            case "clock", web:
                self._serve(web, SKEWED[SKEW if gust.much > 0 else -SKEW])
            case "deploy", _:
                self.served = NEXT if self.served == STRAIGHT else STRAIGHT
                for web in WEBS:
                    self._serve(web, self.served)
            case "refuse", _:
                numbers = {REFUSED.format(n * 7): 403 for n in range(int(gust.much))}
                self.control("carrier", {"refuse": numbers})
            case "drop", _:
                self.control("carrier", {"drop_after_accept": int(gust.much)})
            case kind, whom:
                self.control(whom, {kind: int(gust.much)})
        return 0.0

    def _for(self, seconds: float, now: Mapping[str, object], then: Mapping[str, object]) -> None:
        self.control("registry", now)
        self._heals.append((monotonic() + seconds, then))

    def _serve(self, web: str, application: str) -> None:
        """Stop it as a deploy does, and start it with another application."""
        process = self.stack.process(web)
        process.stop()
        process.program = self.program(web, [*process.program[:-1], application])
        process.start()
        process.until(lambda: healthy(self.stack.webs[web]), PATIENCE)


@contextmanager
def grounded(var: Path, *, postgresql: bool, program: Program) -> Iterator[Ground]:
    """A stack while the block runs, two of everything, and a database of its own kind."""
    with ExitStack() as leave:
        cluster = leave.enter_context(postgres.serving()) if postgresql else None
        url = cluster.create("storm") if cluster else ""
        settings = Settings(
            var=var,
            database_url=url,
            redis_url="",
            turns_a_minute=1000,
            wrong_tries_in_all=10**6,
            requests_a_day=1000,
            lease=4.0,
            registry_timeout=2.0,
            lookup_deadline=1.5,
            loop_messages=1000,
            web_threads=16,
        )
        stack = leave.enter_context(_Altered(settings, program))
        yield Ground(stack, cluster.server if cluster else None, program)


class _Altered(Stack):
    """The stack, with another program where one is given."""

    def __init__(self, settings: Settings, program: Program) -> None:
        super().__init__(settings, free_ports=True, copies=2)
        self._program = program

    def _run(self, process: Process) -> None:
        process.program = self._program(process.name, process.program)
        super()._run(process)
