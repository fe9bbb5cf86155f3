"""Complaints as tickets of OpenSPP's grievance module, over JSON-RPC: it has no REST for them."""

from __future__ import annotations

from html import escape

from registry_client import facts
from registry_client.configuration import OpenSppSite
from registry_client.envelope import Json, word
from registry_client.openspp.odoo import Odoo
from registry_client.port import (
    Acknowledged,
    Complaint,
    NotSupported,
    Progress,
    Standing,
    Unavailable,
)

TICKET, STAGE, IDENTIFIER = "spp.grm.ticket", "spp.grm.ticket.stage", "spp.registry.id"
STAGES = {
    "new": Progress.RECEIVED,
    "in_progress": Progress.IN_REVIEW,
    "waiting": Progress.IN_REVIEW,
    "escalated": Progress.IN_REVIEW,
    "resolved": Progress.DECIDED,
    "closed": Progress.CLOSED,
    "cancelled": Progress.CLOSED,
}
"""Types of stage; any other is only received."""
DECISIONS = {
    "upheld": Progress.DECIDED,
    "partially_upheld": Progress.DECIDED,
    "rejected": Progress.REFUSED,
    "withdrawn": Progress.CLOSED,
    "redirected": Progress.IN_REVIEW,
}
"""How it ended, once its stage says that it did: before, an officer may still change her mind."""
OVER = frozenset({Progress.DECIDED, Progress.CLOSED})


class Tickets:
    """The complaints of one OpenSPP. A ticket's title begins with our reference."""

    def __init__(self, odoo: Odoo, site: OpenSppSite) -> None:
        self._odoo, self._site = odoo, site

    def lodge(self, complaint: Complaint, until: float) -> Acknowledged:
        """Open a ticket, unless there is one of this reference."""
        reference = complaint.reference
        if (held := self._held(reference, until)) is not None:
            return Acknowledged(reference, word(held.get("number")), known=True)
        number = self._odoo.create(TICKET, self._ticket(complaint, until), until)
        return Acknowledged(reference, str(number))

    def standing(self, reference: str, until: float) -> Standing:
        """Where it stands, by its stage and its decision; UNKNOWN for none."""
        ticket = self._held(reference, until)
        if ticket is None:
            return Standing(Progress.UNKNOWN)
        progress = self._stage(ticket, until)
        if progress not in OVER:
            return Standing(progress)
        decided = DECISIONS.get(word(ticket.get("decision")), progress)
        closed = facts.day(word(ticket.get("closed_date"))[:10])
        return Standing(decided, closed if decided is not Progress.IN_REVIEW else None)

    def _held(self, reference: str, until: float) -> Json | None:
        fields = ("name", "number", "stage_id", "decision", "closed_date")
        found = self._odoo.search(TICKET, [("name", "=like", f"{reference} %")], fields, until)
        ours = (one for one in found if word(one.get("name")).startswith(f"{reference} "))
        return next(ours, None)

    def _stage(self, ticket: Json, until: float) -> Progress:
        said = ticket.get("stage_id")
        number = said[0] if isinstance(said, list) and said else said
        if type(number) is not int:
            return Progress.RECEIVED
        fields = ("stage_type", "is_closed")
        stage = next(iter(self._odoo.search(STAGE, [("id", "=", number)], fields, until)), {})
        least = Progress.CLOSED if stage.get("is_closed") is True else Progress.RECEIVED
        return STAGES.get(word(stage.get("stage_type")), least)

    def _ticket(self, complaint: Complaint, until: float) -> Json:
        what = "/".join(filter(None, (complaint.category, complaint.subject)))
        ticket: dict[str, object] = {
            "name": f"{complaint.reference} {what}",
            "description": _description(complaint),
            "partner_id": self._contact(complaint, until),
        }
        if complaint.phone:
            ticket["contact_phone"] = complaint.phone
        if self._site.channel:
            ticket["channel_id"] = self._site.channel
        if category := self._site.categories.get(complaint.category):
            ticket["category_id"] = category
        return ticket

    def _contact(self, complaint: Complaint, until: float) -> int:
        """Whom it is of: a ticket needs somebody. Who is not on record may complain of just that.
        Raises NotSupported where nobody is known and no contact stands for that.
        """
        number = self._known(complaint.national_id, until) if complaint.national_id else 0
        if not (number or self._site.nobody):
            raise NotSupported("this registry takes no complaint of nobody it knows")
        return number or self._site.nobody

    def _known(self, national_id: str, until: float) -> int:
        """The contact with this ID; 0 for none."""
        hers = [
            ("namespace_uri", "=", self._site.id_system),
            ("value", "=", national_id),
        ]
        found = self._odoo.search(IDENTIFIER, hers, ("partner_id",), until)
        if not found:
            return 0
        said = found[0].get("partner_id")
        number = said[0] if isinstance(said, list) and said else said
        if type(number) is not int:
            raise Unavailable("the answer names no contact")
        return number


def _description(complaint: Complaint) -> str:
    """What she said and chose, as the HTML the field holds."""
    chosen = {
        "period": complaint.period,
        "payment": complaint.payment,
        "against": complaint.against,
        "identity": complaint.identity,
        "national id": complaint.national_id,
        "language": complaint.language,
    }
    lines = [complaint.details, *(f"{name}: {value}" for name, value in chosen.items() if value)]
    return "".join(f"<p>{escape(line)}</p>" for line in lines if line)
