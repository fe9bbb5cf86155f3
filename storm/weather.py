"""What goes wrong, and when: decided by a seed, before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

WEBS = ("web", "web 2")
WORKERS = ("worker registry", "worker sms-africastalking", "worker sms-twilio")
"""Both of a lane: whatever either holds is held by the dead."""
RELAYS = ("relay", "relay 2")

APART = 6.0
"""Seconds between two gusts of a long storm."""
MANY = 16
"""A short storm has one a second, until there are so many."""
CALM = 0.1, 0.85
"""Parts of the time before the first gust, and after the last."""
SKEW = 90
"""Seconds a clock is set forward or back."""


@dataclass(frozen=True, slots=True)
class Gust:
    """One thing that goes wrong: when (seconds from the start), to whom, and for how long or how
    often.
    """

    at: float
    kind: str
    whom: str
    much: float = 0.0

    def __str__(self) -> str:
        return f"{self.kind} {self.whom}{f' {self.much:g}' if self.much else ''}"


KINDS: tuple[tuple[str, tuple[str, ...], tuple[float, ...]], ...] = (
    ("kill", WEBS, (0,)),
    ("kill", WORKERS, (0,)),
    ("kill", RELAYS, (0,)),
    ("kill", ("valkey",), (0,)),
    ("wipe", ("valkey",), (0,)),
    ("kill", ("postgresql",), (0,)),
    ("slow", ("registry",), (0.4, 1.2)),
    ("down", ("registry",), (1.0, 2.0)),
    ("fail", ("registry",), (5, 20)),
    ("lose", ("registry",), (3, 10)),
    ("throttle", ("carrier",), (2, 6)),
    ("fail", ("carrier",), (2, 6)),
    ("drop", ("carrier",), (1, 4)),
    ("refuse", ("carrier",), (2, 5)),
    ("repeat", ("carrier",), (5, 20)),
    ("clock", WEBS, (-SKEW, SKEW)),
    ("deploy", ("webs",), (0,)),
)
"""What may happen, to whom, and how much of it.

kill: SIGKILL. wipe: SIGKILL, and what it keeps is gone. slow: seconds a call takes longer. down: seconds
away. fail: so many calls get 500. lose: so many are done and then get 503. throttle: 429. drop: taken,
then the connection is cut. refuse: so many numbers are blacklisted. repeat: so many deliveries come
twice. clock: started again with a clock that goes wrong. deploy: every web is started again with other
dialogs, one after the other.
"""


def forecast(seed: int, seconds: float, *, postgresql: bool) -> list[Gust]:
    """The gusts of a storm, in order: every kind before any comes again."""
    chance = Random(seed)  # noqa: S311  a storm is to be repeated, not to be secret
    count = max(min(MANY, int(seconds)), int(seconds / APART))
    first, last = (part * seconds for part in CALM)
    kinds = [one for one in KINDS if postgresql or "postgresql" not in one[1]]
    drawn: list[tuple[str, tuple[str, ...], tuple[float, ...]]] = []
    while len(drawn) < count:
        drawn += chance.sample(kinds, len(kinds))
    step = (last - first) / count
    return [
        Gust(
            first + step * (place + chance.random() / 2),
            kind,
            chance.choice(whom),
            _much(kind, much, chance),
        )
        for place, (kind, whom, much) in enumerate(drawn[:count])
    ]


def _much(kind: str, between: tuple[float, ...], chance: Random) -> float:
    """How much of it: a clock is wrong by the one or the other, the rest may lie between."""
    if kind == "clock":
        return chance.choice(between)
    return round(chance.uniform(min(between), max(between)), 1)
