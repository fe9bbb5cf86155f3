"""Following what was asked: by its number, or all of one's own after two facts.

A number alone shows status words and dates, nothing personal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dialogs.engine.kinds import Choices, Day, Kind, NationalId, Number, Reference, Words
from dialogs.engine.screens import (
    Action,
    Ask,
    Dialog,
    End,
    Form,
    Lookup,
    Menu,
    Option,
    Pick,
    Query,
    Submit,
    go,
)
from dialogs.engine.texts import _
from dialogs.identity import (
    ASKED,
    DESK,
    FACTS_AGAIN,
    NOT_FOUND,
    NOT_ON_RECORD,
    NOT_PROVED,
    TOO_MANY,
    UNPROVED,
    WHO,
    WHO_AGAIN,
    AskFacts,
)

REQUESTS = Choices(most=5, width=26)
"""Requests by what they are and their date."""
_ABOUT: Mapping[str, Kind] = {"reference": Reference(), "asked_on": Day(), "helper": Words()}
"""`helper` is said where somebody else asked for her; empty where she did."""

STANDS: Mapping[str, Mapping[str, Kind]] = {
    "received": {**_ABOUT, "by": Day()},
    "in_review": {**_ABOUT, "by": Day()},
    "late": {**_ABOUT, "by": Day()},
    "decided": _ABOUT,
    "refused": {**_ABOUT, "until": Day()},
    "final": _ABOUT,
    "closed": _ABOUT,
    "rated": _ABOUT,
    "not_found": {},
    "too_many": {},
}
"""Where a request may stand. `refused` may still be appealed; `final` may not."""


@dataclass(frozen=True, slots=True)
class FollowRequest(Query):
    """Where the request with this reference stands. `nameless`: only whoever has its code is told."""

    number: str

    outcomes = MappingProxyType({**STANDS, "nameless": {}})


@dataclass(frozen=True, slots=True)
class FollowSecret(Query):
    """Where a complaint without a name stands."""

    number: str
    code: int

    outcomes = MappingProxyType(STANDS)


@dataclass(frozen=True, slots=True)
class FindMine(Query):
    """The requests of a person, of this phone, or after two facts."""

    person: str
    facts: tuple[tuple[str, str], ...] = ()

    outcomes = MappingProxyType({**UNPROVED, "found": {"requests": REQUESTS}, "none": {}})


@dataclass(frozen=True, slots=True)
class FollowMine(Query):
    """Where one of these stands."""

    mine: str

    outcomes = MappingProxyType(STANDS)


@dataclass(frozen=True, slots=True)
class Appeal(Action):
    """She does not agree with a decision, within the days there are for that."""

    reference: str
    why: str

    outcomes = MappingProxyType({"stored": {"by": Day()}})


@dataclass(frozen=True, slots=True)
class Reopen(Action):
    """What was closed is not solved."""

    reference: str
    still: str

    outcomes = MappingProxyType({"stored": {"by": Day()}})


@dataclass(frozen=True, slots=True)
class Rate(Action):
    """How well it was answered, 1 to 5."""

    reference: str
    stars: str

    outcomes = MappingProxyType({"stored": {}})


@dataclass(frozen=True, slots=True)
class Dispute(Action):
    """Somebody asked in her name, and she did not want it."""

    reference: str

    outcomes = MappingProxyType({"stored": {}})


WAYS = MappingProxyType({outcome: outcome for outcome in STANDS} | {"unavailable": "unavailable"})

STATUS = Dialog(
    "status",
    start=Menu(
        _("Which request?"),
        number=Option(_("I have its number"), to="number"),
        mine=Option(_("All my requests"), to="who"),
        pages=2,
    ),
    number=Ask(
        _("Type the 10 digits of your request."),
        Reference(),
        again=_("That is not a request number. Type its 10 digits."),
        to="find",
    ),
    find=Lookup(FollowRequest, WAYS, nameless="code"),
    code=Ask(
        _("Type the 6 digits of your secret code."),
        Number(100_000, 999_999),
        again=_("That is not a secret code. Type its 6 digits."),
        to="secret",
    ),
    secret=Lookup(FollowSecret, WAYS),
    who=Ask(WHO, NationalId(), again=WHO_AGAIN, to="ask"),
    ask=Lookup(AskFacts, {**ASKED, "not_found": "unfound"}, known="search"),
    facts=Form(of="questions", to="search", again=FACTS_AGAIN, pages=5),
    search=Lookup(
        FindMine,
        found="mine",
        none="none",
        not_proved="not_proved",
        too_many="too_many",
        unavailable="unavailable",
    ),
    mine=Pick(_("Which one?"), of="requests", to="follow", pages=3),
    follow=Lookup(FollowMine, WAYS),
    received=Menu(
        _("{reference}, of {asked_on}: received. We answer by {by}."),
        end=Option(_("Thank you"), to="bye"),
        not_me=Option(_("I did not ask for this"), to="dispute", when="helper"),
        pages=2,
    ),
    in_review=Menu(
        _("{reference}, of {asked_on}: the office is working on it. We answer by {by}."),
        end=Option(_("Thank you"), to="bye"),
        not_me=Option(_("I did not ask for this"), to="dispute", when="helper"),
        pages=2,
    ),
    late=Menu(
        _(
            "{reference}, of {asked_on}: the answer was due on {by} and is late. The office is told."
        ),
        call=Option(_("Call me back"), to=go("help.call")),
        not_me=Option(_("I did not ask for this"), to="dispute", when="helper"),
        pages=2,
    ),
    decided=Menu(
        _("{reference}: decided. The office tells you the decision and what to do next."),
        solved=Option(_("I was told"), to="stars"),
        call=Option(_("Call me back"), to=go("help.call")),
        pages=2,
    ),
    refused=Menu(
        _("{reference}: not accepted. The office tells you why. You can appeal until {until}."),
        appeal=Option(_("I do not agree"), to="why"),
        call=Option(_("Call me back"), to=go("help.call")),
        pages=2,
    ),
    final=Menu(
        _("{reference}: not accepted. The time to appeal is over."),
        call=Option(_("Call me back"), to=go("help.call")),
        pages=2,
    ),
    closed=Menu(
        _("{reference}: answered and closed. Is it solved?"),
        solved=Option(_("Yes"), to="stars"),
        unsolved=Option(_("No, it is not solved"), to="still"),
        pages=2,
    ),
    rated=Menu(
        _("{reference}: answered and closed."),
        unsolved=Option(_("It is not solved"), to="still"),
        pages=2,
    ),
    why=Ask(
        _("Why do you not agree? Tell us in your own words."),
        Words(least=5, most=1600, shown=24),
        again=_("Please write a few words."),
        to="appeal",
    ),
    appeal=Menu(
        _('You wrote: "{why}".'),
        send=Option(_("Send"), to="appealing"),
        rewrite=Option(_("Write again"), to="why"),
        pages=2,
    ),
    appealing=Submit(Appeal, stored="appealed"),
    appealed=End(
        _("Your appeal is with the office. Others than before look at it. We answer by {by}."),
        pages=2,
    ),
    still=Ask(
        _("What is not solved? Tell us in your own words."),
        Words(least=5, most=1600, shown=24),
        again=_("Please write a few words."),
        to="reopen",
    ),
    reopen=Menu(
        _('You wrote: "{still}".'),
        send=Option(_("Send"), to="reopening"),
        rewrite=Option(_("Write again"), to="still"),
        pages=2,
    ),
    reopening=Submit(Reopen, stored="reopened"),
    reopened=End(_("It is open again. We answer by {by}.")),
    stars=Menu(
        _("How was our answer?"),
        very_good=Option(_("Very good"), to="rate"),
        good=Option(_("Good"), to="rate"),
        fair=Option(_("So-so"), to="rate"),
        bad=Option(_("Bad"), to="rate"),
        very_bad=Option(_("Very bad"), to="rate"),
        pages=2,
    ),
    rate=Submit(Rate, stored="thanks"),
    dispute=Menu(
        _("Shall we stop {reference}, which somebody asked for in your name?"),
        yes=Option(_("Yes, stop it"), to="disputing"),
        no=Option(_("No, it is right"), to="bye"),
        pages=2,
    ),
    disputing=Submit(Dispute, stored="disputed"),
    disputed=End(_("The office is told that you did not ask for this. You lose nothing.")),
    thanks=End(_("Thank you. Your answer helps us.")),
    bye=End(_("Thank you for calling. You can dial again at any time.")),
    none=Menu(
        _("We have no request of yours."),
        ask=Option(_("Ask for a benefit"), to=go("benefits")),
        pages=2,
    ),
    not_found=Menu(
        _("We do not know this number."),
        retry=Option(_("Type it again"), to="number"),
        mine=Option(_("All my requests"), to="who"),
    ),
    unfound=Menu(
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
    unavailable=Menu(
        _("We cannot look now. Your request is safe."), retry=Option(_("Try again"), to="start")
    ),
)
