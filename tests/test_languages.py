"""The table of languages: rules, keywords and formats of each row, and which languages a service may
name.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import pytest
from pydantic import ValidationError

from commands import doctor, embedded
from commands.__main__ import wrong
from commands.trouble import Trouble
from dialogs.engine import hear
from dialogs.engine.fit import fold, is_gsm
from dialogs.engine.kinds import Day, Money, NationalId, shown
from gateway.keywords import Asked, asked, plain
from locales.languages import LANGUAGES
from settings import Settings
from tests.test_locales import example

TAGS = list(LANGUAGES)


@pytest.mark.parametrize(
    ("number", "form"),
    [(0, 0), (1, 1), (2, 2), (3, 3), (10, 3), (11, 4), (99, 4), (100, 5), (102, 5), (103, 3)],
)
def test_arabic_has_six_forms_and_the_number_decides(number: int, form: int) -> None:
    """None, one, two, few, many and other, as CLDR has them."""
    row = LANGUAGES["ar"]
    assert (row.forms, row.plural(number)) == (6, form)


@pytest.mark.parametrize("tag", TAGS)
def test_every_form_of_a_language_is_taken_by_some_number(tag: str) -> None:
    """A rule whose forms are not all reached, or reach past the last, is the wrong rule."""
    row = LANGUAGES[tag]
    assert {row.plural(number) for number in range(201)} == set(range(row.forms))


@pytest.mark.parametrize("tag", TAGS)
def test_a_language_falls_back_on_rows_that_every_phone_showing_it_can_show(tag: str) -> None:
    """A language in GSM letters never falls back on one that is not; none falls back on itself."""
    language = LANGUAGES[tag].language
    others = [LANGUAGES[other].language for other in language.fallback]
    assert language not in others
    assert language.alphabet == "ucs2" or all(one.alphabet == "gsm7" for one in others)
    assert not language.latin or LANGUAGES[language.latin].language.alphabet == "gsm7"


@pytest.mark.parametrize("tag", TAGS)
def test_a_row_is_written_in_its_own_direction_and_alphabet(tag: str) -> None:
    """The name of a language, as its speakers write it, tells both."""
    language = LANGUAGES[tag].language
    assert is_gsm(fold(language.name)) == (language.alphabet == "gsm7")
    right_to_left = unicodedata.bidirectional(language.name[0]) in {"R", "AL"}
    assert right_to_left == (language.direction == "rtl")


def spelt() -> list[tuple[str, str, str]]:
    """Every keyword of every row, and of the guide's example: language, meaning, spelling."""
    rows = [*LANGUAGES.values(), example()]
    return [
        (row.language.tag, meaning, word)
        for row in rows
        for meaning, words in row.keywords.items()
        for word in sorted(words)
    ]


def test_a_keyword_means_the_same_in_every_language() -> None:
    """However it is spelt, on whatever keyboard, a word asks for one thing."""
    meanings: dict[str, set[str]] = {}
    for _, meaning, word in spelt():
        meanings.setdefault(plain(word), set()).add(meaning)
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("tag", TAGS)
def test_a_language_has_every_keyword_and_some_in_ascii(tag: str) -> None:
    """Somebody whose phone has Latin keys only can stop, start and ask for help; Urdu's are those of
    Roman Urdu.
    """
    row = LANGUAGES[tag]
    assert set(row.keywords) == set(LANGUAGES["en"].keywords)
    latin = LANGUAGES[row.language.latin] if row.language.latin else row
    for meaning in ("stop", "start", "help"):
        assert any(word.isascii() for word in latin.keywords[meaning])


@pytest.mark.parametrize("tag", TAGS)
def test_a_keyword_is_understood_as_it_is_spelt(tag: str) -> None:
    """With a capital and a full stop, as phones write by themselves."""
    for meaning, words in LANGUAGES[tag].keywords.items():
        for word in words if meaning not in {"yes", "no"} else ():
            assert asked(f" {word.capitalize()}. ") == Asked(meaning)


@pytest.mark.parametrize(
    ("typed", "meaning"), [("شكايت", "complain"), ("شکوی", "complain"), ("حاله", "status")]
)
def test_a_keyword_is_understood_from_a_neighbours_keyboard(typed: str, meaning: str) -> None:
    """An Urdu word in Arabic letters, an Arabic one in Urdu letters."""
    assert (found := asked(typed)) is not None
    assert found.word == meaning


@pytest.mark.parametrize("typed", ["acha", "Acha!", "band", "haan", "ok"])
def test_what_people_say_at_every_turn_is_no_keyword(typed: str) -> None:
    """Somebody who writes "all right" is not taken off the list."""
    assert asked(typed) is None


@pytest.mark.parametrize("zero", ["0", "٠", "۰"], ids=["ASCII", "Arabic-Indic", "Extended"])
def test_digits_of_every_keyboard_are_read(zero: str) -> None:
    """An ID number, a menu key and a keyword's number."""
    typed = "1730100000011".translate({48 + n: chr(ord(zero) + n) for n in range(10)})
    assert hear.read(NationalId(), typed) == "1730100000011"
    assert hear.key(typed[0]) == "1"
    assert asked(f"STATUS {typed}") == Asked("status", "1730100000011")


@pytest.mark.parametrize("tag", TAGS)
def test_dates_and_amounts_are_ascii_without_spaces_nobody_sees(tag: str) -> None:
    """A no-break space would turn a whole message into UCS-2; digits she must retype are ASCII."""
    language = LANGUAGES[tag].language
    money = shown(Money(), ["12500.00", "PKR"], language)
    assert shown(Day(), "2027-01-15", language) == "15/01/2027"
    assert re.fullmatch(r"PKR 12[ ,]500", money)
    assert Decimal(re.sub("[^0-9]", "", money)) == 12500


def test_a_french_amount_is_no_fraction() -> None:
    """In French a comma stands before cents."""
    assert shown(Money(), ["12500.00", "PKR"], LANGUAGES["fr"].language) == "PKR 12 500"


@pytest.mark.parametrize(
    ("languages", "greeting", "said"),
    [
        ("en,fr,ur,ur_Latn,ps,sw,ar,ha", "", "one to 7 languages"),
        ("en,en", "", "each once"),
        (",", "", "one to 7 languages"),
        ("en,fr", "ur", "GUICHET_GREETING must be one of GUICHET_LANGUAGES"),
    ],
)
def test_a_menu_of_languages_nobody_could_use_is_refused_in_one_line(
    languages: str, greeting: str, said: str
) -> None:
    """Too many, one twice, none, or a greeting in none of them."""
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({"languages": languages, "greeting": greeting})
    line = wrong(refused.value)
    assert said in line
    assert "\n" not in line


def test_all_seven_languages_may_be_offered() -> None:
    """Seven is not too many."""
    offered = Settings.model_validate({"languages": ",".join(TAGS[:7])})
    assert len(offered.languages) == 7
    embedded.require_languages(offered)


def test_a_language_that_is_no_row_is_refused_in_one_line() -> None:
    """Nothing starts, and doctor says the same."""
    strange = Settings.model_validate({"languages": "en,tlh"})
    with pytest.raises(Trouble, match="not in the table of languages: tlh"):
        embedded.require_languages(strange)
    assert doctor.languages(strange).state == "wrong"
