"""Promises: stored once, whatever is repeated; found by draft, conversation and reference;
unreadable without keys.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from store import following, messages, outbox, requests
from store.database import Database
from store.lanes import LANES, REGISTRY
from store.references import valid
from store.requests import NewRequest, NoReference, Promise, Settled
from store.tables import history
from tests.stored import (
    AFRICASTALKING,
    AMINA,
    BIBI,
    HER_ID,
    HIS_ID,
    NOW,
    RANDOM,
    SEALS,
    asked,
    connected,
    key,
    rows,
    silent,
    worded,
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Promises an empty database of each kind."""
    with connected(database_url) as found:
        yield found


def promised(database: Database, new: NewRequest) -> Promise:
    """Promise in a transaction of its own, with the reference by SMS."""
    with database.write() as conn:
        return requests.promise(conn, SEALS, new, NOW, RANDOM, worded(new))


def test_a_promise_leaves_everything_it_needs(database: Database) -> None:
    """Request, history, outbox rows of both lanes and the reference by SMS are stored together."""
    kept = promised(database, asked())
    assert kept.kind == "stored"
    assert valid(kept.reference)
    assert rows(database) == {"requests": 1, "history": 1, "messages": 1, "outbox": 2}
    with database.write() as conn:
        assert outbox.due_lanes(conn, LANES, NOW) == [REGISTRY, AFRICASTALKING]
        (message,) = messages.load(
            conn, SEALS, [row.subject for row in _claim(conn, AFRICASTALKING)]
        )
    assert (message.phone, message.text) == (AMINA, f"Number {kept.reference}")


def test_who_wants_no_sms_gets_none(database: Database) -> None:
    """Without a notice the promise is kept all the same."""
    with database.write() as conn:
        requests.promise(conn, SEALS, asked(), NOW, RANDOM, silent)
    assert rows(database) == {"requests": 1, "history": 1, "outbox": 1}


def test_the_same_draft_is_stored_once_and_says_the_same_reference(database: Database) -> None:
    """A key press delivered twice is one request."""
    first, second = (
        promised(database, asked()),
        promised(database, asked(said={"details": "Something else"})),
    )
    assert second == Promise("repeated", first.reference, first.request, first.said)
    assert rows(database) == {"requests": 1, "history": 1, "messages": 1, "outbox": 2}


def test_a_new_draft_is_a_second_request(database: Database) -> None:
    """Going home and complaining again is legitimate."""
    references = {
        promised(database, asked(draft=f"draft {number}")).reference for number in range(3)
    }
    assert len(references) == 3


def test_two_deliveries_at_once_are_one_request(database: Database) -> None:
    """Threads that promise the same draft at the same moment all say the same reference."""
    kept: list[Promise] = []
    start = threading.Barrier(6)

    def deliver() -> None:
        start.wait()
        kept.append(promised(database, asked("application")))

    threads = [threading.Thread(target=deliver) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.kind for one in kept) == ["repeated"] * 5 + ["stored"]
    assert len({one.reference for one in kept}) == 1
    assert rows(database)["outbox"] == 2


def test_an_open_application_is_not_stored_again(database: Database) -> None:
    """One a person and programme, whoever asks; another programme or member is another
    application.
    """
    first = promised(database, asked("application"))
    again = promised(database, asked("application", "draft 2", phone=BIBI))
    assert again == Promise("already", first.reference, first.request, {})
    assert promised(database, asked("application", "draft 3", programme="FOOD")).kind == "stored"
    assert promised(database, asked("application", "draft 4", member=HIS_ID)).kind == "stored"
    assert promised(database, asked("application", "draft 5", national_id=HIS_ID)).kind == "already"


def test_a_refused_application_may_be_made_again(database: Database) -> None:
    """What is closed stands in nobody's way; what the registry accepted does."""
    first, other = (
        promised(database, asked("application")),
        promised(database, asked("application", "2", programme="B")),
    )
    with database.write() as conn:
        answers = [
            Settled(first.request, "refused", detail="programme.closed"),
            Settled(other.request, "accepted", "A-1"),
        ]
        requests.settle(conn, SEALS, answers, NOW)
    assert promised(database, asked("application", "draft 3")).kind == "stored"
    assert promised(database, asked("application", "draft 4", programme="B")).kind == "already"


