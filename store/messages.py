"""SMS we owe, from queued to what became of them; what carriers report of them is in receipts.py.

A message is one by its key: queueing it twice sends it once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    Connection,
    LargeBinary,
    Row,
    String,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
    update,
)

from store import outbox
from store.database import Moment, insert
from store.ids import Random, uuid7
from store.lanes import SMS, sms
from store.receipts import match as match
from store.receipts import place, provider_key
from store.receipts import report as report
from store.seals import SealBroken, Seals
from store.tables import citizens, messages, requests

NEVER_HAD = "never_had"
"""Why a message is sent once more: its provider, asked, never had it."""

Purpose = Literal["answer", "service", "news"]
"""`answer`: to what she wrote, asked or was promised just now; no opt-out holds it back. `service`:
what became of a request of hers; only a wish for no messages at all holds it back. `news`: all else.
"""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """An SMS to queue."""

    key: str
    """What makes it one, e.g. `reply:<provider>:<id of the message answered>`."""
    phone: str
    text: str
    language: str
    provider: str
    address: str
    """Of the text in the catalogue: all that is shown of it to staff."""
    request: UUID | None = None
    purpose: Purpose = "news"
    doubt: str = ""
    """Why it may have been sent before: then it is kept as uncertain, and not sent."""


@dataclass(frozen=True, slots=True)
class Message:
    """An SMS to send, opened."""

    id: UUID
    phone: str
    text: str
    provider: str
    state: str
    suppressed: bool
    """She wants no messages of this purpose."""
    created_at: datetime
    left_at: datetime | None = None
    """When it was last handed over."""
    absent: bool = False
    """A provider was asked and never had it: it was queued again, which happens once."""


@dataclass(frozen=True, slots=True)
class Written:
    """An SMS as its reader may see it again."""

    id: UUID
    text: str
    language: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the provider made of a message. `message` is its id there, empty when it took none."""

    id: UUID
    state: str
    """sent | failed | uncertain | suppressed | queued (it did not leave)"""
    reason: str = ""
    provider: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class DeadMessage:
    """An SMS given up after its last attempt; neither number nor text."""

    id: UUID
    address: str
    error: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class UnsureMessage:
    """An SMS that may have left or not, and is not sent again by itself; neither number nor
    text.
    """

    id: UUID
    address: str
    reason: str
    created_at: datetime


def queue(conn: Connection, seals: Seals, new: NewMessage, now: datetime, random: Random) -> bool:
    """Promise to send it.

    False when a message of this key was there already: nothing is stored twice.
    """
    return bool(queue_all(conn, seals, [new], now, random))


def queue_all(
    conn: Connection, seals: Seals, news: Sequence[NewMessage], now: datetime, random: Random
) -> int:
    """`queue` for many at once. Returns how many were new."""
    if not news:
        return 0
    rows = [_row(seals, new, now, uuid7(now, random)) for new in news]
    statement = insert(conn, messages).on_conflict_do_nothing(index_elements=["key"])
    new_ones = messages.c.id, messages.c.provider, messages.c.state
    stored = conn.execute(statement.returning(*new_ones), rows).all()
    by_lane: dict[str, list[UUID]] = defaultdict(list)
    for row in stored:
        if row.state == "queued":
            by_lane[sms(row.provider)].append(row.id)
    for lane, subjects in by_lane.items():
        outbox.put(conn, lane, subjects, now)
    return len(stored)


def load(conn: Connection, seals: Seals, ids: Collection[UUID]) -> list[Message]:
    """These messages, opened, in the order of their ids; what is held back is decided by what she
    wishes now.

    One whose seal is broken is left out.
    """
    hers = citizens.c.phone_key == messages.c.phone_key
    unwanted = exists().where(
        hers,
        citizens.c.opted_out_at.is_not(None)
        | (citizens.c.no_news_at.is_not(None) & messages.c.news),
    )
    rows = conn.execute(
        select(messages, unwanted.label("unwanted"))
        .where(messages.c.id.in_(ids))
        .order_by(messages.c.id)
    )
    found = []
    for row in rows:
        suppressed = bool(row.unwanted) and not row.solicited
        with suppress(SealBroken):
            words = seals.open_words(row.body, place(row.id))
            found.append(
                Message(
                    row.id,
                    words["phone"],
                    words.get("text", ""),
                    row.provider,
                    row.state,
                    suppressed,
                    row.created_at,
                    row.left_at,
                    row.absent,
                )
            )
    return found


