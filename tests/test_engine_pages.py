"""Long lists are turned page by page: nothing is torn, nothing is lost, and numbers run through the
whole list.
"""

from __future__ import annotations

import pytest

from dialogs.engine.fit import SAFE, SMS, Profile
from dialogs.engine.render import layout, numbered
from dialogs.engine.screens import Dialog, End, Menu, Option, go
from dialogs.engine.session import Session
from dialogs.engine.texts import _
from dialogs.engine.turns import Heard
from tests.citizen import ENGLISH, Citizen, spoken
from tests.seeded import book

KNOWN = Session("en", 99)
WORDS = [
    "Wheat flour",
    "Cooking oil and sugar",
    "School books",
    "A midwife",
    "Seeds for spring",
    "Work on roads",
]


def shop(
    *labels: str,
    pages: int = 3,
    question: str = "What do you need most in your household this season?",
) -> Dialog:
    """A main menu with these lines, two pages or more."""
    options = {
        f"o{chr(97 + number)}": Option(_(label), to="said") for number, label in enumerate(labels)
    }
    menu = Menu(
        _(question), notes=(), pages=pages, **options, wells=Option(_("Wells"), to=go("wells"))
    )
    return Dialog("home", menu=menu, said=End(_("You chose {menu}.")))


def shopper(*labels: str) -> Citizen:
    """Somebody on page one of a long menu."""
    return Citizen(spoken(book(shop(*labels))), KNOWN).dials()


def test_page_one_holds_the_question_and_the_way_on() -> None:
    """Nine is More, as long as more follows."""
    first = shopper(*WORDS)
    assert first.screen == (
        "What do you need most in your household this season?\n1 Wheat flour\n2 Cooking oil and sugar\n"
        "3 School books\n4 A midwife\n5 Seeds for spring\n9 More"
    )
    assert first.types("9").screen == "6 Work on roads\n7 Wells"


def test_a_number_of_another_page_is_accepted() -> None:
    """A chain known by heart does not have to turn pages; neither does somebody who remembers page
    one.
    """
    assert shopper(*WORDS).types("6").screen == "You chose Work on roads."
    assert shopper(*WORDS).types("9", "1").screen == "You chose Wheat flour."


def test_after_the_last_page_more_shows_the_first_again() -> None:
    """The key that led there leads on, without a reproach."""
    her = shopper(*WORDS)
    first = her.screen
    assert her.types("9", "9").screen == first


def test_every_option_is_shown_after_an_answer_not_understood() -> None:
    """The retry line takes room, so the pages break elsewhere: turning them still shows every
    option once.
    """
    her = shopper(*WORDS).types("hello")
    lines = her.screen.split("\n")
    while lines[-1] == "9 More":
        lines = [*lines[:-1], *her.types("9").screen.split("\n")]
    assert lines == [
        "Please choose a number.",
        "What do you need most in your household this season?",
    ] + [f"{number} {label}" for number, label in enumerate([*WORDS, "Wells"], 1)]


def test_a_menu_of_one_page_that_needs_two_after_a_mistake_can_be_turned() -> None:
    """What `9 More` promises is shown, though the menu had no second page before."""
    labels = ["Wheat flour and oil", "School books", "A midwife in our village", "Seeds for spring"]
    her = shopper(*labels)
    assert "9 More" not in her.screen
    assert her.types("hello").screen.endswith("9 More")
    assert her.types("9").screen.endswith("5 Wells")


def test_dialling_again_shows_the_page_she_was_on() -> None:
    """The carrier's line dropped on page two."""
    her = shopper(*WORDS).types("9")
    page = her.screen
    assert her.dials().screen == page


def test_back_is_printed_where_there_is_something_before() -> None:
    """And not on the first screen of all."""
    her = Citizen(spoken(book()), KNOWN).dials()
    assert "0 Back" not in her.screen
    well = [["w1", {"en": "Old well"}]]
    her.types("1").is_told("found", wells=well)
    assert her.screen == "Which well?\n1 Old well\n0 Back\n00 Home"


@pytest.mark.parametrize("home", [True, False])
def test_home_is_printed_only_where_the_carrier_leaves_it_free(home: bool) -> None:
    """Some carriers keep 00 for themselves."""
    profile = Profile("safe", septets=160, units=80, prefix=4, home=home)
    her = Citizen(spoken(book(), profiles={"safe": profile}), KNOWN).dials().types("1")
    assert ("00 Home" in her.is_told("found", wells=[["w1", {"en": "Old well"}]]).screen) == home


def test_an_unknown_carrier_gets_the_safe_profile() -> None:
    """Its name is not in the table: the narrowest is taken."""
    turn = spoken(book()).step(Session("en", 99, profile="nobody"), Heard(None, 0))
    assert turn.then == Citizen(spoken(book()), KNOWN).dials().then


@pytest.mark.parametrize("profile", [SAFE, SMS, Profile("tiny", septets=60, units=40)])
@pytest.mark.parametrize("back", [True, False])
def test_options_are_never_torn_and_never_lost(profile: Profile, back: bool) -> None:
    """Put together again, the pages are the list."""
    lines = numbered([*WORDS, "Wells"])
    pages = layout("What do you need?", lines, back, ENGLISH, profile)
    furniture = {"0 Back", "9 More", "What do you need?"}
    assert [line for page in pages for line in page.split("\n") if line not in furniture] == lines
    assert all(profile.room(page) >= 0 for page in pages)
    assert all(("9 More" in page) == (page is not pages[-1]) for page in pages)
    assert all(("0 Back" in page) == back for page in pages)
