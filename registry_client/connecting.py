"""One registry of the configuration, put together: address, token, signature, adapter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import monotonic, sleep

from registry_client import envelope
from registry_client.configuration import ConfigurationError, Configured, RegistrySettings
from registry_client.dci.client import DciClient
from registry_client.dci.courier import Courier, Manner
from registry_client.dci.messages import Writer
from registry_client.dci.people import People
from registry_client.dci.plain import PlainRegistry
from registry_client.dci.profile import ProfileRegistry
from registry_client.dci.queries import Purpose
from registry_client.envelope import Signer
from registry_client.openspp.connecting import openspp
from registry_client.port import Registry
from registry_client.post import Fixed, Post, Tokens


def registry(
    one: Configured,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    tokens: Tokens | None = None,
    signer: Signer | None = None,
    rest: Callable[[float], None] = sleep,
) -> Registry:
    """The port of this registry. Calls nothing; raises ConfigurationError."""
    if one.registry.kind == "openspp":
        return openspp(one, now=now, tokens=tokens)
    post = courier(one, now=now, new_id=new_id, tokens=tokens, signer=signer, rest=rest)
    asked = client(one.registry, post, now=now, new_id=new_id)
    people = People(asked, one.registry)
    match one.registry.kind:
        case "dci":
            prefix, id_type = one.registry.paths.profile, one.registry.id_types.national_id
            return ProfileRegistry(people, post, prefix, id_type)
        case "dci-only":
            return PlainRegistry(people, asked, one.registry)


def client(
    one: RegistrySettings,
    post: Courier,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
) -> DciClient:
    """Every call of the standard at this registry."""
    return DciClient(post, Writer(purpose(one), now, new_id), one.paths, monotonic)


def courier(
    one: Configured,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    tokens: Tokens | None = None,
    signer: Signer | None = None,
    rest: Callable[[float], None] = sleep,
) -> Courier:
    """How this registry is written to. Raises ConfigurationError where it wants to be shown a token
    or a signature that was not handed in.
    """
    it = one.registry
    if it.auth.kind == "oauth2" and tokens is None:
        raise ConfigurationError(f"registry {it.name}: auth: oauth2 needs a source of tokens")
    if it.signature.form != "none" and signer is None:
        raise ConfigurationError(f"registry {it.name}: signature: there is nobody who signs")
    manner = Manner(
        envelope.Parties(it.parties.sender, it.parties.receiver),
        it.callback_url,
        it.one_callback,
        it.signature.whole_header,
        it.timeout,
    )
    shown = tokens or Fixed(one.secret(it.auth.token_env))
    return Courier(Post(it.url, shown), manner, now, new_id, signer=signer, rest=rest)


def purpose(one: RegistrySettings) -> Purpose:
    """What we ask for, in every search."""
    said = one.purpose
    return Purpose(said.code, said.text, said.uri, said.legal_basis)
