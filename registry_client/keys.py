"""Keys that sign and keys that verify, read from PEM or JWK, and as JWKS. A key's algorithm is its own: no
message chooses one.

How a message is signed with them is in signatures.py; keys that others publish are in published.py.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, Self

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

Algorithm = Literal["EdDSA", "ES256", "RS256"]
Private = Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey
Public = Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey

LEAST_RSA = 2048
"""Bits (NIST SP 800-131A)."""
MOST = 20
"""Keys of one set; what stands behind them is not read."""
LONGEST_ID = 200
"""Characters of a key's id."""
TYPES: Mapping[str, type[OKPAlgorithm] | type[ECAlgorithm] | type[RSAAlgorithm]] = {
    "OKP": OKPAlgorithm,
    "EC": ECAlgorithm,
    "RSA": RSAAlgorithm,
}


class BadKey(ValueError):
    """It cannot be used; the message says why and shows nothing of the key."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies, by the id its owner gave it."""

    id: str
    algorithm: Algorithm
    key: Public = field(repr=False)

    @classmethod
    def read(cls, text: str, key_id: str) -> Self:
        """A key from its PEM or JWK. Raises BadKey."""
        key = _from_jwk(_object(text)) if _is_jwk(text) else _from_pem(text, private=False)
        if isinstance(key, Private):
            raise BadKey("this is a private key, where a public one is needed")
        return cls(_named(key_id), algorithm_of(key), key)

    @classmethod
    def of_jwk(cls, jwk: Mapping[str, Any]) -> Self:
        """A key of a set, by its own `kid`. Raises BadKey: also for one that is private, that
        encrypts, or that names another algorithm than its own.
        """
        key, kid = _from_jwk(jwk), jwk.get("kid")
        if isinstance(key, Private):
            raise BadKey("this is a private key, and published")
        algorithm = algorithm_of(key)
        if jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm:
            raise BadKey("it is for something else")
        return cls(_named(kid if isinstance(kid, str) else ""), algorithm, key)

    def jwk(self) -> dict[str, Any]:
        """As it is published (RFC 7517)."""
        match self.key:
            case Ed25519PublicKey():
                made = OKPAlgorithm.to_jwk(self.key, as_dict=True)
            case EllipticCurvePublicKey():
                made = ECAlgorithm.to_jwk(self.key, as_dict=True)
            case RSAPublicKey():
                made = RSAAlgorithm.to_jwk(self.key, as_dict=True)
        public = {name: made[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in made}
        return public | {"kid": self.id, "use": "sig", "alg": self.algorithm}


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that signs, by the id others know it by."""

    id: str
    algorithm: Algorithm
    key: Private = field(repr=False)

    @classmethod
    def load(cls, value: str, key_id: str) -> Self:
        """A key from a setting: its PEM (a line break may be written `\\n`), its JWK, or the path of
        a file with either. Raises BadKey.
        """
        text = value.strip()
        if not text.startswith(("-----BEGIN", "{")):
            text = _file(text)
        key = (
            _from_jwk(_object(text))
            if _is_jwk(text)
            else _from_pem(text.replace("\\n", "\n"), private=True)
        )
        if not isinstance(key, Private):
            raise BadKey("this is a public key, where a private one is needed")
        return cls(_named(key_id), algorithm_of(key.public_key()), key)

    @property
    def public(self) -> PublicKey:
        """What others verify with."""
        return PublicKey(self.id, self.algorithm, self.key.public_key())


class Keyring(Protocol):
    """The public keys of one registry."""

    def find(self, key_id: str) -> PublicKey | None:
        """The key of this id; for an empty id the one key there is.

        Raises KeysAway where nobody can tell now.
        """


class KeysAway(Exception):
    """The registry's keys cannot be fetched: neither good nor bad can be said."""


@dataclass(frozen=True, slots=True)
class Registered:
    """Keys handed over beforehand. Two at once are a rotation: both are good."""

    keys: Mapping[str, PublicKey]

    @classmethod
    def of(cls, keys: Collection[PublicKey]) -> Self:
        """By their ids. Raises BadKey when one id has two keys."""
        found = {key.id: key for key in keys}
        if len(found) < len(keys):
            raise BadKey("two keys have one id")
        return cls(found)

    @classmethod
    def load(cls, value: str) -> Registered:
        """A set from a setting: a JWKS, or the path of a file with one. Raises BadKey."""
        text = value.strip()
        return read_jwks((text if text.startswith("{") else _file(text)).encode())

    def find(self, key_id: str) -> PublicKey | None:
        """The key of this id; for an empty id the one key there is."""
        if not key_id:
            return next(iter(self.keys.values())) if len(self.keys) == 1 else None
        return self.keys.get(key_id)


def jwks(keys: Collection[PublicKey]) -> dict[str, Any]:
    """A set as it is published: `{"keys": [...]}` (RFC 7517 paragraph 5)."""
    return {"keys": [key.jwk() for key in keys]}


def read_jwks(body: bytes) -> Registered:
    """The usable keys of a published set; the others are left out. Raises BadKey where this is no
    set.
    """
    listed = _object(body.decode("utf-8", "replace")).get("keys")
    if not isinstance(listed, list):
        raise BadKey("there is no list of keys")
    found: dict[str, PublicKey] = {}
    for one in listed[:MOST]:
        try:
            key = PublicKey.of_jwk(one if isinstance(one, dict) else {})
        except BadKey:
            continue
        found.setdefault(key.id, key)
    return Registered(found)


def algorithm_of(key: Public) -> Algorithm:
    """The one algorithm this key is used with. Raises BadKey."""
    match key:
        case Ed25519PublicKey():
            return "EdDSA"
        case EllipticCurvePublicKey(curve=SECP256R1()):
            return "ES256"
        case RSAPublicKey() if key.key_size >= LEAST_RSA:
            return "RS256"
        case _:
            raise BadKey(f"must be Ed25519, P-256, or RSA of {LEAST_RSA} bits or more")


def _from_jwk(jwk: Mapping[str, Any]) -> Private | Public:
    kind = jwk.get("kty")
    if not isinstance(kind, str) or kind not in TYPES:
        raise BadKey("must be of type OKP, EC or RSA")
    try:
        key = TYPES[kind].from_jwk(dict(jwk))
    # What is wrong may stand in the error's words with the key: they are not kept.
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm):
        raise BadKey("the JWK cannot be read") from None
    return _known(key)


def _from_pem(text: str, *, private: bool) -> Private | Public:
    try:
        raw = text.encode("ascii")
        if private:
            return _known(serialization.load_pem_private_key(raw, password=None))
        return _known(serialization.load_pem_public_key(raw))
    except BadKey:
        raise
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey("the PEM cannot be read; one with a password cannot either") from None


def _known(key: object) -> Private | Public:
    if not isinstance(key, Private | Public):
        raise BadKey(f"must be Ed25519, P-256, or RSA of {LEAST_RSA} bits or more")
    return key


def _is_jwk(text: str) -> bool:
    return text.lstrip().startswith("{")


def _object(text: str) -> Mapping[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise BadKey("the JSON cannot be read") from None
    if not isinstance(read, dict):
        raise BadKey("the JSON must be an object")
    return read


def _file(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, ValueError):
        raise BadKey("neither a PEM, nor a JWK, nor a file that can be read") from None


def _named(key_id: str) -> str:
    """An id as it may stand in `kidId` and in `kid`."""
    if not 0 < len(key_id) <= LONGEST_ID or not key_id.isprintable() or set('|"') & set(key_id):
        raise BadKey('needs an id of 1 to 200 characters, without | and "')
    return key_id
