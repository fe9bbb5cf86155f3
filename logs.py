"""Structured logs: one JSON line an event, numbers masked whatever was handed in.

Set up by the composition roots.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

LONG_NUMBER = re.compile(r"\+?\d(?:[ .-]?\d){6,}")
"""Phone numbers, national IDs and references: only the last two digits are ever logged."""
UNMASKED = frozenset({"timestamp", "trace", "level", "event"})
"""Made by us: digests and times."""


def masked(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The event with every long number cut to its last two digits, in texts and tracebacks as
    well.
    """
    for name, value in event.items():
        if isinstance(value, str) and name not in UNMASKED:
            event[name] = LONG_NUMBER.sub(_last_two, value)
    return event


def _last_two(number: re.Match[str]) -> str:
    return "..." + "".join(filter(str.isdigit, number[0]))[-2:]


class _StandardError:
    """Wherever standard error is when a line is written: it may be replaced after we are set up."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(level: str) -> None:
    """JSON lines on standard error, from this level on. Called once a process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _StandardError())),
        cache_logger_on_first_use=True,
    )
