"""The page of every screen: what it holds, read as text, and how it behaves in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from commands.__main__ import main
from commands.proof import MAPS, maps
from commands.proof_page import proved_page
from dialogs.engine.book import Book
from dialogs.engine.fit import PROFILES, SAFE, Profile
from dialogs.engine.screens import End
from dialogs.engine.texts import Speech, _
from dialogs.notices import NOTICES
from dialogs.service import BOOK
from locales.catalogues import speeches
from locales.languages import LANGUAGES
from tests.browsers import browser
from tests.citizen import ENGLISH
from tests.seeded import book, french, wells

__all__ = ["browser"]
DAY = date(2026, 3, 9)
TWICE = Profile("twice", SAFE.septets, SAFE.units, SAFE.prefix)
NARROW = Profile("narrow", septets=50, units=30)


def paged(
    of: Book, *others: Speech, profiles: tuple[Profile, ...] = tuple(PROFILES.values())
) -> str:
    """The page of a book in English and other languages."""
    return proved_page(of, [ENGLISH, *others], profiles, {}, (), DAY)[1]


def article(page: str, address: str) -> str:
    """What the page shows of one screen."""
    return page.split(f'<article class="screen" id="{address}">')[1].split("</article>")[0]


# What is on it


def test_every_screen_and_notice_is_there_and_every_link_leads_to_one() -> None:
    """Nothing is left out, and what a reader follows exists."""
    page = proved_page(BOOK, speeches(list(LANGUAGES)), list(PROFILES.values()), NOTICES, (), DAY)[
        1
    ]
    there = set(re.findall(r' id="([^"]+)"', page))
    assert {*BOOK.screens, *NOTICES} <= there
    assert set(re.findall(r'href="#([^"]+)"', page)) <= there


def test_the_head_says_the_day_and_the_figures() -> None:
    """The day is the one handed in, and the figures are the report's."""
    report, page = proved_page(book(), [ENGLISH], list(PROFILES.values()), {}, (), DAY)
    assert "Proved on 2026-03-09" in page
    for figure in (report.screens, report.pages):
        assert f"<dd>{figure}</dd>" in page
    assert f"{report.deepest[0]} answers <small>{report.deepest[1]};" in page


def test_a_page_says_how_much_of_its_room_it_takes() -> None:
    """`We are here from 8 to 5.` is 24 septets of the 156 of an unknown carrier."""
    assert "24 of 156 septets (safe)" in article(paged(book()), "home.hours")


def test_carriers_that_lay_out_alike_share_a_handset() -> None:
    """One more carrier of the same size adds its name to the table and no handset."""
    once, both = paged(book(), profiles=(SAFE,)), paged(book(), profiles=(SAFE, TWICE))
    assert "<th>safe, twice</th>" in both
    assert both.count("<pre ") == once.count("<pre ")


def test_carriers_that_break_pages_differently_are_both_shown() -> None:
    """Where a small screen needs two pages, each way stands under its own carrier."""
    shown = article(paged(book(), profiles=(SAFE, NARROW)), "welcome.notice")
    assert re.findall(r'<p class="when">(\w+)</p>', shown) == ["safe", "narrow"]


def test_the_retry_is_told_from_the_first_look() -> None:
    """What is said after an answer that was not understood stands under a line that says so."""
    shown = article(paged(book()), "wells.since")
    first, again = shown.split("after an answer that was not understood")
    assert "For how many days?" in first
    assert "Type a number from 1 to 60." in again


def test_options_have_their_number_and_lead_where_they_lead() -> None:
    """The second option of the menu is 2 and links its screen; an outcome has no number."""
    page = paged(book())
    assert '<b>2</b> hours → <a href="#home.hours">' in article(page, "home.menu")
    assert '<li>none → <a href="#wells.nowhere">' in article(page, "wells.find")


def test_a_finding_is_marked_on_its_screen_and_language() -> None:
    """A word missing in French marks the French side of that screen, and no other."""
    page = paged(book(), french(wells__how__dry=None))
    assert '<div class="said missing" data-language="fr">' in article(page, "wells.how")
    assert page.count('class="said missing') == 1


def test_a_screen_that_lacks_a_word_is_shown_in_the_language_that_says_it() -> None:
    """Without one French word the whole screen is English, and the page says so."""
    shown = article(paged(book(), french(wells__how__dry=None)), "wells.how")
    english, instead = shown.split('data-language="fr"')
    assert "said in" not in english
    assert "; said in English</p>" in instead
    assert '<pre lang="fr"' not in instead


def test_a_language_nobody_signed_is_a_draft() -> None:
    """Its name says so, in the head and on each screen."""
    _report, page = proved_page(
        book(), [ENGLISH, french()], list(PROFILES.values()), {}, ("fr",), DAY
    )
    assert "<dt>Not signed by a native reader</dt><dd>Francais</dd>" in page
    assert "<h4>Francais (draft)</h4>" in article(page, "home.menu")
    assert "<h4>English</h4>" in article(page, "home.menu")


