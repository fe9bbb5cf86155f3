"""One OpenSPP of the configuration, put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import monotonic

from registry_client.configuration import Configured
from registry_client.openspp.applications import Applications
from registry_client.openspp.odoo import Account, Odoo
from registry_client.openspp.registry import OpenSpp
from registry_client.openspp.rest import Rest, meaning
from registry_client.openspp.tickets import Tickets
from registry_client.post import Post
from registry_client.tokens import Tokens


def openspp(
    one: Configured,
    *,
    now: Callable[[], datetime],
    tokens: Tokens,
    clock: Callable[[], float] = monotonic,
) -> OpenSpp:
    """Calls nothing."""
    it, site = one.registry, one.registry.openspp
    rest = Rest(Post(it.url, tokens, means=meaning), site.api, clock)
    odoo = _odoo(one, clock) if site.database else None
    tickets = Tickets(odoo, site) if odoo else None
    return OpenSpp(rest, it, Applications(rest, site, odoo), tickets, now, clock)


def _odoo(one: Configured, clock: Callable[[], float]) -> Odoo:
    site = one.registry.openspp
    account = Account(site.database, site.login, one.secret(site.password_env))
    return Odoo(Post(one.registry.url), site.rpc, account, clock)
