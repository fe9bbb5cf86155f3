"""The messages lane: every SMS at most once to the provider, and what it said of each, kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from commands.processes import holds
from gateway.providers import (
    Accepted,
    OptedOut,
    Outgoing,
    Rejected,
    SendError,
    Throttled,
    Uncertain,
    Unreachable,
)
from store import citizens, messages, outbox
from store.database import StoreDown
from store.messages import Message, NewMessage
from tests.stored import AFRICASTALKING, AMINA, BIBI, NOW, RANDOM, SEALS, asked, connected
from tests.working import World, drain_sms, working
from workers import messages_lane
from workers.channels import LONGEST
from workers.context import LEASE
from workers.drain import Hold
from workers.messages_lane import APART, TOGETHER
from workers.patience import LOST, WAITS
from workers.verdicts import BUG, NotBegun


@pytest.fixture
def world(database_url: str, valkey_url: str) -> Iterator[World]:
    """Promises a worker's world on each kind of database."""
    with working(database_url, valkey_url) as made:
        yield made


def carry(world: World) -> int:
    """One wake-up of the lane."""
    return drain_sms(world.context)


def queue(world: World, *texts: str, phone: str = AMINA, provider: str = "africastalking") -> None:
    """Owe somebody an SMS of each text."""
    news = [
        NewMessage(f"{number}:{text}", phone, text, "en", provider, "notices.any")
        for number, text in enumerate(texts)
    ]
    with world.database.write() as conn:
        messages.queue_all(conn, SEALS, news, world.clock(), RANDOM)


def says(world: World, result: Accepted | SendError) -> None:
    """Have the provider say this of every message."""
    world.carrier.says = lambda message: result


def test_a_promise_sends_its_reference_once(world: World) -> None:
    """Woken twice, sent once."""
    kept = world.promise(asked(), notice=True)
    assert (carry(world), carry(world)) == (1, 0)
    assert world.carrier.sent == [(AMINA, f"Number {kept.reference}")]
    assert world.sms() == [("sent", "", f"Number {kept.reference}")]


@pytest.mark.parametrize(
    ("result", "state", "reason"),
    [
        (Accepted("AT-1"), "sent", ""),
        (Rejected("InvalidPhoneNumber"), "failed", "InvalidPhoneNumber"),
        (Uncertain("timeout"), "uncertain", "timeout"),
        (OptedOut("UserInBlacklist"), "suppressed", "UserInBlacklist"),
        (Unreachable("refused"), "queued", ""),
        (Throttled("429"), "queued", ""),
    ],
)
def test_what_the_provider_says_is_kept(
    world: World, result: Accepted | SendError, state: str, reason: str
) -> None:
    """In our words, with its code; only what did not leave is ever sent again."""
    queue(world, "Hello")
    says(world, result)
    carry(world)
    assert world.sms() == [(state, reason, "Hello")]
    world.clock.pass_by(timedelta(days=1))
    assert carry(world) == (1 if state == "queued" else 0)


def test_a_provider_that_is_away_is_tried_again_then_staff_decide(world: World) -> None:
    """The waits are in the row; a replay sends it."""
    queue(world, "Hello")
    says(world, Unreachable("refused"))
    for wait in WAITS[AFRICASTALKING]:
        assert carry(world) == 1
        world.clock.pass_by(wait)
    carry(world)
    assert world.sms() == [("failed", "refused", "Hello")]
    with world.database.write() as conn:
        assert [found.error for found in messages.dead(conn)] == ["refused"]
        messages.retry(conn, None, world.clock())
    says(world, Accepted("AT-1"))
    world.clock.pass_by(LONGEST)
    carry(world)
    assert world.sms() == [("sent", "", "Hello")]


