"""docs/carriers.md says what is so: every field, every document, and examples that load."""

from __future__ import annotations

import re
from dataclasses import fields

from gateway.carriers import FILE, Carrier, carriers
from gateway.documents import FIELDS, countries, documents
from tests.documents import blocks, parts, read

GUIDE = "docs/carriers.md"


def rows(heading: str) -> list[str]:
    """The first column of the tables below a heading, without back quotes."""
    body = parts(read(GUIDE), "##")[heading]
    return re.findall(r"^\| `([^`]+)` \|", body, flags=re.MULTILINE)


def test_every_field_of_a_carrier_is_explained() -> None:
    """The country is the table's own name; all others stand in the guide, in their order."""
    assert rows("Carriers") == [one.name for one in fields(Carrier) if one.name != "country"]


def test_every_document_stands_in_the_guide() -> None:
    """With its English name, and whether it is verified."""
    assert set(rows("Identity documents")) - FIELDS == {
        one.key for country in ("PK", "KE", "TG") for one in documents(country)
    }
    assert set(rows("Identity documents")) >= FIELDS
    for country in ("PK", "KE", "TG"):
        for one in documents(country):
            (row,) = re.findall(rf"^\| `{one.key}` \|.*$", read(GUIDE), flags=re.MULTILINE)
            assert f"| {one.stands_for} |" in row
            assert row.endswith("| yes |" if one.verified else "| no |")


def test_no_country_has_documents_the_guide_does_not_name() -> None:
    """The file holds no more countries than the guide."""
    assert set(countries()) == {"PK", "KE", "TG"}


def test_the_carrier_of_the_guide_can_be_added() -> None:
    """Behind the others, as an operator would."""
    example, _ = blocks(read(GUIDE), "toml")
    known = carriers(f"{FILE.read_text('utf-8')}\n{example}")
    assert known.by_network["99902"].name == "Sample Cell"
    assert known.profile("99901").name == "178/76/120"


def test_the_document_of_the_guide_can_be_added() -> None:
    """And takes what it describes."""
    _, example = blocks(read(GUIDE), "toml")
    (one,) = documents("XA", example)
    assert [one.fits(number) for number in ("R0000000", "R000000", "S0000000")] == [
        True,
        False,
        False,
    ]


def test_the_names_of_screens_in_the_guide_exist() -> None:
    """The profile that is explained is one a network has."""
    assert "`156/76/80-home-ucs2`" in read(GUIDE)
    assert "156/76/80-home-ucs2" in carriers().profiles
