"""The requests a registry holds: applications, complaints, and how often each was delivered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import datetime

from sandbox.database import Database, Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS applications (
  record INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL UNIQUE, national_id TEXT NOT NULL,
  member_id TEXT, programme TEXT NOT NULL, phone TEXT NOT NULL, locale TEXT NOT NULL,
  beneficiary TEXT NOT NULL, progress TEXT NOT NULL, received_at TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS applications_open ON applications (beneficiary, programme)
  WHERE progress IN ('received', 'in_review');
CREATE TABLE IF NOT EXISTS complaints (
  record INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL UNIQUE, category TEXT NOT NULL,
  details TEXT NOT NULL, period TEXT, national_id TEXT, phone TEXT NOT NULL, locale TEXT NOT NULL,
  progress TEXT NOT NULL, received_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  kind TEXT NOT NULL, reference TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (kind, reference));
"""

PROGRESS = ("received", "in_review", "decided", "refused", "closed")
OPEN = ("received", "in_review")
SELECTS = {"applications": "SELECT * FROM applications", "complaints": "SELECT * FROM complaints"}
SERIES = {"applications": "APP", "complaints": "GRV"}


@dataclass(frozen=True, slots=True)
class Application:
    """What `/apply` carries."""

    reference: str
    national_id: str
    member_id: str | None
    programme: str
    phone: str
    locale: str


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


class Ledger:
    """Every request, once per reference."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        database.define(SCHEMA)

    def known(self, kind: str, reference: str) -> dict[str, object] | None:
        """The acknowledgement already given for a reference. `kind`: applications or complaints."""
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
            "INSERT INTO applications (reference, national_id, member_id, programme, phone, locale, beneficiary,"
            " progress, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'received', ?) RETURNING record",
            *astuple(application),
            *(beneficiary, self._now().isoformat()),
        )
        return _acknowledged(
            "applications", application.reference, row["record"] if row else 0, known=False
        )

    def enter_complaint(self, complaint: Complaint) -> dict[str, object]:
        """Write it down; its acknowledgement."""
        row = self._database.row(
            "INSERT INTO complaints (reference, category, details, period, national_id, phone, locale, progress,"
            " received_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'received', ?) RETURNING record",
            *astuple(complaint),
            self._now().isoformat(),
        )
        return _acknowledged(
            "complaints", complaint.reference, row["record"] if row else 0, known=False
        )

    def progress(self, kind: str, reference: str) -> str:
        """Where a request stands: one of PROGRESS, or `unknown`."""
        row = self._held(kind, reference)
        return str(row["progress"]) if row else "unknown"

    def move(self, reference: str, progress: str) -> bool:
        """An officer moves a request on. False when there is none under this reference."""
        updates = (
            "UPDATE applications SET progress = ? WHERE reference = ?",
            "UPDATE complaints SET progress = ? WHERE reference = ?",
        )
        return sum(self._database.write(update, progress, reference) for update in updates) > 0

    def delivered(self, kind: str, reference: str) -> None:
        """Count a delivery that carried a reference, whatever becomes of it."""
        sql = "INSERT INTO deliveries VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1"
        self._database.write(sql, kind, reference)

    def entries(self) -> dict[str, object]:
        """Every request and every count: what an auditor of "exactly once" needs."""
        counted = self._database.rows("SELECT * FROM deliveries")
        times = {(row["kind"], row["reference"]): row["times"] for row in counted}
        listed: dict[str, object] = {"deliveries": [dict(row) for row in counted]}
        for kind, select in SELECTS.items():
            rows = self._database.rows(f"{select} ORDER BY record")
            listed[kind] = [
                dict(row) | {"deliveries": times.get((kind, row["reference"]), 0)} for row in rows
            ]
        return listed

    def clear(self) -> None:
        """Forget every request."""
        for forget in (
            "DELETE FROM applications",
            "DELETE FROM complaints",
            "DELETE FROM deliveries",
        ):
            self._database.write(forget)

    def _held(self, kind: str, reference: str) -> Row | None:
        return self._database.row(f"{SELECTS[kind]} WHERE reference = ?", reference)


def _acknowledged(kind: str, reference: str, record: int, *, known: bool) -> dict[str, object]:
    return {"reference": reference, "record": f"{SERIES[kind]}-{record:06d}", "known": known}