def test_equal_texts_go_together_and_different_ones_in_small_lots(world: World) -> None:
    """A broadcast is a few calls; personal texts run beside each other."""
    queue(
        world,
        *["All are invited"] * (TOGETHER + 20),
        *[f"Dear {number}" for number in range(APART + 5)],
    )
    assert carry(world) == TOGETHER + APART + 25
    assert sorted(len(batch) for batch in world.carrier.batches) == sorted([TOGETHER, 20, APART, 5])
    assert {state for state, _, _ in world.sms()} == {"sent"}


def test_a_message_is_marked_for_its_own_call_and_written_down_when_that_returns(
    world: World,
) -> None:
    """Of three calls, one after another: what a death would leave in doubt is one call's messages."""
    texts = [f"Dear {number:02}" for number in range(2 * APART + 3)]
    queue(world, *texts)
    seen: list[list[str]] = []

    def states() -> list[str]:
        by_text = sorted((text, state) for state, _, text in world.sms())
        return [state for _, state in by_text]

    def says(message: Outgoing) -> Accepted:
        if (place := texts.index(message.text)) % APART == 0:
            assert holds(lambda: states()[:place] == ["sent"] * place, 10)
            seen.append(states()[place:])
        return Accepted(message.id)

    world.carrier.says = says
    with ThreadPoolExecutor(1) as pool:
        world.context = replace(world.context, pool=pool)
        assert carry(world) == len(texts)
    many = [APART, APART, 3]
    assert seen == [
        ["sending"] * many[turn] + ["queued"] * sum(many[turn + 1 :]) for turn in range(3)
    ]
    assert states() == ["sent"] * len(texts)


def held(world: World) -> tuple[Hold, list[Message]]:
    """All that is owed, claimed and opened."""
    with world.database.write() as conn:
        claimed = outbox.claim(conn, AFRICASTALKING, NOW, LEASE, 9, b"ours")
        hold = Hold(
            AFRICASTALKING, b"ours", {one.subject: one.attempts for one in claimed}, NOW + LEASE
        )
        return hold, messages.load(conn, SEALS, hold.attempts)


def test_a_message_somebody_else_began_meanwhile_is_not_sent_twice(world: World) -> None:
    """Its call finds it on its way, and leaves it; the others of the call leave."""
    queue(world, "Bye", "Hello")
    hold, batch = held(world)
    (first,) = [one.id for one in batch if one.text == "Hello"]
    with world.database.write() as conn:
        assert messages.sending(conn, [first], NOW) == {first}
    verdicts = messages_lane.sent(world.context, hold, batch)
    assert first not in verdicts
    assert world.carrier.sent == [(AMINA, "Bye")]


def test_a_call_that_finds_no_database_sends_nothing(world: World) -> None:
    """It could not be marked: it waits, and leaves when the database is back."""
    queue(world, "Hello")
    hold, batch = held(world)
    with connected("postgresql://nobody@127.0.0.1:9/none") as nowhere:
        lost = replace(world.context, database=nowhere)
        call = world.context.pool.submit(messages_lane.sent, lost, hold, batch)
        assert isinstance(call.exception(), StoreDown)
    assert messages_lane.came_of(call, batch) == {one.id: NotBegun() for one in batch}
    assert world.carrier.sent == []


def test_each_message_gets_its_own_result(world: World) -> None:
    """One wrong number does not fail the others of its batch."""
    queue(world, "Hello", "Bye")
    world.carrier.says = lambda message: (
        Rejected("bad") if message.text == "Bye" else Accepted(message.id)
    )
    carry(world)
    assert sorted(world.sms()) == [("failed", "bad", "Bye"), ("sent", "", "Hello")]


def test_who_opted_out_meanwhile_gets_nothing(world: World) -> None:
    """Looked at when it leaves; the answer to her own SMS still goes."""
    queue(world, "News")
    answer = NewMessage(
        "reply:1",
        AMINA,
        "You get no more",
        "en",
        "africastalking",
        "notices.stopped",
        purpose="answer",
    )
    with world.database.write() as conn:
        citizens.opt_out(conn, SEALS, AMINA, NOW)
        messages.queue(conn, SEALS, answer, NOW + timedelta(seconds=1), RANDOM)
    world.clock.pass_by(timedelta(seconds=1))
    carry(world)
    assert world.carrier.sent == [(AMINA, "You get no more")]
    assert world.sms()[0] == ("suppressed", "opted_out", "News")


