"""Which registries there are and how each is spoken to: from a TOML file, or one from the
GUICHET_REGISTRY_* settings. docs/dci.md describes the file.

A secret is never in the file: it names the environment variable that holds it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from registry_client.port import Proof
from registry_client.routing import KEPT, Kept
from settings import Settings

SETTING = "GUICHET_REGISTRIES"
TOKEN = "GUICHET_REGISTRY_TOKEN"  # noqa: S105 - the name of a variable
CALLERS = "GUICHET_CALLBACK_TOKENS"
LONGEST = 30.0
"""Seconds, as GUICHET_REGISTRY_TIMEOUT has at most."""
ALONE = "registry"
"""The name of the one registry that has no file."""


class ConfigurationError(ValueError):
    """What is wrong with the registries' settings: one line each, that says what to do."""


def _address(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise ValueError("must begin with https:// or http://")
    return value.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]
UrlPath = Annotated[str, Field(pattern=r"^/[A-Za-z0-9_.~/-]*$")]
Variable = Annotated[str, Field(pattern=r"^([A-Z][A-Z0-9_]*)?$")]
Word = Annotated[str, Field(min_length=1, max_length=99)]


class Part(BaseModel):
    """A table of the file. A key nobody reads is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paths(Part):
    """Where the calls are, under the address."""

    search: UrlPath = "/registry/search"
    subscribe: UrlPath = "/registry/subscribe"
    unsubscribe: UrlPath = "/registry/unsubscribe"
    txn_status: UrlPath = "/registry/txn/status"
    sync_search: UrlPath = "/registry/sync/search"
    sync_txn_status: UrlPath = "/registry/sync/txn/status"
    enrolled: UrlPath = "/registry/sync/enrolled"
    enrollment_updates: UrlPath = "/registry/sync/enrollment/updates"
    check_enrollment: UrlPath = "/registry/sync/check-enrollment"
    disburse_search: UrlPath = "/disburse/sync/search"
    disburse_txn_status: UrlPath = "/disburse/sync/txn/status"
    profile: UrlPath = "/x-guichet"


class Parties(Part):
    """Names in the headers: ours and the registry's."""

    sender: Word = "guichet"
    receiver: Word = "registry"


class IdTypes(Part):
    """What the registry calls a national ID and a phone."""

    national_id: Word = "NID"
    phone: Word = "MOBILE"


class Types(Part):
    """What the registry calls itself and its records."""

    people: Word = "ns:org:RegistryType:Social"
    person: Word = "SRPerson"
    beneficiaries: Word = "ns:org:RegistryType:IBR"
    beneficiary: Word = "Beneficiary"


class Purpose(Part):
    """What we ask for and what allows it; sent with every search and subscription."""

    code: str = Field(default="service-delivery", max_length=99)
    text: str = Field(default="", max_length=300)
    uri: str = ""
    legal_basis: str = Field(default="", max_length=300)


class Auth(Part):
    """How we show who we are, besides a signature."""

    kind: Literal["none", "bearer", "oauth2", "password"] = "none"
    token_env: Variable = ""
    """`bearer`: the variable that holds the token."""
    path: UrlPath = "/oauth2/client/token"
    client_id: str = ""
    secret_env: Variable = ""
    """`oauth2`: the variable that holds the client's secret."""
    scope: str = ""
    style: Literal["form", "basic", "json"] = "form"
    username: str = Field(default="", max_length=150)
    password_env: Variable = ""
    """`password`: the variable that holds the user's password."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "bearer" and not self.token_env:
            raise ValueError("bearer needs token_env: the name of the variable with the token")
        if self.kind == "oauth2" and not (self.client_id and self.secret_env):
            raise ValueError("oauth2 needs client_id and secret_env")
        if self.kind == "password" and not (self.username and self.password_env):
            raise ValueError("password needs username and password_env")
        return self


class Signature(Part):
    """How our messages are signed."""

    form: Literal["none", "cavage", "jws"] = "none"
    key_id: str = ""
    key_env: Variable = ""
    """The variable that holds the private key."""
    algorithm: Literal["EdDSA", "ES256", "RS256"] = "EdDSA"
    whole_header: bool = False
    """Header fields that may be left out are sent all the same."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.form != "none" and not (self.key_id and self.key_env):
            raise ValueError("a signature needs key_id and key_env")
        if self.form == "cavage" and self.algorithm != "EdDSA":
            raise ValueError("cavage signs with EdDSA")
        return self


