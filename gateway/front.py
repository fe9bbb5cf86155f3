"""The carriers' way in, in front of Flask: the same `receive` without a framework around it, for
speed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from gateway.answering import answered
from gateway.bodies import LARGEST
from gateway.hooks import Hooks, Request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/in/"
STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


def in_front(app: WSGIApplication, hooks: Hooks, proxies: int) -> WSGIApplication:
    """A WSGI application that answers deliveries itself and leaves everything else to `app`."""

    def wsgi(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or not environ["PATH_INFO"].startswith(PREFIX):
            return app(environ, start)
        answer = answered(hooks, read(environ, proxies))
        body = answer.body.encode()
        start(
            STATUS[answer.status],
            [
                ("Content-Type", answer.content_type),
                ("Content-Length", str(len(body))),
                *answer.headers,
            ],
        )
        return [body]

    return wsgi


def read(environ: Mapping[str, Any], proxies: int) -> Request:
    """A delivery from a WSGI environment; one byte more than the largest is enough to refuse it."""
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    length = environ.get("CONTENT_LENGTH") or "0"
    body = environ["wsgi.input"].read(min(int(length), LARGEST + 1) if length.isdecimal() else 0)
    remote = client(headers, environ.get("REMOTE_ADDR", ""), proxies)
    path = environ["PATH_INFO"].removeprefix(PREFIX)
    return Request(path, environ.get("QUERY_STRING", ""), body, headers, remote)


def client(headers: Mapping[str, str], remote: str, proxies: int) -> str:
    """The address a delivery came from: the one the outermost trusted proxy saw."""
    forwarded = [
        one.strip() for one in headers.get("x-forwarded-for", "").split(",") if one.strip()
    ]
    return forwarded[-proxies] if proxies and len(forwarded) >= proxies else remote
