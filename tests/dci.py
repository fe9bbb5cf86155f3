"""DCI messages for tests of the sandbox's registry, and a sandbox with somebody who is called back.

Import the fixtures you take.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.app import Config
from sandbox.dci.server import Wire
from sandbox.server import Sandbox
from tests.counterpart import Got, Say, counterpart

TS = "2026-11-25T10:30:00Z"
HER = {"type": "UIN", "value": "TEST-001"}
HER_NID = "1730100000252"
Json = dict[str, Any]
_NUMBERS = itertools.count()


def header(action: str, /, **changes: Any) -> Json:
    """A request header; a change to None leaves the field out."""
    whole = {
        "version": "1.0.0",
        "message_id": f"m-{next(_NUMBERS)}",
        "message_ts": TS,
        "action": action,
        "sender_id": "spmis.example",
        "receiver_id": "registry.example",
        "total_count": 1,
        "is_msg_encrypted": False,
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


def envelope(
    action: str, message: Json, /, signature: str = "unsigned-stub", **changes: Any
) -> Json:
    """A whole request."""
    return {"signature": signature, "header": header(action, **changes), "message": message}


def item(reference: str = "r-1", /, **criteria: Any) -> Json:
    """One search."""
    wanted = {"query_type": "idtype-value", "query": HER} | criteria
    return {"reference_id": reference, "timestamp": TS, "search_criteria": wanted, "locale": "eng"}


def search(*items: Json, **changes: Any) -> Json:
    """A search request."""
    listed = list(items) or [item()]
    message = {"transaction_id": "t-1", "search_request": listed}
    return envelope("search", message, **({"total_count": len(listed)} | changes))


def subscribe(event: str, uri: str, /, sender: str = "spmis.example", **criteria: Any) -> Json:
    """A request to be told of an event about her household."""
    wanted = {
        "reg_event_type": event,
        "filter_type": "idtype-value",
        "filter": {"type": "HOUSEHOLD_ID", "value": "KP-T00017"},
        "notify_record_type": "SRPerson",
    } | criteria
    one = {"reference_id": "r-1", "timestamp": TS, "subscribe_criteria": wanted}
    message = {"transaction_id": "t-sub", "subscribe_request": [one]}
    return envelope("subscribe", message, sender_uri=uri, sender_id=sender)


def expression(query: Json) -> Json:
    """Criteria by expression."""
    value = {"expression": {"collection": "Member", "query": query}}
    return {
        "query_type": "expression",
        "query": {"type": "ns:org:QueryType:expression", "value": value},
    }


@dataclass(slots=True)
class Hears:
    """Whoever is called back. `first`: statuses it answers before it takes anything."""

    got: list[Got] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    says: str = "ACK"
    change: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, got: Got) -> Say:
        """Answer one delivery."""
        with self.change:
            self.got.append(got)
            self.change.notify_all()
            status = self.first.pop(0) if self.first else 200
        message = {"ack_status": self.says, "timestamp": TS, "correlation_id": "c"}
        return Say(json.dumps({"message": message}).encode(), status)

    def wait(self, action: str, count: int = 1) -> list[Json]:
        """The messages of an action, once there are so many."""
        with self.change:
            assert self.change.wait_for(lambda: len(self.sent(action)) >= count, 10), f"no {action}"
        return self.sent(action)

    def sent(self, action: str) -> list[Json]:
        """The messages of an action so far."""
        return [got.json for got in list(self.got) if got.json["header"]["action"] == action]


@dataclass(frozen=True, slots=True)
class Line:
    """A sandbox and whoever it calls back."""

    url: str
    uri: str
    hears: Hears

    def post(
        self, path: str, body: Any, status: int = 200, headers: dict[str, str] | None = None
    ) -> Any:
        """The JSON of an answer with this status."""
        answer = requests.post(f"{self.url}{path}", json=body, headers=headers, timeout=10)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        """The JSON of a page."""
        return requests.get(f"{self.url}{path}", timeout=10).json()

    def found(self, **criteria: Any) -> Json:
        """The one answer to one search."""
        answer = self.post("/registry/sync/search", search(item(**criteria)))
        [one] = answer["message"]["search_response"]
        return dict(one)

    def wait_until(self, state: str, count: int = 1) -> Json:
        """The last delivery of so many in the log, once it is in this state."""
        log: list[Json] = []
        for _ in range(500):
            log = self.get("/control/callbacks")
            if len(log) >= count and log[-1]["state"] == state:
                return log[-1]
            threading.Event().wait(0.01)
        raise AssertionError(log)


@contextmanager
def served(var: Path, wire: Wire | None = None) -> Iterator[Line]:
    """A sandbox of few people, tries of callbacks close together."""
    hears = Hears()
    config = Config(var, var / "hooks.json", wire=wire or Wire(retries=(0.01, 0.01)), households=20)
    with counterpart(hears) as called, Sandbox(config) as sandbox:
        yield Line(sandbox.url, f"{called.url}/dci/registry/on-search", hears)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Promises a sandbox these tests share; take `line`, which empties it first."""
    with served(tmp_path_factory.mktemp("dci")) as line:
        yield line


@pytest.fixture
def line(shared: Line) -> Line:
    """Promises a sandbox as on its first day."""
    shared.post("/control/reset", {})
    shared.hears.got.clear()
    shared.hears.first.clear()
    shared.hears.says = "ACK"
    return shared
