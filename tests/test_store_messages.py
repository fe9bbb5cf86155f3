"""SMS owed: queued once by key, held back by an opt-out, moved by reports that come early, late or
twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import select

from store import citizens, messages, outbox
from store.database import Database
from store.lanes import LANES
from store.messages import Message, NewMessage, Outcome, Purpose
from store.receipts import MOVED_BY, STRANGERS_KEPT, WEIGHT
from store.tables import messages as table
from tests.stored import AFRICASTALKING, AMINA, NOW, RANDOM, SEALS, connected, rows

REPLY = NewMessage(
    "reply:africastalking:M1", AMINA, "Welcome", "en", "africastalking", "reply", purpose="answer"
)
NOTICE = NewMessage(
    "R1:outcome", AMINA, "It arrived", "en", "africastalking", "notices.complaint_accepted"
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Promises an empty database of each kind."""
    with connected(database_url) as found:
        yield found


def queued(database: Database, *news: NewMessage) -> list[UUID]:
    """Queue these and return their ids, in order."""
    with database.write() as conn:
        assert messages.queue_all(conn, SEALS, news, NOW, RANDOM) == len(news)
        keys = [SEALS.digest("message", new.key) for new in news]
        return [
            conn.execute(select(table.c.id).where(table.c.key == key)).scalar_one() for key in keys
        ]


def sent(database: Database, subject: UUID, provider_id: str = "AT-1") -> None:
    """Send it, as a worker records it."""
    with database.write() as conn:
        messages.sending(conn, [subject], NOW)
        messages.record(
            conn, SEALS, [Outcome(subject, "sent", "", "africastalking", provider_id)], NOW
        )


def report(database: Database, status: str, provider_id: str = "AT-1", ours: str = "") -> None:
    """Take a delivery report, as the hook does."""
    with database.write() as conn:
        messages.report(
            conn, SEALS, "africastalking", provider_id, status, f"because {status}", ours, NOW
        )


def state(database: Database, subject: UUID) -> str:
    """What became of it."""
    with database.read() as conn:
        found: str = conn.execute(select(table.c.state).where(table.c.id == subject)).scalar_one()
        return found


def test_a_message_is_queued_once_by_its_key(database: Database) -> None:
    """An inbound SMS delivered twice is answered once."""
    with database.write() as conn:
        assert messages.queue(conn, SEALS, REPLY, NOW, RANDOM)
        assert not messages.queue(conn, SEALS, REPLY, NOW, RANDOM)
        assert messages.queue_all(conn, SEALS, [REPLY, NOTICE], NOW, RANDOM) == 1
        assert outbox.due_lanes(conn, LANES, NOW) == [AFRICASTALKING]
    assert rows(database) == {"messages": 2, "outbox": 2}


def test_an_opt_out_holds_back_all_but_answers(database: Database) -> None:
    """It is looked at when the message leaves, not when it was queued."""
    ids = queued(database, REPLY, NOTICE)
    with database.write() as conn:
        citizens.opt_out(conn, SEALS, AMINA, NOW)
        opened = {one.id: one for one in messages.load(conn, SEALS, ids)}
    assert opened[ids[0]] == Message(
        ids[0], AMINA, "Welcome", "africastalking", "queued", False, NOW
    )
    assert opened[ids[1]].suppressed


@pytest.mark.parametrize(
    ("wish", "held"),
    [("no_news", {"news"}), ("opt_out", {"news", "service"}), ("opt_in", set())],
)
def test_a_wish_holds_back_the_purposes_it_names(
    database: Database, wish: str, held: set[Purpose]
) -> None:
    """No news ends news; no messages ends all but answers; START brings every purpose back."""
    purposes: tuple[Purpose, ...] = ("answer", "service", "news")
    ids = queued(database, *(replace(NOTICE, key=one, purpose=one) for one in purposes))
    with database.write() as conn:
        citizens.no_news(conn, SEALS, AMINA, NOW)
        getattr(citizens, wish)(conn, SEALS, AMINA, NOW)
        opened = {one.id: one.suppressed for one in messages.load(conn, SEALS, ids)}
    found = {one for subject, one in zip(ids, purposes, strict=True) if opened[subject]}
    assert found == held


