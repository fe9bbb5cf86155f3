"""The registry's calls over HTTP: tokens, faults, signatures, and the forms errors take."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.carrier_api import BadRequest, fields
from sandbox.dci import schema
from sandbox.dci.answers import ack, unreadable
from sandbox.dci.calls import CALLS, Call
from sandbox.dci.header import NotARequest
from sandbox.dci.keys import BadKey
from sandbox.dci.server import Dci
from sandbox.envelope import HttpError, Received, read
from sandbox.faults import Faults, Stopped

Clock = Callable[[], datetime]
STOPPED = {
    "down": (HTTPStatus.SERVICE_UNAVAILABLE, "err.service.unavailable"),
    "fail": (HTTPStatus.INTERNAL_SERVER_ERROR, "err.request.bad"),
    "lose": (HTTPStatus.SERVICE_UNAVAILABLE, "err.service.unavailable"),
}
SIGNATURE = ("err.signature.missing", "err.signature.invalid")


class Door:
    """What every call passes first: the token, then whatever is to go wrong."""

    def __init__(self, dci: Dci, faults: Faults) -> None:
        self._dci, self._faults = dci, faults

    def guarded(self, work: Callable[[], Response]) -> Response:
        """Do the work unless a fault or a missing token is in the way. Raises HttpError."""
        self._authorised()
        try:
            self._faults.before()
            done = work()
            self._faults.after()
        except Stopped as cause:
            raise HttpError(*STOPPED[cause.kind], str(cause)) from cause
        return done

    def received(self) -> Received:
        """The request, its signature checked. Raises HttpError and NotARequest."""
        found = read(request)
        self._dci.check_signature(found)
        return found

    def _authorised(self) -> None:
        wire = self._dci.wire
        if not wire.token and not wire.require_token:
            return
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        fixed = bool(wire.token) and hmac.compare_digest(given.encode(), wire.token.encode())
        if scheme.lower() == "bearer" and (fixed or self._dci.tokens.known(given)):
            return
        raise HttpError(
            HTTPStatus.UNAUTHORIZED, "err.request.unauthorized", "A bearer token is needed."
        )


def blueprint(dci: Dci, door: Door, now: Clock, prefix: str) -> Blueprint:
    """The routes of all calls under a prefix."""
    name = prefix.strip("/").replace("-", "_") or "root"
    routes = Blueprint(f"dci_{name}", __name__, url_prefix=prefix or None)
    for call in CALLS:
        answer = _acknowledged if call.asynchronous else _replied
        routes.add_url_rule(
            call.path,
            call.path.strip("/").replace("/", "_").replace("-", "_"),
            _view(answer, dci, door, now, call),
            methods=["POST"],
        )
    routes.add_url_rule("/oauth2/client/token", "token", lambda: _token(dci), methods=["POST"])
    routes.add_url_rule("/.well-known/jwks.json", "jwks", lambda: jsonify(dci.keys.published()))
    routes.add_url_rule("/.well-known/locations.json", "locations", lambda: _locations(prefix))
    routes.register_error_handler(HttpError, HttpError.response)
    return routes


def description(dci: Dci) -> Blueprint:
    """`/openapi.json`, and where senders register their keys."""
    routes = Blueprint("description", __name__)

    @routes.get("/openapi.json")
    def openapi() -> Response:
        """What is served, described."""
        return jsonify(schema.description())

    @routes.post("/sandbox/keys")
    def keys() -> Response:
        """Know a sender's public key from now on."""
        try:
            sender, kid, key = dci.keys.register(fields())
        except BadKey as cause:
            raise BadRequest(str(cause)) from cause
        return jsonify({"sender_id": sender, "kid": kid, "alg": key.algorithm})

    return routes


def _view(answer: Any, dci: Dci, door: Door, now: Clock, call: Call) -> Callable[[], Response]:
    return lambda: door.guarded(lambda: answer(dci, door, now, call))


def _replied(dci: Dci, door: Door, now: Clock, call: Call) -> Response:
    received = None
    try:
        received = door.received()
        return jsonify(dci.replied(call, received))
    except HttpError as cause:
        why = NotARequest(cause.code, cause.message)
    except NotARequest as cause:
        why = cause
    if why.code in SIGNATURE:
        return HttpError(HTTPStatus.UNAUTHORIZED, why.code, str(why)).response()
    answer = jsonify(unreadable(received, call.action, now(), why))
    answer.status_code = HTTPStatus.BAD_REQUEST
    return answer


def _acknowledged(dci: Dci, door: Door, now: Clock, call: Call) -> Response:
    try:
        body, afterwards = dci.acknowledged(call, door.received())
    except (HttpError, NotARequest) as why:
        return jsonify(ack(uuid.uuid4().hex, now(), (why.code, why.message)))
    response = jsonify(body)
    response.call_on_close(afterwards)
    return response


def _token(dci: Dci) -> Response:
    form, basic = request.form, request.authorization
    if request.mimetype != "application/x-www-form-urlencoded":
        return _oauth(HTTPStatus.BAD_REQUEST, "invalid_request", "Post a form.")
    if form.get("grant_type") != "client_credentials":
        return _oauth(HTTPStatus.BAD_REQUEST, "unsupported_grant_type", "client_credentials only.")
    client, secret = form.get("client_id", ""), form.get("client_secret", "")
    if basic is not None and basic.type == "basic":
        client, secret = basic.username or "", basic.password or ""
    given = dci.tokens.given(client, secret)
    if given is None:
        return _oauth(HTTPStatus.UNAUTHORIZED, "invalid_client", "Not a client of this registry.")
    response = jsonify(given)
    response.headers["Cache-Control"] = "no-store"
    return response


def _oauth(status: HTTPStatus, error: str, why: str) -> Response:
    """RFC 6749's error, and DCI's list beside it."""
    code = "err.request.unauthorized" if status == HTTPStatus.UNAUTHORIZED else "err.request.bad"
    listed = [{"code": code, "message": why}]
    answer = jsonify({"error": error, "error_description": why, "errors": listed})
    answer.status_code = status
    return answer


def _locations(prefix: str) -> Response:
    base = request.host_url.rstrip("/") + prefix
    return jsonify({"locations": [{"name": "registry", "url": base, "version": "1.0.0"}]})
