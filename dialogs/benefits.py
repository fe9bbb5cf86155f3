"""Asking for a benefit, for oneself, somebody of the household, or somebody one cares for.

Ends with a reference, never with a decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dialogs.eligibility import PROGRAMME
from dialogs.engine.kinds import (
    Choices,
    Day,
    Label,
    NationalId,
    Phone,
    Questions,
    Reference,
    Words,
)
from dialogs.engine.screens import (
    Action,
    Ask,
    Dialog,
    End,
    Form,
    Lookup,
    Menu,
    Note,
    Option,
    Pick,
    Query,
    Submit,
    go,
)
from dialogs.engine.texts import _
from dialogs.identity import (
    FACTS_AGAIN,
    NOT_ON_RECORD,
    PERSON,
    TOO_MANY,
    UNAVAILABLE,
    UNKNOWN,
    WHO,
    WHO_AGAIN,
)

TERMS = Questions(most=4, width=60, choices=Choices(most=7, width=20))
"""What a programme asks before it takes a request."""
WORKER = Words(least=3, most=12, shown=12)
THEIRS = _("Type the ID number of the person it is for.")
THEIRS_AGAIN = _("That is not an ID number. Type it as on the card.")


@dataclass(frozen=True, slots=True)
class FindProgrammes(Query):
    """The programmes open today to this person, or to this member of her household."""

    applicant: str
    member: str | None = None

    outcomes = MappingProxyType(
        {
            **UNKNOWN,
            "open": {**PERSON, "programmes": Choices(most=7, width=PROGRAMME.width)},
            "none": {},
            "not_in_household": {},
        }
    )


@dataclass(frozen=True, slots=True)
class FindTerms(Query):
    """Whether the programme takes requests today, and what it asks."""

    person: str
    programme: str
    member: str | None = None

    outcomes = MappingProxyType(
        {
            "ready": {"questions": TERMS},
            "closing": {"questions": TERMS, "closes": Day()},
            "full": {},
            "closed": {},
            "opens": {"opens": Day()},
        }
    )


@dataclass(frozen=True, slots=True)
class Apply(Action):
    """An application for a programme. One is open a person and programme."""

    person: str
    programme: str
    member: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    role: str | None = None
    worker: str | None = None
    reach: str | None = None
    phone: str | None = None
    holder: str | None = None

    outcomes = MappingProxyType(
        {
            "stored": {"reference": Reference(), "by": Day()},
            "already": {"reference": Reference()},
        }
    )


BENEFITS = Dialog(
    "benefits",
    whom=Menu(
        _("Who is it for?"),
        me=Option(_("For me"), to="who"),
        household=Option(_("Somebody in my household"), to="mine"),
        other=Option(_("Somebody I help"), to="role"),
        no_card=Option(_("Somebody without a card"), to=go("visit")),
        pages=2,
    ),
    who=Ask(WHO, NationalId(), again=WHO_AGAIN, to=go("request", applicant="who")),
    mine=Ask(WHO, NationalId(), again=WHO_AGAIN, to="member"),
    member=Ask(
        THEIRS,
        NationalId(),
        again=THEIRS_AGAIN,
        to=go("request", applicant="mine", member="member"),
    ),
    role=Menu(
        _("Who are you to this person?"),
        parent=Option(_("Mother or father"), to="theirs"),
        child=Option(_("Son or daughter"), to="theirs"),
        guardian=Option(_("Guardian"), to="theirs"),
        caregiver=Option(_("Registered caregiver"), to="theirs"),
        helper=Option(_("Relative or neighbour"), to="theirs"),
        worker=Option(_("Community worker"), to="worker"),
        pages=2,
    ),
    worker=Ask(
        _("Type your worker code."),
        WORKER,
        again=_("That is not a worker code. Type it again."),
        to="served",
    ),
    served=Ask(
        THEIRS,
        NationalId(),
        again=THEIRS_AGAIN,
        to=go("request", applicant="served", role="role", worker="worker"),
    ),
    theirs=Ask(
        THEIRS, NationalId(), again=THEIRS_AGAIN, to=go("request", applicant="theirs", role="role")
    ),
)

REQUEST = Dialog(
    "request",
    takes={"applicant": NationalId()},
    may_take={"member": NationalId(), "role": Label("benefits.role"), "worker": WORKER},
    resumes=True,
    search=Lookup(
        FindProgrammes,
        open="programme",
        none="none",
        not_found="not_found",
        not_on_record="not_on_record",
        not_in_household="not_in_household",
        too_many="too_many",
        unavailable="unavailable",
    ),
    programme=Pick(_("Which benefit?"), of="programmes", to="terms", pages=3),
    terms=Lookup(
        FindTerms,
        ready="facts",
        closing="facts",
        full="full",
        closed="closed",
        opens="opens",
        unavailable="unavailable",
    ),
    facts=Form(of="questions", to="confirm", again=FACTS_AGAIN, pages=5),
    confirm=Menu(
        _("Ask for {programme}? It is free."),
        notes=(
            Note(_("For the person with ID {member}."), when="member"),
            Note(_("The last day is {closes}."), when="closes"),
        ),
        send=Option(_("Send"), to="lodge"),
        reach=Option(_("I have no phone"), to="reach"),
        change=Option(_("Another benefit"), to="programme"),
        pages=3,
    ),
    reach=Menu(
        _("How do we tell you the answer?"),
        trusted=Option(_("By somebody I trust"), to="phone"),
        desk=Option(_("I come to the office"), to="lodge"),
        pages=2,
    ),
    phone=Ask(
        _("Type the phone number of that person."),
        Phone(),
        again=_("That is not a phone number. Type all its digits."),
        to="holder",
    ),
    holder=Ask(
        _("What is the name of that person? The SMS will not say what it is about."),
        Words(least=2, most=40, shown=20),
        again=_("Please type a name."),
        to="trusted",
    ),
    trusted=Menu(
        _("We answer to {holder} and do not say what it is about. Send your request?"),
        send=Option(_("Send"), to="lodge"),
        change=Option(_("Another phone"), to="phone"),
        pages=2,
    ),
    lodge=Submit(Apply, stored="lodged", already="already"),
    lodged=End(
        _("Your number is {reference}. This is not yet a decision. We answer by {by}. It is free."),
        pages=2,
    ),
    already=End(
        _(
            "You asked for this before. Your number is {reference}. Dial again to follow it. It is free."
        ),
        pages=2,
    ),
    none=Menu(
        _("No other benefit is open now. Please ask again later."),
        disagree=Option(_("I do not agree"), to=go("objection")),
        desk=Option(_("Where is the office?"), to=go("help.near")),
        pages=2,
    ),
    full=Menu(
        _("{programme} has no place left now."),
        change=Option(_("Another benefit"), to="programme"),
    ),
    closed=Menu(
        _("{programme} takes no requests now."),
        change=Option(_("Another benefit"), to="programme"),
    ),
    opens=Menu(
        _("{programme} takes requests from {opens} on."),
        change=Option(_("Another benefit"), to="programme"),
    ),
    not_found=Menu(
        _(
            "We do not find this ID. To be registered, ask for a visit or bring your card. It is free."
        ),
        visit=Option(_("Ask for a visit"), to=go("visit")),
        retry=Option(_("Another number"), to=go("benefits")),
        desk=Option(_("Where is the office?"), to=go("help.near")),
        pages=2,
    ),
    not_on_record=Menu(NOT_ON_RECORD, retry=Option(_("Type the whole number"), to=go("benefits"))),
    not_in_household=Menu(
        _("That person is not in your household's record. The district office can correct it."),
        retry=Option(_("Another number"), to=go("benefits.mine")),
        desk=Option(_("Where is the office?"), to=go("help.near")),
        pages=2,
    ),
    too_many=End(TOO_MANY),
    unavailable=Menu(UNAVAILABLE, retry=Option(_("Try again"), to="search"), pages=2),
)
