"""A lane a provider: which there are, who works in them, and what happens to messages that have no
worker, change their provider, or come from a release that had one lane for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from alembic import command
from redis import Redis
from sqlalchemy import Connection, String, func, inspect, select, update

from gateway.providers import PROVIDERS, NoRoute, configured
from settings import Settings
from store import messages, migrations, outbox, receipts, retired
from store.database import Database
from store.lanes import (
    HOUSEKEEPING,
    JOB_TIMEOUT,
    LANES,
    NIGHT_TIMEOUT,
    OTHER,
    REGISTRY,
    RETIRED,
    call,
    drained_by,
    flag,
    queue,
    sms,
    worked,
)
from store.lanes import PROVIDERS as NAMED
from store.messages import NewMessage
from store.outbox import Setback
from store.tables import messages as table
from store.tables import outbox as rows
from tests.lanes import owe, says, with_
from tests.stored import AFRICASTALKING, AMINA, NOW, RANDOM, SEALS, TWILIO, connected
from tests.working import Carrier, World, drain_sms, working
from workers import channels, messages_lane, relay
from workers.context import LEASE
from workers.drain import drain
from workers.jobs import CARRIES
from workers.messages_lane import NO_PROVIDER
from workers.patience import WAITS

BOTH = Settings.model_validate(
    {
        "africastalking_username": "sandbox",
        "twilio_account_sid": "AC1",
        "hubtel": True,
        "sms_provider": "twilio",
    }
)


@pytest.fixture
def world(database_url: str, valkey_url: str) -> Iterator[World]:
    """Promises a worker's world on each kind of database."""
    with working(database_url, valkey_url) as made:
        yield made


def lanes_of(database: Database, state: str = "ready") -> list[str]:
    """The lanes of all rows in this state."""
    with database.read() as conn:
        found = select(rows.c.lane).where(rows.c.state == state).order_by(rows.c.lane)
        return list(conn.execute(found).scalars())


# Which there are


def test_every_provider_has_a_lane_and_every_lane_its_work_and_its_waits() -> None:
    """A provider that is added without a lane is found here."""
    assert tuple(PROVIDERS) == NAMED
    assert [sms(one) for one in PROVIDERS] == ["sms-africastalking", "sms-twilio", "sms-hubtel"]
    assert set(LANES) == set(CARRIES) == set(WAITS)
    assert len(set(LANES)) == len(LANES)
    assert max(map(len, LANES)) <= (cast(String, rows.c.lane.type).length or 0)


def test_a_provider_nobody_knows_shares_a_lane() -> None:
    """A release that had it was here before."""
    assert sms("samplegateway") == sms("") == OTHER


def test_lanes_are_worked_of_whoever_can_send() -> None:
    """Hubtel has no SMS; without a provider there are the registry and the house to keep."""
    assert worked(BOTH.sms_providers) == (REGISTRY, AFRICASTALKING, TWILIO, HOUSEKEEPING)
    assert worked(Settings().sms_providers) == (REGISTRY, HOUSEKEEPING)
    sending = [name for name in configured(BOTH, lambda name: name) if name != "hubtel"]
    assert list(BOTH.sms_providers) == sending


@pytest.mark.parametrize("lane", LANES)
def test_a_wake_up_may_take_as_long_as_its_work(lane: str, valkey_url: str) -> None:
    """A night takes longer than a drain; both have an end."""
    with Redis.from_url(valkey_url) as redis:
        call(redis, lane)
        (job,) = queue(redis, drained_by(lane)).jobs
        assert job.timeout == (NIGHT_TIMEOUT if lane == HOUSEKEEPING else JOB_TIMEOUT)


# Messages in them


def test_a_slow_provider_holds_up_no_other(world: World) -> None:
    """What is claimed of one leaves the other's in its lane, whoever waits longer."""
    with_(world, Carrier(name="twilio"))
    owe(world, "One", "Two")
    owe(world, "Three", provider="twilio")
    with world.database.write() as conn:
        assert len(outbox.claim(conn, AFRICASTALKING, world.clock(), LEASE, 9, b"slow")) == 2
    assert drain(world.context, TWILIO, messages_lane.carry) == 1
    assert [state for state, _, _ in world.sms()] == ["queued", "queued", "sent"]


