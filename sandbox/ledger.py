"""The requests a registry holds: applications, complaints, other cases, and how often each was
delivered.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta

from sandbox.database import Database, Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS applications (
  record INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL UNIQUE, national_id TEXT NOT NULL,
  member_id TEXT, programme TEXT NOT NULL, phone TEXT NOT NULL, locale TEXT NOT NULL,
  answers TEXT NOT NULL, role TEXT, worker TEXT, beneficiary TEXT NOT NULL,
  progress TEXT NOT NULL, received_at TEXT NOT NULL, told_on TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS applications_open ON applications (beneficiary, programme)
  WHERE progress IN ('received', 'in_review');
CREATE TABLE IF NOT EXISTS complaints (
  record INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL UNIQUE, category TEXT NOT NULL,
  details TEXT NOT NULL, period TEXT, national_id TEXT, phone TEXT NOT NULL, locale TEXT NOT NULL,
  subject TEXT, payment TEXT, against TEXT, identity TEXT NOT NULL,
  progress TEXT NOT NULL, received_at TEXT NOT NULL, told_on TEXT);
CREATE TABLE IF NOT EXISTS cases (
  record INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  details TEXT NOT NULL, national_id TEXT, phone TEXT NOT NULL, locale TEXT NOT NULL,
  progress TEXT NOT NULL, received_at TEXT NOT NULL, told_on TEXT);
CREATE TABLE IF NOT EXISTS deliveries (
  kind TEXT NOT NULL, reference TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (kind, reference));
"""

PROGRESS = ("received", "in_review", "decided", "refused", "closed")
OPEN = ("received", "in_review")
TOLD = ("decided", "refused", "closed")
APPEALED = ("decided", "refused")
APPEAL_DAYS = 30
KINDS = ("applications", "complaints", "cases")
SERIES = {"applications": "APP", "complaints": "GRV", "cases": "CAS"}
WRITTEN_AS_JSON = {"applications": ("answers",), "cases": ("details",)}


@dataclass(frozen=True, slots=True)
class Application:
    """What `/apply` carries."""

    reference: str
    national_id: str
    member_id: str | None
    programme: str
    phone: str
    locale: str
    answers: str
    """As JSON."""
    role: str | None
    worker: str | None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What `/complaint` carries."""

    reference: str
    category: str
    details: str
    period: str | None
    national_id: str | None
    phone: str
    locale: str
    subject: str | None
    payment: str | None
    against: str | None
    identity: str


@dataclass(frozen=True, slots=True)
class Case:
    """What `/case` carries."""

    reference: str
    kind: str
    details: str
    """As JSON."""
    national_id: str | None
    phone: str
    locale: str


class Ledger:
    """Every request, once per reference."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        database.define(SCHEMA)

    def known(self, kind: str, reference: str) -> dict[str, object] | None:
        """The acknowledgement already given for a reference. `kind`: one of KINDS."""
        held = self._held(kind, reference)
        return _acknowledged(kind, reference, held["record"], known=True) if held else None

    def is_open(self, beneficiary: str, programme: str) -> bool:
        """Whether an application of this person for this programme waits for its decision."""
        sql = "SELECT progress FROM applications WHERE beneficiary = ? AND programme = ?"
        return any(
            row["progress"] in OPEN for row in self._database.rows(sql, beneficiary, programme)
        )

    def enter_application(self, application: Application, beneficiary: str) -> dict[str, object]:
        """Write it down; its acknowledgement."""
        row = self._database.row(
            "INSERT INTO applications (reference, national_id, member_id, programme, phone, locale, answers, role,"
            " worker, beneficiary, progress, received_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'received', ?) RETURNING record",
            *astuple(application),
            *(beneficiary, self._now().isoformat()),
        )
        return _entered("applications", application.reference, row)

    def enter_complaint(self, complaint: Complaint) -> dict[str, object]:
        """Write it down; its acknowledgement."""
        row = self._database.row(
            "INSERT INTO complaints (reference, category, details, period, national_id, phone, locale, subject,"
            " payment, against, identity, progress, received_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'received', ?) RETURNING record",
            *astuple(complaint),
            self._now().isoformat(),
        )
        return _entered("complaints", complaint.reference, row)

    def enter_case(self, case: Case) -> dict[str, object]:
        """Write it down; its acknowledgement."""
        row = self._database.row(
            "INSERT INTO cases (reference, kind, details, national_id, phone, locale, progress, received_at)"
            " VALUES (?, ?, ?, ?, ?, ?, 'received', ?) RETURNING record",
            *astuple(case),
            self._now().isoformat(),
        )
        return _entered("cases", case.reference, row)

    def standing(self, kind: str, reference: str) -> dict[str, object]:
        """Where a request stands: one of PROGRESS, or `unknown`; when that was told, and the last
        day to appeal against a decision.
        """
        row = self._held(kind, reference)
        told = date.fromisoformat(row["told_on"]) if row and row["told_on"] else None
        progress = str(row["progress"]) if row else "unknown"
        last = told + timedelta(APPEAL_DAYS) if told and progress in APPEALED else None
        return {
            "progress": progress,
            "told_on": told.isoformat() if told else None,
            "appeal_until": last.isoformat() if last else None,
        }

    def move(self, reference: str, progress: str) -> bool:
        """An officer moves a request on. False when there is none under this reference."""
        told_on = self._now().date().isoformat() if progress in TOLD else None
        updates = (
            "UPDATE applications SET progress = ?, told_on = ? WHERE reference = ?",
            "UPDATE complaints SET progress = ?, told_on = ? WHERE reference = ?",
            "UPDATE cases SET progress = ?, told_on = ? WHERE reference = ?",
        )
        moved = [self._database.write(update, progress, told_on, reference) for update in updates]
        return sum(moved) > 0

    def delivered(self, kind: str, reference: str) -> None:
        """Count a delivery that carried a reference, whatever becomes of it."""
        sql = "INSERT INTO deliveries VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1"
        self._database.write(sql, kind, reference)

    def entries(self) -> dict[str, object]:
        """Every request and every count: what an auditor of "exactly once" needs."""
        counted = self._database.rows("SELECT * FROM deliveries")
        times = {(row["kind"], row["reference"]): row["times"] for row in counted}
        listed: dict[str, object] = {"deliveries": [dict(row) for row in counted]}
        for kind in KINDS:
            rows = self._database.rows(f"SELECT * FROM {kind} ORDER BY record")  # noqa: S608 - one of KINDS
            listed[kind] = [
                _opened(kind, row) | {"deliveries": times.get((kind, row["reference"]), 0)}
                for row in rows
            ]
        return listed

    def clear(self) -> None:
        """Forget every request."""
        for forget in (
            "DELETE FROM applications",
            "DELETE FROM complaints",
            "DELETE FROM cases",
            "DELETE FROM deliveries",
        ):
            self._database.write(forget)

    def _held(self, kind: str, reference: str) -> Row | None:
        sql = f"SELECT * FROM {kind} WHERE reference = ?"  # noqa: S608 - one of KINDS
        return self._database.row(sql, reference)


def _opened(kind: str, row: Row) -> dict[str, object]:
    """A row as an auditor reads it."""
    written = WRITTEN_AS_JSON.get(kind, ())
    return dict(row) | {name: json.loads(row[name]) for name in written}


def _entered(kind: str, reference: str, row: Row | None) -> dict[str, object]:
    return _acknowledged(kind, reference, row["record"] if row else 0, known=False)


def _acknowledged(kind: str, reference: str, record: int, *, known: bool) -> dict[str, object]:
    return {"reference": reference, "record": f"{SERIES[kind]}-{record:06d}", "known": known}
