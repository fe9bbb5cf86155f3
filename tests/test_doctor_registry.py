"""`./guichet doctor --registry`: one registry's settings step by step, against a registry that is strict.

It signs with our keys and shows tokens of its own token address; the sandbox, which shares no code with us, verifies.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import doctor
from sandbox.dci.server import Wire
from settings import Settings
from tests.dci import Line, served
from tests.signed import ED, OTHER, P256, Private, jwk, pem

SECRET = "evidently-a-sandbox"
FILE = """
[[registry]]
name = "nser"
kind = "dci-only"
url = "{url}"
[registry.parties]
sender = "guichet.example"
receiver = "sandbox-registry"
[registry.auth]
kind = "oauth2"
client_id = "guichet"
secret_env = "NSER_SECRET"
[registry.signature]
form = "{form}"
key_id = "k1"
key_env = "NSER_KEY"
algorithm = "{algorithm}"
"""


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Promises a registry that wants a token of its own and a signature of a key it knows."""
    wire = Wire(require_token=True, lenient=False)
    with served(tmp_path_factory.mktemp("strict"), wire) as line:
        yield line


def register(strict: Line, key: Private) -> None:
    """Have the registry know our key."""
    known = {"sender_id": "guichet.example", "kid": "k1", "jwk": jwk(key, "k1")}
    strict.post("/sandbox/keys", known)


def examined(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    form: str = "jws",
    algorithm: str = "EdDSA",
    key: str = "",
    secret: str = SECRET,
) -> dict[str, tuple[str, str]]:
    """What doctor says of each step."""
    file = tmp_path / "registries.toml"
    file.write_text(FILE.format(url=url, form=form, algorithm=algorithm), "utf-8")
    monkeypatch.setenv("NSER_KEY", key or pem(ED))
    monkeypatch.setenv("NSER_SECRET", secret)
    settings = Settings(registries=str(file), var=tmp_path)
    return {one.subject: (one.state, one.says) for one in doctor.one_registry(settings, "nser")}


@pytest.mark.parametrize(
    ("form", "algorithm", "key"),
    [("cavage", "EdDSA", ED), ("jws", "EdDSA", ED), ("jws", "ES256", P256)],
    ids=["cavage", "EdDSA", "ES256"],
)
def test_a_registry_that_is_set_up_well_passes_every_step(
    strict: Line,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    algorithm: str,
    key: Private,
) -> None:
    """A token is got, a signed search is verified for real, and answered."""
    register(strict, key)
    said = examined(tmp_path, monkeypatch, strict.url, form, algorithm, pem(key))
    assert {step: state for step, (state, _) in said.items()} == {
        "reach": "ok",
        "token": "ok",
        "signature": "ok",
        "search": "ok",
        "callback": "off",
    }


def test_a_key_the_registry_does_not_know_is_named(
    strict: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step that fails says what to look at."""
    register(strict, ED)
    state, says = examined(tmp_path, monkeypatch, strict.url, key=pem(OTHER))["search"]
    assert state == "wrong"
    assert "it does not take our signature" in says


def test_a_secret_that_is_wrong_is_named_and_not_shown(
    strict: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No search is made without a token."""
    said = examined(tmp_path, monkeypatch, strict.url, secret="evidently-wrong")
    state, says = said["token"]
    assert state == "wrong"
    assert "NSER_SECRET" in says
    assert "evidently-wrong" not in says
    assert "search" not in said


def test_an_address_nobody_listens_at_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What depends on it is not tried."""
    said = examined(tmp_path, monkeypatch, "http://127.0.0.1:1")
    assert list(said) == ["reach"]
    assert said["reach"][0] == "wrong"


def test_a_registry_that_is_not_in_the_file_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the names of those that are."""
    examined(tmp_path, monkeypatch, "http://127.0.0.1:1")
    settings = Settings(registries=str(tmp_path / "registries.toml"), var=tmp_path)
    (only,) = doctor.one_registry(settings, "other")
    assert (only.state, only.says) == ("wrong", "other is none of them: nser")
