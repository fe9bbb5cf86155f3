"""What the collector of proved pages promises: each look once, in reading order, measured for
every carrier that shows it.
"""

from __future__ import annotations

from dialogs.engine.fit import PROFILES, SAFE, SMS
from dialogs.engine.looks import AGAIN, FIRST, Look
from dialogs.engine.pages import Pages, Room
from dialogs.engine.proof import Place, prove
from tests.citizen import ENGLISH
from tests.seeded import book, french


def test_the_pages_kept_are_those_measured() -> None:
    """Everything the report counts is there, no more and no less."""
    pages, told = Pages(), list[int]()

    def both(place: Place, look: Look) -> None:
        told.append(len(look.pages))
        pages.add(place, look)

    report = prove(book(), [ENGLISH, french()], list(PROFILES.values()), {}, both)
    assert sum(told) == report.pages
    assert pages.of("wells.how", "fr")[0].pages[0].text.startswith("Comment est WWWWWWWWWWWW ?")


def test_equal_looks_are_one_sheet_with_room_for_each_carrier() -> None:
    """The narrowest is named first."""
    pages = Pages()
    for profile in (SMS, SAFE, SAFE):
        pages.add(Place("en", profile, "home.menu"), Look(FIRST, ENGLISH.language, ("Hello €",)))
    (sheet,) = pages.of("home.menu", "en")
    assert sheet.profiles == ("sms", "safe")
    assert sheet.pages[0].rooms == (Room(8, 156, ("safe",)), Room(8, 306, ("sms",)))


def test_another_script_is_counted_in_units() -> None:
    """The room is what the carrier shows of such letters, its prefix counted off."""
    pages = Pages()
    pages.add(Place("ur", SAFE, "home.menu"), Look(FIRST, ENGLISH.language, ("مدد",)))
    (page,) = pages.of("home.menu", "ur")[0].pages
    assert (page.gsm, page.rooms) == (False, (Room(3, 76, ("safe",)),))


def test_the_first_look_is_read_first() -> None:
    """Whatever came first to the collector."""
    pages = Pages()
    for when in (AGAIN, FIRST):
        pages.add(Place("en", SAFE, "home.menu"), Look(when, ENGLISH.language, (when,)))
    assert [sheet.when for sheet in pages.of("home.menu", "en")] == [FIRST, AGAIN]


def test_a_language_no_carrier_shows_has_no_sheets() -> None:
    """Nothing is made up for it."""
    assert Pages().of("home.menu", "ur") == []
