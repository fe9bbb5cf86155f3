"""A day looked back at: what was promised in it, what became of that, and what does not fit together.

Counts, and ids of rows to look after; nobody's number, reference or words. What the registry says is
asked by the workers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, exists, func, select, update

from store import outbox
from store.database import insert
from store.ids import first_id
from store.lanes import REGISTRY, sms
from store.tables import history, messages, receipts, reconciliations, requests
from store.tables import outbox as rows

Code = Literal[
    "waiting",
    "review",
    "dead",
    "stuck",
    "unknown_there",
    "known_there",
    "registry_away",
    "late_sms",
    "dead_sms",
    "stuck_sms",
    "uncertain_sms",
    "silent_sms",
    "strange_reports",
]
"""What does not fit together. `..._there` is what the registry says."""

SLOW = timedelta(hours=1)
"""How long a promise may wait before it is a difference."""
REPORTED = timedelta(hours=48)
"""How long a carrier may take to report on an SMS it took (docs/operations.md)."""
NAMED = 20
"""Ids kept of each difference."""
DAYS_BACK = 7
ANSWERED_HERE = ("question", "rating")
"""Kinds that stand nowhere at the registry."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How many rows, and the ids of the first of them."""

    count: int
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the registry said of this day's requests."""

    known: int = 0
    unknown: int = 0
    unsupported: int = 0
    unavailable: int = 0
    not_asked: int = 0
    """Over the bound, after it was found away, or with no registry named."""


@dataclass(frozen=True, slots=True)
class Day:
    """What was found. Kept as JSON."""

    told: Mapping[str, Mapping[str, int]]
    """References told, by kind and language."""
    requests: Mapping[str, Mapping[str, int]]
    """By kind and state."""
    messages: Mapping[str, int]
    """SMS promised in the day, by state."""
    reports: Mapping[str, int]
    """Of those, how many a carrier reported on, by what it said."""
    strangers: Mapping[str, int]
    """Reports that came in the day about no SMS of ours."""
    registry: Asked = field(default_factory=Asked)
    differences: Mapping[Code, Difference] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A day that was looked back at."""

    day: date
    made_at: datetime
    figures: Mapping[str, Any]


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When it begins, and when the next one does."""
    return tuple(  # type: ignore[return-value]  # two of them
        datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1))
    )


def look(conn: Connection, day: date, zone: ZoneInfo, now: datetime) -> Day:
    """All that our own rows say."""
    begin, end = bounds(day, zone)
    asked = (requests.c.id >= first_id(begin)) & (requests.c.id < first_id(end))
    sms = (messages.c.id >= first_id(begin)) & (messages.c.id < first_id(end))
    kind, state = requests.c.kind, requests.c.state
    strange = (receipts.c.at >= begin) & (receipts.c.at < end) & (receipts.c.at < now - SLOW)
    strangers = _counted(conn, receipts.c.status, strange)
    reported = sms & messages.c.sent_at.is_not(None)
    states = _counted(conn, messages.c.state, sms)
    return Day(
        told=_by_two(conn, kind, requests.c.language, asked),
        requests=_by_two(conn, kind, state, asked),
        messages=states,
        reports={
            status: many
            for status, many in _counted(conn, messages.c.state, reported).items()
            if status in {"delivered", "expired", "failed"}
        },
        strangers=strangers,
        differences=_differences(conn, asked, sms, now)
        | ({"strange_reports": Difference(sum(strangers.values()))} if strangers else {}),
    )


def to_ask(conn: Connection, day: date, zone: ZoneInfo) -> list[UUID]:
    """The requests the registry should know, or may know without our knowing, in their order."""
    begin, end = bounds(day, zone)
    asked = select(requests.c.id).where(
        requests.c.id >= first_id(begin),
        requests.c.id < first_id(end),
        requests.c.state.in_(("accepted", "stored", "dead")),
        requests.c.kind.not_in(ANSWERED_HERE),
    )
    return list(conn.execute(asked.order_by(requests.c.id)).scalars())


