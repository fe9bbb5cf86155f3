"""A disk that is slow or full, under either database, without being root: what our processes then meet
is made, not the disk.
"""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

PATIENCE = 5.0
"""Seconds to wait for whoever writes."""
TRIES = 3
WRITTEN = "citizens, requests, history, messages, outbox"
"""Tables of what is promised."""
FILLED = """
CREATE OR REPLACE FUNCTION storm_full() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE disk_full USING MESSAGE = 'no space left'; END$$
"""
FULL = "CREATE OR REPLACE TRIGGER storm_full BEFORE INSERT OR UPDATE ON {} EXECUTE FUNCTION storm_full()"

Heal = Callable[[], None]
"""Ends it. Raises OSError or psycopg.Error where that cannot be done now."""


@dataclass(frozen=True, slots=True)
class Sqlite:
    """The file, and the process groups that write to it."""

    file: Path
    groups: Callable[[], Iterable[int]]

    def lock(self) -> Heal:
        """Nobody else writes: as when the one writer waits for its disk."""
        writer = sqlite3.connect(self.file, timeout=PATIENCE, isolation_level=None)
        with suppress(sqlite3.OperationalError):  # somebody else held it all the time: it is slow
            writer.execute("BEGIN IMMEDIATE")
        return writer.close

    def fill(self) -> Heal:
        """No file grows, nor is any byte of it written: the kernel refuses, as on a full disk."""
        limited = [pid for group in self.groups() for pid in members(group)]
        _limit(limited, 0)
        return lambda: _limit(limited, resource.RLIM_INFINITY)


@dataclass(frozen=True, slots=True)
class Postgresql:
    """A database by its address. `patience`: seconds to wait for whoever writes."""

    url: str
    patience: float = PATIENCE

    def lock(self) -> Heal:
        """Whoever writes waits: as when the server waits for its disk."""
        holder = psycopg.connect(self._address())
        self._insisted(holder, [f"LOCK TABLE {WRITTEN} IN EXCLUSIVE MODE"])
        return holder.close

    def fill(self) -> Heal:
        """What is written is refused with the code of a full disk."""
        with psycopg.connect(self._address()) as owner:
            self._insisted(owner, [FILLED, *map(FULL.format, WRITTEN.split(", "))])
        return self._emptied

    def _emptied(self) -> None:
        with psycopg.connect(self._address()) as owner:
            owner.execute(self._waiting())
            owner.execute("DROP FUNCTION IF EXISTS storm_full CASCADE")

    def _insisted(self, holder: psycopg.Connection[Any], statements: Sequence[str]) -> None:
        """Run these in one transaction, which stays open; anew where those who write stood in the
        way, and not at all where they always do.
        """
        for _ in range(TRIES):
            try:
                holder.execute(self._waiting())
                for statement in statements:
                    holder.execute(statement)
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                holder.rollback()
            else:
                return

    def _waiting(self) -> str:
        """No wait without an end: whoever holds the lock may be another gust, ended by this thread."""
        return f"SET LOCAL lock_timeout = {self.patience * 1000:.0f}"

    def _address(self) -> str:
        return make_url(self.url).set(drivername="postgresql").render_as_string()


Disk = Sqlite | Postgresql


def members(group: int) -> list[int]:
    """The processes of a group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            after = stat.read_text().rpartition(")")[2].split()
            if int(after[2]) == group:
                found.append(int(stat.parent.name))
    return found


def _limit(processes: Iterable[int], size: int) -> None:
    """How large a file they may write: the soft limit, which anybody may raise again."""
    for pid in processes:
        with suppress(ProcessLookupError):
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))
