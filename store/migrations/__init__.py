"""The shape of the database through time: brought up to date, or found old.

Alembic without a settings file.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import OperationalError

from store.database import StoreDown, plain, postgresql, sqlite

LOCK = 0x67756963
"""PostgreSQL's advisory lock: two releases that start at once migrate one after the other."""


class SchemaOld(Exception):
    """The database is not of this version's shape; the message is one line for whoever runs the
    service.
    """


def upgrade(url: str) -> None:
    """Bring the database to `head()`, all or nothing. Raises StoreDown."""
    engine = _engine(url)
    try:
        with engine.begin() as conn:
            if conn.dialect.name == "postgresql":
                conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            command.upgrade(config(conn), "head")
    except OperationalError as error:
        raise StoreDown(type(error.__cause__ or error).__name__) from error
    finally:
        engine.dispose()


def head() -> str:
    """The newest revision this version knows."""
    (newest,) = ScriptDirectory.from_config(config()).get_heads()
    return newest


def knows(revision: str) -> bool:
    """Whether this version can bring a database of that revision to `head()`."""
    return revision in {
        one.revision for one in ScriptDirectory.from_config(config()).walk_revisions()
    }


def current(url: str) -> str | None:
    """The revision the database is at; None when it is empty. Raises StoreDown."""
    engine = _engine(url)
    try:
        with engine.connect() as conn:
            return MigrationContext.configure(conn).get_current_revision()
    except OperationalError as error:
        raise StoreDown(type(error.__cause__ or error).__name__) from error
    finally:
        engine.dispose()


def require_current(url: str) -> None:
    """Raises SchemaOld unless the database is at `head()`, and StoreDown when it does not
    answer.
    """
    found, wanted = current(url), head()
    if found != wanted:
        raise SchemaOld(
            f"the database is at revision {found or 'none'}, this version needs {wanted}: run ./guichet migrate"
        )


def config(connection: Connection | None = None) -> Config:
    """What alembic.ini would say; the connection is handed to env.py."""
    built = Config(attributes={"connection": connection})
    built.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    built.set_main_option("path_separator", "os")
    return built


def _engine(url: str) -> Engine:
    """An engine that may take its time, and on SQLite lets tables be rebuilt under their foreign
    keys.
    """
    if make_url(plain(url)).get_backend_name() == "sqlite":
        return sqlite(url, foreign_keys=False)
    return postgresql(url, statement=0)
