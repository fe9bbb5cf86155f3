"""A message that answers no key press: what becomes of a promise, what the registry tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogs.engine.kinds import Kind
from dialogs.engine.texts import Text


@dataclass(frozen=True, slots=True)
class Notice:
    """A message and the values it names; `parts` is how many SMS it may take in any language.

    A `screen` is also said as the last screen of a call: it must fit on every carrier's.
    """

    text: Text
    values: Mapping[str, Kind] = field(default_factory=dict)
    parts: int = 2
    screen: bool = False
