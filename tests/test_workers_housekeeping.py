"""Once a night: one row however many put it, days looked back at, old rows forgotten; a worker that
dies or a day that fails leaves it to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from commands.processes import holds
from registry_client.port import Progress, Standing
from store import messages, outbox, reconcile
from store.lanes import HOUSEKEEPING, REGISTRY
from store.tables import messages as sms_rows
from store.tables import outbox as rows
from tests.stored import AFRICASTALKING, AMINA, RANDOM, SEALS, asked
from tests.working import Desk, World, drain_sms, working
from workers import housekeeping_lane, registry_lane
from workers.context import LEASE
from workers.drain import drain
from workers.housekeeping_lane import TOGETHER, Nights, subject
from workers.patience import WAITS

KARACHI = ZoneInfo("Asia/Karachi")
DAY = date(2026, 11, 23)
NIGHT = reconcile.bounds(DAY, KARACHI)[1] + reconcile.SLOW
"""When the day before may be looked back at."""


@dataclass(slots=True)
class Office(Desk):
    """A registry that knows everything, unless `stands` says otherwise."""

    stands: Callable[[str], None] = lambda reference: None

    def complaint_status(self, reference: str, *, timeout: float, trace: str) -> Standing:  # noqa: ARG002 - the port's
        """Of a complaint."""
        self.stands(reference)
        return Standing(Progress.RECEIVED)


@dataclass(slots=True)
class House:
    """A worker of housekeeping, and what it finds."""

    world: World
    office: Office

    def put(self) -> None:
        """A relay looks."""
        Nights(self.world.database, KARACHI)(self.world.clock())

    def work(self) -> int:
        """One wake-up."""
        return drain(self.world.context, HOUSEKEEPING, housekeeping_lane.carry)

    def nights(self) -> dict[str, int]:
        """Rows of nights, by state."""
        found = select(rows.c.state).where(rows.c.lane == HOUSEKEEPING)
        with self.world.database.read() as conn:
            states = conn.execute(found).scalars().all()
        return {one: states.count(one) for one in states}

    def days(self) -> dict[date, datetime]:
        """The days that were kept, and when."""
        with self.world.database.read() as conn:
            return {one.day: one.made_at for one in reconcile.kept(conn, 100)}

    def told(self) -> None:
        """A complaint, carried, with its SMS sent."""
        self.world.promise(asked(draft=f"draft {self.world.clock.now}"), notice=True)
        drain(self.world.context, REGISTRY, registry_lane.carry)
        drain_sms(self.world.context)

    def owed(self) -> list[tuple[str, str]]:
        """Lane and state of every row but the nights."""
        found = select(rows.c.lane, rows.c.state).where(rows.c.lane != HOUSEKEEPING)
        with self.world.database.read() as conn:
            return sorted((lane, state) for lane, state in conn.execute(found))


@pytest.fixture
def house(database_url: str, valkey_url: str) -> Iterator[House]:
    """Promises a house on each kind of database, in the first night after its day."""
    with working(database_url, valkey_url) as world:
        office = Office()
        world.context = replace(world.context, registry=office, zone=KARACHI)
        yield House(world, office)


def test_a_night_is_put_an_hour_into_the_day_and_once_whatever_the_number_of_relays(
    house: House,
) -> None:
    """Not a minute before; the row of the next night is another."""
    house.world.clock.now = NIGHT - timedelta(minutes=1)
    one, other = (Nights(house.world.database, KARACHI) for _ in range(2))
    one(house.world.clock())
    assert house.nights() == {}
    house.world.clock.now = NIGHT
    for relay in (one, other, one):
        relay(house.world.clock())
    assert house.nights() == {"ready": 1}
    assert (house.work(), house.work()) == (1, 0)
    house.put()
    assert (house.work(), house.nights()) == (0, {"done": 1})
    house.world.clock.pass_by(timedelta(days=1))
    house.put()
    assert (house.work(), house.nights()) == (1, {"done": 1})


def test_each_day_is_kept_after_its_end_and_once_more_when_reports_had_their_time(
    house: House,
) -> None:
    """Two looks, one row. The week before is made up for."""
    house.world.clock.now = NIGHT
    house.put()
    house.work()
    assert len(house.days()) == 7
    assert house.days()[DAY] == NIGHT
    for night in (1, 2, 3):
        house.world.clock.now = NIGHT + timedelta(days=night)
        house.put()
        house.work()
        assert house.days()[DAY] == NIGHT + timedelta(days=2 if night >= 2 else 0)
    assert len(house.days()) == 10


def test_what_a_dead_worker_had_claimed_is_done_by_another(house: House) -> None:
    """When its lease is over, and not before."""
    house.world.clock.now = NIGHT
    house.put()
    with house.world.database.write() as conn:
        assert outbox.claim(conn, HOUSEKEEPING, NIGHT, LEASE, 1, b"the dead worker")
    assert house.work() == 0
    house.world.clock.pass_by(LEASE)
    assert house.work() == 1
    assert DAY in house.days()


def test_a_slow_night_stays_its_workers_own(house: House) -> None:
    """The registry takes longer than the lease: nobody else begins the same night."""
    house.world.context = replace(house.world.context, lease=timedelta(seconds=0.3))
    house.told()
    house.world.clock.now = NIGHT
    house.put()

    def free() -> bool:
        with house.world.database.read() as conn:
            return outbox.due_lanes(conn, [HOUSEKEEPING], house.world.clock()) == [HOUSEKEEPING]

    def slow(_: str) -> None:
        house.world.clock.pass_by(timedelta(seconds=1))
        assert free()
        assert holds(lambda: not free(), 10)

    house.office.stands = slow
    assert house.work() == 1
    assert house.nights() == {"done": 1}


def test_a_day_that_fails_is_tried_again_and_costs_no_other_day(house: House) -> None:
    """A bug of the registry's adapter is loud; what could be done is done."""
    house.told()
    house.world.clock.now = NIGHT

    def broken(reference: str) -> None:
        raise ZeroDivisionError(reference)

    house.office.stands = broken
    house.put()
    with pytest.raises(ZeroDivisionError):
        house.work()
    assert (len(house.days()), DAY in house.days()) == (6, False)
    house.office.stands = lambda reference: None
    house.world.clock.pass_by(WAITS[HOUSEKEEPING][0])
    assert house.work() == 1
    assert DAY in house.days()
    assert house.nights() == {"done": 1}


