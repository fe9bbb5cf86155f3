"""GraphQL over one address: a login, a document with its variables, and what came of it.

Errors come with HTTP 200; what they say is never passed on, for it may name a person.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from registry_client.envelope import Json, objects, word
from registry_client.openimis import documents
from registry_client.port import NotSupported, Refused, RegistryError, Unavailable
from registry_client.post import Post

PATH = "/graphql"
REST = 60.0
"""Seconds without another login after one was refused: some sites lock a user who errs often."""
UNSIGNED = ("signature", "token", "unauthorized", "authentication", "not logged in", "permission")
"""Words of an error that is about who asks; a token too old reads as nobody at all."""
UNKNOWN_HERE = ("cannot query field", "unknown argument", "unknown type", "unknown field")
"""How GraphQL says that a module is not installed, or is another version."""


@dataclass(frozen=True, slots=True)
class Span:
    """Until when one call of the port may take, by the clock."""

    until: float
    clock: Callable[[], float]

    @property
    def left(self) -> float:
        """Seconds. Raises Unavailable where there are none."""
        if (left := self.until - self.clock()) <= 0:
            raise Unavailable("no answer in time", again=True)
        return left


class Login:
    """`Tokens` by user name and password: one is kept until it is refused. Any thread may ask."""

    def __init__(
        self, url: str, username: str, password: str, clock: Callable[[], float] = monotonic
    ) -> None:
        self._post, self._clock = Post(url, clock=clock), clock
        self._username, self._password = username, password
        self._lock, self._token, self._not_before = threading.Lock(), "", 0.0

    def bearer(self, timeout: float) -> str:
        """A token. Raises Unavailable where the login is refused, or was a moment ago."""
        until = self._clock() + timeout
        if not self._lock.acquire(timeout=max(0.0, timeout)):
            raise Unavailable("no answer in time", again=True)
        try:
            self._token = self._token or self._fresh(until - self._clock())
            return self._token
        finally:
            self._lock.release()

    def refused(self, token: str) -> None:
        """Forget it, unless there is another by now."""
        with self._lock:
            if token == self._token:
                self._token = ""

    def _fresh(self, timeout: float) -> str:
        if self._clock() < self._not_before:
            raise Unavailable("login refused")
        who = {"username": self._username, "password": self._password}
        try:
            answer = opened(self._post(PATH, written(documents.LOGIN, who), timeout=timeout))
        except Refused:
            answer = {}
        token = word(_object(_object(answer.get("data")).get("tokenAuth")).get("token"))
        if not token or not token.isascii() or not token.isprintable():
            self._not_before = self._clock() + REST
            raise Unavailable("login refused")
        return token


class Graph:
    """Asks one openIMIS. Any thread may use it."""

    def __init__(self, url: str, login: Login) -> None:
        self._post, self._login = Post(url, login), login

    def ask(self, document: str, variables: Json, span: Span) -> Json:
        """The data of the answer. A refused token is renewed once. Raises RegistryError."""
        body = written(document, variables)
        for again in (True, False):
            token = self._login.bearer(span.left)
            try:
                answer = opened(self._post(PATH, body, timeout=span.left))
            except Refused:  # HTTP 400: a document its schema does not know
                raise NotSupported("this openIMIS has no such call") from None
            errors = answer.get("errors")
            if not errors:
                return _object(answer.get("data"))
            said = " ".join(_said(one) for one in objects(errors)).casefold()
            if not (again and any(one in said for one in UNSIGNED)):
                raise _meaning(said)
            self._login.refused(token)
        raise AssertionError("the second answer returns or raises")

    def nodes(self, document: str, variables: Json, span: Span) -> list[Json]:
        """The records of the one connection a document asks for. Raises RegistryError."""
        data = self.ask(document, variables, span)
        found = _object(next(iter(data.values()), None))
        return [_object(edge.get("node")) for edge in objects(found.get("edges"))]


def written(document: str, variables: Json) -> bytes:
    """A request, ready to post."""
    return json.dumps({"query": document, "variables": variables}, allow_nan=False).encode("ascii")


def opened(body: bytes) -> Json:
    """An answer. Raises Unavailable where it is none: whoever wrote it, it was not openIMIS."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise Unavailable("the answer is not JSON") from None
    if not isinstance(answer, dict) or not ({"data", "errors"} & answer.keys()):
        raise Unavailable("the answer is not GraphQL")
    return answer


def _said(error: Json) -> str:
    found = error.get("message")
    return found if isinstance(found, str) else ""


def _meaning(said: str) -> RegistryError:
    if any(one in said for one in UNKNOWN_HERE):
        return NotSupported("this openIMIS has no such call")
    if any(one in said for one in UNSIGNED):
        return Unavailable("this user may not ask")
    return Unavailable("the query failed")


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
