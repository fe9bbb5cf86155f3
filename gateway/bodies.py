"""The body of a delivery, read strictly as its provider's kind of body: everything else is refused
in one line that repeats nothing of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from gateway.hook import Body

LARGEST = 8 * 1024
"""Bytes of a delivery; carriers' own are under two thousand."""
MOST_FIELDS = 100


class Refused(Exception):
    """A delivery no carrier of ours sends; `status` is the HTTP answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def fields(raw: bytes, content_type: str, body: Body) -> Mapping[str, str]:
    """The fields of a body as text, each there once. Raises Refused."""
    if len(raw) > LARGEST:
        raise Refused(413, "the delivery is larger than 8 KB")
    if content_type.split(";")[0].strip().lower() != body:
        raise Refused(415, f"the delivery must be {body}")
    match body:
        case Body.FORM:
            return _form(raw)
        case Body.JSON:
            return _object(raw)


def _form(raw: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Refused(400, "the form cannot be read") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise Refused(400, "a field of the form stands there twice")
    return form


def _object(raw: bytes) -> Mapping[str, str]:
    """A flat object of strings, numbers, booleans and nulls. Numbers stay as they were written."""
    try:
        read = json.loads(
            raw.decode(),
            object_pairs_hook=_once,
            parse_int=str,
            parse_float=str,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        raise Refused(400, "the JSON cannot be read") from error
    if not isinstance(read, dict) or len(read) > MOST_FIELDS:
        raise Refused(400, "the JSON must be an object of at most 100 fields")
    return {_text(name): _text(value) for name, value in read.items() if value is not None}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused(400, "a field of the JSON stands there twice")
    return found


def _no_number(name: str) -> str:
    """NaN and Infinity are Python's, not JSON's (RFC 8259 paragraph 6)."""
    raise ValueError(name)


def _text(value: object) -> str:
    """A value as text: half of a surrogate pair is no text, and would break what stores it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() if value.isascii() or _whole(value):
            return value
        case str():
            raise Refused(400, "the JSON cannot be read")
        case _:
            raise Refused(400, "a field of the JSON is neither text, number, true, false nor null")


def _whole(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
