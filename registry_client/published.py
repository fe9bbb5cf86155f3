"""The keys another server publishes, as they are needed: fetched, kept for a while, fetched again for
an id that is not known.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

import structlog

from registry_client.fetching import Fetch, NotFetched, fetched, is_safe
from registry_client.keys import BadKey, KeysAway, PublicKey, Registered, read_jwks

AGAIN = 60.0
"""Seconds between two fetches at least, whoever asks for whatever."""
FRESH = 3600.0
"""Seconds after which the set is fetched anew, so that a withdrawn key is noticed."""
LONGEST = 86_400.0
"""Seconds for which a set is trusted that could not be fetched anew."""
TIMEOUT = 3.0
"""Seconds of one fetch."""

log = structlog.get_logger()


class Published:
    """The keyring behind one JWKS address. Any thread may ask; one at a time fetches. `clock` gives
    seconds of any beginning.
    """

    def __init__(
        self, url: str, *, clock: Callable[[], float] = monotonic, fetch: Fetch = fetched
    ) -> None:
        """Raises BadKey for an address that is neither https nor on this machine."""
        if not is_safe(url):
            raise BadKey("keys are fetched by https only")
        self._url, self._clock, self._fetch = url, clock, fetch
        self._one = threading.Lock()
        self._keys, self._since = Registered({}), float("-inf")
        self._tried = float("-inf")
        self._away = False

    def find(self, key_id: str) -> PublicKey | None:
        """The key of this id; for an empty id the one key there is. Raises KeysAway where the set
        could not be fetched.
        """
        if (found := self._held(key_id, FRESH)) is not None:
            return found
        with self._one:
            if (found := self._held(key_id, FRESH)) is not None:
                return found
            if self._clock() - self._tried >= AGAIN:
                self._refresh()
            found = self._held(key_id, LONGEST)
            if found is None and self._away:
                raise KeysAway
            return found

    def _held(self, key_id: str, age: float) -> PublicKey | None:
        return self._keys.find(key_id) if self._clock() - self._since < age else None

    def _refresh(self) -> None:
        """Hold what is published now, and what was held where it cannot be read."""
        self._tried = self._clock()
        try:
            self._keys, self._since, self._away = self._asked(), self._clock(), False
        except (NotFetched, BadKey) as error:
            self._away = True
            log.warning("registry.keys_away", error=str(error))

    def _asked(self) -> Registered:
        status, body = self._fetch("GET", self._url, timeout=TIMEOUT)
        if status != 200:
            raise NotFetched(f"http {status}")
        return read_jwks(body)
