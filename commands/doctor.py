"""`./guichet doctor`: what is configured, what answers, what is missing.

Looks only; sends nothing to anyone.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator

import requests
from sqlalchemy import make_url

from commands import embedded, environment, examining, schema, stand_in, valkey
from commands.findings import Finding
from commands.trouble import Trouble
from locales.catalogues import is_draft, speeches
from registry_client import connected
from registry_client.configuration import ConfigurationError, Configured, configured
from registry_client.connecting import tokens
from settings import Settings
from store.database import address

HELP = "say what is configured, what answers and what is missing"
SECONDS = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """One registry alone, step by step."""
    parser.add_argument(
        "--registry", metavar="NAME", default="", help="examine this registry, step by step"
    )


def main(args: argparse.Namespace) -> int:
    """Print every finding; status 1 when one is wrong."""
    settings = Settings()
    findings = list(one_registry(settings, args.registry) if args.registry else examined(settings))
    for finding in findings:
        print(f"{finding.state:6} {finding.subject:16} {finding.says}")
    return 1 if any(finding.state == "wrong" for finding in findings) else 0


def examined(settings: Settings) -> Iterator[Finding]:
    """Every finding, in the order in which things depend on each other."""
    running = embedded.running(settings)
    yield spelt()
    yield (
        Finding("ok", "stack", f"runs here as process {running.pid}")
        if running
        else Finding("off", "stack", "not here")
    )
    sandbox = running.sandbox if running else ""
    yield languages(stand_in.pointed(settings, sandbox) if sandbox else settings)
    yield keys(settings)
    yield database(settings)
    yield redis(settings.redis_url or (running.redis_url if running else ""))
    yield from registries(settings, running.registry if running else settings.registry_url)
    yield from providers(settings, running)
    yield web(running.base if running else settings.public_url)


def spelt() -> Finding:
    """Whether every GUICHET_ variable is one that is read."""
    known = environment.variables() | {"GUICHET_PYTHON", "GUICHET_CHROMIUM"}
    strange = sorted(
        name for name in os.environ if name.startswith(environment.PREFIX) and name not in known
    )
    if strange:
        return Finding("wrong", "settings", f"nothing reads {', '.join(strange)}: misspelt?")
    return Finding("ok", "settings", "all that are set are known and well-formed")


def languages(settings: Settings) -> Finding:
    """Which languages are spoken, and which are drafts that no native reader has signed."""
    try:
        embedded.require_languages(settings)
    except Trouble as trouble:
        return Finding("wrong", "languages", str(trouble))
    spoken = [
        one.language.tag
        for one in speeches(settings.languages, drafts=settings.drafts)
        if one.speaks
    ]
    unsigned = [tag for tag in settings.languages if is_draft(tag)]
    says = f"{', '.join(spoken)} spoken"
    if unsigned:
        says += f"; drafts that no native reader has signed: {', '.join(unsigned)}"
    return Finding("ok" if set(settings.languages) <= set(spoken) else "off", "languages", says)


def keys(settings: Settings) -> Finding:
    """Whether there are master keys, or would be."""
    if not settings.keys.get_secret_value() and not (settings.var / "keys").exists():
        return Finding("off", "keys", f"none yet: the first run makes them in {settings.var}/keys")
    try:
        embedded.stored(settings)
    except Trouble as error:
        return Finding("wrong", "keys", str(error))
    return Finding(
        "ok",
        "keys",
        "from GUICHET_KEYS" if settings.keys.get_secret_value() else f"from {settings.var}/keys",
    )


def database(settings: Settings) -> Finding:
    """Whether the database answers and its schema is the newest."""
    url = make_url(address(settings))
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not os.path.exists(url.database or ""):  # noqa: PTH110  may be ""
        return Finding(
            "off", "database", f"{shown}: not there yet: ./guichet migrate or run makes it"
        )
    try:
        schema.require(address(settings))
    except Trouble as trouble:
        return Finding("wrong", "database", f"{shown}: {trouble}")
    return Finding("ok", "database", f"{shown}: answers, newest schema")


def redis(url: str) -> Finding:
    """Whether Redis answers."""
    if not url:
        return Finding("off", "redis", "REDIS_URL is not set: run starts one of its own")
    return (
        Finding("ok", "redis", "answers")
        if valkey.answers(url)
        else Finding("wrong", "redis", "does not answer")
    )


def registries(settings: Settings, url: str) -> Iterator[Finding]:
    """Whether each registry answers a search for an ID that nobody has."""
    if not url and not settings.registries:
        yield Finding(
            "off", "registry", "GUICHET_REGISTRY_URL is not set: run puts the sandbox in its place"
        )
        return
    try:
        named = configured(settings.model_copy(update={"registry_url": url}), os.environ)
        for one in named:
            yield asked(one)
    except ConfigurationError as error:
        yield Finding("wrong", "registry", "; ".join(str(error).splitlines()))


def asked(one: Configured) -> Finding:
    """One registry, in one line; `--registry` says more. Raises ConfigurationError."""
    found = examining.search(connected(one))
    says = f"{one.registry.name}: {one.registry.url}: {found.says}"
    return Finding(found.state, "registry", says)


def one_registry(settings: Settings, name: str) -> Iterator[Finding]:
    """The steps of one registry."""
    running = embedded.running(settings)
    url = settings.registry_url or (running.registry if running else "")
    try:
        named = configured(settings.model_copy(update={"registry_url": url}), os.environ)
        one = next((one for one in named if one.registry.name == name), None)
        if one is None:
            there = ", ".join(one.registry.name for one in named)
            yield Finding("wrong", "registry", f"{name} is none of them: {there}")
            return
        yield from examining.steps(one, connected(one), tokens(one))
    except ConfigurationError as error:
        yield Finding("wrong", "registry", "; ".join(str(error).splitlines()))


def providers(settings: Settings, running: embedded.Running | None) -> Iterator[Finding]:
    """Which carriers are configured, and what a configured one still lacks."""
    twilio, africastalking = settings.twilio_account_sid, settings.africastalking_username
    if running and running.sandbox and not (twilio or africastalking):
        yield Finding("ok", "carriers", "the sandbox, in place of all of them")
        return
    yield carrier(
        "africastalking",
        africastalking,
        settings.africastalking_key.get_secret_value(),
        "GUICHET_AFRICASTALKING_KEY",
    )
    yield carrier(
        "twilio", twilio, settings.twilio_auth_token.get_secret_value(), "GUICHET_TWILIO_AUTH_TOKEN"
    )
    yield hubtel(settings)
    yield from named(settings)
    if (twilio or africastalking or settings.hubtel) and not settings.public_url:
        yield Finding(
            "wrong", "carriers", "GUICHET_PUBLIC_URL is not set: carriers could not post back"
        )


def named(settings: Settings) -> Iterator[Finding]:
    """Providers that settings name and that cannot send."""
    able = settings.sms_providers
    if settings.sms_second and settings.sms_second not in able:
        yield Finding("wrong", "carriers", "GUICHET_SMS_SECOND names a provider without account")
    if strange := sorted(set(settings.rates) - set(able)):
        yield Finding(
            "wrong", "carriers", f"GUICHET_SMS_RATES names who cannot send: {', '.join(strange)}"
        )


def hubtel(settings: Settings) -> Finding:
    """Off, or who sends in its place, where that one can."""
    if not settings.hubtel:
        return Finding("off", "hubtel", "not configured")
    if settings.sms_provider not in settings.sms_providers:
        return Finding("wrong", "hubtel", "GUICHET_SMS_PROVIDER names a provider without account")
    return Finding("ok", "hubtel", f"USSD; SMS by {settings.sms_provider}")


def carrier(name: str, account: str, secret: str, variable: str) -> Finding:
    """Off, complete, or without its secret."""
    if not account:
        return Finding("off", name, "not configured")
    return (
        Finding("ok", name, f"as {account}")
        if secret
        else Finding("wrong", name, f"{variable} is not set")
    )


def web(base: str) -> Finding:
    """Whether the web server is up and finds what it needs."""
    if not base:
        return Finding("off", "web", "nothing runs here and GUICHET_PUBLIC_URL is not set")
    return answering("web", f"{base.rstrip('/')}/readyz", lambda status: status == 200)


def answering(subject: str, url: str, good: Callable[[int], bool]) -> Finding:
    """One GET, without following where it leads."""
    try:
        status = requests.get(url, timeout=SECONDS, allow_redirects=False).status_code
    except requests.RequestException as error:
        return Finding("wrong", subject, f"{url}: {type(error).__name__}")
    return Finding("ok" if good(status) else "wrong", subject, f"{url}: answers {status}")
