"""Whether the header of a request is in order, and the code of what is not."""

from __future__ import annotations

import threading
from collections import OrderedDict

from sandbox.dci import schema
from sandbox.envelope import Json, Rejected, is_whole

ACTIONS = frozenset(
    (
        *("search", "on-search", "subscribe", "on-subscribe", "unsubscribe", "on-unsubscribe"),
        *("txn-status", "txn-on-status", "notify"),
    )
)
MOST_ITEMS = 100
"""Items of one request."""
REMEMBERED = 10_000
"""How many message ids are kept to find a repeated one."""
CODES = {
    "version": "rjct.version.invalid",
    "message_ts": "rjct.message_ts.invalid",
    "action": "rjct.action.invalid",
    "total_count": "rjct.total_count.invalid",
    "sender_id": "err.sender_id.invalid",
    "sender_uri": "err.sender_uri.invalid",
    "receiver_id": "err.receiver_id.invalid",
    "is_msg_encrypted": "err.encryption.invalid",
}
"""The code for a field that is missing or wrong; for any other it is `err.request.bad`."""
ORDER = (*CODES, "message_id", "meta")
"""Which of several faults is told."""


class NotARequest(Exception):
    """What cannot be answered as a request; `code` is one of DCI's transport codes, `err.*`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Headers:
    """Checks headers and remembers deliveries. `receiver_id`: who the registry is; empty: anybody."""

    def __init__(self, receiver_id: str = "") -> None:
        self._receiver_id = receiver_id
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def check(
        self, header: Json, name: str, actions: tuple[str, ...], counts: tuple[int, ...]
    ) -> None:
        """Raise NotARequest or Rejected unless this is a header for one of `actions` with as many
        items as one of `counts`, delivered for the first time. `name`: its schema.
        """
        if not is_whole(header):
            raise NotARequest("err.request.bad", "A header is plain text.")
        _check_total(header.get("total_count"))
        for field, fault in _by_field(name, header):
            code = CODES.get(field, "err.request.bad")
            if code.startswith("err"):
                raise NotARequest(code, f"header.{fault}")
            raise Rejected(code, f"header.{fault}")
        _check_action(header["action"], actions)
        if header.get("total_count", counts[0]) not in counts:
            raise Rejected("rjct.total_count.invalid", f"total_count must be {counts[0]}.")
        if self._receiver_id and header.get("receiver_id") not in (None, self._receiver_id):
            raise NotARequest("err.receiver_id.invalid", "That is not who this registry is.")
        self._remember((str(header.get("sender_id", "")), header["message_id"]))

    def forget(self) -> None:
        """Take every message id anew."""
        with self._lock:
            self._seen.clear()

    def _remember(self, delivery: tuple[str, str]) -> None:
        with self._lock:
            if delivery in self._seen:
                raise Rejected("rjct.message_id.duplicate", "This message_id was delivered before.")
            self._seen[delivery] = None
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)


def _check_total(total: object) -> None:
    if type(total) is int and total > MOST_ITEMS:
        raise Rejected("rjct.total_count.limit_exceeded", f"At most {MOST_ITEMS} items a request.")
    if isinstance(total, bool):
        raise Rejected("rjct.total_count.invalid", "total_count is a number.")


def _check_action(action: str, actions: tuple[str, ...]) -> None:
    if action in actions:
        return
    if action in ACTIONS:
        raise Rejected("rjct.action.invalid", f"action must be {' or '.join(actions)}.")
    raise Rejected("rjct.action.not_supported", "This registry does not do that.")


def _by_field(name: str, header: Json) -> list[tuple[str, schema.Fault]]:
    """The faults with the fields they are in, the one to tell first."""
    found = [((*fault.path, "")[0], fault) for fault in schema.faults(name, header)]
    return sorted(found, key=lambda one: ORDER.index(one[0]) if one[0] in ORDER else len(ORDER))
