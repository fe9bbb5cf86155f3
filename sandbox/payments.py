"""When a household is paid, where, and what became of it: every third month from the month behind
us.
"""

from __future__ import annotations

from datetime import date

from sandbox.database import Row
from sandbox.people import NOT_PAID
from sandbox.programmes import PROGRAMMES, Programme, first_of_month
from sandbox.questions import Label

MOST = 6
IN_KIND = frozenset({"FOOD"})
"""What comes in a bag and not as money."""


def listed(
    household: str, district: str, held: dict[str, str], today: date
) -> list[dict[str, object]]:
    """The last six payments, newest first. `held`: the state of each programme the household is in."""
    found = [
        _payment(household, district, PROGRAMMES[code], ago, today)
        for code, state in held.items()
        if code not in IN_KIND
        for ago in range(-1, 12, 3)
        if _is_due(state, ago)
    ]
    return sorted(found, key=lambda payment: str(payment["due"]), reverse=True)[:MOST]


def by_hand(household: str, district: str, row: Row) -> dict[str, object]:
    """A payment somebody made in the sandbox's books."""
    programme, due = PROGRAMMES[row["programme"]], date.fromisoformat(row["due"])
    number = f"{programme.code}-X{row['number']}-{household.removeprefix('KP-')}"
    return _written(number, district, programme, row["amount"], due, row["state"])


def _is_due(state: str, months_ago: int) -> bool:
    """Nothing is paid to who waits, nor since a suspension three months ago, nor in the year after
    leaving.
    """
    return state == "active" or (state == "suspended" and months_ago >= 3)


def _payment(
    household: str, district: str, programme: Programme, months_ago: int, today: date
) -> dict[str, object]:
    due = first_of_month(today, -months_ago)
    state = {-1: "expected", 2: "sent"}.get(months_ago, "paid")
    if household == NOT_PAID and state == "sent":
        state = "failed"
    number = f"{programme.code}-{due:%y%m}-{household.removeprefix('KP-')}"
    return _written(number, district, programme, programme.amount, due, state)


def _written(
    number: str, district: str, programme: Programme, amount: str, due: date, state: str
) -> dict[str, object]:
    to_fetch = state in {"expected", "sent"}
    return {
        "id": number,
        "programme": {"code": programme.code, "name": programme.name},
        "amount": amount,
        "currency": "PKR",
        "due": due.isoformat(),
        "state": state,
        "place": _place(district) if to_fetch else None,
        "until": _last_day(due).isoformat() if to_fetch else None,
    }


def _place(district: str) -> Label:
    return {
        "en": f"Namoona Bank, {district}",
        "fr": f"Banque Namoona, {district}",
        "ur": "نمونہ بینک",
        "sw": f"Benki ya Namoona, {district}",
        "ps": "نمونه بانک",
        "ar": "بنك نمونة",
        "ur_Latn": f"Namoona Bank, {district}",
    }


def _last_day(due: date) -> date:
    """Money waits to be fetched until the end of the third month after it was due."""
    return date.fromordinal(first_of_month(due, 4).toordinal() - 1)
