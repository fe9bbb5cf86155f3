"""Where everybody starts: the language and the notice for somebody new, then the main menu, or the
draft she left.
"""

from __future__ import annotations

from dialogs.engine.screens import Dialog, Inform, Languages, Menu, Option, Resume, go
from dialogs.engine.texts import _

WELCOME = Dialog(
    "welcome",
    language=Languages(_("Choose your language"), to="notice", pages=3),
    notice=Inform(
        _(
            "Public support, free. We keep your number and requests to answer you. Only staff see them. To object: {helpline}."
        ),
        seen=_("Continue"),
        version=2,
        to=go("home"),
        pages=2,
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
        payments=Option(_("My payments"), to=go("payments")),
        details=Option(_("My details"), to=go("profile")),
        help=Option(_("Help"), to=go("help")),
        pages=3,
    ),
)

LANGUAGE = Dialog("language", choose=Languages(_("Choose your language"), to=go("home"), pages=3))

RESUME = Dialog(
    "resume",
    offer=Resume(_("You were not finished last time."), on=_("Continue"), over=_("Start over")),
)
