"""The two doors of the database: what is written stays, what is read cannot be changed, trouble has
one name.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from settings import Settings
from store import database as doors
from store.database import Database, StoreDown
from store.tables import receipts
from tests.stored import NOW, connected, key, rows

KARACHI = timezone(timedelta(hours=5))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Promises an empty database of each kind."""
    with connected(database_url) as found:
        yield found


def stored(at: datetime) -> dict[str, object]:
    """A row with a moment in it."""
    return {"provider_key": key("one"), "status": "sent", "reason": "", "at": at}


def twice(database: Database) -> None:
    """Store a row, and then, in the same block, one that cannot be."""
    with database.write() as conn:
        conn.execute(insert(receipts).values(stored(NOW)))
        conn.execute(insert(receipts).values(stored(NOW)))


def test_a_moment_comes_back_as_utc(database: Database) -> None:
    """Whatever zone it was written in, and whatever the database keeps."""
    with database.write() as conn:
        conn.execute(insert(receipts).values(stored(NOW.astimezone(KARACHI))))
    with database.read() as conn:
        found = conn.execute(select(receipts.c.at)).scalar_one()
    assert (found, found.tzinfo) == (NOW, UTC)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    """Nobody's local time gets in by mistake."""
    with pytest.raises(StatementError), database.write() as conn:
        conn.execute(insert(receipts).values(stored(NOW.replace(tzinfo=None))))


def test_a_failed_block_leaves_nothing(database: Database) -> None:
    """A transaction is all or nothing."""
    with pytest.raises(IntegrityError):
        twice(database)
    assert rows(database) == {}


def test_the_reading_door_does_not_write(database: Database) -> None:
    """Neither by mistake nor by a later change of the code."""
    with pytest.raises((DBAPIError, StoreDown)), database.read() as conn:
        conn.execute(insert(receipts).values(stored(NOW)))
    assert rows(database) == {}


def test_sqlite_is_set_up_to_lose_nothing(sqlite_url: str) -> None:
    """WAL, every commit on disk, foreign keys, and a wait for the other writer."""
    with connected(sqlite_url) as database:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        with database.write() as conn:
            found = [conn.execute(text(f"PRAGMA {name}")).scalar_one() for name in asked]
    assert found == ["wal", 2, 1, doors.WAIT * 1000]


def test_two_writers_wait_for_each_other_on_sqlite(sqlite_url: str) -> None:
    """The second transaction begins with the lock: it waits, is told so, and reads nothing it would
    overwrite.
    """
    with connected(sqlite_url) as first, connected(sqlite_url) as second:
        with second.writer.connect() as conn:
            conn.exec_driver_sql("PRAGMA busy_timeout=50")
        with first.write() as conn:
            conn.execute(insert(receipts).values(stored(NOW)))
            with pytest.raises(StoreDown), second.write():
                raise AssertionError("two writers at once")
        with second.write() as conn:
            assert conn.execute(select(receipts.c.status)).scalar_one() == "sent"


def test_statements_have_an_end_on_postgresql(
    migrated_postgres: str, postgres_cluster: object
) -> None:
    """No transaction holds a citizen's call longer than a few seconds."""
    url = postgres_cluster.url(migrated_postgres)  # type: ignore[attr-defined]
    with connected(url) as database, database.read() as conn:
        asked = (
            "statement_timeout",
            "lock_timeout",
            "TimeZone",
            "transaction_read_only",
            "synchronous_commit",
        )
        found = [conn.execute(text(f"SHOW {name}")).scalar_one() for name in asked]
    assert found[:4] == ["5s", "3s", "UTC", "on"]


def test_trouble_tells_no_values(tmp_path: Path) -> None:
    """What was to be stored is not in the error."""
    with connected(f"sqlite:///{tmp_path / 'empty.db'}") as database:
        with pytest.raises(StoreDown) as found, database.write() as conn:
            conn.execute(insert(receipts).values(stored(NOW)))
        assert "[SQL parameters hidden" in str(found.value.__cause__)


@pytest.mark.parametrize(
    ("given", "means"),
    [("postgres://a@b/c", "postgresql://a@b/c"), ("postgresql://a@b/c", "postgresql://a@b/c")],
)
def test_platforms_may_say_postgres(given: str, means: str) -> None:
    """DATABASE_URL is taken as platforms write it."""
    assert doors.plain(given) == means


def test_without_a_setting_the_data_live_in_a_file(tmp_path: Path) -> None:
    """The embedded default; DATABASE_URL replaces it."""
    assert doors.address(Settings(var=tmp_path)) == f"sqlite:///{tmp_path}/guichet.db"
    assert (
        doors.address(Settings(var=tmp_path, database_url="postgresql://x/y")) == "postgresql://x/y"
    )
