"""Complaints as tickets of the grievance module: lodged once, whole, and opened again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from registry_client.configuration import OpenImisSite
from registry_client.envelope import Json, word
from registry_client.openimis import documents, records
from registry_client.openimis.graph import Graph, Span
from registry_client.openimis.mutations import Mutations, mutation_id
from registry_client.port import (
    Acknowledged,
    Case,
    Complaint,
    Progress,
    Refused,
    Standing,
    Unavailable,
)

LONGEST = 255
"""Characters of a title and of a description."""
MARK = "[1/2]"
"""How a description ends whose rest is a comment."""
REST = "rest"
"""The part of a request that is a comment."""
UNSOLVED = "It is not solved."
"""The comment of a ticket that was opened again without words."""


class Tickets:
    """The tickets that are ours."""

    def __init__(
        self,
        graph: Graph,
        mutations: Mutations,
        site: OpenImisSite,
        now: Callable[[], datetime],
    ) -> None:
        self._graph, self._mutations, self._site, self._now = graph, mutations, site, now

    def lodge(self, complaint: Complaint, reporter: str, span: Span) -> Acknowledged:
        """Once per reference. `reporter` is her UUID, or empty. Raises RegistryError."""
        first, rest = _parts(complaint.details)
        known = self._made(complaint.reference, span) is not None
        if not known:
            self._mutations.once(
                documents.CREATE_TICKET,
                mutation_id(complaint.reference),
                lambda: self._fields(complaint, first, reporter),
                span,
            )
        ticket = self._held(complaint.reference, span)
        if rest:
            self._comment(complaint.reference, ticket, rest, span)
        return Acknowledged(complaint.reference, word(ticket.get("code")), known)

    def standing(self, reference: str, span: Span, *, reopened: bool = False) -> Standing:
        """Where a complaint stands, or one that was `reopened`. Unknown also while words of hers are
        not there: it is handed over again then.
        """
        ticket = self._made(reference, span)
        if ticket is None:
            return Standing(Progress.UNKNOWN)
        more = reopened or word(ticket.get("description")).endswith(MARK)
        if more and not self._mutations.done(mutation_id(reference, REST), span):
            return Standing(Progress.UNKNOWN)
        return Standing(records.TICKETS.get(word(ticket.get("status")), Progress.IN_REVIEW))

    def reopen(self, case: Case, span: Span) -> Acknowledged:
        """Once per reference of the case. Raises Refused("not_found") where there is no ticket of
        ours to open again.
        """
        ticket = self._made(case.details.get("about", ""), span)
        if ticket is None:
            raise Refused("not_found")
        mutation = mutation_id(case.reference)
        which = {"id": records.identifier(ticket)}
        known = self._mutations.once(documents.REOPEN_TICKET, mutation, lambda: which, span)
        why = case.details.get("why", "").strip()
        self._comment(case.reference, ticket, why or UNSOLVED, span)
        return Acknowledged(case.reference, word(ticket.get("code")), known)

    def _made(self, reference: str, span: Span) -> Json | None:
        """The ticket a request of ours changed last."""
        asked = {"mutation": mutation_id(reference)}
        nodes = self._graph.nodes(documents.TICKETS, asked, span)
        return next((one for one in nodes if records.identifier(one)), None)

    def _held(self, reference: str, span: Span) -> Json:
        if (ticket := self._made(reference, span)) is None:
            raise Unavailable("taken, and not shown")
        return ticket

    def _comment(self, reference: str, ticket: Json, words: str, span: Span) -> None:
        fields = {"ticketId": records.identifier(ticket), "comment": words}
        mutation = mutation_id(reference, REST)
        self._mutations.once(documents.CREATE_COMMENT, mutation, lambda: fields, span)

    def _fields(self, complaint: Complaint, description: str, reporter: str) -> Json:
        site = self._site
        fields = {
            "category": site.categories.get(complaint.category, complaint.category),
            "title": _title(complaint),
            "description": description,
            "dateOfIncident": self._now().date().isoformat(),
            "status": "RECEIVED",
        }
        fields |= {
            name: value
            for name, value in (
                ("channel", site.channel),
                ("priority", site.priority),
                ("flags", site.flags),
            )
            if value
        }
        if reporter:
            fields |= {"reporterType": "individual", "reporterId": reporter}
        return fields


def _title(complaint: Complaint) -> str:
    """Our reference, and what she chose on her way."""
    chosen = (
        complaint.category,
        complaint.subject,
        complaint.period,
        complaint.against,
        complaint.payment,
        None if complaint.identity == "named" else complaint.identity,
    )
    said = ", ".join(one for one in chosen if one)
    return f"{complaint.reference}: {said}"[:LONGEST]


def _parts(words: str) -> tuple[str, str]:
    """What fits a description, and the rest of her words; nothing is lost between the two."""
    words = words.strip()
    if len(words) <= LONGEST:
        return (f"{words[: LONGEST - 1]}." if words.endswith(MARK) else words), ""
    room = LONGEST - len(MARK) - 1
    cut = words.rfind(" ", room // 2, room + 1)
    cut = room if cut < 0 else cut
    return f"{words[:cut]} {MARK}", words[cut:].strip()
