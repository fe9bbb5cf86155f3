"""The carrier's side of the hooks: deliveries reach whichever web server lives, and what came back is
kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from threading import Lock
from time import monotonic
from urllib.parse import urlencode, urlsplit

CEILING = 10.0
"""Seconds a carrier waits for an answer (Africa's Talking)."""
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a delivery got. `status` 0: nobody took it, or whoever did was gone before answering."""

    provider: str
    kind: str
    status: int
    body: str
    web: str
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began


@dataclass(slots=True)
class Line:
    """`webs` are addresses by the name of the process, `hooks` paths by provider and kind. Moments are
    seconds of the monotonic clock.
    """

    webs: Mapping[str, str]
    hooks: Mapping[tuple[str, str], str]
    answers: list[Answer] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def form(self, kind: tuple[str, str], form: Mapping[str, str], chance: Random) -> Answer:
        """Post a form."""
        return self.post(kind, urlencode(form).encode(), FORM, chance)

    def json(self, kind: tuple[str, str], body: Mapping[str, object], chance: Random) -> Answer:
        """Post a JSON object."""
        return self.post(kind, json.dumps(body).encode(), "application/json", chance)

    def post(self, kind: tuple[str, str], body: bytes, form: str, chance: Random) -> Answer:
        """Deliver once: to one web server, or to the other where that one does not listen."""
        began, names = monotonic(), chance.sample(sorted(self.webs), len(self.webs))
        for name in names:
            try:
                status, said = _sent(self.webs[name], self.hooks[kind], body, form)
            except ConnectionRefusedError:
                continue
            except (OSError, HTTPException):
                return self._kept(Answer(*kind, 0, "", name, began, monotonic()))
            return self._kept(Answer(*kind, status, said, name, began, monotonic()))
        return self._kept(Answer(*kind, 0, "", "", began, monotonic()))

    def _kept(self, answer: Answer) -> Answer:
        with self._lock:
            self.answers.append(answer)
        return answer


def _sent(base: str, path: str, body: bytes, form: str) -> tuple[int, str]:
    """One POST over a connection of its own."""
    where = urlsplit(base)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=CEILING + 5)
    try:
        connection.request("POST", path, body, {"Content-Type": form})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()
