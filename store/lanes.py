"""The lanes promised work leaves by, and how one is woken.

A wake carries no row: what is due stands in the outbox.
"""

from __future__ import annotations

from collections.abc import Collection

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

PROVIDERS = ("africastalking", "twilio", "hubtel")
"""Each has a lane of its own for its messages: one that is slow holds up no other's."""
OTHER = "sms-other"
"""Of messages whose provider this version does not know."""
_OF = {provider: f"sms-{provider}" for provider in PROVIDERS}

REGISTRY, EVENTS, HOUSEKEEPING = "registry", "events", "housekeeping"
SMS = (*_OF.values(), OTHER)
LANES = (REGISTRY, EVENTS, *SMS, HOUSEKEEPING)
SHARED = {EVENTS: REGISTRY}
"""Lanes that have no workers of their own, and whose workers drain them."""
RETIRED = "messages"
"""Where an older release, still running beside this one, puts messages of every provider."""

DRAIN = "workers.jobs.drain"
"""The job, by its import path: whoever wakes a lane does not import the workers."""
JOB_TIMEOUT, NIGHT_TIMEOUT = 60, 3600
"""Seconds; above what a drain may work and its last call may take, and what a night's work may."""
FLAG_LIFE = 30
"""Seconds after which a wake that came to nothing may be repeated; the relay does not wait for it.
"""


def breaker(registry: str) -> str:
    """The Redis key of what web and workers know of this registry being away."""
    return f"breaker:{registry}"


def channel(provider: str) -> str:
    """The Redis key of what workers know of the way to this provider."""
    return f"channel:{provider}"


def sms(provider: str) -> str:
    """The lane of a provider's messages."""
    return _OF.get(provider, OTHER)


def worked(providers: Collection[str]) -> tuple[str, ...]:
    """The lanes that have workers where these providers send: what is in any other is looked after
    by those of housekeeping.
    """
    return (REGISTRY, *(lane for one, lane in _OF.items() if one in providers), HOUSEKEEPING)


def drained_by(lane: str, worked: Collection[str] = LANES) -> str:
    """The lane whose workers drain this one, where those of `worked` have any."""
    whose = SHARED.get(lane, lane)
    return whose if whose in worked else HOUSEKEEPING


def flag(lane: str) -> str:
    """The Redis key that says a wake is on its way; a drain deletes it before its first look."""
    return f"lane:{lane}"


def queue(redis: Redis, lane: str) -> Queue:
    """The RQ queue of a lane, speaking JSON."""
    return Queue(lane, connection=redis, serializer=JSONSerializer)


def wake(redis: Redis, lane: str) -> bool:
    """Have somebody look at this lane soon.

    False when Redis is in trouble: the relay wakes it later.
    """
    try:
        if redis.set(flag(lane), 1, nx=True, ex=FLAG_LIFE):
            call(redis, lane)
    except RedisError:
        return False
    return True


def call(redis: Redis, lane: str, by: str = "") -> None:
    """Put the wake-up on the queue, whatever the flag says: on the lane's own, or on that of the
    lane whose workers look after it. Raises RedisError.
    """
    by = by or drained_by(lane)
    timeout = NIGHT_TIMEOUT if lane == HOUSEKEEPING else JOB_TIMEOUT
    queue(redis, by).enqueue(DRAIN, lane, job_timeout=timeout, result_ttl=0, failure_ttl=0)
