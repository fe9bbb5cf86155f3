"""One real process of ours: started so that it dies with us, waited for, stopped.

Knows nothing of what it runs.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from commands.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
"""The folder of the house: processes start there."""
LOOK_EVERY = 0.02


@dataclass(slots=True)
class Process:
    """A program and, between `start` and `stop`, the process that runs it in a process group of its
    own.

    Start it from the main thread: the kernel ties its death to the thread that started it. `log` is
    emptied by the first start and gets what the program prints; None lets it print where we print.
    """

    name: str
    program: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None = None
    ending: signal.Signals = signal.SIGTERM
    """How it is asked to stop, by us or by the kernel after our death."""
    user: str = ""
    """Who runs it, when we are root and it must not be."""
    patience: float = 10.0
    """Seconds it may take to stop before it is killed."""
    _popen: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _starts: int = field(default=0, init=False)

    @property
    def pid(self) -> int:
        """Its process id. Raises Trouble when it does not run."""
        if self._popen is None:
            raise Trouble(f"{self.name} is not running")
        return self._popen.pid

    def start(self) -> None:
        """Start it; returns at once. Terminal signals do not reach it: we stop it in our order."""
        wrapper = [sys.executable, "-SEP", str(ROOT / "commands" / "child.py")]
        tied = [str(os.getpid()), str(int(self.ending)), self.user]
        with self._output() as output:
            self._popen = subprocess.Popen(
                [*wrapper, *tied, *self.program],
                env=dict(self.environment),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
            )
        self._starts += 1

    def ended(self) -> int | None:
        """None while it runs or was never started; else its status, once whatever it left behind is
        killed.
        """
        popen = self._popen
        if popen is None:
            return None
        if popen.returncode is None and os.waitid(
            os.P_PID, popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT
        ):
            self._signal_group(
                signal.SIGKILL
            )  # before it is reaped, while its group is surely its own
            popen.wait()
        return popen.returncode

    def stop(self) -> None:
        """Ask it to stop, kill it when it does not within its patience.

        Does nothing when it does not run.
        """
        if self._popen is None or self.ended() is not None:
            return
        os.kill(self._popen.pid, self.ending)
        if not holds(lambda: self.ended() is not None, self.patience):
            self.kill()

    def kill(self) -> None:
        """SIGKILL to the whole group, and reap it."""
        if self._popen is not None and self.ended() is None:
            self._signal_group(signal.SIGKILL)
            self._popen.wait()

    def hasten(self) -> None:
        """Kill it without waiting, from a signal handler while `stop` waits for it."""
        if self._popen is not None and self._popen.returncode is None:
            self._signal_group(signal.SIGKILL)

    def until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready()`.

        Raises Trouble, with the end of the log, when it ends first or takes too long.
        """
        if holds(lambda: self.ended() is not None or ready(), seconds) and self.ended() is None:
            return
        status = self.ended()
        what = (
            f"did not answer within {seconds:g} s"
            if status is None
            else f"ended with status {status}"
        )
        raise Trouble(f"{self.name} {what}{self._said()}")

    def _signal_group(self, signum: signal.Signals) -> None:
        """The process leads its group, so the group's number is its pid."""
        try:
            os.killpg(self.pid, signum)
        except ProcessLookupError:
            return  # it had not yet made its group: nothing was left behind

    def _output(self) -> IO[bytes]:
        """Where it prints: the log, private to us, or a copy of our standard error."""
        if self.log is None:
            return os.fdopen(os.dup(2), "wb")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (0 if self._starts else os.O_TRUNC)
        return os.fdopen(os.open(self.log, flags, 0o600), "wb")

    def _said(self, lines: int = 12) -> str:
        """The last lines of the log, ready to follow a sentence."""
        if self.log is None or not self.log.exists():
            return ""
        last = self.log.read_text("utf-8", "replace").strip().splitlines()[-lines:]
        return "".join(f"\n    {line}" for line in (f"end of {self.log}:", *last))


def holds(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true within that time; looked at every 20 ms."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_EVERY)
    return True