def sending(conn: Connection, ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Say so before they leave, so that a worker's death is not taken for "not sent".

    Returns those still queued.
    """
    begun = conn.execute(
        update(messages)
        .where(messages.c.id.in_(ids), messages.c.state == "queued")
        .values(state="sending", left_at=now)
        .returning(messages.c.id)
    )
    return set(begun.scalars())


def record(conn: Connection, seals: Seals, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down what became of these. A report that was faster is not undone: neither what it says
    of this attempt, nor that the message waits to leave again after it.
    """
    if not outcomes:
        return
    rows = [
        {
            "b_id": outcome.id,
            "b_state": outcome.state,
            "b_reason": outcome.reason[:64],
            "b_key": provider_key(seals, outcome.provider, outcome.message)
            if outcome.message
            else None,
            "b_sent_at": now if outcome.state == "sent" else None,
        }
        for outcome in outcomes
    ]
    theirs, told = bindparam("b_key", type_=LargeBinary), bindparam("b_state", type_=String)
    another = func.coalesce(messages.c.provider_key != theirs, true())
    ours = or_(  # IN cannot be repeated
        messages.c.state == "sending",
        messages.c.state == "uncertain",
        (messages.c.state == "queued")
        & another
        & ((told != "uncertain") | messages.c.provider_key.is_(None)),
    )
    conn.execute(
        update(messages)
        .where(messages.c.id == bindparam("b_id"))
        .values(
            state=case((ours, told), else_=messages.c.state),
            reason=case((ours, bindparam("b_reason", type_=String)), else_=messages.c.reason),
            provider_key=func.coalesce(theirs, messages.c.provider_key),
            sent_at=func.coalesce(bindparam("b_sent_at", type_=Moment), messages.c.sent_at),
        ),
        rows,
    )


def never_had(conn: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Queue messages in doubt again whose provider, asked, never had them: each once in its life.

    Returns those queued; the others stay in doubt.
    """
    again = (
        update(messages)
        .where(messages.c.id.in_(ids), messages.c.state == "uncertain", ~messages.c.absent)
        .values(state="queued", absent=True, reason="", again=NEVER_HAD)
    )
    return set(conn.execute(again.returning(messages.c.id)).scalars())


def reroute(conn: Connection, reasons: Mapping[UUID, str], provider: str) -> None:
    """Have queued messages go by another provider; why is kept with each."""
    for subject, reason in sorted(reasons.items()):
        conn.execute(
            update(messages)
            .where(messages.c.id == subject, messages.c.state == "queued")
            .values(provider=provider, again=reason[:64])
        )


def unknown(
    conn: Connection, seals: Seals, provider: str, theirs: Collection[str]
) -> frozenset[str]:
    """Those of a provider's ids that no message of ours has."""
    keys = {provider_key(seals, provider, one): one for one in theirs}
    rows = conn.execute(
        select(messages.c.provider_key).where(messages.c.provider_key.in_(keys))
    ).scalars()
    return frozenset(keys.values()) - {keys[key] for key in rows}


def leaving(conn: Connection, seals: Seals, phone: str, provider: str) -> bool:
    """Whether a message to this phone is on its way to this provider, and not answered yet."""
    rows = conn.execute(
        select(messages.c.id).where(
            messages.c.phone_key == seals.phone_key(phone),
            messages.c.provider == provider,
            messages.c.state == "sending",
        )
    )
    return rows.first() is not None


def dead(conn: Connection) -> list[DeadMessage]:
    """Messages given up and not replayed, oldest first."""
    given_up = outbox.deceased(SMS).subquery()
    rows = conn.execute(
        select(
            messages.c.id,
            messages.c.address,
            given_up.c.error,
            given_up.c.attempts,
            messages.c.created_at,
        )
        .join(given_up, given_up.c.subject == messages.c.id)
        .order_by(messages.c.id)
    )
    return [DeadMessage(*row) for row in rows]


def uncertain(conn: Connection) -> list[UnsureMessage]:
    """Messages a provider may have taken, oldest first; a delivery report still clears one up."""
    shown = (messages.c.id, messages.c.address, messages.c.reason, messages.c.created_at)
    rows = conn.execute(
        select(*shown).where(messages.c.state == "uncertain").order_by(messages.c.id)
    )
    return [UnsureMessage(*row) for row in rows]


def queued(conn: Connection, seals: Seals, key: str) -> bool:
    """Whether a message of this key was promised, whatever became of it."""
    rows = conn.execute(select(messages.c.id).where(messages.c.key == seals.digest("message", key)))
    return rows.first() is not None


def written_since(conn: Connection, seals: Seals, phone: str, address: str, since: datetime) -> int:
    """How many messages of this text this phone was promised since then."""
    mine = (messages.c.phone_key == seals.phone_key(phone)) & (messages.c.address == address)
    counted = select(func.count()).where(mine, messages.c.created_at > since)
    return int(conn.execute(counted).scalar_one())


def last(conn: Connection, seals: Seals, phone: str, most: int, person: str = "") -> list[Written]:
    """The last messages to this phone, newest first; of one person's requests where one is given."""
    found = select(messages).where(messages.c.phone_key == seals.phone_key(phone))
    if person:
        whose = requests.c.person_key == seals.digest("person", person)
        found = found.where(exists().where(requests.c.id == messages.c.request_id, whose))
    rows = conn.execute(found.order_by(messages.c.id.desc()).limit(most))
    return [_written(seals, row) for row in rows]


def written(conn: Connection, seals: Seals, phone: str, message: UUID) -> Written | None:
    """One message, if it was to this phone."""
    mine = (messages.c.id == message) & (messages.c.phone_key == seals.phone_key(phone))
    row = conn.execute(select(messages).where(mine)).first()
    return None if row is None else _written(seals, row)


def _written(seals: Seals, row: Row[Any]) -> Written:
    """A message with its words, empty where the seal is broken."""
    text = ""
    with suppress(SealBroken):
        text = seals.open_words(row.body, place(row.id)).get("text", "")
    return Written(row.id, text, row.language, row.created_at)


def retry(conn: Connection, ids: Collection[UUID] | None, now: datetime) -> int:
    """Try given-up messages again, all of them for None. Returns how many."""
    revived = outbox.revive(conn, SMS, ids, now)
    if revived:
        queued = update(messages).where(messages.c.id.in_(revived), messages.c.state == "failed")
        conn.execute(queued.values(state="queued", reason=""))
    return len(revived)


def states(conn: Connection, request: UUID) -> Mapping[str, str]:
    """What became of the messages of a request: the state by the address of the text."""
    rows = conn.execute(
        select(messages.c.address, messages.c.state).where(messages.c.request_id == request)
    )
    return {row.address: row.state for row in rows}


def _row(seals: Seals, new: NewMessage, now: datetime, minted: UUID) -> dict[str, object]:
    """The row of a new message."""
    return {
        "id": minted,
        "key": seals.digest("message", new.key),
        "phone_key": seals.phone_key(new.phone),
        "request_id": new.request,
        "body": seals.seal_words({"phone": new.phone, "text": new.text}, place(minted)),
        "address": new.address,
        "language": new.language,
        "provider": new.provider,
        "solicited": new.purpose == "answer",
        "news": new.purpose == "news",
        "state": "uncertain" if new.doubt else "queued",
        "reason": new.doubt,
        "created_at": now,
    }
