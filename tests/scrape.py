"""A reader of Prometheus' text format 0.0.4 that forgives nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
LINE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\+Inf|-?\d+(?:\.\d+)?(?:e-?\d+)?)")
HELP = re.compile(rf"# HELP ({NAME}) ((?:[^\\\n]|\\[\\n])+)")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge|histogram)")
ENDS = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}

Labels = frozenset[tuple[str, str]]


@dataclass(slots=True)
class Page:
    """The kind of each family, and each sample by its whole name and labels."""

    kinds: dict[str, str] = field(default_factory=dict)
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)

    def value(self, name: str, **labels: str) -> float:
        """One sample. Raises KeyError."""
        return self.samples[name, frozenset(labels.items())]

    def total(self, name: str, **labels: str) -> float:
        """All samples of a name that have these labels."""
        wanted = labels.items()
        return sum(
            value for (one, has), value in self.samples.items() if one == name and wanted <= has
        )


def parsed(text: str) -> Page:
    """The page.

    Each family says its help, then its type, then its lines, and comes once; counters end in
    `_total`; a histogram's buckets rise to `+Inf`, which is its count.
    """
    assert text.endswith("\n")
    page, lines = Page(), iter(text.removesuffix("\n").split("\n"))
    family, kind = "", ""
    for line in lines:
        if head := HELP.fullmatch(line):
            told = TYPE.fullmatch(next(lines))
            assert told is not None and told[1] == head[1], line
            family, kind = told[1], told[2]
            assert family not in page.kinds, f"{family} comes twice"
            assert family.endswith("_total") == (kind == "counter"), family
            page.kinds[family] = kind
            continue
        found = LINE.fullmatch(line)
        assert found is not None, f"not a line of the format: {line!r}"
        name, labels, value = found.groups()
        assert name in {family + end for end in ENDS[kind]}, f"{name} stands under {family}"
        pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")
        key = name, frozenset(pairs)
        assert len(dict(pairs)) == len(pairs) and key not in page.samples, line
        page.samples[key] = float(value)
    _whole(page)
    return page


def _whole(page: Page) -> None:
    for name, kind in page.kinds.items():
        if kind != "histogram":
            continue
        series: dict[Labels, list[tuple[float, float]]] = {}
        for (one, labels), value in page.samples.items():
            if one == f"{name}_bucket":
                rest = frozenset(pair for pair in labels if pair[0] != "le")
                series.setdefault(rest, []).append((float(dict(labels)["le"]), value))
        assert series, f"{name} has no bucket"
        for rest, buckets in series.items():
            assert buckets == sorted(buckets), f"{name}: buckets out of order"
            counts = [count for _, count in buckets]
            assert counts == sorted(counts), f"{name}: buckets are not cumulative"
            assert buckets[-1][0] == float("inf"), f"{name}: no +Inf"
            assert page.samples[f"{name}_count", rest] == counts[-1]
            assert page.samples[f"{name}_sum", rest] >= 0
