"""What a citizen asked for on a screen, as the store keeps it: each action a row of one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import cast

from dialogs.benefits import Apply
from dialogs.complaint import LodgeComplaint, LodgeObjection
from dialogs.eligibility import AnswerBySms, AnswerOnRecord
from dialogs.engine.screens import Action
from dialogs.help import CallBack
from dialogs.private import AskContact
from dialogs.profile import AskAppointment, ReportEvent
from dialogs.status import Appeal, Dispute, Rate, Reopen
from dialogs.visit import AskVisit
from store.requests import Identity, NewRequest, Reach

CODES = 900_000
FIRST_CODE = 100_000
"""Secret codes have six digits."""
STARS: Mapping[str, str] = {"very_good": "5", "good": "4", "fair": "3", "bad": "2", "very_bad": "1"}


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and the draft that makes the request one: `draft` and `conversation` are keyed
    digests.
    """

    phone: str
    language: str
    provider: str
    conversation: bytes
    draft: bytes
    screen: str


def asked(
    action: Action,
    asking: Asking,
    due: date,
    random: Callable[[int], bytes],
    *,
    review: bool,
) -> NewRequest:
    """The action as a request. Raises TypeError for one nobody keeps."""
    new = partial(
        NewRequest,
        draft=asking.draft,
        screen=asking.screen,
        conversation=asking.conversation,
        phone=asking.phone,
        language=asking.language,
        provider=asking.provider,
        due_on=due,
        review=review,
    )
    match action:
        case Apply():
            return _application(action, new)
        case LodgeComplaint():
            return _complaint(action, new, asking, random)
        case LodgeObjection(why):
            return new("complaint", said={"category": "decision", "details": why})
        case AnswerBySms(who):
            return new("question", national_id=who)
        case AnswerOnRecord(person):
            return new("question", national_id=person, said={"to": "record"})
        case AskVisit(name, village, landmark, document):
            words = {"name": name, "village": village, "reach": landmark, "document": document}
            return new("visit", said=words)
        case ReportEvent(person, event, on, rare, whose):
            words = {"event": rare or event, "who": whose or "", "on": on}
            return new("event", national_id=person, said={n: w for n, w in words.items() if w})
        case AskAppointment(person, payee, week):
            return new("appointment", national_id=person, said={"about": payee, "day": week})
        case CallBack(call):
            return new("call_back", said={"when": call})
        case AskContact(when, area, sms):
            reach: Reach = "open" if sms == "yes" else "none"
            return new("contact", said={"when": when, "district": area}, reach=reach)
        case Appeal(reference, why):
            return new("appeal", about=reference, said={"why": why})
        case Reopen(reference, still):
            return new("reopening", about=reference, said={"why": still})
        case Rate(reference, stars):
            return new("rating", about=reference, said={"stars": STARS[stars]})
        case Dispute(reference):
            return new("dispute", about=reference)
    raise TypeError(f"nobody keeps {type(action).__name__}")


def _application(action: Apply, new: Callable[..., NewRequest]) -> NewRequest:
    """For her, or by somebody for her; the answer goes where she can have it."""
    words = {f"fact.{name}": value for name, value in action.facts}
    words |= {"role": action.role or "", "worker": action.worker or ""}
    if action.reach == "trusted":
        words |= {"holder": action.holder or ""}
    reach: Reach = "open"
    if action.reach is not None:
        reach = "neutral" if action.reach == "trusted" else "none"
    return new(
        "application",
        national_id=action.person,
        member=action.member,
        programme=action.programme,
        said={name: value for name, value in words.items() if value},
        reach=reach,
        told=action.phone or "" if action.reach == "trusted" else "",
    )


def _complaint(
    action: LodgeComplaint,
    new: Callable[..., NewRequest],
    asking: Asking,
    random: Callable[[int], bytes],
) -> NewRequest:
    """Who complains of people is confidential unless she says else; whoever has no name keeps a
    code.
    """
    about_money = action.payment is not None and action.category is None
    category = "payment" if about_money else action.category or "other"
    subject = action.card or action.money or ("nothing_came" if about_money else "")
    given = {
        "category": category,
        "subject": subject,
        "period": action.period or "",
        "payment": action.payment or "",
        "against": action.against or "",
        "details": action.details,
    }
    words = {name: value for name, value in given.items() if value}
    default = "confidential" if action.against else "named"
    identity = cast("Identity", action.identity or default)
    if identity != "anonymous":
        reach = cast("Reach", action.reach or "open")
        return new(
            "complaint", national_id=action.person, said=words, identity=identity, reach=reach
        )
    code = FIRST_CODE + int.from_bytes(random(8)) % CODES
    return new(
        "complaint",
        said={**words, "code": str(code)},
        identity=identity,
        reach="none",
        phone="",
        conversation=asking.draft,  # the conversation is the phone's: nothing joins the two
    )
