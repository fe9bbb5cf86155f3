"""What must never come out: poverty scores; and numbers, IDs and words in clear in SQL, Valkey or
logs. For real.
"""

from __future__ import annotations

import pytest

from commands.stand_in import TWILIO_NUMBER
from sandbox.people import KNOWN
from tests.leaks import leaks
from tests.stacks import House


def test_no_score_comes_out_and_nothing_personal_lies_about(house: House) -> None:
    """Everybody's eligibility is asked, by key and by SMS, in time and late; then every book is
    searched.
    """
    for known in KNOWN:
        caller = house.caller()
        caller.dial()
        caller.press("1", "1", "1", known.national_id)
    slow = house.gate.hold(KNOWN[2].national_id, "before")
    late = house.caller()
    late.dial()
    late.press("1", "1", "1", KNOWN[2].national_id)
    slow.drop()
    writer = house.caller()
    for number, wish in enumerate(("Salaam", "1", "1", "1", KNOWN[2].national_id), 1):
        house.handset(writer).write(TWILIO_NUMBER, wish, "twilio")
        house.received(writer.phone, number)
    complainer = house.caller()
    complainer.complain()
    house.settled(late.phone, writer.phone, complainer.phone)
    assert late.inbox()
    assert leaks(house) == []


@pytest.mark.parametrize(
    "plant", ["from {phone}", "she wrote {words}", "ID 17301-0000001-1", "a score of 17.43619."]
)
def test_the_search_finds_what_was_planted(house: House, plant: str) -> None:
    """A search that cannot find is no proof: a number, words, an ID and a score in a log, each is
    seen.
    """
    caller = house.caller()
    log = house.stack.logs / "planted.log"
    log.write_text(plant.format(phone=caller.phone, words=caller.words), "utf-8")
    found = leaks(house)
    log.unlink()
    assert len(found) == 1
    assert found[0].endswith("planted.log")
