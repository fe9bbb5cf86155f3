"""Messages in doubt: Twilio is asked, Africa's Talking's reports are read by the number, and nothing
is ever sent again blindly.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # the SDK has no types

from gateway.hook import Delivery
from gateway.providers import Accepted, Listed, Outgoing, Uncertain, Unreachable
from gateway.providers import twilio as wire
from gateway.providers.twilio import Twilio
from store import messages, outbox
from store.lanes import SMS
from store.receipts import GRACE, WINDOW
from store.tables import messages as table
from tests.counterpart import Say, counterpart
from tests.lanes import Asked, carry, later, owe, says, with_
from tests.sandboxes import TOKEN, Running, running
from tests.stored import AFRICASTALKING, AMINA, BIBI, NOW, SEALS, TWILIO
from tests.working import World, working
from workers.context import LEASE
from workers.doubts import LOOKS, SKEW
from workers.patience import LOST

__all__ = ["running"]
SID = "AC" + "a" * 32
SENDER = "+15005550006"


@pytest.fixture
def world(database_url: str, valkey_url: str) -> Iterator[World]:
    """Promises a worker's world on each kind of database."""
    with working(database_url, valkey_url) as made:
        yield made


@pytest.fixture
def asked(world: World) -> Asked:
    """Promises a carrier that can be asked, and whose every call breaks."""
    carrier = Asked()
    says(carrier, Uncertain("ReadTimeout"))
    with_(world, carrier)
    return carrier


def listed(text: str = "Hello", theirs: str = "SM1", **changed: object) -> Listed:
    """One message as its provider lists it."""
    shape = {"at": NOW, "status": Delivery.SENT, "reason": ""} | changed
    return Listed(theirs, text, **shape)  # type: ignore[arg-type]  # as its fields are


def states(world: World) -> list[str]:
    """What became of the messages, oldest first."""
    return [state for state, _, _ in world.sms()]


def due(world: World) -> bool:
    """Whether the lane has anything to do, now or ever."""
    with world.database.read() as conn:
        return bool(outbox.due_lanes(conn, SMS, world.clock() + timedelta(days=9)))


# A provider that can be asked


def test_what_is_on_the_list_was_sent(world: World, asked: Asked) -> None:
    """Found two minutes later: sent, under the provider's id, and rung once."""
    owe(world, "Hello", provider="twilio")
    carry(world)
    assert states(world) == ["uncertain"]
    assert later(world, minutes=1) == 0
    asked.lists = [listed(at=NOW - SKEW + timedelta(seconds=1))]
    assert later(world, minutes=1) == 1
    assert (states(world), asked.questions, len(asked.sent)) == (["sent"], [AMINA], 1)
    with world.database.write() as conn:
        messages.report(conn, SEALS, "twilio", "SM1", "delivered", "", "", world.clock())
    assert states(world) == ["delivered"]
    assert not due(world)


@pytest.mark.parametrize(
    ("status", "state"), [(Delivery.DELIVERED, "delivered"), (Delivery.FAILED, "failed")]
)
def test_the_list_also_says_what_became_of_it(
    world: World, asked: Asked, status: Delivery, state: str
) -> None:
    """Its callbacks were lost with the answer."""
    owe(world, "Hello", provider="twilio")
    carry(world)
    asked.lists = [listed(status=status, reason="30007" if state == "failed" else "")]
    later(world, minutes=2)
    assert states(world) == [state]


def test_what_was_never_taken_is_sent_once_more(world: World, asked: Asked) -> None:
    """Two looks at an empty list, the second after a quarter of an hour: then it leaves again, and
    nobody asks a third time.
    """
    owe(world, "Hello", provider="twilio")
    carry(world)
    later(world, minutes=2)
    assert states(world) == ["uncertain"]
    says(asked, Accepted("SM9"))
    later(world, minutes=13)
    assert states(world) == ["sent"]
    assert len(asked.sent) == 2
    with world.database.read() as conn:
        assert conn.execute(select(table.c.again)).scalars().all() == ["never_had"]


