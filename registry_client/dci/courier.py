"""One message to a registry and its answer, within the caller's time: signed, asked again where the
standard lets it, and read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from typing import Any, TypeVar

import structlog

from registry_client import envelope
from registry_client.dci.messages import Message
from registry_client.envelope import Json, Parties, Signer
from registry_client.port import Unavailable
from registry_client.post import Post

log = structlog.get_logger()

Answer = TypeVar("Answer")

PAUSES = (0.1, 0.3)
"""Seconds before a second and a third try; there is no fourth."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How one registry is written to."""

    parties: Parties
    callbacks: str = ""
    """Our address for what it tells later, without a slash at the end; empty: it tells nothing."""
    one_callback: bool = False
    """Everything comes to that very address; the action says what it is."""
    whole_header: bool = False
    """`sender_uri` and `meta` are always there: some verify a signature over a header in which a
    field that was left out counts as null.
    """
    longest: float = 30.0
    """Seconds any call waits, whatever its caller allows."""


class Courier:
    """One for a registry; any thread may use it. `clock` gives seconds of any beginning."""

    def __init__(
        self,
        post: Post,
        manner: Manner,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        *,
        signer: Signer | None = None,
        clock: Callable[[], float] = monotonic,
        rest: Callable[[float], None] = sleep,
    ) -> None:
        self._post, self._manner, self._signer = post, manner, signer
        self._now, self._new_id = now, new_id
        self._clock, self._rest = clock, rest

    def deliver(
        self,
        path: str,
        message: Message,
        read: Callable[[bytes, Message], Answer],
        *,
        timeout: float,
        trace: str,
        meta: Json | None = None,
    ) -> Answer:
        """What `read` makes of the answer, within `timeout` seconds.

        A time-out, a server's error and a code that says so are tried again, unless it hands
        something over: a new delivery of the same transaction. Raises RegistryError.
        """
        timeout = min(timeout, self._manner.longest)
        until = self._clock() + timeout
        for pause in (*PAUSES, None):
            body = self._written(message, trace, meta)
            try:
                return read(self._post(path, body, timeout=timeout), message)
            except Unavailable as error:
                timeout = until - self._clock() - (pause or 0)
                if message.once or not error.again or pause is None or timeout <= 0:
                    raise
            log.info("registry.again", trace=trace, action=message.action)
            self._rest(pause)
        raise AssertionError("the last try returns or raises")

    def _written(self, message: Message, trace: str, meta: Json | None) -> bytes:
        message_id = self._new_id()
        log.info("registry.asked", trace=trace, action=message.action, message=message_id)
        return envelope.build(
            message.action,
            message.body,
            self._manner.parties,
            message_id=message_id,
            at=self._now(),
            count=max(1, len(message.references)),
            more=self._more(message, meta),
            signer=self._signer,
        )

    def _more(self, message: Message, meta: Json | None) -> Json:
        """Header fields beside those of every message.

        Raises ValueError for a message that is answered later where nothing may come.
        """
        more: dict[str, Any] = dict(message.header)
        if message.answers_to or self._manner.whole_header:
            more["sender_uri"] = self._address(message.answers_to)
        if meta or self._manner.whole_header:
            more["meta"] = dict(meta or {})
        return more

    def _address(self, path: str) -> str:
        if not self._manner.callbacks:
            raise ValueError("what is answered later needs an address for callbacks")
        whole = self._manner.one_callback or not path
        return self._manner.callbacks if whole else f"{self._manner.callbacks}/{path}"
