"""May my household get something? One question, a closed set of answers, each with a next step.

Public criteria only; what is told to whom depends on what she can show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dialogs.engine.kinds import Chosen, Day, Kind, Listed, Name, NationalId, Reference
from dialogs.engine.screens import (
    Action,
    Ask,
    Dialog,
    End,
    Form,
    Lookup,
    Menu,
    Option,
    Query,
    Submit,
    go,
)
from dialogs.engine.texts import _
from dialogs.identity import (
    DESK,
    FACTS,
    FACTS_AGAIN,
    NOT_ON_RECORD,
    NOT_PROVED,
    PERSON,
    TOO_MANY,
    UNKNOWN,
    UNPROVED,
    WHO,
    WHO_AGAIN,
)

PROGRAMME = Chosen(20)
"""A programme by its name, as wide as screens can show it."""
PACKAGE = Listed(most=4, width=60)
"""Everything a household may combine."""

TOLD: Mapping[str, Mapping[str, Kind]] = {
    "record_out_of_date": {**PERSON, "assessed_on": Day()},
    "not_assessed": PERSON,
    "likely": {**PERSON, "package": PACKAGE},
    "waiting_list": {**PERSON, "programme": PROGRAMME},
    "programme_full": {**PERSON, "programme": PROGRAMME},
    "closed": {**PERSON, "programme": PROGRAMME, "until": Day()},
    "enrolled": {**PERSON, "package": PACKAGE},
    "suspended": {**PERSON, "programme": PROGRAMME, "criterion": Name(40), "until": Day()},
    "exited": {**PERSON, "programme": PROGRAMME},
    "not_eligible": {**PERSON, "criterion": Name(40), "assessed_on": Day()},
    "not_yet_known": PERSON,
}
"""What is told to somebody who showed enough."""


@dataclass(frozen=True, slots=True)
class CheckEligibility(Query):
    """What the household of this ID may get. `found`: there is a record, and this phone may not hear
    what it says.
    """

    who: str

    outcomes = MappingProxyType(
        {**TOLD, **UNKNOWN, "prove": {**PERSON, "questions": FACTS}, "found": PERSON}
    )


@dataclass(frozen=True, slots=True)
class CheckProved(Query):
    """The same, for somebody who gave two facts."""

    person: str
    facts: tuple[tuple[str, str], ...]

    outcomes = MappingProxyType({**TOLD, **UNPROVED, "not_found": {}, "found": PERSON})


@dataclass(frozen=True, slots=True)
class AnswerBySms(Action):
    """The registry did not answer in time: the answer follows by SMS."""

    who: str

    outcomes = MappingProxyType({"stored": {"reference": Reference()}})


@dataclass(frozen=True, slots=True)
class AnswerOnRecord(Action):
    """The answer goes to the phone on record, and only there."""

    person: str

    outcomes = MappingProxyType({"stored": {"reference": Reference()}})


ROUTES = MappingProxyType({outcome: outcome for outcome in (*TOLD, "not_found", "found")})

ELIGIBILITY = Dialog(
    "eligibility",
    who=Ask(WHO, NationalId(), again=WHO_AGAIN, to="check"),
    check=Lookup(
        CheckEligibility,
        ROUTES,
        prove="facts",
        not_on_record="not_on_record",
        too_many="too_many",
        unavailable="later",
    ),
    facts=Form(of="questions", to="proved", again=FACTS_AGAIN, pages=5),
    proved=Lookup(
        CheckProved, ROUTES, not_proved="not_proved", too_many="too_many", unavailable="later"
    ),
    not_proved=Menu(
        NOT_PROVED,
        again=Option(_("Try again"), to="facts"),
        desk=Option(_("Where is the office?"), to=go("help.near")),
    ),
    not_on_record=Menu(NOT_ON_RECORD, retry=Option(_("Type the whole number"), to="who")),
    found=Menu(
        _("We have a record of this ID. The answer goes only to the phone on record."),
        send=Option(_("Send it there"), to="record"),
        desk=Option(_("Ask at the office"), to="desk"),
        pages=2,
    ),
    record=Submit(AnswerOnRecord, stored="on_record"),
    on_record=End(
        _("We send the answer to the phone on record, if there is one. Number {reference}."),
        pages=2,
    ),
    desk=Menu(DESK, near=Option(_("Where is the office?"), to=go("help.near")), pages=2),
    not_found=Menu(
        _(
            "We do not find this ID. To be registered, ask for a visit or bring your card. It is free."
        ),
        visit=Option(_("Ask for a visit"), to=go("visit")),
        retry=Option(_("Another number"), to="who"),
        desk=Option(_("Where is the office?"), to=go("help.near")),
        pages=2,
    ),
    record_out_of_date=Menu(
        _("Your record is of {assessed_on} and must be renewed before we can say."),
        visit=Option(_("Ask for a visit"), to=go("visit")),
        desk=Option(_("Where is the office?"), to=go("help.near")),
        pages=2,
    ),
    not_assessed=Menu(
        _("Your household is not yet assessed. A visit is free."),
        visit=Option(_("Ask for a visit"), to=go("visit")),
        desk=Option(_("Where is the office?"), to=go("help.near")),
        pages=2,
    ),
    likely=Menu(
        _("Your record fits {package}. This is not yet a decision."),
        ask=Option(_("Ask for a benefit"), to=go("request", applicant="person")),
        pages=3,
    ),
    waiting_list=Menu(
        _("You are on the waiting list of {programme}. It is not yet your turn."),
        ask=Option(_("Other benefits"), to=go("request", applicant="person")),
        pages=2,
    ),
    programme_full=Menu(
        _("{programme} has no place left now. You may still ask for others."),
        ask=Option(_("Other benefits"), to=go("request", applicant="person")),
        pages=2,
    ),
    closed=Menu(
        _("{programme} is closed now. It opens again on {until}."),
        ask=Option(_("Other benefits"), to=go("request", applicant="person")),
        pages=2,
    ),
    enrolled=Menu(
        _("Your household gets: {package}."),
        ask=Option(_("Other benefits"), to=go("request", applicant="person")),
        payments=Option(_("My payments"), to=go("payments")),
        complain=Option(_("Make a complaint"), to=go("complaint")),
        pages=3,
    ),
    suspended=Menu(
        _("{programme} is suspended. What to do by {until}: {criterion}."),
        complain=Option(_("This is wrong"), to=go("objection")),
        desk=Option(_("Where is the office?"), to=go("help.near")),
        pages=2,
    ),
    exited=Menu(
        _("Your time in {programme} is over."),
        ask=Option(_("Other benefits"), to=go("request", applicant="person")),
        complain=Option(_("This is wrong"), to=go("objection")),
        pages=2,
    ),
    not_eligible=Menu(
        _("Not for your household: {criterion}. Record of {assessed_on}."),
        correct=Option(_("Correct my record"), to=go("events", person="person")),
        appeal=Option(_("I do not agree"), to=go("objection")),
        ask=Option(_("Other benefits"), to=go("request", applicant="person")),
        pages=3,
    ),
    not_yet_known=Menu(
        _("Your record is still being checked. Please ask again in a week."),
        retry=Option(_("Another number"), to="who"),
        desk=Option(_("Where is the office?"), to=go("help.near")),
        pages=2,
    ),
    too_many=End(TOO_MANY),
    later=Submit(AnswerBySms, stored="by_sms"),
    by_sms=End(
        _("The answer takes longer. We send it by SMS. Your number is {reference}."), pages=2
    ),
)
