"""Every dialog in every language, word for word as a citizen reads it; together they show every
screen there is.
"""

from __future__ import annotations

import pytest

from dialogs.engine.screens import Lookup, Submit
from dialogs.service import BOOK
from tests import transcript

TRANSCRIBED = ("en", "fr", "sw", "ur")
"""Languages of two scripts and directions in which conversations are written down; the others are
read on the page of the proof.
"""


@pytest.mark.parametrize("name", transcript.names())
def test_a_conversation_is_as_it_is_written(name: str) -> None:
    """When a wording changes on purpose: `python -m tests.transcript --write`, and read what
    changed.
    """
    kept = transcript.path(name).read_text("utf-8")
    assert transcript.play(kept).text == kept


def test_every_dialog_has_a_transcript_in_every_language() -> None:
    """The same set of files for each language that is offered."""
    dialogs = {name.split(".")[0] for name in transcript.names()}
    assert set(transcript.names()) == {
        f"{dialog}.{language}" for dialog in dialogs for language in TRANSCRIBED
    }


@pytest.mark.parametrize("language", TRANSCRIBED)
def test_the_transcripts_show_every_screen(language: str) -> None:
    """A screen nobody wrote a conversation for is a screen nobody has read."""
    seen: set[str] = set()
    for name in transcript.names():
        if name.endswith(f".{language}"):
            seen |= transcript.play(transcript.path(name).read_text("utf-8")).seen
    assert {
        at for at, screen in BOOK.screens.items() if not isinstance(screen, Lookup | Submit)
    } <= seen


def test_a_transcript_that_is_not_what_happens_is_noticed() -> None:
    """One word changed by hand: playing it does not give it back."""
    kept = transcript.path("complaint.en").read_text("utf-8")
    wrong = kept.replace("Which payment?", "Which payments?")
    assert wrong != kept
    assert transcript.play(wrong).text == kept


def test_a_script_is_enough_to_play_a_conversation() -> None:
    """What is typed and what is answered; the screens are written by the player."""
    script = (
        "# Status\nlanguage: en\n# One\n> (dials)\n> 4\n> 1234567897\n"
        '< final reference="1234567897" asked_on="2026-12-20" helper=""\n'
    )
    played = transcript.play(script).text
    assert played.endswith(
        "? FollowRequest(number='1234567897')\n"
        '< final reference="1234567897" asked_on="2026-12-20" helper=""\n'
        "123 456 7897: not accepted. The time to appeal is over.\n"
        "1 Call me back\n"
        "0 Back\n"
        "00 Home\n"
    )


def test_a_last_screen_is_read_to_its_end() -> None:
    """What we keep about her has pages: the last of them closes the line."""
    script = "# Help\nlanguage: en\n# One\n> (dials)\n> 7\n> 4\n> 9\n"
    played = transcript.play(script)
    assert "help.notice" in played.seen
    assert played.text.endswith("It is free.\n(the line closes)\n")
