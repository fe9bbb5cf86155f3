"""May my household get something? One question, a closed set of answers, each with a next step.

Public criteria only.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dialogs.engine.kinds import Chosen, Day, Name, NationalId, Reference
from dialogs.engine.screens import Action, Ask, Dialog, End, Lookup, Menu, Option, Query, Submit, go
from dialogs.engine.texts import _

PROGRAMME = Chosen(20)
"""A programme by its name, as wide as screens can show it."""


@dataclass(frozen=True, slots=True)
class CheckEligibility(Query):
    """What the household of this ID may get."""

    who: str

    outcomes = MappingProxyType(
        {
            "not_found": {},
            "not_assessed": {},
            "likely": {"programme": PROGRAMME},
            "waiting_list": {"programme": PROGRAMME},
            "closed": {"programme": PROGRAMME, "until": Day()},
            "enrolled": {"programme": PROGRAMME},
            "suspended": {"programme": PROGRAMME, "criterion": Name(26)},
            "not_eligible": {"criterion": Name(26), "assessed_on": Day()},
            "not_yet_known": {},
            "too_many": {},
        }
    )


@dataclass(frozen=True, slots=True)
class AnswerBySms(Action):
    """The registry did not answer in time: the answer follows by SMS."""

    who: str

    outcomes = MappingProxyType({"stored": {"reference": Reference()}})


ELIGIBILITY = Dialog(
    "eligibility",
    who=Ask(
        _("Type the 13 digits of your ID card."),
        NationalId(13),
        again=_("That is not an ID card number. Type its 13 digits."),
        to="check",
    ),
    check=Lookup(
        CheckEligibility,
        not_found="not_found",
        not_assessed="not_assessed",
        likely="likely",
        waiting_list="waiting_list",
        closed="closed",
        enrolled="enrolled",
        suspended="suspended",
        not_eligible="not_eligible",
        not_yet_known="not_yet_known",
        too_many="too_many",
        unavailable="later",
    ),
    not_found=Menu(
        _(
            "We do not find this number. To register, bring your card to the district office. It is free."
        ),
        retry=Option(_("Another number"), to="who"),
        pages=2,
    ),
    not_assessed=Menu(
        _("Your household is not yet assessed. Ask the district office for a visit. It is free."),
        retry=Option(_("Another number"), to="who"),
        pages=2,
    ),
    likely=Menu(
        _("Your record fits {programme}. This is not yet a decision."),
        ask=Option(_("Ask for a benefit"), to=go("request", applicant="who")),
        pages=2,
    ),
    waiting_list=Menu(
        _("You are on the waiting list of {programme}. It is not yet your turn."),
        ask=Option(_("Other benefits"), to=go("request", applicant="who")),
        pages=2,
    ),
    closed=Menu(
        _("{programme} is closed now. It opens again on {until}."),
        ask=Option(_("Other benefits"), to=go("request", applicant="who")),
        pages=2,
    ),
    enrolled=Menu(
        _("You are in {programme}."),
        ask=Option(_("Other benefits"), to=go("request", applicant="who")),
        complain=Option(_("Make a complaint"), to=go("complaint")),
        pages=2,
    ),
    suspended=Menu(
        _("{programme} is suspended. What to do: {criterion}."),
        complain=Option(_("Make a complaint"), to=go("complaint")),
        pages=2,
    ),
    not_eligible=Menu(
        _("Not for your household: {criterion}. Record of {assessed_on}."),
        complain=Option(_("This is wrong"), to=go("complaint")),
        pages=2,
    ),
    not_yet_known=Menu(
        _("Your record is still being checked. Please ask again in a week."),
        retry=Option(_("Another number"), to="who"),
    ),
    too_many=End(_("Too many numbers were tried. Try tomorrow or go to the district office.")),
    later=Submit(AnswerBySms, stored="by_sms"),
    by_sms=End(_("The answer takes longer. We send it by SMS. Your number is {reference}.")),
)