def test_what_the_second_provider_takes_over_is_in_its_lane_and_wakes_it(world: World) -> None:
    """Provider and lane change together; nothing stays behind."""
    with_(world, Carrier(name="twilio"), second="twilio")
    says(world.carrier, NoRoute("402"))
    for _ in range(channels.LEAST):
        channels.tell(world.context.redis, "africastalking", [NoRoute("402")], NOW)
    owe(world, "Hello")
    drain(world.context, AFRICASTALKING, messages_lane.carry)
    assert lanes_of(world.database) == [TWILIO]
    with world.database.read() as conn:
        assert conn.execute(select(table.c.provider)).scalars().all() == ["twilio"]
    assert world.context.redis.exists(flag(TWILIO))
    assert drain(world.context, TWILIO, messages_lane.carry) == 1
    assert [state for state, _, _ in world.sms()] == ["sent"]


def test_who_lost_the_lease_moves_nothing(world: World) -> None:
    """The row is another worker's by now."""
    owe(world, "Hello")
    with world.database.write() as conn:
        (row,) = outbox.claim(conn, AFRICASTALKING, world.clock(), LEASE, 1, b"slow")
        outbox.claim(conn, AFRICASTALKING, world.clock() + LEASE, LEASE, 1, b"quick")
        moved = outbox.move(conn, AFRICASTALKING, b"slow", [row.subject], TWILIO, NOW)
        assert moved == set()
        moved = outbox.move(conn, AFRICASTALKING, b"quick", [row.subject], TWILIO, NOW)
        assert moved == {row.subject}
    assert lanes_of(world.database) == [TWILIO]


@pytest.mark.parametrize("provider", ["twilio", "hubtel", "samplegateway"])
def test_a_lane_without_workers_is_looked_after_until_staff_see_its_messages(
    world: World, provider: str
) -> None:
    """Housekeeping is woken for it; with nobody to send them its messages are given up in time."""
    owe(world, "Hello", provider=provider)
    lane, redis = sms(provider), world.context.redis
    served = worked(["africastalking"])
    assert relay.look(world.database, redis, world.clock(), served) == [lane]
    assert queue(redis, lane).count == 0
    (job,) = queue(redis, HOUSEKEEPING).jobs
    assert job.args == [lane]
    assert relay.look(world.database, redis, world.clock(), served) == []
    for wait in (*WAITS[lane], timedelta(0)):
        assert drain(world.context, lane, CARRIES[lane]) == 1
        world.clock.pass_by(wait * 2)
    with world.database.write() as conn:
        assert [one.error for one in messages.dead(conn)] == [NO_PROVIDER]
        assert messages.retry(conn, None, world.clock()) == 1
    assert lanes_of(world.database) == [lane]


# From the release before


def before(world: World, *providers: str) -> list[UUID]:
    """Messages as the release before put them, in one lane for all."""
    for provider in providers:
        owe(world, f"By {provider}", provider=provider)
    with world.database.write() as conn:
        conn.execute(update(rows).values(lane=RETIRED))
        return list(conn.execute(select(table.c.id).order_by(table.c.id)).scalars())