def replay(conn: Connection, ids: Collection[UUID], now: datetime) -> int:
    """Have these carried again: a request by its number, which the registry holds once, and an SMS
    that never left. What is over otherwise, or in somebody's hands, is left alone. Returns how many.
    """
    open_ones = requests.c.id.in_(ids) & requests.c.state.in_(("accepted", "stored", "dead"))
    again = list(conn.execute(select(requests.c.id).where(open_ones)).scalars())
    unsent = messages.c.id.in_(ids) & messages.c.state.in_(("queued", "sending"))
    owed = dict(conn.execute(select(messages.c.id, messages.c.provider).where(unsent)).all())
    over = rows.c.state.in_(("done", "dead"))
    there = set(conn.execute(select(rows.c.subject).where(rows.c.subject.in_(ids))).scalars())
    changed = {"state": "ready", "due_at": now, "lease": None, "attempts": 0}
    revived = conn.execute(
        update(rows)
        .where(rows.c.subject.in_([*again, *owed]), over)
        .values(changed)
        .returning(rows.c.subject)
    )
    moved = set(revived.scalars())
    lane_of = dict.fromkeys(again, REGISTRY) | {one: sms(by) for one, by in owed.items()}
    for subject in sorted(lane_of.keys() - there):
        outbox.put(conn, lane_of[subject], [subject], now)
        moved.add(subject)
    if carried := [one for one in again if one in moved]:
        conn.execute(update(requests).where(requests.c.id.in_(carried)).values(state="stored"))
        lines = [
            {"request_id": one, "at": now, "event": "replayed", "detail": ""} for one in carried
        ]
        conn.execute(insert(conn, history), lines)
    return len(moved)


def keep(conn: Connection, day: date, found: Day, now: datetime) -> None:
    """Write down what was found; a day has one row, the last one written."""
    kept = {"made_at": now, "figures": asdict(found)}
    statement = insert(conn, reconciliations).values(day=day, **kept)
    conn.execute(statement.on_conflict_do_update(index_elements=["day"], set_=kept))


def kept(conn: Connection, most: int) -> list[Kept]:
    """The last days that were kept, newest first."""
    found = conn.execute(select(reconciliations).order_by(reconciliations.c.day.desc()).limit(most))
    return [Kept(*row) for row in found]


def due(conn: Connection, zone: ZoneInfo, now: datetime) -> list[date]:
    """Days of the last week to look back at now, oldest first: an hour after they ended, and once
    more when every report had its time.
    """
    today = now.astimezone(zone).date()
    made = {one.day: one.made_at for one in kept(conn, DAYS_BACK + 1)}
    days = []
    for back in range(DAYS_BACK, 0, -1):
        day = today - timedelta(days=back)
        first = bounds(day, zone)[1] + SLOW
        again = first + REPORTED
        if first <= now and (day not in made or made[day] < again <= now):
            days.append(day)
    return days


def _differences(
    conn: Connection, asked: ColumnElement[bool], sms: ColumnElement[bool], now: datetime
) -> dict[Code, Difference]:
    """Every kind of difference our own rows show, those that there are."""
    state, text = requests.c.state, messages.c.state
    slow, late = requests.c.created_at <= now - SLOW, messages.c.created_at <= now - SLOW
    owed = exists().where(rows.c.subject == requests.c.id, rows.c.state != "done")
    given_up = exists().where(rows.c.subject == messages.c.id, rows.c.state == "dead")
    leaving = exists().where(rows.c.subject == messages.c.id, rows.c.state == "ready")
    unsent = text.in_(("queued", "sending"))
    found: Mapping[Code, ColumnElement[bool]] = {
        "waiting": asked & (state == "stored") & owed & slow,
        "review": asked & (state == "review"),
        "dead": asked & (state == "dead") & owed,
        "stuck": asked & state.in_(("stored", "review", "dead")) & ~owed,
        "late_sms": sms & unsent & leaving & late,
        "dead_sms": sms & given_up,
        "stuck_sms": sms & unsent & ~leaving & ~given_up,
        "uncertain_sms": sms & (text == "uncertain"),
        "silent_sms": sms & (text == "sent") & (messages.c.sent_at <= now - REPORTED),
    }
    told = {}
    for code, which in found.items():
        column = messages.c.id if code.endswith("_sms") else requests.c.id
        if many := conn.scalar(select(func.count()).select_from(column.table).where(which)):
            first = conn.execute(select(column).where(which).order_by(column).limit(NAMED))
            told[code] = Difference(many, named(list(first.scalars())))
    return told


def named(ids: Sequence[UUID]) -> tuple[str, ...]:
    """The first of them, as they are typed."""
    return tuple(str(one) for one in ids[:NAMED])


def _counted(
    conn: Connection, column: ColumnElement[str], which: ColumnElement[bool]
) -> dict[str, int]:
    found = conn.execute(select(column, func.count()).where(which).group_by(column))
    return dict(sorted(found.all()))


def _by_two(
    conn: Connection,
    first: ColumnElement[str],
    second: ColumnElement[str],
    which: ColumnElement[bool],
) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    counted = select(first, second, func.count()).where(which).group_by(first, second)
    for one, other, many in conn.execute(counted.order_by(first, second)):
        found.setdefault(one, {})[other] = many
    return found
