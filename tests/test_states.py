"""docs/states.md: its tables are driven through the store, pair by pair, and its drawings are the
tables'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from store import messages, outbox, requests
from store.database import Database
from store.lanes import REGISTRY
from store.messages import NewMessage, Outcome
from store.receipts import AGAIN, GRACE, MOVED_BY, RETURNS, WEIGHT
from store.requests import Settled
from store.tables import messages as table
from store.tables import outbox as outbox_table
from store.tables import requests as requests_table
from tests.documents import parts, read
from tests.stored import AFRICASTALKING, AMINA, NOW, RANDOM, SEALS, asked, connected, silent

SECTIONS = parts(read("docs/states.md"), "##")
LEASE = timedelta(seconds=60)
NUMBERS = count(1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Promises an empty database of each kind."""
    with connected(database_url) as found:
        yield found


def transitions(section: str) -> dict[tuple[str, str], str]:
    """The table of a section: where a state and an event lead."""
    rows = re.findall(r"^\| ([\w, ]+) \| ([\w ]+) \| ([\w ]+) \|$", SECTIONS[section], re.MULTILINE)
    return {
        (start, event): end
        for starts, event, end in rows
        for start in starts.split(", ")
        if event != "event"
    }


def drawn(section: str) -> set[tuple[str, str]]:
    """The arrows of a section's drawing, without those from outside."""
    return set(re.findall(r"^    (\w+) --> (\w+)$", SECTIONS[section], re.MULTILINE))


def named(section: str) -> set[str]:
    """The states a section explains."""
    return set(re.findall(r"^\| `(\w+)` \|", SECTIONS[section], re.MULTILINE))


def plain(state: str) -> str:
    """A state as the row has it."""
    return "failed" if state == "given up" else state.removesuffix(" again")


# An SMS


def queued(conn: Connection, phone: str = AMINA) -> UUID:
    """A message of its own."""
    key = f"{next(NUMBERS)}"
    new = NewMessage(key, phone, "Hello", "en", "africastalking", "notices.any")
    messages.queue(conn, SEALS, new, NOW, RANDOM)
    found = select(table.c.id).where(table.c.key == SEALS.digest("message", key))
    one: UUID = conn.execute(found).scalar_one()
    return one


def outcome(state: str, theirs: str = "") -> Callable[[Connection, UUID], None]:
    """What a worker records of a call."""

    def happen(conn: Connection, one: UUID) -> None:
        done = Outcome(one, state, "", "africastalking", theirs)
        messages.record(conn, SEALS, [done], NOW)

    return happen


def reported(
    status: str, theirs: str = "first", fate: str = "", ours: bool = True
) -> Callable[[Connection, UUID], None]:
    """What a carrier reports; ids are apart for each message."""

    def happen(conn: Connection, one: UUID) -> None:
        own = one.hex if ours else ""
        name = f"{theirs} of {one.hex}"
        messages.report(
            conn,
            *(SEALS, "africastalking", name, status, "", own, NOW + timedelta(seconds=1)),
            phone="" if ours else AMINA,
            fate=fate,
        )
        messages.match(conn, NOW + timedelta(seconds=1) + GRACE)

    return happen


def taken(conn: Connection, one: UUID) -> None:
    """The provider took it, under the first attempt's id."""
    outcome("sent", f"first of {one.hex}")(conn, one)


def leaves(conn: Connection, one: UUID) -> None:
    """It is handed over."""
    messages.sending(conn, [one], NOW)


def never_had(conn: Connection, one: UUID) -> None:
    """Its provider, asked, never had it."""
    messages.never_had(conn, [one])


def given_up(conn: Connection, one: UUID) -> None:
    """Its last try failed."""
    outbox.claim(conn, AFRICASTALKING, NOW, LEASE, 100, b"worker")
    outbox.dead(conn, AFRICASTALKING, b"worker", {one: "refused"})
    outcome("failed")(conn, one)


def replayed(conn: Connection, one: UUID) -> None:
    """Staff send again what was given up."""
    messages.retry(conn, [one], NOW)