class Callbacks(Part):
    """How it shows that it is the one that calls us; nothing of it: it may not call."""

    sender_ids: tuple[Word, ...] = ()
    """Its names in headers; empty: the receiver of ours."""
    tokens_env: Variable = ""
    """The variable that holds the bearer tokens it may show, with commas between."""
    form: Literal["none", "cavage", "jws"] = "none"
    jwks: str = ""
    """Where the keys are published that it signs with."""
    keys_env: Variable = ""
    """Or the variable that holds them: a JWKS, or the path of a file with one."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.form != "none") != bool(self.jwks or self.keys_env):
            raise ValueError("a form, and jwks or keys_env, need each other")
        return self

    @property
    def admits(self) -> bool:
        """Whether anybody may call."""
        return bool(self.tokens_env) or self.form != "none"


class OpenImisSite(Part):
    """How one openIMIS is set up (docs/openimis.md)."""

    id_field: str = Field(default="national_id", pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
    phone_field: str = Field(default="phone", pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
    """Where individuals keep an ID and a phone, in their `jsonExt`."""
    currency: str = Field(default="", pattern=r"^([A-Z]{3})?$")
    channel: str = Field(default="", max_length=255)
    priority: str = Field(default="", max_length=255)
    flags: str = Field(default="", max_length=255)
    categories: Mapping[str, Word] = {}
    """Our categories of complaints, in its words."""


class OpenSppSite(Part):
    """How one OpenSPP is set up (docs/openspp.md). Numbers are those of records there; 0 is none."""

    api: UrlPath = "/api/v2/spp"
    id_system: Word = "urn:openspp:national-id"
    programme_system: Word = "urn:openspp:program"
    application: Literal["none", "membership", "change_request"] = "none"
    change_type: str = Field(default="", max_length=99)
    programme_field: Word = "program"
    """Where a change request of that type names the programme."""
    rpc: UrlPath = "/jsonrpc"
    database: str = Field(default="", max_length=99)
    login: str = Field(default="", max_length=99)
    password_env: Variable = ""
    """The variable that holds the password of this login."""
    nobody: int = Field(default=0, ge=0)
    """The contact of a complaint that names nobody."""
    channel: int = Field(default=0, ge=0)
    categories: Mapping[str, int] = {}
    """Categories there by ours."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.application == "change_request" and not self.change_type:
            raise ValueError("change_request needs change_type")
        told = (self.database, self.login, self.password_env)
        if any(told) and not all(told):
            raise ValueError("complaints need database, login and password_env")
        return self


class RegistrySettings(Part):
    """One registry."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,23}$")
    kind: Literal["dci", "dci-only", "openimis", "openspp"] = "dci"
    """`dci`: with the local profile for what DCI leaves out. `dci-only`: without. `openimis`: its
    GraphQL. `openspp`: its REST.
    """
    keeps: tuple[Kept, ...] = ()
    """What it is asked about; empty: all that no other registry keeps."""
    url: Address
    callback_url: Address | Literal[""] = ""
    """Our address for what it tells later; empty: it is asked at once or not at all."""
    one_callback: bool = False
    timeout: float = Field(default=10.0, gt=0, le=LONGEST)
    """Seconds any call to it waits at most."""
    proof: Proof = Proof.NUMBER_ON_RECORD
    """`dci-only`, `openimis`, `openspp`: what somebody must show before she is told an enrolment."""
    parties: Parties = Parties()
    paths: Paths = Paths()
    id_types: IdTypes = IdTypes()
    types: Types = Types()
    purpose: Purpose = Purpose()
    auth: Auth = Auth()
    signature: Signature = Signature()
    callbacks: Callbacks = Callbacks()
    openimis: OpenImisSite = OpenImisSite()
    openspp: OpenSppSite = OpenSppSite()

    @model_validator(mode="after")
    def _spoken_to(self) -> Self:
        if (self.kind == "openimis") != (self.auth.kind == "password"):
            raise ValueError("kind openimis and auth kind password need each other")
        return self

    @model_validator(mode="after")
    def _addressed(self) -> Self:
        if (self.signature.whole_header or self.one_callback) and not self.callback_url:
            raise ValueError("whole_header and one_callback need callback_url")
        if self.kind == "openspp" and self.signature.form != "none":
            raise ValueError("openspp takes no signature")
        return self

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that hold its secrets."""
        named = {
            "bearer": (self.auth.token_env,),
            "oauth2": (self.auth.secret_env,),
            "password": (self.auth.password_env,),
            "none": (),
        }[self.auth.kind]
        others = (self.openspp.password_env, self.callbacks.tokens_env, self.callbacks.keys_env)
        named = (*named, *filter(None, others))
        return named if self.signature.form == "none" else (*named, self.signature.key_env)


@dataclass(frozen=True, slots=True)
class Configured:
    """One registry and its secrets, by the names of their variables."""

    registry: RegistrySettings
    secrets: Mapping[str, SecretStr] = field(default_factory=dict)

    def secret(self, variable: str) -> str:
        """One of them; empty where none is named."""
        return self.secrets[variable].get_secret_value() if variable else ""