def test_a_night_that_was_given_up_is_made_up_for_by_the_next(house: House) -> None:
    """Nobody has to look after its row."""
    house.told()
    house.world.clock.now = NIGHT

    def broken(reference: str) -> None:
        raise ZeroDivisionError(reference)

    house.office.stands = broken
    house.put()
    for wait in (*WAITS[HOUSEKEEPING], timedelta(0)):
        with pytest.raises(ZeroDivisionError):
            house.work()
        house.world.clock.pass_by(wait)
    assert house.nights() == {"dead": 1}
    house.office.stands = lambda reference: None
    house.world.clock.now = NIGHT + timedelta(days=1)
    house.put()
    house.work()
    assert DAY in house.days()
    assert house.nights() == {"done": 1}


def test_a_worker_told_to_stop_leaves_the_rest_of_the_night(house: House) -> None:
    """It ends after the day it is at; the next worker goes on with the next day."""
    told: list[bool] = []

    def stopping() -> bool:
        told.append(True)
        return len(told) > 3

    house.world.clock.now = NIGHT
    house.put()
    whole = house.world.context
    house.world.context = replace(whole, stopping=stopping)
    house.work()
    begun = len(house.days())
    assert 0 < begun < 7
    assert house.nights() == {"ready": 1}
    house.world.context = replace(whole, stopping=lambda: False)
    house.work()
    assert len(house.days()) == 7


