"""The registry lane: every request once to the registry, its outcome to the citizen, whatever fails
on the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from commands.processes import holds
from registry_client.breaker import MOST, Alone, Breaker, Guarded, State
from registry_client.port import (
    FINAL,
    Application,
    Complaint,
    Eligibility,
    NotSupported,
    Outcome,
    Proof,
    Refused,
    Unavailable,
)
from store import citizens, following, outbox, requests
from store.lanes import REGISTRY, flag
from store.tables import outbox as outbox_table
from store.tables import requests as requests_table
from tests.stored import AFRICASTALKING, AMINA, HER_ID, HIS_ID, NOW, SEALS, STORY, asked, key
from tests.working import LIKELY, NOT_ELIGIBLE, World, drain_sms, working
from workers import registry_lane
from workers.context import LEASE
from workers.drain import WORK, drain
from workers.patience import LOST, WAITS


@pytest.fixture
def world(database_url: str, valkey_url: str) -> Iterator[World]:
    """Promises a worker's world on each kind of database."""
    with working(database_url, valkey_url) as made:
        yield made


def carry(world: World) -> int:
    """One wake-up of the lane."""
    return drain(world.context, REGISTRY, registry_lane.carry)


def raising(error: Exception) -> Any:
    """A registry that says this to everything."""

    def says(_: object) -> None:
        raise error

    return says


def test_what_was_promised_reaches_the_registry_as_it_was_said(world: World) -> None:
    """Every word of it, the reference as the idempotency key, and the conversation for the logs."""
    one = world.promise(asked("application", "1", member=HIS_ID))
    world.clock.pass_by(timedelta(milliseconds=1))
    late = {"category": "payment", "details": STORY, "period": "latest"}
    two = world.promise(asked("complaint", "2", said=late, language="ur"))
    assert carry(world) == 2
    assert sorted(world.desk.asked, key=lambda each: type(each).__name__) == [
        Application(one.reference, HER_ID, "CASH", HIS_ID, AMINA, "en"),
        Complaint(two.reference, "payment", "They shouted at me", "latest", None, AMINA, "ur"),
    ]
    assert set(world.desk.traces) == {key("conversation 1").hex()}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("application", "Request {0} has reached the programme office"),
        ("complaint", "Complaint {0} has reached the office in charge"),
    ],
)
def test_an_accepted_request_stays_open_and_she_is_told(
    world: World, kind: str, words: str
) -> None:
    """The registry's number is kept, the SMS is queued in the same transaction, and its lane is
    woken.
    """
    kept = world.promise(asked(kind))
    carry(world)
    assert world.states() == ["accepted"]
    with world.database.read() as conn:
        followed = following.follow(conn, SEALS, kept.reference)
    assert followed is not None
    assert followed.record == "R-1"
    ((state, _, text),) = world.sms()
    assert state == "queued"
    assert text.replace(" ", "").startswith(words.format(kept.reference).replace(" ", ""))
    assert world.context.redis.get(flag(AFRICASTALKING)) == b"1"


@pytest.mark.parametrize("code", sorted(FINAL))
@pytest.mark.parametrize("kind", ["application", "complaint", "question"])
def test_a_refused_request_is_closed_and_she_is_told(world: World, kind: str, code: str) -> None:
    """The registry's code goes to the history; the SMS tells where to go."""
    world.promise(asked(kind))
    world.desk.says = raising(Refused(code))
    carry(world)
    assert world.states() == ["refused"]
    ((_, _, text),) = world.sms()
    assert "district office" in text
    assert world.promise(asked(kind, "2")).kind == "stored"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Eligibility(Outcome.NOT_FOUND), "we do not find this ID number"),
        (LIKELY, "your record fits Cash support"),
        (NOT_ELIGIBLE, "not for your household: owns a car"),
        (Eligibility(Outcome.LIKELY, proof=Proof.ANYONE), "your record is still being checked"),
    ],
)
def test_a_question_is_answered_by_sms(world: World, answer: Eligibility, words: str) -> None:
    """In the words of the outcome; an answer that cannot be said counts as not yet known."""
    world.promise(asked("question"))
    world.desk.answer = answer
    carry(world)
    assert world.desk.asked == [HER_ID]
    assert world.states() == ["answered"]
    ((_, _, text),) = world.sms()
    assert words in text


