"""The composition root of a worker: one process, one lane, until SIGTERM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event

from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

import logs
from registry_client.timed import timed
from settings import Settings
from store.lanes import queue
from store.tallies import Tallies
from workers import wiring
from workers.context import Context
from workers.jobs import WORLD

WORKER_TTL = 30
"""Seconds an idle worker waits before it says again that it lives; short, so that what a dead one
left is found.
"""
MAINTENANCE = 15
MONITORING = 5


class LaneWorker(SimpleWorker):
    """RQ's worker without a fork a job: a drain is short, and keeps its connections.

    SIGTERM lets the drain finish what it claimed and claim no more.
    """

    stopping: Event

    def handle_warm_shutdown_request(self) -> None:
        """Told to stop."""
        self.stopping.set()
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]  # RQ says no types here


def main(
    settings: Settings,
    lane: str,
    world: Callable[[Settings, Callable[[], bool]], Context] = wiring.world,
) -> None:
    """Work in this lane until SIGTERM, in a world made of the settings.

    Raises BadKeys, and ValueError for a setting that is missing.
    """
    logs.configure(settings.log_level)
    stopping = Event()
    context = world(settings, stopping.is_set)
    tallies, over = Tallies(context.redis), Event()
    context = replace(context, registry=timed(context.registry, tallies.asked))
    counting = tallies.start(over)
    WORLD.set(context)
    worker = lane_worker(Redis.from_url(settings.redis_url), lane, stopping)
    try:
        worker.work(logging_level="WARNING")
    finally:
        context.pool.shutdown()
        over.set()
        counting.join()
        context.database.close()


def lane_worker(redis: Redis, lane: str, stopping: Event) -> LaneWorker:
    """A worker of one queue: one of several would lose the job it was popping when it died."""
    worker = LaneWorker(
        [queue(redis, lane)],
        connection=redis,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE,
        job_monitoring_interval=MONITORING,
        log_job_description=False,
    )
    worker.stopping = stopping
    return worker
