"""A native reader's signature: what breaks it, who speaks for a draft on air, and that no screen
mixes two languages.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import write_po

from commands import doctor, environment, stand_in
from commands.proof import mended_now, unfinished
from commands.texts import in_step, sign
from commands.trouble import Trouble
from dialogs.engine.fit import Profile
from dialogs.engine.session import Session
from dialogs.engine.step import Engine
from dialogs.engine.texts import Entry, Language, Speech, Text
from dialogs.engine.voices import needed
from dialogs.notices import NOTICES
from dialogs.service import BOOK
from locales import catalogues, signatures
from locales.languages import LANGUAGES
from locales.saying import Speaker
from settings import Settings
from tests.citizen import ENGLISH, Citizen
from tests.seeded import book, french, proof
from tests.test_locales import EVERY

READER = "Amina Fictional"
DAY = date(2027, 1, 15)


def spoken(tag: str, folder: Path, **changed: str) -> Path:
    """A folder in which a language says every text as its tag and its address, but for `changed`
    (`__` is a dot).
    """
    catalogue = in_step(catalogues.read(tag, folder), tag, EVERY)
    for message in catalogue:
        if message.id:
            address = message.context or ""
            said = changed.get(address.replace(".", "__"), f"{tag} {address}")
            count = LANGUAGES[tag].forms
            message.string = said if isinstance(message.id, str) else (said,) * count
    file = catalogues.path(tag, folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(stream, catalogue, width=0)
    return folder


def signed(tag: str, folder: Path) -> Path:
    """The same, signed."""
    sign(tag, READER, EVERY, DAY, spoken(tag, folder))
    return folder


def on_air(folder: Path, *tags: str) -> list[Speech]:
    """Languages where drafts are refused."""
    return catalogues.speeches(tags, folder, drafts=False)


def said(speech: Speech) -> str:
    """What a language says for one text of the real service."""
    address = "notices.over"
    text = NOTICES[address].text
    return speech.voice({address: text}).template(address, text)


def test_a_signature_holds_while_nothing_changes(tmp_path: Path) -> None:
    """It names its reader and the day, and outlives that the catalogue is written again."""
    signed("ur", tmp_path)
    assert not catalogues.is_draft("ur", spoken("ur", tmp_path))
    kept = signatures.read("ur", tmp_path)
    assert kept is not None
    assert (kept.reader, kept.day) == (READER, DAY)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ur notices.over", "ur notices.ovee"),
        ('msgid "This call is over', 'msgid "That call is over'),
        ('msgctxt "notices.over"', 'msgctxt "notices.oven"'),
    ],
    ids=["the translation", "the English", "the address"],
)
def test_one_changed_letter_makes_it_a_draft_again(before: str, after: str, tmp_path: Path) -> None:
    """Whichever of the three it is changed in."""
    file = catalogues.path("ur", signed("ur", tmp_path))
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
    assert catalogues.is_draft("ur", tmp_path)


def test_the_order_of_entries_and_the_header_are_not_what_is_signed(tmp_path: Path) -> None:
    """An editor of catalogues may write the same sentences in another order."""
    entries = catalogues.entries(catalogues.read("ur", signed("ur", tmp_path)))
    turned = dict(reversed(entries.items()))
    assert list(turned) != list(entries)
    assert signatures.digest(turned) == signatures.digest(entries)


def test_what_is_not_complete_cannot_be_signed(tmp_path: Path) -> None:
    """Nobody has read a sentence that is not there, and nothing is kept."""
    spoken("ur", tmp_path, notices__over="")
    with pytest.raises(Trouble, match="1 missing"):
        sign("ur", READER, EVERY, DAY, tmp_path)
    assert signatures.read("ur", tmp_path) is None


@pytest.mark.parametrize("name", ["", " \n "])
def test_nobody_is_not_a_reader(name: str, tmp_path: Path) -> None:
    """A signature without a name is none."""
    with pytest.raises(Trouble, match="name of its reader"):
        sign("ur", name, EVERY, DAY, spoken("ur", tmp_path))


def test_a_name_cannot_forge_another_line(tmp_path: Path) -> None:
    """Whatever is typed as a name stays on its line."""
    signature = sign("ur", "Amina\nTexts: 0", EVERY, DAY, spoken("ur", tmp_path))
    assert signature.reader == "Amina Texts: 0"
    assert signatures.read("ur", tmp_path) == signature


def test_a_file_that_is_no_signature_is_not_taken_for_none(tmp_path: Path) -> None:
    """A line that was lost is said, not guessed about."""
    signed("ur", tmp_path)
    signatures.path("ur", tmp_path).write_text("Reader: Amina Fictional\n", encoding="utf-8")
    with pytest.raises(ValueError, match="has no line Day"):
        catalogues.is_draft("ur", tmp_path)


def test_english_is_the_source_and_needs_no_signature(tmp_path: Path) -> None:
    """It is spoken on air though nobody signed it."""
    assert not catalogues.is_draft("en", tmp_path)
    assert on_air(tmp_path, "en")[0].speaks


def test_a_draft_is_spoken_where_drafts_are_allowed(tmp_path: Path) -> None:
    """The sandbox says what the translator wrote."""
    (speech,) = catalogues.speeches(["ur"], spoken("ur", tmp_path))
    assert said(speech) == "ur notices.over"


def test_a_draft_is_refused_on_air_and_the_next_language_speaks(tmp_path: Path) -> None:
    """Pashto falls back on Urdu where that is signed, and on English where nothing is."""
    spoken("ps", tmp_path)
    spoken("ur", tmp_path)
    english = NOTICES["notices.over"].text.one
    assert said(on_air(tmp_path, "en", "ps")[1]) == english
    signed("ur", tmp_path)
    assert said(on_air(tmp_path, "en", "ps")[1]) == "ur notices.over"
    signed("ps", tmp_path)
    assert said(on_air(tmp_path, "en", "ps")[1]) == "ps notices.over"


def test_a_draft_keeps_its_number_and_is_not_offered_on_air(tmp_path: Path) -> None:
    """The third language is 3 whether or not the second is spoken; its number is no answer."""
    engine = Engine(BOOK, on_air(signed("ur", tmp_path), "en", "fr", "ur"))
    her = Citizen(engine, Session()).dials()
    assert [line[:1] for line in her.screen.splitlines()[1:]] == ["1", "3"]
    assert her.types("2").at == "welcome.language"
    assert her.types("3").session.language == "ur"


def test_who_chose_a_language_that_fell_silent_is_not_asked_again(tmp_path: Path) -> None:
    """She hears English, and keeps what she chose."""
    engine = Engine(BOOK, on_air(tmp_path, "en", "ur"))
    her = Citizen(engine, Session("ur", 99)).dials()
    assert her.screen.startswith(EVERY["home.menu"][0].one)
    assert her.session.language == "ur"


def test_a_service_whose_languages_are_all_drafts_speaks_english(tmp_path: Path) -> None:
    """It starts, and offers the one language there is."""
    engine = Engine(BOOK, on_air(tmp_path, "ur", "ps"))
    her = Citizen(engine, Session(), minute=1).dials()
    assert her.screen.splitlines() == ["Choose your language", "3 English"]
    assert her.types("3").session.language == "en"


def test_the_sandbox_speaks_drafts_unless_told_otherwise() -> None:
    """`./guichet run` tries what the translator wrote; an operator's word stands, and behind a real
    carrier real people listen.
    """
    assert Settings().drafts is False
    assert stand_in.pointed(Settings(), "http://s").drafts
    assert not stand_in.pointed(Settings(drafts=False), "http://s").drafts
    assert not stand_in.pointed(Settings(twilio_account_sid="AC1"), "http://s").drafts
    assert environment.of(Settings(drafts=True), {})["GUICHET_DRAFTS"] == "true"


def test_doctor_says_which_languages_are_drafts() -> None:
    """In one line, and whether they are spoken."""
    offered = Settings.model_validate({"languages": "en,sw"})
    found = doctor.languages(offered)
    assert (found.state, found.says) == (
        "off",
        "en spoken; drafts that no native reader has signed: sw",
    )
    assert doctor.languages(Settings.model_validate({"languages": "en"})).says == "en spoken"


def test_the_proof_says_who_is_a_draft_and_who_is_not_complete() -> None:
    """A language that nobody is offered may be incomplete; one that is offered may not."""
    report = proof(book(), french(wells__how=None))
    assert [one.code for one in mended_now(report.findings, {"en", "fr"})] == ["untranslated"]
    assert mended_now(report.findings, {"en"}) == []
    assert list(unfinished(["en", "sw"], {"en": 0, "sw": 4}, {"en"})) == [
        "drafts, which no native reader has signed: sw",
        "not complete and not offered, texts said by another language: sw 4",
    ]
    assert list(unfinished(["en"], {"en": 0}, {"en"})) == []


def test_one_missing_text_leaves_the_whole_screen_to_another_language() -> None:
    """The question is there in French, one option is not: both are said in English. Another screen
    is French all the same.
    """
    engine = Engine(book(), [ENGLISH, french(home__menu__hours=None)])
    her = Citizen(engine, Session("fr", 99)).dials()
    assert her.screen == Citizen(engine, Session("en", 99)).dials().screen
    whole = Citizen(Engine(book(), [ENGLISH, french()]), Session("fr", 99)).dials()
    assert whole.screen != her.screen
    asked, told = french(wells__how=None), french()
    assert asked.voice(needed(book(), "wells.nowhere")) is asked
    assert asked.voice(needed(book(), "wells.how")).language.tag == "en"
    assert told.voice(needed(book(), "wells.how")) is told


def test_a_missing_navigation_word_leaves_every_screen_to_another_language() -> None:
    """`0 Back` is never in a language of its own."""
    engine = Engine(book(), [ENGLISH, french(nav__back=None)])
    her = Citizen(engine, Session("fr", 99)).dials()
    assert her.screen == Citizen(engine, Session("en", 99)).dials().screen


def test_the_language_that_greets_is_a_setting_of_its_own() -> None:
    """An unknown caller is greeted in the second of the menu; a message to nobody known as well."""
    engine = Engine(book(), [ENGLISH, french()], greeting="fr")
    assert engine.speech(Session()).language.tag == "fr"
    assert engine.speech(Session("en")).language.tag == "en"
    over = {"notices.over": Entry((NOTICES["notices.over"].text.one,), ("Fini.",))}
    fin = Speech(Language("fr", "Français"), over)
    assert Speaker([ENGLISH, fin], "fr")("notices.over", "") == "Fini."
    assert Speaker([ENGLISH, fin])("notices.over", "") == NOTICES["notices.over"].text.one


def test_a_carrier_without_its_letters_hears_the_latin_variant_of_what_it_falls_back_on() -> None:
    """Pashto falls back on Urdu, and Urdu has Roman Urdu."""
    entry = {"desk.open": Entry(("Open",), ("Khula",))}
    roman = Speech(Language("ur_Latn", "Roman Urdu"), entry)
    urdu = Speech(Language("ur", "اردو", alphabet="ucs2", latin="ur_Latn"), entry)
    pashto = Speech(
        Language("ps", "پښتو", alphabet="ucs2", fallback=("ur",)), entry, beyond=(urdu,)
    )
    plain = {"safe": Profile("safe", 160, 80, ucs2=False)}
    for all_of_them, tag in (([ENGLISH, pashto, roman], "ur_Latn"), ([ENGLISH, pashto], "en")):
        engine = Engine(book(), all_of_them, profiles=plain)
        assert engine.speech(Session("ps")).language.tag == tag


def test_a_voice_needs_every_text() -> None:
    """Nothing needed is said by anybody; one text too many by the next."""
    speech = Speech(Language("fr", "Français"), {"a.b": Entry(("One",), ("Un",))})
    assert speech.voice({}) is speech
    assert speech.voice({"a.b": Text("One")}) is speech
    assert speech.voice({"a.b": Text("One"), "a.c": Text("Two")}).language.tag == "en"
