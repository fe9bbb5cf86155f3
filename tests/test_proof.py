"""The nine faults, seeded one by one, are each found before a session runs; so are the others a
book may have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

import pytest

from dialogs.engine.book import Book, BrokenDialog
from dialogs.engine.fit import PROFILES
from dialogs.engine.kinds import Choices, Name, Number, Reference, Words
from dialogs.engine.notice import Notice
from dialogs.engine.proof import Notices, prove
from dialogs.engine.screens import (
    Action,
    Ask,
    Dialog,
    End,
    Lookup,
    Menu,
    Option,
    Pick,
    Query,
    Submit,
    go,
)
from dialogs.engine.texts import Entry, _, _n
from dialogs.notices import NOTICES
from dialogs.service import BOOK
from gateway.carriers import carriers
from tests.citizen import ENGLISH
from tests.seeded import DIALOGS, HOME, FindWells, ReportWell, book, french, proof, wells, without


def faults(*changed: Dialog) -> tuple[str, ...]:
    """What the small service says is wrong with it after a change; empty when nothing is."""
    try:
        book(*changed)
    except BrokenDialog as broken:
        return broken.faults
    return ()


def codes(*findings: object) -> list[tuple[str, str]]:
    """Findings as (code, place), for comparing."""
    return [(str(finding).split()[0], str(finding).split()[3].rstrip(":")) for finding in findings]


def test_the_small_service_is_sound() -> None:
    """Whatever is found below was seeded there."""
    assert proof(book(), french()).findings == []


def test_the_real_service_has_no_findings_in_english() -> None:
    """Every screen fits every carrier as the authors wrote it."""
    report = prove(BOOK, [ENGLISH], list(carriers().profiles.values()), NOTICES)
    assert report.findings == []
    used, room = report.tightest
    assert 0 < used <= room


def test_the_closing_line_counts_what_was_measured() -> None:
    """Screens, languages, profiles, pages, the tightest page and the findings are said in one
    line.
    """
    report = proof(book(), french())
    used, room = report.tightest
    assert str(report) == (
        f"11 screens x 2 languages x 2 profiles, {report.pages} pages, tightest page {used} of {room} units: 0 findings"
    )


def test_what_a_notice_costs_is_said_for_each_language() -> None:
    """Its parts at the widest, and whether one letter makes all of it UCS-2."""
    notices: Notices = {
        "notices.short": Notice(_("It is free.")),
        "notices.long": Notice(_("It is free. " * 14)),
    }
    speech = french()
    dear = Entry(("It is free.",), ("C'est gratuit \u2713",))
    spoken = replace(speech, entries={**speech.entries, "notices.short": dear})
    report = prove(book(), [ENGLISH, spoken], [], notices)
    assert list(report.costs) == [
        "SMS en: 2 GSM-7, 0 UCS-2; 1 in 1 part, 1 in 2 parts",
        "SMS fr: 1 GSM-7, 1 UCS-2; 1 in 1 part, 1 in 2 parts",
    ]


def test_the_limits_of_the_house_are_said_beside_what_there_is() -> None:
    """The widest menu, the way with most menus and most answers, the screen with most pages."""
    report = proof(book(), french())
    assert report.house == (
        "most options 2 of 7 (wells.lodged), most menus 4 of 5 deep (wells.lodge), "
        "most answers 5 (wells.lodge), most pages 1 (wells.words in fr)"
    )


def test_1_a_misspelt_target_is_found() -> None:
    """A way to a screen that is not there is refused, with the place and the word."""
    broken = wells(
        words=Ask(_("Tell us more."), Words(2, 160, 12), again=_("Again."), to="confrim")
    )
    assert "wells.words: leads to a screen that does not exist: confrim" in faults(broken)


def test_a_misspelt_dialog_is_found() -> None:
    """So is a way to another dialog that is not there."""
    broken = Dialog("home", menu=Menu(_("Water line"), report=Option(_("Report"), to=go("well"))))
    assert "home.menu: leads to a dialog that does not exist: well" in faults(broken)


@pytest.mark.parametrize("entry", [None, ("",)], ids=["no entry", "an empty one"])
def test_2_a_missing_translation_is_found(entry: tuple[str, ...] | None) -> None:
    """An entry that is not there and one that is empty are both missing."""
    report = proof(book(), french(wells__how=entry))
    assert [(f.code, f.language, f.screen) for f in report.findings] == [
        ("untranslated", "fr", "wells.how")
    ]


def test_a_missing_plural_form_is_found() -> None:
    """One form of two is not a translation."""
    report = proof(book(), french(wells__lodged=("{reference} : dans {days} jour.", "")))
    assert codes(*report.findings) == [("untranslated", "wells.lodged")]


def test_3_more_pages_than_declared_in_one_language_is_found() -> None:
    """English fits on one page, the longer French does not: the finding names the language."""
    long = (
        "Signalez-nous ici, s'il vous plaît, un puits qui ne donne plus d'eau dans votre village "
        * 2,
    )
    report = proof(book(), french(home__menu__report=long))
    assert {(f.code, f.language, f.profile, f.screen) for f in report.findings} >= {
        ("pages", "fr", "safe", "home.menu")
    }
    assert {f.language for f in report.findings} == {"fr"}


@pytest.mark.parametrize(
    "said", ["Comment est {puits} ?", "Comment est-il ?", "Comment est {well.name} ?", "{well!r} ?"]
)
def test_4_a_misspelt_placeholder_in_a_catalogue_is_found(said: str) -> None:
    """A placeholder is misspelt, lost or more than a plain name."""
    report = proof(book(), french(wells__how=(said,)))
    assert {(f.code, f.language, f.screen) for f in report.findings} == {
        ("placeholder", "fr", "wells.how")
    }


@pytest.mark.parametrize("said", ["How is {wel}?", "How is {well:>9}?", "How is {well?"])
def test_a_misspelt_placeholder_in_a_dialog_is_refused(said: str) -> None:
    """The dialog itself does not come to be."""
    broken = wells(
        how=Menu(_(said), dry=Option(_("Dry"), to="since"), dirty=Option(_("Dirty"), to="words"))
    )
    assert any("wells.how" in fault for fault in faults(broken))


def test_5_a_character_that_turns_the_screen_into_ucs2_is_found() -> None:
    """French is folded, so its own letters pass; a letter no folding can keep does not."""
    report = proof(book(), french(wells__nowhere=("Aucun puits connu ☹",)))
    assert ("alphabet", "wells.nowhere") in codes(*report.findings)
    assert proof(book(), french(wells__nowhere=("Être « là » — ça œuvre…",))).findings == []


def test_a_character_in_an_english_text_is_found_too() -> None:
    """The source language is read like the others."""
    assert codes(*proof(book(wells(nowhere=End(_("No well ☹"))))).findings) == [
        ("alphabet", "wells.nowhere")
    ]


def test_6_a_path_to_a_promise_without_an_answer_it_needs_is_found() -> None:
    """One way of two leaves out the words: the promise is refused."""
    broken = wells(
        how=Menu(
            _("How is {well}?"),
            dry=Option(_("Dry"), to="since"),
            dirty=Option(_("Dirty"), to="lodge"),
        )
    )
    assert "wells.lodge: ReportWell needs words, and some way here does not know it" in faults(
        broken
    )


def test_7_an_unreachable_screen_is_found() -> None:
    """A screen that nothing leads to is refused."""
    assert faults(wells(lost=End(_("Nobody reads this.")))) == ("wells.lost: nothing leads here",)


@pytest.mark.parametrize(
    "entry",
    [
        Entry(("How is the {well}?",), ("Comment est {well} ?",)),
        Entry(("How is {well}?",), ("Comment est {well} ?",), fuzzy=True),
    ],
    ids=["made for another English", "waiting for its translator"],
)
def test_8_a_stale_translation_is_found(entry: Entry) -> None:
    """It is a finding, and the English is said meanwhile, never the doubtful sentence."""
    speech = french(wells__how=entry)
    assert codes(*proof(book(), speech).findings) == [("stale", "wells.how")]
    assert speech.template("wells.how", _("How is {well}?")) == "How is {well}?"


def test_9_the_longest_typed_answer_overflowing_its_echo_is_found() -> None:
    """It would fit in the language's own letters: it is proved in another script too."""
    words = Ask(
        _("Tell us more."),
        Words(least=2, most=160, shown=45),
        again=_("Please write something."),
        to="confirm",
    )
    report = proof(book(wells(words=words)))
    assert ("pages", "wells.confirm") in codes(*report.findings)