def test_a_finding_on_navigation_stands_in_the_head() -> None:
    """It belongs to every screen: it is told once, where it is seen."""
    page = paged(book(), french(nav__back=None))
    head = page.split("</header>")[0]
    assert "Findings on navigation" in head
    assert "untranslated fr - nav.back" in head


def test_a_page_too_wide_is_over() -> None:
    """One word wider than the screen is marked on its bar, with what it would take."""
    broken = book(wells(nowhere=End(_("W" * 157))))
    shown = article(paged(broken), "wells.nowhere")
    assert re.search(r'class="over"></meter>157 of 156 septets', shown)
    assert "<b>wide</b> wells.nowhere (safe)" in shown


def test_what_is_said_is_text_never_markup() -> None:
    """A dialog, or a translator, that writes a tag shows a tag."""
    shown = article(paged(book(wells(nowhere=End(_("<script>1</script>"))))), "wells.nowhere")
    assert "&lt;script&gt;1&lt;/script&gt;" in shown
    assert "<script>" not in shown


def test_a_notice_has_its_parts_and_its_class() -> None:
    """The long Urdu message costs two SMS in UCS-2, the English one a single GSM-7."""
    page = proved_page(BOOK, speeches(["en", "ur"]), list(PROFILES.values()), NOTICES, (), DAY)[1]
    english, urdu = article(page, "notices.help").split('data-language="ur"')
    assert re.search(r"septets: <b>1 SMS</b> of 2, GSM-7", english)
    assert re.search(r"units: <b>2 SMS</b> of 2, UCS-2", urdu)


# In a browser


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Promises the page of the real service, as the command writes it."""
    file = tmp_path_factory.mktemp("page") / "new" / "proof.html"
    assert main(["proof", "--html", str(file)]) == 0
    return file


@pytest.fixture
def page(browser: Browser, written: Path) -> Iterator[Page]:
    """Promises the page, open, on which nothing is complained of and from which nothing is asked."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    troubles: list[str] = []
    asked: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda line: troubles.append(line.text))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(written.as_uri())
    yield opened
    opened.close()
    assert troubles == []
    assert [url for url in asked if not url.startswith("data:")] == [written.as_uri()]


def test_urdu_is_right_to_left(page: Page) -> None:
    """Chosen, an Urdu screen runs from the right; the English one beside it from the left."""
    page.locator("#language").select_option("ur")
    page.locator("#beside").select_option("en")
    screen = page.locator('[id="complaint.details"]')
    expect(screen.locator("[data-language=ur] pre").first).to_have_css("direction", "rtl")
    expect(screen.locator("[data-language=en] pre").first).to_have_css("direction", "ltr")


def test_choosing_a_language_changes_the_texts(page: Page) -> None:
    """French words come, English ones go."""
    screen = page.locator('[id="complaint.category"]')
    expect(screen.get_by_text("What is it about?").first).to_be_visible()
    page.locator("#language").select_option("fr")
    expect(screen.get_by_text("What is it about?").first).to_be_hidden()
    expect(screen.locator("[data-language=fr] pre").first).to_be_visible()


def test_the_search_finds_an_address_and_words(page: Page) -> None:
    """What does not match goes, and the count says how many stay."""
    search = page.get_by_label("Search")
    search.fill("complaint.confirm")
    expect(page.locator('[id="complaint.confirm"]')).to_be_visible()
    expect(page.locator('[id="home.menu"]')).to_be_hidden()
    search.fill("HOW CAN WE HELP")
    expect(page.locator(".screen:visible h3 a")).to_have_text(["home.menu"])
    expect(page.locator("#count")).to_contain_text("1 of ")


def test_without_findings_the_filter_shows_nothing(page: Page) -> None:
    """The real service is sound in every language, so there is nothing to mend."""
    page.get_by_label("Show").select_option("wrong")
    expect(page.locator("#count")).to_contain_text("0 of ")


def test_a_link_to_a_screen_that_was_filtered_away_shows_it(page: Page) -> None:
    """Following an option never ends on nothing."""
    page.get_by_label("Search").fill("home.menu")
    page.locator('[id="home.menu"] .ways a').first.click()
    expect(page.locator(".screen:target")).to_be_visible()
    expect(page.get_by_label("Search")).to_have_value("")


# The maps


def test_the_maps_in_the_documents_are_those_of_the_dialogs() -> None:
    """`./guichet proof --maps` would change nothing."""
    assert MAPS.read_text("utf-8") == maps(BOOK.dialogs)


def test_a_file_that_cannot_be_written_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that is a file is trouble, not a traceback."""
    (tmp_path / "file").write_text("")
    assert main(["proof", "--html", str(tmp_path / "file" / "proof.html")]) == 1
    assert "cannot write" in capsys.readouterr().err
