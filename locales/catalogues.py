"""Reading catalogues into speeches. Once a process: nothing is parsed on a key press."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from dialogs.engine.texts import Entry, Speech
from locales.languages import LANGUAGES

HERE = Path(__file__).parent


def path(tag: str, folder: Path = HERE) -> Path:
    """Where the catalogue of a language lives."""
    return folder / tag / "LC_MESSAGES" / "messages.po"


def read(tag: str, folder: Path = HERE) -> Catalog:
    """The catalogue as Babel reads it; empty when there is none.

    Raises ValueError on a file that is not one.
    """
    file = path(tag, folder)
    if not file.exists():
        return Catalog(locale=None)
    with file.open("rb") as stream:
        return read_po(stream, abort_invalid=True)


def entries(catalogue: Catalog) -> dict[str, Entry]:
    """Entries by address (msgctxt): the English they translate, the forms, and whether they are
    doubtful.
    """
    found = {}
    for message in catalogue:
        if message.id and message.context:
            english = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            forms = (
                (message.string,)
                if isinstance(message.string, str)
                else tuple(message.string or ())
            )
            found[message.context] = Entry(english, forms, message.fuzzy)
    return found


def speech(tag: str, folder: Path = HERE) -> Speech:
    """A language ready to speak. Raises KeyError for a tag that is not in the table."""
    row = LANGUAGES[tag]
    rule = row.plurals.split("plural=", 1)[1].rstrip("; ")
    return Speech(row.language, entries(read(tag, folder)), c2py(rule))


def speeches(tags: Sequence[str], folder: Path = HERE) -> list[Speech]:
    """The languages of a service, in the order of its menu."""
    return [speech(tag, folder) for tag in tags]
