"""The way to each provider, one state for all workers, in Redis: how many messages may leave now.

Shut after a row of failed calls or when the account is stopped, and then tried with one message at a
time; open, it lets through so many a second as its rate says. Lost with Redis, it begins anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import structlog
from redis import Redis
from redis.exceptions import RedisError

from gateway.providers import (
    Accepted,
    NoRoute,
    SendError,
    Suspended,
    Throttled,
    Uncertain,
    Unreachable,
)
from store.lanes import channel

ROW = 3
"""Calls of one provider that fail in a row before its channel is shut."""
SHUT, LONGEST = timedelta(seconds=30), timedelta(minutes=5)
"""For how long at first, and at most: each trial that fails doubles it."""
PAUSE = timedelta(minutes=5)
"""Between two trials of an account that is stopped: no balance, suspended, wrong credentials."""
TRIAL = timedelta(seconds=60)
"""How long one message has to show that the channel is well again, before another one may try."""
HALF = timedelta(minutes=5)
"""After so long a result counts half in the rate of errors."""
LEAST, SICK = 10, 0.2
"""Results there must be before the rate means anything; the rate at which others may take over."""
LIFE = timedelta(days=1)
NOT_TRIED = "not_tried"

ADMIT = """
local c = redis.call('HMGET', KEYS[1], 'until', 'tat', 'why')
local now, wanted, each, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if c[1] then
  local wait = tonumber(c[1]) - now
  if wait > 0 then return {0, wait, c[3]} end
  redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + tonumber(ARGV[5])), 'trial', 1)
  return {math.min(1, wanted), tonumber(ARGV[5]), c[3]}
end
if each == 0 then return {wanted, 0, ''} end
local tat = math.max(now, tonumber(c[2] or '0'))
local go = math.min(wanted, math.max(0, math.floor((now + burst - tat) / each)))
tat = tat + go * each
redis.call('HSET', KEYS[1], 'tat', string.format('%.0f', tat))
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return {go, math.max(0, tat + each - burst - now), ''}
"""
"""The generic cell rate algorithm behind a switch. Times in microseconds."""
TELL = """
local c = redis.call('HMGET', KEYS[1], 'until', 'trial', 'failures', 'shuts', 'why', 'good', 'bad', 'at')
local now, what, why = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local share = 0.5 ^ (math.max(0, now - tonumber(c[8] or ARGV[1])) / tonumber(ARGV[6]))
redis.call('HSET', KEYS[1], 'at', ARGV[1], 'good', tonumber(c[6] or 0) * share + ARGV[4],
           'bad', tonumber(c[7] or 0) * share + ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[11])
local function shut(time)
  redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + time), 'why', why)
  redis.call('HDEL', KEYS[1], 'trial', 'failures')
end
if what == 'stopped' then
  if c[2] or not c[1] then redis.call('HSET', KEYS[1], 'shuts', tonumber(c[4] or 0) + 1) end
  shut(tonumber(ARGV[10]))
  return (c[1] and c[5] == why) and '' or 'paused'
end
if what == 'well' then
  if c[1] and not c[2] then return '' end
  redis.call('HDEL', KEYS[1], 'until', 'trial', 'failures', 'shuts', 'why')
  return c[1] and 'resumed' or ''
end
if what ~= 'failed' or (c[1] and not c[2]) then return '' end
local failures = tonumber(c[3] or 0) + 1
redis.call('HSET', KEYS[1], 'failures', failures)
if not c[1] and failures < tonumber(ARGV[7]) then return '' end
local shuts = tonumber(c[4] or 0)
redis.call('HSET', KEYS[1], 'shuts', shuts + 1)
shut(math.min(tonumber(ARGV[8]) * 2 ^ math.min(shuts, 20), tonumber(ARGV[9])))
return c[1] and '' or 'shut'
"""
"""What a batch came to. Only a trial's result moves a channel that is shut: others began before."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Admission:
    """So many may leave now; the others in `wait`. `why` is the code a channel is shut for, or
    empty.
    """

    go: int
    wait: timedelta
    why: str


def admit(redis: Redis, provider: str, wanted: int, rate: float, now: datetime) -> Admission:
    """Ask for `wanted` messages to leave, at `rate` a second, 0 being no limit.

    Without Redis all may: nothing wakes a worker then anyhow.
    """
    each = 1 / rate if rate else 0.0
    arguments = [_micro(now), wanted, _of(each), _of(max(each, 1.0)), _of(TRIAL), _milli(LIFE)]
    try:
        go, wait, why = cast(
            "tuple[int, int, bytes]", redis.eval(ADMIT, 1, channel(provider), *map(str, arguments))
        )
    except RedisError:
        return Admission(wanted, timedelta(0), "")
    return Admission(go, timedelta(microseconds=wait), why.decode())


def tell(
    redis: Redis, provider: str, results: Sequence[Accepted | SendError], now: datetime
) -> None:
    """Say what one batch came to, and log it when the channel is shut by it, or well again."""
    what, why = judged(results)
    good = sum(isinstance(one, Accepted) for one in results)
    arguments = [
        *(_micro(now), what, why, good, sum(map(_bad, results)), _of(HALF)),
        *(ROW, _of(SHUT), _of(LONGEST), _of(PAUSE), _milli(LIFE)),
    ]
    try:
        happened = cast("bytes", redis.eval(TELL, 1, channel(provider), *map(str, arguments)))
    except RedisError:
        return
    match happened:
        case b"paused":
            log.error("channel.paused", provider=provider, code=why)
        case b"shut":
            log.warning("channel.shut", provider=provider, code=why)
        case b"resumed":
            log.info("channel.resumed", provider=provider)


def judged(results: Sequence[Accepted | SendError]) -> tuple[str, str]:
    """What a batch says of its provider, and the code: `well` when it answered about any message,
    `stopped`, `failed`, or nothing when no call was made.
    """
    for one in results:
        if isinstance(one, Suspended):
            return "stopped", one.code
    tried = [one for one in results if not isinstance(one, SendError) or one.code != NOT_TRIED]
    failed = [one for one in tried if isinstance(one, Unreachable | Throttled | Uncertain)]
    if not tried:
        return "", ""
    return ("failed", failed[0].code) if len(failed) == len(tried) else ("well", "")


def sick(redis: Redis, provider: str, now: datetime) -> bool:
    """Whether so much fails by this provider that another one may take over what failed: a trial of
    its shut channel failed, or the rate of its errors is high.
    """
    try:
        kept = cast(
            "list[bytes | None]", redis.hmget(channel(provider), "good", "bad", "at", "shuts")
        )
    except RedisError:
        return False
    good, bad, at, shuts = (float(one or 0) for one in kept)
    if shuts > 1:
        return True
    share = 0.5 ** (max(0.0, _micro(now) - at) / _of(HALF))
    return (good + bad) * share >= LEAST and bad >= SICK * (good + bad)


def _bad(result: Accepted | SendError) -> bool:
    """Whether this is the provider's failure and not the number's."""
    own = isinstance(result, NoRoute | Unreachable | Throttled | Suspended | Uncertain)
    return own and isinstance(result, SendError) and result.code != NOT_TRIED


def _micro(now: datetime) -> int:
    return int(now.timestamp() * 1_000_000)


def _of(time: timedelta | float) -> int:
    """Microseconds of a span, or of seconds."""
    seconds = time.total_seconds() if isinstance(time, timedelta) else time
    return int(seconds * 1_000_000)


def _milli(time: timedelta) -> int:
    return _of(time) // 1000
