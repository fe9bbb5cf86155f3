"""The time a hook has left: one value, and every wait takes what is left of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """`ends` on the given monotonic clock, in seconds."""

    ends: float
    clock: Callable[[], float]

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float]) -> Deadline:
        """A deadline that many seconds from now."""
        return cls(clock() + seconds, clock)

    def left(self, most: float) -> float:
        """Seconds a wait may take: at most `most`, never below zero."""
        return max(0.0, min(most, self.ends - self.clock()))
