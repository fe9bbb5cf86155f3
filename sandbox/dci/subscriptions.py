"""Subscriptions: who is told of which event about whom. Kept over a restart."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sandbox.database import Database, Row
from sandbox.dci import filters
from sandbox.dci.records import kind_of
from sandbox.envelope import Json, Rejected, moment

SCHEMA = """
CREATE TABLE IF NOT EXISTS subscriptions (
  code TEXT PRIMARY KEY, sender TEXT NOT NULL, receiver TEXT NOT NULL, uri TEXT NOT NULL, event TEXT NOT NULL,
  criteria TEXT NOT NULL, since TEXT NOT NULL, ended TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS subscriptions_once ON subscriptions (sender, event, criteria) WHERE ended IS NULL;
"""
SOCIAL_EVENTS = ("REGISTER", "NewHouseHoldMember")
IBR_EVENTS = ("enrollement", "enrollement_status_change")
ESS_EVENTS = ("enrolment", "enrolment_status_change")
PRIVATE = "x-guichet:events"
"""What to subscribe to for the events DCI has no name for."""
EVENTS = (*SOCIAL_EVENTS, *IBR_EVENTS, *ESS_EVENTS, PRIVATE)
SEEDED = "sub-test-001"
CODES = {
    "": "rjct.notify_details.invalid",
    "reference_id": "rjct.reference_id.invalid",
    "timestamp": "rjct.timestamp.invalid",
    "reg_event_type": "rjct.notify_types.invalid",
}


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription. `sender` empty: of the sandbox's own, anybody may end it."""

    code: str
    sender: str
    receiver: str
    uri: str
    event: str
    criteria: str
    """As JSON, as it was asked for."""
    since: str
    ended: str | None = None

    def covers(self, now: datetime) -> bool:
        """Whether the time is within its frequency's start and end, where it has them."""
        window = json.loads(self.criteria).get("frequency")
        if not window:
            return True
        start, end = (datetime.fromisoformat(window[name]) for name in ("start_time", "end_time"))
        return start <= now <= end

    def as_json(self) -> Json:
        """For whoever subscribed."""
        return {
            "code": self.code,
            "status": "unsubscribe" if self.ended else "subscribe",
            "timestamp": self.ended or self.since,
            "reg_event_type": self.event,
        }


class Subscriptions:
    """The book of subscriptions. `now` is aware, in UTC."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        database.define(SCHEMA)
        self.seed()

    def seed(self) -> None:
        """Write the sandbox's own subscription down, where it is not there; nobody is told by it."""
        criteria = {
            "filter_type": "idtype-value",
            "filter": {"type": "UIN", "value": "TEST-001"},
            "notify_record_type": "Member",
        }
        self._database.write(
            "INSERT INTO subscriptions VALUES (?, '', '', '', 'REGISTER', ?, ?, NULL) ON CONFLICT DO NOTHING",
            SEEDED,
            _written(criteria),
            moment(self._now()),
        )

    def clear(self) -> None:
        """Forget all but the sandbox's own."""
        self._database.write("DELETE FROM subscriptions")
        self.seed()

    def open(self, header: Json, item: Json) -> Json:
        """Subscribe; the fields of the answer's item. Raises Rejected."""
        criteria = item["subscribe_criteria"]
        event = _event(criteria["reg_event_type"])
        _check(criteria)
        one = Subscription(
            uuid.uuid4().hex,
            header["sender_id"],
            str(header.get("receiver_id") or ""),
            str(header.get("sender_uri") or ""),
            event,
            _written(criteria),
            moment(self._now()),
        )
        entered = self._database.write(
            "INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING",
            *(one.code, one.sender, one.receiver, one.uri, one.event, one.criteria, one.since),
        )
        if not entered:
            raise Rejected("rjct.event.already_subscribed", "You are told of that already.")
        return {"subscriptions": [one.as_json()]}

    def end(self, sender: str, codes: list[str]) -> Json:
        """End subscriptions, all or none: the fields of the answer. Raises Rejected."""
        with self._database.together():
            for code in codes:
                self._may_end(sender, code)
            for code in codes:
                self._database.write(
                    "UPDATE subscriptions SET ended = ? WHERE code = ?", moment(self._now()), code
                )
        ended = [{"code": code, "status": "unsubscribe"} for code in codes]
        return {"subscription_status": ended}

    def listed(self) -> list[Subscription]:
        """All of them, the oldest first."""
        rows = self._database.rows("SELECT * FROM subscriptions ORDER BY since, code")
        return [_subscription(row) for row in rows]

    def told(self, event: str) -> list[Subscription]:
        """Those that are told of an event today."""
        now = self._now()
        rows = self._database.rows(
            "SELECT * FROM subscriptions WHERE event = ? AND ended IS NULL AND uri <> ''", event
        )
        return [one for row in rows if (one := _subscription(row)).covers(now)]

    def _may_end(self, sender: str, code: str) -> None:
        row = self._database.row("SELECT * FROM subscriptions WHERE code = ?", code)
        if row is None:
            raise Rejected("rjct.subscription_code.invalid", "There is no such subscription.")
        if row["sender"] not in ("", sender):
            raise Rejected("rjct.requester.invalid", "That subscription is somebody else's.")
        if row["ended"]:
            raise Rejected("rjct.event.already_unsubscribed", "It was ended before.")


def condition(one: Subscription) -> filters.Condition:
    """Whom it is about."""
    criteria = json.loads(one.criteria)
    return filters.read(_filter_type(criteria), criteria["filter"])


def record_kind(one: Subscription) -> str:
    """The kind of record it wants, a key of records.KINDS."""
    return kind_of(json.loads(one.criteria)["notify_record_type"])


def _check(criteria: Json) -> None:
    if not kind_of(criteria["notify_record_type"]):
        raise Rejected("rjct.notify_details.invalid", "There are no records of that type.")
    by_type = _filter_type(criteria)
    try:
        filters.read(by_type, criteria["filter"])
    except Rejected as why:
        code = (
            "rjct.person_id.invalid" if by_type == "idtype-value" else "rjct.notify_details.invalid"
        )
        raise Rejected(code, why.message) from why


def _filter_type(criteria: Json) -> str:
    if "filter_type" in criteria:
        return str(criteria["filter_type"])
    if isinstance(criteria["filter"], list):
        return "predicate"
    return "expression" if isinstance(criteria["filter"].get("value"), dict) else "idtype-value"


def _event(named: str) -> str:
    bare = named if named == PRIVATE else named.rpartition(":")[2]
    if bare not in EVENTS:
        raise Rejected("rjct.notify_types.invalid", "This registry does not tell of that.")
    return bare


def _written(criteria: Json) -> str:
    return json.dumps(criteria, sort_keys=True)


def _subscription(row: Row) -> Subscription:
    return Subscription(*tuple(row))
