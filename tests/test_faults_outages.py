"""Parts of the house go away in the middle of things and come back: what was promised is kept.

On real processes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import time
from typing import Any

import pytest
from sqlalchemy import make_url, select

from commands.handset import Handset
from registry_client import connect
from registry_client.breaker import MOST, State
from store.lanes import LANES, REGISTRY, breaker, flag, queue
from store.shared import SharedText
from store.tables import outbox
from store.tables import requests as requests_table
from storm.disks import Disk, Postgresql, Sqlite
from tests.stacks import CODE, Caller, House, reference
from workers import registry_lane, wiring
from workers.drain import drain

CROWD = 32
"""Four times as many as a web server has threads for work."""
FATHER, MOTHER, SUSPENDED = "1730100000011", "1730100000022", "1620200000051"


@pytest.mark.parametrize("forgets", [False, True], ids=["with its data", "without"])
def test_a_valkey_that_dies_between_two_key_presses_costs_no_complaint(
    house: House, forgets: bool
) -> None:
    """Back with its data, she goes on where she was; back empty, she types her words again: nothing
    is put in.
    """
    caller = house.caller()
    caller.dial()
    asked = caller.press("1", "1", "3", "3")
    house.kill("valkey")
    if forgets:
        house.forget()
    house.start("valkey")
    if forgets:
        assert caller.press(caller.words) == asked
    number = reference(caller.press(caller.words, "1"))
    house.settled(caller.phone)
    assert house.promised(caller.phone) == ["accepted"]
    assert house.held(number) == [1]
    assert len(caller.inbox()) == 2


def test_without_valkey_she_gets_a_last_screen_and_an_sms_is_taken_later(house: House) -> None:
    """A key press is answered validly; a message is refused with 503, so that the carrier keeps it
    for us.
    """
    caller, writer = house.caller(), house.caller()
    caller.dial()
    house.kill("valkey")
    caller.press("1")
    assert not caller.open
    house.handset(writer).write("21234", "Salaam")
    house.until(lambda: _refused(house), "the message was not refused")
    house.start("valkey")
    number = caller.complain()
    house.settled(caller.phone)
    assert house.held(number) == [1]
    house.until(writer.inbox, "the message was not delivered again")


def test_a_promise_made_while_valkey_dies_is_said_and_kept(house: House) -> None:
    """The registry is slow, Valkey dies meanwhile: she is told her number; the same key press later
    names it again.
    """
    caller = house.caller()
    caller.dial()
    caller.press("1", "1", "1")
    slow = house.gate.hold(MOTHER, "before")
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(caller.press, MOTHER)
        slow.wait()
        house.kill("valkey")
        number = reference(told.result())
    slow.drop()
    house.forget()
    house.start("valkey")
    assert reference(caller.deliver()) == number
    house.settled(caller.phone)
    assert house.promised(caller.phone) == ["answered"]
    assert {reference(text) for text in caller.inbox()} == {number}


def test_a_question_the_registry_answers_too_late_is_answered_by_sms(house: House) -> None:
    """She waits no longer than the deadline; the answer follows, once, and names the very
    criterion.
    """
    slow = house.gate.hold(SUSPENDED, "before")
    caller = house.caller()
    caller.dial()
    number = reference(caller.press("1", "1", "1", SUSPENDED))
    slow.drop()
    house.settled(caller.phone)
    assert house.promised(caller.phone) == ["answered"]
    assert [reference(text) for text in caller.inbox()] == [number, number]


def test_a_registry_that_is_away_is_left_alone_and_no_request_is_lost(house: House) -> None:
    """After some calls nobody asks it, a look-up is answered at once by SMS, and all is carried when
    it is back.
    """
    house.faults("registry", down=True)
    callers = [house.caller() for _ in range(MOST + 1)]
    numbers = [caller.complain() for caller in callers]
    state = SharedText(house.redis, breaker(REGISTRY), time)
    house.until(lambda: State.read(state.read()).failures >= MOST, "it is asked again and again")
    asker = house.caller()
    asker.dial()
    numbers.append(reference(asker.press("1", "1", "1", SUSPENDED)))
    assert all(house.promised(caller.phone) == ["stored"] for caller in [*callers, asker])
    house.faults("registry", down=False)
    house.settled(*(caller.phone for caller in [*callers, asker]))
    for caller, number in zip(callers, numbers, strict=False):
        assert house.promised(caller.phone) == ["accepted"]
        assert house.held(number) == [1]
    assert house.promised(asker.phone) == ["answered"]
    assert state.read() == ""


def test_a_request_that_is_never_answered_is_left_for_staff_to_replay(house: House) -> None:
    """Others are answered, it is not: waits grow, then it is given up; `requests` lists it without a
    name or number, `requests retry` carries it.
    """
    house.faults("registry", down=True)
    caller = house.caller()
    number = caller.complain()
    house.until(lambda: _row(house, caller).error == "unavailable", "not tried")
    assert _row(house, caller).state == "ready"
    _tried_until_over(house, caller)
    assert house.promised(caller.phone) == ["dead"]
    listed = house.guichet("requests").stdout
    assert f"complaint  *** *** {number[-4:]}  unavailable  11 attempts" in listed
    assert not any(hidden in listed for hidden in (number, caller.phone, caller.words))
    house.faults("registry", down=False)
    again = house.guichet("requests", "retry", str(_row(house, caller).subject))
    assert (again.returncode, again.stdout) == (0, "carried again: requests 1, messages 0\n")
    house.settled(caller.phone)
    assert house.held(number) == [1]
    assert house.promised(caller.phone) == ["accepted"]
    assert len(caller.inbox()) == 2


def test_a_registry_that_did_the_work_and_said_it_did_not_holds_it_once(house: House) -> None:
    """Its answer was lost: we ask whether it knows the reference, and hand over nothing again."""
    house.faults("registry", lose=1)
    caller = house.caller()
    number = caller.complain()
    house.settled(caller.phone)
    assert house.held(number) == [1]
    assert len(caller.inbox()) == len(set(caller.inbox())) == 2


def test_work_is_done_without_the_relay_and_a_lost_wake_up_by_the_relay(house: House) -> None:
    """Either is enough: the wake-up at the promise, or the relay's look."""
    early, late = house.caller(), house.caller()
    house.kill("relay")
    number = early.complain()
    house.settled(early.phone)
    assert house.held(number) == [1]
    for lane in LANES:
        house.redis.set(flag(lane), 1)
    number = late.complain()
    assert house.owed(late.phone) == 2
    assert [queue(house.redis, lane).count for lane in LANES] == [0] * len(LANES)
    house.start("relay")
    house.settled(late.phone)
    assert house.held(number) == [1]
    assert len(late.inbox()) == 2


