"""Languages and their catalogues: what is served, what never is, and how they keep step with the
dialogs.
"""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from commands import texts
from commands.proof import mended_now
from commands.texts import in_step
from dialogs.engine.proof import every_text, prove
from dialogs.engine.texts import Language, Speech, Text
from dialogs.notices import NOTICES
from dialogs.service import BOOK
from gateway.carriers import carriers
from locales import catalogues
from locales.languages import LANGUAGES, Keyword, Row, _words
from tests.citizen import OFFERED

DOCS = Path(__file__).parent.parent / "docs"
TRANSLATED = [tag for tag in LANGUAGES if tag != "en" and catalogues.path(tag).exists()]
EVERY = every_text(BOOK, NOTICES)

NEVER = {
    "fr": r"approuv|accord[ée]|\bdroit|garanti|prom[ei]|félicit|bravo",
    "ur": "منظور|حقدار|مستحق|ضمانت|گارنٹی|وعدہ|مبارک",
    "ur_Latn": r"man[zj]oor|manzur|haqdar|mustah|[zj]amanat|\bwada|mubarak",
    "ps": "منظور|حقدار|مستحق|ضمانت|تضمین|وعده|مبارک",
    "sw": r"idhinish|hakikish|\bahadi|hongera|\bhaki\b",
    "ar": "مستحق|مقبول|مضمون|نضمن|نعدك|مبروك|تهاني",
}
"""What nobody is told, because Guichet decides nothing."""
FOREIGN = {
    "fr": "[\u00a0\u202f\u2018\u2019\u201c\u201d«»…–—]",
    "ur": "[يكهةىٰ٠-٩۰-۹\u200b-\u200f\u202a-\u202e\u2066-\u2069\u0640]|[a-zA-Z]",
    "ur_Latn": "[^ -~\n]",
    "ps": "[كةى٠-٩۰-۹\u200b\u200d-\u200f\u202a-\u202e\u2066-\u2069\u0640]|[a-zA-Z]",
    "sw": "[^ -~\n]",
    "ar": "[یکہھۃےپچگٹڈڑں٠-٩۰-۹\u200b-\u200f\u202a-\u202e\u2066-\u2069\u0640]|[a-zA-Z]",
}
"""What looks right and is not: typographic signs in Latin scripts; letters of a neighbour's keyboard,
digits and direction marks in Arabic scripts.
"""


def forms(tag: str) -> dict[str, tuple[str, ...]]:
    """Everything a language says, by address."""
    return {
        address: entry.forms for address, entry in catalogues.entries(catalogues.read(tag)).items()
    }


def folder(root: Path, tag: str, body: str) -> Path:
    """A folder of catalogues with one language in it."""
    file = catalogues.path(tag, root)
    file.parent.mkdir(parents=True)
    head = f"""\
        msgid ""
        msgstr ""
        "Content-Type: text/plain; charset=utf-8\\n"
        "Plural-Forms: {LANGUAGES[tag].plurals}\\n"

        """
    file.write_text(dedent(head) + dedent(body), encoding="utf-8")
    return root


def written(catalogue: Catalog, path: Path) -> bytes:
    """The catalogue as `guichet texts` writes it."""
    with path.open("wb") as stream:
        write_po(stream, catalogue, width=0, include_previous=True, sort_output=False)
    return path.read_bytes()


def entry(catalogue: Catalog, address: str) -> Message:
    """The one entry at an address."""
    (found,) = [message for message in catalogue if message.context == address]
    return found


def english(**texts: str) -> Mapping[str, Text]:
    """Texts at addresses of a small dialog."""
    return {f"desk.{name}": Text(text) for name, text in texts.items()}


def step(old: Catalog, texts: Mapping[str, Text]) -> Catalog:
    """A French catalogue brought in step with these texts."""
    return in_step(old, "fr", {address: (text, "") for address, text in texts.items()})


def translated(texts: Mapping[str, Text], **words: str) -> Catalog:
    """A French catalogue in which these entries are filled."""
    catalogue = step(Catalog(locale="fr"), texts)
    for name, said in words.items():
        entry(catalogue, f"desk.{name}").string = said
    return catalogue


