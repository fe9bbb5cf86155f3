"""The short memory in front of the registry: what it keeps, for whom, and what it never keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from redis import Redis

from registry_client.cache import HERS, OFFICES, Cached
from registry_client.port import Desk, Programme, Question, Refused, Terms, Unavailable, Window
from store.shared import SealedShelf
from tests.line import DESK, PlainRegistry
from tests.stored import HER_ID, HIS_ID, SEALS

NAMES = {"en": "Cash support", "ur": "نقد امداد"}
OPEN = Programme("CASH", NAMES, date(2026, 1, 1), date(2026, 12, 31))
TERMS = Terms(
    Window.CLOSING,
    date(2026, 12, 31),
    (Question("trade", NAMES, "choice", choices=(("sewing", NAMES), ("repair", NAMES))),),
)


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    """Promises an empty Valkey."""
    with Redis.from_url(valkey_url) as made:
        yield made


@pytest.fixture
def registry() -> PlainRegistry:
    """Promises a registry that says what it was asked."""
    return PlainRegistry(listed=(OPEN,), offered=TERMS)


@pytest.fixture
def cached(redis: Redis, registry: PlainRegistry) -> Cached:
    """Promises the same with a memory."""
    return Cached(registry, SealedShelf(redis, SEALS, "registry"))


def test_an_office_is_asked_for_once_by_whoever_asks(
    cached: Cached, registry: PlainRegistry
) -> None:
    """For some minutes, and comes back as it was."""
    for _ in range(3):
        assert cached.desks("Mardan", timeout=1, trace="any") == (DESK,)
        assert cached.desk(DESK.code, timeout=1, trace="any") == DESK
        assert cached.desk("none", timeout=1, trace="any") is None
    assert registry.asked == ["desks", "desk", "desk"]


def test_what_one_id_may_ask_for_is_kept_for_that_id(
    cached: Cached, registry: PlainRegistry
) -> None:
    """And member, and programme: the same question, and no other."""
    for _ in range(2):
        assert cached.programmes(HER_ID, timeout=1, trace="any") == (OPEN,)
        assert cached.programmes(HER_ID, HIS_ID, timeout=1, trace="any") == (OPEN,)
        assert cached.terms(HER_ID, "CASH", timeout=1, trace="any") == TERMS
        assert cached.terms(HIS_ID, "CASH", timeout=1, trace="any") == TERMS
    assert registry.asked == ["programmes", "programmes", "terms", "terms"]


def test_it_lives_a_short_time_and_says_nothing_to_who_reads_redis(
    cached: Cached, redis: Redis
) -> None:
    """Offices for minutes, hers for one; names and values are sealed."""
    cached.programmes(HER_ID, timeout=1, trace="any")
    (hers,) = redis.keys()
    assert 0 < redis.ttl(hers) <= HERS
    assert "CASH" not in repr(redis.get(hers))
    cached.desks("her village", timeout=1, trace="any")
    (office,) = set(redis.keys()) - {hers}
    assert HERS < redis.ttl(office) <= OFFICES
    written = "".join(f"{key!r} {redis.get(key)!r}" for key in (hers, office))
    assert not [word for word in (HER_ID, "village") if word in written]


def test_who_she_is_what_she_gets_and_where_she_stands_is_never_kept(
    cached: Cached, registry: PlainRegistry, redis: Redis
) -> None:
    """Each is asked anew each time."""
    for _ in range(2):
        cached.find_person(HER_ID, timeout=1, trace="any")
        cached.find_by_phone("+923000000001", timeout=1, trace="any")
        cached.proof_questions(HER_ID, timeout=1, trace="any")
        cached.prove(HER_ID, {}, timeout=1, trace="any")
        cached.eligibility(HER_ID, timeout=1, trace="any")
        cached.payments(HER_ID, timeout=1, trace="any")
        cached.application_status("1", timeout=1, trace="any")
        cached.complaint_status("1", timeout=1, trace="any")
        cached.case_status("1", timeout=1, trace="any")
    assert len(registry.asked) == 18
    assert redis.keys() == []


def test_neither_a_refusal_nor_an_outage_is_remembered(
    cached: Cached, registry: PlainRegistry
) -> None:
    """The next one hears what is so then."""
    with pytest.raises(Refused):
        cached.programmes(HER_ID, "1730100000099", timeout=1, trace="any")
    registry.down = True
    with pytest.raises(Unavailable):
        cached.desks("Mardan", timeout=1, trace="any")
    registry.down = False
    assert cached.desks("Mardan", timeout=1, trace="any") == (DESK,)


def test_what_is_remembered_is_told_while_the_registry_is_away(
    cached: Cached, registry: PlainRegistry
) -> None:
    """An office is where it was."""
    cached.desks("Mardan", timeout=1, trace="any")
    registry.down = True
    assert cached.desks("Mardan", timeout=1, trace="any") == (DESK,)


def test_what_another_release_kept_in_another_shape_is_asked_anew(
    registry: PlainRegistry, redis: Redis
) -> None:
    """It opens, and is no office."""
    shelf = SealedShelf(redis, SEALS, "registry")
    shelf.put('["desks", "", "Mardan"]', b'[{"kode": "MRD-1"}]', 60)
    desks: tuple[Desk, ...] = Cached(registry, shelf).desks("Mardan", timeout=1, trace="any")
    assert (desks, registry.asked) == ((DESK,), ["desks"])


def test_what_was_asked_for_one_purpose_serves_no_other(
    redis: Redis, registry: PlainRegistry
) -> None:
    """The same question for another purpose is asked again."""
    for purpose in ("nser/pay", "nser/survey", "nser/pay"):
        Cached(registry, SealedShelf(redis, SEALS, "registry"), purpose).desks(
            "Mardan", timeout=1, trace="any"
        )
    assert registry.asked == ["desks", "desks"]
