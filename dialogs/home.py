"""Where everybody starts: the language and the notice for somebody new, then the main menu, or the
draft she left.
"""

from __future__ import annotations

from dialogs.engine.screens import Dialog, Inform, Languages, Menu, Option, Resume, go
from dialogs.engine.texts import _

WELCOME = Dialog(
    "welcome",
    language=Languages(_("Choose your language"), to="notice", pages=2),
    notice=Inform(
        _(
            "Public support. We keep your number and request to answer you. Only programme staff see them. It is free."
        ),
        seen=_("Continue"),
        version=1,
        to=go("home"),
    ),
)

HOME = Dialog(
    "home",
    menu=Menu(
        _("How can we help?"),
        check=Option(_("Check what I may get"), to=go("eligibility")),
        ask=Option(_("Ask for a benefit"), to=go("benefits")),
        complain=Option(_("Make a complaint"), to=go("complaint")),
        follow=Option(_("Follow my request"), to=go("status")),
        language=Option(_("Change language"), to=go("language")),
        pages=2,
    ),
)

LANGUAGE = Dialog("language", choose=Languages(_("Choose your language"), to=go("home"), pages=2))

RESUME = Dialog(
    "resume",
    offer=Resume(_("You were not finished last time."), on=_("Continue"), over=_("Start over")),
)
