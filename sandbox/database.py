"""The one SQLite file of the sandbox, shared by its threads.

What the tables mean is said where they are used.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

Value = str | int | float | None
Row = sqlite3.Row


SHAPE = 3
"""Counted up when a table changes: a file of another shape is emptied, for nothing in it is worth
keeping.
"""


class Database:
    """One connection behind one lock: a sandbox has a few callers, and the order of writes is then
    plain.
    """

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute(
            "PRAGMA synchronous=OFF"
        )  # outlives a kill; need not outlive a power cut
        self._empty_another_shape()
        self._connection.execute("PRAGMA foreign_keys=ON")

    def _empty_another_shape(self) -> None:
        [found] = self._connection.execute("PRAGMA user_version").fetchone()
        if found == SHAPE:
            return
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        for (name,) in self._connection.execute(tables).fetchall():
            self._connection.execute(f'DROP TABLE "{name}"')
        self._connection.execute(f"PRAGMA user_version={SHAPE}")

    def define(self, schema: str) -> None:
        """Create what is not there yet."""
        with self._lock:
            self._connection.executescript(schema)

    @contextmanager
    def together(self) -> Iterator[None]:
        """All or nothing, and nobody in between."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, sql: str, *values: Value) -> list[Row]:
        """Every row of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Value) -> Row | None:
        """The first row of a query, or None."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def write(self, sql: str, *values: Value) -> int:
        """Run one statement; the number of rows it changed."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    def write_many(self, sql: str, batch: Sequence[Sequence[Value]]) -> None:
        """Run one statement for each set of values."""
        with self._lock:
            self._connection.executemany(sql, batch)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
