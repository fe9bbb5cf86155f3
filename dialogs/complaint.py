"""A complaint: what about, in her own words, and a reference. Complaining never stops a payment."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dialogs.engine.kinds import Chosen, NationalId, Number, Reference, Words
from dialogs.engine.screens import Action, Ask, Dialog, End, Menu, Note, Option, Submit, go
from dialogs.engine.texts import _, _n

PAYMENT = Chosen(26)
"""A payment by its date and amount."""


@dataclass(frozen=True, slots=True)
class LodgeComplaint(Action):
    """A complaint for the programme to answer. What is missing was not asked on her way: staff give
    a message that is one its category, and what people did is confidential unless she says else.
    """

    details: str
    category: str | None = None
    money: str | None = None
    card: str | None = None
    period: str | None = None
    payment: str | None = None
    against: str | None = None
    identity: str | None = None
    reach: str | None = None
    person: str | None = None

    outcomes = MappingProxyType(
        {
            "stored": {"reference": Reference(), "days": Number(1, 99)},
            "nameless": {"reference": Reference(), "code": Number(100_000, 999_999)},
        }
    )


@dataclass(frozen=True, slots=True)
class LodgeObjection(Action):
    """A complaint about what was decided."""

    why: str

    outcomes = MappingProxyType({"stored": {"reference": Reference(), "days": Number(1, 99)}})


COMPLAINT = Dialog(
    "complaint",
    may_take={"payment": PAYMENT, "person": NationalId()},
    resumes=True,
    category=Menu(
        _("What is it about?"),
        payment=Option(_("Payment late or short"), to="money"),
        conduct=Option(_("How I was treated"), to="against"),
        exclusion=Option(_("I was left out"), to="details"),
        decision=Option(_("A decision"), to=go("objection")),
        other=Option(_("Something else"), to="details"),
        private=Option(_("Private matter"), to=go("private")),
        pages=3,
    ),
    money=Menu(
        _("What happened?"),
        nothing_came=Option(_("Nothing came"), to="period"),
        less_came=Option(_("Less came"), to="period"),
        fee_asked=Option(_("They asked for a fee"), to="against"),
        no_cash=Option(_("There was no cash"), to="against"),
        card=Option(_("Card, account or name"), to="card"),
        pages=2,
    ),
    card=Menu(
        _("What is wrong with it?"),
        card_kept=Option(_("They keep my card or PIN"), to="against"),
        fingerprint_refused=Option(_("Fingerprint refused"), to="details"),
        wrong_name=Option(_("The name is wrong"), to="details"),
        account_blocked=Option(_("Account blocked"), to="details"),
        caregiver_keeps=Option(_("My caregiver keeps it"), to="details"),
        pages=3,
    ),
    period=Menu(
        _("Which payment?"),
        latest=Option(_("The latest"), to="details"),
        earlier=Option(_("An earlier one"), to="details"),
    ),
    against=Menu(
        _("Who was it?"),
        desk=Option(_("The office"), to="details"),
        committee=Option(_("The committee"), to="details"),
        agent=Option(_("The pay agent"), to="details"),
        bank=Option(_("The bank"), to="details"),
        programme=Option(_("The programme"), to="details"),
        staff=Option(_("Another person"), to="details"),
        pages=2,
    ),
    details=Ask(
        _("Tell us what happened, in your own words."),
        Words(least=5, most=1600, shown=24),
        again=_("Please write a few words about what happened."),
        to="confirm",
    ),
    confirm=Menu(
        _('You wrote: "{details}".'),
        notes=(
            Note(_("About the payment of {payment}."), when="payment"),
            Note(_("Only the complaints unit sees who you are."), when="against"),
        ),
        send=Option(_("Send"), to="lodge"),
        more=Option(_("Write more"), to="more"),
        rewrite=Option(_("Write again"), to="details"),
        hide=Option(_("Hide who I am"), to="identity"),
        pages=4,
    ),
    more=Ask(
        _("What else? It is added to what you wrote."),
        Words(least=2, most=1600, shown=24),
        again=_("Please write a few words."),
        adds="details",
        to="confirm",
    ),
    identity=Menu(
        _("Who may know that it was you?"),
        confidential=Option(_("Only the complaints unit"), to="reach"),
        anonymous=Option(_("Nobody"), to="unnamed"),
        named=Option(_("The office"), to="reach"),
        pages=2,
    ),
    reach=Menu(
        _("May we write to this phone about it? Then your complaint is sent."),
        open=Option(_("Yes"), to="lodge"),
        neutral=Option(_("Yes, without saying what it is about"), to="lodge"),
        none=Option(_("No, I will dial and ask"), to="lodge"),
        pages=2,
    ),
    unnamed=Menu(
        _("We keep no number. Your phone company still knows you called. You get a secret code."),
        send=Option(_("Send"), to="lodge"),
        change=Option(_("Choose again"), to="identity"),
        pages=2,
    ),
    lodge=Submit(LodgeComplaint, stored="lodged", nameless="nameless"),
    lodged=End(
        _n(
            "Your number is {reference}. We answer within {days} day. A complaint never stops a payment.",
            "Your number is {reference}. We answer within {days} days. A complaint never stops a payment.",
            by="days",
        ),
        pages=2,
    ),
    nameless=End(
        _(
            "Write this down: number {reference}, secret code {code}. To ask where it stands, dial and give both. We send no SMS."
        ),
        pages=2,
    ),
)

OBJECTION = Dialog(
    "objection",
    resumes=True,
    why=Ask(
        _("Why do you think it is wrong? Tell us in your own words."),
        Words(least=5, most=1600, shown=24),
        again=_("Please write a few words about what is wrong."),
        to="confirm",
    ),
    confirm=Menu(
        _('You wrote: "{why}".'),
        send=Option(_("Send"), to="lodge"),
        rewrite=Option(_("Write again"), to="why"),
        pages=2,
    ),
    lodge=Submit(LodgeObjection, stored="lodged"),
    lodged=End(
        _n(
            "Your number is {reference}. We answer within {days} day. It stops no payment.",
            "Your number is {reference}. We answer within {days} days. It stops no payment.",
            by="days",
        ),
        pages=2,
    ),
)
