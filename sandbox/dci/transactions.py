"""What was answered to whom: for `txn/status`. The last few thousand, in memory."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from sandbox.envelope import Json

KEPT = 2000
LISTS = {"search": "search_response", "subscribe": "subscribe_response"}


@dataclass(slots=True)
class Transaction:
    """One request. `kind`: search, subscribe, receipt, disburse. `message` is the whole answer."""

    kind: str
    sender: str
    transaction_id: str
    correlation_id: str
    references: tuple[str, ...]
    message: Json = field(default_factory=dict, repr=False)
    """Empty until it is answered."""


class Transactions:
    """Remembers, and finds again what this sender asked."""

    def __init__(self) -> None:
        self._kept: deque[Transaction] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def begin(self, transaction: Transaction) -> None:
        """Remember a request."""
        with self._lock:
            self._kept.append(transaction)

    def forget(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._kept.clear()

    def find(
        self, kind: str, sender: str, attribute: str, value: str | list[str]
    ) -> list[Transaction]:
        """The requests of a kind with this transaction_id or correlation_id, or with one of these
        reference ids, the latest last.
        """
        wanted = {value} if isinstance(value, str) else set(value)
        with self._lock:
            mine = [one for one in self._kept if (one.kind, one.sender) == (kind, sender)]
        match attribute:
            case "transaction_id":
                return [one for one in mine if one.transaction_id in wanted]
            case "correlation_id":
                return [one for one in mine if one.correlation_id in wanted]
        return [one for one in mine if wanted & set(one.references)]


def status(kind: str, found: list[Transaction], references: set[str] | None, asked: str) -> Json:
    """The `txn_status` of requests: their answers as one, only of `references` where some are
    named; of two answers to one item the latest. Of a subscription it carries an empty
    `search_response` too: the standard's schema wants one whatever was asked.
    """
    last = found[-1] if found else None
    head: Json = {
        "transaction_id": last.transaction_id if last else asked,
        "correlation_id": last.correlation_id if last else "",
    }
    if kind == "receipt":
        told = [one for each in found for one in each.message.get("beneficiaries", ())]
        return {
            "transaction_id": head["transaction_id"],
            "receipt_information": {"beneficiaries": told},
        }
    items = {
        item["reference_id"]: item
        for one in found
        for item in one.message.get(LISTS[kind], ())
        if references is None or item["reference_id"] in references
    }
    return head | {"search_response": []} | {LISTS[kind]: list(items.values())}
