"""A running sandbox for tests, with a counterpart where its carrier delivers.

Import the fixtures you take.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.app import Config
from sandbox.server import Sandbox
from tests.counterpart import Got, Say, counterpart

TOKEN = "an-evidently-fake-token"
HOOKS = {
    "africastalking": ("ussd", "ussd-ended", "sms", "receipts", "optouts"),
    "twilio": ("sms", "receipts"),
}


@dataclass(slots=True)
class Heard:
    """What came in at the hooks, and what they say next. `says` gets the form of a USSD hop."""

    says: Callable[[dict[str, str]], Say] = lambda form: Say(b"END Goodbye", type="text/plain")
    got: list[Got] = field(default_factory=list)
    statuses: dict[str, list[int]] = field(default_factory=dict)
    """Statuses a kind of hook answers first, before 200."""
    change: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, got: Got) -> Say:
        """Answer one delivery."""
        with self.change:
            self.got.append(got)
            self.change.notify_all()
            kind = got.path.partition("?")[0].rpartition("/")[2]
            status = self.statuses[kind].pop(0) if self.statuses.get(kind) else 200
        return self.says(got.form) if kind == "ussd" else Say(b"", status, "text/plain")

    def forms(self, provider: str, kind: str) -> list[dict[str, str]]:
        """The forms delivered to one hook so far."""
        return [got.form for got in self.got if got.path.partition("?")[0] == f"/{provider}/{kind}"]

    def wait(self, provider: str, kind: str, count: int = 1) -> list[dict[str, str]]:
        """The forms delivered to one hook, once there are so many."""
        with self.change:
            assert self.change.wait_for(lambda: len(self.forms(provider, kind)) >= count, 10), (
                f"no {provider} {kind}"
            )
        return self.forms(provider, kind)


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox and what its hooks heard."""

    url: str
    hooks: str
    heard: Heard

    def get(self, path: str) -> Any:
        """The JSON of a page."""
        answer = requests.get(f"{self.url}{path}", timeout=10)
        answer.raise_for_status()
        return answer.json()

    def ask(self, path: str, **body: object) -> requests.Response:
        """The answer to a JSON object."""
        return requests.post(f"{self.url}{path}", json=body, timeout=10)

    def post(self, path: str, **body: object) -> Any:
        """The JSON of a successful answer."""
        answer = self.ask(path, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Promises a fresh sandbox on a free port whose hooks all go to one counterpart."""
    heard = Heard()
    config = Config(tmp_path, tmp_path / "hooks.json", twilio_token=TOKEN, households=20)
    with counterpart(heard) as hooks, Sandbox(config) as sandbox:
        connect(tmp_path / "hooks.json", hooks.url)
        yield Running(sandbox.url, hooks.url, heard)


def connect(file: Path, base: str) -> None:
    """Write the hooks file."""
    named = {
        provider: {kind: f"{base}/{provider}/{kind}" for kind in kinds}
        for provider, kinds in HOOKS.items()
    }
    file.write_text(json.dumps({"base": base, **named}), "utf-8")
