"""Which texts stand on one screen: a language that lacks one of them leaves the whole screen to
another.
"""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.engine.book import Book
from dialogs.engine.kinds import Label
from dialogs.engine.render import FURNITURE
from dialogs.engine.screens import Form, texts
from dialogs.engine.texts import Text


def furniture(book: Book) -> Mapping[str, Text]:
    """The navigation words this book can say."""
    asks = any(isinstance(screen, Form) for screen in book.screens.values())
    unused = {*(() if asks else ("nav.yes", "nav.no")), *(() if book.resume else ("nav.resume",))}
    return {address: text for address, text in FURNITURE.items() if address not in unused}


def needed(book: Book, here: str) -> Mapping[str, Text]:
    """Every text of ours that can stand on this screen, by address: its own, the navigation, and the
    labels of options she chose before that it names.
    """
    own, scope = texts(here, book.shown(here)), book.scope(here)
    named = {
        kind.address
        for text in own.values()
        for name in text.placeholders
        if isinstance(kind := scope.get(name), Label)
    }
    labels = {
        f"{menu}.{name}": option.text for menu in named for name, option in book.menus[menu].items()
    }
    return {**furniture(book), **own, **labels}