def test_more_people_than_threads_are_all_told_in_time_while_nobody_can_write(
    house: House,
) -> None:
    """A crowd sends, and the database waits for its disk: the carrier has an answer for each before
    its own deadline, nothing is promised, and dialling later works.
    """
    callers = [house.caller() for _ in range(CROWD)]
    phones = [house.handset(caller) for caller in callers]
    with ThreadPoolExecutor(CROWD) as pool:
        list(pool.map(_at_the_end_of_a_complaint, phones))
        release = disk(house).lock()
        try:
            told = list(pool.map(lambda phone: phone.type("1"), phones))
        finally:
            release()
    assert all(text.startswith(("It was not sent", "We cannot answer now")) for text in told), told
    assert not any(phone.open for phone in phones)
    assert not any(house.promised(caller.phone) for caller in callers)
    later = house.caller()
    number = later.complain()
    house.settled(later.phone)
    assert house.held(number) == [1]


def test_nothing_is_promised_on_a_full_disk_and_a_message_is_brought_again(house: House) -> None:
    """She is told to try again; the carrier keeps the message until there is room; what was owed is
    carried then.
    """
    caller, writer = house.caller(), house.caller()
    _at_the_end_of_a_complaint(phone := house.handset(caller))
    with house.asleep("worker registry"):
        number = house.caller().complain()
        release = disk(house).fill()
    try:
        assert phone.type("1").startswith("It was not sent")
        assert not phone.open
        house.handset(writer).write("21234", "Salaam")
        house.until(lambda: _refused(house), "the message was not refused")
    finally:
        release()
    assert house.promised(caller.phone) == []
    house.until(writer.inbox, "the message was not delivered again")
    house.until(lambda: house.held(number) == [1], "what was owed was not carried")


def disk(house: House) -> Disk:
    """What the database of a house is on."""
    url = house.stack.settings.database_url
    if url.startswith("postgresql"):
        return Postgresql(url)
    ours = [one for one in house.stack.processes if one.name.startswith(("web", "work", "relay"))]
    return Sqlite(Path(make_url(url).database or ""), lambda: [one.pid for one in ours])


def _at_the_end_of_a_complaint(phone: Handset) -> None:
    """The next key sends it."""
    phone.dial(CODE)
    for key in ("1", "1", "3", "3", f"Evidently invented words of {phone.phone}"):
        phone.type(key)


def _refused(house: House) -> bool:
    return any(
        one["kind"] == "sms" and one["answer"] == "HTTP 503" for one in house.control("deliveries")
    )


def _row(house: House, caller: Caller) -> Any:
    """The outbox row of her one request."""
    hers = requests_table.c.phone_key == house.seals.phone_key(caller.phone)
    query = select(outbox).join(requests_table, requests_table.c.id == outbox.c.subject)
    (row,) = house.ask(query.where(hers, outbox.c.lane == REGISTRY))
    return row


def _tried_until_over(house: House, caller: Caller) -> None:
    """Let a worker whose clock runs ahead try each time the row is due, until it is carried or
    given up. It takes the registry to be there, whatever the others know.
    """
    settings = house.stack.settings
    world = wiring.world(settings, lambda: False)
    world = replace(world, registry=connect(settings))
    with closing(world.database), world.pool:
        while (row := _row(house, caller)).state == "ready":
            drain(replace(world, clock=_standing_at(row.due_at)), REGISTRY, registry_lane.carry)


def _standing_at(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: moment
