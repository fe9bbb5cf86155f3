"""Structured logs: one JSON line an event, numbers masked whatever was handed in, exceptions without
what they say.

Set up by the composition roots.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from traceback import walk_tb
from typing import Any, TextIO, cast

import structlog
from structlog.typing import ExcInfo

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


def frames(exc_info: ExcInfo) -> str:
    """An exception by its class and the places it passed, then what it came from: what any of them
    says is left out, for it may be about a person.
    """
    chain: list[BaseException] = []
    error: BaseException | None = exc_info[1]
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nfrom ".join("\n  ".join(_passed(error)) for error in chain)


def _passed(error: BaseException) -> Iterator[str]:
    """The name of its class, then file, line and function of each frame, the outermost first."""
    yield type(error).__name__
    for frame, line in walk_tb(error.__traceback__):
        yield f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}"


def _last_two(number: re.Match[str]) -> str:
    return "..." + "".join(filter(str.isdigit, number[0]))[-2:]


class _StandardError:
    """Wherever standard error is when a line is written: it may be replaced after we are set up. A line
    that cannot be written is lost: on a full disk people are answered all the same.
    """

    def write(self, text: str) -> int:
        with suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


def configure(level: str) -> None:
    """JSON lines on standard error, from this level on. Called once a process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(frames),
            masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _StandardError())),
        cache_logger_on_first_use=True,
    )
