"""A day looked back at: every difference is found once and has a next step; each night it is done and
kept, in nobody's way.
"""
# ruff: noqa: ARG002 - an office has the signatures of the port, whatever it looks at

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from commands.__main__ import commanded, main
from commands.reconcile import NEXT, lines, summary
from registry_client.port import NotSupported, Progress, Refused, Standing, Unavailable
from store import messages, outbox, reconcile, requests
from store.lanes import REGISTRY
from store.reconcile import Asked, Code, Day
from store.tables import history
from store.tables import messages as sms_rows
from store.tables import outbox as outbox_rows
from store.tables import requests as request_rows
from tests.stored import AFRICASTALKING, AMINA, HER_ID, KEYS, NOW, SEALS, STORY, asked, connected
from tests.test_commands_doors import called
from tests.working import Desk, World, drain_sms, working
from workers import registry_lane
from workers.auditing import MOST, audited, spread
from workers.drain import drain

KARACHI = ZoneInfo("Asia/Karachi")
DAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Office(Desk):
    """A desk that says where a request stands."""

    lost: set[str] = field(default_factory=set)
    """References it knows no more."""
    fails: Callable[[str], None] = lambda reference: None
    """Called first; raises what the registry would."""
    inquiries: list[str] = field(default_factory=list)

    def _stands(self, reference: str) -> Standing:
        self.inquiries.append(reference)
        self.fails(reference)
        known = reference in self.records and reference not in self.lost
        return Standing(Progress.RECEIVED if known else Progress.UNKNOWN)

    def application_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Of an application."""
        return self._stands(reference)

    def complaint_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Of a complaint."""
        return self._stands(reference)

    def case_status(self, reference: str, *, timeout: float, trace: str) -> Standing:
        """Of anything else."""
        return self._stands(reference)


@dataclass(slots=True)
class Service:
    """A worker's world with that office behind it."""

    world: World
    office: Office

    def drain(self) -> None:
        """Both lanes once."""
        drain(self.world.context, REGISTRY, registry_lane.carry)
        drain_sms(self.world.context)

    def told(self, *kinds: str) -> list[UUID]:
        """One request a kind, with the SMS that repeats its number; a second apart."""
        made = []
        for kind in kinds:
            new = asked(kind, f"draft {self.world.clock.now}")
            made.append(self.world.promise(new, notice=True).request)
            self.world.clock.pass_by(timedelta(seconds=1))
        return made

    def reported(self, status: str = "delivered") -> None:
        """The carrier reports on all it took."""
        with self.world.database.write() as conn:
            for batch in self.world.carrier.batches:
                for one in batch:
                    words = ("africastalking", f"AT-{one.id}", status, "", one.id)
                    messages.report(conn, SEALS, *words, self.world.clock())

    def audit(self, later: timedelta = timedelta(0), most: int = MOST) -> Day:
        """What is found of the day."""
        database, now = self.world.database, self.world.clock() + later
        return audited(database, SEALS, self.office, DAY, KARACHI, now, timeout=5, most=most)

    def codes(self, later: timedelta = timedelta(0)) -> dict[Code, int]:
        """What does not fit, and how often."""
        return {code: one.count for code, one in self.audit(later).differences.items()}

    def write(self, *statements: object) -> None:
        """Change rows as only a fault would."""
        with self.world.database.write() as conn:
            for statement in statements:
                conn.execute(statement)  # type: ignore[call-overload]  # updates and deletes


@pytest.fixture
def service(database_url: str, valkey_url: str) -> Iterator[Service]:
    """Promises a service on each kind of database."""
    with working(database_url, valkey_url) as world:
        office = Office()
        world.context = replace(world.context, registry=office)
        yield Service(world, office)


# What is counted


def test_a_day_on_which_all_went_well_fits(service: Service) -> None:
    """All is counted by kind, language and state; the registry knows each, the carrier reported."""
    service.told("complaint", "application", "question")
    service.drain()
    service.drain()
    service.reported()
    found = service.audit(timedelta(days=3))
    assert found.told == {"application": {"en": 1}, "complaint": {"en": 1}, "question": {"en": 1}}
    assert found.requests["complaint"] == {"accepted": 1}
    assert found.requests["question"] == {"answered": 1}
    assert found.messages == {"delivered": sum(found.messages.values())} == found.reports
    assert found.registry == Asked(known=2)
    assert found.differences == {}


