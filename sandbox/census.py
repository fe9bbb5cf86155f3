"""The registry's own files: households, people, their identifiers, phones, programmes and payments."""

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
CREATE TABLE IF NOT EXISTS identifiers (
  type TEXT NOT NULL, value TEXT NOT NULL, national_id TEXT NOT NULL REFERENCES people, PRIMARY KEY (type, value));
CREATE INDEX IF NOT EXISTS identifiers_person ON identifiers (national_id);
CREATE TABLE IF NOT EXISTS payments (
  number INTEGER PRIMARY KEY AUTOINCREMENT, household TEXT NOT NULL REFERENCES households, programme TEXT NOT NULL,
  amount TEXT NOT NULL, due TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS changes (number INTEGER PRIMARY KEY);
"""
TABLES = ("payments", "identifiers", "phones", "enrolments", "people", "households", "changes")
"""In the order they may be emptied."""


class Census:
    """Who is on record. What is written after the first start is counted as a change."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def empty(self) -> bool:
        """Whether nobody is on record yet."""
        return self._database.row("SELECT 1 FROM households") is None

    def person(self, national_id: str) -> Row | None:
        """One person."""
        return self._database.row("SELECT * FROM people WHERE national_id = ?", national_id)

    def identified(self, value: str) -> Row | None:
        """The person with this NID or UIN."""
        return self.person(value) or self._database.row(
            "SELECT people.* FROM people JOIN identifiers USING (national_id) WHERE type = 'UIN' AND value = ?",
            value,
        )

    def identifiers(self, person: Row) -> list[tuple[str, str]]:
        """Types and values: NID and UIN first. The UIN is the NID where there is no other."""
        held = {
            row["type"]: row["value"]
            for row in self._database.rows(
                "SELECT type, value FROM identifiers WHERE national_id = ? ORDER BY type",
                person["national_id"],
            )
        }
        number = person["national_id"]
        return list(({"NID": number, "UIN": held.get("UIN", number)} | held).items())

    def phones(self, national_id: str) -> list[str]:
        """The phones on record for a person, E.164."""
        held = self._database.rows(
            "SELECT phone FROM phones WHERE national_id = ? ORDER BY phone", national_id
        )
        return [row["phone"] for row in held]

    def has_household(self, household: str) -> bool:
        """Whether there is such a household."""
        return self._database.row("SELECT 1 FROM households WHERE id = ?", household) is not None

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

    def payments(self, household: str) -> list[Row]:
        """The payments made by hand, the newest first."""
        return self._database.rows(
            "SELECT * FROM payments WHERE household = ? ORDER BY number DESC", household
        )

    def enrol(self, household: str, programme: str, state: str) -> None:
        """Write the state of a household in a programme down."""
        with self._database.together():
            self._changed()
            self._database.write(
                "INSERT INTO enrolments VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
                *(household, programme, state),
            )

    def pay(self, household: str, programme: str, amount: str, due: str, state: str) -> int:
        """Write a payment down; its number."""
        with self._database.together():
            self._changed()
            made = self._database.row(
                "INSERT INTO payments (household, programme, amount, due, state) VALUES (?, ?, ?, ?, ?)"
                " RETURNING number",
                *(household, programme, amount, due, state),
            )
        return int(made["number"]) if made else 0

    def register(self, household: str, district: str, who: Person) -> bool:
        """Write a person down, in a new household where there is none of this id. False when the ID
        is taken.
        """
        with self._database.together():
            if self.identified(who.national_id) is not None:
                return False
            self._changed()
            self._database.write(
                "INSERT INTO households VALUES (?, ?, '', NULL, NULL, NULL) ON CONFLICT DO NOTHING",
                *(household, district),
            )
            self._database.write(
                "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?)", *_row(who, household)
            )
        return True

    def restore(self, households: list[Household]) -> None:
        """Put everything back as it was on the first start, where anything was changed."""
        if self._database.row("SELECT 1 FROM changes") is None:
            return
        with self._database.together():
            for table in TABLES:
                self._database.write(f"DELETE FROM {table}")  # noqa: S608 - one of TABLES
            self._fill(households)

    def fill(self, households: list[Household]) -> None:
        """Write everybody down, all or nothing."""
        with self._database.together():
            self._fill(households)

    def _changed(self) -> None:
        self._database.write("INSERT INTO changes VALUES (1) ON CONFLICT DO NOTHING")

    def _fill(self, households: list[Household]) -> None:
        people = [(one.id, who) for one in households for who in one.members]
        self._database.write_many(
            "INSERT INTO households VALUES (?, ?, ?, ?, ?, ?)", [_file(one) for one in households]
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
        self._database.write_many(
            "INSERT INTO identifiers VALUES (?, ?, ?)",
            [(*held, who.national_id) for _, who in people for held in who.identifiers],
        )


def _file(one: Household) -> tuple[str | None, ...]:
    assessed_on = one.assessed_on.isoformat() if one.assessed_on else None
    return one.id, one.district, one.village, one.score, assessed_on, one.excluded


def _row(who: Person, household: str) -> tuple[str, str, str, str, str, str, int]:
    born = who.born.isoformat()
    return who.national_id, household, who.given_name, who.family_name, who.sex, born, int(who.head)
