"""The migrations make exactly the tables the code speaks of, on both databases, and an old schema
is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from store import migrations
from store.database import Database, StoreDown
from store.tables import metadata


def test_the_migrations_make_the_tables_the_code_speaks_of(database_url: str) -> None:
    """Nothing is left for Alembic to add, drop or change."""
    database = Database.connect(database_url)
    with database.write() as conn:
        context = MigrationContext.configure(
            conn, opts={"compare_type": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []
    database.close()


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    """A release may run its migrations on every start."""
    migrations.upgrade(database_url)
    migrations.require_current(database_url)
    assert migrations.current(database_url) == migrations.head()


def test_the_way_back_leaves_nothing(database_url: str) -> None:
    """Every migration can be undone."""
    database = Database.connect(database_url)
    with database.write() as conn:
        command.downgrade(migrations.config(conn), "base")
        assert compare_metadata(MigrationContext.configure(conn), metadata) != []
    database.close()
    assert migrations.current(database_url) is None


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_empty_database_is_refused_in_one_line(
    kind: str, tmp_path: Path, postgres_url: Callable[[], str]
) -> None:
    """Whoever starts the service reads what to do."""
    url = f"sqlite:///{tmp_path / 'new.db'}" if kind == "sqlite" else postgres_url()
    with pytest.raises(
        migrations.SchemaOld, match=r"^the database is at revision none, .* \./guichet migrate$"
    ):
        migrations.require_current(url)


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////nowhere/at/all/guichet.db"]
)
def test_a_database_that_is_not_there_is_down(url: str) -> None:
    """The trouble has one name, whatever the database."""
    with pytest.raises(StoreDown):
        migrations.upgrade(url)
    with pytest.raises(StoreDown), Database.connect(url).write():
        raise AssertionError("nothing to write to")
