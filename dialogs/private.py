"""A private matter: no story is asked, nothing is shown again, nothing is sent unless she says so.

The helpline comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dialogs.engine.kinds import Reference, Words
from dialogs.engine.screens import Action, Ask, Dialog, End, Menu, Option, Submit
from dialogs.engine.texts import _


@dataclass(frozen=True, slots=True)
class AskContact(Action):
    """A trained person is to call. No words about what happened are taken."""

    when: str
    area: str
    sms: str

    outcomes = MappingProxyType({"stored": {"reference": Reference()}})


PRIVATE = Dialog(
    "private",
    start=Menu(
        _("You are not alone. Call {helpline}, free. Or shall a trained woman call you?"),
        call=Option(_("Call me"), to="when"),
        end=Option(_("No, thank you"), to="bye"),
        pages=2,
    ),
    when=Menu(
        _("When is it safe to call?"),
        morning=Option(_("In the morning"), to="area"),
        afternoon=Option(_("In the afternoon"), to="area"),
        evening=Option(_("In the evening"), to="area"),
        pages=2,
    ),
    area=Ask(
        _("In which district are you? Write nothing else."),
        Words(least=2, most=40, shown=1),
        again=_("Please type the name of the district."),
        to="sms",
    ),
    sms=Menu(
        _("Shall we send an SMS before?"),
        no=Option(_("No SMS"), to="lodge"),
        yes=Option(_("Yes, a short one"), to="lodge"),
    ),
    lodge=Submit(AskContact, stored="called"),
    called=End(_("She will call you. If somebody else answers, she says it was a wrong number.")),
    bye=End(_("You can call {helpline} at any time. It is free.")),
)
