"""Scripts over one connection a thread: it outlives every loss, and whoever had it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from gateway.scripts import Script, Scripts
from store import live

ONE = Script.of("return 1")
MANY = 150
"""More than the connections a pool of redis-py makes before it refuses."""


@pytest.fixture
def scripts(valkey_url: str) -> Scripts:
    """Promises scripts over a real server."""
    return Scripts(live.connected(valkey_url))


def test_a_connection_that_is_lost_again_and_again_is_opened_again(
    scripts: Scripts, valkey_url: str
) -> None:
    """However often a server ends it: what was lost takes no place."""
    with Redis.from_url(valkey_url) as other:
        for _ in range(MANY):
            assert scripts.run(ONE, [], []) == 1
            other.client_kill_filter(_type="normal", skipme=True)


def test_threads_come_and_go(scripts: Scripts) -> None:
    """A server of threads makes new ones: those that went take no place."""
    for _ in range(MANY):
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(scripts.run, ONE, [], []).result() == 1