def test_a_taken_reference_is_drawn_again(database: Database) -> None:
    """Two requests never share a number, even when chance says so."""
    numbers = iter([7, 7, 7, 8])

    def loaded(count: int) -> bytes:
        return next(numbers).to_bytes(4, "big") if count == 4 else RANDOM(count)

    with database.write() as conn:
        first = requests.promise(conn, SEALS, asked(), NOW, loaded, silent)
        second = requests.promise(conn, SEALS, asked(draft="draft 2"), NOW, loaded, silent)
    assert (first.reference[:9], second.reference[:9]) == ("000000007", "000000008")


def test_a_broken_source_of_numbers_is_an_error(database: Database) -> None:
    """Nothing is promised with a number that is somebody else's."""
    with database.write() as conn:
        requests.promise(conn, SEALS, asked(), NOW, lambda count: b"\1" * count, silent)
    with database.write() as conn, pytest.raises(NoReference):
        requests.promise(
            conn, SEALS, asked(draft="2"), NOW + timedelta(1), lambda count: b"\1" * count, silent
        )


def test_a_conversation_knows_what_it_promised(database: Database) -> None:
    """A lost session is told its references, in order, and no one else's."""
    said = [promised(database, asked(draft=f"draft {number}")).reference for number in range(2)]
    promised(database, asked(draft="other", conversation=key("conversation 2")))
    with database.read() as conn:
        assert sorted(following.promised_in(conn, SEALS, key("conversation 1"))) == sorted(said)
        assert following.promised_in(conn, SEALS, key("conversation 3")) == []


def test_a_request_is_followed_by_its_reference(database: Database) -> None:
    """State, date and the registry's number; a number nobody was given is not found."""
    kept = promised(database, asked("application"))
    with database.write() as conn:
        requests.settle(conn, SEALS, [Settled(kept.request, "accepted", "A-2026-17")], NOW)
        found = following.follow(conn, SEALS, kept.reference)
        assert following.follow(conn, SEALS, "0000000000") is None
    assert found is not None
    assert (found.kind, found.state) == ("application", "accepted")
    assert (found.due_on, found.created_at) == (asked().due_on, NOW)
    assert found.phone_key == SEALS.phone_key(AMINA)


def test_what_is_given_up_is_listed_and_replayed(database: Database) -> None:
    """Staff see the reference and the reason, and send it off again; the history tells all of
    it.
    """
    kept = promised(database, asked())
    with database.write() as conn:
        (row,) = _claim(conn, REGISTRY)
        outbox.dead(conn, REGISTRY, b"token", {row.subject: "unavailable"})
        requests.bury(conn, {row.subject: "unavailable"}, NOW)
    with database.write() as conn:
        (found,) = requests.dead(conn, SEALS)
        assert (found.id, found.reference, found.error, found.attempts) == (
            kept.request,
            kept.reference,
            "unavailable",
            1,
        )
        assert requests.retry(conn, [kept.request], NOW) == 1
        assert requests.retry(conn, None, NOW) == 0
        assert requests.dead(conn, SEALS) == []
        assert len(_claim(conn, REGISTRY)) == 1
        events = conn.execute(
            select(history.c.event, history.c.detail).order_by(history.c.id)
        ).all()
    assert [tuple(event) for event in events] == [
        ("stored", ""),
        ("dead", "unavailable"),
        ("retried", ""),
    ]


def test_the_file_holds_no_phone_no_id_no_reference_and_no_word(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Whoever steals the database without the keys reads nobody's name, number or complaint."""
    with connected(sqlite_url) as database:
        kept = [
            promised(database, asked()),
            promised(database, asked("application", "draft 2", member=HIS_ID)),
        ]
    stolen = b"".join(path.read_bytes() for path in tmp_path.glob("guichet.db*"))
    secret = [AMINA, HER_ID, HIS_ID, "shouted", *(one.reference for one in kept)]
    assert [word for word in secret if word.encode() in stolen] == []
    assert b"conduct" not in stolen


def _claim(conn: Connection, lane: str) -> list[outbox.Claimed]:
    return outbox.claim(conn, lane, NOW, timedelta(seconds=60), 10, b"token")
