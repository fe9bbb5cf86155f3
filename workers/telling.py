"""Who is told what about a request: the phone it came from, the phone on record, or nobody."""

from __future__ import annotations

from registry_client.port import Eligibility, NotSupported, Outcome, Person
from registry_client.proof import on_record, resolved, shown
from registry_client.words import eligibility
from store.messages import NewMessage
from store.requests import Request
from workers.context import Context

ACCEPTED = frozenset({"application", "complaint"})
"""Kinds whose arrival at the office is news."""
REFUSED = frozenset({"application", "complaint", "question"})
"""Kinds whose refusal has words of its own; the others share one."""


def accepted(context: Context, request: Request) -> list[NewMessage]:
    """The office has it. Whoever it was asked for, or whose payee it is about, hears of it on the
    phone on record: she may say "not me".
    """
    told = []
    if request.kind in ACCEPTED:
        address, by = f"notices.{request.kind}_accepted", request.due_on.isoformat()
        told = about(context, request, address, by=by)
    if request.kind == "application" and "role" in request.said:
        told += _warned(context, request, "notices.on_behalf", code=context.code)
    if request.kind == "appointment":
        told += _warned(context, request, "notices.payee_warning", helpline=context.helpline)
    return told


def refused(context: Context, request: Request) -> list[NewMessage]:
    """The registry said no to what she asked."""
    kind = request.kind if request.kind in REFUSED else "case"
    return about(context, request, f"notices.{kind}_refused")


def answered(context: Context, request: Request) -> tuple[str, list[NewMessage]]:
    """The outcome of a question, and who hears it. Raises RegistryError.

    A phone that shows too little hears only that there is a record; what it says goes to the phone
    on record.
    """
    registry, timeout = context.registry, context.registry_timeout
    trace, who = request.conversation.hex(), request.national_id or ""
    person = resolved(registry, who, request.phone, timeout=timeout, trace=trace)
    if person is None:
        return "not_found", about(context, request, "notices.eligibility_not_found")
    answer = registry.eligibility(person, timeout=timeout, trace=trace)
    outcome, _ = eligibility(answer, person)
    if answer.outcome is Outcome.NOT_FOUND:
        return outcome, about(context, request, "notices.eligibility_not_found")
    record = _record(context, request, person)
    known = on_record(record, request.phone)
    if "to" not in request.said and shown(answer.proof, known=known, proved=False):
        return outcome, _answer(context, request, answer, person, request.told)
    told = []
    if record is not None and record.phones:
        told = _answer(context, request, answer, person, record.phones[0])
    if not told or "to" not in request.said:
        told += about(context, request, "notices.eligibility_found", key="found")
    return outcome, told


def about(
    context: Context, request: Request, address: str, *, key: str = "outcome", **values: object
) -> list[NewMessage]:
    """The SMS about a request to whoever asked, in the words her phone may show; none where none
    may come.
    """
    if request.reach == "none" or not request.told:
        return []
    if request.reach == "neutral":
        address, values = "notices.neutral", {"code": context.code}
    return [_message(context, request, address, request.told, key, values)]


def _answer(
    context: Context, request: Request, answer: Eligibility, person: str, phone: str
) -> list[NewMessage]:
    """What the registry said, to one phone."""
    outcome, facts = eligibility(answer, person)
    values = {name: value for name, value in facts.items() if name != "person"}
    address = f"notices.eligibility_{outcome}"
    if phone == request.told:
        return about(context, request, address, **values)
    return [_message(context, request, address, phone, "record", values)]


def _warned(context: Context, request: Request, address: str, **values: object) -> list[NewMessage]:
    """The same to every phone on record but the one that asked."""
    record = _record(context, request, request.national_id or "")
    phones = record.phones if record is not None else ()
    return [
        _message(context, request, address, phone, f"{address}:{phone}", values)
        for phone in phones
        if phone != request.phone
    ]


def _record(context: Context, request: Request, person: str) -> Person | None:
    """The person, or None; trouble with the register keeps nothing from being told."""
    trace = request.conversation.hex()
    try:
        return context.registry.find_person(person, timeout=context.registry_timeout, trace=trace)
    except NotSupported:
        return None


def _message(
    context: Context,
    request: Request,
    address: str,
    phone: str,
    key: str,
    values: dict[str, object],
) -> NewMessage:
    """One SMS. To a question it is the answer she was promised, whatever she thinks of other
    messages; what became of an application or a complaint is a service she may end.
    """
    return NewMessage(
        key=f"{request.id.hex}:{key}",
        phone=phone,
        text=context.say(address, request.language, reference=request.reference, **values),
        language=request.language,
        provider=request.provider,
        address=address,
        request=request.id,
        purpose="answer" if request.kind == "question" else "service",
    )
