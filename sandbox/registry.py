"""What the central registry knows and decides: people, eligibility, who may ask for what, payments.

No HTTP here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from sandbox.database import Database, Row
from sandbox.households import Household, Person, age_on, population
from sandbox.ledger import Application, Complaint, Ledger
from sandbox.people import known_households
from sandbox.programmes import (
    EXCLUDED,
    PROGRAMMES,
    RENEW,
    Label,
    Programme,
    closes,
    first_of_month,
    is_open,
    opens,
)

Clock = Callable[[], datetime]

SCHEMA = """
CREATE TABLE IF NOT EXISTS households (
  id TEXT PRIMARY KEY, district TEXT NOT NULL, poverty_score TEXT, assessed_on TEXT, excluded TEXT);
CREATE TABLE IF NOT EXISTS people (
  national_id TEXT PRIMARY KEY, household TEXT NOT NULL REFERENCES households, given_name TEXT NOT NULL,
  family_name TEXT NOT NULL, sex TEXT NOT NULL, born TEXT NOT NULL, head INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS people_household ON people (household);
CREATE TABLE IF NOT EXISTS enrolments (
  household TEXT NOT NULL REFERENCES households, programme TEXT NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (household, programme));
"""


class Refusal(Exception):
    """The registry says no; `code` is one of the reasons of the local profile."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Registry:
    """One registry over one database.

    `now` is aware, in UTC; so many households are drawn when it is empty.
    """

    def __init__(self, database: Database, now: Clock, households: int) -> None:
        self._database, self._now = database, now
        self.ledger = Ledger(database, now)
        database.define(SCHEMA)
        if database.row("SELECT 1 FROM households") is None:
            self._seed(known_households() + population(households))

    def today(self) -> date:
        """The registry's day."""
        return self._now().date()

    def person(self, national_id: str) -> Row | None:
        """One person."""
        return self._database.row("SELECT * FROM people WHERE national_id = ?", national_id)

    def household(self, household: str) -> Row:
        """One household, with its score: the household of a person, so it is there."""
        return self._database.rows("SELECT * FROM households WHERE id = ?", household)[0]

    def members(self, household: str) -> list[Row]:
        """The people of a household, its head first."""
        return self._database.rows(
            "SELECT * FROM people WHERE household = ? ORDER BY head DESC, born", household
        )

    def scores(self) -> dict[str, str]:
        """Every poverty score by household: for the test that none of them ever comes out."""
        scored = self._database.rows(
            "SELECT id, poverty_score FROM households WHERE poverty_score IS NOT NULL"
        )
        return {row["id"]: row["poverty_score"] for row in scored}

    def eligibility(self, national_id: str) -> dict[str, object]:
        """The answer of `/eligibility`: one outcome, the programmes concerned, a public criterion,
        two dates.
        """
        person = self.person(national_id)
        if person is None:
            return _answer("not_found")
        household = self.household(person["household"])
        if household["assessed_on"] is None:
            return _answer("not_assessed")
        return self._assessed(household) | {"assessed_on": household["assessed_on"]}

    def _assessed(self, household: Row) -> dict[str, object]:
        today = self.today()
        states = self._enrolments(household["id"])
        for state, outcome in (
            ("active", "enrolled"),
            ("suspended", "suspended"),
            ("waiting", "waiting_list"),
        ):
            concerned = [PROGRAMMES[code] for code, held in states.items() if held == state]
            if concerned:
                until = str(opens_again(today)) if state == "suspended" else None
                return _answer(
                    outcome, concerned, RENEW if state == "suspended" else None, until, today
                )
        if household["excluded"]:
            return _answer("not_eligible", criterion=EXCLUDED[household["excluded"]])
        if household["poverty_score"] is None:
            return _answer("not_yet_known")
        return self._scored(household, today)

    def _scored(self, household: Row, today: date) -> dict[str, object]:
        suited = self._suited(household)
        if now := [programme for programme in suited if is_open(programme, today)]:
            return _answer("likely", now, today=today)
        if suited:
            again = min(str(opens(programme, today)) for programme in suited)
            return _answer("closed", suited, until=again, today=today)
        return _answer("not_eligible", criterion=EXCLUDED["serves"])

    def programmes(self, national_id: str, member_id: str | None) -> list[dict[str, object]]:
        """Programmes this person (or this member of her household) may ask for today."""
        today = self.today()
        return [
            _listed(programme, today)
            for programme in self._may_ask(self._beneficiary(national_id, member_id))
        ]

    def _may_ask(self, beneficiary: Row) -> list[Programme]:
        household = self.household(beneficiary["household"])
        if household["excluded"]:
            return []
        held = self._enrolments(household["id"])
        unscored = household["poverty_score"] is None
        suited = [PROGRAMMES["CASH"], PROGRAMMES["FOOD"]] if unscored else self._suited(household)
        return [
            programme
            for programme in suited
            if programme.code not in held and is_open(programme, self.today())
        ]

    def _suited(self, household: Row) -> list[Programme]:
        score = Decimal(household["poverty_score"])
        return [
            programme
            for programme in PROGRAMMES.values()
            if score <= programme.cut_off
            and (not programme.school_age or self._has_pupil(household["id"]))
        ]

    def _has_pupil(self, household: str) -> bool:
        born = [date.fromisoformat(row["born"]) for row in self.members(household)]
        return any(5 <= age_on(day, self.today()) <= 17 for day in born)

    def _enrolments(self, household: str) -> dict[str, str]:
        held = self._database.rows(
            "SELECT programme, state FROM enrolments WHERE household = ?", household
        )
        return {row["programme"]: row["state"] for row in held}

    def _beneficiary(self, national_id: str, member_id: str | None) -> Row:
        person = self.person(national_id)
        if person is None:
            raise Refusal("rjct.person.not_found", "No person has this ID.")
        if member_id is None:
            return person
        member = self.person(member_id)
        if member is None or member["household"] != person["household"]:
            raise Refusal(
                "rjct.member.not_in_household", "The member is not in the household of this person."
            )
        return member

    def apply(self, application: Application) -> dict[str, object]:
        """Take an application, once per reference and once per beneficiary and programme.

        Raises Refusal.
        """
        with self._database.together():
            known = self.ledger.known("applications", application.reference)
            return known or self.ledger.enter_application(
                application, self._admissible(application)
            )

    def _admissible(self, application: Application) -> str:
        """Who it is for: her ID. Raises Refusal."""
        beneficiary = str(
            self._beneficiary(application.national_id, application.member_id)["national_id"]
        )
        programme = PROGRAMMES.get(application.programme)
        if programme is None:
            raise Refusal("rjct.programme.unknown", "There is no such programme.")
        if not is_open(programme, self.today()):
            raise Refusal("rjct.programme.closed", "The programme takes no applications today.")
        if self.ledger.is_open(beneficiary, programme.code):
            raise Refusal(
                "rjct.application.duplicate", "An application is open under another reference."
            )
        return beneficiary

    def complain(self, complaint: Complaint) -> dict[str, object]:
        """Take a complaint, once per reference. Nobody has to be registered to complain."""
        with self._database.together():
            return self.ledger.known(
                "complaints", complaint.reference
            ) or self.ledger.enter_complaint(complaint)

    def payments(self, national_id: str) -> list[dict[str, object]]:
        """The last six payments of the household, newest first.

        Every third month from the month behind us.
        """
        person = self.person(national_id)
        if person is None:
            raise Refusal("rjct.person.not_found", "No person has this ID.")
        held = self._enrolments(person["household"])
        dues = [
            (code, state, ago)
            for code, state in held.items()
            for ago in range(-1, 12, 3)
            if _is_due(state, ago)
        ]
        listed = [_payment(PROGRAMMES[code], ago, self.today()) for code, _, ago in dues]
        return sorted(listed, key=lambda payment: str(payment["due"]), reverse=True)[:6]

    def _seed(self, households: list[Household]) -> None:
        with self._database.together():
            self._database.write_many(
                "INSERT INTO households VALUES (?, ?, ?, ?, ?)",
                [
                    (one.id, one.district, one.score, _iso(one.assessed_on), one.excluded)
                    for one in households
                ],
            )
            self._database.write_many(
                "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?)",
                [_row(who, one.id) for one in households for who in one.members],
            )
            self._database.write_many(
                "INSERT INTO enrolments VALUES (?, ?, ?)",
                [
                    (one.id, programme, state)
                    for one in households
                    for programme, state in one.enrolments
                ],
            )


def opens_again(today: date) -> date:
    """The last day a suspended household has to act: the end of next month."""
    return date.fromordinal(first_of_month(today, 2).toordinal() - 1)


def _answer(
    outcome: str,
    programmes: list[Programme] | None = None,
    criterion: Label | None = None,
    until: str | None = None,
    today: date | None = None,
) -> dict[str, object]:
    listed = [_listed(programme, today) for programme in programmes or () if today is not None]
    return {
        "outcome": outcome,
        "programmes": listed,
        "criterion": criterion,
        "assessed_on": None,
        "until": until,
    }


def _listed(programme: Programme, today: date) -> dict[str, object]:
    first, last = opens(programme, today), closes(programme, today)
    return {
        "code": programme.code,
        "name": programme.name,
        "opens": _iso(first),
        "closes": _iso(last),
    }


def _is_due(state: str, months_ago: int) -> bool:
    """Nothing is paid to who waits, nor since a suspension three months ago."""
    return state == "active" or (state == "suspended" and months_ago >= 3)


def _payment(programme: Programme, months_ago: int, today: date) -> dict[str, object]:
    states = {-1: "expected", 2: "sent"}
    return {
        "programme": programme.code,
        "amount": programme.amount,
        "currency": "PKR",
        "due": first_of_month(today, -months_ago).isoformat(),
        "state": states.get(months_ago, "paid"),
    }


def _row(who: Person, household: str) -> tuple[str, str, str, str, str, str, int]:
    born = who.born.isoformat()
    return who.national_id, household, who.given_name, who.family_name, who.sex, born, int(who.head)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
