"""What a phone hears of a person: as much as it shows, over real hooks, Valkey and SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from registry_client.port import Proof, Question
from store import requests
from store.tables import citizens
from store.tables import requests as request_rows
from tests.line import HER_ID, PHONE, Line, opened

OTHERS = "+923000000009"
FITS = "Your record fits Cash support."
FOUND = "We have a record of this ID."
ASKED = "How many people live in your house?"
FACTS = (
    Question("people", {"en": ASKED}, "number", 1, 30),
    Question("pupils", {"en": "How many go to school?"}, "number", 1, 30),
)


@pytest.fixture
def line(valkey_url: str, sqlite_url: str, tmp_path: Path) -> Iterator[Line]:
    """Promises a phone line of somebody who was met, where two facts are asked: 3 and 2."""
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        line.registry.facts, line.registry.right = FACTS, {"people": "3", "pupils": "2"}
        line.begin()
        yield line


def asks(line: Line, *keys: str) -> str:
    """She dials and asks what her household may get."""
    line.dial()
    return line.presses("1", *keys)


@pytest.mark.parametrize(
    ("proof", "phones", "keys", "heard"),
    [
        (Proof.ANYONE, (), (HER_ID,), FITS),
        (Proof.NUMBER_ON_RECORD, (PHONE,), (HER_ID,), FITS),
        (Proof.NUMBER_ON_RECORD, (PHONE,), (HER_ID[-4:],), FITS),
        (Proof.NUMBER_ON_RECORD, (OTHERS,), (HER_ID,), FOUND),
        (Proof.NUMBER_ON_RECORD, (OTHERS,), (HER_ID[-4:],), "This phone is not with that ID."),
        (Proof.TWO_FACTS, (PHONE,), (HER_ID,), ASKED),
        (Proof.TWO_FACTS, (), (HER_ID, "3", "2"), FITS),
        (Proof.TWO_FACTS, (), (HER_ID, "3", "1"), "These answers are not those on record."),
        (Proof.IN_PERSON, (PHONE,), (HER_ID,), FOUND),
    ],
)
def test_a_phone_hears_as_much_as_it_shows(
    line: Line, proof: Proof, phones: tuple[str, ...], keys: tuple[str, ...], heard: str
) -> None:
    """The four levels; an unknown phone hears that there is a record, and no more."""
    line.registry.proof, line.registry.phones = proof, phones
    assert asks(line, *keys).startswith(heard)


def test_three_wrong_answers_close_this_id_for_this_phone_alone(line: Line) -> None:
    """Another phone still proves it, and this phone another ID: nobody can lock a stranger out."""
    line.registry.proof, line.registry.phones = Proof.TWO_FACTS, ()
    for _ in range(3):
        assert asks(line, HER_ID, "9", "9").startswith("These answers are not")
    assert asks(line, HER_ID, "3", "2").startswith("Too many tries today.")
    assert asks(line, "1730100000099", "3", "2").startswith(FITS)
    line.phone = OTHERS
    line.begin()
    assert asks(line, HER_ID, "3", "2").startswith(FITS)


def test_without_facts_to_ask_nothing_is_told_to_an_unknown_phone(line: Line) -> None:
    """One fact proves nothing."""
    line.registry.proof, line.registry.phones = Proof.TWO_FACTS, ()
    line.registry.facts = FACTS[:1]
    assert asks(line, HER_ID).startswith(FOUND)


def test_a_complaint_without_a_name_is_joined_to_nobody(line: Line) -> None:
    """No phone, no ID, no digest of hers; its code follows it, and nothing else does."""
    line.dial()
    said = line.presses("3", "2", "3", "They took my card", "4", "2", "1")
    assert said.startswith("Write this down: number ")
    number, code = said[24:36].replace(" ", ""), said.split("secret code ")[1][:6]
    hooks = line.hooks
    with hooks.database.read() as conn:
        row = conn.execute(select(request_rows)).one()
        her = conn.execute(select(citizens)).one()
        (held,) = requests.load(conn, hooks.seals, [row.id])
    assert (held.phone, held.national_id, held.identity) == ("", None, "anonymous")
    assert {her.phone_key, her.met_in, her.id_key}.isdisjoint(
        {row.phone_key, row.conversation, row.person_key, row.draft, row.once} - {None}
    )
    line.dial()
    assert line.presses("4", "1", number, "111111").startswith("We do not know this number.")
    line.dial()
    assert " received. We answer by " in line.presses("4", "1", number, code)


def test_a_complaint_of_conduct_seals_apart_who_complained(line: Line) -> None:
    """What everybody who works with complaints can open does not say who she is."""
    line.dial()
    line.presses("3", "2", "3", "They took my card", "1")
    hooks = line.hooks
    with hooks.database.read() as conn:
        row = conn.execute(select(request_rows)).one()
    words = hooks.seals.open_words(row.body, requests.place("body", row.id))
    assert PHONE not in words.values()
    assert hooks.seals.open_words(row.identity, requests.place("identity", row.id)) == {
        "phone": PHONE
    }


def test_what_is_over_the_days_measure_waits_for_staff(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Stored and told like any other; it is not carried before somebody looked."""
    with opened(valkey_url, sqlite_url, tmp_path, requests_a_day=1) as line:
        line.begin()
        for words in ("They sent me away", "They sent my sister away"):
            line.dial()
            assert line.presses("3", "3", words, "1").startswith("Your number is ")
        with line.hooks.database.read() as conn:
            waiting = requests.dead(conn, line.hooks.seals)
        assert [one.error for one in waiting] == ["review"]
