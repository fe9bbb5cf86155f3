"""Enrolment: whether somebody is in a programme (IBR), with which status (ESS), and a programme's
own word on who is.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sandbox.database import Row
from sandbox.dci import filters
from sandbox.dci.filters import Condition
from sandbox.dci.finding import Finder
from sandbox.envelope import Json, Rejected, is_whole, moment
from sandbox.programmes import PROGRAMMES
from sandbox.registry import Registry

ESS_STATUS = {"active": "Active", "suspended": "Suspended", "waiting": "Awaiting Renewal"}
"""ESS's word by our state; for any other it is Inactive."""
STATES = {"1": "active", "3": "exited", "4": "suspended"} | {
    "active": "active",
    "graduated": "exited",
    "exited": "exited",
    "suspended": "suspended",
    "inactive": "exited",
}
"""Our state by code or word of a status."""
WORTH = ("active", "suspended", "waiting", "exited")
Enrol = Callable[[Row, str, str], object]


@dataclass(frozen=True, slots=True)
class Enrolments:
    """`enrol(person, programme, state)` writes an enrolment down and tells subscribers."""

    registry: Registry
    finder: Finder
    enrol: Enrol

    def enrolled(self, criteria: Json, now: datetime) -> Json:
        """The item of IBR's `enrolled`: yes, or no."""
        state = self._state(criteria)
        return _item(now) | {"enrolled_status": "yes" if state in WORTH[:2] else "no"}

    def checked(self, criteria: Json, now: datetime) -> Json:
        """The item of ESS's `check-enrollment`: a status."""
        return _item(now) | {"enrolled_status": ESS_STATUS.get(self._state(criteria), "Inactive")}

    def updated(self, beneficiary: Json, now: datetime) -> Json:
        """The item for one beneficiary a programme tells of."""
        try:
            person, changes = self._told(beneficiary)
        except Rejected as why:
            return _item(now) | {"status": "rjct", "status_reason_message": why.message}
        for programme, state in changes:
            self.enrol(person, programme, state)
        return _item(now)

    def _state(self, criteria: Json) -> str:
        """The best state of whoever is meant, in the programme that is meant. Raises Rejected."""
        who, programme = _meant(criteria)
        found = self.finder.find(who, None, None, households=False)
        held = [
            state
            for row in found.rows
            for code, state in self.registry.census.enrolments(row["household"]).items()
            if programme in ("", code)
        ]
        return min(held, key=WORTH.index, default="")

    def _told(self, beneficiary: Json) -> tuple[Row, list[tuple[str, str]]]:
        if not is_whole(beneficiary):
            raise Rejected("", "A beneficiary is plain text.")
        person = self._who(beneficiary)
        changes = [
            (_code(one), _told_state(one, beneficiary))
            for one in _objects(beneficiary.get("programme_identifier"))
        ]
        if not changes:
            raise Rejected("", "No programme is named.")
        return person, changes

    def _who(self, beneficiary: Json) -> Row:
        member = beneficiary.get("member")
        held = _objects(member.get("member_identifier") if isinstance(member, dict) else None)
        for one in held:
            query = {"type": one.get("identifier_type"), "value": one.get("identifier_value")}
            found = self.finder.find(
                filters.read("idtype-value", query), None, None, households=False
            )
            if found.total == 1:
                return found.rows[0]
        raise Rejected("", "Nobody has one of these identifiers.")


def _meant(criteria: Json) -> tuple[Condition, str]:
    """Who, and the code of the programme or nothing."""
    query = dict(criteria["query"])
    if "attribute_name" in query:
        query = {
            str(query["attribute_name"]): {str(query.get("operator")): query.get("attribute_value")}
        }
    elif criteria.get("query_type") == "idtype-value" or {"type", "value"} == set(query):
        return filters.read("idtype-value", query), ""
    elif isinstance(query.get("value"), dict):
        return filters.read("expression", query), ""
    named = next((name for name in query if name.endswith("programme_identifier")), None)
    programme = query.pop(named) if named else ""
    if not query:
        raise Rejected("rjct.filter.invalid", "Nobody is named.")
    return filters.read("expression", {"value": {"query": query}}), _equal(programme)


def _equal(comparison: object) -> str:
    if isinstance(comparison, dict):
        comparison = comparison.get("eq", comparison.get("$eq"))
    if not isinstance(comparison, str):
        raise Rejected("rjct.filter.invalid", "A programme is named by its code.")
    return comparison


def _objects(value: object) -> list[Json]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, dict)]


def _code(one: Json) -> str:
    inner = one.get("programme")
    code = (inner if isinstance(inner, dict) else one).get("programme_identifier")
    if not isinstance(code, str) or code not in PROGRAMMES:
        raise Rejected("", "There is no such programme.")
    return code


def _told_state(one: Json, beneficiary: Json) -> str:
    spelt = ("enrolment_status", "enrollment_status")
    given = [each.get(name) for each in (one, beneficiary) for name in spelt]
    state = STATES.get(next((str(word) for word in given if word is not None), "").lower())
    if state is None:
        raise Rejected("", "The status is none of this registry's.")
    return state


def _item(now: datetime) -> Json:
    return {"reference_id": uuid.uuid4().hex, "timestamp": moment(now), "status": "succ"}
