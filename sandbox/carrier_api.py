"""What the phone asks of the carrier, under /carrier: dial, reply, hang up, write, read.

JSON in and out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request, send_from_directory
from werkzeug.exceptions import HTTPException

from sandbox.africastalking import E164, SENDER, AfricasTalking
from sandbox.carrier import Carrier, Invalid, NoSuchSession
from sandbox.envelope import is_text, json_of
from sandbox.hooks import NotConnected
from sandbox.inboxes import Inboxes
from sandbox.twilio import Twilio

LONGEST_SMS = 1600


class BadRequest(Exception):
    """The form cannot be used; the message says what is wrong."""


def blueprint(
    carrier: Carrier,
    inboxes: Inboxes,
    at: AfricasTalking,
    twilio: Twilio,
    codes: Mapping[str, object],
) -> Blueprint:
    """The routes of /carrier. `codes`: what a phone may dial and write to."""
    routes = Blueprint("carrier", __name__, url_prefix="/carrier")

    @routes.get("/about")
    def about() -> Response:
        """What may be dialled and written to, and the unread messages of each handset."""
        return jsonify({**codes, "unread": inboxes.unread()})

    @routes.post("/dial")
    def dial() -> Response:
        """Open a USSD session."""
        return jsonify(asdict(carrier.dial(phone(), text("code", 182))))

    @routes.post("/reply")
    def reply() -> Response:
        """Type an answer."""
        return jsonify(asdict(carrier.reply(text("session", 60), text("text", 4000, least=0))))

    @routes.post("/hangup")
    def hang_up() -> Response:
        """Press the red key."""
        carrier.hang_up(text("session", 60))
        return jsonify({"open": False})

    @routes.post("/sms")
    def sms() -> Response:
        """Write a message; it is posted to its hook until that takes it."""
        sender, to, words = phone(), text("to", 20), text("text", LONGEST_SMS)
        providers = {"africastalking": at.incoming, "twilio": twilio.incoming}
        provider = str(fields().get("provider", "africastalking"))
        if provider not in providers:
            raise BadRequest("provider must be africastalking or twilio.")
        return jsonify({"id": providers[provider](sender, to, words)})

    @routes.post("/optout")
    def opt_out() -> Response:
        """Block the sender at the network."""
        at.opted_out(phone(), text("sender", 20) if "sender" in fields() else SENDER)
        return jsonify({"blocked": True})

    @routes.get("/inbox")
    def inbox() -> Response:
        """What a handset holds."""
        return jsonify(inboxes.of(request.args.get("phone", "")))

    @routes.post("/read")
    def read() -> Response:
        """Everything up to this message was read."""
        number = fields().get("number")
        if type(number) is not int or not 0 <= number < 2**63:
            raise BadRequest("number must be the number of a message.")
        inboxes.read(phone(), number)
        return jsonify({"unread": 0})

    return routes


def phone_page() -> Blueprint:
    """/phone: the handset in the browser, three static files."""
    routes = Blueprint("phone", __name__, url_prefix="/phone")

    @routes.get("")
    def page() -> Response:
        """The page."""
        return send_from_directory(f"{routes.root_path}/phone", "index.html")

    @routes.get("/<name>")
    def asset(name: str) -> Response:
        """Its style and its script."""
        return send_from_directory(f"{routes.root_path}/phone", name)

    return routes


def fields() -> dict[str, object]:
    """The JSON object that was posted. Raises BadRequest."""
    body = json_of(request) if request.mimetype == "application/json" else None
    if not isinstance(body, dict):
        raise BadRequest("Post a JSON object with content type application/json.")
    return body


def text(name: str, longest: int, least: int = 1) -> str:
    """A string field. Raises BadRequest."""
    value = fields().get(name)
    if not is_text(value, longest, least):
        raise BadRequest(f"{name} must be {least} to {longest} characters.")
    return str(value)


def phone() -> str:
    """The handset's own number. Raises BadRequest."""
    value = fields().get("phone")
    if not isinstance(value, str) or E164.fullmatch(value) is None:
        raise BadRequest("phone must be a number such as +923000000001.")
    return value


def explained(error: Exception) -> Response:
    """A sentence and a status for what can go wrong here."""
    status = 400
    match error:
        case HTTPException():
            status = error.code or 500
            sentence = error.description or error.name
        case NoSuchSession():
            status, sentence = 404, str(error)
        case NotConnected():
            status, sentence = 503, str(error)
        case _:
            sentence = str(error)
    answer = jsonify({"error": sentence})
    answer.status_code = status
    return answer


EXPLAINED = (BadRequest, Invalid, NoSuchSession, NotConnected, HTTPException)
"""Errors that are answered by `explained`."""
