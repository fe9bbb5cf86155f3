"""One database, SQLite or PostgreSQL, behind two doors: `write` (a transaction) and `read`.

No table, no query.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, DateTime, Dialect, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql as postgresql_words
from sqlalchemy.dialects import sqlite as sqlite_words
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from settings import Settings

WAIT = 3
"""Seconds waited for a connection, a lock, or SQLite's one writer: below every carrier's deadline.
"""
STATEMENT = 5
"""Seconds one statement may take on PostgreSQL."""
READERS = 8


class StoreDown(Exception):
    """The database did not take it: unreachable, locked for too long, full.

    Nothing of the transaction was stored.
    """


class Moment(TypeDecorator[datetime]):
    """A point in time: aware and UTC in Python, whatever the database keeps.

    A naive datetime is refused.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """Into the database, as UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the same
        """Out of the database: SQLite forgets the zone, PostgreSQL may answer in another one."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Database:
    """A connected database. Threads share it; processes do not."""

    writer: Engine
    reader: Engine

    @classmethod
    def connect(cls, url: str) -> Database:
        """Engines for this address; nothing is opened before the first use."""
        if make_url(plain(url)).get_backend_name() == "sqlite":
            return cls(sqlite(url), sqlite(url, query_only=True))
        engine = postgresql(url)
        return cls(engine, engine.execution_options(postgresql_readonly=True))

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction, committed at the end of the block and undone by any error.

        Raises StoreDown.
        """
        with _named(), self.writer.begin() as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One view of the data, which cannot be changed through it. Raises StoreDown."""
        with _named(), self.reader.begin() as conn:
            yield conn

    def close(self) -> None:
        """Close every connection; on SQLite this folds the log back into the file."""
        self.reader.dispose()
        self.writer.dispose()


def insert(conn: Connection, table: Table) -> sqlite_words.Insert:
    """An INSERT that may say ON CONFLICT, in the database's own words: conflicts are never caught
    as errors.
    """
    if conn.dialect.name == "sqlite":
        return sqlite_words.insert(table)
    return postgresql_words.insert(table)  # type: ignore[return-value]  # spells the methods we use alike


def address(settings: Settings) -> str:
    """Where the data live: DATABASE_URL, or a file of our own."""
    return settings.database_url or f"sqlite:///{(settings.var / 'guichet.db').absolute()}"


def plain(url: str) -> str:
    """Platforms still say `postgres://`, which SQLAlchemy does not know."""
    return (
        "postgresql://" + url.removeprefix("postgres://") if url.startswith("postgres://") else url
    )


def sqlite(url: str, *, query_only: bool = False, foreign_keys: bool = True) -> Engine:
    """An engine for one file: one writer that locks as it begins, or readers that cannot write.

    Beginning with the lock is what keeps two processes that read, then write, from failing each
    other.
    """
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=READERS if query_only else 1,
        max_overflow=0,
        pool_timeout=WAIT,
    )
    pragmas = [f"busy_timeout={WAIT * 1000}", f"foreign_keys={'ON' if foreign_keys else 'OFF'}"]
    pragmas += ["query_only=ON"] if query_only else ["journal_mode=WAL", "synchronous=FULL"]

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        """Take transactions out of the driver's hands, then set what each connection must be
        told.
        """
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        """Begin for real."""
        conn.exec_driver_sql("BEGIN" if query_only else "BEGIN IMMEDIATE")

    return engine


def postgresql(url: str, *, statement: int = STATEMENT) -> Engine:
    """A small pool; every wait has an end.

    `statement` is in seconds, 0 waits for ever (migrations).
    """
    lock = WAIT * 1000 if statement else 0
    options = f"-c timezone=UTC -c statement_timeout={statement * 1000} -c lock_timeout={lock}"
    return create_engine(
        plain(url),
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=WAIT,
        connect_args={"connect_timeout": WAIT, "application_name": "guichet", "options": options},
    )


@contextmanager
def _named() -> Iterator[None]:
    """Give the database's troubles one name."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise StoreDown(type(error.__cause__ or error).__name__) from error