def test_a_message_is_taken_for_never_sent_once_in_its_life(world: World, asked: Asked) -> None:
    """Its second doubt is for staff, however empty the list."""
    owe(world, "Hello", provider="twilio")
    for _ in range(12):
        carry(world)
        world.clock.pass_by(timedelta(minutes=10))
    later(world, days=1)
    assert (states(world), len(asked.sent), due(world)) == (["uncertain"], 2, False)
    with world.database.read() as conn:
        assert len(messages.uncertain(conn)) == 1


@pytest.mark.parametrize(
    "lists",
    [
        [listed("Hello, sent from a trial account")],
        [listed("Hello", at=None), listed("Hello there", "SM2")],
        Uncertain("too_many"),
        Unreachable("http_500"),
    ],
)
def test_from_a_list_in_doubt_nothing_is_sent(
    world: World, asked: Asked, lists: list[Listed] | Unreachable
) -> None:
    """Other words may be ours with something added; half a list proves nothing."""
    owe(world, "Hello", provider="twilio")
    carry(world)
    asked.lists = lists
    for look in LOOKS:
        world.clock.now = NOW + look + timedelta(seconds=1)
        carry(world)
    assert len(asked.sent) == 1
    assert not due(world)
    assert states(world) in (["uncertain"], ["sent"])
    assert states(world) == (
        ["sent"] if isinstance(lists, list) and len(lists) == 2 else ["uncertain"]
    )


def test_what_the_list_holds_of_others_and_of_before_is_not_ours(
    world: World, asked: Asked
) -> None:
    """The same words sent earlier, or under an id that another message has."""
    says(asked, Accepted("SM0"))
    owe(world, "Hello", provider="twilio")
    carry(world)
    says(asked, Uncertain("ReadTimeout"))
    owe(world, "Hello", provider="twilio")
    carry(world)
    asked.lists = [listed(theirs="SM0"), listed(theirs="old", at=NOW - timedelta(minutes=3))]
    later(world, minutes=2)
    assert states(world) == ["sent", "uncertain"]
    says(asked, Accepted("SM9"))
    later(world, minutes=13)
    assert states(world) == ["sent", "sent"]


def test_two_doubts_do_not_share_one_message(world: World, asked: Asked) -> None:
    """Of two equal texts one arrived: one is sent, the other leaves again."""
    owe(world, "Hello", "Hello", provider="twilio")
    carry(world)
    asked.lists = [listed()]
    says(asked, Accepted("SM9"))
    later(world, minutes=15)
    carry(world)
    assert states(world) == ["sent", "sent"]
    assert len(asked.sent) == 3


def test_while_another_message_leaves_for_her_nothing_is_concluded(
    world: World, asked: Asked
) -> None:
    """The list may hold that one already, in the same words."""
    owe(world, "Hello", provider="twilio")
    carry(world)
    other = _begun(world)
    with world.database.write() as conn:
        messages.sending(conn, [other], NOW)
    asked.lists = [listed()]
    later(world, minutes=2)
    assert states(world) == ["uncertain", "sending"]
    with world.database.write() as conn:
        answer = messages.Outcome(other, "sent", "", "twilio", "SM1")
        messages.record(conn, SEALS, [answer], world.clock())
    says(asked, Accepted("SM9"))
    later(world, minutes=13)
    assert states(world) == ["sent", "sent"]


def _begun(world: World) -> UUID:
    """A second message to her, which somebody else holds."""
    owe(world, "Hello", provider="twilio")
    with world.database.write() as conn:
        (row,) = outbox.claim(conn, TWILIO, world.clock(), timedelta(hours=9), 9, b"another worker")
    return row.subject


def test_a_callback_that_comes_after_all_stops_the_resend(world: World, asked: Asked) -> None:
    """Queued again, and then our own id comes back: it did leave."""
    owe(world, "Hello", provider="twilio")
    carry(world)
    later(world, minutes=2)
    (subject,) = _queued_again(world)
    with world.database.write() as conn:
        messages.report(conn, SEALS, "twilio", "SM1", "sent", "", subject, world.clock())
    carry(world)
    assert (states(world), len(asked.sent)) == (["sent"], 1)


