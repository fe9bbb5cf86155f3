"""Twilio's message resource as it is on the wire: create, list, fetch and delete, under
/twilio/2010-04-01.
"""

from __future__ import annotations

import hmac
import re
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from sandbox.sending import after_accepting, before_accepting
from sandbox.twilio import NAME, VERSION, ApiError, Message, Twilio


def blueprint(provider: Twilio) -> Blueprint:
    """`/twilio/2010-04-01/Accounts/{sid}/Messages`."""
    routes = Blueprint(NAME, __name__, url_prefix=f"/twilio/{VERSION}/Accounts/<account>")
    routes.register_error_handler(ApiError, ApiError.response)

    @routes.before_request
    def authenticate() -> None:
        """Basic authentication by SID and token."""
        given, account = request.authorization, (request.view_args or {}).get("account", "")
        password = (given.password if given else None) or ""
        user = (given.username if given else None) or ""
        good = re.fullmatch(r"AC[0-9a-fA-F]{32}", account) is not None and user == account
        if not good or not hmac.compare_digest(password.encode(), provider.token.encode()):
            raise ApiError(20003)

    @routes.post("/Messages.json")
    def create(account: str) -> Response:
        """Send a message."""
        fault = before_accepting(provider.faults)
        if fault is not None:
            raise ApiError(20429 if fault.status == 429 else 20500)
        message = provider.create(account, request.form.to_dict()).resource()
        after_accepting(provider.faults)
        answer = jsonify(message)
        answer.status_code = 201
        return answer

    @routes.get("/Messages.json")
    def listed(account: str) -> Response:
        """A page of messages."""
        return jsonify(_page(provider.found(account, request.args.to_dict()), account))

    @routes.get("/Messages/<sid>.json")
    def fetch(account: str, sid: str) -> Response:
        """One message."""
        return jsonify(_one(provider, account, sid).resource())

    @routes.delete("/Messages/<sid>.json")
    def delete(account: str, sid: str) -> Response:
        """Forget one message."""
        provider.messages.pop(_one(provider, account, sid).sid, None)
        return Response(status=204)

    return routes


def _one(provider: Twilio, account: str, sid: str) -> Message:
    message = provider.messages.get(sid)
    if message is None or message.account != account:
        raise ApiError(20404)
    return message


def _page(messages: list[Message], account: str) -> dict[str, Any]:
    size = min(max(request.args.get("PageSize", 50, type=int), 1), 1000)
    page = max(request.args.get("Page", 0, type=int), 0)
    shown = messages[page * size : (page + 1) * size]
    filters = {
        name: value
        for name, value in request.args.items()
        if name not in ("Page", "PageSize", "PageToken")
    }
    uri = f"/{VERSION}/Accounts/{account}/Messages.json?{urlencode(filters | {'PageSize': size})}&Page="
    more = len(messages) > (page + 1) * size
    return {
        "end": page * size + max(len(shown) - 1, 0),
        "first_page_uri": f"{uri}0",
        "messages": [message.resource() for message in shown],
        "next_page_uri": f"{uri}{page + 1}" if more else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": f"{uri}{page - 1}" if page else None,
        "start": page * size,
        "uri": f"{uri}{page}",
    }
