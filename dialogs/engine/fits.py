"""Whether what was remembered under an older release still says everything the present dialogs
count on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialogs.engine.book import Book
from dialogs.engine.kinds import (
    Answers,
    Choices,
    Chosen,
    Day,
    Kind,
    Label,
    Listed,
    Money,
    Name,
    Number,
    Questions,
)


def fits(book: Book, address: str, values: Mapping[str, Any]) -> bool:
    """True when the screen is still there and every name certainly known on it has a value of its
    kind.
    """
    scope = book.scopes.get(address)
    return scope is not None and all(
        name in values and _is(kind, values[name], book) for name, kind in scope.items()
    )


def _is(kind: Kind, value: Any, book: Book) -> bool:
    match kind:
        case Number():
            return isinstance(value, int)
        case Name() | Answers():
            return isinstance(value, dict)
        case Questions():
            return isinstance(value, list | tuple) and all(_asked(one) for one in value)
        case Chosen():
            return _chosen(value)
        case Choices() | Listed():
            return isinstance(value, list | tuple) and all(_chosen(one) for one in value)
        case Money():
            return isinstance(value, list | tuple) and len(value) == 2
        case Day():
            return isinstance(value, str) and value.count("-") == 2
        case Label():
            return isinstance(value, str) and value in book.menus.get(kind.address, {})
        case _:
            return isinstance(value, str)


def _chosen(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[1], dict)


def _asked(value: Any) -> bool:
    """A question of the registry, whole."""
    names = ("id", "label", "kind", "least", "most", "choices")
    return isinstance(value, dict) and all(name in value for name in names)
