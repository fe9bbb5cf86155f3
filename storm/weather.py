"""What goes wrong, and when: decided by a seed, before anything runs. What is struck has its name here
alone.
"""

from __future__ import annotations

from collections.abc import Sequence
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
LATER = 0.5
"""Part of the time to the next gust that goes by first."""
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


@dataclass(frozen=True, slots=True)
class Kind:
    """What may happen, to whom (one of these), and how much of it: between two figures, or one or the
    other of a clock's.
    """

    does: str
    whom: tuple[str, ...]
    much: tuple[float, ...] = (0,)
    slow: bool = False
    """It lasts longer than others: it comes first."""

    @property
    def name(self) -> str:
        """As it is asked for: `kill web`, `drop carrier`."""
        return f"{self.does} {self.whom[0]}"


KINDS = (
    Kind("kill", WEBS),
    Kind("kill", WORKERS),
    Kind("kill", RELAYS),
    Kind("kill", ("valkey",)),
    Kind("wipe", ("valkey",)),
    Kind("kill", ("postgresql",)),
    Kind("lock", ("database",), (1.0, 2.5)),
    Kind("fill", ("database",), (1.0, 2.5)),
    Kind("slow", ("registry",), (0.4, 1.2)),
    Kind("down", ("registry",), (1.0, 2.0)),
    Kind("fail", ("registry",), (5, 20)),
    Kind("lose", ("registry",), (3, 10)),
    Kind("throttle", ("carrier",), (2, 6)),
    Kind("fail", ("carrier",), (2, 6)),
    Kind("drop", ("carrier",), (1, 4)),
    Kind("silence", ("carrier",), (1, 3), slow=True),
    Kind("refuse", ("carrier",), (2, 5)),
    Kind("halve", ("carrier",), (10, 30)),
    Kind("repeat", ("carrier",), (5, 20)),
    Kind("clock", WEBS, (-SKEW, SKEW)),
    Kind("clock", WORKERS, (-SKEW, SKEW)),
    Kind("deploy", ("webs",)),
)
"""What may happen.

kill: SIGKILL. wipe: SIGKILL, and what it keeps is gone. lock: seconds in which nobody else can write.
fill: seconds in which nothing more can be written. slow: seconds a call takes longer. down: seconds
away. fail: so many calls get 500. lose: so many are done and then get 503. throttle: 429. drop: taken,
then the connection is cut. silence: so many calls are taken and not answered while we wait. refuse: so
many numbers are blacklisted. halve: so many numbers are sent one text, and every second of them is
refused. repeat: so many deliveries come twice. clock: started again with a clock that goes wrong. deploy:
every web is started again with other dialogs, one after the other.
"""


@dataclass(frozen=True, slots=True)
class Storm:
    """What is to come: the same seed, the same storm. `kinds` are names of KINDS, none being all of
    them. Of the web, the relay and each worker run so many `copies`. `settle`: seconds after which
    what is still owed is stuck. `lease`: seconds after which what a killed worker held is taken up.
    """

    seed: int
    people: int
    seconds: float
    database: str = "sqlite"
    kinds: Sequence[str] = ()
    copies: int = 2
    settle: float = 90.0
    lease: float = 4.0

    def forecast(self) -> list[Gust]:
        """The gusts, in order: every kind before any comes again."""
        chance = Random(self.seed)  # noqa: S311  a storm is to be repeated, not to be secret
        kinds = self._kinds()
        count = max(min(MANY, int(self.seconds)), int(self.seconds / APART))
        if self.kinds:
            count = max(len(kinds), int(self.seconds / APART))
        drawn: list[Kind] = []
        while len(drawn) < count:
            drawn += sorted(chance.sample(kinds, len(kinds)), key=lambda kind: not kind.slow)
        first, last = (part * self.seconds for part in CALM)
        step = (last - first) / count
        return [
            Gust(
                first + step * (place + LATER + chance.random() / 2),
                kind.does,
                chance.choice(kind.whom),
                _much(kind, chance),
            )
            for place, kind in enumerate(drawn[:count])
        ]

    def _kinds(self) -> list[Kind]:
        """Those that are asked for, where what they strike is there."""
        away = set() if self.database == "postgresql" else {"postgresql"}
        away |= {WEBS[1], RELAYS[1]} if self.copies == 1 else set()
        return [
            Kind(one.does, whom, one.much, one.slow)
            for one in KINDS
            if (not self.kinds or one.name in self.kinds)
            and (whom := tuple(name for name in one.whom if name not in away))
        ]


def _much(kind: Kind, chance: Random) -> float:
    """How much of it: a clock is wrong by the one or the other, the rest may lie between."""
    if kind.does == "clock":
        return chance.choice(kind.much)
    return round(chance.uniform(min(kind.much), max(kind.much)), 1)
