"""What stands between us and a phone by SMS beside its dialog: a question of ours that is open, our
last answer, and whether a machine seems to write. Sealed in Redis; losing it costs a courtesy.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from typing import cast

from redis import Redis, RedisError

from gateway.loops import ECHO, Traces
from gateway.sessions import SessionsDown
from store.seals import SealBroken, Seals

KEPT = 3600
"""Seconds after the last message."""
PATIENCE = 30 * 60
"""Seconds a question stays open."""
HEAD = 2 * ECHO
"""Characters of our answer that are kept: an echo is known by fewer."""


@dataclass(frozen=True, slots=True)
class Question:
    """Asked outside the dialogs and answered by 1 or 2; the next message, whatever it is, ends it."""

    yes: str
    """What she has then written; empty: nothing changes."""
    no: str = ""
    """Empty: 2 is no answer to it."""
    about: str = ""
    """Digest of the message it was asked about: the same again means what it says."""
    until: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """Moments are seconds since 1970 (UTC), messages digests in hex."""

    traces: Traces = field(default_factory=Traces)
    answer: str = ""
    heard: str = ""
    """The message last taken."""
    left: Question | None = None
    """The question that was open when it came: delivered again, it answers the same one."""
    asks: Question | None = None
    """The question that is open now."""

    def question(self, message: str, now: int) -> Question | None:
        """The question that this message may answer."""
        one = self.left if message == self.heard else self.asks
        return one if one is not None and now < one.until else None


class Exchanges:
    """One a phone. `silence`: seconds it has to outlive the last message at least."""

    def __init__(self, redis: Redis, seals: Seals, silence: int) -> None:
        self._redis, self._seals, self._kept = redis, seals, max(KEPT, silence)

    def recall(self, phone_key: bytes) -> Exchange:
        """What stands, or nothing yet. Raises SessionsDown."""
        name = phone_key.hex()
        try:
            sealed = cast("bytes | None", self._redis.get(f"sms:{name}"))
        except RedisError as error:
            raise SessionsDown from error
        if sealed is None:
            return Exchange()
        try:
            traces, answer, heard, left, asks = json.loads(self._seals.open(sealed, _bound(name)))
            return Exchange(Traces(*traces), answer, heard, _question(left), _question(asks))
        except (SealBroken, ValueError, TypeError):
            return Exchange()

    def remember(self, phone_key: bytes, exchange: Exchange) -> None:
        """Write it down where Redis takes it."""
        name = phone_key.hex()
        sealed = self._seals.seal(json.dumps(astuple(exchange)).encode(), _bound(name))
        with suppress(RedisError):
            self._redis.set(f"sms:{name}", sealed, ex=self._kept)

    def count(self, sign: str) -> None:
        """Count a sign of trouble beside the screens that were reached."""
        with suppress(RedisError):
            self._redis.hincrby("turns", sign, 1)


def _question(fields: list[str | int] | None) -> Question | None:
    return Question(*fields) if fields else None  # type: ignore[arg-type]  # as `remember` wrote them


def _bound(name: str) -> str:
    """What a sealed value is tied to: moved to another phone it does not open."""
    return f"redis.sms.{name}"
