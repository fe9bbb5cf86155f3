"""Signatures of messages, in the two forms that are in use.

`cavage`: Ed25519 over created, expires and a digest, as parameters of one string. `jws`: a detached
JWS. Both are over `{"header", "message"}` with sorted keys; neither form is in the standard.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime

from sandbox.dci.keys import OWN, Key, Keys, b64url, unb64url
from sandbox.envelope import Json

STUBS = frozenset({"", "unsigned", "unsigned-stub"})
"""What stands in a signature's place where nobody signs."""
BROKEN = "invalid-signature"
"""What is refused whatever the sandbox is told to take."""
LIFE, SKEW = 300, 60
"""Seconds a signature holds, and by how much two clocks may differ."""
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')


class SignatureMissing(Exception):
    """A signature is needed here: `err.signature.missing`."""


class SignatureInvalid(Exception):
    """The signature is not one of this sender over this message: `err.signature.invalid`."""


class Signatures:
    """Checks what comes in and signs what goes out.

    `lenient`: who has registered no key may leave messages unsigned, or signed with a key nobody
    knows. Who has a key must sign with it.
    """

    def __init__(self, keys: Keys, now: Callable[[], datetime], *, lenient: bool) -> None:
        self._keys, self._now, self._lenient = keys, now, lenient

    def check(self, signature: str, header: Json, message: Json) -> None:
        """Raise SignatureMissing or SignatureInvalid unless this may be taken."""
        if signature == BROKEN:
            raise SignatureInvalid
        sender = header.get("sender_id")
        known = self._keys.of(sender) if isinstance(sender, str) else {}
        if not known and self._lenient:
            return
        if signature in STUBS:
            raise SignatureMissing
        try:
            good = self._verifies(signature, str(sender), known, header, message)
        except (ValueError, KeyError, TypeError, binascii.Error):
            good = False
        if not good:
            raise SignatureInvalid

    def sign(self, header: Json, message: Json, like: str = "") -> str:
        """A signature in the form of `like`, else cavage."""
        if form(like) == "jws":
            return self._jws(header, message)
        return self._cavage(header, message)

    def _verifies(
        self, signature: str, sender: str, known: dict[str, Key], header: Json, message: Json
    ) -> bool:
        if form(signature) == "jws":
            return _verify_jws(signature, known, header, message)
        now = self._now().timestamp()
        return _verify_cavage(signature, sender, known, now, header, message)

    def _cavage(self, header: Json, message: Json) -> str:
        created = int(self._now().timestamp())
        times = (str(created), str(created + LIFE))
        signed = self._keys.own.sign(_signing_string(*times, header, message))
        sender = str(header.get("sender_id", "")).replace('"', "")
        return (
            f'namespace="dci", kidId="{sender}|{OWN}|ed25519", algorithm="ed25519",'
            f' created="{times[0]}", expires="{times[1]}", headers="(created) (expires) digest",'
            f' signature="{base64.b64encode(signed).decode()}"'
        )

    def _jws(self, header: Json, message: Json) -> str:
        protected = b64url(json.dumps({"alg": "EdDSA", "kid": OWN}).encode())
        signed = self._keys.own.sign(_jws_input(protected, header, message))
        return f"{protected}..{b64url(signed)}"


def form(signature: str) -> str:
    """cavage, jws, or nothing."""
    if "=" in signature and signature.removeprefix("Signature:").strip().startswith("namespace"):
        return "cavage"
    return "jws" if signature.count(".") == 2 and ".." in signature else ""


def _verify_cavage(
    signature: str, sender: str, known: dict[str, Key], now: float, header: Json, message: Json
) -> bool:
    given = dict(_PARAMETER.findall(signature))
    owner, kid, algorithm = given["kidId"].split("|")
    key = known.get(kid)
    if key is None or owner != sender or key.algorithm != "EdDSA":
        return False
    if {algorithm, given["algorithm"]} != {"ed25519"}:
        return False
    if given["headers"] != "(created) (expires) digest":
        return False
    if not int(given["created"]) - SKEW <= now <= int(given["expires"]) + SKEW:
        return False
    signed = _signing_string(given["created"], given["expires"], header, message)
    return key.verifies(base64.b64decode(given["signature"], validate=True), signed)


def _verify_jws(signature: str, known: dict[str, Key], header: Json, message: Json) -> bool:
    protected, _, signed = signature.partition("..")
    parameters = json.loads(unb64url(protected))
    kid = parameters.get("kid", next(iter(known)) if len(known) == 1 else None)
    key = known.get(kid)
    if key is None or parameters["alg"] != key.algorithm or {"crit", "b64"} & parameters.keys():
        return False
    return key.verifies(unb64url(signed), _jws_input(protected, header, message))


def _signing_string(created: str, expires: str, header: Json, message: Json) -> bytes:
    whole = json.dumps(
        {"header": header, "message": message}, sort_keys=True, separators=(",", ":")
    )
    digest = base64.b64encode(hashlib.sha256(whole.encode()).digest()).decode()
    return f"(created): {created}\n(expires): {expires}\ndigest: {digest}".encode()


def _jws_input(protected: str, header: Json, message: Json) -> bytes:
    whole = json.dumps(
        {"header": header, "message": message},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return f"{protected}.{b64url(whole.encode('utf-8', 'surrogatepass'))}".encode()
