"""The central registry in our words: a port, and one adapter per kind of registry.

`connect` chooses the adapter.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from registry_client.dci import DciRegistry, Ways
from registry_client.envelope import Parties
from registry_client.port import Registry
from registry_client.post import Post
from settings import Settings


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid4().hex


def connect(
    settings: Settings, *, now: Callable[[], datetime] = _now, new_id: Callable[[], str] = _new_id
) -> Registry:
    """The registry the settings name.

    Calls nothing; raises ValueError, naming the setting, without an address.
    """
    if not settings.registry_url:
        raise ValueError("GUICHET_REGISTRY_URL is empty: the address of the central registry")
    match settings.registry:
        case "dci":
            post = Post(settings.registry_url, settings.registry_token.get_secret_value())
            profile = settings.registry_profile_path.rstrip("/")
            ways = Ways(
                settings.registry_search_path,
                profile,
                settings.registry_id_type,
                settings.registry_phone_type,
            )
            parties = Parties(settings.registry_sender_id, settings.registry_receiver_id)
            return DciRegistry(post, ways, parties, now, new_id)
