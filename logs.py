"""Structured logs: one JSON line an event, numbers masked whatever was handed in, exceptions without
what they say.

Set up by the composition roots.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from traceback import walk_tb
from types import TracebackType
from typing import Any, TextIO, cast

import structlog
from structlog.typing import ExcInfo

LONG_NUMBER = re.compile(r"\+?\d(?:[ .-]?\d){6,}")
"""Phone numbers, national IDs and references: only the last two digits are ever logged."""
UNMASKED = frozenset({"timestamp", "trace", "level", "event", "day"})
"""Made by us: digests and times."""

log = structlog.get_logger()


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


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ends the process, in the place of Python's own words of it; Ctrl-C is no error."""
    if not issubclass(kind, KeyboardInterrupt):
        log.error("process.failed", error=kind.__name__, exc_info=(kind, error, trace))


def _uncaught_by(failed: threading.ExceptHookArgs) -> None:
    """What ends a thread; one that was told to leave has not failed."""
    kind, error, trace, thread = failed
    if error is not None and not issubclass(kind, SystemExit):
        name = thread.name if thread else ""
        log.error("thread.failed", thread=name, error=kind.__name__, exc_info=(kind, error, trace))


def _ignored(failed: sys.UnraisableHookArgs) -> None:
    """What went wrong where nothing can be raised, as when an object is taken away."""
    kind, error, trace = failed.exc_type, failed.exc_value, failed.exc_traceback
    if error is not None:
        log.error("cleanup.failed", error=kind.__name__, exc_info=(kind, error, trace))


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
    """JSON lines on standard error, from this level on, also for what nobody caught. Called once a
    process.
    """
    sys.excepthook, sys.unraisablehook, threading.excepthook = _uncaught, _ignored, _uncaught_by
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