def test_what_an_older_release_still_queues_leaves_by_its_providers_lane(world: World) -> None:
    """Waiting, done or given up: at the relay's next look. What is in its worker's hands waits."""
    one, two, three, four = before(world, "africastalking", "twilio", "hubtel", "samplegateway")
    now = world.clock()
    with world.database.write() as conn:
        (held,) = outbox.claim(conn, RETIRED, now, LEASE, 1, b"the old worker")
        given = outbox.claim(conn, RETIRED, now, LEASE, 2, b"another")
        assert [row.subject for row in given] == [two, three]
        outbox.again(conn, RETIRED, b"another", [Setback(two, "refused", now + LEASE)])
        outbox.dead(conn, RETIRED, b"another", {three: "403"})
    assert held.subject == one
    assert relay.look(world.database, world.context.redis, now) == [OTHER]
    assert lanes_of(world.database, "dead") == [sms("hubtel")]
    assert lanes_of(world.database) == [RETIRED, OTHER, TWILIO]
    with world.database.write() as conn:
        assert outbox.done(conn, RETIRED, b"the old worker", [one]) == {one}
    relay.look(world.database, world.context.redis, now)
    assert lanes_of(world.database, "done") == [AFRICASTALKING]
    with world.database.read() as conn:
        kept = dict(conn.execute(select(rows.c.subject, rows.c.error)).all())
    assert kept == {one: "", two: "refused", three: "403", four: ""}


def test_what_a_dead_worker_of_the_older_release_held_is_carried(world: World) -> None:
    """When its lease is over."""
    before(world, "africastalking")
    with world.database.write() as conn:
        outbox.claim(conn, RETIRED, world.clock(), LEASE, 1, b"the old worker")
        assert retired.adopt(conn, world.clock()) == 0
        assert retired.adopt(conn, world.clock() + LEASE) == 1
    world.clock.pass_by(LEASE)
    assert drain_sms(world.context) == 1
    assert [state for state, _, _ in world.sms()] == ["sent"]


def test_a_message_promised_in_both_lanes_is_in_one(world: World) -> None:
    """Its report had it leave again before its old row was moved: the newer row stays."""
    (one,) = before(world, "africastalking")
    with world.database.write() as conn:
        (held,) = outbox.claim(conn, RETIRED, world.clock(), LEASE, 1, b"the old worker")
        outbox.done(conn, RETIRED, b"the old worker", [held.subject])
        messages.sending(conn, [one], world.clock())
        sent = messages.Outcome(one, "sent", "", "africastalking", "AT-1")
        messages.record(conn, SEALS, [sent], world.clock())
        words = ("africastalking", "AT-1", "failed", "AbsentSubscriber", "")
        receipts.report(conn, SEALS, *words, world.clock(), fate="again")
        assert retired.adopt(conn, world.clock()) == 1
        assert conn.scalar(select(func.count()).select_from(rows)) == 1
    assert lanes_of(world.database) == [AFRICASTALKING]


def test_the_migration_brings_each_message_to_its_providers_lane_and_back(
    database_url: str,
) -> None:
    """With all that is known of its row; the outbox keeps its indexes."""
    with connected(database_url) as database:
        news = [
            NewMessage(name, AMINA, "Hello", "en", name, "notices.any")
            for name in ("africastalking", "twilio", "samplegateway")
        ]
        with database.write() as conn:
            messages.queue_all(conn, SEALS, news, NOW, RANDOM)
            (row,) = outbox.claim(conn, TWILIO, NOW, LEASE, 1, b"one")
            outbox.dead(conn, TWILIO, b"one", {row.subject: "403"})
            outbox.put(conn, REGISTRY, [row.subject], NOW)
            outbox.put(conn, HOUSEKEEPING, [row.subject], NOW)
            before = indexes(conn)
            whole = conn.execute(select(rows).order_by(rows.c.lane)).all()
            command.downgrade(migrations.config(conn), "0006")
            lanes = conn.execute(select(rows.c.lane).order_by(rows.c.lane)).scalars().all()
            assert lanes == [RETIRED] * 3 + [REGISTRY]
            command.upgrade(migrations.config(conn), "0007")
            outbox.put(conn, HOUSEKEEPING, [row.subject], NOW)
            assert conn.execute(select(rows).order_by(rows.c.lane)).all() == whole
            assert indexes(conn) == before
            assert len(before) == 2


def indexes(conn: Connection) -> list[tuple[str, list[Any], str]]:
    """Those of the outbox: name, columns and the rows that are in it."""
    found = inspect(conn).get_indexes("outbox")
    where = f"{conn.dialect.name}_where"
    return sorted(
        (str(one["name"]), one["column_names"], str(one["dialect_options"][where])) for one in found
    )
