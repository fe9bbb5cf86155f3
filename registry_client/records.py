"""A person's record of a DCI search, however a registry shapes it: identifiers, household, phones.

Names and all else in it are left there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry_client.envelope import Json, objects, word
from registry_client.port import Person, Unavailable

IDENTIFIERS = ("identifier", "member_identifier")
MOST_PHONES = 10
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


def of(item: Json) -> list[Json]:
    """The records of one search result. Nobody found is success with none.

    Raises Unavailable where there is no place for records: that is no answer.
    """
    data, pages = item.get("data"), item.get("pagination")
    if isinstance(data, dict):
        return objects(data.get("reg_records"))
    if isinstance(pages, dict) and pages.get("total_count") == 0:
        return []
    raise Unavailable("the answer has no records")


def carries(record: Json, national_id: str) -> bool:
    """Whether this record is hers: some registries match parts of an ID, and another person's
    record is no answer.
    """
    return any(_bare(value) == _bare(national_id) for _, value in _identifiers(record))


def person(record: Json, national_id: str) -> Person:
    """What may be known of her: the handle of the household and the phones, where there are any."""
    return Person(national_id, _household(record), phones(record))


def national_id(record: Json, id_type: str) -> str:
    """The national ID of a record, letters and digits alone; empty where it has none of this
    type.
    """
    found = (value for kind, value in _identifiers(record) if kind.casefold() == id_type.casefold())
    return next((_bare(value).upper() for value in found), "")


def phones(record: Json) -> tuple[str, ...]:
    """The phones on record in E.164, each once; a number without its country is left out."""
    found: dict[str, None] = {}
    for holder in _holders(record):
        given = _named(holder, "phone_number")
        for one in given if isinstance(given, list) else [given]:
            number = _international(word(one))
            if _E164.fullmatch(number):
                found[number] = None
    return tuple(found)[:MOST_PHONES]


def _household(record: Json) -> str:
    """The registry's handle of the household, where the record has one."""
    groups = [
        word(item.get("identifier_value")) for item in objects(_named(record, "group_identifier"))
    ]
    groups += [value for kind, value in _identifiers(record) if "HOUSEHOLD" in kind.upper()]
    return next(filter(None, groups), "")


def _holders(record: Json) -> tuple[Json, ...]:
    """The record, and the person a member's record holds."""
    person = _named(record, "demographic_info")
    return (record, person) if isinstance(person, dict) else (record,)


def _identifiers(record: Json) -> Iterator[tuple[str, str]]:
    """(type, value) pairs of a person or member record, one or many of them."""
    for holder in _holders(record):
        for name in IDENTIFIERS:
            for item in objects(_named(holder, name)):
                yield word(_named(item, "identifier_type")), word(_named(item, "identifier_value"))


def _named(record: Json, name: str) -> object:
    """A field by its name, whatever JSON-LD prefix stands before it (`spdci:identifier`,
    `:identifier`).
    """
    return next((value for key, value in record.items() if key.rpartition(":")[2] == name), None)


def _international(number: str) -> str:
    """Without what people write between digits; `00` is the other way to write `+`."""
    bare = re.sub(r"[\s().-]", "", number)
    return f"+{bare[2:]}" if bare.startswith("00") else bare


def _bare(identifier: str) -> str:
    return "".join(sign for sign in identifier if sign.isalnum()).casefold()
