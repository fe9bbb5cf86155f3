"""The faults every provider's sending shares: before a message is taken, and after."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from http import HTTPStatus

from flask import request

from sandbox.faults import Faults


@dataclass(frozen=True, slots=True)
class Fault:
    """An HTTP answer instead of the work."""

    status: int
    message: str


def before_accepting(faults: Faults) -> Fault | None:
    """Wait, throttle or fail as told; nothing was taken then."""
    time.sleep(faults.get("latency"))
    if faults.take("throttle"):
        return Fault(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests")
    if faults.take("fail"):
        return Fault(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error")
    return None


def after_accepting(faults: Faults) -> None:
    """Hold the answer back, or cut the connection before it: the caller cannot know that the
    message was taken.
    """
    if faults.take("timeout_after_accept"):
        time.sleep(faults.get("hold"))
    if faults.take("drop_after_accept"):
        connection: socket.socket | None = request.environ.get("werkzeug.socket")
        if connection is not None:
            connection.shutdown(socket.SHUT_RDWR)
