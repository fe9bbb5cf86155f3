"""The drawn map of a dialog: nothing is lost, nothing lies on something else, no line runs back."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from commands.drawing import Drawing, draw
from dialogs.engine.maps import ways
from dialogs.service import BOOK
from tests.seeded import WELLS, book

DRAWN = {name: draw(BOOK, dialog) for name, dialog in BOOK.dialogs.items()}


@pytest.mark.parametrize("name", DRAWN)
def test_every_screen_has_a_box_and_every_way_a_row(name: str) -> None:
    """In the order of the dialog's options, with as many lines as rows that name no place."""
    rows = {box.address: [row.label for row in box.rows] for box in DRAWN[name].boxes}
    screens = BOOK.dialogs[name].screens
    assert rows == {f"{name}.{one}": [way for way, _ in ways(s)] for one, s in screens.items()}
    unnamed = [row for box in DRAWN[name].boxes for row in box.rows if not row.beyond]
    assert len(unnamed) == len(DRAWN[name].lines)


@pytest.mark.parametrize("drawing", DRAWN.values(), ids=DRAWN)
def test_boxes_stand_apart_inside_the_map(drawing: Drawing) -> None:
    """No two overlap and none is cut off."""
    for box in drawing.boxes:
        assert 0 <= box.x <= box.x + box.width <= drawing.width
        assert 0 <= box.y <= box.y + box.height <= drawing.height
    for one, two in combinations(drawing.boxes, 2):
        beside = one.x + one.width < two.x or two.x + two.width < one.x
        assert beside or one.y + one.height < two.y or two.y + two.height < one.y


@pytest.mark.parametrize("drawing", DRAWN.values(), ids=DRAWN)
def test_lines_only_lead_on(drawing: Drawing) -> None:
    """Each runs from left to right all its way, so that a map is read like a page."""
    for line in drawing.lines:
        across = [float(x) for x in re.findall(r"[MC ](-?\d+) -?\d+", line)]
        assert len(across) > 3
        assert across == sorted(across)


def test_a_way_back_is_named_where_it_starts() -> None:
    """Writing again leads back to the question: its row says so instead of a line."""
    boxes = {box.address: box for box in draw(book(), WELLS).boxes}
    named = {row.label: row.beyond for row in boxes["wells.confirm"].rows}
    assert named == {"send": "", "rewrite": "wells.words"}
