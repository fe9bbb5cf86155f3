"""Whom a condition finds in the census, sorted and by pages."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.database import Database, Row
from sandbox.dci.attributes import attribute
from sandbox.dci.filters import Condition
from sandbox.envelope import Rejected

EVERYBODY = "FROM people p JOIN households h ON h.id = p.household WHERE"
LARGEST_PAGE = 100
FIRST_PAGE = (10, 1)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of people (or heads of households), and how many there are in all."""

    rows: list[Row]
    size: int
    number: int
    total: int


class Finder:
    """Searches the census. More than `most` are not given out at all."""

    def __init__(self, database: Database, most: int) -> None:
        self._database, self._most = database, most

    def find(
        self, condition: Condition, sort: object, pagination: object, *, households: bool
    ) -> Found:
        """The people it holds for; of `households`, where it holds for a member, the heads.

        Raises Rejected: `rjct.sort.invalid`, `rjct.search.too_many_records_found`.
        """
        size, number = _page(pagination)
        order = _order(sort, households=households)
        where, values = condition.sql, condition.values
        if households:
            where = f"p.head = 1 AND p.household IN (SELECT p.household {EVERYBODY} {where})"
        source = f"{EVERYBODY} {where}"
        total = self._database.rows(f"SELECT count(*) {source}", *values)[0][0]
        if total > self._most:
            raise Rejected("rjct.search.too_many_records_found", "Please ask for fewer.")
        rows = self._database.rows(
            f"SELECT p.* {source} ORDER BY {order} LIMIT ? OFFSET ?",
            *(*values, size, (number - 1) * size),
        )
        return Found(rows, size, number, total)

    def holds(self, condition: Condition, national_id: str) -> bool:
        """Whether a condition holds for one person."""
        sql = f"SELECT 1 {EVERYBODY} p.national_id = ? AND ({condition.sql})"
        return self._database.row(sql, national_id, *condition.values) is not None


def _page(pagination: object) -> tuple[int, int]:
    if not isinstance(pagination, dict):
        return FIRST_PAGE
    size, number = int(pagination["page_size"]), int(pagination.get("page_number", 1))
    return min(size, LARGEST_PAGE), number


def _order(sort: object, *, households: bool) -> str:
    wanted = sort if isinstance(sort, list) else []
    return ", ".join([*(_by(one, households=households) for one in wanted), "p.national_id"])


def _by(one: dict[str, str], *, households: bool) -> str:
    found = attribute(one["attribute_name"])
    if found is None or not found.sort or (households and not found.of_household):
        raise Rejected("rjct.sort.invalid", "This registry does not sort by that.")
    return f"{found.sort} {'DESC' if one.get('sort_order') == 'desc' else 'ASC'}"