def test_an_outcome_is_told_in_her_language(world: World) -> None:
    """Names of programmes too."""
    world.promise(asked("question", language="ur"))
    world.desk.answer = LIKELY
    carry(world)
    ((_, _, text),) = world.sms()
    assert "نقد امداد" in text


def test_a_registry_that_is_away_is_asked_again_and_again_then_staff_decide(world: World) -> None:
    """The waits are in the row; the last one ends in a list that staff replay, and the registry
    then holds it once.
    """
    kept = world.promise(asked())
    world.desk.says = raising(Unavailable("no answer"))
    for wait in WAITS[REGISTRY]:
        assert carry(world) == 1
        world.clock.pass_by(wait - timedelta(seconds=1))
        assert carry(world) == 0
        world.clock.pass_by(timedelta(seconds=1))
    assert world.states() == ["stored"]
    carry(world)
    assert world.states() == ["dead"]
    with world.database.write() as conn:
        (found,) = requests.dead(conn, SEALS)
        assert (found.reference, found.error) == (kept.reference, "unavailable")
        requests.retry(conn, None, world.clock())
    world.desk.says = lambda asked: None
    carry(world)
    assert (world.states(), list(world.desk.records)) == (["accepted"], [kept.reference])


@contextmanager
def guarded(world: World) -> Iterator[Alone]:
    """The world's registry behind a breaker on the world's clock; what the breaker shares."""

    def seconds() -> float:
        return world.clock().timestamp()

    cell, desk = Alone(), world.context.registry
    breaker = Breaker(cell, seconds)
    world.context = replace(
        world.context, registry=Guarded(desk, breaker, seconds), worth=breaker.most
    )
    yield cell


def tried(world: World) -> list[int]:
    """How often each row counts as tried."""
    with world.database.read() as conn:
        return sorted(conn.execute(select(outbox_table.c.attempts)).scalars())


def wake_up(world: World) -> int:
    """One wake-up of the lane, which may be closed."""
    return drain(world.context, REGISTRY, registry_lane.carry, registry_lane.room)


def test_an_outage_uses_up_no_request_and_gives_none_up(world: World) -> None:
    """Ten days without a registry: a handful of calls at first, then one at a time, and each
    request is carried when it is back.
    """
    told = [world.promise(asked(draft=f"draft {number}")).reference for number in range(40)]
    with guarded(world):
        world.desk.says = raising(Unavailable("no answer"))
        wake_up(world)
        assert len(world.desk.asked) <= MOST + 4  # those that were under way
        assert wake_up(world) == 0
        for _ in range(500):
            world.clock.pass_by(timedelta(minutes=30))
            before = len(world.desk.asked) + len(world.desk.known)
            assert wake_up(world) == 1
            assert len(world.desk.asked) + len(world.desk.known) == before + 1
        assert max(tried(world)) <= 2
        assert world.states() == ["stored"] * 40
        world.desk.says = lambda asked: None
        world.clock.pass_by(timedelta(hours=1))
        wake_up(world)
    assert world.states() == ["accepted"] * 40
    assert sorted(world.desk.records) == sorted(told)


def test_a_request_that_fails_alone_does_not_keep_the_lane_closed(world: World) -> None:
    """What failed last tries last: another one's turn comes, and its answer opens the lane."""
    world.promise(asked(draft="1", said={"category": "other", "details": "poison"}))
    poison = raising(Unavailable("no answer"))

    def says(what: object) -> None:
        if isinstance(what, str) or (isinstance(what, Complaint) and what.details == "poison"):
            poison(what)

    world.desk.says = says
    with guarded(world) as cell:
        for _ in range(MOST):
            wake_up(world)
            world.clock.pass_by(timedelta(hours=24))
        assert State.read(cell.read()).failures >= MOST
        world.promise(asked(draft="2"))
        for _ in range(2):
            wake_up(world)
            world.clock.pass_by(timedelta(seconds=10))
    assert sorted(world.states()) == ["accepted", "stored"]


