"""What the carrier brings later: reports, incoming messages, end events."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.faults import Faults
from sandbox.hooks import Hooks, NoAnswer, NotConnected, Said, post
from sandbox.later import Later

RETRIES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between tries. A real carrier goes on for hours with the same message."""
READ_TIMEOUT = 15.0


@dataclass(slots=True)
class Delivery:
    """One form for one hook.

    `signed` makes headers from the URL and the form; `heard` gets the answer of a success.
    """

    provider: str
    kind: str
    id: str
    form: dict[str, str]
    url: str = ""
    """Empty: the address of this provider and kind in the hooks file."""
    signed: Callable[[str, dict[str, str]], dict[str, str]] | None = None
    heard: Callable[[Said], None] | None = None
    retries: tuple[float, ...] = RETRIES
    taken_by: range = range(200, 201)
    """Statuses that say the hook took it."""
    tries: int = 0
    state: str = "waiting"
    """waiting, delivered or given up; the last answer is in `answer`."""
    answer: str = ""


class Deliveries:
    """Everything that is due later. `close` stops the threads; what was not due by then is
    dropped.
    """

    def __init__(self, hooks: Hooks, faults: Faults, threads: int = 4) -> None:
        self._hooks, self._faults = hooks, faults
        self._later = Later(threads, "deliveries")
        self.recent: deque[Delivery] = deque(maxlen=500)

    def send(self, delivery: Delivery, after: float = 0.0) -> None:
        """Bring it after so many seconds, and again on failure as its retries say."""
        self.recent.append(delivery)
        self.later(after, lambda: self._attempt(delivery))

    def later(self, after: float, work: Callable[[], None]) -> None:
        """Do something after so many seconds."""
        self._later.do(after, work)

    def close(self) -> None:
        """Stop the threads."""
        self._later.close()

    def _attempt(self, delivery: Delivery) -> None:
        delivery.tries += 1
        said = self._post(delivery)
        if said is None or said.status not in delivery.taken_by:
            self._again(delivery)
            return
        delivery.state = "delivered"
        if delivery.heard is not None:
            delivery.heard(said)
        if self._faults.take("repeat"):
            self.later(0.05, lambda: self._repeat(delivery))

    def _again(self, delivery: Delivery) -> None:
        if delivery.tries > len(delivery.retries):
            delivery.state = "given up"
            return
        self.later(delivery.retries[delivery.tries - 1], lambda: self._attempt(delivery))

    def _repeat(self, delivery: Delivery) -> None:
        delivery.tries += 1
        self._post(delivery)

    def _post(self, delivery: Delivery) -> Said | None:
        """One try; None when there was no answer."""
        try:
            url = delivery.url or self._hooks.address(delivery.provider, delivery.kind)
            headers = delivery.signed(url, delivery.form) if delivery.signed else None
            said = post(url.partition("#")[0], delivery.form, READ_TIMEOUT, headers)
        except (NotConnected, NoAnswer) as silence:
            delivery.answer = str(silence)
            return None
        delivery.answer = f"HTTP {said.status}"
        return said
