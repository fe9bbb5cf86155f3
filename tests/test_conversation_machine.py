"""Any order of events over real hooks, Valkey and SQLite: keys, words and chains, calls that drop and
go on, deliveries that come twice or late, the other channel, clocks that jump, a deploy, a Redis that
forgets.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dialogs.engine.kinds import Day, NationalId, Number, Phone, Reference, Words
from dialogs.engine.screens import Ask, Form
from dialogs.service import AGAIN
from registry_client.port import Outcome, Proof
from store.references import mint
from tests.crowd import Hand, Town, town
from tests.last import OPERATORS, LastLine
from tests.line import HER_ID, Line

NETWORKS = st.sampled_from(["99999", "63902", "63903", "41001", "64110", ""])
"""A simulator, carriers with letters of one alphabet, of any, and one nobody knows."""
NAMES = st.sampled_from(sorted(OPERATORS))
"""Operators of a carrier that sends each key alone."""
STORIES = st.sampled_from(
    [
        "They sent me away twice",
        "ہمیں واپس بھیج دیا گیا تھا",
        "لم يدفعوا لي شيئا هذا الشهر",
        "œ" * 26 + " П {who}",
        "€" * 40,
        "3*1 of the 5*1 thousand",
        "🙂 شكرا 👩‍👩‍👧",
    ]
)
STRANGE = st.one_of(
    st.sampled_from(["", "0", "00", "9", "98", "1*2", "²", "٣", "፫", "*", "**", " 1.", AGAIN]),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=90),
)
WORDS = "CHECK apply COMPLAIN STATUS LANG MENU HELP STPO START madad شکایت msaada قف"
KEYWORDS = st.sampled_from([*WORDS.split(), "1", "2", "B1", "B2", "C1", HER_ID, "173010000002"])
BETWEEN = st.sampled_from([*[""] * 6, "back", "back", "deploy", "again"])
CHAINS = st.lists(st.sampled_from(["1", "2", "3", "4", "7", "0", HER_ID, "1"]), max_size=4)


class Service(RuleBasedStateMachine):
    """Two people on two phones. Whatever happens: a valid screen that fits, and what was promised once
    and as it was meant.
    """

    made: ClassVar[Town]
    hands: list[Hand]
    hand: Hand

    @initialize(
        network=NETWORKS,
        operator=NAMES,
        first=st.booleans(),
        languages=st.lists(st.integers(1, 7), min_size=1, max_size=2),
    )
    def begin(self, network: str, operator: str, first: bool, languages: list[int]) -> None:
        """Two strangers, one on a carrier that repeats the call and one on a carrier that sends each
        key alone; one of them, or both, have been met.
        """
        made = self.made
        made.begin()
        made.registry.down = False
        made.registry.outcome, made.registry.proof = Outcome.LIKELY, Proof.ANYONE
        parts = made.hooks, made.registry
        whole = Line(*parts, "+923000000001", network)
        alone = LastLine(*parts, "+923000000002", operator=operator)
        self.hands = [Hand(made, whole), Hand(made, alone, followed=False)]
        for place, language in enumerate(languages, first):
            self.hand = self.hands[place % 2]
            self.hand.dials()
            shown = str(language) in self.hand.lines
            self.hand.presses(str(language) if shown else "1")
            self.hand.presses("1")

    def typed(self, data: st.DataObject) -> str:
        """What the screen before her asks for."""
        match self.hand.screen:
            case Ask(kind=NationalId()):
                return HER_ID
            case Ask(kind=Reference()):
                return mint(lambda count: bytes(count))
            case Ask(kind=Day()):
                return "5 3 2026"
            case Ask(kind=Phone()):
                return "0300 0000055"
            case Ask(kind=Number()):
                return "123456"
            case Ask(kind=Words(most=most)):
                return data.draw(STORIES if most > 99 else st.just("Sample town"))
            case Form():
                return data.draw(st.sampled_from(["1", "2", "3"]))
            case _:
                keys = sorted(set(self.hand.lines) - {"0", "00"}) or ["1"]
                return data.draw(st.sampled_from(keys))

    @rule(chain=CHAINS)
    def dials_a_chain(self, chain: list[str]) -> None:
        """She knows her way by heart."""
        self.hand.dials("*".join(chain))

    @rule()
    def dials(self) -> None:
        """She dials the code, whatever was open."""
        self.hand.dials()

    @rule(data=st.data(), matter=st.sampled_from("23336"))
    def asks(self, data: st.DataObject, matter: str) -> None:
        """She dials for something and does what the screens ask for, often to the end."""
        self.hand.dials()
        if self.hand.at == "home.menu":
            self.hand.presses(matter)
        self.answers(data, 9)

    @precondition(lambda self: self.hand.line.open)
    @rule(data=st.data(), times=st.integers(1, 9))
    def goes_on(self, data: st.DataObject, times: int) -> None:
        """She does what the next screens ask for."""
        self.answers(data, times)

    def answers(self, data: st.DataObject, times: int) -> None:
        """What the screens ask for, with what may come between two keys."""
        for _ in range(times):
            match data.draw(BETWEEN):
                case "back" if self.hand.line.open:
                    self.hand.presses("0")
                case "deploy":
                    self.deploys()
                case "again":
                    self.hand.repeats(-1)
            if self.hand.line.open:
                self.hand.presses(self.typed(data))

    @precondition(lambda self: self.hand.line.open)
    @rule(key=st.sampled_from(["0", "00", "9", "2", "1"]))
    def turns(self, key: str) -> None:
        """She leafs, or goes back."""
        self.hand.presses(key)

    @precondition(lambda self: self.hand.line.open)
    @rule(text=STRANGE)
    def types_anything(self, text: str) -> None:
        """She types what nobody asked for."""
        self.hand.presses(text)

    @precondition(lambda self: self.hand.past)
    @rule(index=st.integers(0, 40))
    def delivers_again(self, index: int) -> None:
        """A callback comes again: the last, or one of long ago."""
        self.hand.repeats(-1 - index)

    @precondition(lambda self: self.hand.line.session)
    @rule()
    def drops(self) -> None:
        """The call is over before she was, and she is told how to go on."""
        self.hand.falls_silent()
        self.made.dropped()

    @rule(words=st.one_of(KEYWORDS, STORIES, STRANGE))
    def writes(self, words: str) -> None:
        """She goes on, or begins, by SMS."""
        self.hand.writes(words)

    @precondition(lambda self: self.hand.written)
    @rule(index=st.integers(0, 9))
    def writes_again(self, index: int) -> None:
        """A message comes again."""
        self.hand.writes_again(-1 - index)

    @rule()
    def passes_the_phone(self) -> None:
        """The other person does something."""
        self.hand = self.hands[1 - self.hands.index(self.hand)]

    @rule(minutes=st.sampled_from([1, 5, 29, 31, 240, 1441, -3]))
    def later(self, minutes: int) -> None:
        """Time goes by, or a clock is set back."""
        self.made.later(minutes)

    @rule()
    def deploys(self) -> None:
        """Another release answers: its menus stand in another order, and a screen is gone."""
        self.made.deployed = 1 - self.made.deployed

    @rule()
    def forgets(self) -> None:
        """Redis loses everything."""
        self.made.hooks.redis.flushall()
        for hand in self.hands:
            hand.plain, hand.walked = False, hand.walked or hand.followed

    @rule(outcome=st.sampled_from(Outcome), proof=st.sampled_from(Proof), down=st.integers(0, 3))
    def registry_turns(self, outcome: Outcome, proof: Proof, down: int) -> None:
        """The registry has another answer, or none."""
        registry = self.made.registry
        registry.outcome, registry.proof, registry.down = outcome, proof, down == 0


@pytest.mark.timeout(900)  # a failure is made smaller before it is shown
@pytest.mark.parametrize("examples", [120, pytest.param(1500, marks=pytest.mark.long)])
def test_nothing_that_happens_to_a_conversation_breaks_it(
    valkey_url: str, sqlite_url: str, tmp_path: Path, examples: int
) -> None:
    """Never an error, never a screen that does not fit, never a promise twice, never a wrong answer."""
    with town(valkey_url, sqlite_url, tmp_path) as made:
        Service.made = made
        run_state_machine_as_test(
            Service,
            settings=settings(
                derandomize=True,
                max_examples=examples,
                stateful_step_count=40,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        assert len(made.promises) > 7
        assert made.promises.total() > examples / 2
        assert all(made.wires[one] > examples / 5 for one in (Line, LastLine))
