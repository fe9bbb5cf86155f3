"""`./guichet doctor --registry NAME`: one registry's settings, step by step, and what to do where one
fails.

Looks only: it searches for an ID that nobody has, and promises nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests

from commands.findings import Finding
from registry_client.configuration import Configured
from registry_client.port import NotSupported, Refused, Registry, RegistryError
from registry_client.tokens import Tokens

SECONDS = 5
NOBODY = "0" * 13
"""An ID no registry gives out."""
TOKEN_CODES = ("http 401", "http 403", "err.request.unauthorized", "err.request.forbidden")
SIGNATURE_CODES = ("err.signature", "rjct.jwt")


def steps(one: Configured, registry: Registry, tokens: Tokens) -> Iterator[Finding]:
    """Every step in the order in which they depend on each other; none after one that fails for good."""
    reached = reach(one)
    yield reached
    if reached.state == "wrong":
        return
    shown = token(one, tokens)
    yield shown
    yield signature(one)
    if shown.state != "wrong":
        yield search(registry)
    yield callback(one)


def reach(one: Configured) -> Finding:
    """Whether its address names a machine that takes a connection, and speaks HTTP."""
    url = one.registry.url
    where = urlsplit(url)
    try:
        port = where.port or {"https": 443, "http": 80}[where.scheme]
        socket.create_connection((where.hostname or "", port), SECONDS).close()
    except socket.gaierror:
        return Finding("wrong", "reach", f"{url}: no machine has this name: see url in the file")
    except OSError as error:
        said = error.strerror or type(error).__name__
        return Finding("wrong", "reach", f"{url}: {said}: is it up, and may this machine reach it?")
    try:
        requests.get(url, timeout=SECONDS, allow_redirects=False)
    except requests.exceptions.SSLError:
        return Finding("wrong", "reach", f"{url}: its certificate is not trusted here")
    except requests.RequestException as error:
        return Finding("wrong", "reach", f"{url}: {type(error).__name__}: it does not speak HTTP")
    return Finding("ok", "reach", f"{url}: answers")


def token(one: Configured, tokens: Tokens) -> Finding:
    """Whether there is a token to show, and with OAuth2 whether one is given out."""
    match one.registry.auth.kind:
        case "none":
            return Finding("off", "token", "none is shown")
        case "bearer":
            return Finding("ok", "token", f"from {one.registry.auth.token_env or 'the settings'}")
    auth = one.registry.auth
    try:
        tokens.bearer(SECONDS)
    except RegistryError as error:
        return Finding(
            "wrong",
            "token",
            f"{auth.path} gives none: {error}: see auth.path, client_id and {auth.secret_env}",
        )
    return Finding("ok", "token", f"{auth.path} gives one to {auth.client_id}")


def signature(one: Configured) -> Finding:
    """How we sign, and what the registry has to know for it."""
    it = one.registry.signature
    if it.form == "none":
        return Finding("off", "signature", "messages are not signed")
    return Finding(
        "ok",
        "signature",
        f"{it.form}, {it.algorithm}, key {it.key_id}: it must be registered there",
    )


def search(registry: Registry) -> Finding:
    """Whether it answers a search for an ID that nobody has."""
    try:
        found = registry.find_person(NOBODY, timeout=SECONDS, trace="doctor")
    except NotSupported:
        return Finding("off", "search", "this registry keeps no people")
    except Refused as refused:
        return Finding("wrong", "search", f"refused: {refused.code}{_advice(refused.code)}")
    except RegistryError as error:
        return Finding("wrong", "search", f"{type(error).__name__}: {error}{_advice(str(error))}")
    if found is not None:
        return Finding(
            "wrong", "search", "somebody is found for an ID that nobody has: see id_types"
        )
    return Finding("ok", "search", "answers, and finds nobody where there is nobody")


def _advice(said: str) -> str:
    """What to look at; a signature that is not taken is answered 401 as well."""
    if any(code in said for code in SIGNATURE_CODES):
        return ": it does not take our signature: is the key registered there, and the form right?"
    if any(code in said for code in TOKEN_CODES):
        return ": it does not take our token: see auth"
    return ": nothing is at that path: see paths" if "http 404" in said else ""


def callback(one: Configured) -> Finding:
    """Whether our own address for what it tells later is reached, and takes nothing from a stranger."""
    url = one.registry.callback_url
    if not url:
        return Finding(
            "off", "callback", "callback_url is empty: nothing is asked that is told later"
        )
    try:
        status = requests.post(url, json={}, timeout=SECONDS, allow_redirects=False).status_code
    except requests.RequestException as error:
        return Finding("wrong", "callback", f"{url}: {type(error).__name__}: is the web up there?")
    if status in {401, 403}:
        return Finding("ok", "callback", f"{url}: answers, and takes nothing from a stranger")
    return Finding(
        "wrong", "callback", f"{url}: answers {status} to a stranger: is it our address?"
    )
