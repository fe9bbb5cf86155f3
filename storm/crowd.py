"""So many people, who come as a radio tells them to: a few all the time, then fifty times as many at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from random import Random
from threading import Event
from time import monotonic

from storm.calls import NETWORKS, OPERATORS, Call, Cumulative, LastInput, Written
from storm.citizen import Citizen, Diary
from storm.wire import Line

RADIO = 50
"""So many times the usual load, while the announcement is fresh."""
FRESH = 0.25, 60.0
"""Part of the storm, and seconds at most, that it is."""
HEARD = 0.35
"""Part of the storm after which it is said."""
AT_ONCE, WRITING = 96, 64
"""People in a call at once, and others who wait for an answer to a message: they may wait long."""
LATE = 0.2, 2.0
"""Seconds after which a delivery arrives once more."""
WANTS: Sequence[tuple[str, int]] = (
    ("complaint", 55),
    ("visit", 20),
    ("question", 13),
    ("application", 12),
)
"""What people want, of a hundred."""
ALONE = 3
"""Every third phone is on a carrier that sends each key alone."""
WRITE = 0.12
"""Part of them who write instead of dialling."""


def arrivals(sessions: int, seconds: float, chance: Random) -> list[float]:
    """When each begins, in seconds from the start."""
    fresh = min(FRESH[0] * seconds, FRESH[1])
    usual = sessions / (seconds - fresh + RADIO * fresh)
    heard = seconds * HEARD
    times: list[float] = []
    for _ in range(sessions):
        if chance.random() < usual * RADIO * fresh / sessions:
            times.append(heard + chance.random() * fresh)
        else:
            times.append(chance.random() * seconds)
    return sorted(times)


@dataclass(slots=True)
class Crowd:
    """`inbox` gives the texts a phone got. `people` are IDs the registry knows: anybody may ask about
    each, and one person asks for something.
    """

    line: Line
    inbox: Callable[[str], list[str]]
    people: Sequence[str]
    seed: int
    diary: Diary
    over: Event

    def comes(self, sessions: int, seconds: float) -> None:
        """Everybody tries to get what she wants; returns when the last has given up."""
        chance, begun = Random(self.seed), monotonic()  # noqa: S311  a storm is to be repeated
        with (
            ThreadPoolExecutor(AT_ONCE) as calls,
            ThreadPoolExecutor(WRITING) as messages,
            ThreadPoolExecutor(8) as late,
        ):
            under_way: list[Future[None]] = []
            for number, at in enumerate(arrivals(sessions, seconds, chance)):
                if self.over.wait(max(0.0, begun + at - monotonic())):
                    break
                one = self._citizen(number, Random(f"{self.seed}/{number}"), late)  # noqa: S311
                where = messages if one.writes else calls
                under_way.append(where.submit(self._lives, one))
            for life in under_way:
                life.result()

    def follow(self, told: Sequence[tuple[str, str]]) -> None:
        """Whoever was told a number asks where it stands: the line must know it."""
        with ThreadPoolExecutor(16) as lives, ThreadPoolExecutor(2) as late:
            under_way: list[Future[None]] = []
            for number, (phone, reference) in enumerate(told, 10**6):
                one = self._citizen(number, Random(f"{self.seed}/{number}"), late)  # noqa: S311
                one.phone, one.wants, one.answers = phone, "following", {"number": reference}
                one.call = partial(self._dials, phone, number, one.chance)
                under_way.append(lives.submit(one.lives))
            for life in under_way:
                life.result()

    def _citizen(self, number: int, chance: Random, late: ThreadPoolExecutor) -> Citizen:
        (wants,) = chance.choices([one for one, _ in WANTS], [many for _, many in WANTS])
        if wants == "application" and (number - 1) % len(self.people) != number - 1:
            wants = "question"
        person = self.people[(number - 1) % len(self.people)]
        phone = f"+92301{number:07}"
        writes = wants == "complaint" and chance.random() < WRITE / 0.55
        answers: Mapping[str, str] = {
            "words": "Evidently invented words",
            "village": "Sample village",
            "id": person,
        }
        call = partial(self._writes if writes else self._dials, phone, number, chance)

        def beside(work: Callable[[], object]) -> None:
            late.submit(self._later, chance.uniform(*LATE), work)

        wait = self.over.wait
        return Citizen(
            number, phone, wants, answers, call, self.diary, chance, wait, beside, writes=writes
        )

    def _lives(self, one: Citizen) -> None:
        """Unless all is over before her turn comes."""
        if not self.over.is_set():
            one.lives()

    def _later(self, seconds: float, work: Callable[[], object]) -> None:
        self.over.wait(seconds)
        work()

    def _dials(self, phone: str, number: int, chance: Random, attempt: int) -> Call:
        session = f"ATUid_{number:024x}{attempt:08x}"
        if number % ALONE == 0:
            return LastInput(self.line, phone, session, chance, OPERATORS[number % len(OPERATORS)])
        network = NETWORKS[number % len(NETWORKS)]
        return Cumulative(self.line, phone, session, chance, network)

    def _writes(self, phone: str, number: int, chance: Random, attempt: int) -> Call:
        name = f"storm-{number}-{attempt}"
        return Written(self.line, phone, name, chance, self.inbox, self.over.wait)
