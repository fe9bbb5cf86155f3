"""The breaker: a registry that does not answer is left alone, one call tries for everybody, and who
has more patience is not held up by who has less.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_client.breaker import LOOK_EVERY, MOST, REST, WORTH, Alone, Breaker, Guarded, State
from registry_client.port import (
    Away,
    NotSupported,
    Progress,
    Refused,
    RegistryError,
    Standing,
    StillAway,
    Unavailable,
)
from tests.working import Desk

PATIENT, HASTY = 10.0, 2.0
"""Seconds a worker and a look-up wait."""


@dataclass
class Told:
    """Seconds, as told."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        """The time told last."""
        return self.now


@dataclass
class Asking:
    """Somebody who asks a guarded registry: what it says, how long that takes, what comes of it."""

    clock: Told
    cell: Alone = field(default_factory=Alone)
    error: Exception | None = None
    takes: float = 0.0
    calls: int = 0
    during: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        self.breaker = Breaker(self.cell, self.clock)
        self.guarded = Guarded(Desk(self._says), self.breaker, self.clock)

    def _says(self, _: object) -> None:
        self.calls += 1
        self.clock.now += self.takes
        self.during()
        if self.error:
            raise self.error

    def ask(self, timeout: float = PATIENT) -> str:
        """One question: `answered`, or the name of what was raised."""
        try:
            self.guarded.eligibility("3520200000001", timeout=timeout, trace="t")
        except StillAway:
            return "Unavailable"
        except RegistryError as error:
            return type(error).__name__
        return "answered"


@pytest.fixture
def asking() -> Asking:
    """Promises a registry that answers, and a breaker that knows nothing."""
    return Asking(Told())


def broken(asking: Asking, timeout: float = PATIENT) -> None:
    """It fails as often as it takes."""
    asking.error = Unavailable("no answer")
    assert [asking.ask(timeout) for _ in range(MOST)] == ["Unavailable"] * MOST
    asking.calls = 0


def test_after_some_failures_in_a_row_nobody_asks(asking: Asking) -> None:
    """The answer is there at once, and the registry has its rest."""
    broken(asking)
    assert [asking.ask() for _ in range(100)] == ["Away"] * 100
    assert asking.calls == 0
    assert asking.breaker.most(PATIENT, 200) == 0


def test_an_answer_between_them_begins_the_count_anew(asking: Asking) -> None:
    """Only failures in a row say that it is away; a refusal is an answer."""
    for error in (None, Refused("not_found"), NotSupported("payments")):
        asking.error = Unavailable("no answer")
        assert {asking.ask() for _ in range(MOST - 1)} == {"Unavailable"}
        asking.error = error
        assert asking.ask() not in ("Unavailable", "Away")
    assert asking.breaker.most(PATIENT, 200) == 200


def test_after_its_rest_one_tries_for_everybody(asking: Asking) -> None:
    """The others are told at once while it does; each try that fails is another rest."""
    broken(asking)
    seen: list[str] = []
    asking.during = lambda: seen.append(asking.ask()) if not seen else None
    for _ in range(3):
        asking.clock.now += REST
        assert asking.breaker.most(PATIENT, 200) == 1
        assert asking.ask() == "Unavailable"
        assert asking.ask() == "Away"
    assert seen == ["Away"]
    assert asking.calls == 3


def test_a_try_that_is_answered_opens_the_way_for_all(asking: Asking) -> None:
    """At once."""
    broken(asking)
    asking.clock.now += REST
    asking.error = None
    assert [asking.ask() for _ in range(10)] == ["answered"] * 10
    assert asking.cell.read() == ""


def test_who_tried_and_died_is_followed_by_another(asking: Asking) -> None:
    """A try counts for no longer than its own time."""
    broken(asking)
    asking.clock.now += REST
    asking.breaker.admit(PATIENT)
    asking.clock.now += LOOK_EVERY
    assert asking.ask() == "Away"
    asking.clock.now += PATIENT
    assert asking.ask() == "Unavailable"


def test_processes_that_share_a_cell_count_together_and_one_of_them_tries(asking: Asking) -> None:
    """Web and workers know what the others met."""
    other = Asking(asking.clock, asking.cell, error=Unavailable("no answer"))
    asking.error = Unavailable("no answer")
    for number in range(MOST):
        assert (asking, other)[number % 2].ask() == "Unavailable"
    asking.clock.now += LOOK_EVERY
    assert (asking.ask(), other.ask()) == ("Away", "Away")
    asking.clock.now += REST
    asking.error = other.error = None
    asking.during = lambda: seen.append(other.ask())
    seen: list[str] = []
    assert asking.ask() == "answered"
    assert seen == ["Away"]
    asking.clock.now += LOOK_EVERY
    assert other.ask() == "answered"


def test_a_slow_registry_is_away_for_the_hasty_only(asking: Asking) -> None:
    """Look-ups that wait two seconds give it up; a worker that waits ten goes on, and its slow
    answers do not send the look-ups back to wait in vain.
    """
    asking.takes = HASTY
    broken(asking, HASTY)
    asking.error = None
    asking.takes = 3.0
    assert [asking.ask(PATIENT) for _ in range(3)] == ["answered"] * 3
    asking.takes = 0.0
    assert asking.breaker.away(HASTY)
    assert asking.ask(PATIENT) == "answered"
    assert asking.ask(HASTY) == "answered"


def test_a_registry_that_refuses_calls_is_away_for_everybody(asking: Asking) -> None:
    """Nobody's patience helps where the connection is refused at once."""
    broken(asking, HASTY)
    assert asking.ask(1000.0) == "Away"


