"""The composition root of the sandbox: one Flask app with the registry, the carrier, the phone and
the controls.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, jsonify, redirect
from werkzeug.wrappers import Response as AnyResponse

from sandbox import (
    africastalking,
    carrier_api,
    control,
    operator_page,
    registry_api,
    twilio,
    twilio_api,
)
from sandbox.carrier import Carrier
from sandbox.database import Database
from sandbox.dci import routes as dci_routes
from sandbox.dci.server import Dci, Wire
from sandbox.deliveries import Deliveries
from sandbox.faults import BadFault, carrier_faults, registry_faults
from sandbox.hooks import Hooks
from sandbox.households import HOUSEHOLDS
from sandbox.inboxes import Inboxes
from sandbox.officer import BadAct, Officer
from sandbox.openimis import api as openimis_api
from sandbox.openimis.site import Site
from sandbox.openspp import openspp_api
from sandbox.registry import Registry

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
LARGEST = 1_000_000
"""Bytes of the largest body taken: a text for some tens of thousands of numbers."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the sandbox is started with."""

    var: Path
    hooks: Path
    service_codes: tuple[str, ...] = ("*384*1234#",)
    short_code: str = "21234"
    """Where the phone writes by default."""
    twilio_token: str = ""
    wire: Wire = field(default_factory=Wire)
    """Who may speak DCI to the registry, and how."""
    households: int = HOUSEHOLDS
    """How many synthetic households are drawn on the first start, beside those of the test persons.
    """


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def create_app(config: Config) -> Flask:
    """The whole sandbox. `app.extensions["sandbox"]()` ends its delivery threads."""
    app = Flask("sandbox", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST
    database = Database(config.var / "sandbox.sqlite3")
    in_registry, in_carrier = registry_faults(), carrier_faults()
    hooks = Hooks(config.hooks)
    closing = ExitStack()
    deliveries = Deliveries(hooks, in_carrier)
    registry, inboxes = Registry(database, now, config.households), Inboxes(database, now)
    dci = Dci(registry, database, hooks, config.var, config.wire, now)
    door, officer = dci_routes.Door(dci, in_registry), Officer(dci)
    at = africastalking.AfricasTalking(inboxes, deliveries, in_carrier, now)
    over_twilio = twilio.Twilio(inboxes, deliveries, in_carrier, config.twilio_token, now)
    carrier = Carrier(hooks, deliveries, in_carrier, config.service_codes, now)
    about = {"codes": config.service_codes, "short_code": config.short_code}
    for routes in (
        dci_routes.blueprint(dci, door, now, ""),
        dci_routes.blueprint(dci, door, now, "/registry-api"),
        dci_routes.description(dci),
        registry_api.blueprint(dci, door, now),
        openspp_api.blueprint(now),
        africastalking.blueprint(at),
        twilio_api.blueprint(over_twilio),
        carrier_api.blueprint(carrier, inboxes, at, over_twilio, about),
        carrier_api.phone_page(),
        operator_page.blueprint(officer, in_registry),
        openimis_api.blueprint(Site(), openimis_api.Door()),
        control.blueprint(officer, inboxes, deliveries, in_registry, in_carrier),
    ):
        app.register_blueprint(routes)
    _general(app)
    closing.callback(deliveries.close)
    closing.callback(dci.callbacks.close)
    app.extensions["sandbox"] = closing.close
    return app


def _general(app: Flask) -> None:
    """What holds for every route."""
    for error in (*carrier_api.EXPLAINED, BadFault, BadAct):
        app.register_error_handler(error, carrier_api.explained)

    @app.after_request
    def guard(response: Response) -> Response:
        """Nothing but our own files runs in a page of ours."""
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.get("/healthz")
    def healthz() -> Response:
        """Whether it is up."""
        return jsonify({"status": "ok"})

    @app.get("/")
    def home() -> AnyResponse:
        """The phone is what people come for."""
        return redirect("/phone")
