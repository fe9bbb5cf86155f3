"""The one job of RQ: a wake-up that names a lane.

The world it works in was made before, by `workers.main`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar

import structlog

from store.database import StoreDown
from store.lanes import EVENTS, HOUSEKEEPING, REGISTRY, SMS
from workers import events_lane, housekeeping_lane, messages_lane, registry_lane
from workers.context import Context
from workers.drain import Carry, Room, whole
from workers.drain import drain as drain_lane

WORLD: ContextVar[Context] = ContextVar("world")
"""What this process works with."""
CARRIES: Mapping[str, Carry] = {
    REGISTRY: registry_lane.carry,
    EVENTS: events_lane.carry,
    HOUSEKEEPING: housekeeping_lane.carry,
    **dict.fromkeys(SMS, messages_lane.carry),
}
ROOMS: Mapping[str, Room] = {REGISTRY: registry_lane.room}
"""Lanes that may be closed for a while."""

log = structlog.get_logger()


class LaneFailed(Exception):
    """A drain met a bug, and the log has it: RQ, which is told only this, prints all it is told."""


def drain(lane: str) -> None:
    """Carry what is due in this lane.

    Without the database nothing is: the relay wakes the lane again. Raises LaneFailed.
    """
    try:
        claimed = drain_lane(WORLD.get(), lane, CARRIES[lane], ROOMS.get(lane, whole))
    except StoreDown as down:
        log.warning("lane.store_down", lane=lane, error=str(down))
        return
    # Broad, as a hook is: what an exception says may be about a person.
    except Exception as bug:
        log.exception("lane.failed", lane=lane, error=type(bug).__name__)
        raise LaneFailed(lane) from None
    if claimed:
        log.info("lane.drained", lane=lane, rows=claimed)