def configured(settings: Settings, environ: Mapping[str, str]) -> tuple[Configured, ...]:
    """The registries, in the order of the file, or the one of the settings.

    Raises ConfigurationError with every fault there is.
    """
    if not settings.registries:
        return (_of_settings(settings),)
    file = Path(settings.registries)
    try:
        whole = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise ConfigurationError(f"{SETTING}: cannot read {file.name}: {said}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file.name}: is not TOML: {error}") from None
    return _of_file(file.name, whole, settings, environ)


def _of_settings(settings: Settings) -> Configured:
    """The one of GUICHET_REGISTRY_*."""
    if not settings.registry_url:
        raise ConfigurationError(
            "GUICHET_REGISTRY_URL is empty: set the address of the central registry"
        )
    held = bool(settings.registry_token.get_secret_value())
    table = {
        "name": ALONE,
        "kind": settings.registry,
        "url": settings.registry_url,
        "timeout": LONGEST,
        "parties": {
            "sender": settings.registry_sender_id,
            "receiver": settings.registry_receiver_id,
        },
        "paths": {
            "sync_search": _rooted(settings.registry_search_path),
            "profile": _rooted(settings.registry_profile_path),
        },
        "id_types": {
            "national_id": settings.registry_id_type,
            "phone": settings.registry_phone_type,
        },
        "auth": {"kind": "bearer", "token_env": TOKEN} if held else {},
        "callbacks": {"tokens_env": CALLERS} if settings.callback_bearers else {},
    }
    try:
        registry = RegistrySettings.model_validate(table)
    except ValidationError as error:
        lines = [f"GUICHET_REGISTRY_*: {one}" for one in _lines(error)]
        raise ConfigurationError("\n".join(lines)) from None
    secrets = {TOKEN: settings.registry_token, CALLERS: settings.callback_tokens}
    return Configured(registry, {name: secrets[name] for name in registry.variables})


def _rooted(path: str) -> str:
    return f"/{path.strip('/')}"


def _of_file(
    name: str, whole: Mapping[str, Any], settings: Settings, environ: Mapping[str, str]
) -> tuple[Configured, ...]:
    tables = whole.get("registry")
    faults = [f"{name}: {key}: is not read: remove it" for key in whole if key != "registry"]
    if not isinstance(tables, list) or not tables:
        raise ConfigurationError("\n".join([*faults, f"{name}: has no [[registry]]: write one"]))
    found = list[Configured]()
    for number, table in enumerate(tables, start=1):
        try:
            registry = RegistrySettings.model_validate(table)
        except ValidationError as error:
            faults += [f"{name}: registry {number}: {one}" for one in _lines(error)]
            continue
        faults += [
            f"{name}: registry {number}: {one}" for one in _unmet(registry, settings, environ)
        ]
        secrets = {one: SecretStr(environ.get(one, "")) for one in registry.variables}
        found.append(Configured(registry, secrets))
    names = [one.registry.name for one in found]
    faults += [
        f"{name}: two registries are called {one}: rename one"
        for one in sorted({one for one in names if names.count(one) > 1})
    ]
    if len(set(names)) == len(names):
        faults += [f"{name}: {one}" for one in _shared([one.registry for one in found])]
    if faults:
        raise ConfigurationError("\n".join(faults))
    return tuple(found)


def keepers(registries: Sequence[RegistrySettings]) -> Mapping[Kept, str]:
    """The name of the registry that keeps each kind of record, where there is one."""
    said = {kept: one.name for one in registries for kept in one.keeps}
    rest = [one.name for one in registries if not one.keeps]
    return {kept: said.get(kept, *rest[:1]) for kept in KEPT if kept in said or rest}


def _shared(registries: Sequence[RegistrySettings]) -> Iterator[str]:
    """Records that two registries would keep."""
    for kept in KEPT:
        names = [one.name for one in registries if kept in one.keeps]
        if len(names) > 1:
            yield f"{' and '.join(names)} both keep {kept}: leave it to one"
    rest = [one.name for one in registries if not one.keeps]
    if len(rest) > 1:
        yield f"{' and '.join(rest)} both keep the rest: say what each keeps"


def _unmet(registry: RegistrySettings, settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """What this registry needs beside its own table."""
    unset = [one for one in registry.variables if not environ.get(one)]
    faults = [f"set the environment variable {one}" for one in unset]
    if registry.timeout > settings.lease / 2:
        faults.append("timeout: must be at most half of GUICHET_LEASE")
    return faults


def _lines(error: ValidationError) -> list[str]:
    """One line a fault: where it is and what must be. What was written there is not repeated."""
    found = []
    for one in error.errors(include_input=False, include_url=False, include_context=False):
        place = ".".join(map(str, one["loc"]))
        said = one["msg"].removeprefix("Value error, ")
        said = "is not read: remove it" if one["type"] == "extra_forbidden" else said
        found.append(f"{place}: {said}" if place else said)
    return found
