"""Reading catalogues into speeches. Once a process: nothing is parsed on a key press."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from dialogs.engine.texts import SOURCE, Entry, Speech
from locales.languages import LANGUAGES
from locales.signatures import signed

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


def is_draft(tag: str, folder: Path = HERE) -> bool:
    """Whether no native reader has signed what the catalogue says now."""
    return not signed(tag, entries(read(tag, folder)), folder)


def speech(tag: str, folder: Path = HERE, *, drafts: bool = True) -> Speech:
    """A language ready to speak, with those it falls back on.

    Without `drafts` one that no native reader has signed says nothing itself. Raises KeyError for a
    tag that is not in the table.
    """
    row = LANGUAGES[tag]
    beyond = tuple(speech(other, folder, drafts=drafts) for other in row.language.fallback)
    said = entries(read(tag, folder))
    if not drafts and not signed(tag, said, folder):
        said = {}
    return Speech(row.language, said, row.plural, beyond)


def speeches(tags: Sequence[str], folder: Path = HERE, *, drafts: bool = True) -> list[Speech]:
    """The languages of a service, in the order of its menu.

    Where none of them may speak English is added: somebody must answer.
    """
    found = [speech(tag, folder, drafts=drafts) for tag in tags]
    return found if any(one.speaks for one in found) else [*found, speech(SOURCE, folder)]
