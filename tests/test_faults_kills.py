"""A worker is killed at the two moments that matter: nothing is lost, nothing is done twice.

On real processes.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Literal

import pytest

from commands.requests import listed
from commands.stand_in import SHORT_CODE, TWILIO_NUMBER
from store import messages
from store.clock import now
from store.messages import NewMessage
from tests.stacks import House, reference
from tests.stored import AFRICASTALKING, TWILIO
from workers.messages_lane import APART
from workers.wiring import AT_ONCE


def test_a_registry_worker_killed_before_and_after_its_calls_loses_and_repeats_nothing(
    house: House,
) -> None:
    """One call had not reached the registry, one had: it holds both once, each under the number she
    was told, and was asked before anything was handed over again.
    """
    unheard, unrecorded = house.caller(), house.caller()
    before, after = (
        house.gate.hold(unheard.phone, "before"),
        house.gate.hold(unrecorded.phone, "after"),
    )
    with house.asleep("worker registry"):
        first, second = unheard.complain(), unrecorded.complain()
    before.wait()
    after.wait()
    house.kill("worker registry")
    before.drop()
    after.drop()
    assert house.promised(unheard.phone) == house.promised(unrecorded.phone) == ["stored"]
    house.start("worker registry")
    house.settled(unheard.phone, unrecorded.phone)
    assert house.held(first) == house.held(second) == [1]
    for caller, number in ((unheard, first), (unrecorded, second)):
        assert house.promised(caller.phone) == ["accepted"]
        assert {reference(text) for text in caller.inbox()} == {number}
        assert len(caller.inbox()) == len(set(caller.inbox())) == 2


def test_a_messages_worker_killed_before_and_after_its_calls_sends_nothing_twice(
    house: House,
) -> None:
    """One SMS had not left, one had: neither is sent again while the first is in doubt, which staff
    see; the second one's report says that it came.
    """
    unsent, unrecorded = house.caller(), house.caller()
    before = house.gate.hold(unsent.phone.removeprefix("+"), "before")
    after = house.gate.hold(unrecorded.phone.removeprefix("+"), "after")
    with house.asleep(f"worker {TWILIO}"), house.asleep(f"worker {AFRICASTALKING}"):
        house.handset(unsent).write(TWILIO_NUMBER, "HELP", "twilio")
        house.handset(unrecorded).write(SHORT_CODE, "HELP", "africastalking")
        house.until(
            lambda: house.states(unsent.phone) == house.states(unrecorded.phone) == ["queued"],
            "not queued",
        )
    before.wait()
    after.wait()
    for lane in (TWILIO, AFRICASTALKING):
        house.kill(f"worker {lane}")
    before.drop()
    after.drop()
    assert house.states(unsent.phone) == house.states(unrecorded.phone) == ["sending"]
    for lane in (TWILIO, AFRICASTALKING):
        house.start(f"worker {lane}")
    house.until(
        lambda: (
            [house.states(one.phone) for one in (unsent, unrecorded)]
            == [["uncertain"], ["delivered"]]
        ),
        "not told apart",
    )
    assert unsent.inbox() == []
    assert len(unrecorded.inbox()) == 1
    with house.database.read() as conn:
        assert [line.split("  ")[1:3] for line in listed(conn, house.seals)][-2:] == [
            [],
            ["notices.help", "worker_lost"],
        ]


def test_of_what_a_killed_worker_had_claimed_only_the_calls_under_way_are_in_doubt(
    house: House,
) -> None:
    """Sixty SMS were claimed together, each call stands at its first message: those of eight calls
    are in doubt, and all others leave, once, when a worker is back.
    """
    phones = [f"+9230070{number:05}" for number in range(60)]
    news = [
        NewMessage(phone, phone, f"Dear {phone}", "en", "africastalking", "notices.any")
        for phone in phones
    ]
    under_way = phones[: AT_ONCE * APART]
    holds = [house.gate.hold(one.removeprefix("+"), "before") for one in under_way[::APART]]
    with house.asleep(f"worker {AFRICASTALKING}"), house.database.write() as conn:
        assert messages.queue_all(conn, house.seals, news, now(), secrets.token_bytes) == 60
    for hold in holds:
        hold.wait()
    house.kill(f"worker {AFRICASTALKING}")
    for hold in holds:
        hold.drop()
    assert states(house, phones) == ["sending"] * len(under_way) + ["queued"] * 20
    house.start(f"worker {AFRICASTALKING}")
    house.settled(*phones)
    house.until(
        lambda: states(house, phones) == ["uncertain"] * len(under_way) + ["delivered"] * 20,
        "not told apart",
    )
    assert [len(house.inbox(phone)) for phone in phones] == [0] * len(under_way) + [1] * 20


def states(house: House, phones: Sequence[str]) -> list[str]:
    """What became of the one message of each."""
    return [state for phone in phones for state in house.states(phone)]


@pytest.mark.parametrize(
    ("provider", "number"), [("africastalking", SHORT_CODE), ("twilio", TWILIO_NUMBER)]
)
def test_an_sms_whose_provider_took_it_and_never_answered_is_not_sent_again(
    house: House, provider: Literal["africastalking", "twilio"], number: str
) -> None:
    """It is uncertain until its report comes: Twilio's brings our own id back, Africa's Talking's
    names her number, and no other message of hers is in doubt.
    """
    house.faults("carrier", drop_after_accept=1)
    caller = house.caller()
    house.handset(caller).write(number, "HELP", provider)
    house.until(lambda: house.states(caller.phone) == ["delivered"], "not delivered")
    house.settled(caller.phone)
    assert len(caller.inbox()) == 1
