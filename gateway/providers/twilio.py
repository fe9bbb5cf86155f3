"""Twilio: SMS in, signed, SMS out, and status callbacks. Twilio has no USSD."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from time import monotonic
from urllib.parse import parse_qs, quote, urlsplit

import requests

# The SDK has no types: hence the ignores.
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.request_validator import RequestValidator, add_port, remove_port  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from twilio.rest.api.v2010.account.message import MessageInstance  # type: ignore[import-untyped]

from gateway.hook import (
    Answer,
    Body,
    Delivery,
    Event,
    Fate,
    Hook,
    Inbound,
    Malformed,
    OptOut,
    Receipt,
    Reply,
)
from gateway.providers import (
    Accepted,
    Listed,
    NoRoute,
    OptedOut,
    Outgoing,
    Provider,
    Rejected,
    SendError,
    Suspended,
    Throttled,
    Uncertain,
    Unreachable,
    wire,
)
from gateway.providers.wire import Pace, Result
from settings import Settings

NAME = "twilio"
KINDS = frozenset({"sms", "receipts"})
TIMEOUT = 8.0  # seconds to connect, and again to wait: the SDK has none of its own
SILENCE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
SHORTEST_BASE64 = 60

STATUSES = {
    "accepted": Delivery.SENT,
    "scheduled": Delivery.SENT,
    "queued": Delivery.SENT,
    "sending": Delivery.SENT,
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "undelivered": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}
REFUSALS: Mapping[int, type[SendError]] = {
    # The account, or too fast: this message is not at fault.
    20003: Suspended,
    20005: Suspended,
    30002: Suspended,
    20429: Throttled,
    14107: Throttled,
    21611: Throttled,
    30001: Throttled,
    # The number.
    21211: Rejected,
    21217: Rejected,
    21604: Rejected,
    21614: Rejected,
    21635: Rejected,
    21610: OptedOut,
    # The region, sender, route or registration; the text.
    21408: NoRoute,
    21606: NoRoute,
    21612: NoRoute,
    21703: NoRoute,
    21709: NoRoute,
    21617: Rejected,
    30018: NoRoute,
    30024: NoRoute,
    30004: Rejected,
    30005: Rejected,
    30006: Rejected,
    30007: Rejected,
    # The way there, for now.
    30003: Unreachable,
    30008: Unreachable,
    30017: Unreachable,
    30410: Unreachable,
}
FATES: Mapping[str, Fate] = {
    "21610": "suppress",
    "30001": "again",
    "30002": "again",
    "30003": "again",
    "30008": "again",
    "30017": "again",
    "30410": "again",
}
"""What a report's error code asks of us; every other one is the end of it."""
FOR_ALL = frozenset(
    {401, 403, 429, 20003, 20005, 30002, 20429, 14107}
)  # of the account, whatever the message
MOST_LISTED = 1000  # on one page; where there are more, the list is not whole
REFUSED_AT_ONCE = frozenset({"failed", "undelivered", "canceled"})

_MESSAGING_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_OURS = re.compile(r"[0-9a-fA-F-]{32,36}")


class Twilio:
    """A `Provider`. One for a process; threads may share it."""

    name = NAME
    kinds = KINDS
    body = Body.FORM

    def __init__(
        self,
        client: Client,
        validator: RequestValidator,
        sender: str,
        receipts_url: str,
        pace: Pace | None = None,
    ) -> None:
        self._client, self._validator = client, validator
        self._sender, self._receipts_url = sender, receipts_url
        self._pace = pace or Pace(monotonic)

    def read(self, hook: Hook) -> Event:
        """The delivery in our words. Raises Malformed."""
        match hook.kind:
            case "sms":
                return _written(hook)
            case "receipts":
                return _receipt(hook)
            case _:
                raise Malformed("kind")

    def authentic(self, hook: Hook) -> bool:
        """Whether X-Twilio-Signature signs the public address and the whole form, port named in the
        address or not.
        """
        given = hook.headers.get("x-twilio-signature", "").encode()
        address = urlsplit(hook.url)
        forms = {hook.url, add_port(address), remove_port(address)}
        expected = [self._validator.compute_signature(url, hook.form).encode() for url in forms]
        return any(hmac.compare_digest(given, one) for one in expected)

    def answer(self, kind: str, reply: Reply | None) -> Answer:  # noqa: ARG002 - the contract's; one answer fits all
        """An empty TwiML document: replies leave by `send`, so that each is stored first."""
        return Answer(body=SILENCE, content_type="text/xml; charset=utf-8")

    def send(self, batch: Sequence[Outgoing]) -> list[Accepted | SendError]:
        """Send each message once, a call a message; one result a message, in order. Raises
        nothing.
        """
        return wire.each_once(batch, wire.singly, self._post, self._pace)

    def listed(self, phone: str) -> list[Listed]:
        """Every message to this number, in one call; no date is asked for, as one that waits in a
        queue has none yet. Raises SendError, Uncertain where there are more than a page.
        """
        try:
            found = self._client.messages.list(to=phone, limit=MOST_LISTED, page_size=MOST_LISTED)
            listed = [_listed(one) for one in found]
        except TwilioException as error:
            raise _no_page(error) from None
        except requests.RequestException as error:
            raise wire.broken(error) from None
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            raise Uncertain("unreadable") from None
        if len(listed) >= MOST_LISTED:
            raise Uncertain("too_many")
        return listed

    def _post(self, call: Sequence[Outgoing]) -> Mapping[str, Result]:
        (message,) = call
        try:
            return {message.id: _taken(self._create(message))}
        except (TwilioRestException, TwilioServiceException) as error:
            status, code = _number(error.status), _number(error.code)
            if code in FOR_ALL or status in FOR_ALL or status >= 500:
                raise read_error(status, code) from None
            return {message.id: read_error(status, code)}
        except requests.RequestException as error:
            # Not `from`: the request it carries holds the number and the text.
            raise wire.broken(error) from None
        except (ValueError, TypeError, AttributeError, RecursionError):
            # What the SDK raises over a 2xx body that is not the JSON it expects.
            raise Uncertain("unreadable") from None

    def _create(self, message: Outgoing) -> MessageInstance:
        callback = f"{self._receipts_url}?id={quote(message.id)}"
        if _MESSAGING_SERVICE.fullmatch(self._sender):
            return self._client.messages.create(
                to=message.phone,
                body=message.text,
                status_callback=callback,
                messaging_service_sid=self._sender,
            )
        return self._client.messages.create(
            to=message.phone, body=message.text, status_callback=callback, from_=self._sender
        )


