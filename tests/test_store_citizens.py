"""What is remembered of a person: her settings, the first meeting, and whether she wants
messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from store import citizens
from store.citizens import Citizen
from store.database import Database
from tests.stored import AMINA, BIBI, NOW, SEALS, connected, key, rows

MET = Citizen(AMINA, "ur", 1, key("conversation 1"), 2)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Promises an empty database of each kind."""
    with connected(database_url) as found:
        yield found


def test_nobody_is_known_before_she_is_kept(database: Database) -> None:
    """A first call finds no settings."""
    with database.read() as conn:
        assert citizens.find(conn, SEALS, AMINA) is None


def test_settings_are_kept_and_found_by_phone(database: Database) -> None:
    """As they were, and for that phone only."""
    with database.write() as conn:
        citizens.keep(conn, SEALS, MET, NOW)
    with database.read() as conn:
        assert citizens.find(conn, SEALS, AMINA) == MET
        assert citizens.find(conn, SEALS, BIBI) is None


def test_settings_change_and_the_first_meeting_stays(database: Database) -> None:
    """Language, notice and last ID follow her; where we met is written once."""
    changed = Citizen(AMINA, "fr", 2, key("conversation 2"), 9, key("id"))
    with database.write() as conn:
        citizens.keep(conn, SEALS, MET, NOW)
        citizens.keep(conn, SEALS, changed, NOW)
    with database.read() as conn:
        assert citizens.find(conn, SEALS, AMINA) == replace(
            changed, met_in=MET.met_in, met_after=MET.met_after
        )
    assert rows(database) == {"citizens": 1}


def test_her_last_id_stays_when_none_is_handed_over(database: Database) -> None:
    """A conversation in which she gave no ID does not forget the one she gave before."""
    known = replace(MET, id_key=key("id"))
    with database.write() as conn:
        citizens.keep(conn, SEALS, known, NOW)
        citizens.keep(conn, SEALS, replace(MET, language="fr"), NOW)
        assert citizens.find(conn, SEALS, AMINA) == replace(known, language="fr")
        citizens.keep(conn, SEALS, replace(MET, id_key=key("other")), NOW)
        assert citizens.find(conn, SEALS, AMINA) == replace(MET, id_key=key("other"))


def test_an_opt_out_survives_a_change_of_settings(database: Database) -> None:
    """A session that began before STOP does not undo it; START does."""
    with database.write() as conn:
        citizens.keep(conn, SEALS, MET, NOW)
        citizens.opt_out(conn, SEALS, AMINA, NOW)
        citizens.keep(conn, SEALS, MET, NOW)
        assert citizens.find(conn, SEALS, AMINA) == replace(MET, opted_out=True)
        citizens.opt_in(conn, SEALS, AMINA, NOW)
        assert citizens.find(conn, SEALS, AMINA) == MET


def test_no_news_is_less_than_no_messages(database: Database) -> None:
    """The two wishes are kept apart, and START ends both."""
    with database.write() as conn:
        citizens.keep(conn, SEALS, MET, NOW)
        citizens.no_news(conn, SEALS, AMINA, NOW)
        assert citizens.find(conn, SEALS, AMINA) == replace(MET, no_news=True)
        citizens.opt_out(conn, SEALS, AMINA, NOW)
        citizens.keep(conn, SEALS, MET, NOW)
        assert citizens.find(conn, SEALS, AMINA) == replace(MET, no_news=True, opted_out=True)
        citizens.opt_in(conn, SEALS, AMINA, NOW)
        assert citizens.find(conn, SEALS, AMINA) == MET


def test_a_stranger_may_opt_out(database: Database) -> None:
    """The carrier's word is kept for a number we never met, and it still counts as not yet asked
    for a language.
    """
    with database.write() as conn:
        citizens.opt_out(conn, SEALS, BIBI, NOW)
        citizens.opt_out(conn, SEALS, BIBI, NOW)
        assert citizens.find(conn, SEALS, BIBI) == Citizen(
            BIBI, None, 0, b"", 0, None, opted_out=True
        )
