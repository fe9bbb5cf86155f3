"""Keys: the registry's own, and the public keys of whoever writes to it.

A key has one algorithm, and a message has no say in which.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from sandbox.envelope import Json, is_text

OWN = "sandbox-1"
"""The id of the registry's own key."""
LEAST_RSA = 2048
Public = Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class BadKey(Exception):
    """No key that can be used; the message says why and holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key. `algorithm`: EdDSA, ES256 or RS256."""

    algorithm: str
    public: Public

    def verifies(self, signature: bytes, signed: bytes) -> bool:
        """Whether `signed` was signed so. ES256 is r and s, 32 bytes each."""
        try:
            match self.public:
                case Ed25519PublicKey():
                    self.public.verify(signature, signed)
                case ec.EllipticCurvePublicKey():
                    pair = (int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
                    if len(signature) != 64:
                        return False
                    der = encode_dss_signature(*pair)
                    self.public.verify(der, signed, ec.ECDSA(hashes.SHA256()))
                case _:
                    self.public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


class Keys:
    """The registry's key, kept in a file, and the ring of public keys by sender and key id."""

    def __init__(self, file: Path, ring: Path | None = None) -> None:
        self.own = _own(file)
        self._ring: dict[tuple[str, str], Key] = {}
        self._lock = threading.Lock()
        if ring is not None:
            self.load(json.loads(ring.read_text("utf-8")))

    def load(self, listed: object) -> None:
        """Register a list of keys, each as `POST /sandbox/keys` has it. Raises BadKey."""
        if not isinstance(listed, list):
            raise BadKey("A file of keys is a list of objects.")
        for one in listed:
            self.register(one)

    def register(self, given: object) -> tuple[str, str, Key]:
        """Know a key from now on: `sender_id`, `kid`, and `jwk` or `pem`. Raises BadKey."""
        if not isinstance(given, dict):
            raise BadKey("A key is an object.")
        sender, kid = given.get("sender_id"), given.get("kid")
        if not is_text(sender, 99) or not is_text(kid, 99):
            raise BadKey("sender_id and kid are strings.")
        key = _read(given)
        if given.get("alg", key.algorithm) != key.algorithm:
            raise BadKey(f"alg does not fit: this is a key for {key.algorithm}.")
        with self._lock:
            self._ring[str(sender), str(kid)] = key
        return str(sender), str(kid), key

    def of(self, sender: str) -> dict[str, Key]:
        """The keys of a sender by their ids."""
        with self._lock:
            return {kid: key for (owner, kid), key in self._ring.items() if owner == sender}

    def forget(self) -> None:
        """Know nobody's key."""
        with self._lock:
            self._ring.clear()

    def published(self) -> Json:
        """What `/.well-known/jwks.json` says."""
        raw = self.own.public_key().public_bytes_raw()
        return {
            "keys": [
                {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "x": b64url(raw),
                    "kid": OWN,
                    "use": "sig",
                    "alg": "EdDSA",
                }
            ]
        }


def b64url(data: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text: str) -> bytes:
    """The bytes again. Raises ValueError for anything but its one proper form."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64url(data) != text:
        raise ValueError("not base64url")
    return data


def _own(file: Path) -> Ed25519PrivateKey:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(file.read_bytes())


def _read(given: dict[str, Any]) -> Key:
    try:
        if isinstance(given.get("pem"), str):
            return _key(serialization.load_pem_public_key(given["pem"].encode()))
        if isinstance(given.get("jwk"), dict):
            return _key(_from_jwk(given["jwk"]))
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as cause:
        raise BadKey("The key cannot be read.") from cause
    except UnsupportedAlgorithm as cause:
        raise BadKey("Keys of that kind are not used.") from cause
    raise BadKey("A key comes as jwk or pem.")


def _key(public: object) -> Key:
    match public:
        case Ed25519PublicKey():
            return Key("EdDSA", public)
        case ec.EllipticCurvePublicKey() if isinstance(public.curve, ec.SECP256R1):
            return Key("ES256", public)
        case rsa.RSAPublicKey() if public.key_size >= LEAST_RSA:
            return Key("RS256", public)
    raise BadKey("Keys are Ed25519, P-256, or RSA of 2048 bits and more.")


def _from_jwk(jwk: Json) -> Public:
    number = {name: int.from_bytes(unb64url(jwk[name])) for name in ("y", "n", "e") if name in jwk}
    match jwk.get("kty"), jwk.get("crv"):
        case "OKP", "Ed25519":
            return Ed25519PublicKey.from_public_bytes(unb64url(jwk["x"]))
        case "EC", "P-256":
            x = int.from_bytes(unb64url(jwk["x"]))
            return ec.EllipticCurvePublicNumbers(x, number["y"], ec.SECP256R1()).public_key()
        case "RSA", _:
            return rsa.RSAPublicNumbers(number["e"], number["n"]).public_key()
    raise ValueError("unknown key type")
