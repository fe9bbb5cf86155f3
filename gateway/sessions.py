"""One live record a phone, sealed, in Redis: one read and one compare-and-set a key press.

What is in it is the conversation's.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from redis import RedisError

from dialogs.engine.session import Session, pack, unpack
from gateway.scripts import Script, Scripts
from store import drafts
from store.drafts import Left
from store.seals import SealBroken, Seals

KEPT = 24 * 3600
"""Seconds a record lives after the last key press: the settings in it spare a read of SQL at the
next dial.
"""
FORM = 2
"""The shape of a record. A release that changes it, or the session in it, takes the next number."""
STAMP = 8
"""Bytes in front of the sealed value that change at every write: what the compare-and-set
compares.
"""
MINUTE = 60
TURNS = "turns"
"""Hash: how often each screen was reached."""
CALLS = "calls"
"""Sorted set: the digest of each phone in a call, by the second after which the call is over."""

RECALL = Script.of("""
local turns = redis.call('INCR', KEYS[2])
if turns == 1 then redis.call('EXPIRE', KEYS[2], ARGV[1]) end
return {redis.call('GET', KEYS[1]), turns}
""")
REMEMBER = Script.of("""
local now = redis.call('GET', KEYS[1])
if (now and string.sub(now, 1, tonumber(ARGV[2])) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[4])
redis.call('HINCRBY', KEYS[2], ARGV[5], 1)
if ARGV[7] == '' then
  if redis.call('ZREM', KEYS[3], ARGV[6]) == 1 then redis.call('HDEL', KEYS[4], ARGV[6]) end
else
  redis.call('ZADD', KEYS[3], ARGV[8], ARGV[6])
  redis.call('HSET', KEYS[4], ARGV[6], ARGV[7])
end
redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', ARGV[9])
if ARGV[10] == '0' then redis.call('ZREM', KEYS[5], ARGV[6])
else redis.call('ZADD', KEYS[5], ARGV[10], ARGV[6]) end
return 1
""")


class SessionsDown(Exception):
    """Redis does not answer."""


@dataclass(frozen=True, slots=True)
class Record:
    """A phone's conversation: whose it is, what was heard of it, the session, and the answer last
    given.
    """

    conversation: str = ""
    heard: str = ""
    session: Session = field(default_factory=Session)
    reply: str = ""
    more: bool = False
    recent: tuple[str, ...] = ()
    """The last four conversations (USSD) or messages (SMS) answered before this one."""
    born: str = ""
    """The conversation drafts are named after: it travels when she goes on by another channel."""
    own: str = ""
    """Keyed digest of the last national ID she asked about, in hex."""
    settled: tuple[str, int] = ("", 0)
    """Language and notice as SQL holds them."""
    minute: int = 0
    """When it was last answered, in minutes since 1970 (UTC)."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was read: the record, or None, the stamp to set against, and the turns of this
    minute.
    """

    record: Record | None
    stamp: bytes
    turns: int


class Sessions:
    """The records, under keyed digests. `random` gives bytes."""

    def __init__(self, scripts: Scripts, seals: Seals, random: Callable[[int], bytes]) -> None:
        self.scripts, self._seals, self._random = scripts, seals, random

    def recall(self, phone_key: bytes) -> Recalled:
        """The record of a phone, and how many turns it took in this minute. Raises SessionsDown."""
        name = phone_key.hex()
        try:
            value, turns = self.scripts.run(RECALL, [f"phone:{name}", f"turns:{name}"], [MINUTE])
        except RedisError as error:
            raise SessionsDown from error
        if value is None:
            return Recalled(None, b"", turns)
        return Recalled(self._read(value[STAMP:], name), value[:STAMP], turns)

    def remember(
        self,
        phone_key: bytes,
        stamp: bytes,
        record: Record,
        counted: str,
        left: Left | None = None,
        due: int = 0,
        now: int = 0,
        until: int = 0,
    ) -> bool:
        """Write the record if it is still the one that was read; False when another turn got in.

        Counts `counted`. `left` is a draft that falls due at `due` (seconds since 1970) unless she
        goes on before. `until` is when a call that waits for her is over, 0 where none does; `now`
        takes away those that are (seconds since 1970 as well).
        """
        name = phone_key.hex()
        value = self._random(STAMP) + self._seals.seal(self._pack(record), _bound(name))
        row = left.row(self._seals, name) if left is not None else b""
        keys = [f"phone:{name}", TURNS, drafts.DUE, drafts.ROWS, CALLS]
        try:
            return bool(
                self.scripts.run(
                    REMEMBER,
                    keys,
                    [stamp, STAMP, value, KEPT, counted, name, row, due, now, until],
                )
            )
        except RedisError as error:
            raise SessionsDown from error

    def _pack(self, record: Record) -> bytes:
        fields = [
            FORM, record.conversation, record.heard, pack(record.session), record.reply, record.more,
            list(record.recent), record.born, record.own, list(record.settled), record.minute,
        ]  # fmt: skip
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()

    def _read(self, sealed: bytes, name: str) -> Record | None:
        """The record; None for one of another release, or sealed under a key that is gone.

        Its stamp is kept all the same: the turn that finds its way by the walk replaces it.
        """
        try:
            form, *fields = json.loads(self._seals.open(sealed, _bound(name)))
            if form != FORM:
                return None
            conversation, heard, session, reply, more, recent, born, own, settled, minute = fields
            return Record(
                conversation,
                heard,
                unpack(session),
                reply,
                more,
                tuple(recent),
                born,
                own,
                (settled[0], settled[1]),
                minute,
            )
        except (SealBroken, ValueError, TypeError):
            return None


def _bound(name: str) -> str:
    """What a sealed record is tied to: moved to another phone it does not open."""
    return f"redis.phone.{name}"
