"""OpenSPP over HTTP, under /openspp: tokens, resources, change requests, and what a test may set."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, jsonify, make_response, request
from werkzeug.exceptions import HTTPException

from sandbox.openspp import rpc
from sandbox.openspp.site import ID_SYSTEM, NO_CONSENT, Resource, Site, membership

API = "/api/v2/spp"
CLIENT, SECRET = "guichet", "an-openspp-secret-of-nobody"
CHANGE_TYPES = frozenset({"enrol_individual"})


def blueprint(now: Callable[[], datetime]) -> Blueprint:
    """The routes."""
    site = Site(now)
    routes = Blueprint("openspp", __name__, url_prefix="/openspp")
    _tokens(routes, site)
    _resources(routes, site)
    _changes(routes, site)
    _control(routes, site)

    @routes.post("/jsonrpc")
    def json_rpc() -> Response:
        """Odoo: an error is HTTP 200 as well."""
        answer = rpc.answered(site, request.get_json())
        return jsonify(answer) if answer is not None else _lost()

    @routes.errorhandler(HTTPException)
    def problem(error: HTTPException) -> Response:
        """What FastAPI writes; it names what was asked for, as the product does."""
        return make_response(jsonify({"detail": f"refused: {request.path}"}), error.code)

    return routes


def _tokens(routes: Blueprint, site: Site) -> None:
    @routes.post(f"{API}/oauth/token")
    def token() -> Response:
        """Client credentials, as JSON."""
        asked = request.get_json()
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            abort(HTTPStatus.UNAUTHORIZED)
        made = secrets.token_hex(16)
        site.tokens.add(made)
        return jsonify({"access_token": made, "token_type": "Bearer", "expires_in": 3600})

    @routes.before_request
    def known() -> None:
        """Every resource needs a token that holds."""
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        open_to_all = not request.path.startswith(f"/openspp{API}/") or request.path.endswith(
            "/oauth/token"
        )
        if not open_to_all and shown not in site.tokens:
            abort(HTTPStatus.UNAUTHORIZED)


def _resources(routes: Blueprint, site: Site) -> None:
    @routes.get(f"{API}/Individual/<path:identifier>")
    def individual(identifier: str) -> Response:
        """One person, if she agreed to be shown."""
        system, _, value = identifier.partition("|")
        if value == NO_CONSENT:
            abort(HTTPStatus.FORBIDDEN)
        if system != ID_SYSTEM or value not in site.individuals:
            abort(HTTPStatus.NOT_FOUND)
        return jsonify(site.individuals[value])

    @routes.get(f"{API}/Program")
    def programmes() -> Response:
        """By status and whom they are for."""
        target = request.args.get("targetType")
        return _page([one for one in site.programmes if target in {None, one["targetType"]}])

    @routes.get(f"{API}/Entitlement")
    def entitlements() -> Response:
        """Of one beneficiary."""
        whose = request.args["beneficiary"]
        return _page([one for one in site.entitlements if one["beneficiary"] == whose])

    @routes.get(f"{API}/ProgramMembership")
    def memberships() -> Response:
        """Of one beneficiary, in one programme where one is named."""
        whose, programme = request.args["beneficiary"], request.args.get("program")
        return _page(
            [
                one
                for one in site.memberships
                if one["beneficiary"]["reference"] == whose
                and programme in {None, one["program"]["reference"]}
            ]
        )

    @routes.post(f"{API}/ProgramMembership")
    def enrol() -> Response:
        """A new membership."""
        given = request.get_json()
        programme, beneficiary = given["program"]["reference"], given["beneficiary"]["reference"]
        if beneficiary.partition("|")[2] not in site.individuals:
            abort(HTTPStatus.UNPROCESSABLE_ENTITY)
        made = membership(beneficiary, programme.partition("|")[2], given["status"])
        with site.lock:
            number = f"M-{len(site.memberships) + 1}"
            made["identifier"] = [{"system": "urn:openspp:program-membership", "value": number}]
            site.memberships.append(made)
            return _created(site, f"{API}/ProgramMembership/{number}", made)


def _changes(routes: Blueprint, site: Site) -> None:
    @routes.get(f"{API}/ChangeRequest")
    def changes() -> Response:
        """Of one registrant and one type."""
        system, _, value = request.args["registrant"].partition("|")
        kind = request.args["requestType"]
        return _page(
            [
                one
                for one in site.changes
                if one["registrant"] == {"system": system, "value": value}
                and one["requestType"]["code"] == kind
            ]
        )

    @routes.post(f"{API}/ChangeRequest")
    def change() -> Response:
        """A new one, in draft."""
        given = request.get_json()
        if (
            given["requestType"]["code"] not in CHANGE_TYPES
            or given["registrant"]["value"] not in site.individuals
        ):
            abort(HTTPStatus.UNPROCESSABLE_ENTITY)
        with site.lock:
            reference = f"CR/{site.now().year}/{len(site.changes) + 1:05}"
            made = given | {"reference": reference, "status": "draft"}
            site.changes.append(made)
            return _created(site, f"{API}/ChangeRequest/{reference}", made)

    @routes.post(f"{API}/ChangeRequest/<path:reference>/$submit")
    def submit(reference: str) -> Response:
        """From draft to pending, once."""
        found = [one for one in site.changes if one["reference"] == reference]
        if not found:
            abort(HTTPStatus.NOT_FOUND)
        with site.lock:
            if found[0]["status"] != "draft":
                abort(HTTPStatus.CONFLICT)
            found[0]["status"] = "pending"
        return jsonify(found[0])


def _control(routes: Blueprint, site: Site) -> None:
    @routes.post("/control")
    def control() -> Response:
        """`forget`: every token is old. `cut`: so many answers to what is created are lost.
        `tickets`, `changes`, `memberships`: fields that all of them get.
        """
        asked = request.get_json()
        if asked.get("forget"):
            site.tokens.clear()
        site.cut = int(asked.get("cut", site.cut))
        held = {"tickets": site.tickets, "changes": site.changes, "memberships": site.memberships}
        for kind, records in held.items():
            for one in records:
                one |= asked.get(kind, {})
        return jsonify({})

    @routes.get("/ledger")
    def ledger() -> Response:
        """Our references, as often as each was handed over."""
        drafts = [one for one in site.memberships if "identifier" in one]
        return jsonify(
            {
                "applications": [{"reference": one["description"][:10]} for one in site.changes],
                "complaints": [{"reference": one["name"][:10]} for one in site.tickets],
                "memberships": drafts,
                "changes": site.changes,
                "tickets": site.tickets,
            }
        )


def _page(found: list[Resource]) -> Response:
    """A page of a search: a hundred at most, twenty where none is asked for."""
    count, offset = int(request.args.get("_count", 20)), int(request.args.get("_offset", 0))
    if not 1 <= count <= 100 or offset < 0:
        abort(HTTPStatus.UNPROCESSABLE_ENTITY)
    data = found[offset : offset + count]
    meta = {"total": len(found), "count": len(data), "offset": offset}
    return jsonify({"data": data, "meta": meta, "links": {"self": request.path}})


def _created(site: Site, location: str, made: Resource) -> Response:
    if site.lost():
        return _lost()
    return make_response(jsonify(made), HTTPStatus.CREATED, {"Location": location})


def _lost() -> Response:
    """Done, and the answer cut by whatever stands between."""
    return make_response("", HTTPStatus.GATEWAY_TIMEOUT)