def test_a_request_is_asked_after_before_it_is_handed_over_again(world: World) -> None:
    """Its answer was lost: the registry has it, and nothing is handed over twice."""
    kept = world.promise(asked())

    def loses(what: object) -> None:
        if isinstance(what, Complaint):
            world.desk.records[what.reference] = "R-1"
            raise Unavailable("cut after it stored")

    world.desk.says = loses
    carry(world)
    assert world.desk.known == []
    world.clock.pass_by(WAITS[REGISTRY][0])
    carry(world)
    assert (world.states(), len(world.sms())) == (["accepted"], 1)
    assert (len(world.desk.asked), world.desk.known) == (1, [kept.reference])


@pytest.mark.parametrize("kind", ["application", "complaint", "visit"])
@pytest.mark.parametrize("tells", [True, False], ids=["unknown there", "not told there"])
def test_what_the_registry_does_not_know_is_handed_over_again_under_the_same_key(
    world: World, kind: str, tells: bool
) -> None:
    """Also by a registry that cannot say."""
    kept = world.promise(asked(kind))
    world.desk.tells = tells
    world.desk.says = raising(Unavailable("no answer"))
    carry(world)
    world.desk.says = lambda asked: None
    world.clock.pass_by(WAITS[REGISTRY][0])
    carry(world)
    assert world.states() == ["accepted"]
    handed = [one.reference for one in world.desk.asked if not isinstance(one, str)]
    assert handed == [kept.reference] * 2
    assert world.desk.known == [kept.reference]


def test_what_a_registry_does_not_do_goes_to_staff_at_once(world: World) -> None:
    """Asking again would not help."""
    world.promise(asked())
    world.desk.says = raising(NotSupported("complaints"))
    carry(world)
    with world.database.read() as conn:
        assert [found.error for found in requests.dead(conn, SEALS)] == ["not_supported"]
    assert world.sms() == []


@pytest.mark.parametrize(
    "code",
    [
        "err.sender_id.invalid",
        "err.signature.invalid",
        "rjct.jwt.invalid",
        "rjct.message_ts.invalid",
        "http.400",
        "unknown",
        "invalid",
        "duplicate",
    ],
)
def test_a_refusal_that_is_not_of_what_she_asked_goes_to_staff(world: World, code: str) -> None:
    """How we spoke was refused, or nobody knows why: her request stays open and is replayed, and
    she is told nothing that is not so.
    """
    kept = world.promise(asked("application"))
    world.desk.says = raising(Refused(code))
    carry(world)
    assert (world.states(), world.sms()) == (["dead"], [])
    with world.database.write() as conn:
        assert [found.error for found in requests.dead(conn, SEALS)] == [code]
        requests.retry(conn, None, world.clock())
    world.desk.says = lambda asked: None
    carry(world)
    assert (world.states(), list(world.desk.records)) == (["accepted"], [kept.reference])


def test_a_bug_fails_loudly_once_and_hurts_nobody_else(world: World) -> None:
    """The others are carried; the bug's row waits for staff, and a replay carries it."""
    world.promise(asked(draft="1", said={"category": "other", "details": "poison"}))
    world.clock.pass_by(timedelta(milliseconds=1))
    world.promise(asked(draft="2"))

    def says(asked: object) -> None:
        if isinstance(asked, Complaint) and asked.details == "poison":
            raise ZeroDivisionError

    world.desk.says = says
    with pytest.raises(ZeroDivisionError):
        carry(world)
    assert world.states() == ["dead", "accepted"]
    world.clock.pass_by(LEASE)
    assert carry(world) == 0
    world.desk.says = lambda asked: None
    with world.database.write() as conn:
        assert [found.error for found in requests.dead(conn, SEALS)] == ["bug"]
        requests.retry(conn, None, world.clock())
    assert carry(world) == 1
    assert world.states() == ["accepted", "accepted"]


def test_a_request_that_killed_every_worker_goes_to_staff(world: World) -> None:
    """Each claim ended with its lease and without an answer: one more is not tried."""
    world.promise(asked())
    for _ in range(len(WAITS[REGISTRY]) + 1):
        with world.database.write() as conn:
            assert outbox.claim(conn, REGISTRY, world.clock(), LEASE, 10, b"a dying worker")
        world.clock.pass_by(LEASE)
    carry(world)
    assert world.desk.asked == []
    with world.database.read() as conn:
        assert [found.error for found in requests.dead(conn, SEALS)] == [LOST]