def test_a_call_that_had_hardly_any_time_says_nothing(asking: Asking) -> None:
    """What was left of a citizen's seconds is no measure of a registry."""
    asking.error, asking.takes = Unavailable("no answer"), WORTH / 2
    assert [asking.ask(WORTH / 2) for _ in range(3 * MOST)] == ["Unavailable"] * (3 * MOST)
    assert asking.cell.read() == ""


def test_a_bug_of_ours_says_nothing_about_the_registry(asking: Asking) -> None:
    """It is loud where it happens, and counts neither way."""
    asking.error = ZeroDivisionError()
    for _ in range(2 * MOST):
        with pytest.raises(ZeroDivisionError):
            asking.ask()
    assert asking.cell.read() == ""


def test_a_clock_that_went_back_does_not_close_the_door_for_long(asking: Asking) -> None:
    """A rest that would last an hour is none."""
    broken(asking)
    asking.clock.now -= 3600
    asking.error = None
    assert asking.ask() == "answered"


def test_while_all_is_well_the_cell_is_looked_at_a_few_times_a_second(asking: Asking) -> None:
    """Thousands of calls do not become thousands of trips to Redis."""
    reads: list[None] = []
    cell = asking.cell

    class Counting(Alone):
        def read(self) -> str:
            reads.append(None)
            return cell.read()

    counted = Asking(asking.clock, Counting(), takes=0.001)
    for _ in range(1000):
        assert counted.ask() == "answered"
    assert len(reads) < 10


def test_every_call_of_the_port_goes_through_the_door() -> None:
    """Not one is asked of a registry that is away."""
    asking = Asking(Told())
    broken(asking)
    how = {"timeout": PATIENT, "trace": "t"}
    calls: list[Callable[[], object]] = [
        lambda: asking.guarded.find_person("1", **how),  # type: ignore[arg-type]  # a short way to write them
        lambda: asking.guarded.find_by_phone("1", **how),  # type: ignore[arg-type]
        lambda: asking.guarded.proof_questions("1", **how),  # type: ignore[arg-type]
        lambda: asking.guarded.prove("1", {}, **how),  # type: ignore[arg-type]
        lambda: asking.guarded.programmes("1", **how),  # type: ignore[arg-type]
        lambda: asking.guarded.terms("1", "CASH", **how),  # type: ignore[arg-type]
        lambda: asking.guarded.payments("1", **how),  # type: ignore[arg-type]
        lambda: asking.guarded.application_status("1", **how),  # type: ignore[arg-type]
        lambda: asking.guarded.complaint_status("1", **how),  # type: ignore[arg-type]
        lambda: asking.guarded.case_status("1", **how),  # type: ignore[arg-type]
        lambda: asking.guarded.desks("1", **how),  # type: ignore[arg-type]
        lambda: asking.guarded.desk("1", **how),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(Away):
            call()


def test_what_is_passed_on_comes_back_unchanged(asking: Asking) -> None:
    """A guard adds nothing and takes nothing."""
    standing = asking.guarded.case_status("4820175936", timeout=1, trace="t")
    assert standing == Standing(Progress.UNKNOWN)


@given(
    st.integers(1, 10**6),
    st.floats(0, allow_nan=False) | st.just(math.inf),
    st.floats(0, 4e9, allow_nan=False),
)
def test_a_state_comes_back_from_its_text(failures: int, patience: float, until: float) -> None:
    """Whatever the numbers."""
    state = State(failures, patience, until)
    assert State.read(state.text) == state


@given(st.text())
def test_a_text_that_cannot_be_read_shuts_nobody_out(text: str) -> None:
    """Another release may have written it."""
    assert State.read(text).failures >= 0 or text
