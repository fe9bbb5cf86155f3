"""The addresses registries call, on Flask: where they deliver, and where they find the keys we sign
with.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from gateway.callbacks import Call, Callbacks
from gateway.callbacks_answers import NotTaken
from gateway.callbacks_reading import LARGEST
from registry_client.keys import PublicKey, jwks


def blueprint(callbacks: Callbacks, signing: Collection[PublicKey]) -> Blueprint:
    """`/dci/<registry>` and what is below it, and `/.well-known/jwks.json`."""
    made = Blueprint("registries", __name__)

    @made.post("/dci/<registry>")
    @made.post("/dci/<registry>/")
    @made.post("/dci/<registry>/<path:path>")
    def deliver(registry: str, path: str = "") -> ResponseReturnValue:
        shown = request.headers.get("Authorization", "")
        kind = request.headers.get("Content-Type", "")
        answer = callbacks.receive(Call(registry, path.rstrip("/"), shown, kind, _body))
        return Response(
            answer.body, answer.status, answer.headers, content_type=answer.content_type
        )

    @made.get("/.well-known/jwks.json")
    def keys() -> ResponseReturnValue:
        return jwks(signing), 200 if signing else 404

    return made


def _body() -> bytes:
    """The body of a delivery, which may be larger than a carrier's; one byte more than the largest is
    enough to refuse it. Raises NotTaken.
    """
    request.max_content_length = LARGEST + 1
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        raise NotTaken("size") from None
