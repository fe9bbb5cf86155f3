"""Odoo's JSON-RPC as one user: records searched, read and created. An error comes with HTTP 200."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from registry_client import envelope
from registry_client.envelope import Json, objects, word
from registry_client.port import Refused, RegistryError, Unavailable
from registry_client.post import Post

REFUSALS = {
    "odoo.exceptions.AccessError": "forbidden",
    "odoo.exceptions.MissingError": "missing",
    "odoo.exceptions.UserError": "invalid",
    "odoo.exceptions.ValidationError": "invalid",
}
"""Errors that stay as long as neither side is changed; any other may pass."""

Domain = Sequence[tuple[str, str, object]]


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are in Odoo."""

    database: str
    login: str
    password: str = field(repr=False)


class Odoo:
    """One database. Every call may raise RegistryError; `until` is a time of the clock."""

    def __init__(
        self, asked: Post, path: str, account: Account, clock: Callable[[], float]
    ) -> None:
        self._post, self._path, self._account, self._clock = asked, path, account, clock
        self._user = 0

    def search(self, model: str, domain: Domain, fields: Sequence[str], until: float) -> list[Json]:
        """Two records at most, oldest first: more are not told apart anyway."""
        how = {"fields": list(fields), "limit": 2, "order": "id"}
        return objects(self._call(model, "search_read", [list(map(list, domain))], how, until))

    def create(self, model: str, values: Json, until: float) -> int:
        """The number of the new record."""
        made = self._call(model, "create", [dict(values)], {}, until)
        number = made[0] if isinstance(made, list) and made else made
        if type(number) is not int:
            raise Unavailable("the answer has no number")
        return number

    def _call(
        self, model: str, method: str, args: list[object], named: Json, until: float
    ) -> object:
        account = self._account
        user = self._user or self._signed_in(until)
        whole = [account.database, user, account.password, model, method, args, dict(named)]
        return self._ask("object", "execute_kw", whole, until)

    def _signed_in(self, until: float) -> int:
        account = self._account
        who = [account.database, account.login, account.password, {}]
        user = self._ask("common", "authenticate", who, until)
        if type(user) is not int or user <= 0:
            raise Unavailable("the login was refused")
        self._user = user
        return user

    def _ask(self, service: str, method: str, args: Sequence[object], until: float) -> object:
        params = {"service": service, "method": method, "args": args}
        whole = {"jsonrpc": "2.0", "method": "call", "params": params, "id": 1}
        body = json.dumps(whole).encode("ascii")
        answer = envelope.parse(self._post(self._path, body, timeout=until - self._clock()))
        if isinstance(error := answer.get("error"), dict):
            raise _meaning(error)
        if "result" not in answer:
            raise Unavailable("the answer has no result")
        return answer["result"]


def _meaning(error: Json) -> RegistryError:
    """By the name of the error alone: its message and trace hold what was sent."""
    inner = error.get("data")
    name = word(inner.get("name")) if isinstance(inner, dict) else ""
    if name in REFUSALS:
        return Refused(REFUSALS[name])
    return Unavailable(f"odoo: {envelope.code(name)}".strip())
