"""The load generator, a process of its own: sixteen keep-alive connections, one thread, requests made beforehand.

`python -m benchmarks.load` reads an Order as JSON from standard input and prints a Round as JSON.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter, process_time

from benchmarks.figures import Round, percentile
from benchmarks.walk import MEETING, PHONES, WALK, Press, presses, session_id

LENGTH = b"content-length: "
LOOK_EVERY = 0.5
"""Seconds after which a silent server is looked at again for the end of the run."""
GIVE_UP = 15.0
"""Seconds past the end that answers under way are waited for."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to press, where, and for how long."""

    host: str
    port: int
    path: str
    run: str
    """Makes the session ids of this run its own."""
    seconds: float
    """0: every phone goes once through its steps, however long that takes."""
    connections: int = 16
    answer: str = ""
    """What every answer must begin with; empty: what the walk expects."""
    meet: bool = False
    """The first contact instead of the walk."""


@dataclass(slots=True)
class Caller:
    """One connection, and the session it is in."""

    wire: socket.socket
    session: bytes
    ahead: Iterator[Press]
    press: Press
    sent: float = 0.0
    heard: bytes = b""


@dataclass(slots=True)
class Seen:
    """What came of it so far: seconds until each answer, and how many were wrong."""

    waits: list[float] = field(default_factory=list)
    wrong: int = 0


def whole(heard: bytes) -> bytes | None:
    """The body of an answer, or None while some of it is still to come. No chunks: no server here sends any."""
    end = heard.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = heard[:end].lower()
    at = head.find(LENGTH)
    if at < 0:
        return heard[end + 4 :]
    stop = head.find(b"\r\n", at)
    length = int(head[at + len(LENGTH) : stop if stop > 0 else None])
    return heard[end + 4 :] if len(heard) >= end + 4 + length else None


def sessions(order: Order) -> Iterator[tuple[bytes, list[Press]]]:
    """Sessions without end, phone after phone (once each for a first contact)."""
    steps = MEETING if order.meet else WALK
    host = f"{order.host}:{order.port}"
    prepared = [presses(order.path, host, phone, steps, order.answer) for phone in PHONES]
    number = 0
    while True:
        for one in prepared:
            yield session_id(order.run, number).encode(), one
            number += 1
        if not order.seconds:
            return


class Load:
    """The callers and what they saw. `clock` gives seconds."""

    def __init__(self, order: Order, clock: Callable[[], float]) -> None:
        self._order, self._clock = order, clock
        self._sessions = sessions(order)
        self._ready = selectors.DefaultSelector()
        self.seen = Seen()

    def run(self) -> float:
        """Press until the time is over and all answers have come. Seconds from the first press to the last answer."""
        begun = self._clock()
        until = begun + self._order.seconds if self._order.seconds else float("inf")
        for _ in range(self._order.connections):
            self._call()
        while self._ready.get_map() and self._clock() < until + GIVE_UP:
            for key, _ in self._ready.select(LOOK_EVERY):
                self._hear(key.data, until)
        self.seen.wrong += len(self._ready.get_map())
        return self._clock() - begun

    def _call(self) -> None:
        """A connection for one more caller, if there is a session left for it."""
        if (session := next(self._sessions, None)) is None:
            return
        wire = socket.create_connection((self._order.host, self._order.port), timeout=GIVE_UP)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ahead = iter(session[1])
        caller = Caller(wire, session[0], ahead, next(ahead))
        self._ready.register(wire, selectors.EVENT_READ, caller)
        self._press(caller)

    def _press(self, caller: Caller) -> None:
        caller.heard = b""
        caller.sent = self._clock()
        caller.wire.sendall(caller.press.before + caller.session + caller.press.after)

    def _hear(self, caller: Caller, until: float) -> None:
        """Some bytes of an answer; when it is whole, the next press, or the end."""
        heard = caller.wire.recv(65536)
        caller.heard = caller.heard + heard if caller.heard else heard
        body = whole(caller.heard)
        if body is None and heard:
            return
        now = self._clock()
        self.seen.waits.append(now - caller.sent)
        if body is None or not body.startswith(caller.press.expected):
            self.seen.wrong += 1
        if body is None or not self._next(caller, more=now < until):
            self._ready.unregister(caller.wire)
            caller.wire.close()
            return
        self._press(caller)

    def _next(self, caller: Caller, *, more: bool) -> bool:
        """The next press of the session, or the first of another; False when there is none, or are
        to be no `more`: a call that were left would be offered at the next dial of its phone.
        """
        press = next(caller.ahead, None)
        if press is None:
            session = next(self._sessions, None) if more else None
            if session is None:
                return False
            caller.session, caller.ahead = session[0], iter(session[1])
            press = next(caller.ahead)
        caller.press = press
        return True


def measured(order: Order) -> Round:
    """One run."""
    load = Load(order, perf_counter)
    cpu = process_time()
    seconds = load.run()
    cpu = process_time() - cpu
    return rounded(load.seen.waits, load.seen.wrong, seconds, cpu)


def rounded(waits: Sequence[float], wrong: int, seconds: float, cpu: float) -> Round:
    """What was seen, in figures."""
    ordered = sorted(waits)
    return Round(
        len(ordered), wrong, seconds, percentile(ordered, 0.5), percentile(ordered, 0.99), cpu
    )


if __name__ == "__main__":
    print(json.dumps(asdict(measured(Order(**json.load(sys.stdin))))))
