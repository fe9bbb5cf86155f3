"""How many deliveries are worked on at once, and who is told that there is no place for hers.

What waits for a database or for Redis holds a place; who finds none waits a moment only, so that every
carrier has an answer before its own deadline, however many call.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

WAIT = 1.5
"""Seconds a delivery waits for a place: with the longest work that follows still below every
carrier's deadline.
"""
WAITING = 120
"""Threads of a web process beyond its places: so many may wait at once."""


class Full(Exception):
    """No place, and none in time."""


class Admission:
    """So many places. Once somebody has waited in vain nobody waits, until a place is free again: a
    crowd is told at once, and not one after the other.
    """

    def __init__(self, places: int, wait: float = WAIT) -> None:
        self._places, self._wait, self._stuck = places, wait, False
        self._free = Condition()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place while the block runs. Raises Full."""
        self._take()
        try:
            yield
        finally:
            self._give()

    def _take(self) -> None:
        with self._free:
            wait = 0.0 if self._stuck else self._wait
            if not self._free.wait_for(lambda: self._places > 0, wait):
                self._stuck = True
                raise Full
            self._places -= 1

    def _give(self) -> None:
        with self._free:
            self._places, self._stuck = self._places + 1, False
            self._free.notify()
