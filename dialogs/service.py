"""The dialogs of this service, joined into one book. A new dialog is one file and one line here."""

from __future__ import annotations

from dialogs.benefits import BENEFITS, REQUEST
from dialogs.complaint import COMPLAINT
from dialogs.eligibility import ELIGIBILITY
from dialogs.engine.book import Book
from dialogs.home import HOME, LANGUAGE, RESUME, WELCOME
from dialogs.status import STATUS

DOORS = (
    "eligibility.who",
    "benefits.who",
    "complaint.category",
    "complaint.details",
    "status.number",
    "language.choose",
)
"""Screens a keyword opens."""

AGAIN = "77"
"""Dialled behind the code (`*384*1234*77#`): go on where she left. No menu has so many options."""

BOOK = Book(
    [WELCOME, RESUME, HOME, ELIGIBILITY, BENEFITS, REQUEST, COMPLAINT, STATUS, LANGUAGE],
    doors=DOORS,
)