# What is forgotten


def test_what_was_carried_long_ago_is_forgotten_and_nothing_else(house: House) -> None:
    """Not a day early; what is owed, given up or in doubt stays, and so does every message."""
    house.told()
    sent = messages.NewMessage("1", AMINA, "Hello", "en", "africastalking", "notices.any")
    with house.world.database.write() as conn:
        messages.queue(conn, SEALS, sent, house.world.clock(), RANDOM)
        (lost,) = outbox.claim(conn, AFRICASTALKING, house.world.clock(), LEASE, 1, b"one")
        outbox.dead(conn, AFRICASTALKING, b"one", {lost.subject: "403"})
        messages.queue(conn, SEALS, replace(sent, key="2"), house.world.clock(), RANDOM)
    before = [(REGISTRY, "done"), (AFRICASTALKING, "dead"), (AFRICASTALKING, "ready")]
    done = [(AFRICASTALKING, "done")] * 2
    assert house.owed() == sorted(before + done)
    house.world.clock.pass_by(house.world.context.kept)
    housekeeping_lane.forget(house.world.context)
    assert house.owed() == sorted(before + done)
    house.world.clock.pass_by(LEASE + timedelta(seconds=1))
    housekeeping_lane.forget(house.world.context)
    assert house.owed() == sorted(before[1:])
    with house.world.database.read() as conn:
        assert len(conn.execute(select(sms_rows.c.id)).all()) == 4


def test_many_old_rows_are_forgotten_a_few_at_a_time(house: House) -> None:
    """More than one transaction takes; until we are told to stop."""
    new = messages.NewMessage("", AMINA, "Hello", "en", "africastalking", "notices.any")
    many = [replace(new, key=f"{number}") for number in range(TOGETHER + 20)]
    with house.world.database.write() as conn:
        messages.queue_all(conn, SEALS, many, house.world.clock(), RANDOM)
    while drain_sms(house.world.context):
        pass
    house.world.clock.pass_by(timedelta(days=31))
    told: list[bool] = []

    def stopping() -> bool:
        told.append(True)
        return len(told) > 2

    housekeeping_lane.forget(replace(house.world.context, stopping=stopping))
    assert len(house.owed()) == 20
    housekeeping_lane.forget(house.world.context)
    assert house.owed() == []


def test_a_report_about_what_was_forgotten_has_it_carried_again(house: House) -> None:
    """A carrier speaks after a month: her phone was off. The message gets a new row and leaves."""
    house.told()
    (batch,) = house.world.carrier.batches[:1]
    house.world.clock.pass_by(timedelta(days=31))
    housekeeping_lane.forget(house.world.context)
    assert house.owed() == []
    with house.world.database.write() as conn:
        words = ("africastalking", f"AT-{batch[0].id}", "failed", "AbsentSubscriber", batch[0].id)
        messages.report(conn, SEALS, *words, house.world.clock(), fate="again")
    assert house.owed() == [(AFRICASTALKING, "ready")]
    house.world.clock.pass_by(timedelta(hours=1))
    assert drain_sms(house.world.context) == 1


def test_what_was_forgotten_can_still_be_replayed(house: House) -> None:
    """The registry lost a request that was carried long ago: staff hand it over again."""
    house.told()
    house.world.clock.pass_by(timedelta(days=31))
    housekeeping_lane.forget(house.world.context)
    with house.world.database.write() as conn:
        (request,) = reconcile.to_ask(conn, DAY, KARACHI)
        assert reconcile.replay(conn, [request], house.world.clock()) == 1
    assert house.owed() == [(REGISTRY, "ready")]


def test_the_row_of_a_night_has_an_id_of_its_own() -> None:
    """The same for everybody who puts it, and another one each night."""
    assert subject(DAY) == subject(DAY)
    assert subject(DAY) != subject(DAY + timedelta(days=1))