def test_a_number_that_is_told_on_a_second_page_is_found() -> None:
    """Who hangs up at the first page has not seen it."""
    told = " ".join(["We thank you for telling us, and look at it soon."] * 3)
    late = End(_(f"{told} Your number is {{reference}}."), pages=2)
    assert codes(*proof(book(wells(lodged=late))).findings) == [("late", "wells.lodged")]


def test_a_look_up_with_an_outcome_that_leads_nowhere_is_refused() -> None:
    """Every outcome is routed, and `unavailable` is always one."""
    assert faults(wells(find=Lookup(FindWells, found="well", none="nowhere"))) == (
        "wells.find: the outcome unavailable leads nowhere",
    )
    assert "wells.find: the outcome none leads nowhere" in faults(
        wells(find=Lookup(FindWells, found="well", unavailable="nowhere"))
    )


def test_a_promise_with_an_outcome_that_leads_nowhere_is_refused() -> None:
    """What can come of storing it is routed as well."""
    assert "wells.lodge: the outcome stored leads nowhere" in faults(
        wells(lodge=Submit(ReportWell))
    )


def test_an_outcome_that_cannot_come_is_refused() -> None:
    """A misspelt outcome is one the query does not have."""
    find = Lookup(FindWells, found="well", none="nowhere", unavailable="nowhere", nobody="nowhere")
    assert faults(wells(find=find)) == ("wells.find: FindWells has no outcome nobody",)