def test_a_day_is_one_of_the_programmes_time_zone(service: Service) -> None:
    """In Karachi the day begins five hours before that of Greenwich, and its last millisecond is
    its own.
    """
    begin, end = reconcile.bounds(DAY, KARACHI)
    assert begin.utcoffset() == timedelta(hours=5)
    moments = (begin - timedelta(milliseconds=1), begin, end - timedelta(milliseconds=1), end)
    for number, moment in enumerate(moments):
        service.world.clock.now = moment
        service.world.promise(asked(draft=f"draft {number}", language=f"l{number}"))
    assert service.audit().told == {"complaint": {"l1": 1, "l2": 1}}


def test_nobody_is_in_what_is_found(service: Service) -> None:
    """Neither in what is kept nor in what is printed: no number, no ID, no words, no reference."""
    service.told("complaint", "application")
    with service.world.database.read() as conn:
        ids = list(conn.execute(select(request_rows.c.id)).scalars())
        references = [one.reference for one in requests.load(conn, SEALS, ids)]
    found = service.audit(2 * HOUR)
    assert found.differences
    with service.world.database.write() as conn:
        reconcile.keep(conn, DAY, found, NOW)
    with service.world.database.read() as conn:
        (kept,) = reconcile.kept(conn, 9)
    shown = "\n".join([*lines(DAY, found), summary(kept), json.dumps(kept.figures)])
    for secret in (AMINA, HER_ID, STORY, *references, *(one[-4:] + " " for one in references)):
        assert secret not in shown


# What does not fit


def test_what_waits_for_more_than_an_hour_is_a_difference(service: Service) -> None:
    """Before that it is on its way."""
    (request,) = service.told("complaint")
    assert service.codes() == {}
    assert service.codes(HOUR) == {"waiting": 1, "late_sms": 1}
    assert service.audit(HOUR).differences["waiting"].ids == (str(request),)


def test_what_was_given_up_is_a_difference(service: Service) -> None:
    """A request and an SMS."""
    service.told("complaint")
    with service.world.database.write() as conn:
        for lane in (REGISTRY, AFRICASTALKING):
            (row,) = outbox.claim(conn, lane, service.world.clock(), HOUR, 1, b"ours")
            outbox.dead(conn, lane, b"ours", {row.subject: "unavailable"})
            if lane == REGISTRY:
                requests.bury(conn, {row.subject: "unavailable"}, NOW)
    assert service.codes() == {"dead": 1, "dead_sms": 1}


def test_a_request_for_review_is_a_difference(service: Service) -> None:
    """It waits for somebody."""
    service.world.promise(asked(review=True))
    assert service.codes(HOUR) == {"review": 1}


def test_what_nobody_carries_is_found_and_carried_by_a_replay(service: Service) -> None:
    """A row of the outbox is gone, another says done: a fault that must not exist. Replayed, both
    arrive.
    """
    first, second = service.told("complaint", "application")
    service.write(
        delete(outbox_rows).where(outbox_rows.c.subject == first),
        update(outbox_rows).where(outbox_rows.c.subject != first).values(state="done"),
    )
    found = service.audit()
    assert {code: one.count for code, one in found.differences.items()} == {
        "stuck": 2,
        "stuck_sms": 2,
    }
    ids = {UUID(one) for difference in found.differences.values() for one in difference.ids}
    assert {first, second} < ids
    with service.world.database.write() as conn:
        assert reconcile.replay(conn, ids, service.world.clock()) == 4
        assert reconcile.replay(conn, ids, service.world.clock()) == 0
    service.drain()
    assert service.codes() == {}
    assert len(service.office.records) == 2


