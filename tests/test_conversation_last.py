"""The conversation over real hooks, Valkey and databases where the carrier sends the dialled string
and then each input alone: new, next, repeated, late, lost and contended deliveries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import cast

import pytest
from sqlalchemy import select, text

from dialogs.engine.fit import Profile
from dialogs.service import AGAIN
from gateway.deadline import Deadline
from gateway.hook import Inbound
from store import requests as kept
from store.tables import citizens, messages, requests
from tests.last import LastLine
from tests.line import CODE, HER_ID, KEEPING, PHONE, SCRIPTS, denied, opened

HOME = "How can we help?"
OVER = "This call is over. Please dial again."


@pytest.fixture
def line(valkey_url: str, database_url: str, tmp_path: Path) -> Iterator[LastLine]:
    """Promises a phone line on an empty service."""
    with opened(
        valkey_url, database_url, tmp_path, hubtel=True, sms_provider="africastalking"
    ) as other:
        yield LastLine(other.hooks, other.registry)


def stored(line: LastLine) -> list[str]:
    """What was complained of, in the words SQL holds; nothing for other requests."""
    with line.hooks.database.read() as conn:
        ids = list(conn.execute(select(requests.c.id).order_by(requests.c.id)).scalars())
        found = kept.load(conn, line.hooks.seals, ids)
    return [one.said.get("details", "") for one in found]


def language(line: LastLine) -> str | None:
    """The language SQL holds for the one citizen there is."""
    with line.hooks.database.read() as conn:
        found: str | None = conn.execute(select(citizens.c.language)).scalar_one()
    return found


def forget(line: LastLine) -> None:
    """Redis loses everything."""
    line.hooks.redis.flushall()


def test_a_stranger_chooses_a_language_and_reads_the_notice_once(line: LastLine) -> None:
    """First contact: language, notice, home; the second dial goes straight home."""
    assert line.dial().startswith("Choose your language\n1 English\n2 Francais")
    assert line.press("1").startswith("Public support, free.")
    assert line.press("1").startswith(HOME)
    assert line.dial().startswith(HOME)
    assert line.open


def test_a_complaint_with_stars_in_it_is_kept_as_it_was_typed(line: LastLine) -> None:
    """A `*` is a letter like any other where each input comes alone."""
    line.begin()
    said = line.presses("3", "1", "1", "1", "*They paid 3*1 of 5*1", "1")
    assert said.startswith("Your number is ")
    assert not line.open
    assert stored(line) == ["*They paid 3*1 of 5*1"]


@pytest.mark.parametrize("typed", ["*", "**", "3*1", "", CODE])
def test_stars_alone_are_no_answer_to_a_menu(line: LastLine, typed: str) -> None:
    """They are neither a chain nor a dial: the menu is shown again, with its retry line."""
    menu = line.begin()
    assert menu.startswith(HOME)
    again = line.press(typed)
    assert HOME in again
    assert again != menu
    assert line.press("3").startswith("What is it about?")


@pytest.mark.parametrize("reported", ["384*1234", "384", "*384*1234#", "384*1234*3*1*1"])
def test_a_dialled_chain_goes_where_the_keys_would(line: LastLine, reported: str) -> None:
    """`*384*1234*3*1*1#` is menu, complaint, payment, nothing came, whatever is reported as code."""
    line.begin()
    line.dial("")
    line.session = "a-call-of-its-own"
    chain = line.delivered("Initiation", "*384*1234*3*1*1#", ServiceCode=reported)
    assert chain.startswith("Which payment?")
    line.sequence += 1
    assert line.delivered("Response", "2", ServiceCode=reported).startswith("Tell us what happened")


def test_a_strangers_chain_waits_for_her_language(line: LastLine) -> None:
    """She is asked her language and shown the notice; then the chain goes on."""
    assert line.dial("*384*1234*3*1*1#").startswith("Choose your language")
    assert line.press("1").startswith("Public support, free.")
    assert line.press("1").startswith("Which payment?")


def test_a_dialled_chain_promises_nothing(line: LastLine) -> None:
    """Where the registry is silent, nothing is stored for her unseen."""
    line.begin()
    line.registry.down = True
    assert line.dial(f"*384*1234*1*{HER_ID}#").startswith("Type your ID number")
    assert stored(line) == []


def test_the_same_delivery_again_gets_the_same_answer_and_changes_nothing(line: LastLine) -> None:
    """At every step, the dial and the promise included."""
    line.begin()
    first = line.dial()
    assert line.again(line.sent) == first
    for key in ("3", "3", "They shouted at me", "1"):
        first = line.press(key)
        assert line.again(line.sent) == first
    assert not line.open
    assert len(stored(line)) == 1


def test_the_same_key_pressed_again_is_another_answer(line: LastLine) -> None:
    """The number of the delivery tells a repeat from a second key press."""
    line.begin()
    assert line.press("3").startswith("What is it about?")
    assert line.press("3").startswith("Tell us what happened")


def test_a_late_delivery_of_this_call_gets_the_present_screen(line: LastLine) -> None:
    """A key of two screens ago, and the dial, come once more: neither changes anything."""
    line.begin()
    line.dial()
    dialled = line.sent
    line.press("3")
    early = line.sent
    present = line.presses("3", "They sent me away")
    assert line.again(early) == present
    assert line.again(dialled) == present
    assert line.press("1").startswith("Your number is ")
    assert stored(line) == ["They sent me away"]


def test_a_late_delivery_of_an_older_call_ends_politely(line: LastLine) -> None:
    """She redialled: what still comes of the old call, its dial included, changes nothing."""
    line.begin()
    line.dial()
    dialled = line.sent
    line.press("3")
    pressed = line.sent
    line.dial()
    line.press("4")
    present = line.screen
    for late in (dialled, pressed, pressed | {"Sequence": "9"}):
        assert line.again(late) == OVER
        assert not line.open
    assert line.again(line.sent) == present


def test_a_key_after_the_session_was_lost_leads_nowhere(line: LastLine) -> None:
    """Redis forgot that `1` was to send her complaint: she gets the menu, and nothing is sent."""
    line.begin()
    line.presses("3", "3", "They shouted at me")
    forget(line)
    menu = line.press("1")
    assert menu.startswith(HOME)
    assert line.again(line.sent) == menu
    assert line.presses("3", "3", "They shouted at me", "1").startswith("Your number is ")
    assert stored(line) == ["They shouted at me"]


def test_a_key_after_redis_lost_the_last_minutes_is_offered_the_draft(line: LastLine) -> None:
    """What Redis still holds is an older call of hers: she may go on with what she left there."""
    line.begin()
    line.presses("3", "3")
    (name,) = line.hooks.redis.keys("phone:*")
    older = cast("bytes", line.hooks.redis.get(name))
    line.dial()
    line.hooks.redis.set(name, older)
    assert line.press("2").startswith("You were not finished last time.")
    assert line.press("1").startswith("Tell us what happened")


def test_a_lost_session_after_the_promise_hears_its_reference(line: LastLine) -> None:
    """SQL holds a promise of this conversation: its number is said, to a key and to the dial alike."""
    line.begin()
    line.dial()
    dialled = line.sent
    reference = line.presses("3", "3", "They shouted at me", "1")[15:27]
    for late in (line.sent, line.sent | {"Sequence": "9", "Message": "2"}, dialled):
        forget(line)
        assert reference in line.again(late)
        assert not line.open
    assert len(stored(line)) == 1


def test_a_person_first_met_in_a_lost_conversation_keeps_her_language(line: LastLine) -> None:
    """The dialled chain, delivered again, is not taken for answers of hers."""
    line.dial("*384*1234*3*1#")
    dialled = line.sent
    asked = line.presses("2", "1")
    forget(line)
    assert line.again(dialled) == asked
    forget(line)
    assert line.press("1") == line.dial()
    assert language(line) == "fr"


def test_the_short_code_behind_the_code_goes_on_where_she_left(line: LastLine) -> None:
    """What the SMS about a dropped call tells her to dial."""
    line.begin()
    line.presses("3", "3")
    assert line.dial(f"{CODE[:-1]}*{AGAIN}#").startswith("You were not finished")


def test_identical_promises_at_once_are_one_request(line: LastLine) -> None:
    """Four deliveries of one key: one answer, one request."""
    line.begin()
    line.presses("3", "3", "They shouted at me")
    line.sequence += 1
    last = line.message("Response", "1")
    with ThreadPoolExecutor(4) as pool:
        answers = {one.body for one in pool.map(lambda _: line.post("ussd", last), range(4))}
    assert len(answers) == 1
    assert json.loads(answers.pop())["Message"].startswith("Your number is ")
    assert len(stored(line)) == 1


@pytest.mark.parametrize("ending", ["Timeout", "Release"])
def test_the_end_of_a_call_is_answered_and_its_draft_falls_due(line: LastLine, ending: str) -> None:
    """The carrier is told nothing more; the SMS on how to go on is due at once. That of an older
    call changes nothing.
    """
    line.begin()
    line.dial()
    line.presses("3", "3")
    due = due_at(line)
    older = line.message(ending, "") | {"SessionId": "an-older-call"}
    assert line.said(line.post("ussd", older)) == {"Type": "Release", "Message": ""}
    assert due_at(line) == due
    ended = line.message(ending, "")
    assert line.said(line.post("ussd", ended)) == {"Type": "Release", "Message": ""}
    assert due_at(line) < due


def due_at(line: LastLine) -> float:
    """When the one draft that is open falls due."""
    (draft,) = line.hooks.redis.zrange("drafts", 0, -1)
    return cast("float", line.hooks.redis.zscore("drafts", cast("bytes", draft)))


def test_messages_to_people_met_here_go_by_another_provider(line: LastLine) -> None:
    """Hubtel carries no SMS of ours: the reference is repeated by the one that is set for it."""
    line.begin()
    line.presses("3", "3", "They shouted at me", "1")
    with line.hooks.database.read() as conn:
        assert set(conn.execute(select(messages.c.provider)).scalars()) == {"africastalking"}


def test_a_code_that_is_not_ours_gets_a_valid_last_screen(line: LastLine) -> None:
    """Dialled or reported, it never reaches the dialogs."""
    for kind, dialled in (("Initiation", "*999#"), ("Response", "1")):
        line.session = kind
        said = line.delivered(kind, dialled, ServiceCode="999")
        assert said.startswith("We cannot answer now.")
        assert not line.open


def test_a_fault_of_ours_gives_a_valid_screen_in_her_language(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """The database does not take her complaint: she is told in French, in the carrier's own form."""
    with opened(valkey_url, sqlite_url, tmp_path, hubtel=True) as other:
        line = LastLine(other.hooks, other.registry)
        line.begin("2")
        line.presses("3", "3", "Ils ont crié")
        with line.hooks.database.write() as conn:
            conn.execute(text("ALTER TABLE requests RENAME TO elsewhere"))
        told = line.hooks.say.on_screen("notices.not_sent", "fr", profile(line))
        assert line.press("1") == told
        assert not line.open


