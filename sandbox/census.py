"""The registry's own files: households, people, their phones and programmes, filled once."""

from __future__ import annotations

from sandbox.database import Database, Row
from sandbox.households import Household, Person

SCHEMA = """
CREATE TABLE IF NOT EXISTS households (
  id TEXT PRIMARY KEY, district TEXT NOT NULL, village TEXT NOT NULL, poverty_score TEXT, assessed_on TEXT,
  excluded TEXT);
CREATE TABLE IF NOT EXISTS people (
  national_id TEXT PRIMARY KEY, household TEXT NOT NULL REFERENCES households, given_name TEXT NOT NULL,
  family_name TEXT NOT NULL, sex TEXT NOT NULL, born TEXT NOT NULL, head INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS people_household ON people (household);
CREATE TABLE IF NOT EXISTS phones (
  phone TEXT NOT NULL, national_id TEXT NOT NULL REFERENCES people, PRIMARY KEY (phone, national_id));
CREATE INDEX IF NOT EXISTS phones_person ON phones (national_id);
CREATE TABLE IF NOT EXISTS enrolments (
  household TEXT NOT NULL REFERENCES households, programme TEXT NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (household, programme));
"""


class Census:
    """Who is on record. Nothing is written after the first start."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def empty(self) -> bool:
        """Whether nobody is on record yet."""
        return self._database.row("SELECT 1 FROM households") is None

    def person(self, national_id: str) -> Row | None:
        """One person."""
        return self._database.row("SELECT * FROM people WHERE national_id = ?", national_id)

    def on_phone(self, phone: str) -> list[Row]:
        """The people who have this phone on record."""
        return self._database.rows(
            "SELECT people.* FROM people JOIN phones USING (national_id) WHERE phone = ?"
            " ORDER BY national_id",
            phone,
        )

    def phones(self, national_id: str) -> list[str]:
        """The phones on record for a person, E.164."""
        held = self._database.rows(
            "SELECT phone FROM phones WHERE national_id = ? ORDER BY phone", national_id
        )
        return [row["phone"] for row in held]

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

    def enrolments(self, household: str) -> dict[str, str]:
        """State by programme: active, suspended, waiting or exited."""
        held = self._database.rows(
            "SELECT programme, state FROM enrolments WHERE household = ?", household
        )
        return {row["programme"]: row["state"] for row in held}

    def fill(self, households: list[Household]) -> None:
        """Write everybody down, all or nothing."""
        people = [(one.id, who) for one in households for who in one.members]
        with self._database.together():
            self._database.write_many(
                "INSERT INTO households VALUES (?, ?, ?, ?, ?, ?)",
                [_file(one) for one in households],
            )
            self._database.write_many(
                "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?)",
                [_row(who, household) for household, who in people],
            )
            self._database.write_many(
                "INSERT INTO phones VALUES (?, ?)",
                [(phone, who.national_id) for _, who in people for phone in who.phones],
            )
            self._database.write_many(
                "INSERT INTO enrolments VALUES (?, ?, ?)",
                [(one.id, *held) for one in households for held in one.enrolments],
            )


def _file(one: Household) -> tuple[str | None, ...]:
    assessed_on = one.assessed_on.isoformat() if one.assessed_on else None
    return one.id, one.district, one.village, one.score, assessed_on, one.excluded


def _row(who: Person, household: str) -> tuple[str, str, str, str, str, str, int]:
    born = who.born.isoformat()
    return who.national_id, household, who.given_name, who.family_name, who.sex, born, int(who.head)
