"""Where a request stands: what we hold of it, and what the registry says once it has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from dialogs.status import REQUESTS
from gateway.asker import Asker, Found, patient
from gateway.deadline import Deadline
from gateway.limits import Limits
from locales.saying import Speaker
from registry_client.port import Progress, Registry, RegistryError, Standing
from registry_client.words import Facts
from store import following, references
from store.database import Database
from store.following import Followed
from store.seals import Seals

log = structlog.get_logger()

ENDED = {"refused": Progress.REFUSED, "answered": Progress.CLOSED}
"""Our own states after which nothing more comes."""
OVER = frozenset({Progress.DECIDED, Progress.REFUSED, Progress.CLOSED})
OURS_ALONE = frozenset({"question", "rating"})
"""Kinds the registry keeps no state of."""


@dataclass(frozen=True, slots=True)
class Standings:
    """`clock` gives the time (UTC); days are those of `zone`."""

    registry: Registry
    database: Database
    seals: Seals
    limits: Limits
    say: Speaker
    patience: float
    clock: Callable[[], datetime]
    zone: ZoneInfo
    appeal_days: int

    def of(self, number: str, asker: Asker, deadline: Deadline, code: int | None = None) -> Found:
        """By a reference somebody typed, and the secret code of one without a name."""
        if not references.valid(number):  # a slip of the finger: its check digit is wrong
            return "not_found", {}
        with self.database.read() as conn:
            ours = following.follow(conn, self.seals, number)
        if ours is None or ours.phone_key != asker.phone_key:
            tried = self.seals.digest("reference", number)
            if not self.limits.may_try("reference", asker.phone_key, tried):
                return "too_many", {}
        if ours is None:
            return "not_found", {}
        if ours.request.identity == "anonymous":
            if code is None:
                return "nameless", {}
            pair = self.seals.digest("proof", f"{asker.phone_key.hex()}/{number}")
            if not self.limits.may_prove(pair):
                return "too_many", {}
            if ours.request.said.get("code") != str(code):
                self.limits.failed(pair)
                return "not_found", {}
        return self._stands(number, ours, asker, deadline)

    def listed(self, number: str, asker: Asker, deadline: Deadline) -> Found:
        """By a reference of her own list."""
        with self.database.read() as conn:
            ours = following.follow(conn, self.seals, number)
        return ("not_found", {}) if ours is None else self._stands(number, ours, asker, deadline)

    def mine(self, person: str, asker: Asker, *, known: bool) -> Found:
        """The requests of a person, and of her phone where it is on record with her."""
        key = asker.phone_key if known else None
        with self.database.read() as conn:
            found = following.mine(conn, self.seals, person, key, REQUESTS.most)
        if not found:
            return "none", {}
        return "found", {"requests": [self._named(one, asker) for one in found]}

    def _named(self, one: Followed, asker: Asker) -> list[object]:
        """A request as a choice: what it is, and its date."""
        day = self._day(one.created_at)
        address = f"notices.about_{_group(one.kind)}"
        said = self.say(address, asker.language, asked_on=day.isoformat())
        return [one.request.reference, {"en": f"{day:%d/%m/%Y}", asker.language: said}]

    def _stands(self, number: str, ours: Followed, asker: Asker, deadline: Deadline) -> Found:
        facts: Facts = {
            "reference": number,
            "asked_on": self._day(ours.created_at).isoformat(),
            "helper": ours.request.said.get("role", ""),
        }
        with self.database.read() as conn:
            again = following.about(conn, self.seals, number, "appeal", "reopening")
            rated = following.about(conn, self.seals, number, "rating") is not None
        if again is not None and again.closed_at is None:
            ours = again
        told = self._standing(ours, asker, deadline)
        if told.progress in OVER and ours.closed_at is None:
            with self.database.write() as conn:
                following.close(conn, self.seals, ours.request.reference, self.clock())
        outcome, more = self._said(ours, told, rated=rated)
        return outcome, {**facts, **more}

    def _standing(self, ours: Followed, asker: Asker, deadline: Deadline) -> Standing:
        """What the registry says, once it has it; while it is away, what we hold."""
        held = Standing(ENDED.get(ours.state, Progress.RECEIVED))
        if ours.state != "accepted" or ours.kind in OURS_ALONE:
            return held
        status = {
            "application": self.registry.application_status,
            "complaint": self.registry.complaint_status,
        }.get(ours.kind, self.registry.case_status)
        try:
            return status(ours.request.reference, **patient(self.patience, asker, deadline))
        except RegistryError as error:
            log.info("lookup.unavailable", trace=asker.trace, error=type(error).__name__)
            return held

    def _said(self, ours: Followed, told: Standing, *, rated: bool) -> Found:
        """The outcome in the words of the dialog."""
        today = self._day(self.clock())
        match told.progress:
            case Progress.DECIDED:
                return "decided", {}
            case Progress.CLOSED:
                return ("rated" if rated else "closed"), {}
            case Progress.REFUSED:
                until = self._appeal(ours, told, today)
                return (
                    ("refused", {"until": until.isoformat()}) if today <= until else ("final", {})
                )
        by = {"by": ours.due_on.isoformat()}
        if ours.due_on < today:
            return "late", by
        return ("in_review" if told.progress is Progress.IN_REVIEW else "received"), by

    def _appeal(self, ours: Followed, told: Standing, today: date) -> date:
        """The last day to appeal, counted from the day she was told."""
        if told.appeal_until is not None:
            return told.appeal_until
        since = told.told_on or (self._day(ours.closed_at) if ours.closed_at else today)
        return since + timedelta(days=self.appeal_days)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def _group(kind: str) -> str:
    """The word for a kind in a list."""
    return kind if kind in {"application", "complaint", "visit"} else "case"
