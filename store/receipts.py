"""What carriers report of our SMS: early, late, twice, in any order, and of messages whose send was
never answered. The states they move stand in docs/states.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, exists, func, select, update

from store import citizens, outbox
from store.database import insert
from store.lanes import sms
from store.seals import Seals
from store.tables import messages, receipts

WEIGHT = {"sent": 1, "expired": 2, "failed": 3, "delivered": 4}
"""A report moves a message only to a heavier state: "sent" never undoes "delivered"."""
ON_ITS_WAY = ("queued", "sending", "uncertain")
"""It leaves, or leaves again: no attempt under way has been heard of."""
MOVED_BY: Mapping[str, tuple[str, ...]] = {
    "sent": ON_ITS_WAY,
    "expired": ("sending", "uncertain", "sent"),
    "failed": ("sending", "uncertain", "sent", "expired"),
    "delivered": (*ON_ITS_WAY, "sent", "expired", "failed"),
}
"""The states each report may replace. One on a queued message tells that an attempt we took for lost
was not; a failure of it changes nothing, as it leaves again anyhow.
"""
AGAIN, SUPPRESS = "again", "suppress"
RETURNS = (timedelta(minutes=30), timedelta(hours=4), timedelta(hours=24))
"""The waits before a message whose handset was away leaves again (telecom.md 2.5: at most three
times within two days).
"""
STRANGERS_KEPT = timedelta(days=7)
"""How long a report waits for a message to speak of."""
GRACE = timedelta(seconds=10)
"""How long a report of an unknown id waits for the answer to the send it may belong to."""
WINDOW = timedelta(hours=72)
"""How long after it left a message in doubt may be settled by a report of an unknown id."""


@dataclass(frozen=True, slots=True)
class Said:
    """One report. `key` is the digest of the provider and its id."""

    key: bytes
    status: str
    reason: str
    fate: str


def report(
    conn: Connection,
    seals: Seals,
    provider: str,
    message: str,
    status: str,
    reason: str,
    ours: str,
    now: datetime,
    *,
    phone: str = "",
    fate: str = "",
) -> None:
    """Take one delivery report: `message` is the provider's id, `ours` our own (UUID hex) where it
    came back, `phone` the number where the report names it, `fate` what a failure asks of us.

    A report on a message not known as sent yet is kept until `match`. Repeats change nothing.
    """
    said = Said(provider_key(seals, provider, message), status, reason[:64], fate)
    known = messages.c.provider_key == said.key
    if (own := _uuid(ours)) is not None:
        known = known | ((messages.c.id == own) & (messages.c.provider == provider))
    row = conn.execute(select(messages).where(known).limit(1).with_for_update()).first()
    if row is not None and not (fate == AGAIN and row.state == "sending"):
        new = _apply(conn, row, said, now)
    else:
        phone_key = seals.phone_key(phone) if phone else None
        new = _keep(conn, said, provider, phone_key, None if row is None else row.id, now)
    if new and phone and fate == SUPPRESS:
        citizens.opt_out(conn, seals, phone, now)


def _keep(
    conn: Connection,
    said: Said,
    provider: str,
    phone_key: bytes | None,
    message: UUID | None,
    now: datetime,
) -> bool:
    """Keep a report until its message is known, or answered. Returns whether it was not kept
    before.
    """
    kept = {
        "provider_key": said.key,
        "status": said.status,
        "reason": said.reason,
        "at": now,
        "provider": provider,
        "phone_key": phone_key,
        "fate": said.fate,
        "message_id": message,
    }
    stored = insert(conn, receipts).values(kept).on_conflict_do_nothing()
    return conn.execute(stored.returning(receipts.c.status)).first() is not None


def match(conn: Connection, now: datetime) -> int:
    """Give early reports to the messages they speak of, lightest first: by the provider's id or by
    ours, then, where nobody has that id, to the one message in doubt of that phone. Forget those nobody claimed
    in a week.

    Run often: a report and the answer to the send may be stored in the same moment. Returns how
    many found theirs.
    """
    theirs = exists().where(messages.c.provider_key == receipts.c.provider_key)
    ours = exists().where(messages.c.id == receipts.c.message_id, messages.c.state != "sending")
    early = list(conn.execute(select(receipts).where(theirs | ours)))
    for row in sorted(early, key=lambda row: WEIGHT[row.status]):
        whose = messages.c.provider_key == row.provider_key
        if row.message_id is not None:
            whose |= messages.c.id == row.message_id
        _give(conn, whose, _said(row), now)
    doubts = _of_doubts(conn, now)
    for subject, found in doubts.items():
        for row in sorted(found, key=lambda row: WEIGHT[row.status]):
            _give(conn, messages.c.id == subject, _said(row), now)
    conn.execute(delete(receipts).where(receipts.c.at < now - STRANGERS_KEPT))
    return len(early) + sum(len(found) for found in doubts.values())


def moves(state: str, status: str, *, held: bool, same: bool) -> bool:
    """Whether a report of `status` moves a message in `state`.

    `held`: an attempt's id is on the row; `same`: the report is of that very attempt. All but
    "delivered" speak of one attempt only: of the one on the row once it is over, of another one while
    the message is on its way again.
    """
    if status != "delivered" and held and same == (state in ON_ITS_WAY):
        return False
    return state in MOVED_BY[status]


def _of_doubts(conn: Connection, now: datetime) -> Mapping[UUID, list[Row[Any]]]:
    """Reports of unknown ids by the message in doubt that each must speak of: the phone has exactly
    one in doubt with that provider, one unknown id came since it left, and nothing else is leaving
    for it. One statement, so that no answer is stored between its parts.
    """
    unsure, known, leaving = (messages.alias(name) for name in ("unsure", "known", "leaving"))
    left = func.coalesce(unsure.c.left_at, unsure.c.created_at)
    same_way = (unsure.c.phone_key == receipts.c.phone_key) & (
        unsure.c.provider == receipts.c.provider
    )
    rows = conn.execute(
        select(receipts, unsure.c.id, left.label("left"))
        .join(unsure, same_way & (unsure.c.state == "uncertain"))
        .where(
            receipts.c.at <= now - GRACE,
            receipts.c.at >= left,
            receipts.c.message_id.is_(None),
            ~exists().where(known.c.provider_key == receipts.c.provider_key),
            ~exists().where(
                leaving.c.phone_key == receipts.c.phone_key,
                leaving.c.provider == receipts.c.provider,
                leaving.c.state == "sending",
            ),
        )
    )
    groups: dict[tuple[bytes, str], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        if row.at <= row.left + WINDOW:
            groups[row.phone_key, row.provider].append(row)
    return {
        group[0].id: group
        for group in groups.values()
        if len({row.id for row in group}) == len({row.provider_key for row in group}) == 1
    }


def _give(conn: Connection, whose: Any, said: Said, now: datetime) -> None:
    """Hand a kept report to its message, and keep it no longer."""
    row = conn.execute(select(messages).where(whose).limit(1).with_for_update()).first()
    if row is not None:
        _apply(conn, row, said, now)
    one = (receipts.c.provider_key == said.key) & (receipts.c.status == said.status)
    conn.execute(delete(receipts).where(one))


def _apply(conn: Connection, row: Row[Any], said: Said, now: datetime) -> bool:
    """Move a message, if this moves it, and have it leave again where its failure asks for that.

    Returns whether it moved.
    """
    held, same = row.provider_key is not None, row.provider_key == said.key
    if not moves(row.state, said.status, held=held, same=same):
        return False
    back = said.fate == AGAIN and row.returned < len(RETURNS)
    if back:
        outbox.reopen(conn, sms(row.provider), row.id, now + RETURNS[row.returned])
    elif row.state in ON_ITS_WAY:
        outbox.finish(conn, sms(row.provider), row.id)
    conn.execute(
        update(messages)
        .where(messages.c.id == row.id)
        .values(
            state="queued" if back else said.status,
            reason=said.reason,
            provider_key=said.key,
            returned=row.returned + back,
            again=said.reason if back else row.again,
        )
    )
    return True


def _said(row: Row[Any]) -> Said:
    """A kept report."""
    return Said(row.provider_key, row.status, row.reason, row.fate)


def place(row: UUID) -> str:
    """What a message's words are bound to."""
    return f"messages.body.{row.hex}"


def provider_key(seals: Seals, provider: str, message: str) -> bytes:
    """What a message is found by when a provider speaks of it."""
    return seals.digest("provider message", f"{provider}:{message}")


def _uuid(text: str) -> UUID | None:
    """Our id, when this is one."""
    try:
        return UUID(hex=text)
    except ValueError:
        return None
