"""A call that drops loses nothing: over real hooks, Valkey and databases, by dialling and by SMS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from dialogs.service import AGAIN
from store import messages, requests
from store.clock import now
from store.tables import citizens
from store.tables import messages as message_rows
from store.tables import requests as request_rows
from tests.line import HER_ID, PHONE, Line, opened
from workers.dial_backs import DialBacks, again

OFFER = "You were not finished last time.\n1 Continue\n2 Start over"
STORY = "They sent me away"


@pytest.fixture
def line(valkey_url: str, sqlite_url: str, tmp_path: Path) -> Iterator[Line]:
    """Promises a phone line of somebody who was met."""
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        line.begin()
        yield line


class Inbox:
    """What she writes and what she reads, as the SMS of her phone."""

    def __init__(self, line: Line) -> None:
        self.line, self.count = line, 0

    def writes(self, words: str) -> str:
        """A message of hers; the reply."""
        self.count += 1
        form = {"id": f"sms-{self.count}", "from": PHONE, "to": "21234", "text": words}
        before = set(self._ids())
        assert self.line.post("sms", form).status == 200
        return self._texts([one for one in self._ids() if one not in before])[-1]

    def reads(self) -> list[str]:
        """Every message to her."""
        return self._texts(self._ids())

    def _ids(self) -> list[UUID]:
        with self.line.hooks.database.read() as conn:
            rows = conn.execute(select(message_rows.c.id).order_by(message_rows.c.id))
            return list(rows.scalars())

    def _texts(self, ids: list[UUID]) -> list[str]:
        hooks = self.line.hooks
        with hooks.database.read() as conn:
            return [one.text for one in messages.load(conn, hooks.seals, ids)]


def complaints(line: Line) -> list[tuple[str, str]]:
    """Category and words of what SQL holds."""
    with line.hooks.database.read() as conn:
        ids = list(conn.execute(select(request_rows.c.id)).scalars())
        found = requests.load(conn, line.hooks.seals, ids)
    return [(one.said["category"], one.said["details"]) for one in found]


def told(line: Line, at: datetime, a_day: int = 2) -> None:
    """The relay looks for calls that dropped."""
    hooks = line.hooks
    code = again("*384*1234#", AGAIN)
    DialBacks(hooks.database, hooks.redis, hooks.seals, hooks.say, lambda n: bytes(n), code, a_day)(
        at
    )


def dropped(line: Line, session: str = "") -> None:
    """The carrier says that the call is over."""
    form = {
        "sessionId": session or line.session,
        "phoneNumber": PHONE,
        "networkCode": "99999",
        "serviceCode": "*384*1234#",
        "status": "Incomplete",
    }
    assert line.post("ussd-ended", form).status == 200


def later(line: Line, minutes: int) -> None:
    """The clock of the conversation is set forward."""
    object.__setattr__(line.hooks.conversation, "clock", lambda: now() + timedelta(minutes=minutes))


def test_a_new_dial_offers_what_was_left(line: Line) -> None:
    """She goes on where she was, and what she wrote is sent once."""
    line.dial()
    line.presses("3", "3", STORY)
    assert line.dial() == OFFER
    assert line.press("1").startswith('You wrote: "..."')
    line.press("1")
    assert complaints(line) == [("exclusion", STORY)]
    assert line.dial().startswith("How can we help?")


@pytest.mark.parametrize(("minutes", "screen"), [(29, OFFER), (31, "How can we help?")])
def test_after_the_window_the_next_dial_is_an_ordinary_one(
    line: Line, minutes: int, screen: str
) -> None:
    """The draft stays for a day all the same, behind its code."""
    line.dial()
    line.presses("3", "3", STORY)
    later(line, minutes)
    assert line.dial().startswith(screen)
    assert line.dial(f"*384*1234*{AGAIN}#") == OFFER


def test_a_chain_dialled_by_heart_puts_the_draft_aside(line: Line) -> None:
    """She wanted something else: it is shown, and what she left is offered at the next dial."""
    line.dial()
    line.presses("3", "3", STORY)
    assert line.dial("*384*1234*4#").startswith("Which request?")
    assert line.dial() == OFFER


def test_a_dropped_call_is_told_once_and_answered_by_sms(line: Line) -> None:
    """The end event makes it due; the relay tells her once; her "1" goes on by SMS."""
    line.dial()
    line.presses("3", "3", STORY)
    told(line, now())
    hers = Inbox(line)
    assert hers.reads() == []
    dropped(line)
    told(line, now() + timedelta(seconds=1))
    told(line, now() + timedelta(days=1))
    assert hers.reads() == [
        "You were not finished. Answer 1 to go on, or dial *384*1234*77#. It is free."
    ]
    assert hers.writes("1").startswith('You wrote: "..."')
    assert hers.writes("1").startswith("Your number is ")
    assert complaints(line) == [("exclusion", STORY)]


def test_silence_is_a_dropped_call_as_well(line: Line) -> None:
    """No end event comes from many carriers."""
    line.dial()
    line.presses("3", "3", STORY)
    told(line, now() + timedelta(seconds=89))
    told(line, now() + timedelta(seconds=92))
    assert len(Inbox(line).reads()) == 1


def test_an_end_event_of_an_older_call_changes_nothing(line: Line) -> None:
    """It came late: she is in the midst of a new call."""
    line.dial()
    line.presses("3", "3", STORY)
    before = line.session
    line.dial()
    line.press("1")
    dropped(line, before)
    told(line, now() + timedelta(seconds=1))
    assert Inbox(line).reads() == []


def test_a_draft_that_was_finished_is_not_dialled_back(line: Line) -> None:
    """Nor one that she left by going home."""
    line.dial()
    line.presses("3", "3", STORY, "1")
    line.dial()
    line.presses("3", "3", "00")
    dropped(line)
    told(line, now() + timedelta(hours=1))
    assert [one for one in Inbox(line).reads() if "not finished" in one] == []


def test_one_phone_gets_no_more_than_so_many_a_day(line: Line) -> None:
    """Dropped calls are no reason to ring a phone all day."""
    for story in ("first", "second", "third"):
        line.dial()
        line.presses("00", "3", "3", f"The {story} time")
        dropped(line)
        told(line, now() + timedelta(seconds=1), a_day=2)
    assert len(Inbox(line).reads()) == 2


def test_two_relays_tell_it_once(line: Line) -> None:
    """The second finds nothing, and a message of one draft is one."""
    line.dial()
    line.presses("3", "3", STORY)
    dropped(line)
    for _relay in range(2):
        told(line, now() + timedelta(seconds=1))
    assert len(Inbox(line).reads()) == 1


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        (HER_ID, "Your record fits Cash support."),
        (f"CHECK {HER_ID}", "Your record fits Cash support."),
        ("check", "Type your ID number."),
        ("Vérifier", "Type your ID number."),
        ("اہلیت", "Type your ID number."),
        ("COMPLAINT", "What is it about?"),
        ("status", "Which request?"),
        ("STATUS 1234567890", "We do not know this number."),
        ("apply", "Who is it for?"),
        ("lang", "Choose your language"),
        ("menu", "How can we help?"),
        ("Hello", "How can we help?"),
        ("They asked me a fee", 'You wrote: "They asked me a fee'),
    ],
)
def test_a_message_opens_what_it_asks_for(line: Line, words: str, reply: str) -> None:
    """A number says what it is, a word opens its dialog, a story is the draft of a complaint."""
    line.dial()
    line.press("00")
    later(line, 31)
    assert Inbox(line).writes(words).startswith(reply)


def test_a_story_becomes_a_complaint_without_a_category(line: Line) -> None:
    """Staff give it theirs: nothing she wrote is an error."""
    hers = Inbox(line)
    later(line, 31)
    hers.writes("They asked me a fee")
    hers.writes("1")
    assert complaints(line) == [("other", "They asked me a fee")]


def test_a_keyword_in_the_midst_comes_back_by_its_letter(line: Line) -> None:
    """The draft is put aside, the last screen names its letter, and the letter brings it back."""
    hers = Inbox(line)
    hers.writes("complain")
    hers.writes("3")
    hers.writes(STORY)
    line.registry.down = True
    assert hers.writes(f"CHECK {HER_ID}").endswith("Not finished: B1 go on, B2 end it.")
    assert hers.writes("b 1").startswith('You wrote: "..."')
    assert hers.writes("1").startswith("Your number is ")


def test_an_answer_that_is_asked_for_is_no_keyword_and_no_new_matter(line: Line) -> None:
    """In the midst of a complaint a sentence is her words, and an ID asked for is an ID typed."""
    hers = Inbox(line)
    hers.writes("complain")
    hers.writes("3")
    assert hers.writes("They never came to us").startswith('You wrote: "They never came to us')
    hers.writes("check")
    assert hers.writes(HER_ID).startswith("Your record fits Cash support.")


def test_the_message_of_a_stranger_waits_for_her_language(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """She sent her ID first, as on 8171: it is answered once she chose, and not asked for again."""
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        hers = Inbox(line)
        assert hers.writes(HER_ID).startswith("Choose your language")
        assert hers.writes("1").startswith("Public support, free.")
        assert hers.writes("1").startswith("Your record fits Cash support.")
        with line.hooks.database.read() as conn:
            assert conn.execute(select(citizens.c.language)).scalar_one() == "en"


def test_the_door_of_every_keyword_is_proved() -> None:
    """A keyword opens only screens on which the book knows what is certain."""
    from dialogs.service import BOOK, DOORS
    from gateway.writing import ANSWERED, NUMBERS
    from gateway.writing import DOORS as OPENED

    assert {*OPENED.values(), *ANSWERED.values(), *NUMBERS} == set(DOORS) == set(BOOK.doors)
