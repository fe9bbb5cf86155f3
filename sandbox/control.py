"""For whoever tries things out or tests: make faults, move requests on, look into every book.

Under /control.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import NotFound

from sandbox.carrier_api import BadRequest, fields, text
from sandbox.deliveries import Deliveries
from sandbox.envelope import is_whole
from sandbox.faults import Faults
from sandbox.inboxes import Inboxes
from sandbox.ledger import PROGRESS
from sandbox.officer import ACTS, Officer


def blueprint(
    officer: Officer,
    inboxes: Inboxes,
    deliveries: Deliveries,
    registry_faults: Faults,
    carrier_faults: Faults,
) -> Blueprint:
    """The routes of /control."""
    registry, dci = officer.dci.registry, officer.dci
    routes = Blueprint("control", __name__, url_prefix="/control")

    @routes.route("/registry", methods=["GET", "POST"])
    def registry_control() -> Response:
        """The registry's faults; a POST changes what it names."""
        return _faults(registry_faults)

    @routes.route("/carrier", methods=["GET", "POST"])
    def carrier_control() -> Response:
        """The carrier's faults; a POST changes what it names."""
        return _faults(carrier_faults)

    @routes.post("/reset")
    def reset() -> Response:
        """Forget every request, message, subscription and key, and let nothing go wrong."""
        registry.restore()
        dci.reset()
        inboxes.clear()
        registry_faults.reset()
        carrier_faults.reset()
        return jsonify({"reset": True})

    @routes.post("/progress")
    def progress() -> Response:
        """Move a request on, as an officer would."""
        word = fields().get("progress")
        if word not in PROGRESS:
            raise BadRequest(f"progress must be one of {', '.join(PROGRESS)}.")
        if not registry.ledger.move(text("reference", 10), str(word)):
            raise BadRequest("There is no request under this reference.")
        return jsonify({"progress": word})

    @routes.post("/<act>")
    def act(act: str) -> Response:
        """What an officer does: a row of ACTS."""
        if act not in ACTS:
            raise NotFound
        given = {name: str(value) for name, value in fields().items() if value is not None}
        if not is_whole(given):
            raise BadRequest("Fields are plain text.")
        return jsonify(ACTS[act](officer, given))

    @routes.get("/callbacks")
    def callbacks() -> Response:
        """The last answers and notices of the registry, and what came of them."""
        return jsonify([one.as_json() for one in list(dci.callbacks.recent)])

    @routes.get("/subscriptions")
    def subscriptions() -> Response:
        """Every subscription, the oldest first."""
        listed = [one.as_json() | {"sender_id": one.sender} for one in dci.subscriptions.listed()]
        return jsonify(listed)

    @routes.get("/ledger")
    def ledger() -> Response:
        """Every application, complaint and case, and how often each reference was delivered."""
        return jsonify(registry.ledger.entries())

    @routes.get("/inbox")
    def inbox() -> Response:
        """The messages of one handset."""
        return jsonify(inboxes.of(request.args.get("phone", "")))

    @routes.get("/scores")
    def scores() -> Response:
        """Every seeded poverty score by household: none of them may be found outside."""
        return jsonify(registry.census.scores())

    @routes.get("/deliveries")
    def recent() -> Response:
        """The last posts to hooks and what came of them; no addresses, for they carry tokens."""
        names = ("provider", "kind", "id", "tries", "state", "answer")
        return jsonify(
            [{name: getattr(one, name) for name in names} for one in list(deliveries.recent)]
        )

    return routes


def _faults(faults: Faults) -> Response:
    return jsonify(faults.set(fields() if request.method == "POST" else {}))
