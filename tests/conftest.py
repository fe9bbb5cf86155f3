"""Servers the tests run against: a real Valkey, SQLite files and a real PostgreSQL.

No test shares what it writes.
"""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import redis
import structlog
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from commands import postgres
from tests import leaks, stacks, valkey

TEMPLATE = "migrated"


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """Promises that no test hears another one's settings of the logs."""
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    yield
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Promises the URL of a Valkey of this worker's own. Tests take `valkey_url` instead."""
    with valkey.serving(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    """Promises the URL of an empty, real Valkey that no other test uses meanwhile."""
    with redis.Redis.from_url(valkey_server) as connection:
        connection.flushall()
    return valkey_server


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """Promises a PostgreSQL of this worker's own.

    Tests take `postgres_url` or `database_url` instead.
    """
    with postgres.serving() as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: postgres.Cluster) -> Iterator[Callable[[], str]]:
    """Promises a function that makes an empty PostgreSQL database and returns its URL, as often as
    it is called.
    """
    numbers = count(1)
    made: list[str] = []

    def create() -> str:
        made.append(f"empty{next(numbers)}")
        return postgres_cluster.create(made[-1])

    yield create
    for database in made:
        postgres_cluster.drop(database)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Promises an SQLite file with the newest schema and no rows, to be copied, never opened."""
    from store import migrations

    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_cluster: postgres.Cluster) -> str:
    """Promises the name of a PostgreSQL database with the newest schema and no rows, to be
    copied.
    """
    from store import migrations

    migrations.upgrade(postgres_cluster.create(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """Promises the URL of an SQLite file of this test's own, migrated and empty."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'guichet.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Promises the URL of a database of this test's own, migrated and empty; each test runs on both
    kinds.
    """
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    yield cluster.create("test", request.getfixturevalue("migrated_postgres"))
    cluster.drop("test")


class Neighbours(LoadScopeScheduling):  # type: ignore[misc]  # xdist says no types here
    """Hands tests out one by one, but all that share a house to one worker: starting a house twice
    is dear.
    """

    def _split_scope(self, nodeid: str) -> str:
        if "/test_faults_" not in nodeid:
            return nodeid
        return "the house on PostgreSQL" if "[postgresql" in nodeid else "the house on SQLite"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Neighbours:
    """Of pytest-xdist: who runs what. (Its own `loadgroup` does not see groups under pytest
    9.2.)
    """
    return Neighbours(config, log)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def standing_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[stacks.House]:
    """Promises all processes of the house, on each kind of database. Tests take `house` instead."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_cluster").create("house")
    with stacks.housed(tmp_path_factory.mktemp("house"), url) as house:
        yield house
        house.recover()
        assert leaks.leaks(house) == [], "after all tests in this house"


@pytest.fixture
def house(standing_house: stacks.House) -> stacks.House:
    """Promises the house, with every process up and no fault anywhere; other tests used it
    before.
    """
    standing_house.recover()
    return standing_house