def _queued_again(world: World) -> list[str]:
    """The ids of messages that their provider never had, as found without waking the lane."""
    world.clock.pass_by(timedelta(minutes=13))
    with world.database.write() as conn:
        ids = [row.id for row in conn.execute(select(table.c.id))]
        assert messages.never_had(conn, ids) == set(ids)
        for one in ids:
            outbox.reopen(conn, TWILIO, one, world.clock())
    return [one.hex for one in ids]


def test_a_message_whose_worker_died_is_asked_about_too(world: World, asked: Asked) -> None:
    """The lease ends, it is in doubt, and the list says that it left."""
    owe(world, "Hello", provider="twilio")
    with world.database.write() as conn:
        (row,) = outbox.claim(conn, TWILIO, world.clock(), LEASE, 10, b"the dead worker")
        messages.sending(conn, [row.subject], world.clock())
    later(world, seconds=60)
    assert world.sms() == [("uncertain", LOST, "Hello")]
    asked.lists = [listed()]
    later(world, seconds=60)
    assert (states(world), asked.sent) == (["sent"], [])


def test_two_workers_that_ask_settle_it_once(world: World, asked: Asked) -> None:
    """The one whose lease ended while it asked changes nothing."""
    owe(world, "Hello", provider="twilio")
    carry(world)
    world.clock.pass_by(timedelta(minutes=15))

    class Slow(Asked):
        """Answers when another worker was here."""

        def listed(self, phone: str) -> list[Listed]:
            says(asked, Accepted("SM9"))
            world.clock.pass_by(LEASE)
            carry(world)
            return super().listed(phone)

    slow = World(world.context, world.clock, world.desk, world.carrier)
    with_(slow, Slow())
    carry(slow)
    carry(world)
    assert (states(world), len(asked.sent)) == (["sent"], 2)


# The real SDK against the sandbox


def twilio_at(url: str) -> Twilio:
    """Our Twilio, at an address."""
    client = wire.client(SID, TOKEN, url, 2.0)
    return Twilio(client, RequestValidator(TOKEN), SENDER, "http://127.0.0.1:9/receipts")


def test_twilios_own_list_settles_a_send_whose_answer_was_cut(
    world: World, running: Running
) -> None:
    """Taken, the answer lost, no report ever: the list has it, and her phone rang once."""
    running.post("/control/carrier", drop_after_accept=1, no_reports=True)
    with_(world, twilio_at(f"{running.url}/twilio"))
    owe(world, "Hello", provider="twilio")
    carry(world)
    assert states(world) == ["uncertain"]
    later(world, minutes=2)
    assert states(world)[0] in {"sent", "delivered"}
    later(world, days=1)
    assert len(running.get(f"/control/inbox?phone=%2B{AMINA[1:]}")) == 1


def test_what_twilios_own_list_does_not_hold_leaves_again(world: World, running: Running) -> None:
    """The call was cut before Twilio had it; another message of that number is known to us."""
    running.post("/control/carrier", no_reports=True)
    with_(world, twilio_at(f"{running.url}/twilio"))
    owe(world, "Good morning", provider="twilio")
    carry(world)
    with counterpart(Say(how="cut")) as nowhere:
        with_(world, twilio_at(nowhere.url))
        owe(world, "Hello", provider="twilio")
        carry(world)
    assert states(world) == ["sent", "uncertain"]
    with_(world, twilio_at(f"{running.url}/twilio"))
    later(world, minutes=2)
    later(world, minutes=13)
    assert states(world) == ["sent", "sent"]
    rung = running.get(f"/control/inbox?phone=%2B{AMINA[1:]}")
    assert sorted(one["text"] for one in rung) == ["Good morning", "Hello"]


# A provider that cannot be asked


def reported(world: World, theirs: str, status: str = "delivered", phone: str = AMINA) -> None:
    """A report that names a number, and no id of ours."""
    with world.database.write() as conn:
        messages.report(
            conn, SEALS, "africastalking", theirs, status, "", "", world.clock(), phone=phone
        )


