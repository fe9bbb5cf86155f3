"""What web and workers share in Redis beside promises: a text that is compared and set, and sealed
things that live a short time. Neither ever fails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from redis import Redis
from redis.exceptions import RedisError

from store.seals import SealBroken, Seals

LIFE = 3600
"""Seconds a text nobody changes stays."""
UNREACHED = 5.0
"""Seconds for which a Redis that failed is not asked: each try may take its whole time-out."""

SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
return 1
"""


@dataclass(slots=True)
class SharedText:
    """One text under one key. Without Redis the process has one of its own, and goes on with the
    shared one when that is back. `clock` gives seconds.
    """

    redis: Redis
    key: str
    clock: Callable[[], float]
    _own: str = field(default="", init=False)
    _alone_until: float | None = field(default=None, init=False)
    _one: threading.Lock = field(default_factory=threading.Lock, init=False)

    def read(self) -> str:
        """What it holds; empty at first."""
        if self._shared():
            try:
                held = self.redis.get(self.key)
                self._own = held.decode() if isinstance(held, bytes) else str(held or "")
            except RedisError:
                self._lost()
        return self._own

    def swap(self, old: str, new: str) -> bool:
        """Hold `new` if it held `old`, and say whether it did."""
        if self._shared():
            try:
                swapped = self.redis.eval(SWAP, 1, self.key, old, new, LIFE)
                self._own = new if swapped else self._own
                return bool(swapped)
            except RedisError:
                self._lost()
        with self._one:
            if self._own != old:
                return False
            self._own = new
            return True

    def _shared(self) -> bool:
        """Whether Redis is to be asked; a clock that went back does not keep us from it."""
        left = 0.0 if self._alone_until is None else self._alone_until - self.clock()
        return not 0 < left <= UNREACHED

    def _lost(self) -> None:
        self._alone_until = self.clock() + UNREACHED


@dataclass(frozen=True, slots=True)
class SealedShelf:
    """Small things under `<prefix>:<digest of their name>`, sealed and tied to it."""

    redis: Redis
    seals: Seals
    prefix: str

    def get(self, name: str) -> bytes | None:
        """What was put under this name; None when it is gone, or cannot be read or fetched."""
        key = self._key(name)
        try:
            sealed = self.redis.get(key)
            return self.seals.open(sealed, key) if isinstance(sealed, bytes) else None
        except (RedisError, SealBroken):
            return None

    def put(self, name: str, plain: bytes, seconds: int) -> None:
        """Keep it for so long, if that can be done."""
        key = self._key(name)
        try:
            self.redis.set(key, self.seals.seal(plain, key), ex=seconds)
        except RedisError:
            return

    def _key(self, name: str) -> str:
        return f"{self.prefix}:{self.seals.digest(self.prefix, name).hex()}"
