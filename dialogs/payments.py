"""The payments of a household: what was paid, what comes next, where and until when."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dialogs.complaint import PAYMENT
from dialogs.engine.kinds import Choices, Day, Money, Name, NationalId
from dialogs.engine.screens import Ask, Dialog, End, Form, Lookup, Menu, Option, Pick, Query, go
from dialogs.engine.texts import _
from dialogs.identity import (
    ASKED,
    DESK,
    FACTS_AGAIN,
    NOT_FOUND,
    NOT_ON_RECORD,
    NOT_PROVED,
    TOO_MANY,
    UNAVAILABLE,
    UNPROVED,
    WHO,
    WHO_AGAIN,
    AskFacts,
)


@dataclass(frozen=True, slots=True)
class FindPayments(Query):
    """The last payments of a household and the next one."""

    person: str
    facts: tuple[tuple[str, str], ...] = ()

    outcomes = MappingProxyType(
        {**UNPROVED, "found": {"payments": Choices(most=6, width=PAYMENT.width)}, "none": {}}
    )


@dataclass(frozen=True, slots=True)
class ShowPayment(Query):
    """One of these payments."""

    person: str
    payment: str
    facts: tuple[tuple[str, str], ...] = ()

    outcomes = MappingProxyType(
        {
            "paid": {"amount": Money(), "due": Day()},
            "ready": {"amount": Money(), "until": Day(), "place": Name(30)},
            "sent": {"amount": Money(), "due": Day()},
            "expected": {"amount": Money(), "due": Day()},
            "failed": {"amount": Money(), "due": Day()},
            "none": {},
            "not_proved": {},
            "too_many": {},
        }
    )


MISSING = go("complaint.details", payment="payment", person="person")

PAYMENTS = Dialog(
    "payments",
    who=Ask(WHO, NationalId(), again=WHO_AGAIN, to="ask"),
    ask=Lookup(AskFacts, ASKED, known="search"),
    facts=Form(of="questions", to="search", again=FACTS_AGAIN, pages=5),
    search=Lookup(
        FindPayments,
        found="payment",
        none="none",
        not_proved="not_proved",
        too_many="too_many",
        unavailable="unavailable",
    ),
    payment=Pick(_("Which payment?"), of="payments", to="show", pages=4),
    show=Lookup(
        ShowPayment,
        paid="paid",
        ready="ready",
        sent="sent",
        expected="expected",
        failed="failed",
        none="none",
        not_proved="not_proved",
        too_many="too_many",
        unavailable="unavailable",
    ),
    paid=Menu(
        _("{amount} was paid out on {due}."),
        missing=Option(_("I did not receive it"), to=MISSING),
        others=Option(_("Other payments"), to="payment"),
        pages=2,
    ),
    ready=Menu(
        _("{amount} is ready at {place} until {until}. Bring your card. Nobody may keep a part."),
        missing=Option(_("They do not pay it out"), to=MISSING),
        others=Option(_("Other payments"), to="payment"),
        pages=3,
    ),
    sent=Menu(
        _("{amount} was sent on {due}. It can take three days."),
        missing=Option(_("I did not receive it"), to=MISSING),
        others=Option(_("Other payments"), to="payment"),
        pages=2,
    ),
    expected=Menu(
        _("{amount} is due on {due}. We tell you when it is ready."),
        others=Option(_("Other payments"), to="payment"),
        pages=2,
    ),
    failed=Menu(
        _("{amount} of {due} could not be paid. It is not lost. The office can send it again."),
        missing=Option(_("Tell the office"), to=MISSING),
        others=Option(_("Other payments"), to="payment"),
        pages=2,
    ),
    none=Menu(
        _("There is no payment on record for your household."),
        complain=Option(_("Make a complaint"), to=go("complaint")),
        desk=Option(_("Where is the office?"), to=go("help.near")),
        pages=2,
    ),
    not_found=Menu(
        NOT_FOUND,
        retry=Option(_("Another number"), to="who"),
        visit=Option(_("Ask for a visit"), to=go("visit")),
        desk=Option(_("Where is the office?"), to=go("help.near")),
        pages=2,
    ),
    not_on_record=Menu(NOT_ON_RECORD, retry=Option(_("Type the whole number"), to="who")),
    not_proved=Menu(
        NOT_PROVED,
        again=Option(_("Try again"), to="who"),
        desk=Option(_("Where is the office?"), to=go("help.near")),
    ),
    desk=Menu(DESK, near=Option(_("Where is the office?"), to=go("help.near")), pages=2),
    too_many=End(TOO_MANY),
    unavailable=Menu(UNAVAILABLE, retry=Option(_("Try again"), to="ask"), pages=2),
)
