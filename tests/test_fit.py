"""Widths against a second reading of 3GPP TS 23.038: the alphabet by code points, parts by cutting
what is sent.
"""

from __future__ import annotations

import re
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

SCRIPTS = {
    "GSM": sorted(CODES),
    "ESC": "\x1b",
    "extension": "\f^{}\\[~]|€",
    "Latin": "ÀÊŒşƙɓɗẹọ",
    "marks": "\u0300\u0301\u0323\u0654\u064b\u135e\u20e3",
    "Arabic": "اردو پښتو نقد۰۱۲٣",
    "Ethiopic": "መታወቂያ፩፪",
    "others": "Привет नमस्ते 你好 ไทย ߊߋߌ",
    "emoji": "🙂👩\u200d🌾\ufe0f🇹🇬",
    "invisible": "\u200b\u200c\u200e\u200f\u202e\u2066\ufeff\u00ad",
    "spaces": "\t\r\n \u00a0\u202f\u2009",
    "nulls": "\x00\x1f\x7f`",
    "lone surrogates": "\ud800\udbff\udc00\udfff",
}
pieces = st.sampled_from(list(SCRIPTS)).flatmap(
    lambda script: st.text(st.sampled_from(list(SCRIPTS[script])), min_size=1, max_size=80)
)
PAIRED = re.compile("[\ud800-\udbff][\udc00-\udfff]")
scripts = (
    st.lists(pieces, max_size=8)
    .map("".join)
    .filter(lambda text: not PAIRED.search(text))  # two halves that meet are no lone ones
)
"""Every script, in runs long enough to fill several parts."""


def edge(narrow: str, wide: str, joined: int, cuts: list[int], tail: int) -> str:
    """Parts filled up to a few units short of full, each with a wide character on its edge."""
    return "".join(narrow * (joined - short) + wide for short in cuts) + narrow * tail


cuts = st.lists(st.integers(0, 3), min_size=1, max_size=4)
edges = st.one_of(
    st.builds(edge, st.just("a"), st.just("€"), st.just(153), cuts, st.integers(0, 153)),
    st.builds(edge, st.just("و"), st.just("🙂"), st.just(67), cuts, st.integers(0, 67)),
    st.builds(edge, st.just("\udc00"), st.just("🙂"), st.just(67), cuts, st.integers(0, 67)),
)
"""Where a count goes wrong that only divides."""
fast = settings(derandomize=True, max_examples=120, deadline=None)
many = settings(fast, max_examples=600)


def utf16(text: str) -> int:
    """Code units, a code point at a time."""
    return sum(2 if ord(c) > 0xFFFF else 1 for c in text)


def messages(text: str) -> int:
    """SMS parts, by cutting the codes as a phone sends them: never behind an ESC, never behind the
    first half of a pair.
    """
    if all(c in CODES for c in text):
        codes, single, joined = [code for c in text for code in CODES[c]], 160, 153
        opens = {0x1B}
    else:
        wire = text.encode("utf-16-be", "surrogatepass")
        codes = [int.from_bytes(wire[at : at + 2]) for at in range(0, len(wire), 2)]
        single, joined, opens = 70, 67, set(range(0xD800, 0xDC00))
    if len(codes) <= single:
        return 1
    count = 0
    while codes:
        cut = joined
        if len(codes) > cut and codes[cut - 1] in opens and not _lone(codes[cut - 1 : cut + 1]):
            cut -= 1
        codes, count = codes[cut:], count + 1
    return count


def _lone(two: list[int]) -> bool:
    """Whether the first is half a pair whose other half is missing."""
    return two[0] != 0x1B and not 0xDC00 <= two[1] < 0xE000


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


@many
@given(st.one_of(gsm, anything, mixed, scripts, edges))
def test_parts_are_counted_as_they_are_sent(text: str) -> None:
    """An escape and a surrogate pair are never split."""
    assert parts(text) == messages(text)


@many
@given(scripts, st.integers(0, 60))
def test_any_script_is_measured_and_folded_without_an_error(text: str, most: int) -> None:
    """Half a surrogate pair, a mark on nothing, an escape: each has a width, and is cut to one."""
    assert is_gsm(text) == all(c in CODES for c in text)
    assert width(text) == (sum(len(CODES[c]) for c in text) if is_gsm(text) else utf16(text))
    assert width(clip(text, most)) <= most
    assert fold(fold(text)) == fold(text)
    assert not is_gsm(text) or parts(fold(text)) == parts(text)


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
    assert shown(NationalId(), "3520200000001", ENGLISH) == "...0001"


def test_the_prefix_of_the_carrier_counts() -> None:
    """`CON ` takes four of 160 septets, or of 80 units."""
    assert SAFE.room("a" * 156) == 0
    assert SAFE.room("و" * 76) == 0
    assert SAFE.room("و" * 77) == -1
    assert SMS.room("a" * 306) == 0
