"""What was measured, for people and for machines: ratios first, for they move least from machine to machine."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.figures import Line, ratio
from benchmarks.held import ASKING, Held
from benchmarks.promises import Line as Promises
from benchmarks.texts import Line as Texts

OURS, FLASK, BARE = "Guichet, the whole press", "a bare Flask route", "a bare WSGI callable"
TIMES_FLASK = 1.5
SLOWEST = 0.005
SHARE, CARRIED, SOON = 0.6, 2000, 0.1
HEADS = ("x bare", "press/s", "p50 ms", "p99 ms", "CPU us", "client")
"""Marks: so many times a bare Flask route on the same server, and p99 in seconds at sixteen connections; of the rate
of a loop that promises nothing, promises a second, and p95 in seconds to the registry when idle."""


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the bench."""

    python: str
    cores: int
    load_before: float
    """Load average of the last minute, before and after: what else the machine had to do."""
    load_after: float
    seconds: float
    rounds: int
    lines: tuple[Line, ...]
    held: tuple[Held, ...]
    promises: tuple[Promises, ...] = ()
    texts: tuple[Texts, ...] = ()

    @property
    def wrong(self) -> int:
        """Answers that were not what they must be: with any, nothing here is worth reading."""
        every = (self.lines, self.held, self.promises, self.texts)
        return sum(sum(one.wrong for one in kind) for kind in every)


def shown(report: Report) -> Iterator[str]:
    """Lines to print."""
    yield (
        f"{report.cores} cores, Python {report.python}, load average {report.load_before:.1f} before and "
        f"{report.load_after:.1f} after: whatever else runs here moves the absolute figures; compare the ratios."
    )
    yield f"Key presses: 16 connections, one web process, {report.rounds} interleaved rounds of {report.seconds:g} s."
    yield ""
    yield f"{'':26}{'threads':>8}{'x Flask':>9}" + "".join(f"{head:>8}" for head in HEADS)
    yield from (_row(report, line) for line in report.lines)
    yield ""
    yield "CPU us: processor time of the server a press. client: share of one core the load generator took;"
    yield "near 100 % it is the load generator that was measured. All answers were checked."
    yield ""
    yield from _marks(report)
    yield ""
    yield f"{ASKING} look-ups at a registry too slow for their 2 s, and meanwhile somebody else presses keys:"
    yield from (_waited(one) for one in report.held)
    if report.promises:
        yield ""
        yield from _carried(report.promises)
    if report.texts:
        yield ""
        yield from _sent(report.texts)
    if report.wrong:
        yield f"\nWRONG: {report.wrong} answers were not what they must be"


def as_json(report: Report) -> dict[str, Any]:
    """The same for machines; what is not a number is null."""
    lines = [
        {
            **asdict(one),
            "times_flask": ratio(report.lines, one, FLASK),
            "times_bare": ratio(report.lines, one, BARE),
        }
        for one in report.lines
    ]
    whole = {**asdict(report), "lines": lines, "wrong": report.wrong}
    return {name: _plain(value) for name, value in whole.items()}


def _plain(value: Any) -> Any:
    match value:
        case float():
            return round(value, 7) if math.isfinite(value) else None
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case _:
            return value


def _row(report: Report, line: Line) -> str:
    flask, bare = ratio(report.lines, line, FLASK), ratio(report.lines, line, BARE)
    return (
        f"{line.name:26}{line.threads:8}{flask:9.2f}{bare:8.2f}{line.rate:8,.0f}{line.p50 * 1e3:8.2f}"
        f"{line.p99 * 1e3:8.2f}{line.cost * 1e6:8.0f}{line.client:8.0%}"
    )


def _marks(report: Report) -> Iterator[str]:
    for line in report.lines:
        if line.name == OURS:
            times = ratio(report.lines, line, FLASK)
            yield _mark(
                f"{TIMES_FLASK:g} x a bare Flask route",
                line.threads,
                f"{times:.2f} x",
                times >= TIMES_FLASK,
            )
            yield _mark(
                f"p99 under {SLOWEST * 1e3:g} ms",
                line.threads,
                f"{line.p99 * 1e3:.1f} ms",
                line.p99 < SLOWEST,
            )
    yield "mark  2 x the fastest peer: not measured here, no peer runs in this bench"


def _mark(what: str, threads: int, got: str, reached: bool) -> str:
    word = "reached" if reached else "MISSED"
    return f"mark  {what}, {threads} thread{'s' if threads > 1 else ''}: {got}, {word}"


def _waited(held: Held) -> str:
    return (
        f"{held.threads:6} thread{'s' if held.threads > 1 else ' '}  longest {held.longest * 1e3:7,.0f} ms   "
        f"p50 {held.p50 * 1e3:5.1f} ms of {held.presses} presses; the last look-up took {held.slowest_lookup:.1f} s"
    )


def _carried(lines: tuple[Promises, ...]) -> Iterator[str]:
    yield "Promises carried to a registry on loopback by one worker, and the same calls in a loop that keeps nothing:"
    heads = (
        "x plain",
        "x loop",
        "lane/s",
        "plain/s",
        "loop/s",
        "CPU us",
        "loop us",
        "p50 ms",
        "p95 ms",
    )
    yield f"{'':12}" + "".join(f"{head:>9}" for head in heads)
    for one in lines:
        yield (
            f"{one.database:12}{one.to_plain:9.2f}{one.to_loop:9.2f}{one.lane:9,.0f}{one.plain:9,.0f}{one.loop:9,.0f}"
            f"{one.cost_of_lane * 1e6:9.0f}{one.cost_of_loop * 1e6:9.0f}"
            f"{one.idle_p50 * 1e3:9.1f}{one.idle_p95 * 1e3:9.1f}"
        )
    yield "plain: requests in a loop. loop: our client in a loop. p50, p95: from the commit to the call, when idle."
    yield ""
    for one in lines:
        for what, got, reached in (
            (f"{SHARE} x a plain loop", f"{one.to_plain:.2f} x", one.to_plain >= SHARE),
            (f"{CARRIED:,} a second", f"{one.lane:,.0f}", one.lane >= CARRIED),
            (f"p95 under {SOON * 1e3:g} ms", f"{one.idle_p95 * 1e3:.1f} ms", one.idle_p95 < SOON),
        ):
            yield f"mark  {one.database}, {what}: {got}, {'reached' if reached else 'MISSED'}"


def _sent(lines: tuple[Texts, ...]) -> Iterator[str]:
    yield "SMS sent to a carrier on loopback by one worker, and by the bare client in a loop that keeps nothing:"
    heads = ("x client", "lane/s", "client/s", "x client", "lane/s", "client/s")
    yield f"{'':12}{'each its own text':>27}{'one text to all':>27}"
    yield f"{'':12}" + "".join(f"{head:>9}" for head in heads)
    for one in lines:
        yield (
            f"{one.database:12}{one.to_client:9.2f}{one.lane:9,.0f}{one.client:9,.0f}"
            f"{one.to_client_alike:9.2f}{one.lane_alike:9,.0f}{one.client_alike:9,.0f}"
        )
