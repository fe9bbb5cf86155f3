"""Odoo's JSON-RPC, as far as tickets and what became of change requests need it."""

from __future__ import annotations

from typing import Any

from sandbox.openspp.site import ID_SYSTEM, Resource, Site

DATABASE, LOGIN, PASSWORD = "openspp", "guichet", "an-odoo-password-of-nobody"
USER = 7
FIRST_CONTACT = 1000
NEEDED = ("name", "description", "partner_id")
STAGES = [
    {"id": 1, "name": "New", "stage_type": "new", "is_closed": False},
    {"id": 2, "name": "Looked into", "stage_type": "in_progress", "is_closed": False},
    {"id": 3, "name": "Done", "stage_type": "resolved", "is_closed": True},
]


class Refused(Exception):
    """By the name of Odoo's own error."""


def answered(site: Site, asked: Resource) -> Resource | None:
    """The whole envelope; None where the answer is lost."""
    params = asked["params"]
    try:
        result = _done(site, params["service"], params["method"], params["args"])
    except Refused as refused:
        data = {"name": str(refused), "message": f"of {params['args']}", "debug": "Traceback"}
        error = {"code": 200, "message": "Odoo Server Error", "data": data}
        return {"jsonrpc": "2.0", "id": asked["id"], "error": error}
    return None if result is None else {"jsonrpc": "2.0", "id": asked["id"], "result": result}


def _done(site: Site, service: str, method: str, args: list[Any]) -> object:
    match service, method, args:
        case "common", "authenticate", [database, login, password, _]:
            return USER if (database, login, password) == (DATABASE, LOGIN, PASSWORD) else False
        case "object", "execute_kw", [database, user, password, model, what, given, named]:
            if (database, user, password) != (DATABASE, USER, PASSWORD):
                raise Refused("odoo.exceptions.AccessDenied")
            if what == "create":
                return _create(site, model, given[0])
            if what == "search_read":
                return _search(_records(site, model), given[0], named)
    raise Refused("builtins.AttributeError")


def _create(site: Site, model: str, values: Resource) -> int | None:
    if model != "spp.grm.ticket" or not all(values.get(name) for name in NEEDED):
        raise Refused("odoo.exceptions.ValidationError")
    with site.lock:
        number = len(site.tickets) + 1
        made = {"id": number, "number": f"GRM-{number:05}", "stage_id": [1, "New"]}
        site.tickets.append(values | made | {"decision": False, "closed_date": False})
        return None if site.lost() else number


def _records(site: Site, model: str) -> list[Resource]:
    match model:
        case "spp.grm.ticket":
            return site.tickets
        case "spp.grm.ticket.stage":
            return STAGES
        case "spp.registry.id":
            return [
                {
                    "id": place,
                    "namespace_uri": ID_SYSTEM,
                    "value": value,
                    "partner_id": [FIRST_CONTACT + place, "Somebody"],
                }
                for place, value in enumerate(site.individuals)
            ]
        case "spp.change.request":
            return [
                {"id": place, "approval_state": one["status"]} | one
                for place, one in enumerate(site.changes)
            ]
    raise Refused("odoo.exceptions.AccessError")


def _search(records: list[Resource], domain: list[Any], named: Resource) -> list[Resource]:
    found = [one for one in records if all(_fits(one, *term) for term in domain)]
    return [
        {name: one.get(name, False) for name in ("id", *named["fields"])}
        for one in found[: named["limit"]]
    ]


def _fits(record: Resource, name: str, operator: str, value: Any) -> bool:
    if operator == "=like":
        return str(record[name]).startswith(value.removesuffix("%"))
    return bool(record[name] == value)
