"""The registries of a TOML file, or the one of the settings; every fault in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from registry_client import connect, connecting, purpose
from registry_client.configuration import (
    ConfigurationError,
    Configured,
    RegistrySettings,
    Signature,
    configured,
)
from registry_client.port import Proof
from settings import Settings
from tests.counterpart import Say, counterpart
from tests.documents import read
from tests.signed import ED, pem

TOKEN = "an-evidently-fake-token"
LEAST = '[[registry]]\nname = "nser"\nurl = "https://registry.example.org/api/"\n'
ENVIRON = {"NSER_TOKEN": TOKEN, "NSER_SECRET": "fake", "NSER_KEY": "fake"}


def of(tmp_path: Path, text: str, **settings: Any) -> tuple[Configured, ...]:
    """The registries of a file with this text."""
    file = tmp_path / "registries.toml"
    file.write_text(text, "utf-8")
    return configured(Settings(registries=str(file), **settings), ENVIRON)


def faults(tmp_path: Path, text: str, **settings: Any) -> list[str]:
    """What is said of it."""
    with pytest.raises(ConfigurationError) as caught:
        of(tmp_path, text, **settings)
    return str(caught.value).splitlines()


def test_a_registry_needs_a_name_and_an_address(tmp_path: Path) -> None:
    """Everything else has the standard's own place or word."""
    (one,) = of(tmp_path, LEAST)
    it = one.registry
    assert (it.name, it.kind, it.url) == ("nser", "dci", "https://registry.example.org/api")
    assert it.paths.sync_search == "/registry/sync/search"
    assert it.paths.enrolled == "/registry/sync/enrolled"
    assert it.purpose.code == "service-delivery"
    assert it.proof is Proof.NUMBER_ON_RECORD
    assert (it.variables, one.secrets) == ((), {})


def test_the_example_of_the_page_is_accepted(tmp_path: Path) -> None:
    """docs/dci.md shows a whole file that can be used, with every table there is."""
    page = read("docs/dci.md")
    text = page.split("```toml\n")[1].split("```")[0]
    (first, *_) = of(tmp_path, text)
    tables = {name for name, field in RegistrySettings.model_fields.items()}
    assert not [name for name in sorted(tables) if f"`{name}" not in page]
    for part in (
        "paths",
        "parties",
        "id_types",
        "types",
        "purpose",
        "auth",
        "signature",
        "callbacks",
    ):
        kind = RegistrySettings.model_fields[part].annotation
        assert not [name for name in kind.model_fields if f"`{name}`" not in page]  # type: ignore[union-attr]
        assert part in first.registry.model_fields_set


def test_a_secret_is_where_the_file_says_and_nowhere_else(tmp_path: Path) -> None:
    """In the environment; neither the registry nor its secrets show it."""
    text = LEAST + '[registry.auth]\nkind = "bearer"\ntoken_env = "NSER_TOKEN"\n'
    (one,) = of(tmp_path, text)
    assert one.secret("NSER_TOKEN") == TOKEN
    assert TOKEN not in repr(one)


FAULTS: list[tuple[str, list[str]]] = [
    ("", ["registries.toml: has no [[registry]]: write one"]),
    ("[registry]\n", ["registries.toml: has no [[registry]]: write one"]),
    ("registry = 7\n", ["registries.toml: has no [[registry]]: write one"]),
    ("a = 1\n" + LEAST, ["registries.toml: a: is not read: remove it"]),
    (
        LEAST + 'colour = "blue"\n[registry.paths]\nlost = "/x"\n',
        [
            "registries.toml: registry 1: paths.lost: is not read: remove it",
            "registries.toml: registry 1: colour: is not read: remove it",
        ],
    ),
    (
        '[[registry]]\nname = "NSER"\nurl = "registry.example.org"\n',
        [
            "registries.toml: registry 1: name: String should match pattern '^[a-z][a-z0-9-]{0,23}$'",
            "registries.toml: registry 1: url: must begin with https:// or http://",
        ],
    ),
    (
        LEAST + '[registry.auth]\nkind = "bearer"\n',
        [
            "registries.toml: registry 1: auth: bearer needs token_env: the name of the variable with the token"
        ],
    ),
    (
        LEAST + '[registry.auth]\nkind = "password"\nusername = "guichet"\n',
        ["registries.toml: registry 1: auth: password needs username and password_env"],
    ),
    (
        LEAST + 'kind = "openimis"\n',
        [
            "registries.toml: registry 1: kind openimis and auth kind password need each other",
        ],
    ),
    (
        LEAST + '[registry.auth]\nkind = "oauth2"\nclient_id = "x"\n',
        ["registries.toml: registry 1: auth: oauth2 needs client_id and secret_env"],
    ),
    (
        LEAST + '[registry.auth]\nkind = "bearer"\ntoken_env = "NOT_THERE"\n',
        ["registries.toml: registry 1: set the environment variable NOT_THERE"],
    ),
    (
        LEAST + '[registry.signature]\nform = "jws"\n',
        ["registries.toml: registry 1: signature: a signature needs key_id and key_env"],
    ),
    (
        LEAST
        + '[registry.signature]\nform = "cavage"\nkey_id = "k"\nkey_env = "NSER_KEY"\nalgorithm = "ES256"\n',
        ["registries.toml: registry 1: signature: cavage signs with EdDSA"],
    ),
    (
        LEAST + "one_callback = true\n",
        ["registries.toml: registry 1: whole_header and one_callback need callback_url"],
    ),
    (
        LEAST + "timeout = 30\n",
        ["registries.toml: registry 1: timeout: must be at most half of GUICHET_LEASE"],
    ),
    (LEAST + LEAST, ["registries.toml: two registries are called nser: rename one"]),
]


