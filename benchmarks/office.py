"""A registry or a carrier that costs next to nothing, a process of its own: it acknowledges whatever it is handed,
over connections that stay open.

`python -m benchmarks.office registry` or `carrier` prints its port, then one line of JSON for each line it reads: how
much it was handed, and when the last call came.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import cast
from urllib.parse import parse_qs
from uuid import uuid4

END = b"\r\n\r\n"
LENGTH = b"content-length: "
REFERENCE = b'"reference":"'
TRANSACTION = b'"transaction_id":"'


@dataclass(slots=True)
class Handed:
    """What came in so far: calls, and the moment of the last one in seconds since 1970."""

    calls: int = 0
    last: float = 0.0


class Line(asyncio.Protocol):
    """One connection. `answer` makes the body of an answer from that of a call."""

    def __init__(self, handed: Handed, answer: Callable[[bytes], bytes]) -> None:
        self._handed, self._answer, self._heard = handed, answer, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody calls."""
        self._wire = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Some bytes; each whole call is answered."""
        self._heard += data
        while (body := self._whole()) is not None:
            self._handed.calls += 1
            self._handed.last = time()
            answer = self._answer(body)
            self._wire.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(answer), answer)
            )

    def _whole(self) -> bytes | None:
        """The body of the next call, once all of it is there."""
        end = self._heard.find(END)
        if end < 0:
            return None
        begin = end + len(END)
        stop = begin + length(self._heard[:end])
        if len(self._heard) < stop:
            return None
        body, self._heard = self._heard[begin:stop], self._heard[stop:]
        return body


def length(head: bytes) -> int:
    """What a request's head announces."""
    low = head.lower()
    at = low.find(LENGTH)
    return int(low[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def acknowledged(body: bytes) -> bytes:
    """The answer of the local profile (docs/registry-profile.md): it holds this reference now."""
    reference = told(body, REFERENCE)
    return (
        b'{"header":{"status":"succ"},"message":{"transaction_id":"%b","acknowledgement":'
        b'{"reference":"%b","record":"R-%b","known":false}}}'
        % (told(body, TRANSACTION), reference, reference)
    )


def taken(body: bytes) -> bytes:
    """The answer of Africa's Talking: a message of its own for each number of the call."""
    numbers = parse_qs(body.decode())["to"][0].split(",")
    recipients = [
        {
            "statusCode": 101,
            "number": one,
            "status": "Success",
            "cost": "0",
            "messageId": f"AT-{uuid4().hex}",
        }
        for one in numbers
    ]
    return json.dumps({"SMSMessageData": {"Message": "Sent", "Recipients": recipients}}).encode()


def told(body: bytes, name: bytes) -> bytes:
    """A value of the compact JSON we write."""
    at = body.find(name)
    return body[at + len(name) : body.index(b'"', at + len(name))] if at >= 0 else b""


ANSWERS = {"registry": acknowledged, "carrier": taken}


async def serve(answer: Callable[[bytes], bytes]) -> None:
    """Until standard input ends."""
    handed = Handed()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(handed, answer), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps({"calls": handed.calls, "last": handed.last}), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(ANSWERS[sys.argv[1]]))
