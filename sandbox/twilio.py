"""Twilio's messages: taken, moved on with signed callbacks, and brought in.

Its HTTP API is twilio_api.py.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from xml.etree import ElementTree

from flask import Response, jsonify

from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import Faults
from sandbox.hooks import Said
from sandbox.inboxes import Inboxes, parts

NAME = "twilio"
VERSION = "2010-04-01"
ACCOUNT = "AC" + "0" * 32
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
LONGEST = 1600
SUCCESS = range(200, 300)
DOCS = "https://www.twilio.com/docs/errors"

ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    21211: (400, "The 'To' number is not a valid phone number."),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21609: (400, "The 'StatusCallback' URL is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
}


class ApiError(Exception):
    """Refused: one of ERRORS."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code

    def response(self) -> Response:
        """The provider's error body."""
        status, message = ERRORS[self.code]
        body = {
            "code": self.code,
            "message": message,
            "more_info": f"{DOCS}/{self.code}",
            "status": status,
        }
        answer = jsonify(body)
        answer.status_code = status
        return answer


@dataclass(slots=True)
class Message:
    """One message resource."""

    sid: str
    account: str
    to: str
    sender: str | None
    service: str | None
    body: str
    status: str
    created: datetime
    callback: str = ""
    sent: datetime | None = None
    error: int | None = None
    direction: str = "outbound-api"

    def resource(self) -> dict[str, object]:
        """Its JSON."""
        uri = f"/{VERSION}/Accounts/{self.account}/Messages/{self.sid}"
        return {
            "account_sid": self.account,
            "api_version": VERSION,
            "body": self.body,
            "date_created": format_datetime(self.created),
            "date_sent": format_datetime(self.sent) if self.sent else None,
            "date_updated": format_datetime(self.sent or self.created),
            "direction": self.direction,
            "error_code": self.error,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": self.service,
            "num_media": "0",
            "num_segments": str(parts(self.body)) if self.sender else "0",
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


def signature(token: str, url: str, form: dict[str, str]) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the URL and the parameters in the order of their names,
    Base64.
    """
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(
        hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    ).decode()


@dataclass(slots=True)
class Twilio:
    """The provider over one carrier. Messages are kept as long as the process runs."""

    inboxes: Inboxes
    deliveries: Deliveries
    faults: Faults
    token: str
    now: Callable[[], datetime]
    account: str = ACCOUNT
    """The account incoming messages are for: the last one that sent."""
    messages: dict[str, Message] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, account: str, form: dict[str, str]) -> Message:
        """Take a message. Raises ApiError."""
        self._check(form)
        self.account = account
        status = "accepted" if form.get("MessagingServiceSid") else "queued"
        message = Message(
            f"SM{uuid.uuid4().hex}",
            account,
            form["To"],
            form.get("From") or None,
            form.get("MessagingServiceSid") or None,
            form["Body"],
            status,
            self.now(),
            form.get("StatusCallback", ""),
        )
        with self._lock:
            self.messages[message.sid] = message
        self._carry(message)
        return message

    def _check(self, form: dict[str, str]) -> None:
        for name, code in (("To", 21604), ("Body", 21602)):
            if not form.get(name):
                raise ApiError(code)
        if not form.get("From") and not form.get("MessagingServiceSid"):
            raise ApiError(21603)
        if E164.fullmatch(form["To"]) is None:
            raise ApiError(21211)
        if len(form["Body"]) > LONGEST:
            raise ApiError(21617)
        if not form.get("StatusCallback", "http://").startswith(("http://", "https://")):
            raise ApiError(21609)
        self._refused(form["To"])

    def _refused(self, number: str) -> None:
        if number in self.faults.get("blacklist"):
            raise ApiError(21610)
        wanted = self.faults.get("refuse").get(number)
        if wanted in ERRORS:
            raise ApiError(wanted)

    def _carry(self, message: Message) -> None:
        """Sent, then delivered (or not), each with its callback; no callback for the first
        status.
        """
        lost = message.to in self.faults.get("undelivered")
        if not lost:
            self.inboxes.receive(
                NAME, message.sid, message.to, message.sender or message.service or "", message.body
            )
        after = float(self.faults.get("report_after"))
        self.deliveries.later(after, lambda: self._move(message, "sent"))
        self.deliveries.later(
            2 * after, lambda: self._move(message, "undelivered" if lost else "delivered")
        )

    def _move(self, message: Message, status: str) -> None:
        message.status, message.sent = status, message.sent or self.now()
        message.error = 30003 if status == "undelivered" else None
        if message.callback and not self.faults.get("no_reports"):
            self.deliveries.send(self._callback(message))

    def _callback(self, message: Message) -> Delivery:
        form = {
            "AccountSid": message.account,
            "ApiVersion": VERSION,
            "From": message.sender or "",
            "MessageSid": message.sid,
            "MessageStatus": message.status,
            "SmsSid": message.sid,
            "SmsStatus": message.status,
            "To": message.to,
        }
        if message.service:
            form["MessagingServiceSid"] = message.service
        if message.error is not None:
            form["ErrorCode"] = str(message.error)
        if message.status in ("delivered", "undelivered"):
            form["RawDlrDoneDate"] = self.now().strftime("%y%m%d%H%M")
        return Delivery(
            NAME, "receipts", message.sid, form, message.callback, self._signed, taken_by=SUCCESS
        )

    def _signed(self, url: str, form: dict[str, str]) -> dict[str, str]:
        plain = url.partition("#")[0]
        return {
            "X-Twilio-Signature": signature(self.token, plain, form),
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        }

    def incoming(self, phone: str, to: str, text: str) -> str:
        """A handset writes to one of our numbers: posted, signed, until it is taken.

        The message's SID.
        """
        sid = f"SM{uuid.uuid4().hex}"
        self.inboxes.wrote(NAME, sid, phone, to, text)
        form = {
            "AccountSid": self.account,
            "ApiVersion": VERSION,
            "Body": text,
            "From": phone,
            "FromCountry": "PK",
            "MessageSid": sid,
            "NumMedia": "0",
            "NumSegments": str(parts(text)),
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "To": to,
        }
        heard = partial(self._replied, phone, to)
        self.deliveries.send(
            Delivery(NAME, "sms", sid, form, signed=self._signed, heard=heard, taken_by=SUCCESS)
        )
        return sid

    def _replied(self, phone: str, to: str, said: Said) -> None:
        """Carry the messages a TwiML answer holds."""
        for text in twiml_messages(said.body):
            self.inboxes.receive(NAME, f"SM{uuid.uuid4().hex}", phone, to, text)

    def found(self, account: str, arguments: dict[str, str]) -> list[Message]:
        """Messages of an account, newest first, as To, From and DateSent ask."""
        with self._lock:
            mine = [message for message in self.messages.values() if message.account == account]
        return [message for message in reversed(mine) if _asked_for(message, arguments)]


def twiml_messages(body: str) -> list[str]:
    """The texts of `<Response><Message>`; none when the answer is no TwiML."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - the answer of the hook this sandbox was pointed at
    except ElementTree.ParseError:
        return []
    return ["".join(message.itertext()).strip() for message in root.iter("Message")]


def _asked_for(message: Message, arguments: dict[str, str]) -> bool:
    day = (message.sent or message.created).astimezone(UTC)
    compared = {
        "To": message.to == arguments.get("To"),
        "From": message.sender == arguments.get("From"),
        "DateSent": day.date().isoformat() == arguments.get("DateSent", "")[:10],
        "DateSent<": day.isoformat() <= arguments.get("DateSent<", "").replace("Z", "+00:00"),
        "DateSent>": day.isoformat() >= arguments.get("DateSent>", "").replace("Z", "+00:00"),
    }
    return all(compared[name] for name in compared if arguments.get(name))
