"""Keywords by SMS: exact ones in every language, and slips that are asked about, never obeyed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.keywords import Asked, Meant, answered, asked, nearly
from gateway.slips import distance
from locales.languages import LANGUAGES, Row

EVERY = sorted(
    (spelling, meaning)
    for row in LANGUAGES.values()
    for meaning, spellings in row.keywords.items()
    for spelling in spellings
    if meaning not in {"yes", "no"}
)


@pytest.mark.parametrize(("spelling", "meaning"), EVERY)
def test_a_keyword_is_one_however_it_is_written(spelling: str, meaning: str) -> None:
    """In any case and between signs it is obeyed, and no slip."""
    for written in (spelling, spelling.upper(), f" {spelling.title()}! "):
        assert asked(written) == Asked(meaning)  # type: ignore[arg-type]  # a meaning of the table
        assert nearly(written) is None


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        ("ARRÊT", "stop"),
        ("vérifier", "check"),
        ("شـكايت", "complain"),
        ("ﺷﮑﺎﻳﺖ", "complain"),
        ("درخواست\u200c", "apply"),
        ("بند كریں", "stop"),
        ("اھلیت", None),
    ],
)
def test_letters_written_alike_are_one(written: str, meaning: str | None) -> None:
    """Accents, kashida, presentation forms and the yeh and kaf of other keyboards change nothing."""
    found = asked(written)
    assert (found.word if found else None) == meaning


@pytest.mark.parametrize(
    ("written", "spelling", "message"),
    [
        ("STPO", "STOP", "stop"),
        ("complian", "COMPLAIN", "complain"),
        ("COMPLAN", "COMPLAIN", "complain"),
        ("shikayt", "SHIKAYAT", "shikayat"),
        ("staus 1234567890", "STATUS", "status 1234567890"),
        ("شکایط", "شکایت", "شکایت"),
        ("band kro", "BAND KARO", "band karo"),
    ],
)
def test_a_slip_names_its_keyword(written: str, spelling: str, message: str) -> None:
    """One letter in a word of four to six, two from seven on."""
    assert nearly(written) == Meant(spelling, message)


@pytest.mark.parametrize(
    "written",
    [
        "st",
        "abc",
        "hello",
        "1",
        "1730100000011",
        "apple tree fell",
        "stpo paying me",
        "",
        "!",
        "haan",
    ],
)
def test_other_words_are_no_slips(written: str) -> None:
    """Short words, greetings, numbers and stories are what they say; behind a slip stands a number."""
    assert nearly(written) is None


def test_what_may_be_two_keywords_is_none() -> None:
    """STOP or UNSTOP: nobody guesses."""
    assert distance("ustop", "stop") == distance("ustop", "unstop") == 1
    assert nearly("ustop") is None


@pytest.mark.parametrize("row", LANGUAGES.values(), ids=lambda row: row.language.tag)
def test_the_name_of_a_language_is_no_slip(row: Row) -> None:
    """Whoever types it on the first screen chooses it."""
    assert nearly(row.language.name) is None


@pytest.mark.parametrize(
    ("written", "meaning"),
    [("Yes!", "yes"), ("جی ہاں", "yes"), ("NON", "no"), ("(2)", "no"), ("3", None)],
)
def test_yes_and_no_are_heard_in_any_language(written: str, meaning: str | None) -> None:
    """And as numbers; they ask for nothing by themselves."""
    assert answered(written) == meaning
    assert asked(written) is None


@given(st.text(max_size=60))
def test_no_text_is_both_a_keyword_and_a_slip(text: str) -> None:
    """Whatever is written is read, and what is asked about would be obeyed once confirmed."""
    near = nearly(text)
    assert near is None or (asked(text) is None and asked(near.message) is not None)


@given(st.text("abcd", max_size=7), st.text("abcd", max_size=7), st.text("abcd", max_size=7))
def test_distance_counts_slips(one: str, other: str, letter: str) -> None:
    """None to itself, the same in both directions, never more than the longer word."""
    assert distance(one, one) == 0
    assert distance(one, other) == distance(other, one) <= max(len(one), len(other))
    assert distance(one, one + letter) == len(letter)


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("stop", "stpo", 1), ("stop", "sop", 1), ("stop", "shop", 1), ("ca", "abc", 3), ("", "ab", 2)],
)
def test_a_swap_is_one_slip(one: str, other: str, slips: int) -> None:
    """As fingers make them."""
    assert distance(one, other) == slips
