"""The central registry in our words: a port, and one adapter per kind of registry.

`connect` chooses the adapter.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from registry_client.configuration import Configured, configured, keepers
from registry_client.connecting import registry
from registry_client.port import Registry
from registry_client.routing import routed
from settings import Settings

Guard = Callable[[str, Registry], Registry]
"""Puts something in front of the registry of a name."""


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid4().hex


def _bare(_name: str, registry: Registry) -> Registry:
    """Nothing in front of it."""
    return registry


def connect(
    settings: Settings,
    guard: Guard = _bare,
    *,
    now: Callable[[], datetime] = _now,
    new_id: Callable[[], str] = _new_id,
) -> Registry:
    """The registry the settings name, or all that their file names as one. `guard` stands in front
    of each.

    Calls nothing; raises ConfigurationError, a line for each fault.
    """
    there = configured(settings, os.environ)
    each = {
        one.registry.name: guard(one.registry.name, registry(one, now=now, new_id=new_id))
        for one in there
    }
    if len(each) == 1 and not there[0].registry.keeps:
        (only,) = each.values()
        return only
    kept = keepers([one.registry for one in there])
    return routed({what: each[name] for what, name in kept.items()})


def connected(one: Configured) -> Registry:
    """One registry of the settings. Calls nothing; raises ConfigurationError."""
    return registry(one, now=_now, new_id=_new_id)


def named(settings: Settings) -> tuple[Configured, ...]:
    """The registries the settings name, if any. Raises ConfigurationError."""
    return configured(settings, os.environ) if settings.has_registry else ()


def id_types(settings: Settings) -> dict[str, str]:
    """What each registry calls a national ID, by its name. Raises ConfigurationError."""
    return {one.registry.name: one.registry.id_types.national_id for one in named(settings)}


def purpose(settings: Settings) -> str:
    """Which registries are asked and what for, in a word each; empty where none is named.

    Raises ConfigurationError.
    """
    each = (one.registry for one in named(settings))
    return " ".join(f"{one.name}/{one.purpose.code}" for one in each)
