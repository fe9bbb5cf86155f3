"""A gate between the house and the world: passes calls on, and can hold one just before or after
the work is done.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import requests

PATIENCE = 30.0
HOP_BY_HOP = {"connection", "content-length", "host", "transfer-encoding", "keep-alive"}


@dataclass(slots=True)
class Held:
    """The next call that mentions `about`: stopped `before` the other side hears of it, or `after`
    it did the work.
    """

    about: str
    when: Literal["before", "after"]
    arrived: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Return once the call is here."""
        assert self.arrived.wait(PATIENCE), f"no call about {self.about}"

    def drop(self) -> None:
        """Cut the connection: whoever called never gets an answer."""
        self.over.set()


@dataclass(slots=True)
class Gate:
    """Where it is, and where it leads: `target` is named when it is known."""

    url: str
    target: str = ""
    held: list[Held] = field(default_factory=list)
    alone: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, about: str, when: Literal["before", "after"]) -> Held:
        """Hold the next call with this in its path or body."""
        hold = Held(about, when)
        with self.alone:
            self.held.append(hold)
        return hold

    def caught(self, call: str) -> Held | None:
        """The hold that is for this call; it holds one call only."""
        with self.alone:
            hold = next((one for one in self.held if one.about in call), None)
            if hold:
                self.held.remove(hold)
        return hold


@contextmanager
def gate() -> Iterator[Gate]:
    """A gate on a free port while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    it = Gate(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = _handler(it)
    server.daemon_threads = True
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(it: Gate) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            hold = it.caught(f"{self.path} {body.decode()}")
            if hold and hold.when == "before":
                return self._keep(hold)
            answer = self._pass_on(body)
            if answer is None or hold:
                return self._keep(hold)
            with suppress(ConnectionError):  # whoever called has had enough
                self._say(answer)
            return None

        def _pass_on(self, body: bytes) -> requests.Response | None:
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in HOP_BY_HOP
            }
            with requests.Session() as session:
                session.trust_env = False
                try:
                    return session.post(
                        f"{it.target}{self.path}", data=body, headers=headers, timeout=PATIENCE
                    )
                except requests.RequestException:
                    return None  # the other side cut the connection: so do we

        def _keep(self, hold: Held | None) -> None:
            self.close_connection = True
            if hold:
                hold.arrived.set()
                hold.over.wait(PATIENCE)

        def _say(self, answer: requests.Response) -> None:
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in HOP_BY_HOP | {"date", "server"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object, **__: object) -> None:
            """Keep the test output quiet."""

    return Handler
