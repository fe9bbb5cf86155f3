"""Carries requests to the central registry, one call each, several at once, and queues the SMS on
the outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from registry_client import words
from registry_client.port import (
    FINAL,
    Application,
    Complaint,
    NotSupported,
    Refused,
    Unavailable,
)
from store import messages, outbox, requests
from store.lanes import MESSAGES, wake
from store.messages import NewMessage
from store.requests import Request, Settled
from workers.context import Context
from workers.drain import Hold, awaited
from workers.patience import LOST, spent
from workers.verdicts import BUG, UNREADABLE, Hopeless, Later, NotBegun, put_off

NOT_SUPPORTED = "not_supported"
UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Answered:
    """The registry said what becomes of it, and the citizen is told."""

    settled: Settled
    told: NewMessage


Verdict = Answered | Later | Hopeless | NotBegun


def carry(context: Context, hold: Hold) -> None:
    """Ask the registry about each, record all outcomes in one transaction, then raise the first bug
    there was. A bug's row is given up at once: it would only be loud again.
    """
    with context.database.read() as conn:
        opened = requests.load(conn, context.seals, hold.attempts)
    calls = {
        request.id: context.pool.submit(asked, context, hold, request)
        for request in opened
        if not spent(hold.lane, hold.attempts[request.id])
    }
    awaited(context, hold, calls.values())
    verdicts: dict[UUID, Verdict] = {
        subject: Hopeless(BUG) if call.exception() else call.result()
        for subject, call in calls.items()
    }
    legible = {request.id for request in opened}
    for subject in hold.attempts.keys() - calls.keys():
        verdicts[subject] = Hopeless(LOST if subject in legible else UNREADABLE)
    if record(context, hold, verdicts):
        wake(context.redis, MESSAGES)
    for call in calls.values():
        call.result()  # fails loudly, once, on what no adapter may raise


def asked(context: Context, hold: Hold, request: Request) -> Verdict:
    """One call to the registry, its answer read.

    Only a refusal of what she asked is told her; one of how we asked is for staff to mend and
    replay.
    """
    if context.clock() >= hold.until:
        return NotBegun()
    try:
        return ask(context, request)
    except Unavailable:
        return Later(UNAVAILABLE)
    except NotSupported:
        return Hopeless(NOT_SUPPORTED)
    except Refused as refusal:
        if refusal.code not in FINAL:
            return Hopeless(refusal.code)
        told = _told(context, request, f"notices.{request.kind}_refused")
        return Answered(Settled(request.id, "refused", detail=refusal.code), told)


def ask(context: Context, request: Request) -> Verdict:
    """Put it to the registry, the reference as idempotency key. Raises RegistryError."""
    registry, timeout, trace = (
        context.registry,
        context.registry_timeout,
        request.conversation.hex(),
    )
    match request.kind:
        case "question":
            answer = registry.eligibility(request.national_id or "", timeout=timeout, trace=trace)
            outcome, facts = words.eligibility(answer)
            told = _told(context, request, f"notices.eligibility_{outcome}", **facts)
            return Answered(Settled(request.id, "answered", detail=outcome), told)
        case "application":
            held = registry.apply(application(request), timeout=timeout, trace=trace)
        case "complaint":
            held = registry.lodge_complaint(complaint(request), timeout=timeout, trace=trace)
    told = _told(
        context, request, f"notices.{request.kind}_accepted", by=request.due_on.isoformat()
    )
    return Answered(Settled(request.id, "accepted", held.record), told)


def application(request: Request) -> Application:
    """The request as the registry takes it."""
    return Application(
        request.reference,
        request.national_id or "",
        request.programme,
        request.member,
        request.phone,
        request.language,
    )


def complaint(request: Request) -> Complaint:
    """The request as the registry takes it."""
    return Complaint(
        request.reference,
        request.category,
        request.details,
        request.period,
        request.national_id,
        request.phone,
        request.language,
    )


def record(context: Context, hold: Hold, verdicts: Mapping[UUID, Verdict]) -> bool:
    """Write down what is still ours to write, all or nothing.

    Returns whether somebody is to be told.
    """
    now = context.clock()
    answered = {subject: one for subject, one in verdicts.items() if isinstance(one, Answered)}
    with context.database.write() as conn:
        ours = [
            answered[subject]
            for subject in sorted(outbox.done(conn, hold.lane, hold.token, answered))
        ]
        requests.settle(conn, context.seals, [one.settled for one in ours], now)
        messages.queue_all(conn, context.seals, [one.told for one in ours], now, context.random)
        requests.bury(conn, put_off(conn, context, hold, verdicts, now).given_up, now)
    return bool(ours)


def _told(context: Context, request: Request, address: str, **values: object) -> NewMessage:
    """The SMS about an outcome; a request has one.

    To a question it is the answer she was promised, whatever she thinks of other messages; news of
    an application or a complaint is one of those.
    """
    return NewMessage(
        key=f"{request.id.hex}:outcome",
        phone=request.phone,
        text=context.say(address, request.language, reference=request.reference, **values),
        language=request.language,
        provider=request.provider,
        address=address,
        request=request.id,
        solicited=request.kind == "question",
    )