@pytest.mark.parametrize(("kind", "sent"), [("question", 2), ("application", 1), ("complaint", 1)])
def test_an_opt_out_does_not_hold_back_what_she_asked_for(
    world: World, kind: str, sent: int
) -> None:
    """The reference of what she just promised and the answer she asked for by SMS reach her; later
    news of a request does not.
    """
    with world.database.write() as conn:
        citizens.opt_out(conn, SEALS, AMINA, NOW)
    world.promise(asked(kind), notice=True)
    carry(world)
    drain_sms(world.context)
    states = [state for state, _, _ in world.sms()]
    assert (states.count("sent"), states.count("suppressed")) == (sent, 2 - sent)


def test_a_call_that_outlasts_the_lease_keeps_its_rows(world: World) -> None:
    """However short the lease, nobody takes up what a living worker is about."""
    world.promise(asked())
    lease = timedelta(seconds=0.1)
    world.context = replace(world.context, lease=lease)

    def held() -> bool:
        with world.database.read() as conn:
            return outbox.due_lanes(conn, [REGISTRY], world.clock() + lease / 2) == []

    def slow(_: object) -> None:
        for _ in range(4):
            world.clock.pass_by(lease / 2)
            assert holds(held, 10)
            assert carry(world) == 0

    world.desk.says = slow
    assert carry(world) == 1
    assert (world.states(), len(world.desk.asked)) == (["accepted"], 1)


def test_a_worker_that_dies_before_it_records_leaves_one_record_and_one_sms(world: World) -> None:
    """The next one asks with the same reference, and the registry knows it already."""
    kept = world.promise(asked())
    with world.database.write() as conn:
        outbox.claim(conn, REGISTRY, NOW, LEASE, 10, b"the dead worker")
    world.desk.lodge_complaint(
        Complaint(kept.reference, "conduct", "They shouted at me"), timeout=1, trace=""
    )
    assert carry(world) == 0
    world.clock.pass_by(LEASE)
    assert carry(world) == 1
    assert (world.states(), len(world.desk.records), len(world.sms())) == (["accepted"], 1, 1)


def test_who_was_overtaken_records_nothing(world: World) -> None:
    """A worker that was asleep past its lease does not tell the citizen a second time."""
    world.promise(asked())

    def sleeps(_: object) -> None:
        world.desk.says = lambda again: None
        world.clock.pass_by(LEASE)
        carry(world)

    world.desk.says = sleeps
    carry(world)
    assert (world.states(), len(world.desk.records), len(world.sms())) == (["accepted"], 1, 1)


def test_no_call_begins_when_the_time_is_over(world: World) -> None:
    """A slow registry keeps a drain for its twenty seconds; the rest is given back untried, and the
    lane woken.
    """
    for number in range(20):
        world.promise(asked(draft=f"draft {number}"))
    world.desk.says = lambda asked: world.clock.pass_by(WORK / 4)
    carry(world)
    begun = len(world.desk.asked)
    assert 4 <= begun <= 8  # four threads, and none begins after the fourth answer
    assert world.states().count("stored") == 20 - begun
    assert world.context.redis.get(flag(REGISTRY)) == b"1"
    with world.database.write() as conn:
        rest = outbox.claim(conn, REGISTRY, world.clock(), LEASE, 100, b"next")
    assert [row.attempts for row in rest] == [1] * (20 - begun)


def test_a_row_that_cannot_be_opened_goes_to_staff(world: World) -> None:
    """A lost key or a moved row blocks nobody."""
    world.promise(asked(draft="1"))
    world.clock.pass_by(timedelta(milliseconds=1))
    other = world.promise(asked(draft="2"))
    with world.database.write() as conn:
        conn.execute(
            update(requests_table).where(requests_table.c.id != other.request).values(body=b"moved")
        )
    carry(world)
    assert world.states() == ["dead", "accepted"]
    with world.database.read() as conn:
        assert [(found.error, found.reference) for found in requests.dead(conn, SEALS)] == [
            ("unreadable", "")
        ]


def test_a_stopping_worker_claims_nothing(world: World) -> None:
    """What is due waits for the next one."""
    world.promise(asked())
    world.context = replace(world.context, stopping=lambda: True)
    assert carry(world) == 0
    assert world.states() == ["stored"]
