"""Drafts that a dropped call may leave, in Redis: when to tell her that she may go on.

Sealed rows under the phone's digest. A row that is lost costs a courtesy, never a promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast

from redis import Redis

from store.seals import SealBroken, Seals

DUE = "drafts"
"""Sorted set: the phone's digest by the second it falls due."""
ROWS = "drafts:rows"
"""Hash: by the phone's digest, the conversation (32 hex digits) and the sealed row."""
CONVERSATION = 32
TOGETHER = 100
"""Rows taken in one look."""

ENDED = """
local row = redis.call('HGET', KEYS[2], ARGV[1])
if not row or string.sub(row, 1, 32) ~= ARGV[2] then return 0 end
redis.call('ZADD', KEYS[1], 'XX', ARGV[3], ARGV[1])
return 1
"""


@dataclass(frozen=True, slots=True)
class Left:
    """A draft that is open, and whom to tell when the call drops."""

    conversation: str
    """Digest in hex, as logs know it."""
    draft: str
    """Digest in hex: she is told once a draft."""
    phone: str
    language: str
    provider: str

    def row(self, seals: Seals, name: str) -> bytes:
        """As it is kept under the phone's digest, in hex."""
        return self.conversation.encode() + seals.seal_words(asdict(self), _bound(name))


def ended(redis: Redis, phone_key: bytes, conversation: str, now: datetime) -> None:
    """The carrier says this call dropped: the draft it left falls due at once.

    A notice about an older call changes nothing. Raises RedisError.
    """
    name = phone_key.hex()
    redis.eval(ENDED, 2, DUE, ROWS, name, conversation, str(int(now.timestamp())))


def take(redis: Redis, seals: Seals, now: datetime) -> Iterator[Left]:
    """The drafts that are due, each to one taker only. Raises RedisError."""
    until = int(now.timestamp())
    due = cast("list[bytes]", redis.zrangebyscore(DUE, "-inf", until, start=0, num=TOGETHER))
    for member in due:
        name = member.decode()
        row = cast("bytes | None", redis.hget(ROWS, name))
        if not redis.zrem(DUE, name):  # another relay was faster
            continue
        redis.hdel(ROWS, name)
        if row is not None:
            with suppress(SealBroken):
                yield Left(**seals.open_words(row[CONVERSATION:], _bound(name)))


def _bound(name: str) -> str:
    """What a sealed row is tied to."""
    return f"redis.draft.{name}"
