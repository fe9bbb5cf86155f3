"""The client of the live store, Redis or Valkey.

It gives up soon: no wait here is worth a carrier's deadline.
"""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 0.5
"""Seconds to connect, and to wait for an answer.

A key press may wait so three times, a promise twice more.
"""


def connected(url: str) -> Redis:
    """A client that tries once. Opens nothing before its first use."""
    return Redis.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
    )