@pytest.mark.parametrize(("text", "said"), FAULTS, ids=lambda one: str(one)[:50])
def test_every_fault_is_one_line_that_says_what_to_do(
    tmp_path: Path, text: str, said: list[str]
) -> None:
    """All of them at once; where it is, and what must be."""
    assert faults(tmp_path, text, lease=40, registry_timeout=10) == said


def test_a_fault_repeats_no_value(tmp_path: Path) -> None:
    """A token that was written into the file is not printed on a screen."""
    text = LEAST + f'token = "{TOKEN}"\n[registry.auth]\nkind = "{TOKEN}"\ntoken_env = "{TOKEN}"\n'
    said = faults(tmp_path, text)
    assert len(said) == 3
    assert TOKEN not in "".join(said)


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    """Missing, or not TOML."""
    missing = Settings(registries=str(tmp_path / "missing.toml"))
    with pytest.raises(ConfigurationError, match=r"GUICHET_REGISTRIES: cannot read missing\.toml"):
        configured(missing, {})
    for text in ("[[registry", "name = "):
        (said,) = faults(tmp_path, text)
        assert said.startswith("registries.toml: is not TOML: ")
    (tmp_path / "registries.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="is not TOML"):
        configured(Settings(registries=str(tmp_path / "registries.toml")), {})


def test_without_a_file_the_settings_are_one_registry() -> None:
    """Its name is `registry`; an empty address is named."""
    (one,) = configured(
        Settings(
            registry="dci-only",
            registry_url="http://127.0.0.1:1/api/",
            registry_search_path="dci/search",
            registry_token=SecretStr(TOKEN),
        ),
        {},
    )
    it = one.registry
    assert (it.name, it.kind, it.url) == ("registry", "dci-only", "http://127.0.0.1:1/api")
    assert it.paths.sync_search == "/dci/search"
    assert one.secret(it.auth.token_env) == TOKEN
    with pytest.raises(ConfigurationError, match="GUICHET_REGISTRY_URL is empty"):
        configured(Settings(), {})
    with pytest.raises(ConfigurationError, match=r"GUICHET_REGISTRY_\*: id_types\.national_id"):
        configured(Settings(registry_url="http://127.0.0.1:1", registry_id_type="x" * 100), {})


def test_a_key_that_cannot_sign_is_said_at_the_start() -> None:
    """A registry that wants a signature is not called without one; nothing of the key is shown."""
    named: dict[str, Any] = {"now": lambda: None, "new_id": lambda: ""}
    wants = Signature(form="jws", key_id="k", key_env="NSER_KEY", algorithm="ES256")
    one = RegistrySettings(name="sr", url="http://127.0.0.1:1", signature=wants)
    for key, said in ((TOKEN, "registry sr: NSER_KEY: "), (pem(ED), "a key for EdDSA, not ES256")):
        with pytest.raises(ConfigurationError, match=said) as error:
            connecting.registry(Configured(one, {"NSER_KEY": SecretStr(key)}), **named)
        assert key not in str(error.value)


def test_connect_takes_the_registry_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its address, its token and its purpose; `GUICHET_REGISTRY_URL` is not asked."""
    monkeypatch.setenv("NSER_TOKEN", TOKEN)
    with counterpart(Say(status=404)) as it:
        file = tmp_path / "registries.toml"
        file.write_text(
            f'[[registry]]\nname = "nser"\nurl = "{it.url}"\n'
            '[registry.purpose]\ncode = "pay"\n'
            '[registry.auth]\nkind = "bearer"\ntoken_env = "NSER_TOKEN"\n'
        )
        settings = Settings(registries=str(file), registry_url="http://127.0.0.1:1")
        with pytest.raises(Exception, match="http 404"):
            connect(settings).find_person("7", timeout=2, trace="t")
        assert it.got[0].headers["authorization"] == f"Bearer {TOKEN}"
        assert purpose(settings) == "nser/pay"
        assert purpose(Settings()) == ""
