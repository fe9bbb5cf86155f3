"""The sandbox's own OpenAPI description, and what of a message does not fit it.

A fault names a place and a rule, never a value: a value may be about somebody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from sandbox.envelope import is_moment

FILE = Path(__file__).parent.parent / "openapi" / "registry.json"
_FORMATS = FormatChecker(formats=())
_FORMATS.checks("date-time")(lambda value: not isinstance(value, str) or is_moment(value))
_FORMATS.checks("uri")(lambda value: not isinstance(value, str) or is_address(value))


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """What is wrong where: `path` leads there from the message, `rule` is the keyword broken."""

    path: tuple[str, ...]
    rule: str

    def __str__(self) -> str:
        """For whoever sent it."""
        return f"{'.'.join(self.path) or 'The message'} does not fit: {self.rule}."


def is_address(value: str) -> bool:
    """Whether it is an absolute http or https address."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    plain = not any(letter.isspace() or ord(letter) > 126 for letter in value)
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0


@cache
def description() -> dict[str, Any]:
    """The whole description, as `/openapi.json` gives it."""
    read: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return read


@cache
def _validator(name: str) -> Draft202012Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": description()["components"]}
    return Draft202012Validator(schema, format_checker=_FORMATS)


def faults(name: str, value: object) -> list[Fault]:
    """Everything in `value` that does not fit the schema of this name, by place."""
    return sorted(_fault(error) for error in _validator(name).iter_errors(value))


def _fault(error: ValidationError) -> Fault:
    path = tuple(str(step) for step in error.absolute_path)
    needed, instance = error.validator_value, error.instance
    if error.validator == "required" and isinstance(needed, list) and isinstance(instance, dict):
        path += tuple(str(name) for name in needed if name not in instance)[:1]
    return Fault(path, str(error.validator))
