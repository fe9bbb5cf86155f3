"""Registries of the file call us: each by its own address, and by what it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from redis import Redis

from gateway.app import create_app
from gateway.hooks import Hooks
from registry_client.configuration import ConfigurationError
from settings import Settings
from store.tallies import Tallies
from tests import signed
from tests.registries import Caller, Clock, Parts, envelope
from tests.stored import connected

FILE = """
[[registry]]
name = "nser"
url = "https://nser.example.org"
keeps = ["people"]
[registry.parties]
sender = "guichet"
receiver = "nser.example"
[registry.signature]
form = "jws"
key_id = "ours-1"
key_env = "OUR_KEY"
[registry.callbacks]
form = "jws"
keys_env = "NSER_KEYS"

[[registry]]
name = "grm"
url = "https://grm.example.org"
[registry.callbacks]
sender_ids = ["grm.example"]
tokens_env = "GRM_TOKENS"

[[registry]]
name = "silent"
url = "https://silent.example.org"
keeps = ["desks"]
"""
TOKEN = "evidently-a-token-of-the-grm"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Promises settings that name three registries."""
    file = tmp_path / "registries.toml"
    file.write_text(FILE, "utf-8")
    monkeypatch.setenv("OUR_KEY", signed.pem(signed.P256).replace("\n", "\\n"))
    monkeypatch.setenv("NSER_KEYS", json.dumps({"keys": [signed.jwk(signed.ED, "k1")]}))
    monkeypatch.setenv("GRM_TOKENS", TOKEN)
    return Settings(registries=str(file), var=tmp_path)


@pytest.fixture
def line(settings: Settings, sqlite_url: str) -> Iterator[Caller]:
    """Promises the web application as it is made of these settings."""
    with connected(sqlite_url) as database, Redis(port=9) as redis:
        hooks = cast("Hooks", Parts(database, redis, Tallies(redis), Clock()))
        yield Caller(create_app(settings, hooks).test_client(), database, Clock(), "")


def told(line: Caller, registry: str, sender: str, token: str = "", key: str = "") -> int:
    """The status of a notification."""
    body = envelope("notify", sender_id=sender)
    if key:
        body["signature"] = signed.jws(body["header"], body["message"], kid=key)
    raw = json.dumps(body).encode()
    answer = line.call(f"/dci/{registry}/registry/notify", raw, Authorization=f"Bearer {token}")
    return answer.status


def test_each_registry_calls_by_what_it_shows(line: Caller) -> None:
    """A signature that verifies for the one, a token for the other, and no way for the third."""
    assert told(line, "nser", "nser.example", key="k1") == 200
    assert told(line, "nser", "nser.example") == 401
    assert told(line, "nser", "nser.example", token=TOKEN) == 401
    assert told(line, "grm", "grm.example", token=TOKEN) == 200
    assert told(line, "grm", "grm.example", token="evidently-wrong") == 401
    assert told(line, "silent", "registry", token=TOKEN) == 404


def test_what_we_sign_with_is_published(line: Caller) -> None:
    """The key of each registry that is sent signatures."""
    found = line.client.get("/.well-known/jwks.json").get_json()
    assert found == {"keys": [signed.jwk(signed.P256, "ours-1")]}


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("GRM_TOKENS", "short", "registry grm: GRM_TOKENS: each must have 24 to 512"),
        ("NSER_KEYS", "{}", "registry nser: callbacks: "),
        ("OUR_KEY", "evidently-no-key", "registry nser: OUR_KEY: "),
    ],
)
def test_what_cannot_be_used_is_said_at_the_start(
    settings: Settings,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    said: str,
) -> None:
    """In a line that names the variable and not what is in it."""
    monkeypatch.setenv(variable, value)
    with connected(sqlite_url) as database, Redis(port=9) as redis:
        hooks = cast("Hooks", Parts(database, redis, Tallies(redis), Clock()))
        with pytest.raises(ConfigurationError, match=said):
            create_app(settings, hooks)
