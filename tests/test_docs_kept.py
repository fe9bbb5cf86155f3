"""docs/privacy.md and the log table of docs/operations.md, held against the tables, a real Redis
and the sources.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import redis as redis_client
from sqlalchemy import LargeBinary

from registry_client.port import Proof
from store.tables import metadata
from tests.documents import ROOT, parts, read
from tests.line import HER_ID, PHONE, opened
from tests.stored import NOW
from workers import channels

# What is kept


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_every_column_is_told_of_in_its_order(table: str) -> None:
    """docs/privacy.md lists each table's columns as store/tables.py has them, and how each is
    kept.
    """
    section = next(
        body
        for head, body in parts(read("docs/privacy.md"), "###").items()
        if head.split(":")[0] == table
    )
    rows = re.findall(
        r"^\| `(\w+)` \| .+ \| (sealed|digest|clear) \|$", section, flags=re.MULTILINE
    )
    assert [name for name, _ in rows] == [column.name for column in metadata.tables[table].columns]
    binary = {
        column.name
        for column in metadata.tables[table].columns
        if isinstance(column.type, LargeBinary)
    }
    assert {name for name, how in rows if how != "clear"} == binary - {"lease"}


def redis_keys() -> list[re.Pattern[str]]:
    """The keys docs/privacy.md tells of, as patterns: `<...>` is one part."""
    section = parts(read("docs/privacy.md"), "##")["Redis"]
    cells = re.findall(r"^\| (`.+?`) \|", section, flags=re.MULTILINE)
    keys = [key for cell in cells for key in re.findall(r"`(.+?)`", cell)]
    return [re.compile(re.sub(r"<\w+>", r"[\\w-]+", key.replace("*", ".*"))) for key in keys]


def test_every_redis_key_is_told_of(valkey_url: str, sqlite_url: str, tmp_path: Path) -> None:
    """After look-ups, wrong references, a wrong proof and a promise, each key has its row and each row of ours
    its key.
    """
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        line.begin()
        line.presses("2", "1", HER_ID)
        line.dial()
        line.press("2")
        for number in (HER_ID, "1730100000022"):
            line.presses("1", number)
            line.dial()
        for reference in ("0000000000", "0000000013"):
            line.presses("4", reference)
            line.dial()
        line.dial()
        line.presses("3", "3", "They sent me away", "1")
        line.registry.proof, line.registry.phones = Proof.TWO_FACTS, ()
        line.dial()
        line.presses("1", HER_ID, "9", "2")
        line.post("sms", {"id": "sms-1", "from": PHONE, "to": "21234", "text": HER_ID})
        line.registry.down = True
        line.dial()
        line.presses("5", HER_ID)
        line.dial()
        line.presses("3", "3")
        line.hooks.tallies.flush()
        channels.admit(line.hooks.redis, "africastalking", 1, 1.0, NOW)
        found = {key.decode() for key in line.hooks.redis.scan_iter()}
    told = redis_keys()
    assert [key for key in found if not any(pattern.fullmatch(key) for pattern in told)] == []
    assert [pattern.pattern for pattern in told if not any(map(pattern.fullmatch, found))] == []


def held(connection: redis_client.Redis, key: bytes) -> str:
    """A key and what stands at it, of whatever type."""
    match connection.type(key):
        case b"string":
            value: object = connection.get(key)
        case b"hash":
            value = connection.hgetall(key)
        case b"set":
            value = connection.smembers(key)
        case b"list":
            value = connection.lrange(key, 0, -1)
        case b"zset":
            value = connection.zrange(key, 0, -1)
        case other:
            raise TypeError(other)
    return f"{key!r} {value!r}"


def test_no_redis_value_holds_what_was_typed(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Sealed or digests, as docs/privacy.md says: neither number, ID nor words are found in keys or
    values.
    """
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        line.begin()
        line.presses("3", "3", "They sent me away")
        line.dial()
        line.presses("1", HER_ID)
        for text in (f"check {HER_ID}", "complan"):
            line.post("sms", {"id": text, "from": PHONE, "to": "21234", "text": text})
    with redis_client.Redis.from_url(valkey_url) as connection:
        whole = "".join(held(connection, key) for key in connection.scan_iter())
    assert len(whole) > 200
    for secret in (PHONE, HER_ID, "They sent me away"):
        assert secret not in whole


# Logs


def logged() -> set[str]:
    """Every event the gateway and the workers log, and what nobody caught."""
    sources = "\n".join(
        path.read_text("utf-8")
        for floor in ("gateway/**/*.py", "workers/**/*.py", "logs.py")
        for path in ROOT.glob(floor)
    )
    events = set(
        re.findall(r"log\.(?:debug|info|warning|error|exception)\(\s*\"([a-z_.]+)\"", sources)
    )
    return (
        events
        | set(re.findall(r'"(turn)" if new\.more else', sources))
        | set(re.findall(r'else "(conversation\.ended)"', sources))
    )


def test_every_event_is_told_of_and_every_one_told_of_is_logged() -> None:
    """docs/operations.md's table of events is the code's."""
    rows = re.findall(
        r"^\| `([a-z_.]+)` \| (?:debug|info|warning|error) \|",
        read("docs/operations.md"),
        re.MULTILINE,
    )
    assert sorted(rows) == sorted(logged())
