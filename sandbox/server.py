"""A threaded web server on one port, started and stopped in plain steps: for the command and for
tests.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from dataclasses import replace
from types import TracebackType
from typing import Self

from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.app import Config, create_app


class _Handler(WSGIRequestHandler):
    """Keeps connections, answers at once, and logs no addresses: they carry phone numbers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


class Sandbox:
    """A running sandbox. Binds at once: raises OSError when the port is taken.

    Port 0 is any free one. Messages may be unsigned on a loopback address only.
    """

    def __init__(self, config: Config, host: str = "127.0.0.1", port: int = 0) -> None:
        wire = replace(config.wire, lenient=config.wire.lenient and _is_loopback(host))
        with socket.create_server((host, port), backlog=128) as listener:
            self._app = create_app(replace(config, wire=wire))
            number = listener.getsockname()[1]
            self._server = make_server(
                host,
                number,
                self._app,
                threaded=True,
                request_handler=_Handler,
                fd=listener.fileno(),
            )
        self.url = f"http://{host}:{number}"
        self._thread = threading.Thread(target=self.serve, daemon=True, name="sandbox")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._thread.join()

    def serve(self) -> None:
        """Serve until `stop` is called from another thread."""
        self._server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        """Bring no more deliveries and take no more calls."""
        self._app.extensions["sandbox"]()
        self._server.shutdown()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
