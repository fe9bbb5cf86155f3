"""Signatures over `{header}+{message}` of DCI, which says no more than that: the two forms in use, and
none. What comes in fails closed.

Both forms sign JSON with sorted keys and no spaces. Where keys come from is in keys.py.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from registry_client.envelope import Json
from registry_client.envelope import Signer as Signer
from registry_client.fetching import LOOPBACK
from registry_client.keys import BadKey, Keyring, PrivateKey, PublicKey

Message = Mapping[str, Any] | list[Any]

LIFE = 300
"""Seconds a signature of ours holds."""
LONGEST_LIFE = 86_400
"""Seconds a signature of others may hold."""
SKEW = 60
"""Seconds by which two clocks may differ."""
SIGNED = "(created) (expires) digest"
LONGEST = 8 * 1024
"""Characters of a signature: RSA of 16384 bits is below half of it."""
STUBS = frozenset({"unsigned-stub", "unsigned"})
"""What a compliance suite writes where a signature belongs."""

PARAMETER = re.compile(r'\s*([A-Za-z]+)=(?:"([^"]*)"|(\d{1,12}))\s*')
TIME = re.compile(r"\d{1,12}", re.ASCII)


class SignatureMissing(Exception):
    """There is none."""

    code = "err.signature.missing"


class SignatureInvalid(Exception):
    """It is not one of this sender over this message at this time; why is not told."""

    code = "err.signature.invalid"


class Verifier(Protocol):
    """Checks what comes from one registry."""

    def verify(self, signature: str, header: Json, message: Message) -> None:
        """Return where the signature is good. Raises SignatureMissing, SignatureInvalid, and KeysAway
        where nobody can tell now.
        """


class Unsigned:
    """No signature, sent or asked for. Who relies on it has another proof: a bearer token."""

    def sign(self, header: Mapping[str, Any], message: Message) -> str:  # noqa: ARG002 - the protocol's
        """None."""
        return ""

    def verify(self, signature: str, header: Json, message: Message) -> None:
        """Anything is good."""


class Stub:
    """Words in the place of a signature, for a registry on this very machine."""

    def __init__(self, host: str) -> None:
        """`host` is where we listen, or whom we call. Raises BadKey unless that is loopback."""
        if host not in LOOPBACK:
            raise BadKey("stub signatures are for a registry on this machine alone")

    def sign(self, header: Mapping[str, Any], message: Message) -> str:  # noqa: ARG002 - the protocol's
        """The word."""
        return "unsigned-stub"

    def verify(self, signature: str, header: Json, message: Message) -> None:  # noqa: ARG002 - the protocol's
        """Nothing but a word that says it is none."""
        _insist(signature)
        if signature not in STUBS:
            raise SignatureInvalid


@dataclass(frozen=True, slots=True)
class CavageSigner:
    """Form A: Ed25519 over the times and a digest, written as HTTP signatures once were (draft-cavage),
    in the body. Raises BadKey for a key of another kind.
    """

    key: PrivateKey
    now: Callable[[], datetime]

    def __post_init__(self) -> None:
        if self.key.algorithm != "EdDSA":
            raise BadKey("this form signs with Ed25519 alone")

    def sign(self, header: Mapping[str, Any], message: Message) -> str:
        """Over the header as it is sent: what some add to a header they read, such as nulls, must be
        in it.
        """
        created = int(self.now().timestamp())
        expires = created + LIFE
        assert isinstance(self.key.key, Ed25519PrivateKey)  # noqa: S101 - for mypy: seen at the start
        signed = self.key.key.sign(_signing_string(str(created), str(expires), header, message))
        parameters = {
            "namespace": "dci",
            "kidId": f"{header.get('sender_id', '')}|{self.key.id}|ed25519",
            "algorithm": "ed25519",
            "created": str(created),
            "expires": str(expires),
            "headers": SIGNED,
            "signature": base64.b64encode(signed).decode(),
        }
        return ", ".join(f'{name}="{value}"' for name, value in parameters.items())


@dataclass(frozen=True, slots=True)
class CavageVerifier:
    """Form A, checked with the keys of one registry."""

    keys: Keyring
    now: Callable[[], datetime]

    def verify(self, signature: str, header: Json, message: Message) -> None:
        """Also over the header without its nulls: some sign before they fill in what they left out."""
        _insist(signature)
        given = _parameters(signature)
        key = self.keys.find(_key_id(given, header))
        if key is None or not isinstance(key.key, Ed25519PublicKey):
            raise SignatureInvalid
        created, expires = given.get("created", ""), given.get("expires", "")
        self._insist_on_time(created, expires)
        try:
            signed = base64.b64decode(given.get("signature", ""), validate=True)
        except (binascii.Error, ValueError):
            raise SignatureInvalid from None
        for one in _headers(header):
            if _is_signed(key.key, signed, _signing_string(created, expires, one, message)):
                return
        raise SignatureInvalid

    def _insist_on_time(self, created: str, expires: str) -> None:
        if not TIME.fullmatch(created) or not TIME.fullmatch(expires):
            raise SignatureInvalid
        begin, end, now = int(created), int(expires), self.now().timestamp()
        if not 0 < end - begin <= LONGEST_LIFE or not begin - SKEW <= now <= end + SKEW:
            raise SignatureInvalid


@dataclass(frozen=True, slots=True)
class JwsSigner:
    """Form B: a JWS whose payload is left out (RFC 7515 appendix F), by EdDSA, ES256 or RS256."""

    key: PrivateKey

    def sign(self, header: Mapping[str, Any], message: Message) -> str:
        """`protected..signature`."""
        made = jwt.PyJWS().encode(
            _sorted(header, message, escaped=False),
            self.key.key,
            algorithm=self.key.algorithm,
            headers={"kid": self.key.id, "typ": ""},
        )
        protected, _, signed = made.split(".")
        return f"{protected}..{signed}"


@dataclass(frozen=True, slots=True)
class JwsVerifier:
    """Form B, checked with the keys of one registry. It holds as long as its key: what is taken twice
    is for the receiver to see.
    """

    keys: Keyring

    def verify(self, signature: str, header: Json, message: Message) -> None:
        """By the algorithm of the key that its `kid` names; a `kid` left out means the only key."""
        _insist(signature)
        match signature.split("."):
            case [protected, "", signed] if protected and signed:
                key = self.keys.find(_kid(protected))
            case _:
                raise SignatureInvalid
        if key is None or not _holds(protected, signed, key, header, message):
            raise SignatureInvalid


def _holds(protected: str, signed: str, key: PublicKey, header: Json, message: Message) -> bool:
    payload = base64.urlsafe_b64encode(_sorted(header, message, escaped=False)).rstrip(b"=")
    whole = f"{protected}.{payload.decode()}.{signed}"
    try:
        jwt.PyJWS().decode_complete(whole, key.key, algorithms=[key.algorithm])
    except jwt.PyJWTError:
        return False
    return True


def _kid(protected: str) -> str:
    """The `kid` of a protected header; empty where it has none."""
    try:
        read = json.loads(base64.urlsafe_b64decode(protected + "=" * (-len(protected) % 4)))
    except (ValueError, RecursionError):
        raise SignatureInvalid from None
    kid = read.get("kid", "") if isinstance(read, dict) else None
    if not isinstance(kid, str):
        raise SignatureInvalid
    return kid


def _insist(signature: str) -> None:
    if not signature:
        raise SignatureMissing
    if len(signature) > LONGEST:
        raise SignatureInvalid


def _parameters(signature: str) -> Mapping[str, str]:
    """`name="value", ...`, each name once; a number may stand without quotation marks."""
    found: dict[str, str] = {}
    rest = re.sub(r"^\s*Signature:", "", signature)
    while rest:
        one = PARAMETER.match(rest)
        if one is None or one[1] in found:
            raise SignatureInvalid
        found[one[1]] = one[2] if one[2] is not None else one[3]
        rest = rest[one.end() :]
        if rest and not rest.startswith(","):
            raise SignatureInvalid
        rest = rest[1:]
    return found


def _key_id(given: Mapping[str, str], header: Json) -> str:
    """The key's id from `kidId`, where all it says fits the rest. Raises SignatureInvalid."""
    match given.get("kidId", "").split("|"):
        case [owner, key_id, "ed25519"] if key_id and owner == (header.get("sender_id") or owner):
            if given.get("algorithm") == "ed25519" and given.get("headers") == SIGNED:
                return key_id
    raise SignatureInvalid


def _headers(header: Json) -> Iterator[Json]:
    """The header as it came; then without its nulls, where it has any."""
    yield header
    if any(value is None for value in header.values()):
        yield {name: value for name, value in header.items() if value is not None}


def _is_signed(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _signing_string(created: str, expires: str, header: Json, message: Message) -> bytes:
    digest = hashlib.sha256(_sorted(header, message, escaped=True)).digest()
    coded = base64.b64encode(digest).decode()
    return f"(created): {created}\n(expires): {expires}\ndigest: {coded}".encode()


def _sorted(header: Json, message: Message, *, escaped: bool) -> bytes:
    """What is signed: sorted keys, no spaces; form A in ASCII, form B in UTF-8. Raises
    SignatureInvalid for what cannot be written so, such as half of a surrogate pair.
    """
    whole = {"header": header, "message": message}
    try:
        text = json.dumps(
            whole, sort_keys=True, separators=(",", ":"), ensure_ascii=escaped, allow_nan=False
        )
        return text.encode()
    except (ValueError, TypeError, RecursionError):
        raise SignatureInvalid from None
