"""What is typed is taken as it was meant: digits of any script, stray signs, words as they were
written.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogs.complaint import LodgeComplaint
from dialogs.engine import hear
from dialogs.engine.fit import Profile
from dialogs.engine.kinds import Asked, Day, Money, NationalId, Number, Reference, Words
from dialogs.engine.session import Session
from dialogs.engine.turns import Heard, Learned
from tests.citizen import Citizen, service, spoken
from tests.seeded import book, wells

ID = "3520200000001"

KEYS = [
    ("1", "1"),
    ("1.", "1"),
    (" 1 ", "1"),
    ("#1", "1"),
    ("1#", "1"),
    ("*1*", "1"),
    ("(1)", "1"),
    ("1)", "1"),
    ("-1-", "1"),
    ("'1'", "1"),
    ('"1"', "1"),
    ("01", "1"),
    ("001", "1"),
    ("\t1\r\n", "1"),
    ("\u200f1\u200f", "1"),
    ("\ufeff1", "1"),
    ("1\u00a0", "1"),
    ("１", "1"),
    ("＊１＃", "1"),
    ("١", "1"),
    ("۱", "1"),
    ("१", "1"),
    ("১", "1"),
    ("߁", "1"),
    ("፩", "1"),
    ("፱", "9"),
    ("۱۲", "12"),
    ("10", "10"),
    ("0", "0"),
    ("00", "00"),
    ("٠", "0"),
    ("۰۰", "00"),
    ("0.", "0"),
    ("#00#", "00"),
    ("000", "000"),
    ("", ""),
    ("#", ""),
    ("1*2", "1*2"),
    ("1 2", "1 2"),
    ("one", "one"),
    ("+1", "+1"),
]


@pytest.mark.parametrize(("typed", "meant"), KEYS)
def test_a_key_is_read_forgivingly(typed: str, meant: str) -> None:
    """Stray signs, leading noughts and the script of the digits do not matter; 0 and 00 stay
    apart.
    """
    assert hear.key(typed) == meant


@pytest.mark.parametrize("character", ["²", "₂", "②", "½", "Ⅱ", "፲", "x"])
def test_what_only_looks_like_a_digit_is_left_as_it_is(character: str) -> None:
    """`int` would refuse a superscript, a fraction, a Roman number, and the Ethiopic ten."""
    assert hear.digit(character) == character


@pytest.mark.parametrize(
    "typed",
    ["2½", "½", "፲", "Ⅻ", "9" * 5000, "٣" * 5000, "1e3", "0x1", "1_0", "--", "\ud800", "🙂"],
)
def test_a_strange_key_is_answered_with_the_menu(typed: str) -> None:
    """Nothing a citizen may type is an error."""
    her = Citizen(service(), Session("en", 99)).dials().types(typed)
    assert her.at == "home.menu"
    assert her.screen.startswith("Please choose a number.")


@pytest.mark.parametrize(
    "typed", ["3", "3.", "03", "#3", "۳", "３", "፫", "Make a complaint", "make a complaint"]
)
def test_an_option_is_chosen_however_it_is_typed(typed: str) -> None:
    """By its number in any shape, or by its words."""
    assert Citizen(service(), Session("en", 99)).dials().types(typed).at == "complaint.category"


READ = [
    (NationalId(), "35202-0000000-1", ID),
    (NationalId(), "35202 0000000 1", ID),
    (NationalId(), "۳۵۲۰۲۰۰۰۰۰۰۰۱", ID),
    (NationalId(), "35202.0000000.1", ID),
    (NationalId(), "ab 12-345.678", "AB12345678"),
    (NationalId(), "٠٠٠١", "0001"),
    (NationalId(), "123", None),
    (NationalId(), "1" * 20, "1" * 20),
    (NationalId(), "1" * 21, None),
    (NationalId(), "my number is " + ID, None),
    (NationalId(), "Good morning", None),
    (NationalId(), "شناختی 1234", None),
    (NationalId(), "", None),
    (Reference(), "123 456 7897", "1234567897"),
    (Reference(), "123-456-7897", "1234567897"),
    (Reference(), "123456789", None),
    (Number(1, 60), "7", 7),
    (Number(1, 60), "07", 7),
    (Number(1, 60), "٧", 7),
    (Number(1, 60), "61", None),
    (Number(1, 60), "9" * 5000, None),
    (Number(1, 60), "7½", None),
    (Number(1, 60), "-7", 7),
    (Day(), "5 3 2026", "2026-03-05"),
    (Day(), "05/03/26", "2026-03-05"),
    (Day(), "2026-03-05", "2026-03-05"),
    (Day(), "۵.۳.۲۰۲۶", "2026-03-05"),
    (Day(), "31 2 2026", None),
    (Day(), "yesterday", None),
    (Day(), "5 3", None),
    (Words(5, 1600), "  They\tsent \r\n me away ", "They sent me away"),
    (Words(5, 1600), "no", None),
    (Words(5, 1600), " \u200b \u200b    ", None),
    (Words(5, 10), "They sent me away", "They sent "),
    (
        Words(2, 1600),
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ),
    (Words(2, 1600), "رقم ۵۰۰ ملی", "رقم 500 ملی"),
    (Words(2, 1600), "a\u202eb\u2066c", "abc"),
    (Money(), "   ", None),
]


@pytest.mark.parametrize(("kind", "typed", "value"), READ)
def test_an_answer_is_read_as_its_kind(kind: Asked, typed: str, value: str | int | None) -> None:
    """Spaces, dashes and dots of an ID are left out; letters are not taken for digits; ZWNJ stays
    in words.
    """
    assert hear.read(kind, typed) == value


@pytest.mark.parametrize(
    "typed", ["12", "abc", ID + "1", "35202000000O1", "  ", "1*2", "My ID card number"]
)
def test_an_answer_that_cannot_be_read_is_asked_for_again_in_other_words(typed: str) -> None:
    """She is told what was wrong, and the way is where it was."""
    her = Citizen(service(), Session("en", 99)).dials().types("1", typed)
    assert her.at == "eligibility.who"
    assert her.screen.startswith("That is not an ID number.")


@pytest.mark.parametrize(
    "words",
    ["{reference}", "{details} {nav}", "{0} {} {{", "%s %(a)s", "$who am I", "{details!r:>9}"],
)
def test_words_that_look_like_a_placeholder_stay_as_typed(words: str) -> None:
    """They are shown and promised as she wrote them."""
    her = Citizen(service(), Session("en", 99)).dials().types("3", "3", words)
    assert her.screen.startswith(f'You wrote: "{words}')
    assert her.types("1").asked == LodgeComplaint(category="exclusion", details=words)


@pytest.mark.parametrize(
    "words",
    [
        "œ" * 30 + "П",
        "€" * 40,
        "€" * 20 + "П" * 20,
        "q\u0302" * 40,
        "e\u030c\u0323" * 40,
        "🙂" * 40,
        "و" * 1600,
        "W" * 1600,
        "[" * 160,
        "`" * 80,
        "\u0958" * 60,
        "ﷺ" * 60,
    ],
)
@pytest.mark.parametrize("profile", ["safe", "sms"])
def test_whatever_was_written_the_screen_that_echoes_it_fits(words: str, profile: str) -> None:
    """Letters that fold into two, characters of two septets, marks without a letter, emoji."""
    her = Citizen(service(), Session("en", 99, profile=profile)).dials().types("3", "3", words)
    assert her.at == "complaint.confirm"


def test_the_back_key_is_back_where_words_are_asked_for() -> None:
    """A single 0 is no answer in words; one inside a sentence is."""
    her = Citizen(service(), Session("en", 99)).dials().types("3", "3", "0")
    assert her.at == "complaint.category"
    assert her.types("3", "0 rupees were paid").at == "complaint.confirm"


def test_nine_is_an_answer_where_nothing_more_follows() -> None:
    """Nine days, on a screen with one page."""
    well = [["w1", {"en": "Old well"}]]
    her = (
        Citizen(spoken(book(wells())), Session("en", 99))
        .dials()
        .types("1")
        .is_told("found", wells=well)
    )
    assert her.types("1", "1", "9").at == "wells.words"


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("1730100000011", "CheckEligibility(who='1730100000011')"),
        ("17301-0000001-1", "CheckEligibility(who='1730100000011')"),
        ("000 000 0000", "FollowRequest(number='0000000000')"),
    ],
)
def test_the_number_itself_is_an_answer_where_a_menu_leads_to_its_question(
    typed: str, asked: str
) -> None:
    """Somebody who types her ID at a menu need not be told to press 1 first."""
    engine = service()
    home = engine.step(Session(language="en", notice=99), Heard(None, 0))
    assert repr(engine.step(home.session, Heard(typed, 0)).then) == asked


def test_another_number_is_tried_where_the_first_was_not_found() -> None:
    """The screen that says a number was not found takes the right one."""
    engine = service()
    turn = engine.step(Session(language="en", notice=99), Heard(None, 0))
    turn = engine.step(turn.session, Heard("1730100000011", 0))
    turn = engine.step(turn.session, Learned("not_found", {}, 0))
    asked = engine.step(turn.session, Heard("1730100000022", 0)).then
    assert repr(asked) == "CheckEligibility(who='1730100000022')"


def test_words_in_letters_that_her_carrier_does_not_show_are_not_echoed() -> None:
    """She wrote in Urdu on a network of Latin letters: no boxes, and what she wrote is sent whole."""
    plain = Profile("plain", septets=160, units=80, prefix=4, ucs2=False)
    engine = replace(service(), profiles={"plain": plain})
    her = Citizen(engine, Session("en", 99, profile="plain")).dials()
    her.types("3", "3", "ہمیں واپس بھیج دیا گیا")
    assert her.screen.startswith('You wrote: "...".')
    assert her.types("1").asked == LodgeComplaint("ہمیں واپس بھیج دیا گیا", "exclusion")
