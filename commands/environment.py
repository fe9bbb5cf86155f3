"""Settings as the environment of another process: what `Settings()` there must read to be equal to
ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from settings import Settings

PREFIX = "GUICHET_"


def variable(field: str) -> str:
    """The environment variable of a field of Settings."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else PREFIX + field.upper()


def variables() -> frozenset[str]:
    """Every variable Settings reads."""
    return frozenset(variable(field) for field in Settings.model_fields)


def of(settings: Settings, inherited: Mapping[str, str]) -> dict[str, str]:
    """The inherited environment without its own settings, and ours, secrets in the clear.

    Give it to processes only.
    """
    ours = {variable(field): text(getattr(settings, field)) for field in Settings.model_fields}
    return {name: value for name, value in inherited.items() if name not in ours} | ours


def text(value: object) -> str:
    """One setting as the environment words it."""
    match value:
        case SecretStr():
            return value.get_secret_value()
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(map(str, value))
        case Path():
            return str(value.resolve())
        case _:
            return str(value)
