"""What is cut is never torn: pages, parts and shortened words keep whole letters of every script."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dialogs.engine.fit import GSM, GSM_EXTENSION, SAFE, SMS, is_gsm, parts, width
from dialogs.engine.kinds import ELLIPSIS, clip
from dialogs.engine.render import layout, numbered
from dialogs.engine.texts import Language, Speech

MARKS = "\u0301\u0308\u064e\u0651\u093f\u094d\u200d\ufe0f\u1362"
SCRIPTS = st.text(
    st.one_of(
        st.sampled_from("aé{}[]~€|^\\ \n.?!۔"),
        st.sampled_from(MARKS),
        st.sampled_from("اردویہعआकषขกአማ漢字"),
        st.sampled_from("🙂👩🌾🇵🇰𐒀"),
    ),
    max_size=400,
)
WORDS = st.lists(SCRIPTS.map(lambda text: "".join(text.split())[:20]), max_size=60).map(
    lambda words: " ".join(filter(None, words))
)
SPEECH = Speech(Language("ur", "Urdu", alphabet="ucs2"), {})


def torn(text: str) -> bool:
    """Whether a piece begins with what belongs to the letter before it."""
    return bool(text) and (bool(unicodedata.combining(text[0])) or text[0] in "\u200d\ufe0f\u093f")


@settings(max_examples=300)
@given(WORDS, st.lists(SCRIPTS.map(lambda t: "".join(t.split())[:12] or "x"), max_size=12))
def test_pages_break_between_letters_and_lose_none(asked: str, labels: list[str]) -> None:
    """Whatever script: joined again the pages are what was to be said, and no page begins with the
    mark of a letter on the page before.
    """
    lines = numbered(labels)
    for profile in (SAFE, SMS):
        pages = layout(asked, lines, back=False, speech=SPEECH, profile=profile)
        bodies = [page.removesuffix("\n9 More") for page in pages[:-1]] + [pages[-1]]
        assert not any(torn(body) for body in bodies[1:])
        assert "".join(" ".join(bodies).split()) == "".join(" ".join([asked, *lines]).split())


EDGES = st.tuples(
    st.integers(60, 160), st.sampled_from(["{", "🙂", "a"]), st.integers(60, 160)
).map(lambda made: ("و" if made[1] == "🙂" else "a") * made[0] + made[1] + "a" * made[2])
"""Texts that end near the end of a part, with something in the way."""


@settings(max_examples=500)
@given(EDGES | SCRIPTS)
@example("a" * 152 + "{" + "a" * 152)
@example("و" * 66 + "🙂" + "و" * 66)
def test_what_a_conversation_says_leaves_in_two_parts(text: str) -> None:
    """An escape or a surrogate pair at the end of a part moves to the next one and leaves a gap,
    which counts.
    """
    assert (SMS.room(text) >= 0) == (parts(text) <= 2)


CLUSTERS = st.lists(
    st.sampled_from(["a", "e\u0301\u0323", "क्षि", "👩\u200d🌾", "☀\ufe0f", "🇵🇰", "بَّ", " "]),
    max_size=60,
).map("".join)


@settings(max_examples=300)
@given(CLUSTERS, st.integers(1, 60))
def test_a_shortened_word_ends_with_a_whole_letter(text: str, most: int) -> None:
    """The mark that did not fit takes its letter along."""
    said = clip(text, most)
    assert width(said) <= most
    kept = said if said == text else said.removesuffix(ELLIPSIS)
    assert not torn(text[len(kept) :])


@given(st.text(st.sampled_from(sorted(GSM | GSM_EXTENSION)), max_size=400))
def test_a_text_of_gsm_letters_takes_as_few_parts_as_there_are(text: str) -> None:
    """No other way of cutting it between letters needs fewer."""
    assert is_gsm(text)
    wide = sum(2 if c in GSM_EXTENSION else 1 for c in text)
    assert parts(text) >= (1 if wide <= 160 else -(-wide // 153))
    assert parts(text) <= (1 if wide <= 160 else -(-wide // 152))