def matched(world: World, after: timedelta = GRACE) -> None:
    """What the relay does each second, some time later."""
    world.clock.pass_by(after)
    with world.database.write() as conn:
        messages.match(conn, world.clock())


def in_doubt(world: World, *texts: str, phone: str = AMINA) -> None:
    """SMS whose calls broke."""
    says(world.carrier, Uncertain("ReadTimeout"))
    owe(world, *texts, phone=phone)
    carry(world)


def test_a_report_by_number_settles_the_only_message_in_doubt(world: World) -> None:
    """After a short grace; later reports of that id find it as any other."""
    in_doubt(world, "Hello")
    assert not due(world)
    reported(world, "AT-1", "sent")
    matched(world, timedelta(0))
    assert states(world) == ["uncertain"]
    matched(world)
    assert states(world) == ["sent"]
    reported(world, "AT-1")
    assert states(world) == ["delivered"]


def test_of_two_messages_in_doubt_a_report_settles_neither(world: World) -> None:
    """It cannot say which."""
    in_doubt(world, "Hello", "Bye")
    reported(world, "AT-1")
    matched(world)
    assert states(world) == ["uncertain", "uncertain"]


def test_of_two_unknown_reports_none_settles_a_message(world: World) -> None:
    """One of them is of somebody else's."""
    in_doubt(world, "Hello")
    reported(world, "AT-1")
    reported(world, "AT-2")
    matched(world)
    assert states(world) == ["uncertain"]


def test_each_phone_has_its_own_doubts(world: World) -> None:
    """A report for Bibi says nothing of Amina's."""
    in_doubt(world, "Hello")
    in_doubt(world, "Hello", phone=BIBI)
    reported(world, "AT-1", phone=BIBI)
    matched(world)
    assert states(world) == ["uncertain", "delivered"]


def test_a_report_from_before_it_left_or_long_after_settles_nothing(world: World) -> None:
    """Only within the window."""
    reported(world, "AT-before")
    world.clock.pass_by(timedelta(seconds=1))
    in_doubt(world, "Hello")
    matched(world)
    assert states(world) == ["uncertain"]
    world.clock.pass_by(WINDOW)
    reported(world, "AT-late")
    matched(world)
    assert states(world) == ["uncertain"]


def test_the_report_of_a_message_that_is_just_leaving_settles_no_other(world: World) -> None:
    """Faster than its own answer: it waits for it, however long that takes, and then is its."""
    in_doubt(world, "Hello")

    def slow(_: Outgoing) -> Accepted:
        reported(world, "AT-2")
        matched(world, timedelta(seconds=30))
        assert states(world) == ["uncertain", "sending"]
        return Accepted("AT-2")

    world.carrier.says = slow
    owe(world, "Bye")
    carry(world)
    matched(world)
    assert states(world) == ["uncertain", "delivered"]


def test_the_report_of_a_message_whose_worker_died_leaves_both_to_staff(world: World) -> None:
    """Two are in doubt then, and it may be of either."""
    in_doubt(world, "Hello")
    owe(world, "Bye")
    with world.database.write() as conn:
        (row,) = outbox.claim(conn, AFRICASTALKING, world.clock(), LEASE, 10, b"the dead worker")
        messages.sending(conn, [row.subject], world.clock())
    reported(world, "AT-2")
    matched(world)
    later(world, seconds=120)
    matched(world)
    assert states(world) == ["uncertain", "uncertain"]


def test_what_a_report_settles_is_not_asked_about(world: World, asked: Asked) -> None:
    """Its row is over: nothing is due for it, and nothing is asked."""
    owe(world, "Hello", provider="twilio")
    carry(world)
    assert due(world)
    with world.database.write() as conn:
        (subject,) = conn.execute(select(table.c.id)).scalars()
        messages.report(conn, SEALS, "twilio", "SM1", "sent", "", subject.hex, world.clock())
    assert (states(world), due(world), asked.questions) == (["sent"], False, [])
