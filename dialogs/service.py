"""The dialogs of this service, joined into one book. A new dialog is one file and one line here."""

from __future__ import annotations

from dialogs.benefits import BENEFITS, REQUEST
from dialogs.complaint import COMPLAINT, OBJECTION
from dialogs.eligibility import ELIGIBILITY
from dialogs.engine.book import Book
from dialogs.engine.kinds import Phone
from dialogs.help import HELP
from dialogs.home import HOME, LANGUAGE, RESUME, WELCOME
from dialogs.payments import PAYMENTS
from dialogs.private import PRIVATE
from dialogs.profile import EVENTS, HOUSEHOLD, PROFILE
from dialogs.status import STATUS
from dialogs.visit import VISIT

DIALOGS = (
    WELCOME,
    RESUME,
    HOME,
    ELIGIBILITY,
    BENEFITS,
    REQUEST,
    VISIT,
    COMPLAINT,
    OBJECTION,
    PRIVATE,
    STATUS,
    PAYMENTS,
    PROFILE,
    HOUSEHOLD,
    EVENTS,
    HELP,
    LANGUAGE,
)

DOORS = (
    "eligibility.who",
    "benefits.whom",
    "benefits.who",
    "complaint.category",
    "complaint.details",
    "status.start",
    "status.number",
    "payments.who",
    "language.choose",
)
"""Screens a keyword opens."""

AGAIN = "77"
"""Dialled behind the code (`*384*1234*77#`): go on where she left. No menu has so many options."""

HELPLINE = Phone()
"""A number people can call, as they dial it."""


def book(helpline: str) -> Book:
    """The service with its helpline, which may be said on every screen."""
    return Book(DIALOGS, doors=DOORS, always={"helpline": (HELPLINE, helpline)})


BOOK = book("0800 00000")
"""The service as the proof sees it: a helpline as wide as any."""
