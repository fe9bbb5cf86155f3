"""What comes in from a carrier and what goes back, as plain values: no framework, no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from dialogs.engine.turns import Reply as Reply

Channel = Literal["ussd", "sms"]


class Malformed(Exception):
    """The delivery is not what this provider sends; the message names the field.

    Answered 400, changes nothing.
    """


class Body(StrEnum):
    """What a provider posts, by its media type."""

    FORM = "application/x-www-form-urlencoded"
    JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Hook:
    """One HTTP delivery, already measured: at most 8 KB, the right content type, no key twice."""

    provider: str
    kind: str
    url: str
    """Public address the carrier called, with path and query: what Twilio signs."""
    form: Mapping[str, str]
    """Its fields as text, whatever the body: a JSON number as it was written, `true`, `false`; what
    is null is not there.
    """
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    remote: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The HTTP answer to a hook."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


class Input(StrEnum):
    """How a carrier reports what was typed."""

    CUMULATIVE = "cumulative"  # the whole session joined by `*`
    LAST = "last"  # this answer alone
    DIALLED = "dialled"  # no answer: the string that was dialled, code and all


@dataclass(frozen=True, slots=True)
class Inbound:
    """A citizen dialled, pressed keys, or wrote a message."""

    provider: str
    channel: Channel
    conversation: str
    """USSD: the carrier's session id. SMS: the id of this message."""
    phone: str
    """E.164, as the carrier claims it; never proof of who holds it."""
    code: str
    """Service code or short code that was dialled or written to."""
    text: str
    input: Input = Input.LAST
    network: str = ""
    delivery: int | str = ""
    """The same when it is repeated: a number that grows within the conversation, or an id. A carrier
    that sends the last input alone and neither cannot be told a repeat from a second key press.
    """


@dataclass(frozen=True, slots=True)
class Ended:
    """The carrier says a USSD session is over.

    What was typed is in the delivery too and is left there.
    """

    provider: str
    conversation: str
    phone: str
    status: Literal["success", "incomplete", "failed"]


class Delivery(StrEnum):
    """What a receipt says of a message, in our words."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"


Fate = Literal["", "again", "suppress"]
"""What a reported failure asks of us: nothing more, to send it once more later, to write to that
number no more.
"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A delivery report.

    `message` is the provider's id; `ours` is our own where the provider returns it; `phone` is where
    it says the message went, or empty.
    """

    provider: str
    message: str
    status: Delivery
    reason: str = ""
    ours: str = ""
    phone: str = ""
    fate: Fate = ""


@dataclass(frozen=True, slots=True)
class OptOut:
    """The carrier says this number wants no more from this sender."""

    provider: str
    phone: str
    sender: str


Event = Inbound | Ended | Receipt | OptOut