def test_whom_the_provider_blocks_we_do_not_write_to_again(world: World) -> None:
    """Its word counts as an opt-out of that number, and of no other."""
    queue(world, "News", phone=BIBI)
    says(world, OptedOut("UserInBlacklist"))
    carry(world)
    with world.database.read() as conn:
        found = citizens.find(conn, SEALS, BIBI)
        assert citizens.find(conn, SEALS, AMINA) is None
    assert found is not None
    assert found.opted_out


def test_a_message_found_on_its_way_is_never_sent_again(world: World) -> None:
    """Its worker died while sending: it may have left. A report may still tell."""
    queue(world, "Hello")
    with world.database.write() as conn:
        (row,) = outbox.claim(conn, AFRICASTALKING, NOW, LEASE, 10, b"the dead worker")
        messages.sending(conn, [row.subject], NOW)
    world.clock.pass_by(LEASE)
    assert carry(world) == 1
    assert (world.carrier.sent, world.sms()) == ([], [("uncertain", LOST, "Hello")])


def test_a_message_claimed_and_not_begun_is_sent_by_the_next_worker(world: World) -> None:
    """Death between the claim and the sending loses nothing."""
    queue(world, "Hello")
    with world.database.write() as conn:
        outbox.claim(conn, AFRICASTALKING, NOW, LEASE, 10, b"the dead worker")
    world.clock.pass_by(LEASE)
    carry(world)
    assert world.sms() == [("sent", "", "Hello")]


def test_who_was_overtaken_still_says_what_the_provider_said(world: World) -> None:
    """The second worker doubts; the first one, slow but alive, knows."""
    queue(world, "Hello")

    def slow(_: Outgoing) -> Accepted:
        world.clock.pass_by(LEASE)
        carry(world)
        assert world.sms() == [("uncertain", LOST, "Hello")]
        return Accepted("AT-1")

    world.carrier.says = slow
    carry(world)
    assert world.sms() == [("sent", "", "Hello")]
    assert len(world.carrier.sent) == 1


def test_a_report_faster_than_the_answer_is_matched(world: World) -> None:
    """Delivered before we knew it was sent."""
    queue(world, "Hello")

    def reported(_: Outgoing) -> Accepted:
        with world.database.write() as conn:
            messages.report(conn, SEALS, "africastalking", "AT-1", "delivered", "Success", "", NOW)
        return Accepted("AT-1")

    world.carrier.says = reported
    carry(world)
    assert world.sms() == [("delivered", "Success", "Hello")]


def test_a_message_without_its_provider_waits(world: World) -> None:
    """A provider that is switched off for an hour loses nothing."""
    queue(world, "Hello", provider="twilio")
    carry(world)
    assert (world.carrier.sent, world.sms()) == ([], [("queued", "", "Hello")])


def test_a_provider_with_a_bug_fails_loudly_and_sends_nothing_twice(world: World) -> None:
    """Other batches are recorded; the bug's messages may have left and become uncertain."""
    queue(world, *["Poison"] * (APART + 1), "Hello")

    def broken(message: Outgoing) -> Accepted:
        if message.text == "Poison":
            raise ZeroDivisionError
        return Accepted(message.id)

    world.carrier.says = broken
    with pytest.raises(ZeroDivisionError):
        carry(world)
    assert set(world.sms()) == {("sent", "", "Hello"), ("uncertain", BUG, "Poison")}
    world.clock.pass_by(LEASE)
    assert carry(world) == 0
    assert len(world.carrier.sent) == APART + 2
