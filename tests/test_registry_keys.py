"""Keys from settings, files and other servers: which are taken, how they are exchanged, and that no secret of
theirs is ever shown.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from structlog.testing import capture_logs

from registry_client.fetching import LARGEST, NotFetched, fetched
from registry_client.keys import (
    MOST,
    BadKey,
    KeysAway,
    PrivateKey,
    PublicKey,
    Registered,
    jwks,
    read_jwks,
)
from registry_client.published import AGAIN, FRESH, LONGEST, Published
from tests import signed
from tests.counterpart import Got, How, Say, counterpart, nobody
from tests.signed import ED, OTHER, P256, RSA, Private

KINDS = pytest.mark.parametrize("key", [ED, P256, RSA], ids=["EdDSA", "ES256", "RS256"])
SECRET = signed.b64url(bytes(range(32)))
"""What makes the first key private."""


def private_jwk() -> str:
    """The first key whole."""
    return json.dumps(signed.jwk(ED, "k1") | {"d": SECRET})


def as_set(*keys: dict[str, Any]) -> bytes:
    """A set as a server publishes it."""
    return json.dumps({"keys": keys}).encode()


# Ours


@KINDS
def test_a_private_key_is_read_from_its_pem(key: Private, tmp_path: Path) -> None:
    """Itself, with its line breaks written out, or in a file; each publishes the same key."""
    file = tmp_path / "key.pem"
    file.write_text(signed.pem(key), "utf-8")
    for value in (signed.pem(key), signed.pem(key).replace("\n", "\\n"), str(file)):
        assert PrivateKey.load(value, "k1").public.jwk() == signed.jwk(key, "k1")


def test_a_private_key_is_read_from_its_jwk(tmp_path: Path) -> None:
    """Itself or in a file."""
    file = tmp_path / "key.json"
    file.write_text(private_jwk(), "utf-8")
    for value in (private_jwk(), str(file)):
        assert PrivateKey.load(value, "k1").public.jwk() == signed.jwk(ED, "k1")


@KINDS
def test_a_published_key_is_read_again(key: Private) -> None:
    """What we publish has no private part, and whoever reads it has the key."""
    published = jwks([PrivateKey.load(signed.pem(key), "k1").public])
    assert published == {"keys": [signed.jwk(key, "k1")]}
    found = read_jwks(json.dumps(published).encode()).find("k1")
    assert found is not None
    assert (found.id, found.algorithm) == ("k1", signed.jwk(key, "")["alg"])


def locked() -> str:
    """A key that asks for a password."""
    how = BestAvailableEncryption(b"evidently fake")
    return ED.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how).decode()


@pytest.mark.parametrize(
    "value",
    [
        "",
        "no such file",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN é",
        "{",
        "{}",
        '{"kty": "oct", "k": "c2VjcmV0"}',
        '{"kty": ["OKP"]}',
        '{"kty": "OKP", "crv": "Ed25519", "x": 1, "d": "AAAA"}',
        '{"kty": "OKP", "crv": "X25519", "x": "AAAA"}',
        '{"kty": "EC", "crv": "P-256"}',
        '{"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AQAB"}',
        "[" * 100_000,
        signed.public_pem(ED),
        json.dumps(signed.jwk(ED, "k1")),
        signed.pem(rsa.generate_private_key(65537, 1024)),  # noqa: S505 - what is refused
        signed.pem(ec.generate_private_key(ec.SECP384R1())),
        signed.pem(ed448.Ed448PrivateKey.generate()),  # type: ignore[arg-type]  # what is refused
        locked(),
    ],
    ids=range(19),
)
def test_what_is_no_private_key_of_ours_is_refused(value: str) -> None:
    """In one line that shows nothing of it."""
    with pytest.raises(BadKey) as told:
        PrivateKey.load(value, "k1")
    assert "\n" not in str(told.value)
    assert len(value) < 4 or value[:24] not in str(told.value)


@pytest.mark.parametrize("name", ["", "a|b", 'a"b', "a\nb", "x" * 201])
def test_a_key_has_a_name_that_can_be_written(name: str) -> None:
    """In a `kidId` and in a `kid`."""
    with pytest.raises(BadKey, match="needs an id"):
        PrivateKey.load(signed.pem(ED), name)


def test_no_key_shows_itself() -> None:
    """Neither printed nor in an error."""
    key = PrivateKey.load(private_jwk(), "k1")
    assert repr(key) == "PrivateKey(id='k1', algorithm='EdDSA')"
    broken = json.dumps(signed.jwk(ED, "k1") | {"d": SECRET, "crv": "Ed9"})
    with pytest.raises(BadKey) as told:
        PrivateKey.load(broken, "k1")
    assert SECRET not in repr(told.value)
    assert told.value.__suppress_context__


# Theirs


def test_a_public_key_is_read_from_its_pem_or_jwk() -> None:
    """As a registry's office hands it over; never its private half."""
    for value in (signed.public_pem(P256), json.dumps(signed.jwk(P256, "k1"))):
        assert PublicKey.read(value, "k1").jwk() == signed.jwk(P256, "k1")
    with pytest.raises(BadKey, match="private"):
        PublicKey.read(private_jwk(), "k1")
    with pytest.raises(BadKey):
        PublicKey.read(signed.pem(ED), "k1")


