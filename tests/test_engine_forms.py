"""Questions of a registry, notes that are sometimes said, words added to words, and long texts."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.engine.book import Book
from dialogs.engine.fit import SAFE, SMS
from dialogs.engine.kinds import Choices, Day, Digits, Listed, Questions, Words, shown
from dialogs.engine.render import GLUE, layout
from dialogs.engine.screens import (
    Action,
    Ask,
    Dialog,
    End,
    Form,
    Lookup,
    Menu,
    Note,
    Option,
    Query,
    Submit,
    go,
)
from dialogs.engine.session import Session
from dialogs.engine.texts import Language, _
from tests.citizen import ENGLISH, Citizen, spoken

QUESTIONS = Questions(most=3, width=40, choices=Choices(4, 12))


def question(name: str, label: str, kind: str, *choices: str, most: int = 0) -> dict[str, object]:
    """A question as the registry declares it."""
    return {
        "id": name,
        "label": {"en": label},
        "kind": kind,
        "least": min(most, 1),
        "most": most,
        "choices": [[one, {"en": one.title()}] for one in choices],
    }


PUPILS = question("pupils", "How many pupils?", "number", most=12)
COOKS = question("cooks", "Is there a kitchen?", "yes_no")
KIND = question("kind", "Which school?", "choice", "day", "night")


@dataclass(frozen=True, slots=True)
class FindTerms(Query):
    """What a school asks."""

    outcomes = MappingProxyType(
        {"open": {"questions": QUESTIONS}, "closing": {"questions": QUESTIONS, "closes": Day()}}
    )


@dataclass(frozen=True, slots=True)
class Enrol(Action):
    """A child for a school."""

    facts: tuple[tuple[str, str], ...]
    words: str

    outcomes = MappingProxyType({"stored": {}})


SCHOOL = Dialog(
    "school",
    terms=Lookup(FindTerms, open="facts", closing="facts", unavailable="later"),
    facts=Form(of="questions", again=_("Please answer again."), to="words"),
    words=Ask(_("Your words."), Words(2, 20, 20), again=_("Some words."), to="sure"),
    sure=Menu(
        _("Send {words}?"),
        notes=(Note(_("Last day {closes}."), when="closes"),),
        yes=Option(_("Yes"), to="lodge"),
        more=Option(_("Add"), to="more"),
    ),
    more=Ask(_("What else?"), Words(2, 20, 20), again=_("Some words."), adds="words", to="sure"),
    lodge=Submit(Enrol, stored="done"),
    done=End(_("One sentence of a last screen that is long. " * 5), pages=3),
    later=End(_("Later.")),
)
BOOK = Book(
    [
        Dialog("welcome", hello=Menu(_("Hello"), on=Option(_("On"), to=go("home")))),
        Dialog("home", menu=Menu(_("Home"), school=Option(_("School"), to=go("school")))),
        SCHOOL,
    ],
)


def asked(*questions: object, outcome: str = "open", **facts: object) -> Citizen:
    """She asks for a school that wants to know these things."""
    her = Citizen(spoken(BOOK), Session("en", 99)).dials().types("1")
    return her.is_told(outcome, questions=list(questions), **facts)


def test_questions_are_asked_one_after_the_other() -> None:
    """A number, yes or no, a choice; what is promised holds every answer by its id."""
    her = asked(PUPILS, COOKS, KIND)
    assert her.screen.startswith("How many pupils?\n0 Back")
    assert her.types("3").screen.startswith("Is there a kitchen?\n1 Yes\n2 No\n0 Back")
    assert her.types("2").screen.startswith("Which school?\n1 Day\n2 Night\n0 Back")
    her.types("night", "It is far", "1")
    facts = (("cooks", "no"), ("kind", "night"), ("pupils", "3"))
    assert her.asked == Enrol(facts, "It is far")


@pytest.mark.parametrize("typed", ["13", "99999", "many", ""])
def test_a_number_out_of_range_is_asked_for_again(typed: str) -> None:
    """The question stands below the words that say so."""
    assert asked(PUPILS).types(typed).screen.startswith("Please answer again.\nHow many pupils?")


def test_back_goes_one_question_back() -> None:
    """And from the first one to the screen before."""
    her = asked(PUPILS, COOKS).types("3", "0")
    assert her.screen.startswith("How many pupils?")
    assert her.types("0").at == "home.menu"


def test_no_questions_are_no_screen() -> None:
    """The way goes on; the promise holds no answers."""
    her = asked()
    assert her.at == "school.words"
    assert her.types("It is far", "1").asked == Enrol((), "It is far")


def test_a_note_is_said_only_where_its_fact_is_known() -> None:
    """The last day, where the programme has one."""
    assert "Last day" not in asked().types("It is far").screen
    closing = asked(outcome="closing", closes="2027-01-15").types("It is far")
    assert closing.screen.startswith("Send It is far? Last day 15/01/2027.\n1 Yes")


def test_words_are_added_to_words() -> None:
    """In one answer, within its length."""
    her = asked().types("It is far", "2", "and there is no bus")
    assert her.screen.startswith("Send It is far and there?\n")
    assert her.types("1").asked == Enrol((), "It is far and there")


def test_a_long_last_screen_is_read_page_by_page() -> None:
    """Broken after a sentence; the line closes with the last page, and a wrong key loses nothing."""
    her = asked().types("It is far", "1").is_told("stored")
    first = her.screen
    assert first.endswith("long.\n9 More")
    assert not her.ended
    assert her.types("hello").screen == first
    assert her.dials().screen == first
    her.types("9")
    assert her.ended
    assert her.at == ""


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language("en", "English"), "Cash, Food"),
        (Language("ur", "اردو", direction="rtl", alphabet="ucs2"), "نقد، Food"),
    ],
)
def test_a_list_is_said_in_one_breath(language: Language, said: str) -> None:
    """Names in her language, with its comma."""
    names = [["C", {"en": "Cash", "ur": "نقد"}], ["F", {"en": "Food"}]]
    assert shown(Listed(4, 30), names, language) == said


def test_a_list_is_never_wider_than_declared() -> None:
    """Cut at the end, and marked."""
    names = [[str(one), {"en": "Support"}] for one in range(9)]
    assert shown(Listed(9, 20), names, ENGLISH.language) == "Support, Support,..."


def test_a_secret_code_is_not_shown_again() -> None:
    """Whoever looks over her shoulder sees nothing of it."""
    assert shown(Digits(6), "123456", ENGLISH.language) == "..."


WORDS = st.lists(st.text("abcdefgW.?", min_size=1, max_size=12), min_size=1, max_size=90)


@given(WORDS, st.lists(st.text("abc W", min_size=1, max_size=20), max_size=7), st.booleans())
def test_no_word_of_a_long_text_is_lost_or_torn(
    words: list[str], options: list[str], back: bool
) -> None:
    """Every page fits, the words come in their order, and the options behind them."""
    asked = " ".join(words)
    for profile in (SAFE, SMS):
        pages = layout(asked, options, back, ENGLISH, profile)
        assert all(profile.room(page) >= 0 for page in pages)
        lines = "\n".join(pages).replace("\n9 More", "").replace("\n0 Back", "").split("\n")
        said = "\n".join(lines).split()
        assert said == [*words, *" ".join(options).split()]


@given(st.integers(1, 30), st.integers(1, 60))
def test_a_value_is_not_broken_over_two_pages(before: int, sentences: int) -> None:
    """Ten digits in groups stay together wherever they fall."""
    asked = f"{'word ' * before}{f'123{GLUE}456{GLUE}7897'} {'And so on. ' * sentences}".strip()
    pages = layout(asked, (), back=False, speech=ENGLISH, profile=SAFE)
    assert sum("123 456 7897" in page for page in pages) == 1
