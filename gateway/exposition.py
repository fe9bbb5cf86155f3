"""Figures as Prometheus reads them: the text format, version 0.0.4
(prometheus.io/docs/instrumenting/exposition_formats). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sample:
    """One line. `suffix` is `_bucket`, `_sum` or `_count` of a histogram."""

    labels: Mapping[str, str]
    value: float
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """All lines of one name."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    says: str
    samples: tuple[Sample, ...]


def written(families: Iterable[Family]) -> str:
    """The page; a family without a line is left out."""
    return "".join(f"{line}\n" for one in families if one.samples for line in _lines(one))


def histogram(
    labels: Mapping[str, str], buckets: Mapping[float, int], total: float
) -> list[Sample]:
    """The lines of one histogram: `buckets` holds how many fell under each bound and not under a
    lesser one, every bound there and infinity too; `total` is their sum.
    """
    below, lines = 0, []
    for bound in sorted(buckets):
        below += buckets[bound]
        lines.append(Sample({**labels, "le": _number(bound)}, below, "_bucket"))
    return [*lines, Sample(labels, total, "_sum"), Sample(labels, below, "_count")]


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {_escaped(family.says)}"
    yield f"# TYPE {family.name} {family.kind}"
    for sample in family.samples:
        labels = ",".join(
            f'{name}="{_escaped(value, quote=True)}"' for name, value in sample.labels.items()
        )
        shown = f"{{{labels}}}" if labels else ""
        yield f"{family.name}{sample.suffix}{shown} {_number(sample.value)}"


def _escaped(text: str, *, quote: bool = False) -> str:
    """A text in which nothing ends its line, or its label."""
    plain = text.replace("\\", "\\\\").replace("\n", "\\n")
    return plain.replace('"', '\\"') if quote else plain


def _number(value: float) -> str:
    if value == float("inf"):
        return "+Inf"
    return str(int(value)) if value == int(value) else repr(float(value))
