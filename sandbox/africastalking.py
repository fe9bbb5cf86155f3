"""Africa's Talking as it is on the wire: sending messages, and the forms it posts.

USSD dials are in carrier.py.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import Blueprint, Response, request

from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import Faults
from sandbox.inboxes import Inboxes, parts
from sandbox.sending import after_accepting, before_accepting

NAME = "africastalking"
NETWORK = "99999"
"""The network code of the provider's own sandbox."""
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
SENDER = "AFRICASTKNG"
PRICE = Decimal("0.8000")

STATUSES = {
    100: "Processed",
    101: "Success",
    102: "Queued",
    401: "RiskHold",
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    405: "InsufficientBalance",
    406: "UserInBlacklist",
    407: "CouldNotRoute",
    409: "DoNotDisturbRejection",
    500: "InternalServerError",
    501: "GatewayError",
    502: "RejectedByGateway",
}
"""What the status of a recipient says, by its code."""
REASONS = {"Failed": "DeliveryFailure", "Rejected": "UserInBlackList"}
"""failureReason goes with these two statuses of a report only."""


@dataclass(frozen=True, slots=True)
class AfricasTalking:
    """The provider over one carrier."""

    inboxes: Inboxes
    deliveries: Deliveries
    faults: Faults
    now: Callable[[], datetime]

    def send(self, numbers: list[str], text: str, sender: str) -> dict[str, object]:
        """Take a message for each number, and say of each what became of it."""
        recipients = [
            self._recipient(number, text, sender, second=place % 2 == 1)
            for place, number in enumerate(numbers)
        ]
        taken = [recipient for recipient in recipients if recipient["messageId"] != "None"]
        total = f"KES {PRICE * parts(text) * len(taken)}" if taken else "0"
        message = f"Sent to {len(taken)}/{len(recipients)} Total Cost: {total}"
        return {"SMSMessageData": {"Message": message, "Recipients": recipients}}

    def _recipient(self, number: str, text: str, sender: str, *, second: bool) -> dict[str, object]:
        code = self._code(number)
        if code < 400 and second and self.faults.take("halve"):
            code = 407
        head: dict[str, object] = {"statusCode": code, "number": number, "status": STATUSES[code]}
        if code >= 400:
            return head | {"cost": "0", "messageId": "None"}
        message = f"ATXid_{uuid.uuid4().hex}"
        self._carry(message, number, text, sender)
        return head | {"cost": f"KES {PRICE * parts(text)}", "messageId": message}

    def _code(self, number: str) -> int:
        if E164.fullmatch(number) is None:
            return 403
        if number in self.faults.get("blacklist"):
            return 406
        wanted = self.faults.get("refuse").get(number)
        return wanted if wanted in STATUSES else 101

    def _carry(self, message: str, number: str, text: str, sender: str) -> None:
        status = str(self.faults.get("undelivered").get(number, "Success"))
        if status == "Success":
            self.inboxes.receive(NAME, message, number, sender, text)
        if not self.faults.get("no_reports"):
            self.deliveries.send(
                self._report(message, number, status), self.faults.get("report_after")
            )

    def _report(self, message: str, number: str, status: str) -> Delivery:
        form = {"id": message, "status": status, "phoneNumber": number, "networkCode": NETWORK}
        if status in REASONS:
            form["failureReason"] = REASONS[status]
        return Delivery(NAME, "receipts", message, form)

    def incoming(self, phone: str, to: str, text: str) -> str:
        """A handset writes to a short code: kept in its own folder and posted until it is taken.

        The message's id.
        """
        message = str(uuid.uuid4())
        self.inboxes.wrote(NAME, message, phone, to, text)
        form = {
            "date": self.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "from": phone,
            "id": message,
            "linkId": uuid.uuid4().hex[:20],
            "text": text,
            "to": to,
            "cost": "KES 1.00",
            "networkCode": NETWORK,
        }
        self.deliveries.send(Delivery(NAME, "sms", message, form))
        return message

    def opted_out(self, phone: str, sender: str) -> None:
        """A subscriber blocks the sender: it is told so, and sending is refused from now on."""
        self.faults.set({"blacklist": sorted({*self.faults.get("blacklist"), phone})})
        form = {"senderId": sender, "phoneNumber": phone}
        self.deliveries.send(Delivery(NAME, "optouts", phone, form))


def blueprint(provider: AfricasTalking) -> Blueprint:
    """`POST /africastalking/version1/messaging`."""
    routes = Blueprint(NAME, __name__, url_prefix="/africastalking")

    @routes.post("/version1/messaging")
    def messaging() -> Response:
        """Take one text for many numbers."""
        if not request.headers.get("apiKey") or not request.form.get("username"):
            return Response("The supplied authentication is invalid", 401, mimetype="text/plain")
        fault = before_accepting(provider.faults)
        if fault is not None:
            return Response(fault.message, fault.status, mimetype="text/plain")
        numbers = [
            number.strip() for number in request.form.get("to", "").split(",") if number.strip()
        ]
        text = request.form.get("message", "")
        if not numbers or not text:
            missing = "message" if numbers else "to"
            return Response(
                f"Request is missing required form field '{missing}'", 400, mimetype="text/plain"
            )
        sent = provider.send(numbers, text, request.form.get("from") or SENDER)
        after_accepting(provider.faults)
        return _json(sent, 201)

    return routes


def _json(body: dict[str, object], status: int) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")
