"""Lua scripts over one Redis connection a thread: on a key press the locking of a pool costs more
than the trip itself.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.connection import AbstractConnection
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import NoScriptError
from redis.exceptions import TimeoutError as Late

Word = str | bytes | int


@dataclass(frozen=True, slots=True)
class Script:
    """Lua, and the name Redis knows it by: the SHA-1 of the source."""

    source: str
    sha: str

    @classmethod
    def of(cls, source: str) -> Script:
        """A script from its source."""
        return cls(source, hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest())


class Scripts:
    """Runs scripts.

    Threads share it; each has a connection of its own, opened when it is first needed.
    """

    def __init__(self, redis: Redis) -> None:
        self._pool = redis.connection_pool
        self._mine = threading.local()

    def run(self, script: Script, keys: Sequence[str], args: Sequence[Word]) -> Any:
        """What the script returns. Raises RedisError.

        It is run once more when an open connection turns out to be dead: a script handed in here
        must bear that.
        """
        try:
            return self._call("EVALSHA", script.sha, len(keys), *keys, *args)
        except NoScriptError:
            return self._call("EVAL", script.source, len(keys), *keys, *args)

    def _call(self, *words: Word) -> Any:
        connection, live = self._own()
        try:
            return _asked(connection, words)
        except Disconnected:
            if not live:
                raise
            return _asked(connection, words)

    def _own(self) -> tuple[AbstractConnection, bool]:
        """The connection of this thread, and whether it was open before.

        It is made beside the pool, which counts what it makes and never forgets: threads go, and
        their connections with them.
        """
        mine: AbstractConnection | None = getattr(self._mine, "connection", None)
        if mine is None:
            mine = self._pool.connection_class(**self._pool.connection_kwargs)
            self._mine.connection = mine
        return mine, mine.is_connected


def _asked(connection: AbstractConnection, words: Sequence[Word]) -> Any:
    """One command; a connection that is closed is opened first, and one that fails is closed."""
    try:
        connection.send_packed_command([packed(words)])  # type: ignore[no-untyped-call]  # redis-py says no types
        return connection.read_response()
    except (Disconnected, Late):
        connection.disconnect()  # type: ignore[no-untyped-call]  # nor here
        raise


def packed(words: Sequence[Word]) -> bytes:
    """A command as Redis reads it (RESP: an array of bulk strings), in half the time redis-py takes for it."""
    coded = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"".join(
        [b"*%d\r\n" % len(coded), *[b"$%d\r\n%b\r\n" % (len(one), one) for one in coded]]
    )
