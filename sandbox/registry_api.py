"""The local profile over HTTP, under /registry-api, and a page of the test persons."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify, render_template_string, request

from sandbox.dci.header import NotARequest
from sandbox.dci.routes import Door
from sandbox.dci.server import Dci
from sandbox.envelope import HttpError
from sandbox.people import KNOWN
from sandbox.profile import respond
from sandbox.registry import Clock

PEOPLE_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><title>Test persons</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="/phone/icon.svg"><link rel="stylesheet" href="/phone/page.css">
</head>
<body><main>
<h1>Test persons</h1>
<p>Nobody here exists. Type these IDs on <a href="/phone">the phone</a>.</p>
<table>
<thead><tr>{% for name in ("ID", "Outcome", "Who", "Household") %}
<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>{% for known in people %}
<tr><td><code>{{ known.national_id }}</code></td><td>{{ known.outcome }}</td>
<td>{{ known.who }}</td><td>{{ known.household.id if known.household else "none" }}</td></tr>{% endfor %}
</tbody>
</table>
</main></body>
</html>"""


def blueprint(dci: Dci, door: Door, now: Clock) -> Blueprint:
    """The routes."""
    routes = Blueprint("registry", __name__, url_prefix="/registry-api")

    @routes.post("/x-guichet/<action>")
    def profile(action: str) -> Response:
        """A call of the local profile."""
        return door.guarded(lambda: _answered(dci, door, now, action))

    @routes.get("/people")
    def people() -> str | Response:
        """The test persons, as a page or as JSON."""
        if request.accept_mimetypes.best == "application/json":
            listed = [
                {"national_id": known.national_id, "outcome": known.outcome, "who": known.who}
                for known in KNOWN
            ]
            return jsonify(listed)
        return render_template_string(PEOPLE_PAGE, people=KNOWN)

    routes.register_error_handler(HttpError, HttpError.response)
    return routes


def _answered(dci: Dci, door: Door, now: Clock, action: str) -> Response:
    try:
        received = door.received()
    except NotARequest as why:
        raise HttpError(HTTPStatus.UNAUTHORIZED, why.code, why.message) from why
    return jsonify(dci.signed(respond(dci.registry, now, action, received), received.signature))