def test_a_navigation_key_that_is_an_answer_is_refused() -> None:
    """0 is Back: a number from 0 on cannot be asked for; 9 is More: nine options need one page."""
    zero = Ask(_("For how many days?"), Number(0, 60), again=_("A number."), to="words")
    assert faults(wells(since=zero)) == ("wells.since: 0 means Back and cannot be an answer",)
    nine = {f"well{letter}": Option(_("Well"), to="hours") for letter in "abcdefghi"}
    menu = Menu(_("Water"), notes=(), pages=2, report=Option(_("Report"), to=go("wells")), **nine)
    assert faults(Dialog("home", menu=menu, hours=HOME.screens["hours"])) == (
        "home.menu: 10 options do not leave 9 for More",
    )


def test_a_list_longer_than_eight_that_needs_pages_is_refused() -> None:
    """What the registry may send is counted by what the query declares."""

    @dataclass(frozen=True, slots=True)
    class FindMany(Query):
        """Too many wells for the keys there are."""

        outcomes = MappingProxyType({"found": {"wells": Choices(most=9, width=12)}})

    many = wells(
        find=Lookup(FindMany, found="well", unavailable="nowhere"),
        well=Pick(_("Which well?"), of="wells", to="how", pages=3),
    )
    assert faults(many) == ("wells.well: 9 options do not leave 9 for More",)


def test_a_circle_that_never_shows_a_screen_is_refused() -> None:
    """Look-ups that lead to each other would never answer her."""
    broken = wells(
        find=Lookup(FindWells, found="well", none="nowhere", unavailable="find_again"),
        find_again=Lookup(FindWells, found="well", none="nowhere", unavailable="find"),
    )
    assert faults(broken) == (
        "wells.find: leads back to itself without showing a screen",
        "wells.find_again: leads back to itself without showing a screen",
    )


