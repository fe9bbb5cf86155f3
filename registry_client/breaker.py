"""When the registry does not answer, nobody asks it for a while; then one does, for everybody.

What happened is one small value in a cell that web and workers share.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Protocol

import structlog

from registry_client.passing import Answer, Passing
from registry_client.port import Away, Registry, RegistryError, StillAway, Unavailable

MOST = 5
"""Calls in a row without an answer, after which it counts as away."""
REST = 5.0
"""Seconds it is then left alone, and again after each try that fails."""
WORTH = 0.5
"""A call that had less than so many seconds, and took them, says nothing about the registry."""
NEARLY = 0.9
"""A call that took this part of its time was too slow; one that failed sooner was refused."""
LOOK_EVERY = 0.25
"""Seconds for which what the cell held is believed."""
TRIES = 8
"""Attempts to change the cell while others change it: a count that is lost then is no harm."""

log = structlog.get_logger()


class Cell(Protocol):
    """A text that many processes see. It never fails: a process that cannot reach it keeps its
    own.
    """

    def read(self) -> str:
        """What it holds; empty at first."""

    def swap(self, old: str, new: str) -> bool:
        """Hold `new` if it held `old`, and say whether it did."""


class Alone:
    """A cell for one process; its threads share it."""

    def __init__(self) -> None:
        self._held, self._one = "", threading.Lock()

    def read(self) -> str:
        """What it holds."""
        return self._held

    def swap(self, old: str, new: str) -> bool:
        """Compare and set."""
        with self._one:
            if self._held != old:
                return False
            self._held = new
            return True


@dataclass(frozen=True, slots=True)
class State:
    """What the last calls came to. Pure; times in seconds since 1970.

    A registry that takes three seconds is away for a look-up that has two, and not for a worker
    that has ten: `patience` keeps whom the failures speak of.
    """

    failures: int = 0
    """In a row."""
    patience: float = 0.0
    """How long the most patient of them waited; infinite: it was refused, whoever asks."""
    until: float = 0.0
    """Nobody asks before."""

    @classmethod
    def read(cls, text: str) -> State:
        """From the cell; what cannot be read is a good beginning."""
        try:
            failures, patience, until = text.split()
            return cls(int(failures), float(patience), float(until))
        except ValueError:
            return cls()

    @property
    def text(self) -> str:
        """As the cell holds it."""
        return f"{self.failures} {self.patience!r} {self.until!r}" if self.failures else ""

    def away(self, timeout: float) -> bool:
        """Whether it counts as away for who would wait so long."""
        return self.failures >= MOST and timeout <= self.patience

    def resting(self, timeout: float, now: float) -> bool:
        """Whether it is away and too early to try again. An end that is further off than any rest
        was set before a clock went back.
        """
        return self.away(timeout) and 0 < self.until - now <= max(REST, timeout)

    def tried(self, timeout: float, now: float) -> State:
        """Somebody tries for everybody: the others wait until it may have been answered."""
        return replace(self, until=now + max(REST, timeout))

    def failed(self, timeout: float, waited: float, now: float) -> State:
        """One more without an answer."""
        slow = waited >= NEARLY * timeout
        if slow and timeout < WORTH:
            return self
        patience = max(self.patience, timeout if slow else math.inf)
        return State(self.failures + 1, patience, now + REST)

    def answered(self, waited: float) -> State:
        """An answer, which ends the row for all who would have waited for it."""
        return self if waited >= self.patience else State()


class Breaker:
    """The one door's memory. Threads share it. `clock` gives seconds since 1970."""

    def __init__(self, cell: Cell, clock: Callable[[], float]) -> None:
        self._cell, self._clock = cell, clock
        self._seen, self._at = State(), -math.inf

    def admit(self, timeout: float) -> None:
        """Return when a call may be made.

        Raises Away while it is to be left alone, or somebody else tries for everybody.
        """
        state, now = self._state(), self._clock()
        if not state.away(timeout):
            return
        if state.resting(timeout, now) or not self._swap(state, state.tried(timeout, now)):
            raise Away("left alone for a while")

    def most(self, timeout: float, many: int) -> int:
        """How many calls are worth preparing: all, one that tries, or none."""
        state = self._state()
        if not state.away(timeout):
            return many
        return 0 if state.resting(timeout, self._clock()) else 1

    def away(self, timeout: float) -> bool:
        """Whether it counts as away for who would wait so long."""
        return self._state().away(timeout)

    def failed(self, timeout: float, waited: float) -> None:
        """A call had no answer."""
        self._change(lambda state: state.failed(timeout, waited, self._clock()))

    def answered(self, waited: float) -> None:
        """A call was answered, whatever was said. While all is well this asks nobody."""
        if self._state().failures:
            self._change(lambda state: state.answered(waited))

    def _change(self, step: Callable[[State], State]) -> None:
        for _ in range(TRIES):
            old = State.read(self._cell.read())
            new = step(old)
            if new == old or self._swap(old, new):
                self._say(old, new)
                return

    def _swap(self, old: State, new: State) -> bool:
        """Change the cell; the next who looks here sees it, or looks again."""
        swapped = self._cell.swap(old.text, new.text)
        self._seen, self._at = (new, self._clock()) if swapped else (old, -math.inf)
        return swapped

    def _state(self) -> State:
        """What the cell held a moment ago; by a clock that stands it is always looked at."""
        now = self._clock()
        if not 0 < now - self._at < LOOK_EVERY:
            self._seen, self._at = State.read(self._cell.read()), now
        return self._seen

    def _say(self, old: State, new: State) -> None:
        """One line when it goes, one when it comes back."""
        if old.failures < MOST <= new.failures:
            log.warning("registry.away", failures=new.failures)
        elif new.failures < MOST <= old.failures:
            log.info("registry.back")


class Breakers:
    """The breakers of several registries, by name, each made when its registry is. `cell` gives the
    shared text of a name.
    """

    def __init__(self, cell: Callable[[str], Cell], clock: Callable[[], float]) -> None:
        self._cell, self._clock = cell, clock
        self._each: dict[str, Breaker] = {}

    def guard(self, name: str, registry: Registry) -> Registry:
        """This registry, asked only while it is likely to answer."""
        self._each[name] = Breaker(self._cell(name), self._clock)
        return Guarded(registry, self._each[name], monotonic)

    def most(self, timeout: float, many: int) -> int:
        """How many calls are worth preparing: as many as the registry that is best off may take."""
        return max((one.most(timeout, many) for one in self._each.values()), default=many)


class Guarded(Passing):
    """A `Registry` that is asked only while it is likely to answer. Raises Away and StillAway
    besides what the port says. `timer` gives seconds of any beginning.
    """

    def __init__(self, registry: Registry, breaker: Breaker, timer: Callable[[], float]) -> None:
        super().__init__(registry)
        self._breaker, self._timer = breaker, timer

    def _through(self, call: Callable[[], Answer], timeout: float) -> Answer:
        self._breaker.admit(timeout)
        begun = self._timer()
        try:
            answer = call()
        except Unavailable as error:
            self._breaker.failed(timeout, self._timer() - begun)
            if self._breaker.away(timeout):
                raise StillAway(str(error)) from error
            raise
        except RegistryError:
            self._breaker.answered(self._timer() - begun)
            raise
        self._breaker.answered(self._timer() - begun)
        return answer
