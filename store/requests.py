"""What citizens asked for and were promised: one row a request, its history, and what leaves with
it.

A promise is one transaction of the caller's: request, first line of history, outbox row, reference
message.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select, update

from store import messages, outbox, references
from store.citizens import Reach as Reach
from store.database import insert
from store.ids import Random, uuid7
from store.lanes import REGISTRY
from store.seals import SealBroken, Seals
from store.tables import history, requests

Kind = Literal[
    "application",
    "complaint",
    "question",
    "visit",
    "event",
    "appointment",
    "call_back",
    "appeal",
    "reopening",
    "rating",
    "contact",
    "dispute",
]
State = Literal["stored", "review", "accepted", "answered", "refused", "dead"]
Identity = Literal["named", "confidential", "anonymous"]

REVIEW = "review"
"""Stored and not carried until staff looked: a phone asked for more in a day than most people do."""

MINTS = 20
"""References tried before giving up: with ten million given, one in a hundred is taken."""


class NoReference(Exception):
    """Every reference drawn was taken: the source of randomness is broken."""


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What a citizen asks us to carry.

    `draft` and `screen` make it one: promised twice, it is stored once.
    """

    kind: Kind
    draft: bytes
    screen: str
    conversation: bytes
    phone: str
    language: str
    provider: str
    """The one her messages go by."""
    due_on: date
    """The day by which she was told to hear from us."""
    national_id: str | None = None
    member: str | None = None
    """National ID of the household member it is for, when not her own."""
    programme: str = ""
    """The registry's code."""
    said: Mapping[str, str] = field(default_factory=dict)
    """Her words and choices, by their names."""
    about: str = ""
    """Reference of the request it is about."""
    identity: Identity = "named"
    """`anonymous` has no phone; `confidential` keeps phone and ID sealed apart."""
    reach: Reach = "open"
    told: str = ""
    """The phone its messages go to, when not the one it came from."""
    review: bool = False

    @property
    def once(self) -> str | None:
        """What may be open only once: a person's application for a programme."""
        person = self.member or self.national_id
        return f"{person}:{self.programme}" if self.kind == "application" and person else None


@dataclass(frozen=True, slots=True)
class Promise:
    """What is stored. Say `reference` after the commit."""

    kind: Literal["stored", "repeated", "already"]
    """New; stored before by this very draft; or open already for this person and programme under
    another draft.
    """
    reference: str
    request: UUID
    said: Mapping[str, str]
    """What was said with the one that is stored."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to carry, opened."""

    id: UUID
    kind: Kind
    state: State
    reference: str
    conversation: bytes
    language: str
    provider: str
    due_on: date
    phone: str
    national_id: str | None
    member: str | None
    programme: str
    said: Mapping[str, str]
    about: str
    identity: Identity
    reach: Reach
    told: str
    """The phone its messages go to; empty where none are sent."""
    restored: bool
    """It came from a copy: what it leads to may have been said before."""


class Settled(NamedTuple):
    """The registry's answer on one request.

    `detail` is a code for the history, never personal data.
    """

    id: UUID
    state: Literal["accepted", "answered", "refused"]
    record: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DeadRequest:
    """A request that could not be carried, waiting for staff."""

    id: UUID
    kind: Kind
    reference: str
    """Empty when its seal is broken."""
    error: str
    attempts: int
    created_at: datetime


def promise(
    conn: Connection,
    seals: Seals,
    new: NewRequest,
    now: datetime,
    random: Random,
    message: Callable[[UUID, str], messages.NewMessage | None],
) -> Promise:
    """Store a request, or find the one that stands for it.

    `message(id, reference)` is the SMS that repeats the reference, or None. The reference is minted
    here, again if it is taken. Raises NoReference when that does not help.
    """
    for _ in range(MINTS):
        minted, reference = uuid7(now, random), references.mint(random)
        row = _row(seals, new, minted, reference, now)
        if conn.execute(
            insert(conn, requests).values(row).on_conflict_do_nothing().returning(requests.c.id)
        ).first():
            _leave(conn, minted, now, review=new.review)
            if told := message(minted, reference):
                messages.queue(conn, seals, told, now, random)
            return Promise("stored", reference, minted, new.said)
        if standing := _standing(conn, seals, new):
            return standing
    raise NoReference("no free reference in twenty draws")


def load(conn: Connection, seals: Seals, ids: Collection[UUID]) -> list[Request]:
    """These requests, opened, in the order of their ids. One whose seal is broken is left out."""
    found = []
    for row in conn.execute(select(requests).where(requests.c.id.in_(ids)).order_by(requests.c.id)):
        with suppress(SealBroken):
            found.append(opened(seals, row))
    return found


def settle(conn: Connection, seals: Seals, settled: Sequence[Settled], now: datetime) -> None:
    """Write down what the registry said, with a line of history each.

    Only an accepted request stays open.
    """
    if not settled:
        return
    rows = [
        {
            "b_id": one.id,
            "state": one.state,
            "record": seals.seal(one.record.encode(), place("record", one.id))
            if one.record
            else None,
            "closed_at": None if one.state == "accepted" else now,
        }
        for one in settled
    ]
    conn.execute(update(requests).where(requests.c.id == bindparam("b_id")), rows)
    _note(conn, [(one.id, one.state, one.detail) for one in settled], now)


