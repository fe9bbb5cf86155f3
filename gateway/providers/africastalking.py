"""Africa's Talking: USSD, its end-of-session event, SMS in and out, delivery reports, opt-outs.

Its deliveries are not signed: the token in the hook's address is the only proof. Its dates are not
read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, Literal

import requests
from africastalking.SMS import SMSService

from gateway.hook import (
    Answer,
    Body,
    Delivery,
    Ended,
    Event,
    Fate,
    Hook,
    Inbound,
    Input,
    Malformed,
    OptOut,
    Receipt,
    Reply,
)
from gateway.providers import (
    Accepted,
    NoRoute,
    OptedOut,
    Outgoing,
    OutOfHours,
    Provider,
    Rejected,
    SendError,
    Suspended,
    Uncertain,
    Unreachable,
    wire,
)
from gateway.providers.wire import Pace, Result
from settings import Settings

NAME = "africastalking"
KINDS = frozenset({"ussd", "ussd-ended", "sms", "receipts", "optouts"})
MOST_NUMBERS = 500  # in one call; the provider documents no greatest number
TIMEOUT = (3.05, 12.0)  # seconds to connect, to wait

ENDINGS: Mapping[str, Literal["success", "incomplete", "failed"]] = {
    "success": "success",
    "incomplete": "incomplete",
    "failed": "failed",
}
STATUSES = {
    "sent": Delivery.SENT,
    "submitted": Delivery.SENT,
    "buffered": Delivery.SENT,
    "success": Delivery.DELIVERED,
    "rejected": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "absentsubscriber": Delivery.FAILED,
    "expired": Delivery.EXPIRED,
}
SPELLINGS = {
    "NotNetworkSubcriber": "NotNetworkSubscriber"
}  # the provider's page spells it so, its SDKs do not
FATES: Mapping[str, Fate] = {
    "absentsubscriber": "again",  # switched off, or no coverage
    "donotdisturbrejection": "again",
    "userinblacklist": "suppress",
}
"""What a report's reason asks of us; every other one is the end of it."""
TAKEN = frozenset({100, 101, 102})
REFUSALS: Mapping[int, type[SendError]] = {
    401: NoRoute,  # risk hold
    402: NoRoute,  # invalid sender id
    403: Rejected,  # invalid phone number
    404: Rejected,  # unsupported number type
    405: Suspended,  # insufficient balance
    406: OptedOut,  # user in blacklist
    407: Unreachable,  # could not route
    409: OutOfHours,  # do not disturb
    500: Unreachable,
    501: Unreachable,
    502: NoRoute,  # rejected by gateway
}
WORDS: Mapping[str, type[SendError]] = {
    "RiskHold": NoRoute,
    "InvalidSenderId": NoRoute,
    "InsufficientBalance": Suspended,
    "CouldNotRoute": Unreachable,
    "DoNotDisturbRejection": OutOfHours,
    "InternalServerError": Unreachable,
    "GatewayError": Unreachable,
    "RejectedByGateway": NoRoute,
}
"""The same, where an answer names no recipient and says why in a word."""


class AfricasTalking:
    """A `Provider`. One for a process; threads may share it."""

    name = NAME
    kinds = KINDS
    body = Body.FORM

    def __init__(self, service: SmsService, sender: str = "", pace: Pace | None = None) -> None:
        self._service, self._sender = service, sender
        self._pace = pace or Pace(monotonic)

    def read(self, hook: Hook) -> Event:
        """The delivery in our words. Raises Malformed."""
        match hook.kind:
            case "ussd":
                return _dialled(hook)
            case "ussd-ended":
                return _ended(hook)
            case "sms":
                return _written(hook)
            case "receipts":
                return _receipt(hook)
            case "optouts":
                return OptOut(NAME, wire.phone(hook, "phoneNumber"), wire.short(hook, "senderId"))
            case _:
                raise Malformed("kind")

    def authentic(self, hook: Hook) -> bool:  # noqa: ARG002 - the contract's; there is nothing to check
        """Always: Africa's Talking signs nothing."""
        return True

    def answer(self, kind: str, reply: Reply | None) -> Answer:
        """USSD: the screen behind `CON ` or `END `.

        Everything else: `OK`; a reply to an SMS leaves by `send`.
        """
        if kind == "ussd" and reply is not None:
            return Answer(body=("CON " if reply.more else "END ") + reply.text)
        return Answer(body="OK")

    def send(self, batch: Sequence[Outgoing]) -> list[Accepted | SendError]:
        """Send each message once, equal texts together; one result a message, in order.

        Raises nothing.
        """
        return wire.each_once(batch, grouped, self._post, self._pace)

    def _post(self, call: Sequence[Outgoing]) -> Mapping[str, Result]:
        numbers = [message.phone for message in call]
        try:
            body = self._service.send(call[0].text, numbers, self._sender or None, enqueue=True)
        except (requests.JSONDecodeError, RecursionError):
            raise Uncertain("unreadable") from None
        except requests.RequestException as error:
            # Not `from`: the request it carries holds the numbers and the text.
            raise wire.broken(error) from None
        return read_results(call, body)


