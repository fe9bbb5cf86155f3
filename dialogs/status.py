"""Following a request by its reference.

The reference alone shows status words and dates, nothing personal.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dialogs.engine.kinds import Day, Reference
from dialogs.engine.screens import Ask, Dialog, End, Lookup, Menu, Option, Query
from dialogs.engine.texts import _


@dataclass(frozen=True, slots=True)
class FollowRequest(Query):
    """Where the request with this reference stands."""

    number: str

    outcomes = MappingProxyType(
        {
            "received": {"by": Day()},
            "in_review": {"by": Day()},
            "decided": {},
            "refused": {},
            "closed": {},
            "not_found": {},
            "too_many": {},
        }
    )


STATUS = Dialog(
    "status",
    number=Ask(
        _("Type the 10 digits of your request."),
        Reference(),
        again=_("That is not a request number. Type its 10 digits."),
        to="find",
    ),
    find=Lookup(
        FollowRequest,
        received="received",
        in_review="in_review",
        decided="decided",
        refused="refused",
        closed="closed",
        not_found="not_found",
        too_many="too_many",
        unavailable="unavailable",
    ),
    received=End(_("{number}: received. We answer by {by}.")),
    in_review=End(_("{number}: the office is working on it. We answer by {by}.")),
    decided=End(
        _("{number}: decided. The district office tells you the decision and what to do next.")
    ),
    refused=End(_("{number}: not accepted. The district office tells you why and how to appeal.")),
    closed=End(_("{number}: answered and closed. Not solved? Dial again and make a complaint.")),
    not_found=Menu(
        _("We do not know this number."),
        retry=Option(_("Type it again"), to="number"),
    ),
    too_many=End(_("Too many numbers were tried. Try tomorrow or go to the district office.")),
    unavailable=Menu(
        _("We cannot look now. Your request is safe."),
        retry=Option(_("Try again"), to="number"),
    ),
)
