"""Signatures as a registry makes them, from the primitives of `cryptography` and the forms' descriptions
alone: nothing of ours is called here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

Json = Mapping[str, Any]
Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

ED = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
P256 = ec.derive_private_key(0x1234567, ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)


def pem(key: Private) -> str:
    """A private key as a setting holds it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: Private) -> str:
    """Its public half."""
    found = key.public_key()
    return found.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def b64url(raw: bytes) -> str:
    """RFC 7515 paragraph 2."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int) -> str:
    """A whole number in a JWK."""
    return b64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def jwk(key: Private, kid: str, **more: Any) -> dict[str, Any]:
    """A public key as a set holds it."""
    said: dict[str, Any]
    match key:
        case ed25519.Ed25519PrivateKey():
            raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            said = {"kty": "OKP", "crv": "Ed25519", "x": b64url(raw), "alg": "EdDSA"}
        case ec.EllipticCurvePrivateKey():
            at = key.public_key().public_numbers()
            said = {"kty": "EC", "crv": "P-256", "alg": "ES256"}
            said |= {"x": b64url(at.x.to_bytes(32, "big")), "y": b64url(at.y.to_bytes(32, "big"))}
        case rsa.RSAPrivateKey():
            at_ = key.public_key().public_numbers()
            said = {"kty": "RSA", "n": number(at_.n), "e": number(at_.e), "alg": "RS256"}
    return said | {"kid": kid, "use": "sig"} | more


def sign(key: Private, data: bytes) -> bytes:
    """By the key's algorithm; ES256 as two numbers of 32 bytes."""
    match key:
        case ed25519.Ed25519PrivateKey():
            return key.sign(data)
        case ec.EllipticCurvePrivateKey():
            r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        case rsa.RSAPrivateKey():
            return key.sign(data, padding.PKCS1v15(), SHA256())


def check(key: Private, signature: bytes, data: bytes) -> None:
    """Raises InvalidSignature."""
    match key:
        case ed25519.Ed25519PrivateKey():
            key.public_key().verify(signature, data)
        case ec.EllipticCurvePrivateKey():
            r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
            key.public_key().verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
        case rsa.RSAPrivateKey():
            key.public_key().verify(signature, data, padding.PKCS1v15(), SHA256())


def cavage_input(created: object, expires: object, header: Json, message: object) -> bytes:
    """What form A signs."""
    whole = json.dumps(
        {"header": header, "message": message}, sort_keys=True, separators=(",", ":")
    )
    digest = base64.b64encode(hashlib.sha256(whole.encode("ascii")).digest()).decode()
    return f"(created): {created}\n(expires): {expires}\ndigest: {digest}".encode()


def cavage(
    header: Json,
    message: object,
    at: int,
    *,
    key: Private = ED,
    kid: str = "k1",
    over: Json | None = None,
    **changed: str | None,
) -> str:
    """Form A; `over` is the header that is signed where it is not the one that is sent; a parameter by
    name is another one, or left out.
    """
    parameters: dict[str, str | None] = {
        "namespace": "dci",
        "kidId": f"{header.get('sender_id')}|{kid}|ed25519",
        "algorithm": "ed25519",
        "created": str(at),
        "expires": str(at + 300),
        "headers": "(created) (expires) digest",
    }
    parameters.update(changed)
    times = parameters["created"], parameters["expires"]
    signed = sign(key, cavage_input(*times, header if over is None else over, message))
    parameters["signature"] = base64.b64encode(signed).decode()
    parameters.update(changed)
    return ", ".join(f'{name}="{value}"' for name, value in parameters.items() if value is not None)


def jws_input(protected: str, header: Json, message: object) -> bytes:
    """What form B signs."""
    whole = json.dumps(
        {"header": header, "message": message},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return f"{protected}.{b64url(whole.encode())}".encode()


def jws(header: Json, message: object, *, key: Private = ED, **protected: Any) -> str:
    """Form B, with these parameters in its header; one that is None is left out."""
    algorithm = jwk(key, "")["alg"]
    said = {"alg": algorithm, "kid": "k1"} | protected
    coded = b64url(json.dumps({k: v for k, v in said.items() if v is not None}).encode())
    return f"{coded}..{b64url(sign(key, jws_input(coded, header, message)))}"