def test_two_keys_of_one_id_are_refused() -> None:
    """Nobody could tell which is meant."""
    one = PublicKey.read(signed.public_pem(ED), "k1")
    two = PublicKey.read(signed.public_pem(OTHER), "k1")
    with pytest.raises(BadKey):
        Registered.of([one, two])


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "k1"},
        signed.jwk(OTHER, "k1", use="enc"),
        signed.jwk(OTHER, "k1", alg="HS256"),
        signed.jwk(RSA, "k1", alg="PS256"),
        signed.jwk(OTHER, "k1") | {"kid": None},
        signed.jwk(OTHER, "k1") | {"kid": 7},
        signed.jwk(OTHER, "k1") | {"d": SECRET},
        "k1",
        None,
    ],
    ids=range(10),
)
def test_a_set_gives_the_keys_that_can_be_used(other: Any) -> None:
    """Others are left out, also where they have the same id."""
    found = read_jwks(json.dumps({"keys": [other, signed.jwk(ED, "k1")]}).encode())
    assert {name: key.jwk() for name, key in found.keys.items()} == {"k1": signed.jwk(ED, "k1")}


def test_a_set_is_read_so_far() -> None:
    """However long it is."""
    keys = [signed.jwk(ED, f"k{number}") for number in range(MOST + 5)]
    assert len(read_jwks(as_set(*keys)).keys) == MOST


# Fetched


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_keys_are_fetched_once_and_again_for_an_unknown_one() -> None:
    """A rotation: the new key is published beside the old, then the old one goes. Whoever asks for ids
    that are nobody's causes a fetch a minute, and no more.
    """
    clock, published = Clock(), [signed.jwk(ED, "k1")]
    with counterpart(lambda _: Say(as_set(*published))) as server:
        keys = Published(server.url, clock=clock)
        for _ in range(3):
            assert keys.find("k1") is not None
        assert len(server.got) == 1
        published.append(signed.jwk(OTHER, "k2"))
        for guess in ("k2", *map(str, range(20))):
            assert keys.find(guess) is None
        assert len(server.got) == 1
        clock.now += AGAIN
        assert keys.find("k2") is not None
        assert keys.find("k1") is not None
        assert len(server.got) == 2
        del published[0]
        assert keys.find("k1") is not None
        clock.now += FRESH
        assert keys.find("k1") is None
        assert keys.find("k2") is not None


def test_keys_that_were_fetched_outlast_their_server() -> None:
    """For a day. Then nobody can tell, as for an id nobody knows: neither is called a bad signature."""
    clock, answers = Clock(), [Say(as_set(signed.jwk(ED, "k1")))]
    with counterpart(lambda _: answers[-1]) as server, capture_logs() as logs:
        keys = Published(server.url, clock=clock)
        assert keys.find("k1") is not None
        answers.append(Say(b"", 500))
        clock.now += FRESH
        assert keys.find("k1") is not None
        with pytest.raises(KeysAway):
            keys.find("k2")
        clock.now += LONGEST
        with pytest.raises(KeysAway):
            keys.find("k1")
        answers.append(Say(as_set(signed.jwk(ED, "k1"))))
        clock.now += AGAIN
        assert keys.find("k1") is not None
    told = {"event": "registry.keys_away", "log_level": "warning", "error": "http 500"}
    assert logs == [told, told]


@pytest.mark.parametrize(
    "say",
    [
        Say(as_set(), 404),
        Say(as_set(signed.jwk(ED, "k1")), 302, location="https://elsewhere.example"),
        Say(b"{"),
        Say(b"[]"),
        Say(b'{"keys": {}}'),
        Say(b" " * (LARGEST + 1)),
        Say(how="cut"),
    ],
    ids=range(7),
)
def test_what_is_no_set_is_none(say: Say) -> None:
    """Nobody can tell, and a redirect is not followed."""
    with counterpart(say) as server, pytest.raises(KeysAway):
        Published(server.url).find("k1")


@pytest.mark.parametrize("how", ["hang", "stall", "drip"])
def test_a_slow_server_is_left_in_time(how: How) -> None:
    """Whichever way it is slow."""
    with counterpart(Say(b"{}" * 50, how=how)) as server, pytest.raises(NotFetched):
        fetched("GET", server.url, timeout=0.2)


def test_nobody_there_is_nobody_who_can_tell() -> None:
    """A port where nobody listens."""
    with nobody() as url, pytest.raises(KeysAway):
        Published(url).find("k1")


def test_one_at_a_time_fetches() -> None:
    """Threads that need the same key wait for the one that fetches it."""
    begun, go = threading.Event(), threading.Event()

    def slowly(_: Got) -> Say:
        begun.set()
        go.wait(10)
        return Say(as_set(signed.jwk(ED, "k1")))

    with counterpart(slowly) as server:
        keys, found = Published(server.url), list[PublicKey | None]()
        threads = [threading.Thread(target=lambda: found.append(keys.find("k1"))) for _ in range(4)]
        for thread in threads:
            thread.start()
        assert begun.wait(10)
        go.set()
        for thread in threads:
            thread.join()
        assert len(server.got) == 1
    assert [one.id for one in found if one] == ["k1"] * 4


@pytest.mark.parametrize(
    "url",
    [
        "http://registry.example/jwks",
        "ftp://127.0.0.1/",
        "",
        "https://",
        "file:///etc/keys",
        "http://[",
    ],
)
def test_keys_come_by_https_alone(url: str) -> None:
    """Or from this machine: whoever can change them on their way could sign anything."""
    with pytest.raises(BadKey, match="https"):
        Published(url)


def test_keys_come_by_https() -> None:
    """An address that is taken; nothing is called before a key is needed."""
    Published("https://registry.example/.well-known/jwks.json")
