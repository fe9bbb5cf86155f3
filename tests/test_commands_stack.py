"""The whole stack as real processes: it comes up, mends itself, is alone on its folder, and leaves
nothing behind.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from commands import doctor, embedded, urls
from commands.processes import ROOT, holds
from commands.stack import Stack
from commands.trouble import Trouble
from settings import Settings

pytestmark = pytest.mark.timeout(240)
TOLD = "Ctrl-C stops everything."


class Run:
    """`run` on free ports, as a person would start it, and what it printed."""

    def __init__(self, var: Path) -> None:
        self.said = var.with_suffix(".out")
        self.settings = Settings(var=var, database_url="", redis_url="")
        environment = {**os.environ, "GUICHET_VAR": str(var), "REDIS_URL": "", "DATABASE_URL": ""}
        with self.said.open("wb") as output:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "commands", "run", "--free-ports"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
                process_group=0,
                preexec_fn=heed_interrupts,
            )

    def until(self, words: str) -> None:
        """Wait until it printed these words."""
        assert holds(lambda: words in self.said.read_text(), 100), self.said.read_text()

    def end(self, signum: signal.Signals) -> int:
        """Send the signal to it alone. The status with which it ended."""
        self.popen.send_signal(signum)
        return self.popen.wait(60)


def heed_interrupts() -> None:
    """Some shells let background processes ignore Ctrl-C, and that is inherited."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Promises a stack that is up, and gone afterwards whatever happened."""
    it = Run(tmp_path / "var")
    try:
        it.until(TOLD)
        yield it
    finally:
        it.popen.kill()
        it.popen.wait()


def below(parent: int) -> dict[int, str]:
    """Every process under that one, children's children too, with its start time so that none is
    taken for another.
    """
    parents: dict[int, int] = {}
    started: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        pid = int(entry.parent.name)
        parents[pid], started[pid] = int(fields[1]), fields[19]
    found = {parent}
    while more := {pid for pid, of in parents.items() if of in found} - found:
        found |= more
    return {pid: started[pid] for pid in found - {parent}}


def gone(pid: int, started: str) -> bool:
    """Whether that very process no longer runs."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return fields[19] != started or fields[0] == "Z"


def assert_paid(sandbox: str) -> None:
    """The registry pays somebody and tells us; we tell her on the phone that is on record."""
    pay = {"person": "1730100000011", "programme": "CASH", "state": "sent"}
    assert requests.post(f"{sandbox}/control/pay", json=pay, timeout=5).status_code == 200
    inbox = f"{sandbox}/carrier/inbox?phone=%2B923000000001"

    def told() -> bool:
        texts = [one["text"] for one in requests.get(inbox, timeout=5).json()]
        return any(text.startswith("Cash support: PKR 12,000 was sent to you.") for text in texts)

    assert holds(told, 20)


def test_run_comes_up_mends_itself_and_stops_in_order(run: Run) -> None:
    """Everything answers, what the registry tells becomes an SMS, a second stack is refused, what
    dies is started again, Ctrl-C leaves nothing.
    """
    said = urls.current(run.settings)
    hook = said["africastalking"]
    assert isinstance(hook, dict)
    dial = {
        "sessionId": "s1",
        "phoneNumber": "+923000000001",
        "serviceCode": "*384*1234#",
        "text": "",
    }
    answer = requests.post(hook["ussd"], data=dial, timeout=10)
    assert (answer.status_code, answer.text[:4]) == (200, "CON ")
    assert requests.get(str(said["phone"]), timeout=5).status_code == 200
    assert_paid(str(said["phone"]).removesuffix("/phone"))
    assert [
        finding.subject for finding in doctor.examined(run.settings) if finding.state == "wrong"
    ] == []

    with pytest.raises(Trouble, match="already runs"), Stack(run.settings, free_ports=True):
        raise AssertionError("two stacks on one folder")

    stack = embedded.running(run.settings)
    assert stack
    assert stack.pid == run.popen.pid
    processes = below(stack.pid)
    relay = next(pid for pid in processes if b"relay" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(relay, signal.SIGKILL)
    run.until("relay ended with status -9 and is started again")

    processes |= below(stack.pid)
    assert run.end(signal.SIGINT) == 0
    assert all(gone(*process) for process in processes.items())
    assert embedded.running(run.settings) is None
    assert not (run.settings.var / "stack.json").exists()


def test_a_stack_whose_supervisor_is_killed_leaves_no_orphan_and_no_secret_in_a_log(
    run: Run,
) -> None:
    """SIGKILL cannot be handled: the kernel tells the children, and the web server its own."""
    processes = below(run.popen.pid)
    said = urls.current(run.settings)
    assert len(processes) >= 7
    assert run.end(signal.SIGKILL) == -signal.SIGKILL
    assert holds(lambda: all(gone(*process) for process in processes.items()), 30)
    logs = "".join(log.read_text() for log in (run.settings.var / "log").iterdir())
    hooks = [url for kinds in said.values() if isinstance(kinds, dict) for url in kinds.values()]
    assert [url for url in hooks if url.rpartition("/")[2] in logs] == []
    assert (run.settings.var / "keys").read_text().strip().partition(":")[2] not in logs


def test_a_port_in_use_stops_the_start_in_one_line(tmp_path: Path) -> None:
    """Nothing was started, nothing is left, and the setting to change is named."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        taken = Settings(var=tmp_path / "var", port=port, database_url="", redis_url="")
        with pytest.raises(Trouble, match=f"port {port} .*GUICHET_PORT"), Stack(taken):
            raise AssertionError("two servers on one port")
    assert embedded.running(taken) is None
