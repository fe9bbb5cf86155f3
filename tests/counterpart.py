"""A real HTTP server on a free loopback port that answers as a test says, and a port where nobody
listens.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs

How = Literal["whole", "hang", "cut", "half", "stall", "drip"]


@dataclass(frozen=True, slots=True)
class Say:
    """An answer. `hang`: none; `cut`: the connection is closed after reading; `half`: in the middle of
    the body;
    `stall`: it stays open there; `drip`: a byte at a time, without end. `closing` announces that it
    is the last.
    """

    body: bytes = b""
    status: int = 200
    type: str = "application/json"
    how: How = "whole"
    closing: bool = False
    location: str = ""


@dataclass(frozen=True, slots=True)
class Got:
    """A request as it came in; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body, read as a form without repeated keys."""
        return {
            name: value
            for name, (value,) in parse_qs(self.body.decode(), keep_blank_values=True).items()
        }


class Counterpart:
    """Whoever is called: what it got, over how many connections, and where it is."""

    def __init__(self, answer: Callable[[Got], Say]) -> None:
        self.answer, self.got, self.connections = answer, list[Got](), 0
        self.over = threading.Event()
        self.url = ""


@contextmanager
def counterpart(answer: Callable[[Got], Say] | Say) -> Iterator[Counterpart]:
    """Serve until the block ends; whoever hangs is let go then."""
    it = Counterpart(answer if callable(answer) else lambda _: answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(it))
    server.daemon_threads = True
    it.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    try:
        yield it
    finally:
        it.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def nobody() -> Iterator[str]:
    """An address that refuses connections: its port is taken, and nobody listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def _handler(it: Counterpart) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            it.connections += 1
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            got = Got(
                self.path, {name.lower(): value for name, value in self.headers.items()}, body
            )
            it.got.append(got)
            self._say(it.answer(got))

        def do_GET(self) -> None:
            self.do_POST()

        def _say(self, say: Say) -> None:
            match say.how:
                case "hang":
                    it.over.wait()
                case "cut":
                    pass
                case "half":
                    self._head(say, len(say.body) + 10)
                    self.wfile.write(say.body)
                case "stall":
                    self._head(say, len(say.body) + 10)
                    self.wfile.write(say.body)
                    it.over.wait()
                case "drip":
                    self._head(say, 100_000)
                    self._drip()
                case "whole":
                    self._head(say, len(say.body))
                    self.wfile.write(say.body)
            self.close_connection = self.close_connection or say.how != "whole"

        def _head(self, say: Say, length: int) -> None:
            self.send_response(say.status)
            self.send_header("Content-Type", say.type)
            self.send_header("Content-Length", str(length))
            if say.closing:
                self.send_header("Connection", "close")
            if say.location:
                self.send_header("Location", say.location)
            self.end_headers()

        def _drip(self) -> None:
            try:
                while not it.over.wait(0.02):
                    self.wfile.write(b" ")
                    self.wfile.flush()
            except OSError:
                return  # the caller has had enough

        def log_message(self, *_: object, **__: object) -> None:
            """Keep the test output quiet."""

    return Handler
