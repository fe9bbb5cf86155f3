"""The conversation over real hooks, Valkey and databases: new, next, repeated, late, lost and
contended deliveries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import cast

import pytest
from sqlalchemy import func, select, text, update

from dialogs.engine.screens import Action
from dialogs.engine.session import Session, Step
from gateway.asking import Asking
from gateway.deadline import Deadline
from gateway.hook import Inbound
from gateway.limits import Limits
from gateway.placing import Turning
from gateway.promises import Promises
from gateway.sessions import Record
from registry_client.port import Progress
from registry_client.words import Facts
from store.references import mint
from store.tables import citizens, requests
from tests.line import HER_ID, KEEPING, PHONE, SCRIPTS, Line, denied, opened

HOME = "How can we help?"


@pytest.fixture
def line(valkey_url: str, database_url: str, tmp_path: Path) -> Iterator[Line]:
    """Promises a phone line on an empty service."""
    with opened(valkey_url, database_url, tmp_path) as line:
        yield line


def stored(line: Line) -> int:
    """How many requests SQL holds."""
    with line.hooks.database.read() as conn:
        return conn.execute(select(func.count()).select_from(requests)).scalar_one()


def language(line: Line) -> str | None:
    """The language SQL holds for the one citizen there is."""
    with line.hooks.database.read() as conn:
        found: str | None = conn.execute(select(citizens.c.language)).scalar_one()
    return found


def of_last(last: int, count: int) -> bytes:
    """Bytes that are not random at all."""
    return bytes([7] * (count - 1) + [last])


def forget(line: Line) -> None:
    """Redis loses everything."""
    line.hooks.redis.flushall()


def test_a_stranger_chooses_a_language_and_reads_the_notice_once(line: Line) -> None:
    """First contact: language, notice, home; the second dial goes straight home, also when Redis
    forgot her.
    """
    assert line.dial().startswith("Choose your language\n1 English\n2 Français\n3 اردو")
    assert line.press("1").startswith("Public support, free.")
    assert line.press("1").startswith(HOME)
    assert line.dial().startswith(HOME)
    forget(line)
    assert line.dial().startswith(HOME)
    assert language(line) == "en"


def test_a_complaint_is_stored_before_its_reference_is_said(line: Line) -> None:
    """The last screen says ten digits, and SQL holds exactly that request."""
    line.begin()
    said = line.presses("3", "1", "1", "1", "They paid only 3*1 of the 5*1", "1")
    assert said.startswith("Your number is ")
    assert not line.open
    assert stored(line) == 1


def test_the_same_delivery_again_gets_the_same_answer_and_changes_nothing(line: Line) -> None:
    """A repeated callback at every step, the promise included."""
    line.begin()
    for key in ("3", "3", "They shouted at me", "1"):
        first = line.press(key)
        assert line.deliver(line.heard) == first
    assert stored(line) == 1


def test_two_promises_of_one_person_are_two_requests(line: Line) -> None:
    """Dialling again and complaining again is a second, legitimate request."""
    line.begin()
    first = line.presses("3", "3", "They shouted at me", "1")
    line.dial()
    assert line.presses("3", "3", "They shouted at me", "1") != first
    assert stored(line) == 2


def test_identical_callbacks_while_the_registry_is_slow_get_one_answer(line: Line) -> None:
    """Two deliveries of one key press, both waiting for the registry: one turn, the same words."""
    line.begin()
    line.press("1")
    line.registry.gated = True
    typed = f"{line.heard}*{HER_ID}"
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(line.post, "ussd", line.form(typed)) for _ in range(2)]
        for _ in both:
            assert line.registry.arrived.acquire(timeout=5)
        line.registry.gate.set()
        answers = [one.result(10).body for one in both]
    assert answers[0] == answers[1]
    assert answers[0].startswith("CON Your record fits Cash support")


def test_identical_promises_at_once_are_one_request(line: Line) -> None:
    """The draft is the key: whoever comes second reads the stored reference."""
    line.begin()
    line.presses("3", "3", "They shouted at me")
    typed = f"{line.heard}*1"
    with ThreadPoolExecutor(4) as pool:
        answers = {
            one.body for one in pool.map(lambda _: line.post("ussd", line.form(typed)), range(4))
        }
    assert len(answers) == 1
    assert stored(line) == 1


def test_a_lost_session_promises_nothing(line: Line) -> None:
    """Redis forgot the session: the walk stops at her own words, and no request is made of the
    rest.
    """
    line.begin()
    line.dial()
    line.presses("3", "3")
    forget(line)
    screen = line.deliver("3*2*They paid only 3*1 of the 5*1")
    assert screen.startswith("Tell us what happened")
    assert stored(line) == 0
    assert line.deliver("3*2*They paid only 3*1 of the 5*1*They paid only 3*1 of the 5").startswith(
        "You wrote:"
    )


def test_a_lost_session_after_the_promise_hears_its_reference(line: Line) -> None:
    """SQL holds a promise of this conversation: its number is said and the call ends."""
    line.begin()
    reference = line.presses("3", "3", "They shouted at me", "1")[15:27]
    forget(line)
    assert reference in line.deliver(f"{line.heard}*1")
    assert not line.open
    assert stored(line) == 1


def test_a_walk_that_would_promise_shows_the_question_again(line: Line) -> None:
    """A dialled chain ends on a look-up; when the registry is silent nothing is stored for her
    unseen.
    """
    line.begin()
    line.registry.down = True
    assert line.dial(f"*384*1234*1*{HER_ID}#").startswith("Type your ID number")
    assert stored(line) == 0
    assert line.press(HER_ID).startswith("The answer takes longer.")
    assert stored(line) == 1


def test_a_dialled_chain_goes_where_the_keys_would(line: Line) -> None:
    """`*384*1234*3*1*1#` is menu, complaint, payment, nothing came."""
    line.begin()
    assert line.dial("*384*1234*3*1*1#").startswith("Which payment?")
    assert line.press("2").startswith("Tell us what happened")


def test_a_strangers_chain_waits_for_her_language(line: Line) -> None:
    """She is asked her language and shown the notice; then the chain goes on."""
    assert line.dial("*384*1234*3*1*1#").startswith("Choose your language")
    assert line.press("1").startswith("Public support, free.")
    assert line.press("1").startswith("Which payment?")


def test_a_person_first_met_in_a_lost_conversation_keeps_her_language(line: Line) -> None:
    """`3*1` was dialled, then `2` chose French: after the loss the chain is not taken for the
    language.
    """
    line.dial("*384*1234*3*1#")
    line.presses("2", "1")
    asked = line.press("1")
    forget(line)
    assert line.deliver(line.heard) == asked
    assert language(line) == "fr"


def test_a_late_delivery_of_an_older_call_ends_politely(line: Line) -> None:
    """She redialled: what still comes of the old call changes nothing."""
    line.begin()
    old, heard = line.session, line.heard
    line.dial()
    line.press("3")
    assert line.deliver(f"{heard}*4", old) == "This call is over. Please dial again."
    assert line.deliver("3").startswith("What is it about?")


def test_text_shorter_than_what_was_heard_gets_the_present_screen(line: Line) -> None:
    """A late callback of an earlier key press of this call."""
    line.begin()
    line.presses("3", "1")
    assert line.deliver("1*1*3").startswith("What happened?")


def test_asking_again_for_the_same_programme_says_the_reference_there_is(line: Line) -> None:
    """One open application a person and programme."""
    line.begin()
    first = line.presses("2", "1", HER_ID, "1", "1")
    assert first.startswith("Your number is ")
    line.dial()
    again = line.presses("2", "1", HER_ID, "1", "1")
    assert again.startswith("You asked for this before.")
    assert first[15:27] in again
    assert stored(line) == 1


def test_a_programme_list_that_changed_in_between_keeps_what_she_saw(line: Line) -> None:
    """The `2` she reads is the `2` she gets, though the registry lists other programmes by then."""
    line.begin()
    assert line.presses("2", "1", HER_ID).splitlines()[1:3] == ["1 Cash support", "2 Food support"]
    line.registry.listed = ()
    assert line.press("2").startswith("Ask for Food support?")


def test_other_peoples_numbers_are_limited(line: Line) -> None:
    """Her own ID as often as she likes; strangers' IDs and references five a day."""
    line.begin()
    for last in "1357902":
        line.dial("*384*1234*1#")
        line.press(f"173010000002{last}")
    assert line.screen.startswith("Too many tries today")
    line.dial("*384*1234*4#")
    others = [mint(partial(of_last, last)) for last in range(6)]
    for wrong in others[:5]:
        assert line.press(wrong).startswith("We do not know this number.")
        line.press("1")
    slip = others[0][:-1] + str((int(others[0][-1]) + 1) % 10)  # its check digit is wrong
    assert line.press(slip).startswith("We do not know")
    line.press("1")
    assert line.press(others[5]).startswith("Too many tries today")


