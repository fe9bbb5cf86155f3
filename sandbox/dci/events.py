"""What happens in the registry, and who is told: DCI's events to whoever subscribed, the others in
the words of the local profile.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sandbox.database import Row
from sandbox.dci import subscriptions
from sandbox.dci.callbacks import Callbacks
from sandbox.dci.finding import Finder
from sandbox.dci.records import IBR, KINDS, SOCIAL, Records
from sandbox.dci.signatures import Signatures
from sandbox.dci.subscriptions import ESS_EVENTS, IBR_EVENTS, PRIVATE, Subscriptions
from sandbox.envelope import Json, moment
from sandbox.hooks import Hooks, NotConnected
from sandbox.profile import PROFILE

WHO = "sandbox-registry"
"""Who the registry says it is where nobody has given it a name."""
EVENT_RECORD = "x-guichet:Event"
"""The record type of an event of the local profile."""


@dataclass(frozen=True, slots=True)
class Told:
    """Where a message goes, as whom, and to whom."""

    url: str
    sender: str
    receiver: str


class Events:
    """Tells subscribers. Whoever stands in the hooks file under `registry`, `notify` hears the
    events of the local profile without having subscribed.
    """

    def __init__(
        self,
        subscribers: Subscriptions,
        finder: Finder,
        records: Records,
        callbacks: Callbacks,
        signatures: Signatures,
        hooks: Hooks,
        now: Callable[[], datetime],
    ) -> None:
        self._subscribers, self._finder, self._records = subscribers, finder, records
        self._callbacks, self._signatures, self._hooks, self._now = (
            callbacks,
            signatures,
            hooks,
            now,
        )

    def registered(self, person: Row, *, newcomer: bool) -> int:
        """Somebody was registered; `newcomer`: into a household that was there. How many are told."""
        return self._tell("NewHouseHoldMember" if newcomer else "REGISTER", SOCIAL, person)

    def enrolled(self, person: Row, *, changed: bool) -> int:
        """An enrolment began, or its status changed. How many are told."""
        return sum(
            self._tell(names[int(changed)], IBR, person) for names in (IBR_EVENTS, ESS_EVENTS)
        )

    def happened(self, event: str, fields: Json, person: Row | None) -> int:
        """An event of the local profile: `event` is its name, `fields` what is told of it. How many
        are told.
        """
        told = [
            Told(one.uri, one.receiver, one.sender)
            for one in self._subscribers.told(PRIVATE)
            if person is not None
            and self._finder.holds(subscriptions.condition(one), person["national_id"])
        ]
        record = {"event_id": uuid.uuid4().hex, "event": event} | fields
        data = {"reg_record_type": EVENT_RECORD, "reg_records": record}
        for one in [*told, *self._hooked()]:
            self._send(one, data, {"profile": PROFILE})
        return len(told) + len(self._hooked())

    def _tell(self, event: str, reg_type: str, person: Row) -> int:
        told = [
            one
            for one in self._subscribers.told(event)
            if self._finder.holds(subscriptions.condition(one), person["national_id"])
        ]
        for one in told:
            kind = subscriptions.record_kind(one)
            data = {
                "version": "1.0.0",
                "reg_type": reg_type,
                "reg_event_type": event,
                "reg_record_type": KINDS[kind],
                "reg_records": self._records.record(kind, person),
            }
            self._send(Told(one.uri, one.receiver, one.sender), data, None)
        return len(told)

    def _hooked(self) -> list[Told]:
        try:
            return [Told(self._hooks.address("registry", "notify"), WHO, "")]
        except NotConnected:
            return []

    def _send(self, to: Told, data: Json, meta: Json | None) -> None:
        header = callback_header("notify", to.sender or WHO, to.receiver, self._now())
        if meta is not None:
            header["meta"] = meta
        told = {"reference_id": uuid.uuid4().hex, "timestamp": moment(self._now()), "data": data}
        message: Json = {"transaction_id": uuid.uuid4().hex, "notify_event": [told]}
        signature = self._signatures.sign(header, message)
        body = {"signature": signature, "header": header, "message": message}
        self._callbacks.send("notify", to.url, body)


def callback_header(action: str, sender: str, receiver: str, now: datetime) -> Json:
    """The header of a message that is sent: one item, all well."""
    return {
        "version": "1.0.0",
        "message_id": uuid.uuid4().hex,
        "message_ts": moment(now),
        "action": action,
        "status": "succ",
        "total_count": 1,
        "completed_count": 1,
        "sender_id": sender,
        "receiver_id": receiver,
        "is_msg_encrypted": False,
    }
