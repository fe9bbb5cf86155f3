"""What the store's and the workers' tests share: keys, a fixed time, evidently fictional people and
their wishes.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, select

from store.database import Database
from store.lanes import sms
from store.messages import NewMessage
from store.requests import Kind, NewRequest
from store.seals import Seals
from store.tables import metadata

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AMINA, BIBI = "+923000000001", "+923000000002"
HER_ID, HIS_ID = "3520200000001", "3520200000003"
KEYS = f"k1:{base64.b64encode(bytes(range(32))).decode()}"
SEALS = Seals.from_text(KEYS)
RANDOM = secrets.token_bytes
AFRICASTALKING, TWILIO = sms("africastalking"), sms("twilio")
"""The lanes of their messages."""


@contextmanager
def connected(url: str) -> Iterator[Database]:
    """A database while the block runs."""
    database = Database.connect(url)
    try:
        yield database
    finally:
        database.close()


STORY = "They shouted at me"


def worded(new: NewRequest) -> Callable[[UUID, str], NewMessage]:
    """The SMS that repeats a reference."""

    def message(minted: UUID, reference: str) -> NewMessage:
        return NewMessage(
            key=f"{minted.hex}:reference",
            phone=new.phone,
            text=f"Number {reference}",
            language=new.language,
            provider=new.provider,
            address=f"notices.{new.kind}_stored",
            request=minted,
            purpose="answer",
        )

    return message


def silent(_minted: UUID, _reference: str) -> None:
    """No SMS."""


def key(name: str) -> bytes:
    """A digest, as the gateway makes drafts and conversations."""
    return SEALS.digest("test", name)


def asked(kind: str = "complaint", draft: str = "draft 1", **changed: Any) -> NewRequest:
    """What Amina asks for: to complain, the cash programme, or an answer by SMS."""
    common = NewRequest(
        kind="complaint",
        draft=key(draft),
        screen=f"{kind}.lodge",
        conversation=key("conversation 1"),
        phone=AMINA,
        language="en",
        provider="africastalking",
        due_on=date(2026, 12, 8),
    )
    match kind:
        case "complaint":
            new = replace(common, said={"category": "conduct", "details": STORY})
        case "application":
            new = replace(common, kind="application", national_id=HER_ID, programme="CASH")
        case _:
            new = replace(common, kind=cast("Kind", kind), national_id=HER_ID)
    return replace(new, **changed)


def rows(database: Database) -> dict[str, int]:
    """How many rows each table holds, empty ones left out."""
    with database.read() as conn:
        counted = {
            table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
    return {name: count for name, count in counted.items() if count}
