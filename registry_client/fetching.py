"""One small document of another server, within a time and a size: keys and tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import requests
import urllib3

LARGEST = 64 * 1024
"""Bytes; a set of twenty keys of the longest kind is below a third of it."""
CONNECT = 3.05
"""Seconds: just over one TCP retransmission."""
CHUNK = 65_536
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class NotFetched(Exception):
    """There was no whole answer in time; the message says why and repeats nothing of it."""


class TooLate(NotFetched):
    """It was not whole when the time was over."""


class Fetch(Protocol):
    """How a document is asked for."""

    def __call__(
        self,
        method: Literal["GET", "POST"],
        url: str,
        *,
        timeout: float,
        headers: Mapping[str, str] = ...,
        body: bytes = ...,
    ) -> tuple[int, bytes]:
        """Its status and body, in `timeout` seconds. Raises NotFetched."""


def fetched(
    method: Literal["GET", "POST"],
    url: str,
    *,
    timeout: float,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    clock: Callable[[], float] = monotonic,
) -> tuple[int, bytes]:
    """The status and the body of one answer: at most 64 KB, within `timeout` seconds in all. No
    redirect is followed, and no credentials but the headers given are sent. Raises NotFetched.
    """
    until = clock() + timeout
    try:
        with (
            requests.Session() as session,
            session.request(
                method,
                url,
                data=body or None,
                headers={"Accept": "application/json", "Accept-Encoding": "identity"}
                | dict(headers or {}),
                auth=nobodys,
                allow_redirects=False,
                stream=True,
                # `total` makes connecting and waiting share one time; requests passes urllib3's own
                # value through.
                timeout=urllib3.Timeout(total=timeout, connect=min(timeout, CONNECT), read=timeout),  # type: ignore[arg-type]
            ) as response,
        ):
            return response.status_code, read_within(response, until, clock, LARGEST)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise NotFetched(f"no answer: {type(error).__name__}") from error


def is_safe(url: str) -> bool:
    """Whether what comes from this address can be trusted to come from there: https, or this very
    machine.
    """
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        )
    except ValueError:
        return False


def read_within(
    response: requests.Response, until: float, clock: Callable[[], float], most: int
) -> bytes:
    """The body as it comes, at most so many bytes, so that neither a slow drip nor a flood outlasts
    its bounds. Raises NotFetched.
    """
    received = bytearray()
    while len(received) <= most:
        left = until - clock()
        if left <= 0:
            raise TooLate("no whole answer in time")
        _wait_at_most(response, left)
        piece = response.raw.read1(CHUNK)
        if not piece:
            return bytes(received)
        received += piece
    raise NotFetched("the answer is too large")


def _wait_at_most(response: requests.Response, seconds: float) -> None:
    """Narrow the socket's own time-out; a connection about to close has given its socket away."""
    sock = getattr(getattr(response.raw, "connection", None), "sock", None)
    if sock is not None:
        sock.settimeout(seconds)


def nobodys(request: Any) -> Any:
    """No credentials here: without this, requests would look for some in a .netrc file."""
    return request
