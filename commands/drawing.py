"""A dialog drawn without a library: boxes in columns from left to right, a line from each option to
the screen it leads to. What leads back, or to another dialog, is named in its row instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dialogs.engine.book import Book
from dialogs.engine.maps import ways
from dialogs.engine.screens import Dialog, Go, Lookup, Screen, Submit

LETTER, LINE, PAD, GAP, APART = 7.7, 18, 8, 48, 14
"""Pixels: of a letter, of a line, inside a box, between columns, between boxes."""

Step = tuple[str, int, str]
"""A way drawn as a line: from a screen, which of its rows, to a screen."""
Node = str | Step
"""What has a place in a column: a screen, or a line that passes by."""


@dataclass(frozen=True, slots=True)
class Row:
    """An option or outcome; `beyond` is the address it leads to where no line is drawn."""

    label: str
    beyond: str
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A screen on the map."""

    address: str
    kind: str
    title: str
    x: float
    y: float
    width: float
    height: float
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map: its size, boxes, and lines as SVG paths."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[str, ...]


def draw(book: Book, dialog: Dialog) -> Drawing:
    """The map of a dialog. Every screen has a box and every way on a row."""
    steps = _ahead(dialog)
    columns = _columns(dialog, steps)
    rows = {name: _rows(book, dialog, name, steps) for name in dialog.screens}
    titles = {name: _title(name, screen) for name, screen in dialog.screens.items()}
    widths = {name: PAD * 2 + LETTER * _letters(titles[name], rows[name]) for name in rows}
    heights = {name: LINE * (1 + len(rows[name])) + PAD for name in rows}

    tall = max(sum(heights.get(str(n), 0) + APART for n in column) for column in columns)
    boxes: dict[str, Box] = {}
    passing: dict[Step, list[tuple[float, float]]] = {step: [] for step in steps}
    x = 2.0
    for column in columns:
        wide = max((widths[n] for n in column if isinstance(n, str)), default=0)
        y = (tall - sum(heights.get(str(n), 0) + APART for n in column)) / 2 + APART / 2
        for node in column:
            if isinstance(node, str):
                placed = tuple(
                    Row(label, beyond, y + LINE * (number + 1) + PAD / 2 + LINE / 2)
                    for number, (label, beyond) in enumerate(rows[node])
                )
                address = f"{dialog.name}.{node}"
                kind = type(dialog.screens[node]).__name__.lower()
                boxes[node] = Box(address, kind, titles[node], x, y, wide, heights[node], placed)
            else:
                passing[node] += [(x, y), (x + wide, y)]
            y += heights.get(str(node), 0) + APART
        x += wide + GAP
    lines = tuple(_line(boxes, step, passing[step]) for step in steps)
    return Drawing(x - GAP + 2, tall, tuple(boxes.values()), lines)


def _ahead(dialog: Dialog) -> list[Step]:
    """The ways inside a dialog that do not lead back to where one has been."""
    found: list[Step] = []
    done: set[str] = set()

    def visit(name: str, behind: frozenset[str]) -> None:
        done.add(name)
        for number, (_, to) in enumerate(ways(dialog.screens[name])):
            if not isinstance(to, Go) and to not in behind | {name}:
                found.append((name, number, to))
                if to not in done:
                    visit(to, behind | {name})

    for name in dialog.screens:
        if name not in done:
            visit(name, frozenset())
    return found


def _columns(dialog: Dialog, steps: Sequence[Step]) -> list[list[Node]]:
    """Screens by how many steps lead there at most; a line that spans columns has a place in each
    between. Ordered so that neighbours are near.
    """
    rank = dict.fromkeys(dialog.screens, 0)
    for _ in rank:
        for here, _row, there in steps:
            rank[there] = max(rank[there], rank[here] + 1)
    columns: list[list[Node]] = [[] for _ in range(max(rank.values()) + 1)]
    for name, column in rank.items():
        columns[column].append(name)
    for step in steps:
        for column in range(rank[step[0]] + 1, rank[step[2]]):
            columns[column].append(step)
    for before, after in pairwise(columns):
        place = {node: float(number) for number, node in enumerate(before)}
        wanted = {node: _mean(_before(node, steps, place)) for node in after}
        after.sort(key=wanted.__getitem__)
    return columns


def _before(node: Node, steps: Sequence[Step], place: Mapping[Node, float]) -> Iterator[float]:
    """How far down, in the column before, what leads to this node stands."""
    for step in steps if isinstance(node, str) else (node,):
        if step[2] == node or step is node:
            if step in place:
                yield place[step]
            elif step[0] in place:
                yield place[step[0]] + step[1] / 20


def _mean(numbers: Iterator[float]) -> float:
    found = list(numbers)
    return sum(found) / len(found) if found else 0.0


def _rows(book: Book, dialog: Dialog, name: str, steps: Sequence[Step]) -> list[tuple[str, str]]:
    """The ways on of a screen, each with the address it leads to where no line is drawn."""
    here = f"{dialog.name}.{name}"
    drawn = {(one, row) for one, row, _ in steps}
    return [
        (label, "" if (name, number) in drawn else book.address(to, here))
        for number, (label, to) in enumerate(ways(dialog.screens[name]))
    ]


def _title(name: str, screen: Screen) -> str:
    match screen:
        case Lookup():
            return f"{name}: {screen.query.__name__}"
        case Submit():
            return f"{name}: {screen.action.__name__}"
        case _:
            return name


def _letters(title: str, rows: Sequence[tuple[str, str]]) -> int:
    return max(len(title), *(len(f"{label} > {beyond}") for label, beyond in rows), 8)


def _line(boxes: Mapping[str, Box], step: Step, passing: Sequence[tuple[float, float]]) -> str:
    """An SVG path from a row to the title of the screen it leads to."""
    here, row, there = boxes[step[0]], step[1], boxes[step[2]]
    points = [
        (here.x + here.width, here.rows[row].y),
        *passing,
        (there.x - 4, there.y + PAD / 2 + LINE / 2),
    ]
    drawn = [f"M{points[0][0]:.0f} {points[0][1]:.0f}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        half = (x + to_x) / 2
        drawn.append(f"C{half:.0f} {y:.0f} {half:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}")
    return "".join(drawn)