def test_what_the_registry_does_not_know_is_handed_over_again_and_told_once(
    service: Service,
) -> None:
    """It lost what it had acknowledged. Replayed, it holds it, and no SMS is sent a second time."""
    kept, lost = service.told("complaint", "application")
    service.drain()
    with service.world.database.read() as conn:
        (request,) = requests.load(conn, SEALS, [lost])
    service.office.lost.add(request.reference)
    found = service.audit()
    assert (found.registry.known, found.registry.unknown) == (1, 1)
    assert found.differences["unknown_there"].ids == (str(lost),)
    sent = list(service.world.carrier.sent)
    service.office.lost.clear()
    del service.office.records[request.reference]
    with service.world.database.write() as conn:
        assert reconcile.replay(conn, [lost, UUID(int=7)], service.world.clock()) == 1
    assert sorted(service.world.states()) == ["accepted", "stored"]
    service.drain()
    service.drain()
    assert service.world.states() == ["accepted", "accepted"]
    assert request.reference in service.office.records
    assert service.world.carrier.sent == sent
    assert service.codes() == {}
    with service.world.database.read() as conn:
        events = select(history.c.event).where(history.c.request_id == lost).order_by(history.c.id)
        assert list(conn.execute(events).scalars()) == [
            "stored",
            "accepted",
            "replayed",
            "accepted",
        ]
    assert kept != lost


def test_what_the_registry_holds_without_our_knowing_is_a_difference(service: Service) -> None:
    """It took the request and its answer was lost."""
    (request,) = service.told("complaint")
    with service.world.database.read() as conn:
        (one,) = requests.load(conn, SEALS, [request])
    service.office.records[one.reference] = "R-1"
    assert service.codes() == {"known_there": 1}


def test_what_is_over_or_in_somebodys_hands_is_not_replayed(service: Service) -> None:
    """An answered question, a sent SMS, a claimed row."""
    (question,) = service.told("question")
    service.drain()
    service.drain()
    (claimed,) = service.told("complaint")
    with service.world.database.write() as conn:
        outbox.claim(conn, REGISTRY, service.world.clock(), HOUR, 5, b"a worker")
        sent = list(conn.execute(select(sms_rows.c.id).where(sms_rows.c.state == "sent")).scalars())
        ids = [question, claimed, *sent]
        assert len(ids) >= 3
        assert reconcile.replay(conn, ids, service.world.clock()) == 0


def test_an_sms_without_a_report_is_a_difference_after_48_hours(service: Service) -> None:
    """Not before: carriers report late."""
    service.told("complaint")
    service.drain()
    service.drain()
    almost = timedelta(hours=48) - timedelta(seconds=1)
    assert service.codes(almost) == {}
    assert service.codes(timedelta(hours=48)) == {"silent_sms": 2}
    service.reported("failed")
    assert service.codes(timedelta(hours=48)) == {}


def test_uncertain_sms_and_reports_nobody_knows_are_differences(service: Service) -> None:
    """One that was perhaps sent; reports about SMS of somebody else, once they are an hour old."""
    service.told("complaint")
    with service.world.database.write() as conn:
        (row,) = outbox.claim(conn, AFRICASTALKING, service.world.clock(), HOUR, 5, b"ours")
        outbox.done(conn, AFRICASTALKING, b"ours", {row.subject})
        messages.record(conn, SEALS, [messages.Outcome(row.subject, "uncertain", "timeout")], NOW)
        words = ("africastalking", "nobody's", "delivered", "", "")
        messages.report(conn, SEALS, *words, service.world.clock())
    assert service.codes(HOUR - timedelta(seconds=2)) == {"uncertain_sms": 1}
    later = service.audit(2 * HOUR)
    assert later.strangers == {"delivered": 1}
    assert set(later.differences) == {"uncertain_sms", "strange_reports", "waiting"}


def test_every_difference_has_a_next_step_that_can_be_taken() -> None:
    """One line each; the commands it names are there."""
    assert set(NEXT) == set(get_args(Code))
    for _, step in NEXT.values():
        assert "\n" not in step
        assert set(re.findall(r"\./guichet (\w+)", step)) <= set(commanded())


# Asking the registry


def test_a_registry_that_is_away_is_asked_three_times(service: Service) -> None:
    """The rest is left unasked, and that it was is a difference; one good answer begins anew."""
    service.told(*["complaint"] * 6)
    service.drain()
    answers = iter([True, False, True, False, False, False])

    def fails(_: str) -> None:
        if not next(answers):
            raise Unavailable("away")

    service.office.fails = fails
    assert service.audit().registry == Asked(known=2, unavailable=4)

    def away(_: str) -> None:
        raise Refused("err.sender_id.invalid")

    service.office.fails = away
    found = service.audit()
    assert found.registry == Asked(unavailable=3, not_asked=3)
    assert set(found.differences) == {"registry_away"}


