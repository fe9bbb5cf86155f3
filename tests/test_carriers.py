"""The table of carriers: each network's screen, what is refused in the table, and a line on which the
limits hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path

import pytest

from commands.proof import screens
from commands.trouble import Trouble
from dialogs.engine.fit import SAFE, SMS, Profile
from gateway.carriers import BadCarrier, carriers
from store import drafts
from store.clock import now
from tests.line import Line, opened

NETWORKS = {
    "KE": "63902 63903 63907 63999",
    "TZ": "64002 64003 64004 64005 64007 64009",
    "UG": "64101 64110 64111 64114",
    "RW": "63510 63513 63514",
    "NG": "62120 62130 62150 62160",
    "GH": "62001 62002 62006",
    "MW": "65001 65010",
    "ZM": "64501 64502",
    "ZA": "65501 65502 65507 65510",
    "ET": "63601",
    "PK": "41001 41003 41004 41006 41007",
    "TG": "61501 61503",
    "ZZ": "99999",
}
"""By country, as a second reader took them from the reference."""
KENYA = Profile("156/76/80-home-ucs2", septets=156, units=76, home=False, ucs2=False)
AIRTEL = Profile("180/76/90-home-ucs2", septets=180, units=76, typed=90, home=False, ucs2=False)
PLAIN = Profile("156/76/80-ucs2", septets=156, units=76, ucs2=False)
TABLE = """
[safe]
septets = 160
units = 80
prefix = true
ucs2 = true
typed = 80
session = 120
idle = 30
reserved = []
quiet = ["20:00", "08:00"]
source = ""
verified = false
[XA]
currency = "XAA"
typed = 90
[XA.one]
name = "One"
networks = ["99001"]
"""


def test_every_network_is_in_its_country() -> None:
    """No code is lost, and none is in two countries."""
    found = {code: one.country for code, one in carriers().by_network.items()}
    assert found == {code: land for land, codes in NETWORKS.items() for code in codes.split()}


@pytest.mark.parametrize(
    ("network", "profile"),
    [
        ("63902", KENYA),
        ("63903", AIRTEL),
        ("63907", KENYA),
        ("63999", KENYA),
        ("62130", PLAIN),
        ("64110", PLAIN),
        ("63601", SAFE),
        ("41001", SAFE),
        ("61503", SAFE),
        ("99999", SAFE),
        ("70707", SAFE),
        ("", SAFE),
    ],
)
def test_a_network_has_the_screen_of_its_limits(network: str, profile: Profile) -> None:
    """Carriers with the same limits share one screen; who is not in the table has the safe one."""
    known = carriers()
    assert known.profiles[known.profile(network).name] == known.profile(network) == profile


def test_no_name_stands_for_two_screens() -> None:
    """Equal limits have one name, and a name one set of limits: also across two tables."""
    known = carriers()
    assert set(known.profiles.values()) == {SAFE, SMS, KENYA, AIRTEL, PLAIN}
    assert all(name == one.name for name, one in known.profiles.items())
    wider = TABLE.replace("typed = 90", "septets = 182\ntyped = 120")
    assert carriers(wider).profile("99001").name == "178/76/120"


def test_the_safe_table_is_what_the_engine_holds_safe() -> None:
    """One written in the other's words: a network that says nothing has the safe screen."""
    known = carriers(TABLE.replace("typed = 90\n", ""))
    assert known.by_network["99001"].profile is SAFE


@pytest.mark.parametrize(
    ("network", "session", "idle", "quiet"),
    [
        ("63902", 180, 30, (time(18), time(8))),
        ("63903", 180, 60, (time(20), time(8))),
        ("62120", 120, 30, (time(20), time(8))),
        ("41006", 120, 30, (time(20), time(8))),
    ],
)
def test_a_network_has_its_times(
    network: str, session: int, idle: int, quiet: tuple[time, time]
) -> None:
    """Seconds of a call, seconds of silence, hours without broadcasts."""
    one = carriers().by_network[network]
    assert (one.session, one.idle, one.quiet) == (session, idle, quiet)


