"""What web and workers share in a real Valkey, and what is left of it when Valkey is gone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from store.shared import LIFE, UNREACHED, SealedShelf, SharedText
from tests.counterpart import nobody
from tests.stored import HER_ID, SEALS


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    """Promises an empty Valkey."""
    with Redis.from_url(valkey_url) as made:
        yield made


@pytest.fixture
def gone() -> Iterator[Redis]:
    """Promises a Redis that refuses connections."""
    with nobody() as url, Redis.from_url(url.replace("http", "redis")) as made:
        yield made


def text(redis: Redis, key: str = "shared", at: float = 100.0) -> SharedText:
    """One process's view."""
    return SharedText(redis, key, lambda: at)


def test_a_text_is_compared_and_set_between_processes(redis: Redis) -> None:
    """Who read an older one changes nothing."""
    one, other = text(redis), text(redis)
    assert (one.read(), one.swap("", "1")) == ("", True)
    assert (other.swap("", "2"), other.read()) == (False, "1")
    assert other.swap("1", "2")
    assert one.read() == "2"
    assert 0 < redis.ttl("shared") <= LIFE
    assert one.swap("2", "")
    assert not redis.exists("shared")


def test_of_many_who_change_it_at_once_one_does(redis: Redis) -> None:
    """However many processes there are."""
    texts = [text(redis) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda one: one.swap("", "mine"), texts)) == 1


def test_without_redis_a_process_has_a_text_of_its_own(gone: Redis) -> None:
    """Compared and set as well; nothing is raised."""
    one = text(gone)
    assert (one.read(), one.swap("", "1"), one.swap("", "2"), one.read()) == ("", True, False, "1")


def test_a_redis_that_failed_is_not_asked_for_a_while_and_then_again(
    redis: Redis, gone: Redis
) -> None:
    """Each try may take its whole time-out; what it holds counts again when it is back."""
    now = [100.0]
    one = SharedText(gone, "shared", lambda: now[0])
    one.swap("", "mine")
    one.redis = redis
    text(redis).swap("", "theirs")
    assert one.read() == "mine"
    now[0] += UNREACHED
    assert one.read() == "theirs"


def test_what_is_shelved_is_sealed_and_found_by_its_name(redis: Redis) -> None:
    """Neither the name nor what is kept can be read in Redis."""
    shelf = SealedShelf(redis, SEALS, "registry")
    shelf.put(HER_ID, b"about her", 60)
    assert shelf.get(HER_ID) == b"about her"
    assert shelf.get("another") is None
    (key,) = redis.keys()
    kept = f"{key!r} {redis.get(key)!r}"
    assert HER_ID not in kept
    assert "about her" not in kept
    assert 0 < redis.ttl(key) <= 60


def test_what_was_moved_to_another_name_does_not_open(redis: Redis) -> None:
    """It is as if it were not there."""
    shelf = SealedShelf(redis, SEALS, "registry")
    shelf.put("hers", b"about her", 60)
    (key,) = redis.keys()
    shelf.put("his", b"about him", 60)
    (other,) = set(redis.keys()) - {key}
    redis.rename(key, other)
    assert shelf.get("his") is None


def test_without_redis_nothing_is_kept_and_nothing_is_raised(gone: Redis) -> None:
    """The registry is asked, that is all."""
    shelf = SealedShelf(gone, SEALS, "registry")
    shelf.put("hers", b"about her", 60)
    assert shelf.get("hers") is None
