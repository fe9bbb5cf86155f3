"""How often one phone, and all phones together, may try other people's numbers.

Keyed digests only; they die by themselves.
"""

from __future__ import annotations

from redis import RedisError

from gateway.scripts import Script, Scripts
from gateway.sessions import SessionsDown

TRY = Script.of("""
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local mine = redis.call('SCARD', KEYS[1])
local all = tonumber(redis.call('GET', KEYS[2]) or '0')
if mine == 0 then
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], 86400)
  return 1
end
if mine >= tonumber(ARGV[2]) or all >= tonumber(ARGV[3]) then return 0 end
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('INCR', KEYS[2])
if all == 0 then redis.call('EXPIRE', KEYS[2], 3600) end
return 1
""")


FAILED = Script.of("""
local failed = redis.call('INCR', KEYS[1])
if failed == 1 then redis.call('EXPIRE', KEYS[1], 86400) end
return failed
""")
FAILURES = Script.of("""
return tonumber(redis.call('GET', KEYS[1]) or '0')
""")
MOST_FAILURES = 3
"""Wrong answers about one ID after which this phone is told nothing of it for a day."""


class Limits:
    """`a_day`: different numbers a phone may try in a day.

    `in_all`: the same for all phones in an hour.
    """

    def __init__(self, scripts: Scripts, a_day: int, in_all: int) -> None:
        self._scripts, self._a_day, self._in_all = scripts, a_day, in_all

    def may_try(self, kind: str, phone_key: bytes, tried: bytes) -> bool:
        """Count a number tried (its digest); the same one twice counts once, a refused one not at all.

        The first of a day is most likely her own: it is free of the limit of all phones, or a busy
        launch would shut the service to everybody new.

        Raises SessionsDown.
        """
        keys = [f"tried:{kind}:{phone_key.hex()}", f"tried:{kind}"]
        try:
            return bool(self._scripts.run(TRY, keys, [tried, self._a_day, self._in_all]))
        except RedisError as error:
            raise SessionsDown from error

    def may_prove(self, pair: bytes) -> bool:
        """Whether this phone may answer for this ID: `pair` is their digest. The ID itself is never
        locked. Raises SessionsDown.
        """
        try:
            return int(self._scripts.run(FAILURES, [f"failed:{pair.hex()}"], [])) < MOST_FAILURES
        except RedisError as error:
            raise SessionsDown from error

    def failed(self, pair: bytes) -> None:
        """A wrong answer. Raises SessionsDown."""
        try:
            self._scripts.run(FAILED, [f"failed:{pair.hex()}"], [])
        except RedisError as error:
            raise SessionsDown from error
