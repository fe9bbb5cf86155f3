"""Every message a handset sent or got, and how many parts it takes on the air.

How providers word it is theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sandbox.database import Database

GSM7 = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of TS 23.038."""
EXTENSION = "\f^{}\\[~]|€"
"""Its extension table: two septets each."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, provider TEXT NOT NULL, direction TEXT NOT NULL,
  handset TEXT NOT NULL, other TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL, unread INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS messages_handset ON messages (handset, number);
"""


class Inboxes:
    """The messages of all handsets, oldest first."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        database.define(SCHEMA)

    def receive(self, provider: str, message: str, handset: str, sender: str, text: str) -> None:
        """A message reaches a handset."""
        self._keep(provider, message, "in", handset, sender, text, unread=True)

    def wrote(self, provider: str, message: str, handset: str, to: str, text: str) -> None:
        """A handset sent a message."""
        self._keep(provider, message, "out", handset, to, text, unread=False)

    def of(self, handset: str) -> list[dict[str, object]]:
        """What a handset holds, both directions."""
        rows = self._database.rows(
            "SELECT * FROM messages WHERE handset = ? ORDER BY number", handset
        )
        return [
            dict(row) | {"unread": bool(row["unread"]), "parts": parts(row["text"])} for row in rows
        ]

    def read(self, handset: str, number: int) -> None:
        """The handset's owner has read everything up to this one."""
        self._database.write(
            "UPDATE messages SET unread = 0 WHERE handset = ? AND number <= ?", handset, number
        )

    def unread(self) -> dict[str, int]:
        """How many messages nobody has read, by handset; handsets that hold none are left out."""
        rows = self._database.rows(
            "SELECT handset, sum(unread) AS unread FROM messages GROUP BY handset"
        )
        return {row["handset"]: row["unread"] for row in rows}

    def clear(self) -> None:
        """Empty every handset."""
        self._database.write("DELETE FROM messages")

    def _keep(
        self,
        provider: str,
        message: str,
        direction: str,
        handset: str,
        other: str,
        text: str,
        *,
        unread: bool,
    ) -> None:
        self._database.write(
            "INSERT INTO messages (id, provider, direction, handset, other, text, at, unread)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(
                message,
                provider,
                direction,
                handset,
                other,
                text,
                self._now().isoformat(),
                int(unread),
            ),
        )


def units(text: str) -> tuple[str, int]:
    """The alphabet a text needs and its size in it: septets of GSM-7, else UTF-16 units of
    UCS-2.
    """
    if all(letter in GSM7 or letter in EXTENSION for letter in text):
        return "GSM-7", sum(2 if letter in EXTENSION else 1 for letter in text)
    return "UCS-2", len(text.encode("utf-16-be")) // 2


def parts(text: str) -> int:
    """How many SMS parts it takes: 160 and 153 septets, 70 and 67 units."""
    alphabet, size = units(text)
    single, each = (160, 153) if alphabet == "GSM-7" else (70, 67)
    return 1 if size <= single else -(-size // each)


def cut(text: str, septets: int, ucs2: int) -> str:
    """What a handset shows of a text that may be longer than the network carries."""
    alphabet, size = units(text)
    most = septets if alphabet == "GSM-7" else ucs2
    while size > most:
        text = text[:-1]
        size = units(text)[1] if alphabet == "GSM-7" else len(text.encode("utf-16-be")) // 2
    return text
