"""Keeps personal data unreadable where it is stored: sealed values, keyed digests to find them by,
and hook tokens.

Master keys come from the operator; every purpose has a key of its own derived from them (HKDF, RFC
5869).
"""

from __future__ import annotations

import binascii
import hmac
import json
import re
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = 1
NONCE = 12
"""Bytes of a nonce: 96 bits, random (NIST SP 800-38D 8.2.2)."""
DIGEST = 16
KEY = 32
KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,16}")


class BadKeys(ValueError):
    """The master keys cannot be used; the message says which and why, and shows no key."""


class SealBroken(Exception):
    """A sealed value is cut, was sealed under a key we do not have, or belongs to another row."""


@dataclass(frozen=True, slots=True)
class Seals:
    """Everything made from the master keys. Safe to share between threads."""

    _sealing: Mapping[str, AESGCM] = field(repr=False)
    """By key id; the first one seals, all of them open."""
    _finding: bytes = field(repr=False)
    _naming: bytes = field(repr=False)
    _random: Callable[[int], bytes] = field(repr=False)

    @classmethod
    def from_text(cls, text: str, random: Callable[[int], bytes] = secrets.token_bytes) -> Seals:
        """Read `id:base64,id:base64`, 32 bytes each, the current one first. Raises BadKeys.

        To rotate, put the new key first and keep the old ones behind it; the last one is never
        taken away (see `digest`).
        """
        masters = _masters(text)
        last = list(masters.values())[-1]
        return cls(
            {name: AESGCM(_derive(key, "seal")) for name, key in masters.items()},
            _derive(last, "find"),
            _derive(last, "token"),
            random,
        )

    def seal(self, plain: bytes, bound: str) -> bytes:
        """Encrypt under the current key (AES-256-GCM), bound to its place: `table.column.row`."""
        name, cipher = next(iter(self._sealing.items()))
        head = bytes((VERSION, len(name))) + name.encode()
        nonce = self._random(NONCE)
        return head + nonce + cipher.encrypt(nonce, plain, head + bound.encode())

    def open(self, sealed: bytes, bound: str) -> bytes:
        """What was sealed at this place, under whichever key. Raises SealBroken."""
        if len(sealed) < 2 or sealed[0] != VERSION:
            raise SealBroken(f"{bound}: not a sealed value")
        end = 2 + sealed[1]
        head, nonce, rest = sealed[:end], sealed[end : end + NONCE], sealed[end + NONCE :]
        cipher = self._sealing.get(head[2:].decode("ascii", "replace"))
        if cipher is None:
            raise SealBroken(f"{bound}: sealed under a key that is not configured")
        try:
            return cipher.decrypt(nonce, rest, head + bound.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"{bound}: altered, or moved from another place") from error

    def seal_words(self, words: Mapping[str, str | None], bound: str) -> bytes:
        """`seal` for a small mapping; empty values are left out."""
        kept = {name: value for name, value in words.items() if value}
        return self.seal(
            json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode(), bound
        )

    def open_words(self, sealed: bytes, bound: str) -> dict[str, str]:
        """What `seal_words` sealed, without the empty values."""
        words: dict[str, str] = json.loads(self.open(sealed, bound))
        return words

    def digest(self, kind: str, value: str) -> bytes:
        """The sixteen bytes this value is found by: HMAC-SHA-256, cut, different for each kind.

        Keyed by the LAST master key, so that a rotation, which adds in front, leaves every stored
        digest true.
        """
        return hmac.digest(self._finding, kind.encode() + b"\0" + value.encode(), "sha256")[:DIGEST]

    def phone_key(self, phone: str) -> bytes:
        """What a phone number (E.164) is found by, in SQL and in Redis."""
        return self.digest("phone", phone)

    def token(self, name: str) -> str:
        """A secret of this name for an address: 256 bits, URL-safe.

        By the LAST master key, like `digest`.
        """
        return _text(hmac.digest(self._naming, name.encode(), "sha256"))


def _masters(text: str) -> dict[str, bytes]:
    """The master keys by id, in the order given."""
    masters: dict[str, bytes] = {}
    for place, part in enumerate((part.strip() for part in text.split(",")), start=1):
        name, colon, coded = part.partition(":")
        if not colon or not KEY_ID.fullmatch(name):
            raise BadKeys(
                f"key {place} is not `id:base64`, the id 1 to 16 letters, digits, `.`, `_` or `-`"
            )
        if name in masters:
            raise BadKeys(f"key id {name} is given twice")
        masters[name] = _key(name, coded)
    return masters


def _key(name: str, coded: str) -> bytes:
    """One master key."""
    try:
        key = b64decode(coded, validate=True)
    except binascii.Error as error:
        raise BadKeys(f"key {name} is not base64") from error
    if len(key) != KEY:
        raise BadKeys(f"key {name} has {len(key)} bytes instead of {KEY}")
    return key


def _derive(master: bytes, purpose: str) -> bytes:
    """The key of one purpose."""
    return HKDF(
        algorithm=SHA256(), length=KEY, salt=None, info=f"guichet/{purpose}/1".encode()
    ).derive(master)


def _text(token: bytes) -> str:
    """Bytes as they stand in an address."""
    return urlsafe_b64encode(token).rstrip(b"=").decode()