def test_a_registry_that_tells_no_status_is_no_difference(service: Service) -> None:
    """It is counted, and nothing is concluded."""
    service.told("complaint")
    service.drain()

    def fails(_: str) -> None:
        raise NotSupported("no")

    service.office.fails = fails
    found = service.audit()
    assert (found.registry, found.differences) == (Asked(unsupported=1), {})


def test_so_many_are_asked_about_and_spread_over_the_day(service: Service) -> None:
    """The others are counted as not asked; with no time left, nobody is asked."""
    service.told(*["complaint"] * 5)
    service.drain()
    assert service.audit(most=2).registry == Asked(known=2, not_asked=3)
    assert service.audit(most=0).registry == Asked(not_asked=5)
    ids = [UUID(int=number) for number in range(10)]
    assert [one.int for one in spread(ids, 3)] == [0, 3, 6]
    assert spread(ids, 10) == ids
    ticks = iter(range(0, 1000, 40))
    database, now = service.world.database, service.world.clock()
    slow = audited(
        database, SEALS, service.office, DAY, KARACHI, now, timeout=5, clock=lambda: next(ticks)
    )
    assert slow.registry == Asked(known=1, not_asked=4)


def test_without_a_registry_nothing_is_asked(service: Service) -> None:
    """The relay of a house that has none named looks at its own rows."""
    service.told("complaint")
    service.drain()
    found = audited(
        service.world.database, SEALS, None, DAY, KARACHI, service.world.clock(), timeout=5
    )
    assert (found.registry, service.office.inquiries) == (Asked(not_asked=1), [])


# The command


def test_the_command_audits_a_day_and_says_by_its_status_whether_all_fits(
    sqlite_url: str, tmp_path: Path
) -> None:
    """As a person types it: a difference with its next step and its id, for people and for programs."""
    with connected(sqlite_url) as database, database.write() as conn:
        made = requests.promise(conn, SEALS, asked(), NOW, bytes, lambda *_: None)
    var = tmp_path / "var"
    given = {"DATABASE_URL": sqlite_url, "GUICHET_KEYS": KEYS}
    shown = called("reconcile", "--day", "2026-11-23", var=var, **given)
    assert (shown.returncode, shown.stderr) == (1, "")
    assert "references told   1\n  complaint       en 1   stored 1\n" in shown.stdout
    assert f"next: {NEXT['waiting'][1]}\n    {made.request}\n" in shown.stdout
    read = called("reconcile", "--day", "2026-11-22", "--json", var=var, **given)
    assert read.returncode == 0
    told = json.loads(read.stdout)
    assert (told["day"], told["told"], told["differences"]) == ("2026-11-22", {}, {})


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--day", "23/11/2026"), "invalid"),
        (("--replay", "nonsense"), "invalid"),
        (("--list", "--day", "2026-11-23"), "not allowed"),
    ],
)
def test_a_wrong_wish_is_said_in_a_line(
    words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, as any wrong use."""
    with pytest.raises(SystemExit, match="2"):
        main(["reconcile", *words])
    assert says in capsys.readouterr().err


def test_a_day_that_has_not_begun_is_no_day(sqlite_url: str, tmp_path: Path) -> None:
    """One line, never a traceback."""
    given = {"DATABASE_URL": sqlite_url, "GUICHET_KEYS": KEYS}
    done = called("reconcile", "--day", "2999-01-01", var=tmp_path / "var", **given)
    assert (done.returncode, done.stderr) == (1, "guichet: 2999-01-01 has not begun\n")


def test_the_kept_days_are_listed(sqlite_url: str, tmp_path: Path) -> None:
    """A line a day, newest first; what did not fit stands in it."""
    found = Day({"complaint": {"en": 2}}, {"complaint": {"stored": 2}}, {}, {}, {})
    wrong = replace(found, differences={"waiting": reconcile.Difference(2, ("x",))})
    with connected(sqlite_url) as database, database.write() as conn:
        reconcile.keep(conn, DAY, wrong, NOW)
        reconcile.keep(conn, DAY + timedelta(days=1), found, NOW)
    given = {"DATABASE_URL": sqlite_url, "GUICHET_KEYS": KEYS}
    listed = called("reconcile", "--list", var=tmp_path / "var", **given)
    assert listed.stdout.splitlines() == [
        "2026-11-24  made 2026-11-23 09:00Z  told 2  fits",
        "2026-11-23  made 2026-11-23 09:00Z  told 2  waiting 2",
    ]
