"""Bearer tokens for OAuth 2.0 clients: short-lived JWTs, signed with the registry's own key."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime

from cryptography.exceptions import InvalidSignature

from sandbox.dci.keys import OWN, Keys, b64url, unb64url
from sandbox.envelope import Json

LIFE = 3600
"""Seconds a token holds."""


class Tokens:
    """Gives tokens to clients (secret by id) and knows them again."""

    def __init__(self, keys: Keys, clients: Mapping[str, str], now: Callable[[], datetime]) -> None:
        self._keys, self._clients, self._now = keys, clients, now

    def given(self, client: str, secret: str) -> Json | None:
        """The answer of the token endpoint; None for a client that is none of ours."""
        known = self._clients.get(client, "")
        if not hmac.compare_digest(known.encode(), secret.encode()) or not known:
            return None
        claims = {"sub": client, "exp": int(self._now().timestamp()) + LIFE}
        parts = ({"alg": "EdDSA", "typ": "JWT", "kid": OWN}, claims)
        signed = ".".join(b64url(json.dumps(part).encode()) for part in parts)
        token = f"{signed}.{b64url(self._keys.own.sign(signed.encode()))}"
        return {"access_token": token, "token_type": "bearer", "expires_in": str(LIFE)}

    def known(self, token: str) -> bool:
        """Whether it is a token of ours that still holds."""
        signed, _, signature = token.rpartition(".")
        try:
            self._keys.own.public_key().verify(unb64url(signature), signed.encode())
            claims = json.loads(unb64url(signed.partition(".")[2]))
        except (InvalidSignature, ValueError):
            return False
        return int(claims["exp"]) > self._now().timestamp()