def _written(hook: Hook) -> Inbound | OptOut:
    """An SMS; or an opt-out that Twilio has already confirmed to her itself (Advanced Opt-Out)."""
    phone, code = wire.phone(hook, "From"), wire.short(hook, "To")
    message = wire.identifier(hook, "MessageSid")
    text = decoded(wire.present(hook, "Body"))
    match hook.form.get("OptOutType", "").upper():
        case "STOP":
            return OptOut(NAME, phone, code)
        case "START" | "HELP" as keyword:
            text = keyword  # she may have written it in a language of her own
    return Inbound(NAME, "sms", message, phone, code, text)


def _receipt(hook: Hook) -> Receipt:
    """A status callback. A status nobody has told us of says only that the message is on its
    way.
    """
    raw = wire.reason(wire.present(hook, "MessageStatus"))
    status = STATUSES.get(raw.casefold())
    why = (
        ""
        if status in (Delivery.SENT, Delivery.DELIVERED)
        else wire.reason(hook.form.get("ErrorCode", "")) or raw
    )
    return Receipt(
        NAME,
        wire.identifier(hook, "MessageSid"),
        status or Delivery.SENT,
        why,
        _ours(hook.url),
        wire.named(hook, "To"),
        FATES.get(why, "") if status is Delivery.FAILED else "",
    )


def _ours(url: str) -> str:
    """Our own id of the message, which we put into the callback's address; empty where it is not
    one.
    """
    (given, *_) = parse_qs(urlsplit(url).query).get("id", [""])
    return given if _OURS.fullmatch(given) else ""


def decoded(body: str) -> str:
    """The text of an SMS.

    Twilio delivers some joined messages in base64: read as such only when it clearly is.
    """
    joined = "".join(body.splitlines())
    if len(joined) < SHORTEST_BASE64 or len(joined) % 4 or not _BASE64.fullmatch(joined):
        return body
    try:
        text = base64.b64decode(joined, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return body
    return text if any(sign.isspace() for sign in text) and _legible(text) else body


def _legible(text: str) -> bool:
    return all(
        sign.isprintable() or sign in "\r\n\t" or sign == "\u200c" or sign == "\u200d"
        for sign in text
    )


def _taken(message: MessageInstance) -> Result:
    """The result of a created message: it may have been refused at once, with a code."""
    if not isinstance(message.sid, str) or not message.sid:
        return Uncertain("unreadable")
    if message.status in REFUSED_AT_ONCE:
        return read_error(400, _number(message.error_code))
    price = f"{message.price_unit or ''} {message.price}".strip() if message.price else ""
    return Accepted(message.sid, price)


def _listed(message: MessageInstance) -> Listed:
    """A listed message; one whose fields are not what they should be raises TypeError."""
    sid, text, at = message.sid, message.body, message.date_created
    if not isinstance(sid, str) or not isinstance(text, str):
        raise TypeError("a message without an id or a text")
    code = _number(message.error_code)
    status = STATUSES.get(str(message.status), Delivery.SENT)
    return Listed(sid, text, at if isinstance(at, datetime) else None, status, str(code or ""))


def _no_page(error: TwilioException) -> SendError:
    """What a list that could not be fetched means: the SDK hands the HTTP answer over as it is."""
    answer = error.args[1] if len(error.args) > 1 else None
    status = _number(getattr(answer, "status_code", None))
    return read_error(status, 0) if status else Uncertain("unreadable")


def read_error(status: int, code: int) -> SendError:
    """What Twilio's error code means; the HTTP status decides where the code is not in the
    table.
    """
    refusal = REFUSALS.get(code)
    said = "" if code in (0, status) else str(code)
    return refusal(said) if refusal else wire.http_error(status, said)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def connect(settings: Settings, receipts_url: str) -> Provider | None:
    """From the settings; None without an account SID."""
    if not settings.twilio_account_sid:
        return None
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()
    return Twilio(
        client(sid, token, settings.twilio_url),
        RequestValidator(token),
        settings.twilio_sender,
        receipts_url,
    )


def client(sid: str, token: str, base: str = "", timeout: float = TIMEOUT) -> Client:
    """The official client with time-outs, without retries, at another address where one is
    given.
    """
    http = TwilioHttpClient(timeout=timeout, max_retries=0)
    # TWILIO_EDGE and TWILIO_REGION of the environment would move it elsewhere: only our settings
    # may.
    made = Client(
        sid, token, http_client=http, environment={"TWILIO_EDGE": "", "TWILIO_REGION": ""}
    )
    if base:
        made.api.base_url = base.rstrip("/")
    return made
