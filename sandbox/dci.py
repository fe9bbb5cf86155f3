"""DCI `POST /registry/sync/search` by identifier, as the Social Registry file 1.0.0 has it; no
other DCI path.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from flask import Response

from sandbox.database import Row
from sandbox.envelope import (
    Json,
    Received,
    Rejected,
    answer,
    check_header,
    is_moment,
    is_text,
    moment,
)
from sandbox.households import DISTRICTS
from sandbox.registry import Clock, Registry

CONTEXT = "https://schema.spdci.org/extensions/social/v1"
REG_TYPE = "ns:org:RegistryType:Social"
RECORD_TYPES = {"Member": ("SRPerson", "SRMember"), "Group": ("SRGroup",)}
REMEMBERED = 10_000
"""How many message ids are kept to find a repeated one."""


class Search:
    """The call. Remembers message ids: DCI says a repeated one is a duplicate delivery."""

    def __init__(self, registry: Registry, now: Clock) -> None:
        self._registry, self._now = registry, now
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def __call__(self, received: Received) -> Response:
        """Answer a search: one response an item, in order. Items fail one by one."""
        try:
            items = self._accepted(received)
        except Rejected as refusal:
            return answer(received, "search", self._now(), {"search_response": []}, refusal)
        responses = [self._item(item) for item in items]
        failed = all(response["status"] == "rjct" for response in responses)
        too_many = (
            Rejected("rjct.errors.too_many", "No item could be searched.") if failed else None
        )
        return answer(received, "search", self._now(), {"search_response": responses}, too_many)

    def _accepted(self, received: Received) -> list[Any]:
        items = received.message.get("search_request")
        if not isinstance(items, list) or not items:
            raise Rejected(
                "rjct.search_criteria.invalid", "search_request must be a list with an item."
            )
        check_header(received.header, "search", len(items))
        if not is_text(received.transaction_id, 99):
            raise Rejected("rjct.request.invalid", "transaction_id is missing.")
        self._remember((received.header["sender_id"], received.header["message_id"]))
        references = [item.get("reference_id") for item in items if isinstance(item, dict)]
        if len(set(map(str, references))) < len(references):
            raise Rejected("rjct.reference_id.duplicate", "A reference_id comes twice.")
        return items

    def _remember(self, delivery: tuple[str, str]) -> None:
        if delivery in self._seen:
            raise Rejected("rjct.message_id.duplicate", "This message_id was delivered before.")
        self._seen[delivery] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def _item(self, item: object) -> Json:
        reference = item.get("reference_id") if isinstance(item, dict) else None
        head: Json = {
            "reference_id": reference if isinstance(reference, str) else "",
            "timestamp": moment(self._now()),
        }
        try:
            return (
                head
                | {"status": "succ"}
                | self._found(item if isinstance(item, dict) else {})
                | {"locale": "eng"}
            )
        except Rejected as refusal:
            reason = {"status_reason_code": refusal.code, "status_reason_message": refusal.message}
            return head | {"status": "rjct"} | reason

    def _found(self, item: Json) -> Json:
        entity, kind, value, size, number = _criteria(item)
        records = self._records(entity, kind, value)
        page = records[(number - 1) * size : number * size]
        data = {
            "version": "1.0.0",
            "reg_type": REG_TYPE,
            "reg_record_type": RECORD_TYPES[entity][0],
            "reg_records": page,
        }
        return {
            "data": data,
            "pagination": {"page_size": size, "page_number": number, "total_count": len(records)},
        }

    def _records(self, entity: str, kind: str, value: str) -> list[Json]:
        if kind == "HOUSEHOLD_ID":
            people = self._registry.census.members(value)
        elif kind == "MOBILE":
            people = self._registry.census.on_phone(value)
        else:
            person = self._registry.census.person(value)
            people = [person] if person is not None else []
        if entity == "Member":
            return [
                _person(row, self._registry.census.phones(row["national_id"])) for row in people
            ]
        return [self._group(people[0]["household"])] if people else []

    def _group(self, identifier: str) -> Json:
        """A household.

        This record carries the poverty score: whoever asks for it must leave it there.
        """
        household, members = (
            self._registry.census.household(identifier),
            self._registry.census.members(identifier),
        )
        return {
            "@context": CONTEXT,
            "@type": "SRGroup",
            "group_identifier": [_identifier("HOUSEHOLD_ID", identifier)],
            "group_type": "household",
            "address": [
                {"@type": "Address", "locality": household["district"], "country_code": "PK"}
            ],
            "poverty_score": float(household["poverty_score"])
            if household["poverty_score"]
            else None,
            "poverty_score_type": "PMT",
            "group_head_info": self._member(members[0]),
            "group_size": len(members),
            "member_list": [self._member(row) for row in members],
            "registration_date": "2024-02-10T08:00:00Z",
        }

    def _member(self, row: Row) -> Json:
        return {
            "@type": "SRMember",
            "member_identifier": [_identifier("NID", row["national_id"])],
            "demographic_info": _person(row, self._registry.census.phones(row["national_id"])),
        }


def _criteria(item: Json) -> tuple[str, str, str, int, int]:
    """(entity, identifier type, value, page size, page number) of a search. Raises Rejected."""
    if not is_text(item.get("reference_id"), 99):
        raise Rejected("rjct.reference_id.invalid", "reference_id is missing.")
    if not is_moment(item.get("timestamp")):
        raise Rejected("rjct.timestamp.invalid", "timestamp must be RFC 3339 with an offset.")
    criteria = item.get("search_criteria")
    if not isinstance(criteria, dict) or criteria.get("query_type") != "idtype-value":
        raise Rejected(
            "rjct.search_criteria.invalid", "This registry searches by idtype-value only."
        )
    entity = _entity(criteria)
    kind, value = _query(criteria.get("query"))
    return entity, kind, value, *_pagination(criteria.get("pagination"))


def _entity(criteria: Json) -> str:
    if (
        criteria.get("version", "1.0.0") != "1.0.0"
        or criteria.get("reg_type", REG_TYPE) != REG_TYPE
    ):
        raise Rejected("rjct.search_criteria.invalid", f"This is version 1.0.0 of {REG_TYPE}.")
    entity = criteria.get("response_entity", "Member")
    if not isinstance(entity, str) or entity not in RECORD_TYPES:
        raise Rejected("rjct.search_criteria.invalid", "response_entity must be Group or Member.")
    if criteria.get("reg_record_type", RECORD_TYPES[entity][0]) not in RECORD_TYPES[entity]:
        raise Rejected(
            "rjct.search_criteria.invalid", "reg_record_type does not fit response_entity."
        )
    return entity


def _query(query: object) -> tuple[str, str]:
    if not isinstance(query, dict) or query.get("type") not in ("NID", "HOUSEHOLD_ID", "MOBILE"):
        raise Rejected("rjct.search_criteria.invalid", "Unknown identifier type.")
    value = query.get("value")
    if not is_text(value, 99):
        raise Rejected("rjct.filter.invalid", "The value of an identifier is a string.")
    return str(query["type"]), str(value)


def _pagination(pagination: object) -> tuple[int, int]:
    if pagination is None:
        return 10, 1
    if not isinstance(pagination, dict):
        raise Rejected("rjct.pagination.invalid", "pagination must be an object.")
    size, number = pagination.get("page_size"), pagination.get("page_number", 1)
    if type(size) is not int or type(number) is not int or size < 1 or number < 1:
        raise Rejected("rjct.pagination.invalid", "page_size and page_number count from 1.")
    return size, number


def _identifier(kind: str, value: str) -> Json:
    return {"@type": "Identifier", "identifier_type": kind, "identifier_value": value}


def _person(row: Row, phones: list[str]) -> Json:
    return {
        "@context": CONTEXT,
        "@type": "SRPerson",
        "identifier": [
            _identifier("NID", row["national_id"]),
            _identifier("HOUSEHOLD_ID", row["household"]),
        ],
        "name": {"@type": "Name", "surname": row["family_name"], "given_name": row["given_name"]},
        "sex": row["sex"],
        "birth_date": row["born"],
        "phone_number": phones,
        "address": [
            {
                "@type": "Address",
                "locality": DISTRICTS[row["national_id"][:5]],
                "country_code": "PK",
            }
        ],
        "registration_date": "2024-02-10T08:00:00Z",
    }
