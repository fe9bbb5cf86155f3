"""The dialogs of this service, joined into one book. A new dialog is one file and one line here."""

from __future__ import annotations

from dialogs.benefits import BENEFITS, REQUEST
from dialogs.complaint import COMPLAINT
from dialogs.eligibility import ELIGIBILITY
from dialogs.engine.book import Book
from dialogs.home import HOME, LANGUAGE, WELCOME
from dialogs.status import STATUS

BOOK = Book([WELCOME, HOME, ELIGIBILITY, BENEFITS, REQUEST, COMPLAINT, STATUS, LANGUAGE])