def _dialled(hook: Hook) -> Inbound:
    """A dial or a reply.

    The text is the whole session so far; on a deep dial it is not empty from the start.
    """
    return Inbound(
        provider=NAME,
        channel="ussd",
        conversation=wire.identifier(hook, "sessionId"),
        phone=wire.phone(hook, "phoneNumber"),
        code=wire.short(hook, "serviceCode"),
        text=wire.present(hook, "text"),
        input=Input.CUMULATIVE,
        network=wire.reason(hook.form.get("networkCode", "")),
    )


def _ended(hook: Hook) -> Ended:
    """The end of a session. It repeats all that was typed and the last screen: neither is read."""
    status = ENDINGS.get(hook.form.get("status", "").casefold(), "failed")
    return Ended(NAME, wire.identifier(hook, "sessionId"), wire.phone(hook, "phoneNumber"), status)


def _written(hook: Hook) -> Inbound:
    """An SMS. It is delivered again until we answer 200, under the same id."""
    return Inbound(
        provider=NAME,
        channel="sms",
        conversation=wire.identifier(hook, "id"),
        phone=wire.phone(hook, "from"),
        code=wire.short(hook, "to"),
        text=wire.present(hook, "text"),
        network=wire.reason(hook.form.get("networkCode", "")),
    )


def _receipt(hook: Hook) -> Receipt:
    """A delivery report. A status nobody has told us of says only that the message is on its
    way.
    """
    raw = wire.reason(wire.present(hook, "status"))
    status = STATUSES.get(raw.casefold())
    if status in (None, Delivery.FAILED, Delivery.EXPIRED):
        said = wire.reason(hook.form.get("failureReason", ""))
        why = SPELLINGS.get(said, said) or raw
    else:
        why = ""
    return Receipt(
        NAME,
        wire.identifier(hook, "id"),
        status or Delivery.SENT,
        why,
        phone=wire.named(hook, "phoneNumber"),
        fate=FATES.get(why.casefold(), "") if status is Delivery.FAILED else "",
    )


class SmsService(SMSService):  # type: ignore[misc]  # the SDK has no types
    """The official SDK's SMS service with what it lacks: a base address, one pooled session, the
    status code.
    """

    def __init__(
        self, username: str, key: str, base: str = "", timeout: tuple[float, float] = TIMEOUT
    ) -> None:
        super().__init__(username, key)
        if base:
            self._baseUrl = base.rstrip("/") + "/version1"
        self._timeout, self._session = timeout, requests.Session()

    def _make_request(
        self, url: str, method: str, headers: Any, data: Any, params: Any, **_: Any
    ) -> object:
        """The SDK's only way out, without its callback.

        Raises SendError for an HTTP error, or what requests does.
        """
        response = self._session.request(
            method,
            url,
            headers=headers,
            data=data,
            params=params,
            timeout=self._timeout,
            allow_redirects=False,
        )
        if response.status_code // 100 != 2:
            raise wire.http_error(response.status_code)
        return response.json()


def grouped(batch: Sequence[Outgoing]) -> list[Sequence[Outgoing]]:
    """Calls to make: equal texts together, at most 500 numbers each, no number twice in one
    call.
    """
    times: Counter[tuple[str, str]] = Counter()
    alike: dict[tuple[str, int], list[Outgoing]] = {}
    for message in batch:
        key = (message.text, message.phone)
        alike.setdefault((message.text, times[key]), []).append(message)
        times[key] += 1
    return [
        group[at : at + MOST_NUMBERS]
        for group in alike.values()
        for at in range(0, len(group), MOST_NUMBERS)
    ]


def read_results(call: Sequence[Outgoing], body: object) -> Mapping[str, Result]:
    """One result a message from the answer to a call.

    HTTP success is not acceptance: each recipient has a code.

    Raises what the provider's word means when it names no recipient at all; Uncertain when it cannot
    be read.
    """
    answer = body.get("SMSMessageData") if isinstance(body, dict) else None
    listed = answer.get("Recipients") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(listed, list):
        raise Uncertain("unreadable")
    recipients = {item.get("number"): item for item in listed if isinstance(item, dict)}
    if not recipients:
        word = _word(answer.get("Message")) or "NoRecipients"
        raise WORDS.get(word, Rejected)(word)
    return {message.id: _result(recipients.get(message.phone)) for message in call}


def _result(item: Mapping[str, object] | None) -> Result:
    if item is None:
        return Uncertain("not_mentioned")
    number, word = _number(item.get("statusCode")), _word(item.get("status"))
    message, cost = item.get("messageId"), item.get("cost")
    if number in TAKEN and isinstance(message, str) and message not in ("", "None"):
        return Accepted(message, cost if isinstance(cost, str) else "")
    if number in TAKEN:
        return Uncertain("no_message_id")
    error = REFUSALS.get(number, Unreachable if number >= 500 else Rejected)
    return error(str(number) if number else "no_code", word)


def _number(value: object) -> int:
    """A status code, which some answers quote; 0 for none."""
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _word(value: object) -> str:
    """The provider's word where it is one word: a sentence of its may repeat a number."""
    return value if isinstance(value, str) and value.isalpha() and len(value) <= 40 else ""


def connect(settings: Settings, receipts_url: str) -> Provider | None:  # noqa: ARG001 - every provider's
    """From the settings; None without a user name.

    Where reports go is set in the provider's own dashboard.
    """
    if not settings.africastalking_username:
        return None
    key = settings.africastalking_key.get_secret_value()
    service = SmsService(settings.africastalking_username, key, settings.africastalking_url)
    return AfricasTalking(service, settings.africastalking_sender)
