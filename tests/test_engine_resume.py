"""Drafts that a dropped call left: put aside, offered, taken up without showing what was answered."""

from __future__ import annotations

import pytest

from dialogs.complaint import LodgeComplaint
from dialogs.engine.book import Book
from dialogs.engine.path import KEPT
from dialogs.engine.session import Session
from dialogs.engine.step import Engine
from dialogs.home import HOME, RESUME, WELCOME
from dialogs.service import DIALOGS, HELPLINE
from tests.citizen import Citizen, service, spoken
from tests.seeded import DIALOGS as VILLAGE

OTHERS = {one.name for one in DIALOGS} - {"welcome", "home", "resume"}
ALWAYS = {"helpline": (HELPLINE, "0800 00000")}
OFFER = "You were not finished last time.\n1 Continue\n2 Start over"
STORY = "They sent me away"


def in_the_midst(*keys: str, profile: str = "safe") -> Citizen:
    """She complains about how she was treated, and is at the given point of it."""
    known = Session("en", 99, profile=profile)
    return Citizen(service(), known).dials().types("3", "3", *keys)


def test_a_draft_is_offered_without_a_word_of_what_it_is_about() -> None:
    """Whoever holds the phone now learns only that something was left."""
    assert in_the_midst(STORY).redials().screen == OFFER


def test_going_on_hides_what_was_written_and_sends_it() -> None:
    """The phone may be shared: her words are not shown again, and not lost."""
    her = in_the_midst(STORY).redials().types("1")
    assert her.screen.startswith('You wrote: "...".\n1 Send')
    assert her.types("1").asked == LodgeComplaint(STORY, "exclusion")


def test_what_is_written_after_going_on_is_shown() -> None:
    """Only what was there before is hidden."""
    her = in_the_midst(STORY).redials().types("1", "3", "They shut the door")
    assert her.screen.startswith('You wrote: "They shut the door".\n')


def test_starting_over_leaves_nothing_to_go_on_with() -> None:
    """The draft is gone: the next dial is an ordinary one."""
    her = in_the_midst(STORY).redials().types("2")
    assert her.at == "home.menu"
    assert her.redials().at == "home.menu"


@pytest.mark.parametrize("keys", [(), ("0", "1"), ("0", "4")], ids=["home", "check", "status"])
def test_what_promises_nothing_is_no_draft(keys: tuple[str, ...]) -> None:
    """A question to the register is asked again sooner than it is resumed."""
    her = Citizen(service(), Session("en", 99)).dials().types(*keys)
    assert her.redials().at == "home.menu"


def test_a_draft_is_kept_for_a_day() -> None:
    """Then the next dial knows nothing of it."""
    assert in_the_midst(STORY).redials().later(KEPT).redials().screen == OFFER
    assert in_the_midst(STORY).redials().later(KEPT + 1).redials().at == "home.menu"


def test_three_drafts_are_kept_and_the_oldest_goes_first() -> None:
    """Each has its letter; a fourth takes the place of the oldest."""
    her = in_the_midst(STORY)
    for _again in range(4):
        her = her.redials().types("00", "3", "3")
    left = her.redials().session.parked
    assert [one.letter for one in left] == ["D", "B", "C"]


def test_a_promise_taken_up_again_is_the_same_draft() -> None:
    """The visit keeps its number: what is stored under it is stored once."""
    before = in_the_midst(STORY)
    assert before.session.draft == before.redials().types("1").session.draft


def test_a_keyword_puts_a_draft_aside_and_the_last_screen_says_how_to_come_back() -> None:
    """By SMS the answer to the keyword names the letter of what is left."""
    her = in_the_midst(STORY, profile="sms").opens("status.number", "1234567897")
    her.is_told("too_many")
    assert her.screen.endswith("\nNot finished: B1 go on, B2 end it.")


@pytest.mark.parametrize(
    ("letter", "text", "screen"),
    [
        ("B", "1", 'You wrote: "...".'),
        ("B", "2", "How can we help?"),
        ("C", "1", None),
        ("B", "3", None),
    ],
)
def test_a_letter_answers_its_question(letter: str, text: str, screen: str | None) -> None:
    """B1 goes on, B2 ends it; there is no other letter and no other answer."""
    her = in_the_midst(STORY, profile="sms").opens("status.number")
    her = her.types("0")
    turn = her.engine.answering(her.session, letter, text, her.minute)
    if screen is None:
        assert turn is None
    else:
        assert turn is not None
        assert Citizen(service(), turn.session).dials().screen.startswith(screen)


def test_a_draft_whose_screen_a_deploy_removed_begins_anew() -> None:
    """Never an exception, never somebody else's question."""
    her = in_the_midst(STORY).redials()
    small = Book([WELCOME, RESUME, *(d for d in VILLAGE if d.name != "welcome")], always=ALWAYS)
    assert her.under(Engine(small, spoken(small).speeches)).types("1").at == "home.menu"


def test_a_stranger_who_dials_again_is_asked_her_language_first() -> None:
    """Nothing can be left by somebody who was never met."""
    her = Citizen(service(), Session()).redials()
    assert her.at == "welcome.language"


def test_a_book_that_resumes_has_a_screen_that_offers_it() -> None:
    """Otherwise a draft would be kept for nobody."""
    with pytest.raises(Exception, match="no screen offers to go on"):
        Book(
            [WELCOME, HOME, *(d for d in DIALOGS if d.name in OTHERS)],
            always=ALWAYS,
        )


def test_what_is_learnt_after_going_on_is_said() -> None:
    """Her number, above all: only what was answered before is hidden."""
    her = in_the_midst(STORY).redials().types("1", "1")
    her.is_told("stored", reference="1234567897", days=15)
    assert her.screen.startswith("Your number is 123 456 7897. We answer within 15 days.")
