"""Widths against a second reading of 3GPP TS 23.038: the alphabet by code points, units by
encoding.
"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.engine.fit import SAFE, SMS, fold, is_gsm, parts, septets, units, width
from dialogs.engine.kinds import NationalId, clip, named, shown, widest
from dialogs.engine.kinds import Words as WordsKind
from dialogs.engine.texts import Language

# fmt: off
TABLE = [
    0x40, 0xA3, 0x24, 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7, 0x0A, 0xD8, 0xF8, 0x0D, 0xC5, 0xE5,
    0x394, 0x5F, 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, None, 0xC6, 0xE6, 0xDF, 0xC9,
    *range(0x20, 0x24), 0xA4, *range(0x25, 0x40),
    0xA1, *range(0x41, 0x5B), 0xC4, 0xD6, 0xD1, 0xDC, 0xA7,
    0xBF, *range(0x61, 0x7B), 0xE4, 0xF6, 0xF1, 0xFC, 0xE0,
]
"""The default alphabet in the order of its 128 codes; ESC is no character."""
ESCAPED = {
    0x0A: 0x0C, 0x14: 0x5E, 0x28: 0x7B, 0x29: 0x7D, 0x2F: 0x5C,
    0x3C: 0x5B, 0x3D: 0x7E, 0x3E: 0x5D, 0x40: 0x7C, 0x65: 0x20AC,
}
"""The extension table."""
# fmt: on
CODES = {chr(point): [code] for code, point in enumerate(TABLE) if point is not None}
CODES |= {chr(point): [0x1B, code] for code, point in ESCAPED.items()}
ENGLISH, URDU = Language("en", "English"), Language("ur", "Urdu", "rtl", "ucs2")

anything = st.text(max_size=200)
gsm = st.text(alphabet=sorted(CODES), max_size=400)
awkward = st.sampled_from("œŒ…×ƴşçâê\u0302\u0323\u200b\u00a0`’و🙂П")
mixed = st.text(
    alphabet=st.one_of(st.sampled_from(sorted(CODES)), awkward, st.characters(codec="utf-8")),
    max_size=60,
)
fast = settings(derandomize=True, max_examples=120, deadline=None)


def utf16(text: str) -> int:
    """Code units, by encoding."""
    return len(text.encode("utf-16-le")) // 2


def messages(text: str) -> int:
    """SMS parts, by laying the codes out one by one."""
    coded = all(c in CODES for c in text)
    pieces = [len(CODES[c]) if coded else utf16(c) for c in text]
    single, joined = (160, 153) if coded else (70, 67)
    if sum(pieces) <= single:
        return 1
    filled = [0]
    for piece in pieces:
        if filled[-1] + piece > joined:
            filled.append(0)
        filled[-1] += piece
    return len(filled)


def test_the_alphabet_is_the_one_of_the_standard() -> None:
    """128 codes, one of them ESC, and ten more behind it: no other character in all of Unicode
    counts as GSM.
    """
    assert len(TABLE) == 128
    assert set(filter(is_gsm, map(chr, range(0x110000)))) == set(CODES)


@fast
@given(gsm)
def test_septets_are_the_codes_sent(text: str) -> None:
    """Two for what needs ESC."""
    assert is_gsm(text)
    assert septets(text) == width(text) == sum(len(CODES[c]) for c in text)


@fast
@given(anything)
def test_units_are_what_the_encoding_says(text: str) -> None:
    """Two for what is beyond the first plane."""
    assert units(text) == utf16(text)
    assert is_gsm(text) == all(c in CODES for c in text)


@fast
@given(st.one_of(gsm, anything, mixed))
def test_parts_are_counted_as_they_are_sent(text: str) -> None:
    """An escape and a surrogate pair are never split."""
    assert parts(text) == messages(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("€" * 153, 3),
        ("a" * 152 + "€" + "a" * 7, 2),
        ("و" * 70, 1),
        ("و" * 71, 2),
        ("و" * 134, 2),
        ("و" * 135, 3),
        ("a" * 159 + "ê", 3),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
        ("🙂" * 67, 3),
    ],
)
def test_parts_at_the_edges(text: str, count: int) -> None:
    """160 and 153 septets, 70 and 67 units."""
    assert parts(text) == count


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Votre paiement est prêt", "Votre paiement est pret"),
        ("C’est gratuit…", "C'est gratuit..."),
        ("« Réf » — œuvre", '" Réf " - oeuvre'),
        ("déjà payé à É", "déjà payé à É"),
        ("ça, là, où, Ñandú", "ca, là, où, Ñandu"),
        ("Kuɗinka sun shirya. Karɓa", "Kudinka sun shirya. Karba"),
        ("12\u00a0000\u202fF", "12 000 F"),
        ("q\u0302 x\u0323\u0301", "q x"),
        ("e\u030c\u0323", "e"),
        ("\u200fنقد", "نقد"),
        ("آپ کی رقم", "آپ کی رقم"),
        ("መታወቂያ", "መታወቂያ"),
        ("Привет", "Привет"),
        ("{a} [b] ~ €", "{a} [b] ~ €"),
    ],
)
def test_folding_keeps_a_text_readable(text: str, folded: str) -> None:
    """Letters the alphabet has stay; others lose their marks; other scripts are left alone."""
    assert fold(text) == folded


@fast
@given(st.one_of(gsm, anything, mixed))
def test_folding_changes_no_gsm_text_and_nothing_twice(text: str) -> None:
    """Only what must change does, and once is enough."""
    folded = fold(text)
    assert not is_gsm(text) or folded == text
    assert fold(folded) == folded
    assert len(folded) <= 3 * len(unicodedata.normalize("NFC", text))


@fast
@given(st.one_of(gsm, anything, mixed), st.integers(0, 60))
def test_a_clipped_text_is_never_wider_than_it_may_be(text: str, most: int) -> None:
    """In septets or in units, whichever it then takes; what fits is left alone."""
    clipped = clip(text, most)
    assert width(clipped) <= most
    assert (
        clipped == text
        if width(text) <= most
        else text.startswith(clipped.removesuffix("...").rstrip("."))
    )


@fast
@given(mixed, mixed, mixed, st.sampled_from([ENGLISH, URDU]))
def test_a_name_of_the_registry_never_turns_a_gsm_screen_into_ucs2(
    own: str, english: str, code: str, language: Language
) -> None:
    """Whatever the registry sends: its name, the English one, or the code."""
    said = named({language.tag: own, "en": english}, 20, language, code)
    assert width(said) <= 20
    assert language.alphabet == "ucs2" or is_gsm(said)


@fast
@given(mixed, st.integers(4, 40), st.sampled_from([ENGLISH, URDU]))
def test_typed_words_are_never_wider_than_the_proof_took_them(
    words: str, most: int, language: Language
) -> None:
    """Folding comes first: a letter that becomes two does not grow afterwards."""
    kind = WordsKind(shown=most)
    said = shown(kind, words, language)
    assert width(said) <= len(widest(kind, wide=not is_gsm(said))) == most
    assert language.alphabet == "ucs2" or fold(said) == said


def test_an_identity_number_is_never_shown_whole() -> None:
    """Only its last four digits: screens are read over shoulders, and phones are shared."""
    assert shown(NationalId(13), "3520200000001", ENGLISH) == "...0001"


def test_the_prefix_of_the_carrier_counts() -> None:
    """`CON ` takes four of 160 septets, or of 80 units."""
    assert SAFE.room("a" * 156) == 0
    assert SAFE.room("و" * 76) == 0
    assert SAFE.room("و" * 77) == -1
    assert SMS.room("a" * 306) == 0
