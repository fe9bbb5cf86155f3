"""A request as the registry takes it: an application, a complaint, or a case of another kind."""

from __future__ import annotations

from collections.abc import Mapping

from registry_client.port import (
    Acknowledged,
    Application,
    Case,
    Complaint,
    NotSupported,
    Progress,
    Refused,
    Registry,
    Standing,
)
from store.requests import Request

FACT = "fact."
"""Before the names of what the programme asked."""


def hand_over(registry: Registry, request: Request, *, timeout: float) -> Acknowledged:
    """Put it to the registry, the reference as idempotency key. Raises RegistryError."""
    trace = request.conversation.hex()
    match request.kind:
        case "application":
            return registry.apply(application(request), timeout=timeout, trace=trace)
        case "complaint":
            return registry.lodge_complaint(complaint(request), timeout=timeout, trace=trace)
        case _:
            return registry.submit(case(request), timeout=timeout, trace=trace)


def known(registry: Registry, request: Request, *, timeout: float) -> Acknowledged | None:
    """What the registry has under this reference, without its own number; None: nothing, or it
    cannot say. Raises Unavailable.
    """
    try:
        standing = _standing(registry, request, timeout=timeout)
    except (NotSupported, Refused):
        return None
    if standing.progress is Progress.UNKNOWN:
        return None
    return Acknowledged(request.reference, "", known=True)


def _standing(registry: Registry, request: Request, *, timeout: float) -> Standing:
    """Where it stands, asked as its kind is."""
    trace = request.conversation.hex()
    match request.kind:
        case "application":
            return registry.application_status(request.reference, timeout=timeout, trace=trace)
        case "complaint":
            return registry.complaint_status(request.reference, timeout=timeout, trace=trace)
        case _:
            return registry.case_status(request.reference, timeout=timeout, trace=trace)


def application(request: Request) -> Application:
    """Her own, or what somebody asks for her."""
    said = request.said
    return Application(
        request.reference,
        request.national_id or "",
        request.programme,
        request.member,
        request.phone,
        request.language,
        {name.removeprefix(FACT): said[name] for name in said if name.startswith(FACT)},
        said.get("role"),
        said.get("worker"),
    )


def complaint(request: Request) -> Complaint:
    """Who she is goes along only where everybody at the office may know."""
    said, named = request.said, request.identity == "named"
    return Complaint(
        request.reference,
        said.get("category", "other"),
        said.get("details", ""),
        said.get("period"),
        request.national_id if named else None,
        request.phone if named else "",
        request.language,
        said.get("subject"),
        said.get("payment"),
        said.get("against"),
        request.identity,
    )


def case(request: Request) -> Case:
    """Anything else."""
    details: Mapping[str, str] = request.said
    if request.about:
        details = {**details, "about": request.about}
    return Case(
        request.reference,
        request.kind,
        details,
        request.national_id,
        request.phone,
        request.language,
    )
