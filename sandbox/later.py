"""Work that is due later: a heap of due times and a few threads."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True, slots=True)
class _Due:
    at: float
    number: int
    work: Callable[[], None] = field(compare=False)


class Later:
    """So many threads, and no more. `close` stops them; what was not due by then is dropped."""

    def __init__(self, threads: int, name: str) -> None:
        self._due: list[_Due] = []
        self._numbers = itertools.count()
        self._change = threading.Condition()
        self._open = True
        for _ in range(threads):
            threading.Thread(target=self._work, daemon=True, name=name).start()

    def do(self, after: float, work: Callable[[], None]) -> None:
        """Do something after so many seconds."""
        with self._change:
            heapq.heappush(self._due, _Due(time.monotonic() + after, next(self._numbers), work))
            self._change.notify()

    def close(self) -> None:
        """Stop the threads."""
        with self._change:
            self._open = False
            self._change.notify_all()

    def _work(self) -> None:
        while (due := self._next()) is not None:
            due.work()

    def _next(self) -> _Due | None:
        with self._change:
            while self._open:
                wait = self._due[0].at - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)
                self._change.wait(wait)
            return None
