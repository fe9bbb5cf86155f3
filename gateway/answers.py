"""Answers of the registry kept for an hour, for messages only: in a rush the same phone asks the same
again and again. Sealed, under digests of phone and question.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import cast

from redis import Redis, RedisError

from dialogs.engine.screens import UNAVAILABLE
from gateway.asker import Found
from store.seals import SealBroken, Seals

KEPT = 3600
"""Seconds."""
PASSING = frozenset({UNAVAILABLE, "too_many"})
"""Outcomes that say nothing of the person."""


class Answers:
    """One hash a phone. Without Redis every question is asked. `clock` gives the time in UTC."""

    def __init__(self, redis: Redis, seals: Seals, clock: Callable[[], datetime]) -> None:
        self._redis, self._seals, self._clock = redis, seals, clock

    def once(self, phone_key: bytes, question: str, ask: Callable[[], Found]) -> Found:
        """The answer of the last hour to this question of this phone, else what `ask` finds."""
        name, field = f"answers:{phone_key.hex()}", self._seals.digest("question", question).hex()
        bound, now = f"redis.answers.{phone_key.hex()}.{field}", int(self._clock().timestamp())
        with suppress(RedisError, SealBroken, ValueError):
            sealed = cast("bytes | None", self._redis.hget(name, field))
            if sealed is not None:
                at, outcome, facts = json.loads(self._seals.open(sealed, bound))
                if now - at < KEPT:
                    return outcome, facts
        outcome, facts = ask()
        if outcome not in PASSING:
            sealed = self._seals.seal(json.dumps([now, outcome, facts]).encode(), bound)
            with suppress(RedisError):
                self._redis.hset(name, field, sealed)
                self._redis.expire(name, KEPT)
        return outcome, facts

    def forget(self, phone_key: bytes) -> None:
        """She did something that may change the answers."""
        with suppress(RedisError):
            self._redis.delete(f"answers:{phone_key.hex()}")
