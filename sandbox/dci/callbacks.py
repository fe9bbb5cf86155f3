"""What the registry posts: answers to requests, and notices. A few threads, tries that wait longer
each time, and a log.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import requests

from sandbox.envelope import Json, moment
from sandbox.later import Later

RETRIES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between tries. Each carries the same message_id, so that a receiver may know it again."""
TIMEOUTS = (3.0, 10.0)
THREADS = 4
AGAIN = frozenset(
    {"err.request.timeout", "err.request.too_many_requests", "err.service.unavailable"}
)
"""What a receiver may say to be asked again."""
_TAIL = re.compile(r"/(on-search|on-subscribe|on-unsubscribe|txn/on-status|notify)/?$")
PATHS = {"txn-on-status": "txn/on-status"}


@dataclass(slots=True)
class Callback:
    """One message on its way. `state`: waiting, delivered, refused or given up."""

    action: str
    url: str
    body: Json = field(repr=False)
    at: str = ""
    tries: int = 0
    state: str = "waiting"
    answer: str = ""

    def as_json(self) -> dict[str, object]:
        """For the log: no address, for that may carry a token, and nothing of the record."""
        header, message = self.body["header"], self.body["message"]
        ids = {name: message.get(name, "") for name in ("transaction_id", "correlation_id")}
        return {
            "at": self.at,
            "action": self.action,
            "to": header.get("receiver_id", ""),
            "message_id": header["message_id"],
            **ids,
            "tries": self.tries,
            "state": self.state,
            "answer": self.answer,
        }


class Callbacks:
    """Posts messages. `token`: the bearer token receivers ask for; empty for none."""

    def __init__(
        self, now: Callable[[], datetime], token: str = "", retries: tuple[float, ...] = RETRIES
    ) -> None:
        self._now, self._token, self._retries = now, token, retries
        self.later = Later(THREADS, "callbacks")
        self.recent: deque[Callback] = deque(maxlen=500)

    def send(self, action: str, url: str, body: Json) -> None:
        """Post it soon; where there is no address it is logged as given up."""
        one = Callback(action, url and address(url, action), body, moment(self._now()))
        self.recent.append(one)
        if not url:
            one.state, one.answer = "given up", "no sender_uri"
            return
        self.later.do(0.0, lambda: self._try(one))

    def close(self) -> None:
        """Post nothing more."""
        self.later.close()

    def _try(self, one: Callback) -> None:
        one.tries += 1
        state, one.answer = self._post(one)
        if state == "waiting" and one.tries > len(self._retries):
            state = "given up"
        one.state = state
        if state == "waiting":
            self.later.do(self._retries[one.tries - 1], lambda: self._try(one))

    def _post(self, one: Callback) -> tuple[str, str]:
        """The new state and what was said."""
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        with requests.Session() as session:
            session.trust_env = False
            try:
                answer = session.post(
                    one.url,
                    json.dumps(one.body).encode(),
                    headers=headers,
                    timeout=TIMEOUTS,
                    allow_redirects=False,
                )
            except requests.RequestException as cause:
                return "waiting", type(cause).__name__
        return _judged(answer)


def address(uri: str, action: str) -> str:
    """Where a message goes: a `sender_uri` that ends with the path of one callback stands for the
    paths of all.
    """
    return _TAIL.sub(f"/{PATHS.get(action, action)}", uri)


def _judged(answer: requests.Response) -> tuple[str, str]:
    said = f"HTTP {answer.status_code}"
    try:
        message = answer.json()["message"]
        status, code = message["ack_status"], (message.get("error") or {}).get("code", "")
    except (ValueError, KeyError, TypeError, AttributeError):
        status, code = "", ""
    said = f"{said} {status} {code}".strip()[:120]
    if answer.status_code >= 500 or answer.status_code == 429 or code in AGAIN:
        return "waiting", said
    good = answer.status_code < 300 and status in ("", "ACK")
    return ("delivered" if good else "refused"), said
