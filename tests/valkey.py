"""A real Valkey for tests: one a worker of the test run, emptied before each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commands import valkey


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The URL of a server of our own while the block runs.

    Raises Trouble when there is none to start.
    """
    server, url = valkey.embedded(folder, os.environ, folder / "log")
    server.start()
    try:
        server.until(lambda: valkey.answers(url), 10)
        yield url
    finally:
        server.stop()
