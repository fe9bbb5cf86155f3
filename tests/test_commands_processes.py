"""Processes of ours: they start, say what went wrong, stop when asked, and never outlive whoever
started them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from commands.processes import ROOT, Process, holds
from commands.trouble import Trouble

WAITS = "import signal; print('up', flush=True); signal.pause()"
DEAF = "import signal as s; s.signal(s.SIGTERM, s.SIG_IGN); print('up', flush=True); [s.pause() for _ in 'ab']"
WITH_CHILD = (
    "import subprocess, sys, signal;"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']);"
    "print(child.pid, flush=True); signal.pause()"
)
SUPERVISOR = f"""
import os, pathlib, signal
from commands.processes import Process
one = Process("one", [{sys.executable!r}, "-c", {WAITS!r}], os.environ)
one.start()
print(one.pid, flush=True)
signal.pause()
"""


def process(tmp_path: Path, code: str) -> Process:
    """A process that runs this Python, not yet started."""
    return Process(
        "trial", [sys.executable, "-c", code], os.environ, tmp_path / "trial.log", patience=0.3
    )


def alive(pid: int) -> bool:
    """Whether that process runs; a zombie whose parent has not looked does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def printed(one: Process) -> str:
    """What it has printed, once it printed a line."""
    assert one.log
    log = one.log
    one.until(lambda: log.read_text().endswith("\n"), 10)
    return log.read_text()


def test_a_process_stops_when_it_is_asked(tmp_path: Path) -> None:
    """SIGTERM ends it, and its end is known."""
    one = process(tmp_path, WAITS)
    one.start()
    printed(one)
    assert one.ended() is None
    one.stop()
    assert one.ended() == -signal.SIGTERM


def test_a_process_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    """After its patience comes SIGKILL."""
    one = process(tmp_path, DEAF)
    one.start()
    printed(one)
    one.stop()
    assert one.ended() == -signal.SIGKILL


def test_what_a_dead_process_left_behind_dies_too(tmp_path: Path) -> None:
    """A server killed with SIGKILL cannot stop its own workers: we do."""
    one = process(tmp_path, WITH_CHILD)
    one.start()
    child = int(printed(one))
    os.kill(one.pid, signal.SIGKILL)
    assert holds(lambda: one.ended() is not None, 5)
    assert holds(lambda: not alive(child), 5)


def test_one_that_ends_at_once_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    """Whoever waits for it learns its status and its last words at once, not after the time-out."""
    one = process(tmp_path, "import sys; print('the reason'); sys.exit(3)")
    one.start()
    with pytest.raises(Trouble, match=r"trial ended with status 3(?s:.*)the reason"):
        one.until(lambda: False, 30)


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    """Nothing hangs when a program cannot be executed."""
    one = Process("trial", ["/nowhere/at/all"], os.environ, tmp_path / "trial.log")
    one.start()
    with pytest.raises(Trouble, match=r"status 127(?s:.*)No such file"):
        one.until(lambda: False, 30)


def test_a_process_dies_with_a_supervisor_that_is_killed() -> None:
    """SIGKILL to the parent, which can do nothing about it any more, ends the child as well."""
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout
    with supervisor.stdout as output:
        child = int(output.readline())
        assert alive(child)
        supervisor.kill()
        supervisor.wait()
    assert holds(lambda: not alive(child), 10)


def test_its_log_is_private_and_starts_anew(tmp_path: Path) -> None:
    """The first start of a run empties the log; starting again appends, so that the reason of a
    crash is not lost.
    """
    (tmp_path / "trial.log").write_text("old")
    one = process(tmp_path, "print('said')")
    for _ in range(2):
        one.start()
        assert holds(lambda: one.ended() is not None, 10)
    assert (tmp_path / "trial.log").read_text() == "said\nsaid\n"