def test_a_message_begins_to_leave_once(database: Database) -> None:
    """Whoever comes second is told that it is not his to send."""
    (subject,) = queued(database, NOTICE)
    with database.write() as conn:
        assert messages.sending(conn, [subject], NOW) == {subject}
        assert messages.sending(conn, [subject], NOW) == set()


@pytest.mark.parametrize("status", sorted(WEIGHT))
def test_a_report_moves_a_sent_message(database: Database, status: str) -> None:
    """In the carrier's words for it, once or twice."""
    (subject,) = queued(database, NOTICE)
    sent(database, subject)
    report(database, status)
    report(database, status)
    assert state(database, subject) == status
    assert "receipts" not in rows(database)


@pytest.mark.parametrize("order", list(permutations(["sent", "failed", "delivered"])))
def test_reports_in_any_order_end_the_same(database: Database, order: tuple[str, ...]) -> None:
    """What reached the handset has reached it, whatever is reported later."""
    (subject,) = queued(database, NOTICE)
    sent(database, subject)
    for status in order:
        report(database, status)
    assert state(database, subject) == "delivered"


def test_a_report_may_come_before_the_answer_to_the_send(database: Database) -> None:
    """It is kept, and matched once the provider's id is known."""
    (subject,) = queued(database, NOTICE)
    for status in ("delivered", "sent", "delivered"):
        report(database, status)
    assert rows(database)["receipts"] == 2
    sent(database, subject)
    with database.write() as conn:
        assert messages.match(conn, NOW) == 2
        assert messages.match(conn, NOW) == 0
    assert state(database, subject) == "delivered"
    assert "receipts" not in rows(database)


def test_a_report_with_our_own_id_finds_an_uncertain_message(database: Database) -> None:
    """The provider's answer was lost; its report says what happened.

    Another provider's report does not.
    """
    (subject,) = queued(database, NOTICE)
    with database.write() as conn:
        messages.sending(conn, [subject], NOW)
        messages.record(conn, SEALS, [Outcome(subject, "uncertain", "timeout")], NOW)
        messages.report(conn, SEALS, "twilio", "SM1", "delivered", "", subject.hex, NOW)
    assert state(database, subject) == "uncertain"
    report(database, "delivered", "AT-9", subject.hex)
    assert state(database, subject) == "delivered"


def test_a_report_that_was_faster_is_not_undone(database: Database) -> None:
    """The send's answer is recorded after the report, and a later worker's doubt after both."""
    (subject,) = queued(database, NOTICE)
    with database.write() as conn:
        messages.sending(conn, [subject], NOW)
    report(database, "delivered", "AT-1", subject.hex)
    sent(database, subject)
    with database.write() as conn:
        messages.record(conn, SEALS, [Outcome(subject, "uncertain", "worker_lost")], NOW)
    assert state(database, subject) == "delivered"
    report(database, "failed")
    assert state(database, subject) == "delivered"


def test_a_report_on_nothing_of_ours_is_forgotten_in_a_week(database: Database) -> None:
    """Other systems may share the account."""
    report(database, "delivered", "AT-of-others", ours="not an id")
    with database.write() as conn:
        messages.match(conn, NOW + STRANGERS_KEPT)
    assert rows(database) == {"receipts": 1}
    with database.write() as conn:
        messages.match(conn, NOW + STRANGERS_KEPT + timedelta(seconds=1))
    assert rows(database) == {}


def test_no_report_replaces_a_heavier_one() -> None:
    """The two tables of the states agree."""
    for status, replaced in MOVED_BY.items():
        assert all(WEIGHT.get(one, 0) < WEIGHT[status] for one in replaced)


def test_what_is_given_up_is_listed_and_replayed(database: Database) -> None:
    """Staff see which text and why, not to whom; a replay queues it again."""
    (subject,) = queued(database, NOTICE)
    with database.write() as conn:
        outbox.claim(conn, AFRICASTALKING, NOW, timedelta(seconds=60), 10, b"token")
        outbox.dead(conn, AFRICASTALKING, b"token", {subject: "unreachable"})
        messages.record(conn, SEALS, [Outcome(subject, "failed", "unreachable")], NOW)
    with database.write() as conn:
        (found,) = messages.dead(conn)
        assert (found.id, found.address, found.error) == (subject, NOTICE.address, "unreachable")
        assert messages.retry(conn, None, NOW) == 1
        assert messages.dead(conn) == []
    assert state(database, subject) == "queued"
