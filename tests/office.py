"""A registry over real HTTP for workers that are real processes: it counts what it was handed, and
holds calls back.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.counterpart import Got, Say, counterpart

PATIENCE = 60.0


@dataclass
class Office:
    """Every application, complaint and case is held once a reference; how often each was handed
    over is counted.
    """

    url: str = ""
    handed: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    """How often each reference was asked about."""
    under_way: int = 0
    most: int = 0
    """Calls under way at once, at most."""
    wanted: int = 0
    """Calls are answered from the moment so many are under way at once; 0: at once."""
    open: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    alone: threading.Lock = field(default_factory=threading.Lock)
    knows_statuses: bool = True

    def hold(self) -> None:
        """Calls come in and are not answered until `let_go`."""
        self.open.clear()

    def let_go(self) -> None:
        """Answer what is held and all that follows."""
        self.open.set()

    def answer(self, got: Got) -> Say:
        """One call."""
        message = got.json["message"]
        if got.path.endswith("-status"):
            return self._status(message)
        with self.alone:
            self.handed[message["reference"]] += 1
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            if self.wanted and self.under_way >= self.wanted:
                self.open.set()
        self.arrived.release()
        self.open.wait(PATIENCE)
        with self.alone:
            self.under_way -= 1
        held = {"reference": message["reference"], "record": f"R-{message['reference']}"}
        return _said(message, acknowledgement=held)

    def _status(self, message: dict[str, str]) -> Say:
        with self.alone:
            self.asked[message["reference"]] += 1
            known = message["reference"] in self.handed
        if not self.knows_statuses:
            return Say(status=404)
        return _said(message, progress="in_review" if known else "unknown")


def _said(message: dict[str, str], **fields: object) -> Say:
    whole = {
        "header": {"status": "succ"},
        "message": {"transaction_id": message["transaction_id"], **fields},
    }
    return Say(json.dumps(whole).encode())


@contextmanager
def office() -> Iterator[Office]:
    """One on a free port while the block runs; what it holds is let go at the end."""
    it = Office()
    it.open.set()
    with counterpart(it.answer) as server:
        it.url = server.url
        try:
            yield it
        finally:
            it.let_go()
