"""The registry over HTTP, under /registry-api: DCI, the local profile, and a page of the test
persons.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, jsonify, render_template_string, request

from sandbox.dci import Search
from sandbox.envelope import HttpError, read
from sandbox.faults import Faults
from sandbox.people import KNOWN
from sandbox.profile import respond
from sandbox.registry import Clock, Registry

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


def blueprint(registry: Registry, faults: Faults, now: Clock, token: str) -> Blueprint:
    """The routes. `token`: a bearer token to ask for; empty asks for none."""
    routes = Blueprint("registry", __name__, url_prefix="/registry-api")
    search = Search(registry, now)

    @routes.post("/registry/sync/search")
    def sync_search() -> Response:
        """DCI search."""
        return _guarded(faults, token, lambda: search(read(request)))

    @routes.post("/x-guichet/<action>")
    def profile(action: str) -> Response:
        """A call of the local profile."""
        return _guarded(faults, token, lambda: respond(registry, now, action, read(request)))

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


def _guarded(faults: Faults, token: str, work: Callable[[], Response]) -> Response:
    """Do the work unless a fault or a missing token is in the way."""
    _authorised(token)
    if faults.get("down"):
        raise HttpError(
            HTTPStatus.SERVICE_UNAVAILABLE, "err.service.unavailable", "The registry is down."
        )
    time.sleep(faults.get("delay"))
    if faults.take("fail"):
        raise HttpError(
            HTTPStatus.INTERNAL_SERVER_ERROR, "err.request.bad", "The registry stumbled."
        )
    done = work()
    if faults.take("lose"):
        raise HttpError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "err.service.unavailable",
            "Done, but the answer was lost.",
        )
    return done


def _authorised(token: str) -> None:
    given = request.headers.get("Authorization", "")
    if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise HttpError(
            HTTPStatus.UNAUTHORIZED, "err.request.unauthorized", "A bearer token is needed."
        )
