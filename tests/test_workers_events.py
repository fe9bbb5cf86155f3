"""From a registry's delivery to one SMS: received over HTTP by the app, kept, drained by a worker, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from registry_client.passing import Passing
from registry_client.port import Person, Unavailable
from store import deliveries, messages
from store.deliveries import Delivery
from store.lanes import EVENTS
from store.tables import deliveries as kept
from store.tables import history
from store.tables import messages as message_rows
from store.tables import outbox as outbox_rows
from store.tables import requests as request_rows
from tests.stored import AMINA, BIBI, HER_ID, NOW, RANDOM, SEALS, asked
from tests.working import World, working
from workers import events_lane
from workers.drain import drain

SENT = {
    "event_id": "pay-1",
    "event": "payment_sent",
    "person": {"type": "NID", "value": HER_ID},
    "programme": {"code": "CASH", "name": {"en": "Cash support"}},
    "amount": "12000.00",
    "currency": "PKR",
}


@pytest.fixture
def world(database_url: str, valkey_url: str) -> Iterator[World]:
    """Promises a worker's world on each database."""
    with working(database_url, valkey_url) as made:
        made.context = replace(made.context, id_types={"registry": "NID"})
        yield made


def told(world: World, *events: dict[str, Any], message_id: str = "m-1") -> None:
    """The registry delivers these."""
    message = {"transaction_id": "t-1", "events": list(events)}
    header = {"message_id": message_id, "sender_id": "nser", "action": "event"}
    one = Delivery("registry", "nser", message_id, "event", header, message)
    with world.database.write() as conn:
        deliveries.keep(conn, SEALS, one, NOW, RANDOM)


def carried(world: World) -> list[tuple[str, str]]:
    """Phone and text of every SMS, once what is due was carried."""
    drain(world.context, EVENTS, events_lane.carry)
    with world.database.read() as conn:
        ids = list(conn.execute(select(message_rows.c.id)).scalars())
        return [(one.phone, one.text) for one in messages.load(conn, SEALS, ids)]


def owed(world: World) -> list[tuple[str, str]]:
    """State and error of what is left of the lane."""
    with world.database.read() as conn:
        rows = conn.execute(select(outbox_rows).where(outbox_rows.c.lane == EVENTS))
        return [(row.state, row.error) for row in rows]


def test_an_event_becomes_one_sms_however_often_it_is_delivered(world: World) -> None:
    """The same event under another message's id is the same event."""
    told(world, SENT)
    told(world, SENT, message_id="m-2")
    ((phone, text),) = carried(world)
    assert phone == AMINA
    assert text.startswith("Cash support: PKR 12,000 was sent to you.")
    assert owed(world) == [("done", ""), ("done", "")]
    assert len(carried(world)) == 1


def test_a_decision_ends_the_request_it_is_about(world: World) -> None:
    """Whoever asked is told, and the line stands in the history: the same may be asked for again."""
    promise = world.promise(asked("application", phone=BIBI, told=BIBI))
    decided = {
        "event_id": "d-1",
        "event": "decision_yes",
        "reference": promise.reference,
        "programme": SENT["programme"],
    }
    told(world, decided)
    phones = [phone for phone, text in carried(world) if "you are taken into" in text]
    assert phones == [BIBI]
    with world.database.read() as conn:
        heard = conn.execute(select(history.c.detail).where(history.c.event == "heard")).all()
        closed = conn.execute(select(request_rows.c.closed_at)).scalar_one()
    assert [row.detail for row in heard] == ["decision_yes"]
    assert closed is not None


class Silent(Passing):
    """A registry that does not say whose an ID is."""

    def find_person(self, national_id: str, *, timeout: float, trace: str) -> Person | None:
        """No answer."""
        raise Unavailable(f"no answer to {trace} in {timeout:g} s", again=bool(national_id))


def test_while_the_registry_is_silent_an_event_waits(world: World) -> None:
    """It is asked again later whose phone it is, and then she is told."""
    answering = world.context
    world.context = replace(world.context, registry=Silent(world.desk))
    told(world, SENT)
    assert carried(world) == []
    assert owed(world) == [("ready", "unavailable")]
    world.context = answering
    world.clock.pass_by(timedelta(minutes=1))
    assert [phone for phone, _ in carried(world)] == [AMINA]


def test_what_cannot_be_opened_is_left_to_staff(world: World) -> None:
    """A broken seal is no event; the others of the batch are told."""
    told(world, SENT)
    told(world, {**SENT, "event_id": "pay-2"}, message_id="m-2")
    with world.database.write() as conn:
        first = conn.execute(select(kept.c.id).order_by(kept.c.id)).scalars().first()
        conn.execute(kept.update().where(kept.c.id == first).values(body=b"broken"))
    assert len(carried(world)) == 1
    assert sorted(owed(world)) == [("dead", "unreadable"), ("done", "")]


def test_an_answer_to_a_question_tells_nobody(world: World) -> None:
    """It is for whoever asked."""
    header = {"message_id": "m-9", "sender_id": "nser", "action": "on-search"}
    one = Delivery("registry", "nser", "m-9", "on-search", header, {"transaction_id": "t"})
    with world.database.write() as conn:
        deliveries.keep(conn, SEALS, one, NOW, RANDOM)
    assert carried(world) == []
    assert owed(world) == [("done", "")]
