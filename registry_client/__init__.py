"""The central registry in our words: a port, and one adapter per kind of registry.

`connect` chooses the adapter.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from registry_client.configuration import configured
from registry_client.connecting import registry
from registry_client.port import Registry
from settings import Settings


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid4().hex


def connect(
    settings: Settings, *, now: Callable[[], datetime] = _now, new_id: Callable[[], str] = _new_id
) -> Registry:
    """The registry the settings name; the first, where their file has several.

    Calls nothing; raises ConfigurationError, a line for each fault.
    """
    return registry(configured(settings, os.environ)[0], now=now, new_id=new_id)


def purpose(settings: Settings) -> str:
    """Which registry is asked and what for, in a word; empty where none is named.

    Raises ConfigurationError.
    """
    if not settings.has_registry:
        return ""
    one = configured(settings, os.environ)[0].registry
    return f"{one.name}/{one.purpose.code}"