def test_what_nobody_wrote_down_is_not_called_verified() -> None:
    """Four Nigerian networks and two Kenyan ones have a source for their screen; no other has."""
    verified = {code for code, one in carriers().by_network.items() if one.verified}
    assert verified == {"63902", "63903", "62120", "62130", "62150", "62160"}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("typed = 90", "typed = true", "XA.one: typed must be a whole number"),
        ("typed = 90", "typo = 90", "XA.one: unknown: typo"),
        ('currency = "XAA"', "", "XA.one: missing: currency"),
        ('currency = "XAA"', 'currency = "Xaa"', "XA.one: currency cannot be 'Xaa'"),
        ("typed = 90", "typed = 0", "XA.one: typed must be more than nothing"),
        ("typed = 90", "septets = 60", "XA.one: units must be at least 40, and septets no fewer"),
        ("typed = 90", "idle = 121", "XA.one: idle must be more than nothing and no more than session"),
        ("typed = 90", 'reserved = ["9"]', "XA.one: reserved: every screen needs 9"),
        ("typed = 90", 'reserved = ["#"]', "XA.one: reserved cannot be ['#']"),
        ("typed = 90", 'quiet = ["8 pm", "08:00"]', "XA.one: quiet cannot be ['8 pm', '08:00']"),
        ("typed = 90", 'quiet = ["20:00"]', "XA.one: quiet has two times: from, to"),
        ("typed = 90", "verified = true", "XA.one: verified needs a source"),
        ('["99001"]', "[]", "XA.one: networks is empty"),
        ('["99001"]', '["one"]', "XA.one: networks cannot be ['one']"),
        ('["99001"]', '["99001", "99001"]', "XA.one: 99001 is One's already"),
        ("[XA]", "[Xa]", "Xa.one: country cannot be 'Xa'"),
        ("[safe]", "[safe", "carriers.toml: "),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_meant_is_refused(old: str, new: str, fault: str) -> None:
    """At the start, with the network and the field: not by the first citizen who dials."""
    said = TABLE.replace("[XA.one]", "[Xa.one]") if new == "[Xa]" else TABLE
    with pytest.raises(BadCarrier) as refused:
        carriers(said.replace(old, new))
    assert str(refused.value).startswith(fault)


@pytest.mark.parametrize(
    ("networks", "cards", "sentence"),
    [
        (TABLE.replace("typed = 90", "typed = 0"), None, "XA.one: typed must be more than nothing"),
        (None, '[XA.one]\nstands_for = "One"\nverified = false', "XA.one: stdnum or pattern, and not both"),
    ],
)  # fmt: skip
def test_the_proof_says_in_one_sentence_which_table_is_wrong(
    networks: str | None, cards: str | None, sentence: str
) -> None:
    """Whoever added a carrier or a card reads no traceback."""
    with pytest.raises(Trouble, match=f"^{sentence}$"):
        screens(networks, cards)


@pytest.fixture
def line(valkey_url: str, sqlite_url: str, tmp_path: Path) -> Iterator[Line]:
    """Promises a phone line."""
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        yield line


def kept(line: Line) -> str:
    """The name of the screen her session holds."""
    phone_key = line.hooks.seals.phone_key(line.phone)
    record = line.hooks.conversation.sessions.recall(phone_key).record
    assert record is not None
    return record.session.profile


def test_a_key_the_carrier_keeps_is_not_printed(line: Line) -> None:
    """`00` goes back a page in Kenya: it leads home on other networks only."""
    line.begin()
    line.dial()
    assert "00 Home" in line.presses("3", "1")
    line.network = "63902"
    line.dial()
    assert "00 Home" not in line.presses("3", "1")


def test_a_language_the_network_cannot_show_is_not_offered(line: Line) -> None:
    """Its number stays unused, so that the others keep theirs."""
    assert "اردو" in line.dial()
    line.phone, line.network = "+254711000002", "63903"
    assert "2 Fran" in line.dial()
    assert "اردو" not in line.screen


@pytest.mark.parametrize(("network", "name"), [("70707", "safe"), ("63902", KENYA.name)])
def test_a_call_keeps_the_screen_it_began_on(line: Line, network: str, name: str) -> None:
    """What she was shown holds to the end of the call, whatever a later delivery says."""
    line.network = network
    line.begin()
    line.network = "63903"
    line.press("3")
    assert kept(line) == name
    line.dial()
    assert kept(line) == AIRTEL.name


@pytest.mark.parametrize(("network", "language"), [("70707", "ur"), ("63902", "en")])
def test_a_last_screen_is_in_letters_its_carrier_shows(
    line: Line, network: str, language: str
) -> None:
    """Also those outside the dialogs: nobody is told in boxes that a call is over."""
    line.network = network
    line.begin("3")
    old = line.session
    line.dial()
    over = line.hooks.say("notices.over", language)
    assert line.deliver("1", session=old) == over
    object.__setattr__(line.hooks.conversation, "turns", 1)
    assert line.press("1") == line.hooks.say("notices.busy", language)


def test_a_call_that_was_lost_is_found_again_on_its_screen(line: Line) -> None:
    """Also when she was met in this very call."""
    line.network = "63902"
    line.begin()
    line.hooks.redis.delete(*line.hooks.redis.keys("phone:*"))
    assert line.press("3").startswith("What is it about?")
    assert kept(line) == KENYA.name


@pytest.mark.parametrize(("network", "silence"), [("63902", 40), ("63903", 60), ("70707", 40)])
def test_a_call_counts_as_dropped_when_its_carrier_has_ended_it(
    valkey_url: str, sqlite_url: str, tmp_path: Path, network: str, silence: int
) -> None:
    """Not before: she may still be thinking about what to type."""
    with opened(valkey_url, sqlite_url, tmp_path, dial_back_after=40) as line:
        line.network = network
        line.begin()
        line.presses("3", "2", "They sent me away")
        taken = [
            list(drafts.take(line.hooks.redis, line.hooks.seals, now() + timedelta(seconds=after)))
            for after in (silence - 2, silence + 2)
        ]
    assert [len(left) for left in taken] == [0, 1]
