"""Loopback ports: one that is free, and whether one is taken.

Servers share ports silently, so we ask first.
"""

from __future__ import annotations

import random
import socket

from commands.trouble import Trouble

LEAST, MOST = 20000, 32000
"""Below the range the kernel gives to outgoing connections, so that none of those takes a port in
between.
"""


def taken(host: str, port: int) -> str:
    """Why nothing can listen there, in the system's words; empty when something can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
            attempt.listen(1)
        except OSError as error:
            return error.strerror or str(error)
    return ""


def free(host: str, choose: random.Random, but: int = 0) -> int:
    """A port nothing listens on, nor will on `but`. Raises Trouble after many tries."""
    for _ in range(200):
        port = choose.randrange(LEAST, MOST)
        if port != but and not taken(host, port):
            return port
    raise Trouble(f"no free port between {LEAST} and {MOST} on {host}")


def require(host: str, port: int, setting: str) -> None:
    """Raise Trouble, naming the setting to change, when something else listens there."""
    if reason := taken(host, port):
        raise Trouble(
            f"port {port} on {host} cannot be used ({reason.lower()}): set {setting} to another, or stop what uses it"
        )
