"""Which identity documents a country has, and what their numbers look like: documents.toml, read
once at the start.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("documents.toml")
LONGEST = 40
"""Characters of a number; longer ones are not looked at."""
FIELDS = frozenset({"stands_for", "stdnum", "pattern", "length", "verified"})


class BadDocument(Exception):
    """documents.toml cannot be meant like this; the message names the document and the field."""


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of identity document. Its numbers are told by a module of python-stdnum or a pattern."""

    key: str
    """Country and short name: `PK.cnic`."""
    stands_for: str
    """Its name in English, for documents and officers."""
    fits: Callable[[str], bool]
    """Whether a number is one of it. Takes capitals and digits; never raises."""
    verified: bool


def documents(country: str, text: str | None = None) -> tuple[Document, ...]:
    """The documents of a country, in the order they are tried; none where nobody told us.

    From documents.toml, or a text written like it. Raises BadDocument.
    """
    listed = _tables(text).get(country, {})
    return tuple(_document(f"{country}.{name}", said) for name, said in listed.items())


def countries(text: str | None = None) -> tuple[str, ...]:
    """The countries whose documents are described. Raises BadDocument."""
    return tuple(_tables(text))


def _tables(text: str | None) -> Mapping[str, Any]:
    try:
        return tomllib.loads(FILE.read_text("utf-8") if text is None else text)
    except tomllib.TOMLDecodeError as error:
        raise BadDocument(f"documents.toml: {error}") from error


def _document(key: str, said: Mapping[str, Any]) -> Document:
    """One document. Raises BadDocument."""
    if wrong := sorted(set(said) - FIELDS):
        raise BadDocument(f"{key}: unknown: {', '.join(wrong)}")
    name, verified = said.get("stands_for"), said.get("verified")
    if not isinstance(name, str) or not isinstance(verified, bool):
        raise BadDocument(f"{key}: stands_for is a text, verified is true or false")
    if ("stdnum" in said) == ("pattern" in said):
        raise BadDocument(f"{key}: stdnum or pattern, and not both")
    known = _stdnum(key, said["stdnum"]) if "stdnum" in said else _pattern(key, said["pattern"])
    least, most = _length(key, said.get("length", [1, LONGEST]))
    return Document(
        key, name, lambda number: least <= len(number) <= most and known(number), verified
    )


def _stdnum(key: str, module: object) -> Callable[[str], bool]:
    try:
        is_valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    except (ModuleNotFoundError, AttributeError) as error:
        raise BadDocument(f"{key}: python-stdnum has no {module}") from error
    return lambda number: bool(is_valid(number))


def _pattern(key: str, pattern: object) -> Callable[[str], bool]:
    try:
        shape = re.compile(str(pattern))
    except re.error as error:
        raise BadDocument(f"{key}: pattern: {error}") from error
    return lambda number: shape.fullmatch(number) is not None


def _length(key: str, length: object) -> tuple[int, int]:
    match length:
        case [int(least), int(most)] if 0 < least <= most <= LONGEST:
            return least, most
    raise BadDocument(f"{key}: length is the fewest and the most characters, at most {LONGEST}")
