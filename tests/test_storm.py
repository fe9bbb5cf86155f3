"""Storms over full stacks: the product stands them, and without any one of its guards it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from threading import Event
from time import monotonic

import psycopg
import pytest
from sqlalchemy import make_url

from commands.processes import holds
from commands.storm import passed
from store import migrations
from storm.audit import Finding, audit
from storm.books import Books, Held, Sent, Stored
from storm.calls import Broken, Cumulative
from storm.citizen import Citizen, Diary, Told
from storm.disks import Postgresql
from storm.ground import Blow
from storm.table import shown
from storm.weather import KINDS, Gust, Storm
from storm.wire import CEILING, Answer, Line
from tests.defects import program
from tests.line import PHONE

REFERENCE = "1234567897"
SOUND = Books(
    [Stored(REFERENCE, "complaint", "accepted", "words 1")],
    [Held(REFERENCE, "words 1")],
    [Sent(PHONE, "We have it", "delivered", "")],
    Counter({(PHONE, "We have it"): 1}),
    {},
)
"""One complaint, carried and told."""

SHOWN: Mapping[str, tuple[Storm, str]] = {
    defect: (Storm(seed, people, seconds, kinds=tuple(kinds), copies=1, settle=3.5, lease=2), found)
    for defect, seed, people, seconds, found, *kinds in (
        ("dedupe", 1, 60, 2, "stored-twice", "repeat carrier"),
        ("compare_and_set", 1, 120, 3, "two-calls", "slow registry"),
        ("uncertain", 1, 40, 2, "rang-twice", "drop carrier"),
        ("outbox", 7, 60, 4, "owed-by-nobody", "kill web"),
        ("lease", 5, 60, 3, "stuck", "slow registry", "kill worker registry"),
    )
}
"""A small storm for each missing guard, and the finding it must lead to."""


class Decided(Random):
    """Somebody who does not wait for an answer about her ID, and whose calls do not drop."""

    def random(self) -> float:
        """The same each time."""
        return 0.1


@dataclass(slots=True)
class TwoCalls(Line):
    """A carrier on whose line a first call is asked for an ID, and answered a second after the next
    call, which has this `first` screen, goes on, or where that one does not.
    """

    first: str = field(kw_only=True)
    goes_on: Event = field(default_factory=Event)

    def form(self, kind: tuple[str, str], form: Mapping[str, str], chance: Random) -> Answer:
        """What each of the four deliveries gets; the last is cut."""
        assert chance.random() == 0.1, "nobody else decides"
        match form["sessionId"], form["text"]:
            case "left", "":
                said, later = "CON Type your ID", 0
            case "left", _:
                self.goes_on.wait(0.5)
                said, later = "CON In which year?", 1
            case _, "3":
                said, later = self.first, 0
            case _:
                self.goes_on.set()
                raise Broken
        return Answer(*kind, 200, said, "web", monotonic(), monotonic() + later)


def codes(books: Books, diary: Diary | None = None, *answers: Answer) -> list[str]:
    """What an audit of these finds."""
    lived = diary or Diary(told=[Told(REFERENCE, "complaint", PHONE, "words 1")])
    return [one.code for one in audit(books, lived, answers, [])]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_storm_loses_nothing_and_doubles_nothing(database: str) -> None:
    """Fifteen seconds of everything, on each database."""
    report = passed(Storm(7, 120, 15, database))
    assert report.findings == [], "\n".join(shown(report))
    assert len(report.diary.told) > 15
    assert report.diary.followed > 10
    assert len({blow.gust.kind for blow in report.blows}) > 7


@pytest.mark.timeout(120)
@pytest.mark.parametrize("defect", SHOWN)
def test_each_guard_that_is_missing_turns_the_storm_red(defect: str) -> None:
    """One after the other, each alone, in the weather that it is for: what it is for is seen in the
    books.
    """
    weather, found = SHOWN[defect]
    report = passed(weather, program(defect))
    assert found in {one.code for one in report.findings}, "\n".join(shown(report))


@pytest.mark.timeout(1500)
@pytest.mark.long
def test_a_long_storm_over_postgresql() -> None:
    """Ten minutes and twenty thousand people."""
    report = passed(Storm(1, 20_000, 600, "postgresql"))
    print("\n".join(shown(report)))
    assert report.findings == []


def test_the_same_seed_is_the_same_storm() -> None:
    """And another one another; every kind comes before any comes again."""
    once = Storm(3, 9, 180, "postgresql").forecast()
    assert once == Storm(3, 9, 180, "postgresql").forecast()
    assert once != Storm(4, 9, 180, "postgresql").forecast()
    assert {(one.kind, one.whom) for one in once} <= {
        (kind.does, whom) for kind in KINDS for whom in kind.whom
    }
    assert {one.kind for one in once} == {kind.does for kind in KINDS}
    assert [one.at for one in once] == sorted(one.at for one in once)
    assert all(one.whom != "postgresql" for one in Storm(3, 9, 180).forecast())


def test_a_storm_may_be_of_some_kinds_alone() -> None:
    """And where there is one of everything, none strikes a second."""
    gusts = Storm(3, 9, 40, kinds=("kill web", "drop carrier"), copies=1).forecast()
    assert {(one.kind, one.whom) for one in gusts} == {("kill", "web"), ("drop", "carrier")}


@pytest.mark.parametrize("seed", range(20))
def test_a_carrier_falls_silent_early(seed: int) -> None:
    """We wait long for its answer: in a short storm it comes first."""
    assert Storm(seed, 9, 15).forecast()[0].kind == "silence"


def test_sound_books_have_no_findings() -> None:
    """What follows is seeded."""
    assert codes(SOUND) == []


@pytest.mark.parametrize(
    ("books", "found"),
    [
        (replace(SOUND, stored=[]), ["told-not-stored"]),
        (replace(SOUND, held=[]), ["told-not-held"]),
        (replace(SOUND, held=[*SOUND.held, *SOUND.held]), ["held-twice", "held-twice"]),
        (
            replace(SOUND, stored=[*SOUND.stored, Stored("1", "complaint", "accepted", "words 1")]),
            ["stored-twice"],
        ),
        (replace(SOUND, rung=Counter({(PHONE, "We have it"): 2})), ["rang-twice"]),
        (
            replace(SOUND, stored=[replace(SOUND.stored[0], owed=False)]),
            ["owed-by-nobody"],
        ),
        (replace(SOUND, rung=Counter()), ["never-rang"]),
        (replace(SOUND, owed={"registry ready": 2}), ["stuck"]),
    ],
)
def test_books_that_differ_are_found(books: Books, found: list[str]) -> None:
    """Each book against each."""
    assert codes(books) == found


def test_a_last_screen_without_its_number_is_found() -> None:
    """She has nothing to ask with."""
    told = Told(REFERENCE, "complaint", PHONE, "words 1")
    assert codes(SOUND, Diary(told=[told], numberless=["Your number is ...."])) == [
        "told-no-number"
    ]


def test_a_message_of_unknown_fate_may_have_rung_or_not() -> None:
    """Once at most."""
    unsure = replace(SOUND, sent=[Sent(PHONE, "We have it", "uncertain", "ReadTimeout")])
    assert codes(unsure) == []
    assert codes(replace(unsure, rung=Counter())) == []


@pytest.mark.parametrize(
    ("first", "found"),
    [
        ("CON How can we help?\n3 Make a complaint", ["two-calls"]),
        ("END We cannot answer now.", []),
    ],
)
def test_a_call_she_left_may_go_on_where_no_other_was_answered(
    first: str, found: list[str]
) -> None:
    """A dial that got the screen of a trouble opened no call: the one before it still lives."""
    line, diary, chance = TwoCalls({}, {}, first=first), Diary(), Decided()
    calls = iter([Cumulative(line, PHONE, name, chance, "99999") for name in ("left", "next")])
    answers = {"id": "1234567890123"}
    her = Citizen(
        1, PHONE, "question", answers, lambda _: next(calls), diary, chance, bool, lambda _: None
    )
    with suppress(Broken):
        her._tries(0)
    assert [one.code for one in audit(SOUND, diary, [], [])] == found


@pytest.mark.parametrize(
    ("status", "body", "web", "seconds", "found"),
    [
        (200, "CON Hello", "web", 0.1, []),
        (500, "", "web", 0.1, ["invalid-answer"]),
        (200, "Hello", "web", 0.1, ["invalid-answer"]),
        (200, "END " + "x" * 181, "web", 0.1, ["long-answer"]),
        (200, "END Hello", "web", CEILING + 1, ["late-answer"]),
        (0, "", "", 0.1, ["nobody-answered"]),
        (0, "", "web", 0.1, ["cut-answer"]),
    ],
)
def test_answers_a_carrier_cannot_use_are_found(
    status: int, body: str, web: str, seconds: float, found: list[str]
) -> None:
    """Whatever the weather was, when it was not about that server."""
    answer = Answer("africastalking", "ussd", status, body, web, 100.0, 100.0 + seconds)
    assert codes(SOUND, None, answer) == found


def test_an_answer_that_was_cut_by_a_kill_is_forgiven() -> None:
    """Of the server that was killed, at that time."""
    cut = Answer("africastalking", "ussd", 0, "", "web 2", 100.0, 100.1)
    told = Diary(told=[Told(REFERENCE, "complaint", PHONE, "words 1")])
    for whom, found in (("web 2", []), ("web", [Finding("cut-answer", "ussd 0 '' by web 2")])):
        blow = Blow(Gust(1.0, "kill", whom), 100.0, 100.0, 103.0)
        assert audit(SOUND, told, [cut], [blow]) == found


def test_a_disk_is_slow_however_its_writers_stand_in_the_way(
    postgres_url: Callable[[], str],
) -> None:
    """Who locks all tables is the one PostgreSQL gives up where a writer holds one and wants another:
    it tries again.
    """
    url = postgres_url()
    migrations.upgrade(url)
    address = make_url(url).set(drivername="postgresql").render_as_string()
    with psycopg.connect(address) as writer, ThreadPoolExecutor(1) as pool:
        writer.execute("LOCK TABLE outbox IN ROW EXCLUSIVE MODE")
        locked = pool.submit(Postgresql(url).lock)
        assert holds(lambda: waiting(address), 5)
        writer.execute("LOCK TABLE citizens IN ROW EXCLUSIVE MODE")
        writer.commit()
        heal = locked.result(10)
        writer.execute("SET lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            writer.execute("LOCK TABLE citizens IN ROW EXCLUSIVE MODE")
        writer.rollback()
        heal()
        writer.execute("LOCK TABLE citizens IN ROW EXCLUSIVE MODE")


def test_a_disk_that_is_full_and_slow_keeps_nobody_waiting_for_ever(
    postgres_url: Callable[[], str],
) -> None:
    """Two gusts at once are ended by one thread: the one that cannot be ended now says so."""
    url = postgres_url()
    migrations.upgrade(url)
    disk = Postgresql(url, patience=0.1)
    emptied = disk.fill()
    unlocked = disk.lock()
    with pytest.raises(psycopg.errors.LockNotAvailable):
        emptied()
    disk.fill()
    unlocked()
    emptied()


def waiting(address: str) -> bool:
    """Whether somebody waits for a lock."""
    with psycopg.connect(address) as looking:
        found = looking.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return bool(found and found[0])
