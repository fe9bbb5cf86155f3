"""A process that ends is started again: soon at first, later each time, and soon again after a long
run.
"""

from __future__ import annotations

from commands.restarts import FIRST, LONG_ENOUGH, LONGEST, Restarts


def wait(restarts: Restarts, down: float, step: float = 0.25) -> float:
    """The seconds after which a process that went down then is due."""
    now = down
    while not restarts.due("web", now):
        now += step
    return now - down


def test_waits_double_up_to_the_longest() -> None:
    """Each end soon after the last doubles the wait; it never grows beyond the longest."""
    restarts, now, waits = Restarts(), 1000.0, []
    for _ in range(9):
        waits.append(wait(restarts, now))
        now += waits[-1] + 1
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert LONGEST == 30


def test_a_long_run_is_forgiven() -> None:
    """After a minute up the next wait is the first again."""
    restarts = Restarts()
    first = wait(restarts, 0)
    wait(restarts, first + 1)
    assert wait(restarts, first + 3 + LONG_ENOUGH) == FIRST


def test_processes_wait_apart() -> None:
    """One that crashes does not hold up another."""
    restarts = Restarts()
    wait(restarts, 0)
    wait(restarts, 1)
    restarts.due("relay", 3)
    assert restarts.due("relay", 3 + FIRST)
