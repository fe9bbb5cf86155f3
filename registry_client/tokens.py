"""Bearer tokens to show to a registry: one that is given, or OAuth2 client credentials (RFC 6749 paragraph
4.4), renewed before they end.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal, NamedTuple, Protocol
from urllib.parse import quote_plus, urlencode

from registry_client import envelope
from registry_client.fetching import Fetch, NotFetched, fetched
from registry_client.port import Unavailable

EARLY = 60.0
"""Seconds before its end at which a token is renewed, or a tenth of its life where that is less."""
UNTOLD = 300.0
"""Seconds a token is taken to live that does not say for how long."""
LONGEST = 366 * 86_400.0
"""Seconds a token is taken to live at most."""
TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


class Tokens(Protocol):
    """Where bearer tokens come from. Both calls are made by any thread."""

    def bearer(self, timeout: float) -> str:
        """A token that holds now, got within so many seconds; empty: none is sent.

        Raises Unavailable.
        """

    def refused(self, token: str) -> None:
        """It was answered 401: forget it."""


class Fixed:
    """One token for good, or none: what was refused is all there is."""

    def __init__(self, token: str = "") -> None:
        self._token = token

    def bearer(self, timeout: float) -> str:  # noqa: ARG002 - others have to fetch theirs
        """The token."""
        return self._token

    def refused(self, token: str) -> None:
        """Nothing else can be shown."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What we are known by at one token address.

    `style`: `form` has id and secret in a form, as DCI says; `basic` in a Basic header (RFC 6749 paragraph
    2.3.1) beside the form; `json` in a JSON object.
    """

    url: str
    client_id: str
    secret: str = field(repr=False)
    scope: str = ""
    style: Literal["form", "basic", "json"] = "form"

    def request(self) -> tuple[Mapping[str, str], bytes]:
        """Headers and body that ask for a token."""
        asked = {"grant_type": "client_credentials"} | ({"scope": self.scope} if self.scope else {})
        ours = {"client_id": self.client_id, "client_secret": self.secret}
        match self.style:
            case "form":
                return _FORM, urlencode(asked | ours).encode()
            case "json":
                return _JSON, json.dumps(asked | ours).encode()
            case "basic":
                pair = f"{quote_plus(self.client_id)}:{quote_plus(self.secret)}"
                coded = base64.b64encode(pair.encode()).decode()
                return _FORM | {"Authorization": f"Basic {coded}"}, urlencode(asked).encode()


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON = {"Content-Type": "application/json"}


class _Held(NamedTuple):
    token: str
    renewed: float
    """When it is better renewed, by the clock."""
    ends: float


class ClientCredentials:
    """Tokens of one address. One thread at a time asks for a new one; while the old one holds the
    others go on with that. `clock` gives seconds of any beginning.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        clock: Callable[[], float] = monotonic,
        fetch: Fetch = fetched,
    ) -> None:
        self._credentials, self._clock, self._fetch = credentials, clock, fetch
        self._one = threading.Lock()
        self._held: _Held | None = None

    def bearer(self, timeout: float) -> str:
        """A token that holds now, got within so many seconds. Raises Unavailable."""
        held, now = self._held, self._clock()
        if held is not None and now < held.renewed:
            return held.token
        good = held is not None and now < held.ends
        until = now + (timeout / 2 if good else timeout)
        if not self._one.acquire(blocking=not good, timeout=-1 if good else max(timeout, 0)):
            if held is not None and good:
                return held.token
            raise Unavailable("no token in time")
        try:
            return self._renewed(until)
        except Unavailable:
            if held is not None and good and self._held is held:
                return held.token
            raise
        finally:
            self._one.release()

    def refused(self, token: str) -> None:
        """Forget it, unless it was renewed meanwhile. Waits for nobody: at worst one token more is
        asked for.
        """
        held = self._held
        if held is not None and held.token == token:
            self._held = None

    def _renewed(self, until: float) -> str:
        """What another thread got while this one waited, or a new one."""
        now = self._clock()
        if self._held is not None and now < self._held.renewed:
            return self._held.token
        if until <= now:
            raise Unavailable("no token in time")
        headers, body = self._credentials.request()
        try:
            status, answer = self._fetch(
                "POST", self._credentials.url, timeout=until - now, headers=headers, body=body
            )
        except NotFetched as error:
            raise Unavailable(f"no token: {error}") from error
        said = _object(answer)
        if status != 200:
            code = envelope.code(said.get("error"))
            raise Unavailable(f"no token: http {status} {code}".strip())
        self._held = _read(said, now)
        return self._held.token


def _read(said: Mapping[str, Any], now: float) -> _Held:
    """A token and its times, counted from when it was asked for. Raises Unavailable."""
    token, kind = said.get("access_token"), said.get("token_type", "bearer")
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise Unavailable("no token: the answer has none that can be sent")
    if not isinstance(kind, str) or kind.casefold() != "bearer":
        raise Unavailable("no token: it is of another type than bearer")
    life = _seconds(said.get("expires_in"))
    return _Held(token, now + life - min(EARLY, life / 10), now + life)


def _seconds(told: object) -> float:
    """`expires_in`: a number, or as in DCI its digits in a string."""
    if isinstance(told, bool) or not isinstance(told, str | int | float):
        return UNTOLD
    try:
        life = float(told)
    except (ValueError, OverflowError):
        return UNTOLD
    return min(life, LONGEST) if life > 0 else 0.0


def _object(answer: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(answer)
    except (ValueError, RecursionError):
        # Not `from`: the decoder's error carries the document, and that is a secret.
        return {}
    return read if isinstance(read, dict) else {}
