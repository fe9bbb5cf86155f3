"""What a storm did and what came of it, to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles

from storm.audit import Finding
from storm.books import Books
from storm.citizen import Diary
from storm.ground import Blow
from storm.weather import Storm
from storm.wire import Answer


@dataclass(frozen=True, slots=True)
class Report:
    """One storm. `settled`: seconds until nothing was owed any more."""

    storm: Storm
    diary: Diary
    books: Books
    answers: Sequence[Answer]
    blows: Sequence[Blow]
    findings: Sequence[Finding]
    seconds: float
    settled: float


def shown(report: Report) -> Iterator[str]:
    """The lines."""
    books, diary = report.books, report.diary
    yield f"A storm of {report.seconds:.0f} s on {report.storm.database}, seed {report.storm.seed}"
    yield ""
    states = Counter(one.state for one in books.sent)
    doubts = Counter(one.reason for one in books.sent if one.state == "uncertain")
    kinds = Counter(one.kind for one in books.stored)
    yield from _rows(
        ("calls and conversations", diary.sessions),
        ("people who got what they wanted", diary.ended),
        ("deliveries", len(report.answers)),
        ("references told", len(diary.told)),
        ("  of these asked after, and known", diary.followed),
        ("requests stored", f"{len(books.stored)} ({_counted(kinds)})"),
        ("records in the registry", len(books.held)),
        ("SMS", f"{len(books.sent)} ({_counted(states)})"),
        ("  uncertain, why", _counted(doubts) or "none"),
        ("phones rang", books.rung.total()),
        ("answers, p50 / p95 / p99", _times(report.answers)),
        ("settled after", f"{report.settled:.1f} s"),
    )
    yield ""
    yield "what happened                       everything ran again after"
    for blow in report.blows:
        again = f"{blow.recovered - blow.at:.1f} s" if blow.recovered else "not before the end"
        yield f"  {blow.gust!s:34}{again}"
    yield ""
    counts = Counter(one.code for one in report.findings)
    for code in sorted(counts):
        yield f"{code}: {counts[code]}"
        yield from (f"    {one.detail}" for one in report.findings if one.code == code)
    yield f"{len(report.findings)} findings"


def _rows(*rows: tuple[str, object]) -> Iterator[str]:
    return (f"{name:34}{value}" for name, value in rows)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def _times(answers: Sequence[Answer]) -> str:
    """Of USSD answers, in milliseconds."""
    took = sorted(one.seconds for one in answers if one.kind == "ussd" and one.status == 200)
    if len(took) < 2:
        return "none"
    parts = quantiles(took, n=100, method="inclusive")
    return " / ".join(f"{1000 * parts[place - 1]:.0f}" for place in (50, 95, 99)) + " ms"
