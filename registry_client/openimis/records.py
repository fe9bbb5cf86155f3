"""What openIMIS holds, in our words: nothing here asks, and nothing raises."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

from registry_client import facts
from registry_client.envelope import Json, objects, word
from registry_client.port import Outcome, Payment, Programme, Progress

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.-]{0,31}", re.ASCII)
"""An ID that can be asked for: the filter is one string, and is taken apart at its `=`."""
PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
REFERENCE = re.compile(r"[0-9]{10}", re.ASCII)
OURS = "guichet_reference"
"""Where an application's reference is, in the record it made."""

OUTCOMES = (
    ("ACTIVE", Outcome.ENROLLED),
    ("SUSPENDED", Outcome.SUSPENDED),
    ("POTENTIAL", Outcome.WAITING_LIST),
    ("GRADUATED", Outcome.EXITED),
)
"""What a status comes to; the first that any of her records has is told."""
APPLICATIONS = {
    "POTENTIAL": Progress.IN_REVIEW,
    "ACTIVE": Progress.DECIDED,
    "SUSPENDED": Progress.DECIDED,
    "GRADUATED": Progress.DECIDED,
}
TICKETS = {
    "RECEIVED": Progress.RECEIVED,
    "OPEN": Progress.IN_REVIEW,
    "IN_PROGRESS": Progress.IN_REVIEW,
    "RESOLVED": Progress.CLOSED,
    "CLOSED": Progress.CLOSED,
}
PAYMENTS = {"RECONCILED": "paid", "REJECTED": "failed"}
"""All else is only expected; a duplicate is no payment."""
NO_PAYMENT = frozenset({"DUPLICATE", "PENDING_DELETION"})
BENEFIT = Programme("BENEFIT", {"en": "Benefit"})
"""A payment names no plan."""


def identifier(node: Json) -> str:
    """The UUID of a record, given bare or inside a relay id; empty where it is neither."""
    given = word(node.get("id"))
    try:
        inside = base64.b64decode(given, validate=True).decode("ascii").rpartition(":")[2]
    except (binascii.Error, ValueError):
        inside = given
    for one in (given, inside):
        try:
            return str(UUID(one))
        except ValueError:
            continue
    return ""


def extension(node: Json) -> Json:
    """What a site keeps beside the fields of a record: JSON in a string, or as it is."""
    found = node.get("jsonExt")
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except (ValueError, RecursionError):
            return {}
    return found if isinstance(found, dict) else {}


def phones(node: Json, field: str) -> tuple[str, ...]:
    """Her phones, as far as they are whole numbers."""
    found = extension(node).get(field)
    many = found if isinstance(found, list) else [found]
    return tuple(dict.fromkeys(one for one in map(word, many) if PHONE.fullmatch(one)))


def programme(plan: object) -> Programme | None:
    """A benefit plan."""
    found = next(iter(objects(plan)), {})
    code = word(found.get("code"))
    return facts.programme({"code": code, "name": {"en": word(found.get("name")) or code}})


def open_to_people(plan: Json, today: date) -> bool:
    """Whether a person may ask for it today; plans for groups take none."""
    opens, closes = facts.day(plan.get("dateValidFrom")), facts.day(plan.get("dateValidTo"))
    begun = opens is None or opens <= today
    return plan.get("type") != "GROUP" and begun and (closes is None or today <= closes)


def payments(nodes: Sequence[Json], currency: str) -> tuple[Payment, ...]:
    """Benefits in money, newest first, at most six; paid only where it was reconciled."""
    found = {one.id: one for one in (_payment(node, currency) for node in nodes) if one}
    newest = sorted(found.values(), key=lambda payment: payment.due, reverse=True)
    return tuple(newest[: facts.MOST_PAYMENTS])


def _payment(node: Json, currency: str) -> Payment | None:
    code, status = word(node.get("code")), word(node.get("status"))
    due, amount = facts.day(node.get("dateDue")), facts.amount(node.get("amount"))
    if not code or due is None or amount is None or status in NO_PAYMENT:
        return None
    number = f"b{sha256(code.encode('utf-8', 'replace')).hexdigest()[:15]}"
    return Payment(number, BENEFIT, amount, currency, due, PAYMENTS.get(status, "expected"))
