"""Every carrier delivers some things twice: each is answered the same, and done once.

On real processes.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from commands.stand_in import SHORT_CODE, TWILIO_NUMBER
from store.tables import citizens
from tests.stacks import Caller, House, reference

NUMBERS = {"africastalking": SHORT_CODE, "twilio": TWILIO_NUMBER}
FATHER = "1730100000011"


def test_a_complaint_whose_every_key_press_arrives_three_times_is_one(house: House) -> None:
    """Twice in the same moment and once more after it: one answer, one request, one record, one SMS
    of each kind.
    """
    caller = house.caller(times=3)
    number = caller.complain()
    caller.hang_up()
    house.settled(caller.phone)
    assert house.promised(caller.phone) == ["accepted"]
    assert house.held(number) == [1]
    stored, accepted = caller.inbox()
    assert reference(stored) == reference(accepted) == number
    assert stored != accepted


def test_an_application_whose_every_key_press_arrives_three_times_is_one(house: House) -> None:
    """The same where the registry is asked on the way, and asking once more in a later call says
    the same reference.
    """
    caller = house.caller(times=3)
    caller.dial()
    number = reference(caller.press("1", "1", "2", FATHER, "1", "1", "1"))
    caller.dial()
    assert reference(caller.press("2", FATHER, "1", "1", "1")) == number
    house.settled(caller.phone)
    assert house.promised(caller.phone) == ["accepted"]
    assert house.held(number, "applications") == [1]
    assert len(caller.inbox()) == len(set(caller.inbox())) == 2


@pytest.mark.parametrize("provider", NUMBERS)
def test_a_complaint_by_sms_is_one_when_messages_and_reports_come_twice(
    house: House, provider: str
) -> None:
    """Her messages and the carrier's reports, signed where Twilio's, each arrive twice: one reply a
    message.
    """
    house.faults("carrier", repeat=10_000)
    caller = house.caller()
    handset = house.handset(caller)
    wishes = ("Salaam", "1", "1", "3", "3", caller.words, "1")
    for wish, replies in zip(wishes, range(1, 1 + len(wishes)), strict=True):
        handset.write(NUMBERS[provider], wish, provider)
        house.received(caller.phone, replies)
    house.settled(caller.phone)
    house.until(lambda: set(house.states(caller.phone)) == {"delivered"}, "not all delivered")
    house.until(lambda: _came_twice(house, provider), "not everything came twice")
    house.settled(caller.phone)
    texts = caller.inbox()
    assert len(texts) == len(wishes) + 2
    (number,) = {reference(text) for text in texts[-3:]}
    assert house.promised(caller.phone) == ["accepted"]
    assert house.held(number) == [1]
    assert set(house.states(caller.phone)) == {"delivered"}


def test_a_stop_that_comes_again_after_start_changes_nothing(house: House) -> None:
    """A carrier that never heard our 200 repeats a message for hours: what she wrote since then
    stands.
    """
    caller = house.caller()
    caller.complain()
    house.settled(caller.phone)
    for name, word in (("one", "STOP"), ("two", "START"), ("one", "STOP")):
        _writes(caller, name, word)
    house.settled(caller.phone)
    assert not _opted_out(house, caller)
    assert len(caller.inbox()) == 4


def test_a_message_that_comes_again_after_many_others_changes_nothing(house: House) -> None:
    """Also when more lies between than a session remembers: the dialog stands where her last
    message left it.
    """
    caller = house.caller()
    wishes = ("Salaam", "1", "1", "3", "3", "so", caller.words)
    for name, wish in enumerate(wishes):
        _writes(caller, str(name), wish)
    _writes(caller, "1", "1")
    house.settled(caller.phone)
    assert house.promised(caller.phone) == []
    _writes(caller, "last", "1")
    house.settled(caller.phone)
    assert house.promised(caller.phone) == ["accepted"]
    assert len(caller.inbox()) == len(wishes) + 3


def test_an_opt_out_that_comes_twice_holds_back_all_but_what_she_asks(house: House) -> None:
    """She wanted no more messages: what she asks for later is still kept, its number reaches her as
    an answer, and no news of it does.
    """
    caller = house.caller()
    form = {"senderId": SHORT_CODE, "phoneNumber": caller.phone}
    assert [caller.post("optouts", form).status_code for _ in range(2)] == [200, 200]
    number = caller.complain()
    house.settled(caller.phone)
    assert house.held(number) == [1]
    answer, news = house.states(caller.phone)
    assert answer in {"sent", "delivered"}
    assert news == "suppressed"
    assert [reference(text) for text in caller.inbox()] == [number]


def _writes(caller: Caller, name: str, text: str) -> None:
    """A message of this name arrives by Africa's Talking."""
    form = {
        "id": f"{caller.phone[1:]}-{name}",
        "from": caller.phone,
        "to": SHORT_CODE,
        "text": text,
    }
    form |= {
        "date": "2026-11-23T09:00:00Z",
        "linkId": "evident",
        "networkCode": "99999",
        "cost": "0",
    }
    assert caller.post("sms", form).status_code == 200


def _opted_out(house: House, caller: Caller) -> bool:
    hers = citizens.c.phone_key == house.seals.phone_key(caller.phone)
    ((moment,),) = house.ask(select(citizens.c.opted_out_at).where(hers))
    return moment is not None


def _came_twice(house: House, provider: str) -> bool:
    """Whether the last dozen of what the carrier brought, messages and reports, was brought
    twice.
    """
    last = [one for one in house.control("deliveries") if one["provider"] == provider][-12:]
    return {one["kind"] for one in last} == {"sms", "receipts"} and {
        one["tries"] for one in last
    } == {2}