@pytest.mark.parametrize(
    ("handed", "fault"),
    [
        ({}, "home.menu: rota takes day as Number(least=1, most=7), and is given None"),
        ({"day": "menu", "more": "menu"}, "home.menu: rota takes no more"),
        (
            {"day": "menu"},
            "home.menu: rota takes day as Number(least=1, most=7), and is given Label",
        ),
    ],
    ids=["nothing handed over", "too much", "another kind"],
)
def test_a_dialog_is_handed_exactly_what_it_takes(handed: dict[str, str], fault: str) -> None:
    """Nothing less, nothing more, nothing of another kind."""
    rota = Dialog("rota", takes={"day": Number(1, 7)}, said=End(_("Day {day}.")))
    days = Option(_("Days"), to=go("rota", **handed))
    home = Dialog(
        "home", menu=Menu(_("Water"), days=days, report=Option(_("Report"), to=go("wells")))
    )
    with pytest.raises(BrokenDialog) as broken:
        Book([*(d for d in DIALOGS if d.name != "home"), home, rota])
    assert any(one.startswith(fault) for one in broken.value.faults)


def test_a_list_can_be_handed_to_another_dialog() -> None:
    """What a dialog takes may be the list its first screen offers."""
    other = Dialog(
        "other",
        takes={"wells": Choices(most=3, width=12)},
        one=Pick(_("Which one?"), of="wells", to="chosen"),
        chosen=End(_("You chose {one}.")),
    )
    well = Pick(_("Which well?"), of="wells", to="how")
    how = Menu(
        _("How is {well}?"),
        dry=Option(_("Dry"), to="since"),
        dirty=Option(_("Dirty"), to="words"),
        another=Option(_("Another"), to=go("other", wells="wells")),
    )
    book = Book([*(d for d in DIALOGS if d.name != "wells"), wells(well=well, how=how), other])
    assert proof(book).findings == []


def test_an_option_that_waits_for_what_nobody_can_know_is_refused() -> None:
    """A misspelt `when` would hide the option for ever."""
    how = Menu(
        _("How is {well}?"),
        dry=Option(_("Dry"), to="since", when="wels"),
        dirty=Option(_("Dirty"), to="words"),
    )
    assert faults(wells(how=how)) == (
        "wells.how: an option or note waits for wels, which nothing in this dialog can know",
    )


def test_a_plural_without_its_number_is_refused() -> None:
    """The name that decides the form is a number, known on every way."""
    lodged = Menu(
        _n("{reference}: in {reference} day.", "{reference}: in {reference} days.", by="reference"),
        more=Option(_("Another well"), to=go("wells")),
        same=Option(_("Something else there"), to="how"),
    )
    assert faults(wells(lodged=lodged)) == (
        "wells.lodged: the plural is decided by reference, which is not a known number",
    )


def test_all_faults_are_reported_at_once() -> None:
    """A misspelt target does not hide the outcome that leads nowhere, nor the option that waits for
    nothing.
    """
    found = faults(
        wells(
            find=Lookup(FindWells, found="well", none="nowhere"),
            how=Menu(
                _("How is {wel}?"),
                dry=Option(_("Dry"), to="sinse"),
                dirty=Option(_("Dirty"), to="words", when="x"),
            ),
            lost=End(_("Nobody reads this.")),
        )
    )
    for expected in (
        "wells.how: leads to a screen that does not exist: sinse",
        "wells.find: the outcome unavailable leads nowhere",
        "wells.how: {wel} has no value on some way here",
        "wells.how: an option or note waits for x, which nothing in this dialog can know",
        "wells.lost: nothing leads here",
        "wells.since: nothing leads here",
    ):
        assert expected in found


@pytest.mark.parametrize(
    ("dialogs", "fault"),
    [
        (DIALOGS[1:], "no dialog welcome"),
        ((*DIALOGS, HOME), "two dialogs are called home"),
        ((*DIALOGS, Dialog("empty")), "empty: has no screens"),
    ],
    ids=["no welcome", "a name twice", "an empty dialog"],
)
def test_a_book_that_lacks_the_ground_is_refused(dialogs: tuple[Dialog, ...], fault: str) -> None:
    """A dialog that is missing, empty or there twice is said so, not guessed about."""
    with pytest.raises(BrokenDialog) as broken:
        Book(dialogs)
    assert broken.value.faults == (fault,)


