"""Asking for a benefit, for oneself or somebody of the household.

Ends with a reference, never with a decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dialogs.eligibility import PROGRAMME
from dialogs.engine.kinds import Choices, Day, NationalId, Reference
from dialogs.engine.screens import (
    Action,
    Ask,
    Dialog,
    End,
    Lookup,
    Menu,
    Option,
    Pick,
    Query,
    Submit,
    go,
)
from dialogs.engine.texts import _


@dataclass(frozen=True, slots=True)
class FindProgrammes(Query):
    """The programmes open today to this person, or to this member of her household."""

    applicant: str
    member: str | None = None

    outcomes = MappingProxyType(
        {
            "open": {"programmes": Choices(most=5, width=PROGRAMME.width)},
            "none": {},
            "not_found": {},
            "not_in_household": {},
            "too_many": {},
        }
    )


@dataclass(frozen=True, slots=True)
class Apply(Action):
    """An application for a programme. One is open a person and programme."""

    applicant: str
    programme: str
    member: str | None = None

    outcomes = MappingProxyType(
        {
            "stored": {"reference": Reference(), "by": Day()},
            "already": {"reference": Reference()},
        }
    )


BENEFITS = Dialog(
    "benefits",
    who=Ask(
        _("Type the 13 digits of your ID card."),
        NationalId(13),
        again=_("That is not an ID card number. Type its 13 digits."),
        to=go("request", applicant="who"),
    ),
)

REQUEST = Dialog(
    "request",
    takes={"applicant": NationalId(13)},
    resumes=True,
    whom=Menu(
        _("Who is it for?"),
        me=Option(_("For me"), to="search"),
        other=Option(_("Somebody in my household"), to="member"),
    ),
    member=Ask(
        _("Type the 13 digits of that person's ID."),
        NationalId(13),
        again=_("That is not an ID number. Type its 13 digits."),
        to="search",
    ),
    search=Lookup(
        FindProgrammes,
        open="programme",
        none="none",
        not_found="not_found",
        not_in_household="not_in_household",
        too_many="too_many",
        unavailable="unavailable",
    ),
    programme=Pick(_("Which benefit?"), of="programmes", to="confirm", pages=3),
    confirm=Menu(
        _("Ask for {programme}? It is free."),
        send=Option(_("Send"), to="lodge"),
        change=Option(_("Another benefit"), to="programme"),
    ),
    lodge=Submit(Apply, stored="lodged", already="already"),
    lodged=End(
        _("Your number is {reference}. It is not yet a decision. It is free. We answer by {by}.")
    ),
    already=End(
        _(
            "You asked for this before. Your number is {reference}. It is free to ask where it stands."
        )
    ),
    none=End(_("No programme is open to this person now. Please ask again later.")),
    not_found=Menu(
        _(
            "We do not find this number. To register, bring your card to the district office. It is free."
        ),
        retry=Option(_("Another number"), to=go("benefits")),
        pages=2,
    ),
    not_in_household=Menu(
        _("That person is not in your household's record. The district office can correct it."),
        retry=Option(_("Another number"), to="member"),
        pages=2,
    ),
    too_many=End(_("Too many numbers were tried. Try tomorrow or go to the district office.")),
    unavailable=Menu(
        _("We cannot reach the register now. Nothing is lost."),
        retry=Option(_("Try again"), to="whom"),
    ),
)
