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
from registry_client.keys import BadKey, Keyring, PrivateKey, PublicKey, Registered
from registry_client.openimis.graph import Graph, Login
from registry_client.openimis.registry import OpenImis
from registry_client.openspp.connecting import openspp
from registry_client.port import Registry
from registry_client.post import Post
from registry_client.published import Published
from registry_client.signatures import (
    CavageSigner,
    CavageVerifier,
    JwsSigner,
    JwsVerifier,
    Unsigned,
    Verifier,
)
from registry_client.tokens import ClientCredentials, Credentials, Fixed, Tokens
from settings import TOKEN, parts


def registry(
    one: Configured,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    rest: Callable[[float], None] = sleep,
) -> Registry:
    """The port of this registry. Calls nothing; raises ConfigurationError."""
    if one.registry.kind == "openimis":
        return openimis(one, now=now, rest=rest)
    if one.registry.kind == "openspp":
        return openspp(one, now=now, tokens=tokens(one))
    post = courier(one, now=now, new_id=new_id, rest=rest)
    asked = client(one.registry, post, now=now, new_id=new_id)
    people = People(asked, one.registry)
    match one.registry.kind:
        case "dci":
            prefix, id_type = one.registry.paths.profile, one.registry.id_types.national_id
            return ProfileRegistry(people, post, prefix, id_type)
        case "dci-only":
            return PlainRegistry(people, asked, one.registry)


def openimis(
    one: Configured, *, now: Callable[[], datetime], rest: Callable[[float], None] = sleep
) -> OpenImis:
    """An openIMIS, asked as the user of its settings."""
    it = one.registry
    return OpenImis(Graph(it.url, _login(one)), it, now, rest)


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
    shown: Tokens | None = None,
    signing: Signer | None = None,
    rest: Callable[[float], None] = sleep,
) -> Courier:
    """How this registry is written to; `shown` and `signing` in the place of what it asks for.

    Raises ConfigurationError.
    """
    it = one.registry
    manner = Manner(
        envelope.Parties(it.parties.sender, it.parties.receiver),
        it.callback_url,
        it.one_callback,
        it.signature.whole_header,
        it.timeout,
    )
    post = Post(it.url, shown or tokens(one))
    return Courier(post, manner, now, new_id, signer=signing or signer(one, now), rest=rest)


def tokens(one: Configured) -> Tokens:
    """Where the tokens come from that this registry is shown."""
    auth = one.registry.auth
    match auth.kind:
        case "none":
            return Fixed()
        case "bearer":
            return Fixed(one.secret(auth.token_env))
        case "oauth2":
            url = f"{one.registry.url}{auth.path}"
            secret = one.secret(auth.secret_env)
            return ClientCredentials(
                Credentials(url, auth.client_id, secret, auth.scope, auth.style)
            )
        case "password":
            return _login(one)


def _login(one: Configured) -> Login:
    auth = one.registry.auth
    return Login(one.registry.url, auth.username, one.secret(auth.password_env))


def signer(one: Configured, now: Callable[[], datetime]) -> Signer:
    """Who signs what it is sent. Raises ConfigurationError for a key that cannot."""
    it = one.registry.signature
    if it.form == "none":
        return Unsigned()
    key = _key(one)
    try:
        made = CavageSigner(key, now) if it.form == "cavage" else JwsSigner(key)
    except BadKey as error:
        raise ConfigurationError(f"registry {one.registry.name}: {it.key_env}: {error}") from None
    if key.algorithm != it.algorithm:
        raise ConfigurationError(
            f"registry {one.registry.name}: {it.key_env}: it is a key for {key.algorithm}, not {it.algorithm}"
        )
    return made


def bearers(one: Configured) -> tuple[str, ...]:
    """The tokens it may show us. Raises ConfigurationError for one that could be guessed."""
    variable = one.registry.callbacks.tokens_env
    found = parts(one.secret(variable))
    if any(not TOKEN.fullmatch(each) for each in found):
        raise ConfigurationError(
            f"registry {one.registry.name}: {variable}: each must have 24 to 512 letters, digits or -._~+/="
        )
    return found


def verifier(one: Configured, now: Callable[[], datetime]) -> Verifier | None:
    """Who checks what it signs; None where it signs nothing. Raises ConfigurationError."""
    it = one.registry.callbacks
    if it.form == "none":
        return None
    try:
        keys: Keyring = Published(it.jwks) if it.jwks else Registered.load(one.secret(it.keys_env))
    except BadKey as error:
        raise ConfigurationError(f"registry {one.registry.name}: callbacks: {error}") from None
    return CavageVerifier(keys, now) if it.form == "cavage" else JwsVerifier(keys)


def published(one: Configured) -> PublicKey | None:
    """The key others check our signatures with. Raises ConfigurationError."""
    return None if one.registry.signature.form == "none" else _key(one).public


def _key(one: Configured) -> PrivateKey:
    """What we sign with for it. Raises ConfigurationError."""
    it = one.registry.signature
    try:
        return PrivateKey.load(one.secret(it.key_env), it.key_id)
    except BadKey as error:
        raise ConfigurationError(f"registry {one.registry.name}: {it.key_env}: {error}") from None


def purpose(one: RegistrySettings) -> Purpose:
    """What we ask for, in every search."""
    said = one.purpose
    return Purpose(said.code, said.text, said.uri, said.legal_basis)
