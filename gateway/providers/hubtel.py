"""Hubtel (Ghana): USSD alone, in JSON: the dialled string first, then each input on its own.

Its deliveries are not signed: the token in the hook's address is the only proof. It has no SMS here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from gateway.hook import Answer, Body, Ended, Event, Hook, Inbound, Input, Malformed, Reply
from gateway.providers import Accepted, Outgoing, Provider, Rejected, SendError, wire
from settings import Settings

NAME = "hubtel"
KINDS = frozenset({"ussd"})
"""The end of a session comes to the same address."""

NETWORKS: Mapping[str, str] = {
    "mtn": "62001",
    "vodafone": "62002",
    "telecel": "62002",  # Vodafone Ghana's name since 2024
    "airteltigo": "62006",
    "airtel": "62006",
    "tigo": "62006",
}
"""Network codes by what `Operator` says, in small letters and digits; nobody told us of others."""
_NAMELESS = re.compile(r"[^a-z0-9]")
_DIALLED = re.compile(r"[0-9*#]{0,182}")


class Hubtel:
    """A `Provider`. One for a process; threads may share it."""

    name = NAME
    kinds = KINDS
    body = Body.JSON

    def read(self, hook: Hook) -> Event:
        """The delivery in our words. Raises Malformed."""
        match wire.present(hook, "Type"):
            case "Initiation":
                return _pressed(hook, Input.DIALLED)
            case "Response":
                return _pressed(hook, Input.LAST)
            case "Release" | "Timeout":
                session = wire.identifier(hook, "SessionId")
                return Ended(NAME, session, wire.msisdn(hook, "Mobile"), "incomplete")
            case _:
                raise Malformed("Type")

    def authentic(self, hook: Hook) -> bool:  # noqa: ARG002 - the contract's; there is nothing to check
        """Always: Hubtel signs nothing."""
        return True

    def answer(self, kind: str, reply: Reply | None) -> Answer:  # noqa: ARG002 - it has one kind
        """The screen, and whether an input is waited for; to the end of a session an empty one."""
        more, text = (reply.more, reply.text) if reply is not None else (False, "")
        said = {"Type": "Response" if more else "Release", "Message": text}
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return Answer(body=body, content_type="application/json; charset=utf-8")

    def send(self, batch: Sequence[Outgoing]) -> list[Accepted | SendError]:
        """Nothing: the settings do not let a message come here."""
        return [Rejected("no_sms") for _ in batch]


def _pressed(hook: Hook, given: Input) -> Inbound:
    """A dial, or what was typed on the last screen; nothing typed may come as null. `Sequence`
    counts the session's deliveries.
    """
    text = hook.form.get("Message", "")
    if given is Input.DIALLED and not _DIALLED.fullmatch(text):
        raise Malformed("Message")
    return Inbound(
        provider=NAME,
        channel="ussd",
        conversation=wire.identifier(hook, "SessionId"),
        phone=wire.msisdn(hook, "Mobile"),
        code=f"*{wire.short(hook, 'ServiceCode').strip('*#')}#",
        text=text,
        input=given,
        network=NETWORKS.get(_NAMELESS.sub("", hook.form.get("Operator", "").casefold()), ""),
        delivery=wire.number(hook, "Sequence"),
    )


def connect(settings: Settings, receipts_url: str) -> Provider | None:  # noqa: ARG001 - every provider's
    """Where the settings switch it on."""
    return Hubtel() if settings.hubtel else None
