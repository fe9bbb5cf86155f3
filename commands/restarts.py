"""When a process that ended is started again: pure arithmetic on a clock that is handed in."""

from __future__ import annotations

from dataclasses import dataclass, field

FIRST = 0.5
LONGEST = 30.0
LONG_ENOUGH = 60.0
"""Seconds between two ends after which earlier ones are forgotten."""


@dataclass(slots=True)
class Restarts:
    """For each process the seconds to wait, and since when: half a second, doubled at each end up
    to thirty.
    """

    _waits: dict[str, float] = field(default_factory=dict)
    _ended: dict[str, float] = field(default_factory=dict)
    _started: dict[str, float] = field(default_factory=dict)

    def due(self, name: str, now: float) -> bool:
        """Ask while it is down: True once its wait is over, and then it counts as started."""
        if name not in self._ended:
            self._ended[name] = now
            self._waits[name] = self._wait(name, now)
        if now - self._ended[name] < self._waits[name]:
            return False
        del self._ended[name]
        self._started[name] = now
        return True

    def _wait(self, name: str, now: float) -> float:
        """The next wait: from the start again after a long run."""
        if now - self._started.get(name, now - LONG_ENOUGH) >= LONG_ENOUGH:
            return FIRST
        return min(LONGEST, self._waits[name] * 2)