def test_without_redis_she_gets_a_valid_last_screen(sqlite_url: str, tmp_path: Path) -> None:
    """Nothing is known of her then, not even her language; the end of a call is answered as ever."""
    with opened("redis://127.0.0.1:9/0", sqlite_url, tmp_path, hubtel=True) as other:
        line = LastLine(other.hooks, other.registry)
        trouble = line.hooks.say.on_screen("notices.trouble", "", profile(line))
        assert line.dial() == trouble
        assert line.press("1") == trouble
        assert not line.open
        line.ends()


def profile(line: LastLine) -> Profile:
    """What her carrier shows."""
    return line.hooks.conversation.carriers.profile(line.network)


def test_where_deliveries_have_ids_an_older_one_is_known_too(line: LastLine) -> None:
    """Ids have no order: those of this conversation are remembered."""

    def handled(typed: str, delivery: str) -> str:
        inbound = Inbound("other", "ussd", "s1", PHONE, CODE, typed, delivery=delivery)
        return line.hooks.conversation.handle(inbound, Deadline.after(5, monotonic)).text

    handled("", "d0f3")
    handled("1", "77aa")
    assert handled("1", "90c1").startswith(HOME)
    category = handled("3", "11ee")
    for late in ("11ee", "d0f3", "77aa", "90c1"):
        assert handled("1", late) == category
    assert handled("1", "5b").startswith("What happened?")


def test_a_key_that_redis_could_not_keep_ends_the_call(line: LastLine) -> None:
    """Her next key would be read as an answer to a screen she no longer sees."""
    line.begin()
    with denied(line.hooks.redis, *KEEPING):
        assert line.press("3").startswith("We cannot answer now.")
    assert not line.open
    assert line.dial().startswith(HOME)


def test_what_was_promised_while_redis_could_not_keep_it_is_said(line: LastLine) -> None:
    """The number she is told is stored."""
    line.begin()
    line.presses("3", "3", "They shouted at me")
    with denied(line.hooks.redis, *KEEPING):
        assert line.press("1").startswith("Your number is ")
    assert stored(line) == ["They shouted at me"]


def test_without_redis_she_is_told_to_try_again(line: LastLine) -> None:
    """A key alone leads nowhere; she reads so in her language."""
    line.begin()
    with denied(line.hooks.redis, *SCRIPTS):
        assert line.press("3").startswith("We cannot answer now.")
    assert not line.open
