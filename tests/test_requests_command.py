"""`./guichet requests`: what staff see of what could not be carried, and how it is carried
again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from commands.requests import listed, masked, retried
from store import messages, outbox, requests
from store.database import Database
from store.lanes import REGISTRY
from tests.stored import AFRICASTALKING, AMINA, HER_ID, NOW, RANDOM, SEALS, asked, connected, worded
from workers.context import LEASE


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Promises a connected, empty database of each kind."""
    with connected(database_url) as store:
        yield store


def lines(database: Database) -> list[str]:
    """What is listed."""
    with database.read() as conn:
        return list(listed(conn, SEALS))


def given_up(database: Database) -> str:
    """A promise whose request and reference message were both given up. Returns the reference."""
    with database.write() as conn:
        new = asked("application")
        promise = requests.promise(conn, SEALS, new, NOW, RANDOM, worded(new))
        for lane in (REGISTRY, AFRICASTALKING):
            (row,) = outbox.claim(conn, lane, NOW, LEASE, 10, b"ours")
            outbox.dead(conn, lane, b"ours", {row.subject: "unavailable"})
        requests.bury(conn, {promise.request: "unavailable"}, NOW)
    return promise.reference


def test_nothing_given_up_is_three_headings(database: Database) -> None:
    """Nothing to do looks like nothing to do."""
    assert [line.split(": ")[1] for line in lines(database)] == ["0", "0", "0"]


def test_what_is_given_up_is_listed_without_a_person(database: Database) -> None:
    """An id to retry by, the kind, four digits, the error, the attempts and since when."""
    reference = given_up(database)
    text = "\n".join(lines(database))
    assert re.search(
        rf"[0-9a-f-]{{36}}  application  \*\*\* \*\*\* {reference[-4:]}  unavailable  1 attempts",
        text,
    )
    assert re.search(
        r"[0-9a-f-]{36}  notices\.application_stored  unavailable  1 attempts  2026-11-23 09:00Z",
        text,
    )
    assert not any(hidden in text for hidden in (reference, AMINA, HER_ID, "Number"))


def test_an_uncertain_message_is_listed_and_not_retried(database: Database) -> None:
    """It may have arrived: nobody sends it again by a general wish."""
    with database.write() as conn:
        requests.promise(conn, SEALS, asked(), NOW, RANDOM, worded(asked()))
        (row,) = outbox.claim(conn, AFRICASTALKING, NOW, LEASE, 10, b"ours")
        outbox.done(conn, AFRICASTALKING, b"ours", {row.subject})
        messages.record(conn, SEALS, [messages.Outcome(row.subject, "uncertain", "timeout")], NOW)
    assert (
        lines(database)[-1]
        == f"{row.subject}  notices.complaint_stored  timeout  2026-11-23 09:00Z"
    )
    assert retried(database, None) == 1


def test_retry_revives_all_or_those_named(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without ids both are carried again; a second time there is nothing left, and the status says
    so.
    """
    given_up(database)
    named = [one.id for one in _dead(database)]
    assert retried(database, named) == 0
    assert retried(database, named) == 1
    assert retried(database, None) == 0
    assert retried(database, None) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "carried again: requests 1, messages 0"
    assert told[2] == "carried again: requests 0, messages 1"


def test_a_reference_whose_seal_is_broken_is_said_to_be_unreadable() -> None:
    """The row is still listed, to be found by its id."""
    assert masked("") == "unreadable"


def _dead(database: Database) -> list[requests.DeadRequest]:
    with database.read() as conn:
        return requests.dead(conn, SEALS)
