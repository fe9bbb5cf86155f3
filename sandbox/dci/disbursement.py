"""Payments, as G2P-Connect asks after them: by the payee's financial address, or by their own ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sandbox.dci import filters
from sandbox.dci.finding import Finder
from sandbox.envelope import Json, Rejected, moment
from sandbox.registry import Registry

ADDRESS = re.compile(r"(?:vid|token):([A-Za-z0-9.-]{1,60})@[A-Za-z0-9.-]+", re.ASCII)
"""`vid:<UIN or NID>@nid`."""
STATUS = {"expected": "pdng", "sent": "pdng", "paid": "succ", "failed": "rjct", "returned": "rjct"}
CODES = {
    "": "rjct.srch_payee_fa.invalid",
    "reference_id": "rjct.reference_id.invalid",
    "timestamp": "rjct.timestamp.invalid",
    "request_type": "rjct.request_type.invalid",
    "attribute_type": "rjct.attribute_type.invalid",
}


@dataclass(frozen=True, slots=True)
class Disbursements:
    """Reads the payer's books."""

    registry: Registry
    finder: Finder

    def to(self, item: Json, now: datetime) -> list[Json]:
        """The payments one item asks for. Raises Rejected."""
        if item["attribute_type"] != "payee_fa":
            raise Rejected("rjct.srch.too_many_records_found", "A payer has too many payments.")
        found = ADDRESS.fullmatch(item["attribute_value"])
        if found is None:
            raise Rejected("rjct.srch_payee_fa.invalid", "A payee is vid:<ID>@nid.")
        who = filters.read("idtype-value", {"type": "UIN", "value": found[1]})
        rows = self.finder.find(who, None, None, households=False).rows
        paid = [one for row in rows for one in self.registry.paid(row["household"])]
        return [_status(one, now) for one in paid]

    def by_id(self, payment: str, now: datetime) -> Json | None:
        """One payment with its amount; None when there is none."""
        household = self.registry.household_paid(payment)
        paid = self.registry.paid(household) if household else []
        found = next((one for one in paid if one["id"] == payment), None)
        if found is None:
            return None
        return _status(found, now) | {
            "amount": found["amount"],
            "currency_code": found["currency"],
        }


def _status(payment: dict[str, object], now: datetime) -> Json:
    return {
        "reference_id": payment["id"],
        "timestamp": moment(now),
        "status": STATUS[str(payment["state"])],
    }
