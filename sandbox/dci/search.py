"""Search: people, members, households of the Social Registry, and beneficiaries of the IBR."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.dci import filters
from sandbox.dci.filters import Condition
from sandbox.dci.finding import Finder
from sandbox.dci.records import IBR, KINDS, SOCIAL, Records, kind_of
from sandbox.envelope import Json, Rejected

CODES = {
    "": "rjct.search_criteria.invalid",
    "reference_id": "rjct.reference_id.invalid",
    "timestamp": "rjct.timestamp.invalid",
    "query": "rjct.filter.invalid",
    "sort": "rjct.sort.invalid",
    "pagination": "rjct.pagination.invalid",
}
"""The code of an item by the field that is at fault."""
ENROLLED = Condition(
    "EXISTS (SELECT 1 FROM enrolments e WHERE e.household = p.household"
    " AND e.state IN ('active', 'suspended', 'exited'))"
)
"""Who is in the books of the IBR."""


@dataclass(frozen=True, slots=True)
class Search:
    """Answers one item. Raises Rejected."""

    finder: Finder
    records: Records

    def __call__(self, item: Json) -> Json:
        """`data` and `pagination` of an item that fits its schema."""
        criteria = item["search_criteria"]
        reg_type, kind = _wanted(criteria)
        condition = filters.read(criteria["query_type"], criteria["query"])
        if reg_type == IBR:
            condition = filters.joined("AND", [condition, ENROLLED])
        found = self.finder.find(
            condition,
            criteria.get("sort"),
            criteria.get("pagination"),
            households=kind == "Group",
        )
        return {
            "data": {
                "version": "1.0.0",
                "reg_type": reg_type,
                "reg_record_type": KINDS[kind],
                "reg_records": [self.records.record(kind, row) for row in found.rows],
            },
            "pagination": {
                "page_size": found.size,
                "page_number": found.number,
                "total_count": found.total,
            },
        }


def registry_type(given: object) -> str:
    """Which registry is meant. Raises Rejected."""
    match str(given or SOCIAL).rpartition(":")[2].upper():
        case "SOCIAL" | "SR" | "SOCIAL_REGISTRY":
            return SOCIAL
        case "IBR" | "ESS":
            return IBR
    raise Rejected("rjct.search_criteria.invalid", f"reg_type is {SOCIAL} or {IBR}.")


def _wanted(criteria: Json) -> tuple[str, str]:
    """The registry and the kind of record."""
    reg_type = registry_type(criteria.get("reg_type"))
    named = kind_of(criteria["reg_record_type"]) if "reg_record_type" in criteria else None
    if named == "":
        raise Rejected("rjct.search_criteria.invalid", "There are no records of that type.")
    if reg_type == IBR:
        if named == "Group":
            raise Rejected("rjct.search_criteria.invalid", "The IBR has beneficiaries.")
        return IBR, "Beneficiary"
    entity = criteria.get("response_entity") or filters.collection(criteria["query"])
    kind = named or ("Group" if entity == "Group" else "Person")
    if kind == "Beneficiary" or (entity and (entity == "Group") != (kind == "Group")):
        raise Rejected(
            "rjct.search_criteria.invalid", "reg_record_type does not fit response_entity."
        )
    return SOCIAL, kind
