"""The audit of a day: our own rows, then the registry, asked about some of them by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from time import monotonic
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from registry_client.port import NotSupported, Progress, Registry, RegistryError
from store import reconcile, requests
from store.database import Database
from store.reconcile import Asked, Code, Day, Difference, named
from store.requests import Request
from store.seals import Seals

MOST = 200
"""Requests of a day the registry is asked about unless told otherwise."""
SECONDS = 60.0
"""After this nothing more is asked."""
AWAY = 3
"""Calls in a row without an answer after which the registry is left alone."""

Word = Literal["known", "unknown", "unsupported", "unavailable"]
WORDS: tuple[Word, ...] = ("known", "unknown", "unsupported", "unavailable")
"""What the registry may say of a request. A refusal of the question is no answer either."""


def audited(
    database: Database,
    seals: Seals,
    registry: Registry | None,
    day: date,
    zone: ZoneInfo,
    now: datetime,
    *,
    timeout: float,
    most: int = MOST,
    clock: Callable[[], float] = monotonic,
) -> Day:
    """What was found of this day. Changes nothing. `timeout` is in seconds, a call.

    No row is held while the registry is asked. Raises StoreDown.
    """
    with database.read() as conn:
        found = reconcile.look(conn, day, zone, now)
        ids = reconcile.to_ask(conn, day, zone)
        chosen = spread(ids, most if registry is not None else 0)
        opened = requests.load(conn, seals, chosen)
    if registry is None:
        return replace(found, registry=Asked(not_asked=len(ids)))
    said, more = _asked(registry, opened, timeout, clock)
    left = len(ids) - (said.known + said.unknown + said.unsupported + said.unavailable)
    return replace(
        found,
        registry=replace(said, not_asked=left),
        differences={**found.differences, **more},
    )


def spread(ids: Sequence[UUID], most: int) -> list[UUID]:
    """So many of them, from the whole day."""
    if most <= 0:
        return []
    return list(ids) if len(ids) <= most else [ids[i * len(ids) // most] for i in range(most)]


def _asked(
    registry: Registry, opened: Sequence[Request], timeout: float, clock: Callable[[], float]
) -> tuple[Asked, dict[Code, Difference]]:
    """What it says, and what that makes of our rows."""
    begun, silent = clock(), 0
    said: dict[Word, list[Request]] = {word: [] for word in WORDS}
    for one in opened:
        if silent >= AWAY or clock() - begun > SECONDS:
            break
        word = _standing(registry, one, timeout)
        silent = silent + 1 if word == "unavailable" else 0
        said[word].append(one)
    more: Mapping[Code, list[Request]] = {
        "unknown_there": [one for one in said["unknown"] if one.state == "accepted"],
        "known_there": [one for one in said["known"] if one.state != "accepted"],
        "registry_away": said["unavailable"],
    }
    differences = {
        code: Difference(len(found), named([one.id for one in found]))
        for code, found in more.items()
        if found
    }
    return Asked(**{word: len(found) for word, found in said.items()}), differences


def _standing(registry: Registry, one: Request, timeout: float) -> Word:
    """Whether the registry holds it."""
    match one.kind:
        case "application":
            status = registry.application_status
        case "complaint":
            status = registry.complaint_status
        case _:
            status = registry.case_status
    try:
        told = status(one.reference, timeout=timeout, trace=one.conversation.hex())
    except NotSupported:
        return "unsupported"
    except RegistryError:
        return "unavailable"
    return "unknown" if told.progress is Progress.UNKNOWN else "known"
