"""For whoever tries things out or tests: make faults, move requests on, look into every book.

Under /control.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from sandbox.carrier_api import BadRequest, fields, text
from sandbox.deliveries import Deliveries
from sandbox.faults import Faults
from sandbox.inboxes import Inboxes
from sandbox.ledger import PROGRESS
from sandbox.registry import Registry


def blueprint(
    registry: Registry,
    inboxes: Inboxes,
    deliveries: Deliveries,
    registry_faults: Faults,
    carrier_faults: Faults,
) -> Blueprint:
    """The routes of /control."""
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
        """Forget every request and message, and let nothing go wrong."""
        registry.ledger.clear()
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
