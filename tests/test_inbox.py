"""What a message asks for, over real hooks, Valkey and databases: slips, loops, rushes, and the two
steps out of our messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from store import citizens
from store.clock import now
from store.database import Database
from tests.line import HER_ID, PHONE, Line, opened
from tests.test_resume import STORY, Inbox, complaints, later

ASKS_NEWS = (
    "You get no more news. You lose no benefit. Shall answers to your own requests still come? "
    "1 Yes 2 No more at all"
)


@pytest.fixture
def line(valkey_url: str, sqlite_url: str, tmp_path: Path) -> Iterator[Line]:
    """Promises a phone line of somebody who was met."""
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        line.begin()
        yield line


@pytest.fixture
def hers(line: Line) -> Inbox:
    """Promises her SMS, long after her call."""
    later(line, 60)
    return Inbox(line)


def wishes(line: Line) -> tuple[bool, bool]:
    """Whether she wants no news, and no messages at all."""
    with line.hooks.database.read() as conn:
        found = citizens.find(conn, line.hooks.seals, PHONE)
    assert found is not None
    return found.no_news, found.opted_out


def passes(line: Line, minutes: int) -> None:
    """The clock of the inbox and of the conversation goes on."""
    later(line, minutes)
    for part in (line.hooks.inbox, line.hooks.conversation.lookups.answers):
        name = "clock" if part is line.hooks.inbox else "_clock"
        object.__setattr__(part, name, lambda: now() + timedelta(minutes=minutes))


def silent(line: Line, hers: Inbox, words: str) -> bool:
    """Whether this message of hers gets no reply."""
    before = len(hers.reads())
    hers.count += 1
    form = {"id": f"sms-{hers.count}", "from": PHONE, "to": "21234", "text": words}
    assert line.post("sms", form).status == 200
    return len(hers.reads()) == before


# Slips


def test_a_slip_is_asked_about_and_obeyed_once_she_says_yes(hers: Inbox) -> None:
    """Nothing happens before."""
    assert hers.writes("complan") == "Did you mean COMPLAIN? Answer 1 for yes, or write again."
    assert hers.writes("1").startswith("What is it about?")


@pytest.mark.parametrize("yes", ["yes", "Oui", "ہاں", " 1. ", "۱"])
def test_yes_may_be_said_in_any_language(hers: Inbox, yes: str) -> None:
    """As the keyword itself."""
    hers.writes("STAUS 1234567890")
    assert hers.writes(yes).startswith("We do not know this number.")


def test_a_slip_changes_nothing_of_what_is_open(line: Line, hers: Inbox) -> None:
    """She was asked for her words: another message after the question answers that, and what she
    wrote twice is what she says.
    """
    hers.writes("complain")
    hers.writes("3")
    assert hers.writes("stauts").startswith("Did you mean STATUS?")
    assert hers.writes("stauts").startswith('You wrote: "stauts')
    hers.writes("0")
    assert hers.writes("stauts").startswith("Did you mean STATUS?")
    assert hers.writes(STORY).startswith(f'You wrote: "{STORY}')
    hers.writes("1")
    assert complaints(line) == [("exclusion", STORY)]


def test_a_question_of_ours_is_over_with_the_next_message_or_after_half_an_hour(
    line: Line, hers: Inbox
) -> None:
    """A later 1 is an answer to the dialog."""
    hers.writes("menu")
    hers.writes("complan")
    hers.writes("2")
    assert hers.writes("1").startswith("Type your ID number.")
    hers.writes("menu")
    hers.writes("complan")
    passes(line, 60 + 31)
    assert not hers.writes("1").startswith("What is it about?")


def test_a_slip_of_stop_is_asked_about(line: Line, hers: Inbox) -> None:
    """Only STOP itself is obeyed at once; a yes is STOP."""
    assert hers.writes("stpo").startswith("Did you mean STOP?")
    assert wishes(line) == (False, False)
    assert hers.writes("1") == ASKS_NEWS
    assert wishes(line) == (True, False)


def test_a_yes_that_comes_again_is_one_yes(line: Line, hers: Inbox) -> None:
    """The carrier repeats it: the question it answers is the same, and STOP is not said twice."""
    hers.writes("stpo")
    form = {"id": "sms-yes", "from": PHONE, "to": "21234", "text": "1"}
    for _again in range(3):
        assert line.post("sms", form).status == 200
    assert wishes(line) == (True, False)
    assert len(hers.reads()) == 2


# Two steps out of our messages


def test_stop_ends_news_at_once_and_asks_about_the_rest(line: Line, hers: Inbox) -> None:
    """Yes: what she asked for still comes."""
    assert hers.writes("STOP") == ASKS_NEWS
    assert wishes(line) == (True, False)
    assert hers.writes("1").startswith("You still get answers to your own requests, and no news.")
    assert wishes(line) == (True, False)
    assert hers.writes("START").startswith("You get our messages again.")
    assert wishes(line) == (False, False)


@pytest.mark.parametrize("second", ["2", "STOP", "بند", "Arrêter", "non"])
def test_no_more_at_all_is_said_by_two_or_by_another_stop(
    line: Line, hers: Inbox, second: str
) -> None:
    """In any language; she loses no benefit, and START takes both back."""
    hers.writes("stop")
    assert hers.writes(second) == (
        "You get no more messages from us. You lose no benefit. Send START to get them again."
    )
    assert wishes(line) == (True, True)
    hers.writes("start")
    assert wishes(line) == (False, False)


def test_a_stop_that_comes_twice_is_one(line: Line, hers: Inbox) -> None:
    """It is obeyed with its reply or not at all: however often it is delivered, she is asked once."""
    form = {"id": "sms-stop", "from": PHONE, "to": "21234", "text": "STOP"}
    writes = line.hooks.database
    object.__setattr__(line.hooks.inbox, "database", Database.connect("sqlite:////nowhere/none.db"))
    assert line.post("sms", form).status == 503
    object.__setattr__(line.hooks.inbox, "database", writes)
    for _again in range(2):
        assert line.post("sms", form).status == 200
    assert wishes(line) == (True, False)
    assert hers.reads() == [ASKS_NEWS]


def test_another_message_leaves_the_question_about_messages(line: Line, hers: Inbox) -> None:
    """News have ended; 2 is then an answer to the dialog again."""
    hers.writes("stop")
    hers.writes("menu")
    hers.writes("2")
    assert wishes(line) == (True, False)


# Loops


def test_a_machine_that_repeats_itself_is_met_with_silence(line: Line, hers: Inbox) -> None:
    """After eight alike, for an hour: said once to the operator, and counted."""
    heard = [silent(line, hers, "I am away until Monday morning") for _ in range(12)]
    assert heard == [False] * 7 + [True] * 5
    assert line.hooks.redis.hget("turns", "sms.loop") == b"1"
    passes(line, 61)
    assert not silent(line, hers, "I am away until Monday morning")


@pytest.mark.parametrize("word", ["HELP", "STOP", "بند", "START", "menu"])
def test_a_keyword_works_in_the_silence(line: Line, hers: Inbox, word: str) -> None:
    """A person who shares the phone is heard."""
    for _ in range(8):
        silent(line, hers, "Réponse automatique : absent")
    assert silent(line, hers, "Réponse automatique : absent")
    assert not silent(line, hers, word)


def test_machines_that_vary_their_words_are_noticed(line: Line, hers: Inbox) -> None:
    """They say that they are machines, or send our own answer back."""
    for number in range(8):
        quoted = hers.reads()[-1] if number % 2 else "Auto-reply"
        silent(line, hers, f"Message {number} of 2026: {quoted}")
    assert silent(line, hers, "Hello there")


def test_a_person_who_presses_the_same_key_is_no_machine(line: Line, hers: Inbox) -> None:
    """Nor one who writes different things for a while."""
    hers.writes("menu")
    assert not any(silent(line, hers, "0") for _ in range(15))


def test_the_traces_of_quick_messages_need_many(line: Line, hers: Inbox) -> None:
    """A carrier that was down delivers the messages of a person together; forty a minute are none."""
    heard = [silent(line, hers, f"Word number {number}") for number in range(34)]
    assert heard == [False] * 31 + [True] * 3


def test_zero_notices_nothing(valkey_url: str, sqlite_url: str, tmp_path: Path) -> None:
    """An operator may turn it off."""
    with opened(valkey_url, sqlite_url, tmp_path, loop_messages=0) as line:
        line.begin()
        hers = Inbox(line)
        assert not any(silent(line, hers, "Out of office today") for _ in range(12))


# A rush


def test_the_same_question_is_asked_of_the_registry_once_an_hour(line: Line, hers: Inbox) -> None:
    """However she writes it; the answer is the same, and after an hour it is asked again."""
    first = hers.writes(HER_ID)
    assert first.startswith("Your record fits Cash support.")
    asked = list(line.registry.asked)
    assert asked.count("eligibility") == 1
    assert hers.writes(f"CHECK {HER_ID}") == first
    assert hers.writes("17301-0000001-1") == first
    assert line.registry.asked == asked
    passes(line, 60 + 61)
    hers.writes(HER_ID)
    assert line.registry.asked.count("eligibility") == 2


def test_a_call_asks_the_registry_itself(line: Line, hers: Inbox) -> None:
    """An hour is old for who is on the line."""
    hers.writes(HER_ID)
    line.dial()
    line.presses("1", HER_ID)
    assert line.registry.asked.count("eligibility") == 2


def test_no_answer_is_not_kept(line: Line, hers: Inbox) -> None:
    """A registry that was down is asked again."""
    line.registry.down = True
    hers.writes(HER_ID)
    line.registry.down = False
    assert hers.writes(HER_ID).startswith("Your record fits Cash support.")


def test_a_promise_forgets_the_answers(line: Line, hers: Inbox) -> None:
    """She asked for something: what she may get may be different now."""
    hers.writes(HER_ID)
    hers.writes(STORY)
    assert hers.writes("1").startswith("Your number is ")
    hers.writes(HER_ID)
    assert line.registry.asked.count("eligibility") == 2


def test_the_answer_of_one_phone_is_not_given_to_another(line: Line, hers: Inbox) -> None:
    """What a phone may ask is counted for each."""
    hers.writes(HER_ID)
    for number, text in enumerate(("hi", "1", "1", HER_ID)):
        form = {"id": f"other-{number}", "from": "+923000000002", "to": "21234", "text": text}
        assert line.post("sms", form).status == 200
    assert line.registry.asked.count("eligibility") == 2


def test_stop_is_obeyed_while_redis_is_down(sqlite_url: str, tmp_path: Path) -> None:
    """Once, however often the carrier repeats it; what needs a conversation comes again later."""
    with opened("redis://127.0.0.1:1/0", sqlite_url, tmp_path) as line:
        stop = {"id": "sms-1", "from": PHONE, "to": "21234", "text": "STOP"}
        assert [line.post("sms", stop).status for _ in range(2)] == [200, 200]
        assert wishes(line) == (True, False)
        assert line.post("sms", {**stop, "id": "sms-2", "text": "menu"}).status == 503


def test_the_carriers_opt_out_stops_everything_at_once(line: Line, hers: Inbox) -> None:
    """It blocks all our messages whatever we say, so no second step is asked."""
    form = {"senderId": "21234", "phoneNumber": PHONE}
    assert line.post("optouts", form).status == 200
    assert wishes(line) == (False, True)
    assert hers.writes("STOP").startswith("You get no more messages from us.")
    assert wishes(line) == (False, True)
