"""`python -m storm.skewed SECONDS LANE`: a worker whose clock is so far ahead, or behind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from settings import Settings
from store.clock import now
from workers import wiring
from workers.context import Context
from workers.main import main


def skewed(settings: Settings, stopping: Callable[[], bool]) -> Context:
    """The world as that clock sees it."""
    ahead = timedelta(seconds=float(sys.argv[1]))
    return replace(wiring.world(settings, stopping), clock=lambda: now() + ahead)


if __name__ == "__main__":
    main(Settings(), sys.argv[2], skewed)
