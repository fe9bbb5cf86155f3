"""Applications: a membership in draft, or a change request that is submitted; which, a setting says."""

from __future__ import annotations

import re

from registry_client.configuration import OpenSppSite
from registry_client.envelope import Json, objects, word
from registry_client.openspp.odoo import Odoo
from registry_client.openspp.rest import Rest
from registry_client.port import (
    Acknowledged,
    Application,
    NotSupported,
    Progress,
    Refused,
    Standing,
    Unavailable,
)

STATUSES = {
    "draft": Progress.RECEIVED,
    "pending": Progress.IN_REVIEW,
    "revision": Progress.IN_REVIEW,
    "approved": Progress.DECIDED,
    "applied": Progress.DECIDED,
    "rejected": Progress.REFUSED,
}
"""Of a change request; any other is only received."""
CHANGE = "spp.change.request"
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,24}(?:/[A-Za-z0-9_-]{1,24}){2}")


class Applications:
    """The applications of one OpenSPP; `odoo` only looks up what became of a change request."""

    def __init__(self, rest: Rest, site: OpenSppSite, odoo: Odoo | None) -> None:
        self._rest, self._site, self._odoo = rest, site, odoo

    def hand_over(self, application: Application, until: float) -> Acknowledged:
        """Once per reference, as far as the product can tell. Raises NotSupported."""
        match self._site.application:
            case "membership":
                return self._membership(application, until)
            case "change_request":
                return self._change(application, until)
        raise NotSupported("this registry takes no applications")

    def standing(self, reference: str, until: float) -> Standing:
        """Where a change request stands; a membership is not found by a reference."""
        if self._site.application != "change_request" or self._odoo is None:
            raise NotSupported("this registry finds no application by its number")
        mine = [("description", "=like", f"{reference} %")]
        fields = ("description", "approval_state")
        found = self._odoo.search(CHANGE, mine, fields, until)
        ours = [one for one in found if _of(one, reference)]
        if not ours:
            return Standing(Progress.UNKNOWN)
        return Standing(STATUSES.get(word(ours[0].get("approval_state")), Progress.RECEIVED))

    def _membership(self, application: Application, until: float) -> Acknowledged:
        """A draft there is taken for this one: a membership has no place for our reference."""
        site = self._site
        program = f"Program/{site.programme_system}|{application.programme}"
        beneficiary = f"Individual/{site.id_system}|{_whose(application)}"
        asked = {"beneficiary": beneficiary, "program": program}
        held = list(self._rest.search("ProgramMembership", asked, until))
        statuses = {word(one.get("status")): one for one in held}
        if "draft" in statuses:
            return Acknowledged(application.reference, _number(statuses["draft"]), known=True)
        if statuses.keys() & {"enrolled", "paused"}:
            raise Refused("duplicate")
        membership = {
            "type": "ProgramMembership",
            "program": {"reference": program},
            "beneficiary": {"reference": beneficiary},
            "status": "draft",
        }
        made = self._rest.create("ProgramMembership", membership, until)
        return Acknowledged(application.reference, _number(made))

    def _change(self, application: Application, until: float) -> Acknowledged:
        """Asked for before it is made; one that was made and not submitted is submitted."""
        held = self._held(application, until)
        change = held or self._rest.create("ChangeRequest", self._request(application), until)
        record = word(change.get("reference"))
        if not _REFERENCE.fullmatch(record):
            raise Unavailable("the answer has no reference of a change request")
        if word(change.get("status")) == "draft":
            self._rest.act("ChangeRequest", record, "submit", until)
        return Acknowledged(application.reference, record, known=held is not None)

    def _held(self, application: Application, until: float) -> Json | None:
        asked = {
            "registrant": f"{self._site.id_system}|{_whose(application)}",
            "requestType": self._site.change_type,
        }
        found = self._rest.search("ChangeRequest", asked, until)
        return next((one for one in found if _of(one, application.reference)), None)

    def _request(self, application: Application) -> Json:
        """The change request; somebody else's names who asks."""
        system = self._site.id_system
        request: dict[str, object] = {
            "type": "ChangeRequest",
            "requestType": {"code": self._site.change_type},
            "registrant": {"system": system, "value": _whose(application)},
            "detail": {self._site.programme_field: application.programme},
            "description": f"{application.reference} {application.programme}",
        }
        if application.member_id:
            request["applicant"] = {"system": system, "value": application.national_id}
        if application.phone:
            request["applicantPhone"] = application.phone
        return request


def _whose(application: Application) -> str:
    return application.member_id or application.national_id


def _of(change: Json, reference: str) -> bool:
    """Whether it is ours: its description begins with our reference."""
    return word(change.get("description")).startswith(f"{reference} ")


def _number(membership: Json) -> str:
    """The product's own number, where it has one."""
    numbers = (word(one.get("value")) for one in objects(membership.get("identifier")))
    return next(filter(None, numbers), "")
