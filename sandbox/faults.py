"""What can be made to go wrong, and how it is told apart.

Set through /control; each counter is used up one by one.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

STOPS = {
    "down": "The registry is down.",
    "fail": "The registry stumbled.",
    "lose": "Done, but the answer was lost.",
}


class BadFault(Exception):
    """A fault nobody knows, or a value that makes no sense; the message is for whoever sent it."""


@dataclass(slots=True)
class Faults:
    """Named switches (true or false), seconds, counters and tables, behind a lock."""

    values: dict[str, Any]
    _first: dict[str, Any] = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Keep what it starts with."""
        self._first = dict(self.values)

    def reset(self) -> None:
        """Back to how it started: nothing goes wrong."""
        self.set(self._first)

    def set(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Change what is named; the whole state. Raises BadFault and then changes nothing."""
        for name, value in wanted.items():
            if name not in self.values:
                raise BadFault(f"There is no {name!r} here; there are {', '.join(self.values)}.")
            _check(name, value, self.values[name])
        with self._lock:
            self.values |= wanted
            return dict(self.values)

    def get(self, name: str) -> Any:
        """What it stands at."""
        with self._lock:
            return self.values[name]

    def before(self) -> None:
        """What may happen before the registry works. Raises Stopped."""
        if self.get("down"):
            raise Stopped("down")
        time.sleep(self.get("delay"))
        if self.take("fail"):
            raise Stopped("fail")

    def after(self) -> None:
        """What may happen once it has. Raises Stopped."""
        if self.take("lose"):
            raise Stopped("lose")

    def take(self, name: str) -> bool:
        """Whether this call is one of the next n; counts it."""
        with self._lock:
            left = int(self.values[name])
            self.values[name] = max(0, left - 1)
            return left > 0


def _check(name: str, value: object, present: object) -> None:
    """A value must be of the kind that stands there."""
    match present:
        case bool():
            good = isinstance(value, bool)
        case int():
            good = (
                isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000
            )
        case float():
            good = (
                isinstance(value, int | float)
                and not isinstance(value, bool)
                and 0 <= value <= 3600
            )
        case list():
            good = isinstance(value, list) and all(isinstance(item, str) for item in value)
        case _:
            good = isinstance(value, dict) and all(
                isinstance(item, int | str) for item in value.values()
            )
    if not good:
        raise BadFault(f"{name} cannot be {value!r}.")


class Stopped(Exception):
    """A fault that is in the way of a call to the registry; `kind` is a key of STOPS."""

    def __init__(self, kind: str) -> None:
        super().__init__(STOPS[kind])
        self.kind = kind


def registry_faults() -> Faults:
    """Faults of the registry.

    down: 503 to everything. delay: seconds before the work. fail: the next n get 500.
    lose: the next n are done, then get 503.
    """
    return Faults({"down": False, "delay": 0.0, "fail": 0, "lose": 0})


def carrier_faults() -> Faults:
    """Faults of sending and of delivering, and the timers.

    throttle, fail: the next n sends get 429, or 500. latency: seconds before each send is taken.
    timeout_after_accept: the next n are taken, and their answer is held back for `hold` seconds.
    drop_after_accept: the next n are taken, and the connection is cut. halve: of a call for several
    numbers every second one is refused as not routable, until n were. blacklist: numbers that
    blocked the sender. refuse: number -> the provider's error code. undelivered: number -> status
    of the delivery report. repeat: the next n deliveries to a hook come twice. report_after:
    seconds until a delivery report; no_reports: none at all. idle, total, ceiling: seconds of USSD
    without a key, in all, and until an answer.
    """
    return Faults(
        {
            "throttle": 0,
            "fail": 0,
            "latency": 0.0,
            "timeout_after_accept": 0,
            "hold": 20.0,
            "drop_after_accept": 0,
            "halve": 0,
            "blacklist": [],
            "refuse": {},
            "undelivered": {},
            "repeat": 0,
            "report_after": 0.3,
            "no_reports": False,
            "idle": 30.0,
            "total": 180.0,
            "ceiling": 10.0,
        }
    )