def test_every_language_proves_together_with_all_others() -> None:
    """No screen is torn or too wide on any carrier, and nothing is missing or stale in a language
    that is offered.
    """
    report = prove(
        BOOK, catalogues.speeches(list(LANGUAGES)), list(carriers().profiles.values()), NOTICES
    )
    assert report.languages == len(LANGUAGES)
    assert [str(one) for one in mended_now(report.findings, OFFERED)] == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_catalogue_in_the_tree_is_what_the_tool_writes(tag: str, tmp_path: Path) -> None:
    """Running `texts` on the catalogues as they are changes not a byte."""
    again = written(in_step(catalogues.read(tag), tag, EVERY), tmp_path / "messages.po")
    assert again == catalogues.path(tag).read_bytes()


@pytest.mark.parametrize("tag", TRANSLATED)
def test_an_editor_of_catalogues_opens_the_file_as_it_is(tag: str) -> None:
    """The header says the language, its plural rule and the encoding, and names no program."""
    head = catalogues.path(tag).read_text(encoding="utf-8").split("\n\n")[0]
    assert f'"Language: {tag}\\n"' in head
    assert f'"Plural-Forms: {LANGUAGES[tag].plurals}\\n"' in head
    assert '"Content-Type: text/plain; charset=utf-8\\n"' in head
    assert "X-Generator" not in head


def test_a_catalogue_of_another_plural_rule_begins_its_missing_forms_empty() -> None:
    """Two forms brought into Arabic are two of six: it is not served before all are there."""
    days = {"desk.days": (Text("{days} day", "{days} days", "days"), "")}
    old = in_step(Catalog(locale="fr"), "fr", days)
    entry(old, "desk.days").string = ("{days} jour", "{days} jours")
    found = entry(in_step(old, "ar", days), "desk.days")
    assert found.string == ("{days} jour", "{days} jours", "", "", "", "")


def test_the_name_of_the_last_translator_is_kept() -> None:
    """`texts` does not take from the header what an editor wrote there."""
    old = translated(english(open="We are open"))
    old.last_translator = "Amina Fictional <amina@example.org>"
    assert step(old, english(open="We are open")).last_translator == old.last_translator


