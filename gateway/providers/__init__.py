"""The carriers we speak to: one file each, one line each in PROVIDERS. docs/adding-a-provider.md
tells how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol, runtime_checkable

from gateway.hook import Answer, Body, Delivery, Event, Hook, Reply
from settings import Settings


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One SMS to send: our id (UUID hex), an E.164 number, the text as it leaves."""

    id: str
    phone: str
    text: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it. Says nothing on delivery. `cost` as the provider words it, e.g.

    `KES 0.8000`.
    """

    message: str
    cost: str = ""


class SendError(Exception):
    """Why a message was not taken: the closed family below and nothing else.

    `code` is the provider's word.
    """

    retryable = False

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code, self.detail = code, detail


class Unreachable(SendError):
    """The provider did not take the call: refused connection, 5xx, transient code."""

    retryable = True


class Throttled(SendError):
    """Too fast: try later."""

    retryable = True


class Suspended(SendError):
    """The account can send nothing: no balance, suspended, wrong credentials. Nothing is wrong with
    the message.
    """

    retryable = True


class OutOfHours(SendError):
    """Nobody may be written to at this hour."""

    retryable = True


class Rejected(SendError):
    """This message or number will never be taken."""


class NoRoute(SendError):
    """Not by this provider: sender not registered, region not enabled, refused by the network.

    Another provider may take it.
    """


class OptedOut(SendError):
    """The person blocked this sender: suppress the number."""


class Uncertain(SendError):
    """The provider may have sent it (time-out after the request left): never blindly sent again."""


class Provider(Protocol):
    """A carrier or aggregator. Hooks it does not serve are not in `kinds`."""

    name: str
    kinds: frozenset[str]
    """Subset of ussd, ussd-ended, sms, receipts, optouts: the last parts of its hook addresses."""
    body: Body
    """What it posts: a form, or a flat object in JSON. Anything else is refused before `read`."""

    def authentic(self, hook: Hook) -> bool:
        """Whether the delivery carries the provider's own proof, where it has one (the token was
        checked before).
        """

    def read(self, hook: Hook) -> Event:
        """The delivery in our words. Raises Malformed."""

    def answer(self, kind: str, reply: Reply | None) -> Answer:
        """What the provider must be told.

        `reply` is None where nothing is said in the answer itself.
        """

    def send(self, batch: Sequence[Outgoing]) -> list[Accepted | SendError]:
        """Send each message once; one result a message, in order. Raises nothing."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as a provider lists it: its id there, the text, when it was created, what became of
    it.
    """

    message: str
    text: str
    at: datetime | None
    status: Delivery
    reason: str = ""


@runtime_checkable
class Listing(Protocol):
    """A provider that can be asked what it took: a send that broke is settled by it."""

    def listed(self, phone: str) -> list[Listed]:
        """Everything it took for this number, of whoever has the account.

        Raises SendError when the list is not surely whole.
        """


Connect = Callable[[Settings, str], Provider | None]
"""From the settings and the public address of the provider's `receipts` hook; None where it is not
configured.
"""


def _in(module: str) -> Connect:
    """The `connect` of a module, imported when it is first called: the official SDKs are slow to
    load.
    """

    def connect(settings: Settings, receipts_url: str) -> Provider | None:
        found: Connect = import_module(module).connect
        return found(settings, receipts_url)

    return connect


PROVIDERS: Mapping[str, Connect] = {
    "africastalking": _in("gateway.providers.africastalking"),
    "twilio": _in("gateway.providers.twilio"),
    "hubtel": _in("gateway.providers.hubtel"),
}


def configured(settings: Settings, receipts_url: Callable[[str], str]) -> dict[str, Provider]:
    """The providers the settings turn on, by name, in the order above.

    `receipts_url` gives the address by name.
    """
    found = {name: connect(settings, receipts_url(name)) for name, connect in PROVIDERS.items()}
    return {name: provider for name, provider in found.items() if provider is not None}