def test_a_name_that_is_too_wide_for_its_screen_is_found() -> None:
    """The proof measures what is declared, whatever the registry sends later."""

    @dataclass(frozen=True, slots=True)
    class Tell(Query):
        """Something with a long name."""

        outcomes = MappingProxyType({"told": {"village": Name(160)}})

    told = wells(
        find=Lookup(Tell, told="said", unavailable="nowhere"),
        said=End(_("Your village is {village}.")),
    )
    kept = without(told, *(set(told.screens) - {"find", "said", "nowhere"}))
    report = proof(book(kept))
    assert [(f.code, f.profile, f.screen) for f in report.findings] == [
        ("pages", "safe", "wells.said"),
        ("wide", "safe", "wells.said"),
    ]


def test_an_answer_longer_than_the_carrier_lets_people_type_is_found() -> None:
    """Where sixty characters cannot be typed, free words cannot be asked for."""
    narrow = type(PROFILES["safe"])("narrow", septets=160, units=160, typed=40)
    report = prove(book(), [ENGLISH], [narrow], {})
    assert codes(*report.findings) == [("typed", "wells.words")]


def test_a_notice_of_more_parts_than_allowed_is_found() -> None:
    """An SMS nobody asked for on a screen is counted in parts."""
    long = {
        "notices.long": Notice(
            _("Number {reference}. " + "It is free. " * 13), {"reference": Reference()}, parts=1
        )
    }
    report = prove(book(), [ENGLISH], list(PROFILES.values()), long)
    assert [(f.code, f.profile, f.screen) for f in report.findings] == [
        ("parts", "sms", "notices.long")
    ]


@pytest.mark.parametrize(
    ("screen", "found"),
    [(True, [("wide", "safe", "notices.over")]), (False, [])],
    ids=["a last screen too", "only ever an SMS"],
)
def test_a_notice_that_is_a_last_screen_must_fit_on_every_carrier(
    screen: bool, found: list[tuple[str, str, str]]
) -> None:
    """159 septets are one SMS, and three more than a screen of unknown make has room for."""
    notices: Notices = {
        "notices.over": Notice(_("This call is over. ".ljust(159, "x")), parts=1, screen=screen)
    }
    report = prove(book(), [ENGLISH], list(PROFILES.values()), notices)
    assert [(f.code, f.profile, f.screen) for f in report.findings] == found


def test_a_last_screen_too_wide_in_one_language_alone_is_found() -> None:
    """Each language's own words are measured."""
    speech = french()
    said = Entry(("Call again.",), ("Rappelez plus tard. ".ljust(157, "x"),))
    french_too = replace(speech, entries={**speech.entries, "notices.over": said})
    notices: Notices = {"notices.over": Notice(_("Call again."), parts=1, screen=True)}
    report = prove(book(), [ENGLISH, french_too], list(PROFILES.values()), notices)
    assert [(f.code, f.language, f.profile) for f in report.findings] == [("wide", "fr", "safe")]


@pytest.mark.parametrize("letter", ["x", "€"], ids=["one septet each", "two septets each"])
def test_of_two_forms_of_an_option_the_wider_is_measured_not_the_longer(letter: str) -> None:
    """Fifty-five characters of two septets take more room than sixty-five of one."""
    more = _n("x" * 65, letter * 55, by="days")
    lodged = Menu(
        _("{reference}: we come in {days} days."),
        more=Option(more, to=go("wells")),
        same=Option(_("Something else there"), to="how"),
    )
    found = codes(*proof(book(wells(lodged=lodged))).findings)
    assert set(found) == ({("pages", "wells.lodged")} if letter == "€" else set())


def test_an_action_is_told_only_what_it_names() -> None:
    """A promise without fields needs nothing and is reached by any way."""

    @dataclass(frozen=True, slots=True)
    class Nod(Action):
        """Nothing to say."""

        outcomes = MappingProxyType({"stored": {}})

    short = wells(
        find=Lookup(FindWells, found="nod", none="nowhere", unavailable="nowhere"),
        nod=Submit(Nod, stored="nowhere"),
    )
    assert (
        proof(book(without(short, *(set(short.screens) - {"find", "nod", "nowhere"})))).findings
        == []
    )
