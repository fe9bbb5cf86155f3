"""A complaint: what about, in her own words, and a reference. Complaining never stops a payment."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dialogs.engine.kinds import Number, Reference, Words
from dialogs.engine.screens import Action, Ask, Dialog, End, Menu, Option, Submit
from dialogs.engine.texts import _, _n


@dataclass(frozen=True, slots=True)
class LodgeComplaint(Action):
    """A complaint for the programme to answer. `period` says which payment, where it is about
    one; a message that is one has no category: staff give it theirs.
    """

    details: str
    category: str | None = None
    period: str | None = None

    outcomes = MappingProxyType({"stored": {"reference": Reference(), "days": Number(1, 99)}})


COMPLAINT = Dialog(
    "complaint",
    resumes=True,
    category=Menu(
        _("What is it about?"),
        payment=Option(_("Payment late or short"), to="period"),
        conduct=Option(_("How I was treated"), to="details"),
        exclusion=Option(_("I was left out"), to="details"),
        pages=2,
    ),
    period=Menu(
        _("Which payment?"),
        latest=Option(_("The latest"), to="details"),
        earlier=Option(_("An earlier one"), to="details"),
    ),
    details=Ask(
        _("Tell us what happened, in your own words."),
        Words(least=5, most=1600, shown=24),
        again=_("Please write a few words about what happened."),
        to="confirm",
    ),
    confirm=Menu(
        _("You wrote: {details}"),
        send=Option(_("Send"), to="lodge"),
        rewrite=Option(_("Write again"), to="details"),
        pages=2,
    ),
    lodge=Submit(LodgeComplaint, stored="lodged"),
    lodged=End(
        _n(
            "Your number is {reference}. We answer within {days} day. A complaint never stops a payment.",
            "Your number is {reference}. We answer within {days} days. A complaint never stops a payment.",
            by="days",
        )
    ),
)
