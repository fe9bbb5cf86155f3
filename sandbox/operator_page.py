"""/operator: what an officer does, by hand; subscriptions, and what was delivered. No script."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template_string, request
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from sandbox.carrier_api import BadRequest
from sandbox.faults import BadFault, Faults
from sandbox.officer import ACTS, ANSWERS, DECISIONS, PAYMENTS, STATES, BadAct, Officer
from sandbox.programmes import PROGRAMMES

FORMS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "register": (
        "Register somebody",
        {"person": (), "household": (), "given_name": (), "born": ()},
    ),
    "enrol": ("Enrol", {"person": (), "programme": tuple(PROGRAMMES), "state": STATES}),
    "pay": ("Pay", {"person": (), "programme": tuple(PROGRAMMES), "state": tuple(PAYMENTS)}),
    "decide": ("Decide on an application", {"reference": (), "decision": tuple(DECISIONS)}),
    "answer": ("Answer a complaint", {"reference": (), "answer": tuple(ANSWERS)}),
    "open": (
        "Tell that a programme opens",
        {"person": (), "programme": tuple(PROGRAMMES), "opens": ()},
    ),
    "appoint": ("Give an appointment", {"person": (), "on": (), "time": ()}),
}
"""Title and fields of each form; a field with words is a choice."""
POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
PAGE = Path(__file__).with_suffix(".html")
NAMES = ("at", "action", "to", "correlation_id", "tries", "state", "answer")


def blueprint(officer: Officer, faults: Faults) -> Blueprint:
    """The page and its forms."""
    routes = Blueprint("operator", __name__, url_prefix="/operator")

    @routes.get("")
    def page() -> str:
        """Everything on one page, the latest delivery first."""
        deliveries = [one.as_json() for one in reversed(list(officer.dci.callbacks.recent))][:50]
        return render_template_string(
            PAGE.read_text("utf-8"),
            forms=FORMS,
            faults=faults.set({}),
            said=request.args.get("said", "")[:200],
            subscriptions=officer.dci.subscriptions.listed(),
            deliveries=deliveries,
            names=NAMES,
        )

    @routes.post("/<act>")
    def do(act: str) -> AnyResponse:
        """Do it, and show the page with what came of it."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise Forbidden("Another page may not press these buttons.")
        return redirect(f"/operator?said={quote(_done(officer, faults, act))}", 303)

    @routes.after_request
    def guard(response: Response) -> Response:
        """Forms may be sent here, unlike elsewhere."""
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return routes


def _done(officer: Officer, faults: Faults, act: str) -> str:
    try:
        if act == "faults":
            faults.set(_faults())
            return "Set."
        if act not in ACTS:
            raise BadRequest("There is no such form.")
        return f"Done. Told: {ACTS[act](officer, request.form)['told']}."
    except (BadAct, BadFault) as why:
        return str(why)


def _faults() -> dict[str, object]:
    form = request.form
    try:
        delay, fail = float(form.get("delay", "0")), int(form.get("fail", "0"))
    except ValueError as cause:
        raise BadFault("delay and fail are numbers.") from cause
    return {"delay": delay, "fail": fail, "down": "down" in form}
