"""Saying a notice to somebody in her language: what goes out by SMS, or as a last screen, outside a
dialog.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dialogs.engine.fit import Profile
from dialogs.engine.render import Known, say
from dialogs.engine.step import latin
from dialogs.engine.texts import Speech
from dialogs.notices import NOTICES


class Speaker:
    """The languages of a service. Whose language is not known is answered in `greeting`, the tag of
    one of them; empty is the first.
    """

    def __init__(self, speeches: Sequence[Speech], greeting: str = "") -> None:
        self._by_tag = {speech.language.tag: speech for speech in speeches}
        self._first = self._by_tag.get(greeting, speeches[0])

    def __call__(self, address: str, language: str, **values: Any) -> str:
        """The notice at `address` with its values, which are JSON-shaped as in a session.

        Raises KeyError for what is not a notice.
        """
        return _said(self._speech(language), address, values)

    def on_screen(self, address: str, language: str, profile: Profile, **values: Any) -> str:
        """The same as the last screen of a call, in letters that its carrier shows."""
        speech = self._speech(language)
        if not profile.ucs2 and speech.language.alphabet != "gsm7":
            speech = latin(speech, list(self._by_tag.values()))
        return _said(speech, address, values)

    def _speech(self, language: str) -> Speech:
        return self._by_tag.get(language, self._first)


def _said(spoken: Speech, address: str, values: Mapping[str, Any]) -> str:
    notice, menus = NOTICES[address], dict[str, Any]()
    speech = spoken.voice({address: notice.text})
    return say(speech, address, notice.text, Known(notice.values, values, menus))
