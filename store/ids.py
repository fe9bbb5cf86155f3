"""Row ids, minted before the insert: UUIDs in the order of time (RFC 9562, 5.7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

Random = Callable[[int], bytes]
"""As many random bytes as asked for: `secrets.token_bytes`."""


def uuid7(now: datetime, random: Random) -> UUID:
    """A version 7 UUID: milliseconds since 1970, then 74 random bits. `now` knows its time zone."""
    drawn = int.from_bytes(random(10), "big")
    milliseconds = int(now.timestamp() * 1000)
    high, low = drawn >> 68, drawn & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def first_id(since: datetime) -> UUID:
    """The least id that `uuid7` mints at this moment or later, to read a time by its rows' ids."""
    return UUID(int=int(since.timestamp() * 1000) << 80)
