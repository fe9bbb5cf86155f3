"""Answers of the registry that are the same for whoever asks, kept for a short time.

Offices, and what one ID may ask for: nothing else is kept. Who a person is, what she gets and where
her request stands is asked anew each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, Protocol

from pydantic import TypeAdapter, ValidationError

from registry_client.passing import Answer, Passing
from registry_client.port import Desk, Programme, Registry, Terms

OFFICES = 600
"""Seconds an office is believed to stand where it stood."""
HERS = 60
"""Seconds the answers about one ID are kept: as long as she is likely to go back and forth."""


class Shelf(Protocol):
    """Keeps small things out of sight, each under a name that is out of sight too. It never fails:
    what cannot be kept is not there.
    """

    def get(self, name: str) -> bytes | None:
        """What was put under this name, while it lives."""

    def put(self, name: str, plain: bytes, seconds: int) -> None:
        """Keep it for so long."""


@dataclass(frozen=True, slots=True)
class Kept(Generic[Answer]):
    """One kind of answer: its name, its shape, and how long it is kept."""

    name: str
    shape: TypeAdapter[Answer]
    seconds: int


class Cached(Passing):
    """A `Registry` that remembers for a moment. What it refuses, and that it is away, is not
    remembered.

    `purpose` is what its answers were asked for: they serve no other.
    """

    def __init__(self, registry: Registry, shelf: Shelf, purpose: str = "") -> None:
        super().__init__(registry)
        self._shelf, self._purpose = shelf, purpose
        self._desks = Kept("desks", TypeAdapter(tuple[Desk, ...]), OFFICES)
        self._desk: Kept[Desk | None] = Kept("desk", TypeAdapter(Desk | None), OFFICES)
        self._programmes = Kept("programmes", TypeAdapter(tuple[Programme, ...]), HERS)
        self._terms = Kept("terms", TypeAdapter(Terms), HERS)

    def desks(self, near: str, *, timeout: float, trace: str) -> tuple[Desk, ...]:
        """The same for everybody who names the place alike."""
        ask = super().desks
        return self._kept(self._desks, (near,), lambda: ask(near, timeout=timeout, trace=trace))

    def desk(self, code: str, *, timeout: float, trace: str) -> Desk | None:
        """The same for everybody."""
        ask = super().desk
        return self._kept(self._desk, (code,), lambda: ask(code, timeout=timeout, trace=trace))

    def programmes(
        self, national_id: str, member_id: str | None = None, *, timeout: float, trace: str
    ) -> tuple[Programme, ...]:
        """The same for whoever asks with this ID."""
        ask = super().programmes
        return self._kept(
            self._programmes,
            (national_id, member_id),
            lambda: ask(national_id, member_id, timeout=timeout, trace=trace),
        )

    def terms(
        self,
        national_id: str,
        programme: str,
        member_id: str | None = None,
        *,
        timeout: float,
        trace: str,
    ) -> Terms:
        """The same for whoever asks with this ID."""
        ask = super().terms
        return self._kept(
            self._terms,
            (national_id, programme, member_id),
            lambda: ask(national_id, programme, member_id, timeout=timeout, trace=trace),
        )

    def _kept(
        self, kind: Kept[Answer], asked: tuple[str | None, ...], ask: Callable[[], Answer]
    ) -> Answer:
        """From the shelf, else from the registry and then on the shelf."""
        name = json.dumps([kind.name, self._purpose, *asked])
        if (plain := self._shelf.get(name)) is not None:
            with suppress(ValidationError):  # another release put it there
                return kind.shape.validate_json(plain)
        answer = ask()
        self._shelf.put(name, kind.shape.dump_json(answer), kind.seconds)
        return answer
