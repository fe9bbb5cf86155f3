"""Identity documents by country: what is read, what is refused, and that nothing typed is ever an
error.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from dialogs.engine.hear import read
from dialogs.engine.kinds import (
    Asked,
    Day,
    Digits,
    Money,
    NationalId,
    Number,
    Phone,
    Reference,
    Words,
)
from gateway.documents import BadDocument, documents
from gateway.readers import readers
from registry_client.proof import last_four
from settings import Settings
from tests.line import HER_ID, Line, opened

COUNTRIES = ["PK", "KE", "TG", "GH"]
ANY = st.text(st.characters(), max_size=60)
"""Lone surrogates as well."""
NUMBERS = st.text(st.sampled_from("0123456789AaZ٠٩۳፩² -./\u200f\ud800\u0660"), max_size=60)


def told(country: str, text: str) -> object:
    """What the reader of a country makes of it."""
    return readers(Settings(country=country))[NationalId](NationalId(), text)


@pytest.mark.parametrize(
    ("country", "typed", "number"),
    [
        ("PK", HER_ID, HER_ID),
        ("PK", "17301-0000001-1", HER_ID),
        ("PK", "۱۷۳۰۱۰۰۰۰۰۰۱۱", HER_ID),
        ("PK", HER_ID[:-1], None),
        ("PK", HER_ID + "1", None),
        ("PK", "9" + HER_ID[1:], None),
        ("PK", "352O20000000l", None),
        ("PK", "my ID is " + HER_ID, None),
        ("PK", "bn 000000001", "BN000000001"),
        ("PK", "BN1", None),
        ("PK", "a-000.000.01", "A00000001"),
        ("PK", "1234567897", None),
        ("KE", "0000001", "0000001"),
        ("KE", "00000001", "00000001"),
        ("KE", "000001", "000001"),
        ("KE", "00001", None),
        ("KE", "0000000001", None),
        ("KE", HER_ID, None),
        ("TG", "00-00-00-00", "00000000"),
        ("TG", "1234567897", None),
        ("TG", "00000", None),
        ("GH", "gha-000000000-0", "GHA0000000000"),
        ("GH", "0" * 21, None),
        ("GH", "Good morning", None),
    ],
)
def test_a_number_is_read_as_a_document_of_the_country(
    country: str, typed: str, number: str | None
) -> None:
    """Without what people put between, in capitals; what is no document's is no answer."""
    assert told(country, typed) == number


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize(
    ("typed", "number"),
    [("0011", "0011"), ("۰۰۱۱", "0011"), (" 00-11 ", "0011"), ("001", None), ("٠٠١A", None)],
)
def test_the_last_four_digits_are_an_answer_everywhere(
    country: str, typed: str, number: str | None
) -> None:
    """Four digits, no more and no fewer; a letter among them makes them a number of their own."""
    assert (told(country, typed) if number else last_four(typed) or None) == number


@trying(derandomize=True, max_examples=300, deadline=None)
@given(st.sampled_from(COUNTRIES), st.one_of(ANY, NUMBERS))
def test_a_reader_reads_any_text(country: str, text: str) -> None:
    """It never raises, and what it takes is plain: letters and digits, or a number in E.164."""
    for kind, reader in readers(Settings(country=country)).items():
        said = reader(kind(), text)
        assert said is None or (isinstance(said, str) and said.removeprefix("+").isalnum())
        assert said is None or said.isascii()


@trying(derandomize=True, max_examples=300, deadline=None)
@given(
    st.sampled_from(
        [NationalId(), Words(), Number(), Digits(4), Reference(), Day(), Money(), Phone()]
    ),
    st.one_of(ANY, NUMBERS),
)
def test_the_plain_reader_reads_any_text(kind: Asked, text: str) -> None:
    """The engine alone, without libraries, raises as little."""
    said = read(kind, text)
    assert said is None or said == read(kind, str(said)) or isinstance(kind, Words)


def test_every_document_of_the_table_can_be_read_and_has_its_name() -> None:
    """All of them load; only what a module of python-stdnum checks is called verified."""
    every = [one for country in COUNTRIES for one in documents(country)]
    assert [one.key for one in every] == [
        "PK.cnic",
        "PK.por",
        "PK.arc",
        "KE.id",
        "KE.alien",
        "TG.voter",
    ]
    assert all(one.stands_for for one in every)
    assert [one.key for one in every if one.verified] == ["PK.cnic"]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ('pattern = "[0-9]+"\nstdnum = "pk.cnic"', "XA.one: stdnum or pattern, and not both"),
        ("", "XA.one: stdnum or pattern, and not both"),
        ('pattern = "[0-9"', "XA.one: pattern: "),
        ('stdnum = "xa.nothing"', "XA.one: python-stdnum has no xa.nothing"),
        ('stdnum = "util"', "XA.one: python-stdnum has no util"),
        ('pattern = "1"\nlength = [9, 8]', "XA.one: length is "),
        ('pattern = "1"\nlength = 9', "XA.one: length is "),
        ('patern = "1"', "XA.one: unknown: patern"),
        ('pattern = "1"\n[XA', "documents.toml: "),
    ],
)
def test_a_document_that_cannot_be_meant_is_refused(said: str, fault: str) -> None:
    """At the start, with its name and the field."""
    with pytest.raises(BadDocument) as refused:
        documents("XA", f'[XA.one]\nstands_for = "One"\nverified = false\n{said}')
    assert str(refused.value).startswith(fault)


@pytest.fixture
def line(valkey_url: str, sqlite_url: str, tmp_path: Path) -> Iterator[Line]:
    """Promises a phone line of somebody who was met."""
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        line.begin()
        yield line


def test_four_digits_find_only_who_is_on_record_with_the_phone(line: Line) -> None:
    """Many people have the same four."""
    line.dial()
    assert line.presses("1", HER_ID[-4:]).startswith("Your record fits")
    for _ in range(8):
        line.dial()
        assert line.presses("1", "0012").startswith("This phone is not with that ID.")