def test_her_last_id_is_known_again_when_redis_forgot_it(line: Line) -> None:
    """It is kept with her promise, as a digest: asking about it costs none of the five tries."""
    line.begin()
    line.presses("2", "1", HER_ID, "1", "1")
    forget(line)
    for number in (HER_ID, *(f"173010000002{last}" for last in "13579")):
        line.dial("*384*1234*1#")
        assert line.press(number).startswith("Your record fits")


def test_a_wrong_service_code_gets_a_valid_last_screen(line: Line) -> None:
    """A code that is not ours never reaches the dialogs."""
    line.dial()
    answer = line.post("ussd", line.form("1") | {"serviceCode": "*999#"})
    assert answer.status == 200
    assert answer.body.startswith("END We cannot answer now.")


def test_too_many_turns_get_a_valid_last_screen(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """A phone over its limit is told so, in a screen its carrier can show."""
    with opened(valkey_url, sqlite_url, tmp_path, turns_a_minute=3) as line:
        line.begin()
        assert line.press("1") == "Too many requests at once. Please try again in a few minutes."


def test_a_fault_of_ours_gives_a_valid_screen_in_her_language(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """The database does not take her complaint: she is told in French that it was not sent."""
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        line.begin("2")
        line.presses("3", "3", "Ils ont crié")
        with line.hooks.database.write() as conn:
            conn.execute(text("ALTER TABLE requests RENAME TO elsewhere"))
        assert line.press("1") == line.hooks.say("notices.not_sent", "fr")
        assert not line.open


def test_a_bug_of_ours_gives_a_valid_screen_too(line: Line) -> None:
    """Whatever is wrong, the carrier gets a last screen it can show."""
    line.begin()
    with line.hooks.database.write() as conn:
        conn.execute(text("DROP TABLE history"))
    assert line.presses("3", "3", "They shouted at me", "1") in {
        line.hooks.say("notices.trouble", "en"),
        line.hooks.say("notices.not_sent", "en"),
    }
    assert not line.open


def test_a_record_of_another_release_is_replaced(line: Line) -> None:
    """What cannot be read is as good as lost: the walk finds her way and the new record stands."""
    line.begin()
    line.presses("3", "1", "1")
    (name,) = line.hooks.redis.keys("phone:*")
    sealed = line.hooks.seals.seal(
        b'[99,"another shape"]', f"redis.phone.{line.hooks.seals.phone_key(PHONE).hex()}"
    )
    line.hooks.redis.set(name, b"12345678" + sealed)
    assert line.press("2").startswith("Tell us what happened")
    line.press("They shouted at me")
    assert line.press("1").startswith("Your number is ")


def test_what_the_registry_has_decided_may_be_asked_for_again(line: Line) -> None:
    """While an application is open its reference is said; once it is decided she may apply anew."""
    line.begin()
    reference = line.presses("2", "1", HER_ID, "1", "1")[15:27].replace(" ", "")
    with line.hooks.database.write() as conn:
        conn.execute(update(requests).values(state="accepted"))
    line.registry.progress = Progress.REFUSED
    line.dial("*384*1234*4#")
    assert "not accepted" in line.press(reference)
    line.dial()
    assert line.presses("2", "1", HER_ID, "1", "1").startswith("Your number is ")
    assert stored(line) == 2


def test_an_answered_question_is_closed(line: Line) -> None:
    """The answer went by SMS: nobody is told any more that it is still to come."""
    line.begin()
    line.registry.down = True
    reference = line.presses("1", HER_ID)[-13:-1].replace(" ", "")
    with line.hooks.database.write() as conn:
        conn.execute(update(requests).values(state="answered"))
    line.dial("*384*1234*4#")
    assert "answered and closed" in line.press(reference)


def test_a_promise_is_said_though_another_turn_got_in(line: Line) -> None:
    """She redialled while her complaint was being stored: its number is said all the same."""
    line.begin()
    line.presses("3", "3", "They shouted at me")
    promises = line.hooks.conversation.promises
    (name,) = line.hooks.redis.keys("phone:*")

    def slow(action: Action, asking: Asking) -> tuple[str, Facts]:
        kept = promises.keep(action, asking)
        line.hooks.redis.setrange(name, 0, b"another-")
        return kept

    overtaken = replace(line.hooks.conversation, promises=cast("Promises", Overtaken(slow)))
    line.hooks = replace(line.hooks, conversation=overtaken)
    assert line.press("1").startswith("Your number is ")
    assert stored(line) == 1


@dataclass(frozen=True)
class Overtaken:
    """Keeps promises, and lets another turn get in meanwhile."""

    keep: Callable[[Action, Asking], tuple[str, Facts]]


@pytest.mark.parametrize(("profile", "minutes", "goes_on"), [
    ("safe", 5, True), ("safe", 31, False), ("sms", 31, True),
])  # fmt: skip
def test_a_message_answers_a_screen_of_a_call_for_half_an_hour(
    line: Line, profile: str, minutes: int, goes_on: bool
) -> None:
    """A dialog by SMS goes on whenever she answers; one begun by dialling only for a while."""
    session = Session(language="en", notice=1, profile=profile, path=(Step("complaint.details"),))
    record = Record("c1", "", session, "?", more=True, settled=("en", 1), minute=1000)
    written = Inbound("africastalking", "sms", "m1", PHONE, "21234", "Thank you")
    placed = line.hooks.conversation.placing.place(written, "c2", record, 1000 + minutes)
    assert isinstance(placed, Turning)
    assert bool(placed.session.at) is goes_on


def test_the_limit_of_all_phones_holds_for_the_same_number_twice(line: Line) -> None:
    """A refused number is not counted as tried: asking again is refused again, and no day slides."""
    limits = Limits(line.hooks.conversation.sessions.scripts, 5, 1)
    tries = [
        (b"one", b"a"),
        (b"one", b"b"),
        (b"two", b"c"),
        (b"two", b"d"),
        (b"two", b"d"),
        (b"two", b"c"),
    ]
    assert [limits.may_try("id", *one) for one in tries] == [True, True, True, False, False, True]


def test_a_carrier_of_single_keys_is_heard_once_a_delivery(line: Line) -> None:
    """Where only the last key comes, its delivery number tells a repeat from a second press."""
    conversation = line.hooks.conversation
    first = Inbound("other", "ussd", "s1", PHONE, "*384*1234#", "*384*1234#", delivery="1")

    def handled(text: str, delivery: str) -> str:
        pressed = replace(first, text=text, delivery=delivery)
        return conversation.handle(pressed, Deadline.after(5, monotonic)).text

    assert handled("*384*1234#", "1").startswith("Choose your language")
    handled("1", "2")
    home = handled("1", "3")
    assert home.startswith(HOME)
    category = handled("3", "4")
    assert category.startswith("What is it about?")
    assert handled("3", "4") == category
    assert handled("1", "5").startswith("What happened?")


def test_a_delivery_that_led_to_a_promise_is_answered_as_its_twin_was(
    valkey_url: str, database_url: str, tmp_path: Path
) -> None:
    """The registry is too slow for the one and answers the other: both say what it answered."""
    with opened(valkey_url, database_url, tmp_path, lookup_deadline=1.0) as line:
        line.begin()
        line.press("1")
        line.registry.gated = True
        form = line.form(f"{line.heard}*{HER_ID}")
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(line.post, "ussd", form)
            assert line.registry.arrived.acquire(timeout=5)
            line.registry.gated = False
            answered = line.post("ussd", form).body
            assert slow.result(10).body == answered
        assert answered.startswith("CON Your record fits Cash support")
        assert stored(line) == 1


def test_keys_that_redis_could_not_keep_are_caught_up_with(line: Line) -> None:
    """She goes on as if nothing had been: each delivery of this carrier says all she typed."""
    line.begin()
    with denied(line.hooks.redis, *KEEPING):
        assert line.press("3").startswith("What is it about?")
        assert line.press("3").startswith("Tell us what happened")
    assert line.press("They shouted 2*at me").startswith("You wrote")
    assert line.press("1").startswith("Your number is ")
    assert stored(line) == 1


def test_without_redis_she_goes_as_far_as_a_walk_may(line: Line) -> None:
    """Menus are crossed; her own words are not taken, and she is told to try again in her language.
    Whoever comes back to it later goes on.
    """
    line.begin(language="2")
    with denied(line.hooks.redis, *SCRIPTS):
        line.dial()
        assert line.open
        line.presses("3", "3")
        assert line.open
        assert line.press("Ils ont crié").startswith("Nous ne pouvons pas")
        assert not line.open
    line.dial()
    assert line.presses("3", "3", "Ils ont crié", "1").startswith("Votre numéro")
    assert stored(line) == 1


def test_a_stranger_is_told_to_come_back_without_redis(line: Line) -> None:
    """Whether a chain begins with her language is not known: nothing is guessed."""
    with denied(line.hooks.redis, *SCRIPTS):
        assert line.dial().startswith("We cannot answer now.")
    assert not line.open
    assert line.begin().startswith(HOME)
