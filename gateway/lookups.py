"""Questions to the registry while a citizen waits: within the deadline, and never with more than
half of the threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore

import structlog

from dialogs.benefits import FindProgrammes
from dialogs.eligibility import CheckEligibility
from dialogs.engine.screens import UNAVAILABLE, Query
from dialogs.status import FollowRequest
from gateway.deadline import Deadline
from gateway.limits import Limits
from registry_client.port import Progress, Refused, Registry, RegistryError
from registry_client.words import Facts, chosen, eligibility
from store import references, requests
from store.database import Database
from store.seals import Seals

log = structlog.get_logger()

Found = tuple[str, Facts]
"""An outcome of a query and the facts that come with it."""

ENDED = {"refused": Progress.REFUSED, "answered": Progress.CLOSED}
"""Our own states after which nothing more comes."""
OVER = frozenset({Progress.DECIDED, Progress.REFUSED, Progress.CLOSED})
_NOTHING: Found = (UNAVAILABLE, {})


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the phone's key, the digest of her last ID in hex, and the trace that joins log
    lines.
    """

    phone_key: bytes
    own: str
    trace: str


@dataclass(frozen=True, slots=True)
class Lookups:
    """Made once a process. A thread that finds no free place does not wait for one."""

    registry: Registry
    database: Database
    seals: Seals
    limits: Limits
    places: BoundedSemaphore
    """How many threads may wait for the registry at once."""
    patience: float
    """Seconds each of them waits."""
    clock: Callable[[], datetime]

    def ask(self, query: Query, asker: Asker, deadline: Deadline) -> Found:
        """The outcome of a query. Trouble of the registry is `unavailable`, never an exception."""
        match query:
            case CheckEligibility(who=who):
                return self._about([who], asker, lambda: self._eligibility(who, asker, deadline))
            case FindProgrammes(applicant=applicant, member=member):
                ids = [one for one in (applicant, member) if one]
                return self._about(
                    ids, asker, lambda: self._programmes(applicant, member, asker, deadline)
                )
            case FollowRequest(number=number):
                return self._followed(number, asker, deadline)
        raise TypeError(f"nobody answers {type(query).__name__}")

    def own(self, query: Query, outcome: str) -> str:
        """The ID she asked about, as a digest in hex, once the registry knows it; else empty."""
        match query:
            case CheckEligibility(who=number) | FindProgrammes(applicant=number):
                known = outcome not in {"not_found", "too_many", UNAVAILABLE}
                return self.seals.digest("national_id", number).hex() if known else ""
        return ""

    def _about(self, ids: list[str], asker: Asker, ask: Callable[[], Found]) -> Found:
        """Ask about people, unless this phone has tried too many IDs that are not its last one."""
        for one in ids:
            digest = self.seals.digest("national_id", one)
            if digest.hex() != asker.own and not self.limits.may_try("id", asker.phone_key, digest):
                return "too_many", {}
        return self._waiting(ask, asker)

    def _waiting(self, ask: Callable[[], Found], asker: Asker) -> Found:
        if not self.places.acquire(blocking=False):
            log.warning("lookup.full", trace=asker.trace)
            return _NOTHING
        try:
            return ask()
        except RegistryError as error:
            log.info("lookup.unavailable", trace=asker.trace, error=type(error).__name__)
            return _NOTHING
        finally:
            self.places.release()

    def _eligibility(self, who: str, asker: Asker, deadline: Deadline) -> Found:
        return eligibility(
            self.registry.eligibility(who, timeout=deadline.left(self.patience), trace=asker.trace)
        )

    def _programmes(
        self, applicant: str, member: str | None, asker: Asker, deadline: Deadline
    ) -> Found:
        try:
            listed = self.registry.programmes(
                applicant, member, timeout=deadline.left(self.patience), trace=asker.trace
            )
        except Refused as refusal:
            if refusal.code in {"not_found", "not_in_household"}:
                return refusal.code, {}
            raise
        return ("open", {"programmes": [chosen(one) for one in listed]}) if listed else ("none", {})

    def _followed(self, number: str, asker: Asker, deadline: Deadline) -> Found:
        """Where a request stands: what we hold, and what the registry says of it once it has it."""
        if not references.valid(number):  # a slip of the finger: its check digit is wrong
            return "not_found", {}
        with self.database.read() as conn:
            ours = requests.follow(conn, self.seals, number)
        if ours is None or ours.phone_key != asker.phone_key:
            tried = self.seals.digest("reference", number)
            if not self.limits.may_try("reference", asker.phone_key, tried):
                return "too_many", {}
        if ours is None:
            return "not_found", {}
        progress: str = ENDED.get(ours.state, Progress.RECEIVED)
        if ours.state == "accepted" and ours.kind != "question":
            progress, _ = self._waiting(
                lambda: (self._progress(ours.kind, number, asker, deadline), {}), asker
            )
            if progress in OVER:
                with self.database.write() as conn:
                    requests.close(conn, self.seals, number, self.clock())
        if progress in OVER:
            return str(progress), {}
        known = Progress.IN_REVIEW if progress == Progress.IN_REVIEW else Progress.RECEIVED
        return str(known), {"by": ours.due_on.isoformat()}

    def _progress(self, kind: str, number: str, asker: Asker, deadline: Deadline) -> Progress:
        status = (
            self.registry.application_status
            if kind == "application"
            else self.registry.complaint_status
        )
        return status(number, timeout=deadline.left(self.patience), trace=asker.trace)