Happen = Callable[[Connection, UUID], None]
AWAY = (taken, reported("failed", fate=AGAIN))
ROADS: Mapping[str, tuple[Happen, ...]] = {
    "queued": (),
    "sending": (leaves,),
    "uncertain": (leaves, outcome("uncertain")),
    "sent": (leaves, taken),
    "delivered": (leaves, taken, reported("delivered")),
    "expired": (leaves, taken, reported("expired")),
    "failed": (leaves, taken, reported("failed")),
    "suppressed": (outcome("suppressed"),),
    "given up": (given_up,),
    "queued again": (leaves, *AWAY),
    "sending again": (leaves, *AWAY, leaves),
    "uncertain again": (leaves, *AWAY, leaves, outcome("uncertain")),
}
"""How each state is come to."""
EVENTS: Mapping[str, Happen] = {
    "leaves": leaves,
    "taken": outcome("sent", "second"),
    "refused": outcome("failed"),
    "blocked": outcome("suppressed"),
    "in doubt": outcome("uncertain"),
    "comes back": outcome("queued"),
    "never had": never_had,
    "staff replay": replayed,
    **{f"reported {status}": reported(status) for status in WEIGHT},
    "reported away": reported("failed", fate=AGAIN),
    **{
        f"next reported {status}": reported(status, "second")
        for status in ("sent", "failed", "delivered")
    },
    **{
        f"strange {status}": reported(status, "third", ours=False)
        for status in ("sent", "failed", "delivered")
    },
}


def standing(conn: Connection, one: UUID) -> str:
    """The state of a message, as the table calls it."""
    row = conn.execute(select(table).where(table.c.id == one)).one()
    if row.returned and row.state in {"queued", "sending", "uncertain"}:
        return f"{row.state} again"
    dead = {found.id for found in messages.dead(conn)}
    return "given up" if row.state == "failed" and one in dead else row.state


@pytest.mark.parametrize("start", ROADS)
def test_every_event_moves_a_message_as_the_table_says(database: Database, start: str) -> None:
    """Each pair of a state and an event, once and twice: what the table does not have changes
    nothing.
    """
    told, found = transitions("An SMS"), {}
    for event, happen in EVENTS.items():
        with database.write() as conn:
            one = queued(conn)
            for step in ROADS[start]:
                step(conn, one)
            assert standing(conn, one) == start
            happen(conn, one)
            found[event] = standing(conn, one)
        with database.write() as conn:
            conn.execute(table.update().values(phone_key=b"another"))
    assert found == {event: told.get((start, event), start) for event in EVENTS}


def test_the_table_and_the_drawing_of_messages_are_one() -> None:
    """Every arrow has a row, every row an arrow, every state its meaning; every event is driven."""
    told = transitions("An SMS")
    moves = {(plain(start), plain(end)) for (start, _), end in told.items()}
    assert {(one, other) for one, other in moves if one != other} == drawn("An SMS")
    assert {start for start, _ in told} <= set(ROADS)
    assert {event for _, event in told} == set(EVENTS)
    assert {plain(state) for state in ROADS} == named("An SMS")


def test_nothing_undoes_what_was_delivered_or_suppressed() -> None:
    """No row of the table leaves them."""
    starts = {start for start, _ in transitions("An SMS")}
    assert starts.isdisjoint({"delivered", "suppressed"})


def test_the_weights_are_those_of_the_table() -> None:
    """A report replaces lighter ones only."""
    for status, states in MOVED_BY.items():
        reports = [state for state in states if state in WEIGHT]
        assert all(WEIGHT[state] < WEIGHT[status] for state in reports)
        assert {state for state in WEIGHT if WEIGHT[state] < WEIGHT[status]} == set(reports)