def bury(conn: Connection, errors: Mapping[UUID, str], now: datetime) -> None:
    """Mark requests whose outbox row was given up. They stay open: staff replay them."""
    if errors:
        conn.execute(update(requests).where(requests.c.id.in_(errors)).values(state="dead"))
        _note(conn, [(subject, "dead", error) for subject, error in errors.items()], now)


def dead(conn: Connection, seals: Seals) -> list[DeadRequest]:
    """Requests given up and not replayed, oldest first."""
    given_up = outbox.deceased((REGISTRY,)).subquery()
    rows = conn.execute(
        select(requests, given_up.c.error, given_up.c.attempts)
        .join(given_up, given_up.c.subject == requests.c.id)
        .order_by(requests.c.id)
    )
    return [
        DeadRequest(row.id, row.kind, _legible(seals, row), row.error, row.attempts, row.created_at)
        for row in rows
    ]


def retry(conn: Connection, ids: Collection[UUID] | None, now: datetime) -> int:
    """Carry given-up requests again from the start, all of them for None. Returns how many."""
    revived = outbox.revive(conn, (REGISTRY,), ids, now)
    if revived:
        conn.execute(update(requests).where(requests.c.id.in_(revived)).values(state="stored"))
        _note(conn, [(subject, "retried", "") for subject in revived], now)
    return len(revived)


def _row(
    seals: Seals, new: NewRequest, minted: UUID, reference: str, now: datetime
) -> dict[str, object]:
    """The row of a new request."""
    who = {"phone": new.phone, "national_id": new.national_id}
    apart = new.identity == "confidential"
    words = {
        "reference": reference,
        "member": new.member,
        "programme": new.programme,
        "said": json.dumps(dict(new.said), ensure_ascii=False) if new.said else "",
        "about": new.about,
        "as": "" if new.identity == "named" else new.identity,
        "reach": "" if new.reach == "open" else new.reach,
        "told": new.told,
        **({} if apart else who),
    }
    return {
        "id": minted,
        "kind": new.kind,
        "reference_key": seals.digest("reference", reference),
        "about_key": seals.digest("reference", new.about) if new.about else None,
        "draft": new.draft,
        "screen": new.screen,
        "conversation": new.conversation,
        "phone_key": seals.phone_key(new.phone),
        "person_key": seals.digest("person", new.national_id)
        if new.national_id and not apart
        else None,
        "once": seals.digest("once", new.once) if new.once else None,
        "language": new.language,
        "provider": new.provider,
        "body": seals.seal_words(words, place("body", minted)),
        "identity": seals.seal_words(who, place("identity", minted)) if apart else None,
        "state": REVIEW if new.review else "stored",
        "due_on": new.due_on,
        "created_at": now,
    }


def _leave(conn: Connection, minted: UUID, now: datetime, *, review: bool) -> None:
    """Begin the history, and promise to carry the request; one for review waits for staff."""
    _note(conn, [(minted, REVIEW if review else "stored", "")], now)
    outbox.put(conn, REGISTRY, [minted], now, withheld=REVIEW if review else "")


def _standing(conn: Connection, seals: Seals, new: NewRequest) -> Promise | None:
    """The request that stands in the way of a new one; None when only its reference was taken."""
    drafted = select(requests).where(requests.c.draft == new.draft, requests.c.screen == new.screen)
    if row := conn.execute(drafted).first():
        one = opened(seals, row)
        return Promise("repeated", one.reference, row.id, one.said)
    if new.once is None:
        return None
    once = seals.digest("once", new.once)
    row = conn.execute(
        select(requests).where(requests.c.once == once, requests.c.closed_at.is_(None))
    ).first()
    return Promise("already", opened(seals, row).reference, row.id, {}) if row else None


def opened(seals: Seals, row: Row[Any]) -> Request:
    """A row with its words. Raises SealBroken."""
    words = seals.open_words(row.body, place("body", row.id))
    if row.identity:
        words |= seals.open_words(row.identity, place("identity", row.id))
    identity = cast("Identity", words.get("as", "named"))
    phone = words.get("phone", "")
    return Request(
        row.id,
        row.kind,
        row.state,
        words["reference"],
        row.conversation,
        row.language,
        row.provider,
        row.due_on,
        phone,
        words.get("national_id"),
        words.get("member"),
        words.get("programme", ""),
        json.loads(words["said"]) if "said" in words else {},
        words.get("about", ""),
        identity,
        cast("Reach", words.get("reach", "open")),
        words.get("told") or phone,
        row.restored_at is not None,
    )


def _reference(seals: Seals, row: Row[Any]) -> str:
    """The reference in a row's words."""
    return seals.open_words(row.body, place("body", row.id))["reference"]


def _legible(seals: Seals, row: Row[Any]) -> str:
    """The reference in a row's words, empty when the seal is broken."""
    try:
        return _reference(seals, row)
    except SealBroken:
        return ""


def _note(conn: Connection, lines: Iterable[tuple[UUID, str, str]], now: datetime) -> None:
    """Add to the history: request, event, detail."""
    rows = [
        {"request_id": subject, "at": now, "event": event, "detail": d[:64]}
        for subject, event, d in lines
    ]
    conn.execute(insert(conn, history), rows)


def place(column: str, row: UUID) -> str:
    """What a request's sealed values are bound to."""
    return f"requests.{column}.{row.hex}"
