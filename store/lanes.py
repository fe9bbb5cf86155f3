"""The lanes promised work leaves by, and how one is woken.

A wake carries no row: what is due stands in the outbox.
"""

from __future__ import annotations

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

REGISTRY = "registry"
MESSAGES = "messages"
EVENTS = "events"
"""What registries told: rows wait here from the moment they are stored. Nobody drains it yet."""
LANES = (REGISTRY, MESSAGES)

DRAIN = "workers.jobs.drain"
"""The job, by its import path: whoever wakes a lane does not import the workers."""
JOB_TIMEOUT = 60
"""Seconds; above what a drain may work and its last call may take."""
FLAG_LIFE = 30
"""Seconds after which a wake that came to nothing may be repeated; the relay does not wait for it.
"""


def breaker(registry: str) -> str:
    """The Redis key of what web and workers know of this registry being away."""
    return f"breaker:{registry}"


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


def call(redis: Redis, lane: str) -> None:
    """Put the wake-up on the queue, whatever the flag says. Raises RedisError."""
    queue(redis, lane).enqueue(DRAIN, lane, job_timeout=JOB_TIMEOUT, result_ttl=0, failure_ttl=0)
