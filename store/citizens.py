"""What is remembered of a person between conversations: phone, language, what she was told.

No name, no ID in clear.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select

from store.database import insert
from store.seals import Seals
from store.tables import citizens

Reach = Literal["open", "neutral", "none"]
"""What an SMS about it may say: what it is, only that there is an answer, or there is none."""


@dataclass(frozen=True, slots=True)
class Citizen:
    """One phone and the settings of who uses it."""

    phone: str
    """E.164."""
    language: str | None
    """Tag of the language she chose; None: never asked."""
    notice: int
    """Version of the privacy notice she was last shown; 0 is none."""
    met_in: bytes
    """Digest of the conversation we first met in; empty: none yet (an opt-out came first)."""
    met_after: int
    """Characters of that conversation's text heard when she chose her language."""
    id_key: bytes | None = None
    """Digest of the national ID she last gave."""
    opted_out: bool = False
    """She wants no messages but answers to what she asks."""
    no_news: bool = False
    """She wants messages about what she asked for, and no others."""
    sms: Reach = "open"
    """What an SMS to this phone may say."""


def find(conn: Connection, seals: Seals, phone: str) -> Citizen | None:
    """Who uses this phone, or None when we never met."""
    row = conn.execute(
        select(citizens).where(citizens.c.phone_key == seals.phone_key(phone))
    ).first()
    if row is None:
        return None
    return Citizen(
        phone,
        row.language,
        row.notice,
        row.met_in,
        row.met_after,
        row.id_key,
        row.opted_out_at is not None,
        row.no_news_at is not None,
        row.sms,
    )


def keep(conn: Connection, seals: Seals, citizen: Citizen, now: datetime) -> None:
    """Store her settings, new or changed.

    The first meeting is written once, and her last ID stays while she gives no other. An opt-out is
    left as it is: only `no_news`, `opt_out` and `opt_in` change it.
    """
    changed: dict[str, object] = {
        "language": citizen.language,
        "notice": citizen.notice,
        "updated_at": now,
    }
    if citizen.id_key:
        changed["id_key"] = citizen.id_key
    met = {"met_in": citizen.met_in, "met_after": citizen.met_after, "sms": citizen.sms}
    statement = insert(conn, citizens).values(**_identity(seals, citizen.phone), **met, **changed)
    conn.execute(statement.on_conflict_do_update(index_elements=["phone_key"], set_=changed))


def opt_out(conn: Connection, seals: Seals, phone: str, now: datetime) -> None:
    """She wants no more messages from us, met or not."""
    _wants(conn, seals, phone, now, {"opted_out_at": now})


def no_news(conn: Connection, seals: Seals, phone: str, now: datetime) -> None:
    """She wants no more news, met or not; what becomes of her requests she is still told."""
    _wants(conn, seals, phone, now, {"no_news_at": now})


def news(conn: Connection, seals: Seals, phone: str, now: datetime) -> None:
    """She wants news and reminders."""
    _wants(conn, seals, phone, now, {"no_news_at": None})


def opt_in(conn: Connection, seals: Seals, phone: str, now: datetime) -> None:
    """She wants messages again."""
    _wants(conn, seals, phone, now, {"opted_out_at": None, "no_news_at": None})


def speak(conn: Connection, seals: Seals, phone: str, now: datetime, sms: Reach) -> None:
    """What an SMS to her phone may say from now on."""
    _wants(conn, seals, phone, now, {"sms": sms})


def wishes(conn: Connection, seals: Seals, phones: Collection[str]) -> Mapping[str, Reach]:
    """What an SMS to these phones may say, where it is not everything."""
    keys = {seals.phone_key(phone): phone for phone in phones}
    rows = conn.execute(
        select(citizens.c.phone_key, citizens.c.sms).where(
            citizens.c.phone_key.in_(keys), citizens.c.sms != "open"
        )
    )
    return {keys[row.phone_key]: row.sms for row in rows}


def _wants(
    conn: Connection, seals: Seals, phone: str, now: datetime, wish: Mapping[str, object]
) -> None:
    """Write her wish down, making her known if she was not."""
    changed = {**wish, "updated_at": now}
    stranger = {"language": None, "notice": 0, "met_in": b"", "met_after": 0, "sms": "open"}
    statement = insert(conn, citizens).values(**_identity(seals, phone), **{**stranger, **changed})
    conn.execute(statement.on_conflict_do_update(index_elements=["phone_key"], set_=changed))


def _identity(seals: Seals, phone: str) -> dict[str, bytes]:
    """The phone, found by its digest and sealed in its row."""
    key = seals.phone_key(phone)
    return {"phone_key": key, "phone": seals.seal(phone.encode(), f"citizens.phone.{key.hex()}")}
