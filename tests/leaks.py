"""Searches everything a house wrote or said for what it must not.

Says where something was found, never what.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from sandbox.people import KNOWN
from store.tables import metadata
from tests.stacks import House


def leaks(house: House) -> list[str]:
    """Where a seeded score stands in anything legible, or something personal in anything kept or
    logged.
    """
    scores = {score.encode() for score in house.control("scores").values() if score is not None}
    assert len(scores) > 1000
    kept = list(written(house))
    assert len(kept) > 20
    said = [("a screen or SMS", text.encode()) for text in house.seen]
    secret = [*personal(house)]
    found = [where for where, value in kept for one in secret if one in value]
    return found + [
        f"a score in {where}" for where, value in (*kept, *said) if numbers(value) & scores
    ]


def numbers(value: bytes) -> set[bytes]:
    """Every number with five decimals in it: what a score looks like."""
    return set(re.findall(rb"(?<![\d.])\d{1,2}\.\d{5}(?!\d)", value))


def personal(house: House) -> Iterator[bytes]:
    """The phones, IDs and words of everybody who called, as they may be written."""
    for known in KNOWN:
        number = known.national_id
        yield from (number.encode(), f"{number[:5]}-{number[5:12]}-{number[12:]}".encode())
    for caller in house.callers:
        yield from (
            caller.phone[1:].encode(),
            f"0{caller.phone[3:]}".encode(),
            caller.words.encode(),
        )


def written(house: House) -> Iterator[tuple[str, bytes]]:
    """Every value of every table, every file of ours, and every key and value of Valkey."""
    for table in metadata.sorted_tables:
        for row in house.ask(select(table)):
            yield from (
                (f"{table.name}.{name}", _plain(value)) for name, value in row._mapping.items()
            )
    for file in house.stack.settings.var.rglob("*"):
        if file.is_file() and "sandbox" not in file.relative_to(house.stack.settings.var).parts:
            yield str(file.name), file.read_bytes()
    for key in house.redis.scan_iter(count=1000):
        yield "the name of a key", key
        yield from ((f"the value of {key!r}", legible(part)) for part in _parts(house, key))


def legible(value: bytes) -> bytes:
    """A value, unpacked where RQ has packed it."""
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value


def _parts(house: House, key: bytes) -> Iterator[bytes]:
    """Everything below one key."""
    redis: Any = house.redis
    match redis.type(key):
        case b"string":
            yield redis.get(key) or b""
        case b"hash":
            yield from (part for pair in redis.hgetall(key).items() for part in pair)
        case b"set":
            yield from redis.smembers(key)
        case b"zset":
            yield from redis.zrange(key, 0, -1)
        case b"list":
            yield from redis.lrange(key, 0, -1)
        case b"stream":
            yield from (
                part for _, entry in redis.xrange(key) for pair in entry.items() for part in pair
            )


def _plain(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