def test_the_report_is_a_table_and_a_complete_catalogue_is_no_fault(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A line a language: how much is missing, stale and unused, and who read it."""
    assert texts.main(Namespace(check=True, wish=None)) == 0
    head, source, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["language", "texts", "missing", "stale", "unused", "read", "by"]
    assert source.split()[:2] == ["en", str(len(EVERY))]
    assert [row.split()[0] for row in rows] == [tag for tag in LANGUAGES if tag != "en"]
    for row in rows:
        tag, count, *behind = row.split()[:5]
        assert count == str(len(EVERY))
        assert tag not in OFFERED or behind == ["0", "0", "0"]


@pytest.mark.parametrize("tag", TRANSLATED)
def test_nobody_is_told_of_an_approval_a_right_or_a_promise(tag: str) -> None:
    """The words that sound like a decision stand in no entry."""
    said = [form for all_forms in forms(tag).values() for form in all_forms]
    assert [form for form in said if re.search(NEVER[tag], form, re.IGNORECASE)] == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_catalogue_is_written_in_the_letters_of_its_language(tag: str) -> None:
    """No look-alike letter, sign or digit slipped in from another keyboard; placeholders are not
    words.
    """
    bare = [
        re.sub(r"\{[a-z_]+\}", "", form) for all_forms in forms(tag).values() for form in all_forms
    ]
    assert [form for form in bare if re.search(FOREIGN[tag], form)] == []


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize(
    ("notice", "keyword"), [("stopped", "start"), ("started", "stop"), ("help", "stop")]
)
def test_a_message_that_names_a_keyword_names_one_that_is_answered(
    tag: str, notice: str, keyword: Keyword
) -> None:
    """The word to send stands in the table, in her language or in English."""
    address = f"notices.{notice}"
    said = catalogues.speech(tag).template(address, NOTICES[address].text).casefold()
    words = LANGUAGES[tag].keywords[keyword] | LANGUAGES["en"].keywords[keyword]
    assert any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) for word in words)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            '#, fuzzy\nmsgctxt "desk.open"\nmsgid "We are open"\nmsgstr "Nous sommes ouverts"\n',
            id="fuzzy",
        ),
        pytest.param('msgctxt "desk.open"\nmsgid "We are open"\nmsgstr ""\n', id="empty"),
        pytest.param(
            'msgctxt "desk.open"\nmsgid "We are closed"\nmsgstr "Nous sommes fermés"\n', id="stale"
        ),
        pytest.param(
            'msgctxt "desk.shut"\nmsgid "We are open"\nmsgstr "Nous sommes ouverts"\n',
            id="of another place",
        ),
    ],
)
def test_a_doubtful_entry_is_never_said_and_english_is(body: str, tmp_path: Path) -> None:
    """What a translator has not looked at, or wrote for another sentence or place, is not
    served.
    """
    speech = catalogues.speech("fr", folder(tmp_path, "fr", body))
    assert speech.template("desk.open", Text("We are open")) == "We are open"


def test_a_current_entry_is_said(tmp_path: Path) -> None:
    """The same entry without a doubt about it is served: the table above can fail."""
    body = 'msgctxt "desk.open"\nmsgid "We are open"\nmsgstr "Nous sommes ouverts"\n'
    speech = catalogues.speech("fr", folder(tmp_path, "fr", body))
    assert speech.template("desk.open", Text("We are open")) == "Nous sommes ouverts"


def test_a_plural_with_one_form_missing_is_said_in_english(tmp_path: Path) -> None:
    """Half a translation is none, whatever the number."""
    body = """\
        msgctxt "desk.days"
        msgid "{days} day"
        msgid_plural "{days} days"
        msgstr[0] "{days} jour"
        msgstr[1] ""
        """
    speech = catalogues.speech("fr", folder(tmp_path, "fr", body))
    assert (
        speech.template("desk.days", Text("{days} day", "{days} days", "days"), 1) == "{days} day"
    )


def test_a_language_without_a_catalogue_speaks_english(tmp_path: Path) -> None:
    """A missing file is not an error on a key press."""
    assert (
        catalogues.speech("fr", tmp_path).template("desk.open", Text("We are open"))
        == "We are open"
    )


@pytest.mark.parametrize(
    ("tag", "number", "form"),
    [
        ("en", 0, 1), ("en", 1, 0), ("en", 2, 1),
        ("fr", 0, 0), ("fr", 1, 0), ("fr", 2, 1), ("fr", 15, 1),
        ("ur", 0, 1), ("ur", 1, 0), ("ur", 2, 1), ("ur", 15, 1),
    ],
)  # fmt: skip
def test_the_number_decides_the_form(tag: str, number: int, form: int) -> None:
    """French counts nought as one; English and Urdu do not (CLDR cardinal rules for whole
    numbers).
    """
    text, _ = EVERY["complaint.lodged"]
    speech = catalogues.speech(tag)
    both = text.forms if tag == "en" else speech.entries["complaint.lodged"].forms
    assert len(set(both)) == 2
    assert speech.template("complaint.lodged", text, number) == both[form]


def test_a_changed_sentence_keeps_its_translation_as_fuzzy_with_the_sentence_it_was_made_for(
    tmp_path: Path,
) -> None:
    """A translator sees both what she wrote and what it was for; the file says so to any editor of
    catalogues.
    """
    old = translated(english(open="We are open"), open="Nous sommes ouverts")
    new = step(old, english(open="We are open today"))
    found = entry(new, "desk.open")
    assert (found.id, found.string, found.fuzzy) == (
        "We are open today",
        "Nous sommes ouverts",
        True,
    )
    assert list(found.previous_id) == ["We are open"]
    assert '#| msgid "We are open"' in written(new, tmp_path / "messages.po").decode()


def test_a_translation_is_never_carried_over_because_two_sentences_look_alike() -> None:
    """The opposite sentence at a new place starts empty, and the old place goes with its screen."""
    old = translated(english(open="You are on the list"), open="Vous êtes sur la liste")
    new = step(old, english(shut="You are not on the list"))
    assert [message.context for message in new if message.id] == ["desk.shut"]
    assert (entry(new, "desk.shut").string, entry(new, "desk.shut").fuzzy) == ("", False)


def test_a_sentence_that_got_a_plural_starts_empty() -> None:
    """One form says nothing about the others."""
    old = translated(english(days="{days} day"), days="{days} jour")
    found = entry(step(old, {"desk.days": Text("{days} day", "{days} days", "days")}), "desk.days")
    assert (found.id, found.string) == (("{days} day", "{days} days"), ("", ""))


def test_a_sentence_changed_twice_still_shows_what_the_translation_was_made_for(
    tmp_path: Path,
) -> None:
    """What stood there in between was never translated and explains nothing."""
    old = translated(english(open="We are open"), open="Nous sommes ouverts")
    written(step(old, english(open="We are open today")), tmp_path / "messages.po")
    with (tmp_path / "messages.po").open("rb") as stream:
        new = step(read_po(stream), english(open="We are open until noon"))
    assert list(entry(new, "desk.open").previous_id) == ["We are open"]


def test_running_texts_twice_changes_nothing(tmp_path: Path) -> None:
    """Current, changed and new entries alike: the second run finds the file as the first one left
    it.
    """
    before = english(open="We are open", again='Say "yes"' + " and yes" * 20)
    texts = english(open="We are open", again="Come again", new="Hello")
    old = translated(before, open="Nous sommes ouverts", again="Dites oui")
    first = written(step(old, texts), tmp_path / "first.po")
    with (tmp_path / "first.po").open("rb") as stream:
        second = written(step(read_po(stream), texts), tmp_path / "second.po")
    assert b"fuzzy" in first
    assert second == first


def example() -> Row:
    """The row the guide shows, made."""
    (code,) = re.findall(
        r"```python\n(.*?)```",
        (DOCS / "adding-a-language.md").read_text(encoding="utf-8"),
        re.DOTALL,
    )
    given = {"Row": Row, "Language": Language, "_words": _words}
    row = eval(dedent(code).strip().rstrip(","), given)  # noqa: S307 - the example of our own guide
    assert isinstance(row, Row)
    return row


def test_the_guide_to_a_new_language_holds() -> None:
    """Its row can be made, its catalogue begins empty, and the proof names every text still to be
    translated.
    """
    row = example()
    assert row.language.tag not in LANGUAGES
    speech = Speech(row.language, {})
    report = prove(BOOK, [speech], list(carriers().profiles.values()), NOTICES)
    assert {finding.screen for finding in report.findings if finding.code == "untranslated"} == set(
        EVERY
    )


def test_the_guide_ends_with_the_command_that_proves_it() -> None:
    """Whoever followed it knows what to run."""
    assert (
        (DOCS / "adding-a-language.md")
        .read_text(encoding="utf-8")
        .endswith("```\n./guichet proof\n```\n")
    )


def glossary() -> list[tuple[str, str, str]]:
    """Rows of the glossary: a word in English, French and Urdu."""
    lines = (DOCS / "glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("| ")
    ]
    return [(row[0], row[1], row[2]) for row in cells[1:]]


@pytest.mark.parametrize(("source", "french", "urdu"), glossary())
def test_a_word_of_the_glossary_is_the_word_that_is_said(
    source: str, french: str, urdu: str
) -> None:
    """Each of the three stands somewhere in what citizens are told."""
    heard = {"en": [form for text, _ in EVERY.values() for form in text.forms]}
    heard |= {
        tag: [form for all_forms in forms(tag).values() for form in all_forms]
        for tag in ("fr", "ur")
    }
    for tag, word in (("en", source), ("fr", french), ("ur", urdu)):
        assert any(word.casefold() in form.casefold() for form in heard[tag]), f"{tag}: {word}"
