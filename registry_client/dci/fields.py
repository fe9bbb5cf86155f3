"""Fields of a record as registries spell and shape them.

Nothing here raises: what cannot be read is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from registry_client import facts
from registry_client.envelope import CODE, Json, word

DEEPEST = 8
"""Objects in objects that are looked through; a person of a member of a group is five."""
MOST_NAMES = 20
"""Names of unknown fields that are told at once."""
_ENROLMENT = re.compile(r"enroll?e?ment")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_MONEY = re.compile(
    r"(?P<before>[A-Za-z]{3})?\s*(?P<sum>\d{1,12}(?:\.\d{1,4})?|\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,4})?)"
    r"\s*(?P<after>[A-Za-z]{3})?",
    re.ASCII,
)


@lru_cache(maxsize=2048)
def plain(name: str) -> str:
    """The name of a field without what varies: a JSON-LD prefix, case, underscores and the two
    spellings of enrolment and programme.
    """
    bare = name.rpartition(":")[2].casefold().replace("_", "").replace("-", "")
    return _ENROLMENT.sub("enrolment", bare).replace("programme", "program")


def field(record: object, *names: str) -> object:
    """The first of these fields that says something, in the order of the names; None for none.

    Names are written as the standard writes them.
    """
    if not isinstance(record, dict):
        return None
    said = {plain(key): value for key, value in record.items() if _says(value)}
    value = next((said[one] for one in map(plain, names) if one in said), None)
    return value.get("@value") if isinstance(value, dict) and "@value" in value else value


def _says(value: object) -> bool:
    return value is not None and value not in ("", [], {})


def text(record: object, *names: str) -> str:
    """A field that is a string or a whole number, as a string; empty for anything else."""
    return word(field(record, *names))


def objects(record: object, *names: str) -> list[Json]:
    """The objects of a field that is one or a list of them."""
    return [one for one in many(record, *names) if isinstance(one, dict)]


def many(record: object, *names: str) -> list[object]:
    """The values of a field that is one or a list of them; none for none."""
    value = field(record, *names)
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def day(record: object, *names: str) -> date | None:
    """A day, written `2026-01-05`, with or without a time, or `05.01.2026`."""
    said = text(record, *names)
    if (dotted := _DOTTED.fullmatch(said)) is None:
        return facts.day(said)
    of_month, month, year = map(int, dotted.groups())
    try:
        return date(year, month, of_month)
    except ValueError:
        return None


def money(said: object) -> tuple[str, str]:
    """`EUR 85`, `85 EUR`, `1,250.50` or a number: the amount with two decimals, and the currency in
    capitals or empty. Both empty where it is neither.
    """
    found = _MONEY.fullmatch(word(said) if not isinstance(said, float) else str(said))
    if found is None or (found["before"] and found["after"]):
        return "", ""
    amount = facts.amount(found["sum"].replace(",", ""))
    return (amount, (found["before"] or found["after"] or "").upper()) if amount else ("", "")


def whole(record: object, *names: str) -> int | None:
    """A count: a whole number of at most nine digits, or its digits; None for anything else."""
    value = field(record, *names)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    said = word(value)
    return int(said) if re.fullmatch(r"[0-9]{1,9}", said, re.ASCII) else None


def unknown(record: object, known: frozenset[str]) -> tuple[str, ...]:
    """The names of fields that are not among `known` (as `plain` writes them), sorted, at most
    twenty. A name that may itself name a person is left out, and so are values.
    """
    found = {
        name
        for name in _names(record, DEEPEST)
        if plain(name) not in known and CODE.fullmatch(name)
    }
    return tuple(sorted(found)[:MOST_NAMES])


def _names(value: object, depth: int) -> Iterator[str]:
    if not depth:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            if not name.startswith("@"):
                yield name
                yield from _names(inner, depth - 1)
    elif isinstance(value, list):
        for one in value:
            yield from _names(one, depth - 1)
