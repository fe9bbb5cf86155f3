"""The messages lane as its tests drive it: a wake-up, SMS owed, what the provider says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

from gateway.providers import Accepted, Listed, Outgoing, Provider, SendError
from store import messages
from store.messages import NewMessage
from tests.stored import AMINA, RANDOM, SEALS
from tests.working import Carrier, World, drain_sms

NUMBERS = count(1)


@dataclass(slots=True)
class Asked(Carrier):
    """A carrier that can be asked what it took; `lists` is that, or why it does not say."""

    name: str = "twilio"
    lists: Sequence[Listed] | SendError = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def listed(self, phone: str) -> list[Listed]:
        """What it took for this number."""
        self.questions.append(phone)
        if isinstance(self.lists, SendError):
            raise self.lists
        return list(self.lists)


def carry(world: World) -> int:
    """One wake-up of the lane."""
    return drain_sms(world.context)


def owe(world: World, *texts: str, phone: str = AMINA, provider: str = "africastalking") -> None:
    """Owe somebody an SMS of each text, one after another."""
    for text in texts:
        world.clock.pass_by(timedelta(milliseconds=1))
        new = NewMessage(f"{next(NUMBERS)}", phone, text, "en", provider, "notices.any")
        with world.database.write() as conn:
            messages.queue(conn, SEALS, new, world.clock(), RANDOM)


def with_(world: World, *providers: Provider, **changed: Any) -> None:
    """Give the worker these providers too, and change its context."""
    known = {**world.context.providers, **{one.name: one for one in providers}}
    world.context = replace(world.context, providers=known, **changed)


def says(carrier: Carrier, result: Accepted | SendError) -> None:
    """Have the provider say this of every message."""

    def said(_: Outgoing) -> Accepted | SendError:
        return result

    carrier.says = said


def later(world: World, **time: float) -> int:
    """Let time go by, and wake the lane."""
    world.clock.pass_by(timedelta(**time))
    return carry(world)
