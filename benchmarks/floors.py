"""What a key press is held against, as WSGI applications for the same server: Flask, and no framework at all.

Neither knows a citizen: no session, no token, no check.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from flask import Flask, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ANSWER = "CON How can we help?\n1 Check what I may get\n2 Ask for a benefit\n3 Make a complaint\n4 Follow my request"
TYPE = "text/plain; charset=utf-8"
PATH = "/press"


def flask_route() -> WSGIApplication:
    """One route that reads the form and answers."""
    app = Flask("floor", static_folder=None)

    @app.post(PATH)
    def press() -> tuple[str, dict[str, str]]:
        return ANSWER if request.form["sessionId"] else "END", {"Content-Type": TYPE}

    return app


def bare_callable() -> WSGIApplication:
    """The least that can answer: the body is read and parsed, and that is all."""
    body = ANSWER.encode()
    headers = [("Content-Type", TYPE), ("Content-Length", str(len(body)))]

    def press(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        form = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start("200 OK" if form[b"sessionId"] else "400 Bad Request", headers)
        return [body]

    return press
