"""The state of this openIMIS: records, mutation logs, and what goes wrong with the next change.

A change is only received at first; its log says later that it is done, or an error.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field

from sandbox.openimis import people
from sandbox.openimis.people import Record

RECEIVED, FAILED, DONE = 0, 1, 2
LONGEST = 255


@dataclass
class Faults:
    """What goes wrong. `received`: so many looks at a log find a change only received."""

    received: int = 1
    stuck: bool = False
    """Changes stay received."""
    failing: bool = False
    """Changes end as errors."""
    lost: int = 0
    """So many changes are taken, and their answer is lost."""


@dataclass
class Log:
    """A change under way."""

    mutation: str
    status: int
    looks: int
    ends: int
    error: str = ""


@dataclass
class Site:
    """One openIMIS. Several requests may come at once."""

    faults: Faults = field(default_factory=Faults)
    individuals: list[Record] = field(default_factory=people.individuals)
    plans: list[Record] = field(default_factory=people.plans)
    beneficiaries: list[Record] = field(default_factory=people.beneficiaries)
    benefits: list[Record] = field(default_factory=people.benefits)
    tickets: list[Record] = field(default_factory=list)
    comments: list[Record] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def look(self, mutation: str) -> list[Record]:
        """The logs of a change; each look brings one that is under way nearer its end."""
        found = [log for log in self.logs if log.mutation == mutation]
        for log in found:
            if log.looks > 0:
                log.looks -= 1
            elif not self.faults.stuck:
                log.status = log.ends
        return [{"status": log.status, "error": log.error} for log in found]

    def change(self, name: str, given: Record) -> None:
        """Take note of a change and make it, whether or not the same was made before."""
        mutation = str(given.get("clientMutationId"))
        error = "failed" if self.faults.failing else self._make(name, given, mutation)
        ends = FAILED if error else DONE
        self.logs.append(Log(mutation, RECEIVED, self.faults.received, ends, error))

    def _make(self, name: str, given: Record, mutation: str) -> str:
        """What was wrong with it; empty where nothing was."""
        match name:
            case "createTicket":
                return self._ticket(given, mutation)
            case "createComment":
                if self._held(given["ticketId"]) is None or not given["comment"]:
                    return f"no ticket for: {given['comment']}"
                self.comments.append(dict(given))
                return ""
            case "reopenTicket":
                ticket = self._held(given["id"])
                if ticket is None or ticket["status"] not in {"RESOLVED", "CLOSED"}:
                    return "ticket is not closed"
                ticket["status"] = "OPEN"
                ticket["mutations"].append(mutation)
                return ""
        return self._beneficiary(given)

    def _ticket(self, given: Record, mutation: str) -> str:
        for name in ("title", "description"):
            if len(given.get(name, "")) > LONGEST:
                return f"{name} is too long: {given[name]}"
        code = f"GRS{len(self.tickets) + 1:08}"
        uuid = people.number("Ticket", code)
        kept = {name: given[name] for name in given if name != "clientMutationId"}
        self.tickets.append(kept | {"uuid": uuid, "code": code, "mutations": [mutation]})
        return ""

    def _beneficiary(self, given: Record) -> str:
        whose = {one["uuid"] for one in self.individuals}
        if given["individualId"] not in whose or not isinstance(given["jsonExt"], str):
            return f"no such individual: {given['individualId']}"
        count = len(self.beneficiaries)
        self.beneficiaries.append(
            {
                "uuid": people.number("Beneficiary", str(count)),
                "individual": given["individualId"],
                "plan": given["benefitPlanId"],
                "status": given["status"],
                "jsonExt": json.loads(given["jsonExt"]),
            }
        )
        return ""

    def _held(self, uuid: str) -> Record | None:
        return next((one for one in self.tickets if one["uuid"] == uuid), None)

    def ledger(self) -> dict[str, list[dict[str, str]]]:
        """Every complaint and application by the reference it carries, to compare books with."""
        held = [one["jsonExt"].get("guichet_reference") for one in self.beneficiaries]
        return {
            "complaints": [{"reference": one["title"].partition(":")[0]} for one in self.tickets],
            "applications": [{"reference": one} for one in held if one],
        }