HISTORIES = st.lists(st.sampled_from([*WEIGHT, "away"]), min_size=1, max_size=6).filter(
    lambda reports: not {"failed", "away"} <= set(reports)
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(reports=HISTORIES, place=st.integers(0, 6), ours=st.booleans(), lost=st.booleans())
def test_any_order_of_any_reports_ends_in_the_heaviest(
    database: Database, reports: list[str], place: int, ours: bool, lost: bool
) -> None:
    """Before and after the send's answer, by our id or theirs, doubled; with the answer lost our id
    is what finds it.
    """
    with database.write() as conn:
        one = queued(conn)
        leaves(conn, one)
        happen = [
            reported("failed", fate=AGAIN, ours=ours or lost)
            if status == "away"
            else reported(status, ours=ours or lost)
            for status in reports
        ]
        happen.insert(place, outcome("uncertain") if lost else taken)
        for step in happen:
            step(conn, one)
        messages.match(conn, NOW + timedelta(minutes=1))
        state = standing(conn, one)
        conn.execute(table.update().values(phone_key=b"another"))
    heaviest = max(("failed" if one == "away" else one for one in reports), key=WEIGHT.__getitem__)
    assert state == ("queued again" if heaviest == "failed" and "away" in reports else heaviest)


def test_a_phone_that_stays_away_is_tried_three_times_more(database: Database) -> None:
    """Each time later; then it has failed."""
    with database.write() as conn:
        one = queued(conn)
        for number, wait in enumerate(RETURNS):
            due = NOW if not number else NOW + RETURNS[number - 1] + timedelta(seconds=1)
            (held,) = outbox.claim(conn, AFRICASTALKING, due, LEASE, 9, b"worker")
            leaves(conn, one)
            outbox.done(conn, AFRICASTALKING, b"worker", [held.subject])
            outcome("sent", f"try {number}")(conn, one)
            theirs, at = f"try {number}", NOW
            messages.report(
                conn, SEALS, "africastalking", theirs, "failed", "away", "", at, fate=AGAIN
            )
            assert standing(conn, one) == "queued again"
            assert outbox.due_lanes(conn, [AFRICASTALKING], at + wait - timedelta(seconds=1)) == []
            assert outbox.due_lanes(conn, [AFRICASTALKING], at + wait) == [AFRICASTALKING]
        leaves(conn, one)
        outcome("sent", "the last")(conn, one)
        messages.report(
            conn, SEALS, "africastalking", "the last", "failed", "away", "", NOW, fate=AGAIN
        )
        assert standing(conn, one) == "failed"


# A request


def held(event: Callable[[Connection, UUID, bytes], None]) -> Happen:
    """A worker claims what is due, and then this happens; to what nobody can claim, nothing."""

    def happen(conn: Connection, one: UUID) -> None:
        if one in {row.subject for row in outbox.claim(conn, REGISTRY, NOW, LEASE, 9, b"worker")}:
            event(conn, one, b"worker")

    return happen


def settled(state: str, token: bytes = b"") -> Callable[[Connection, UUID, bytes], None]:
    """The registry's answer, as the lane writes it down."""

    def happen(conn: Connection, one: UUID, mine: bytes) -> None:
        ours = outbox.done(conn, REGISTRY, token or mine, [one])
        answers = [Settled(subject, state) for subject in ours]  # type: ignore[arg-type]  # a state of the table
        requests.settle(conn, SEALS, answers, NOW)

    return happen


def buried(token: bytes = b"") -> Callable[[Connection, UUID, bytes], None]:
    """The last try failed, as the lane writes it down."""

    def happen(conn: Connection, one: UUID, mine: bytes) -> None:
        ours = outbox.dead(conn, REGISTRY, token or mine, {one: "unavailable"})
        requests.bury(conn, dict.fromkeys(ours, "unavailable"), NOW)

    return happen


LATE = b"whose lease ended"
REQUEST_ROADS: Mapping[str, tuple[Happen, ...]] = {
    "stored": (),
    "review": (),
    "accepted": (held(settled("accepted")),),
    "answered": (held(settled("answered")),),
    "refused": (held(settled("refused")),),
    "dead": (held(buried()),),
}
REQUEST_EVENTS: Mapping[str, Happen] = {
    "worker accepted": held(settled("accepted")),
    "worker answered": held(settled("answered")),
    "worker refused": held(settled("refused")),
    "worker gives up": held(buried()),
    "late accepted": held(settled("accepted", LATE)),
    "late gives up": held(buried(LATE)),
    "staff replay": lambda conn, one: void(requests.retry(conn, [one], NOW)),
}


def void(_: object) -> None:
    """Nothing of it is needed."""


@pytest.mark.parametrize("start", REQUEST_ROADS)
def test_every_event_moves_a_request_as_the_table_says(database: Database, start: str) -> None:
    """Each pair of a state and an event."""
    told, found = transitions("A request"), {}
    for event, happen in REQUEST_EVENTS.items():
        with database.write() as conn:
            new = asked(draft=f"{start} {event}", review=start == "review")
            one = requests.promise(conn, SEALS, new, NOW, RANDOM, silent).request
            for step in REQUEST_ROADS[start]:
                step(conn, one)
            stands = select(requests_table.c.state).where(requests_table.c.id == one)
            assert conn.execute(stands).scalar_one() == start
            happen(conn, one)
            found[event] = conn.execute(stands).scalar_one()
            conn.execute(outbox_table.delete())
    assert found == {event: told.get((start, event), start) for event in REQUEST_EVENTS}


def test_the_table_and_the_drawing_of_requests_are_one() -> None:
    """Every arrow has a row, every row an arrow, every state its meaning; every event is named."""
    told = transitions("A request")
    assert {(start, end) for (start, _), end in told.items()} == drawn("A request")
    assert set(REQUEST_ROADS) == named("A request")
    assert {event for _, event in told} <= set(REQUEST_EVENTS)
    idle = set(REQUEST_EVENTS) - {event for _, event in told}
    assert all(event in SECTIONS["A request"] for event in idle)
