"""This openIMIS over HTTP: `/openimis/graphql`, and its books under `/openimis/ledger`."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.openimis import graphql
from sandbox.openimis.graphql import CHANGES, Asked, Invalid
from sandbox.openimis.site import Site

USERNAME = "guichet"
PASSWORD = "sandbox-password-not-a-secret"  # noqa: S105 - it says so itself


class Door:
    """Who may come in. `tokens` are those that hold."""

    def __init__(self, username: str = USERNAME, password: str = PASSWORD) -> None:
        self._username, self._password = username, password
        self.tokens = set[str]()
        self.logins = 0

    def enter(self, variables: dict[str, Any]) -> Response:
        """The answer to a login: an error has HTTP 200 as well."""
        self.logins += 1
        pair = f"{variables.get('username')}\n{variables.get('password')}"
        if not hmac.compare_digest(pair.encode(), f"{self._username}\n{self._password}".encode()):
            return _error("Please enter valid credentials")
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        return jsonify({"data": {"tokenAuth": {"token": token}}})

    def holds(self, header: str) -> bool:
        """Whether this header carries a token that holds."""
        return header.removeprefix("Bearer ") in self.tokens


def blueprint(site: Site, door: Door) -> Blueprint:
    """The routes under /openimis."""
    routes = Blueprint("openimis", __name__, url_prefix="/openimis")

    @routes.post("/graphql")
    def ask() -> Response:
        """One document."""
        given = request.get_json()
        try:
            asked = graphql.read(given["query"], given["variables"])
            if asked.name == "tokenAuth":
                return door.enter(given["variables"])
            if not door.holds(request.headers.get("Authorization", "")):
                return _error("Signature has expired")
            with site.lock:
                return _answer(site, asked)
        except Invalid as error:
            answer = _error(str(error))
            answer.status_code = 400
            return answer

    @routes.get("/ledger")
    def ledger() -> Response:
        """Every complaint and application."""
        with site.lock:
            return jsonify(site.ledger())

    return routes


def _answer(site: Site, asked: Asked) -> Response:
    if asked.name not in CHANGES:
        nodes = graphql.found(site, asked)
        return jsonify({"data": {asked.name: graphql.connection(nodes, asked.names)}})
    given = asked.arguments["input"]
    site.change(asked.name, given)
    if site.faults.lost:
        site.faults.lost -= 1
        return Response(status=503)
    return jsonify({"data": {asked.name: {"clientMutationId": given["clientMutationId"]}}})


def _error(message: str) -> Response:
    return jsonify({"errors": [{"message": message}], "data": None})
