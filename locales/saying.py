"""Saying a notice to somebody in her language: what goes out by SMS, or as a last screen, outside a
dialog.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dialogs.engine.render import Known, say
from dialogs.engine.texts import Speech
from dialogs.notices import NOTICES


class Speaker:
    """The languages of a service. An unknown language is answered in the first."""

    def __init__(self, speeches: Sequence[Speech]) -> None:
        self._by_tag = {speech.language.tag: speech for speech in speeches}
        self._first = speeches[0]

    def __call__(self, address: str, language: str, **values: Any) -> str:
        """The notice at `address` with its values, which are JSON-shaped as in a session.

        Raises KeyError for what is not a notice.
        """
        notice = NOTICES[address]
        speech: Speech = self._by_tag.get(language, self._first)
        menus: Mapping[str, Any] = {}
        return say(speech, address, notice.text, Known(notice.values, values, menus))
