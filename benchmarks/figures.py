"""The arithmetic of a measurement: percentiles, the median of rounds, ratios. Nothing here reads a clock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Round:
    """What one run of the load saw. Latencies in seconds; CPU in seconds of processor time."""

    presses: int
    wrong: int
    """Answers that did not begin as they must, or did not come."""
    seconds: float
    p50: float
    p99: float
    client_cpu: float
    server_cpu: float = math.nan
    """Of all the server's processes; not a number where the system does not tell."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: medians over the rounds of one thing measured."""

    name: str
    threads: int
    rate: float
    """Presses a second."""
    p50: float
    p99: float
    cost: float
    """Seconds of the server's processors a press."""
    client: float
    """Share of one processor the load generator took: near 1, it and not the server was measured."""
    wrong: int


def percentile(ordered: Sequence[float], share: float) -> float:
    """The least value that `share` of the values do not exceed (nearest rank).

    `ordered` is sorted; of nothing it is infinite: the answer never came.
    """
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.inf


def line(name: str, threads: int, rounds: Sequence[Round]) -> Line:
    """The median of each figure over the rounds, figure by figure; wrong answers are added up, never averaged away."""
    return Line(
        name,
        threads,
        rate=median(one.presses / one.seconds for one in rounds),
        p50=median(one.p50 for one in rounds),
        p99=median(one.p99 for one in rounds),
        cost=median(one.server_cpu / max(1, one.presses) for one in rounds),
        client=median(one.client_cpu / one.seconds for one in rounds),
        wrong=sum(one.wrong for one in rounds),
    )


def ratio(lines: Sequence[Line], one: Line, to: str) -> float:
    """How many times as fast as the line `to` on as many threads; not a number when that was not measured."""
    others = [other for other in lines if (other.name, other.threads) == (to, one.threads)]
    return one.rate / others[0].rate if others and others[0].rate else math.nan
