"""Five citizens wait for a slow registry: how long does everybody else wait for the next screen?"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median

from benchmarks.walk import PHONES, WALK, form, session_id

ASKING = 5
REGISTRY_SECONDS = 3.0
"""More than the 2 s a citizen waits by default: each look-up holds its thread for just that deadline."""
NATIONAL_ID = "1730100000011"
"""A fictional person of the sandbox."""
LATER = "END The answer takes longer. We send it by SMS. "
"""What they are told; a promise stands behind it."""
GIVE_UP = 30.0


@dataclass(frozen=True, slots=True)
class Held:
    """Seconds: how long the look-ups took, and the presses of somebody else meanwhile. `wrong` answers of both."""

    threads: int
    slowest_lookup: float
    presses: int
    p50: float
    longest: float
    wrong: int


@dataclass(frozen=True, slots=True)
class Line:
    """A hook's address, and a clock in seconds."""

    host: str
    port: int
    path: str
    clock: Callable[[], float]

    def press(
        self, wire: HTTPConnection, phone: str, session: str, text: str, expected: str
    ) -> tuple[float, bool]:
        """Seconds until the answer, and whether it began as it must."""
        begun = self.clock()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        wire.request("POST", self.path, f"sessionId={session}&{form(phone, text)}", headers)
        body = wire.getresponse().read().decode()
        return self.clock() - begun, body.startswith(expected)

    def opened(self) -> HTTPConnection:
        """A connection to it."""
        return HTTPConnection(self.host, self.port, timeout=GIVE_UP)


def measured(line: Line, threads: int, run: str) -> Held:
    """Ask the registry with five phones at once; meanwhile press with a sixth, one press after the other."""
    others: list[tuple[float, bool]] = []
    with ThreadPoolExecutor(ASKING) as pool, closing(line.opened()) as wire:
        for number, phone in enumerate(PHONES[:ASKING]):
            _arrive(line, phone, session_id(run, number))
        asked = [pool.submit(_ask, line, PHONES[n], session_id(run, n)) for n in range(ASKING)]
        count = ASKING
        while not all(one.done() for one in asked):
            for text, expected in WALK:
                others.append(
                    line.press(wire, PHONES[ASKING], session_id(run, count), text, expected)
                )
            count += 1
        return _held(threads, asked, others)


def _arrive(line: Line, phone: str, session: str) -> None:
    """Go to where the ID is typed."""
    with closing(line.opened()) as wire:
        line.press(wire, phone, session, "", "CON ")
        line.press(wire, phone, session, "1", "CON ")


def _ask(line: Line, phone: str, session: str) -> tuple[float, bool]:
    """Type it, and wait until the service gives the registry up."""
    with closing(line.opened()) as wire:
        return line.press(wire, phone, session, f"1*{NATIONAL_ID}", LATER)


def _held(
    threads: int, asked: list[Future[tuple[float, bool]]], others: list[tuple[float, bool]]
) -> Held:
    lookups = [one.result() for one in asked]
    waits = [seconds for seconds, _ in others]
    wrong = sum(not right for _, right in [*lookups, *others])
    return Held(
        threads,
        max(seconds for seconds, _ in lookups),
        len(others),
        median(waits),
        max(waits),
        wrong,
    )
