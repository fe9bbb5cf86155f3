"""No ID card, or no record: asking to be visited and registered. Nobody is sent away."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dialogs.engine.kinds import Day, Reference, Words
from dialogs.engine.screens import Action, Ask, Dialog, End, Menu, Option, Submit
from dialogs.engine.texts import _


@dataclass(frozen=True, slots=True)
class AskVisit(Action):
    """A household to be visited and registered."""

    name: str
    village: str
    landmark: str
    document: str

    outcomes = MappingProxyType({"stored": {"reference": Reference(), "by": Day()}})


VISIT = Dialog(
    "visit",
    resumes=True,
    name=Ask(
        _("We come to you. It is free. What is your name?"),
        Words(least=2, most=60, shown=20),
        again=_("Please type your name."),
        to="village",
    ),
    village=Ask(
        _("In which village or street do you live?"),
        Words(least=2, most=80, shown=20),
        again=_("Please type the village or street."),
        to="landmark",
    ),
    landmark=Ask(
        _("How do we find you there? Name a shop, a school, a neighbour."),
        Words(least=2, most=160, shown=20),
        again=_("Please type something that is near."),
        to="document",
    ),
    document=Menu(
        _("Which paper do you have?"),
        birth=Option(_("Birth certificate"), to="confirm"),
        voter=Option(_("Voter card"), to="confirm"),
        refugee=Option(_("Refugee card"), to="confirm"),
        other=Option(_("Another paper"), to="confirm"),
        none=Option(_("None"), to="confirm"),
        pages=2,
    ),
    confirm=Menu(
        _("Shall we come to {name} in {village}?"),
        send=Option(_("Send"), to="lodge"),
        change=Option(_("Write again"), to="name"),
        pages=2,
    ),
    lodge=Submit(AskVisit, stored="lodged"),
    lodged=End(
        _(
            "Your number is {reference}. We tell you by {by} when we come. Nobody may ask for money."
        ),
        pages=2,
    ),
)
