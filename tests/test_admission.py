"""More deliveries than a web server can work on: each is answered as its carrier needs it, and nothing
of it is done.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Event

import pytest
from structlog.testing import capture_logs

from gateway.admission import Admission, Full
from store.tallies import DELIVERIES_SHED
from tests.line import PHONE, Line, opened

SOON = 0.01
AT_LAST = 60.0


def test_there_are_so_many_places_and_no_more() -> None:
    """And what fails gives its own back."""
    admission = Admission(1, SOON)
    with admission.place(), pytest.raises(Full), admission.place():
        pass
    with pytest.raises(KeyError), admission.place():
        raise KeyError
    with admission.place():
        pass


def test_a_place_that_is_given_back_is_taken_by_who_waits() -> None:
    """Without another look at the clock."""
    admission, taken = Admission(1, AT_LAST), Event()

    def comes() -> None:
        with admission.place():
            taken.set()

    with ThreadPoolExecutor(1) as pool:
        with admission.place():
            waits = pool.submit(comes)
            assert not taken.is_set()
        waits.result()
    assert taken.is_set()


def test_who_comes_after_one_waited_in_vain_is_told_at_once() -> None:
    """Until a place is free: with a long wait for each the test would not end in time."""
    admission = Admission(1, SOON)
    with admission.place():
        with pytest.raises(Full), admission.place():
            pass
        admission._wait = AT_LAST
        for _ in range(100):
            with pytest.raises(Full), admission.place():
                pass
    with ThreadPoolExecutor(2) as pool:  # and now one waits for the other again
        met = Barrier(2)
        assert list(pool.map(lambda _: _met(admission, met), range(2))) == [True, True]


def _met(admission: Admission, met: Barrier) -> bool:
    met.wait()
    with admission.place():
        return True


@pytest.fixture
def full(valkey_url: str, sqlite_url: str, tmp_path: Path) -> Line:
    """A line whose every place is taken, for somebody who chose French on it before."""
    with ExitStack() as leave:
        line = leave.enter_context(opened(valkey_url, sqlite_url, tmp_path))
        line.begin("2")
        line.hooks = replace(line.hooks, admission=Admission(0, SOON))
        leave.pop_all()
    return line


def test_a_caller_is_told_so_in_her_language_and_goes_on_later(full: Line) -> None:
    """A last screen; the same key press, brought again, is the first of its kind."""
    crowded, asked = full.hooks, full.screen
    with capture_logs() as logs:
        said = full.press("3")
    assert not full.open
    assert said.startswith("Nous ne pouvons pas répondre")
    assert [one["event"] for one in logs] == ["hook.full"]
    full.hooks = replace(crowded, admission=Admission(1))
    assert full.deliver(full.heard) not in {said, asked}
    assert full.open


@pytest.mark.parametrize(
    ("kind", "form", "status"),
    [
        ("sms", {"id": "1", "from": PHONE, "to": "21234", "text": "MENU"}, 503),
        ("receipts", {"id": "1", "status": "Success", "phoneNumber": PHONE}, 503),
        ("optouts", {"senderId": "21234", "phoneNumber": PHONE}, 503),
        ("ussd-ended", {"sessionId": "1", "phoneNumber": PHONE, "status": "Success"}, 200),
        ("sms", {"id": "1"}, 400),
    ],
)
def test_what_a_carrier_brings_again_is_left_to_it(
    full: Line, kind: str, form: dict[str, str], status: int
) -> None:
    """The end of a call is not brought again, and malformed is malformed."""
    assert full.post(kind, form).status == status


def test_a_wrong_token_learns_nothing_of_it(full: Line) -> None:
    """It is refused before anything else."""
    assert full.post("ussd", full.form("3"), path="africastalking/ussd/wrong").status == 404


def test_it_is_counted(full: Line) -> None:
    """For whoever decides on more servers."""
    full.press("3")
    assert full.hooks.tallies._mine[DELIVERIES_SHED.name] == 1
