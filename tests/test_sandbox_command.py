"""`python -m sandbox` as a process: it says where it is, stops when told, and names a taken
port.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import requests

from tests.counterpart import nobody


def start(var: Path, port: str = "0") -> subprocess.Popen[str]:
    """The command, its output read by us."""
    program = [
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        port,
        "--var",
        str(var),
        "--households",
        "5",
    ]
    return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """The first line has the address of the phone; SIGTERM ends it with status 0 and no word."""
    with start(tmp_path / "sandbox") as process:
        assert process.stdout is not None
        phone = process.stdout.readline().split()[1]
        assert requests.get(phone, timeout=10).status_code == 200
        assert requests.get(phone.replace("/phone", "/healthz"), timeout=10).json() == {
            "status": "ok"
        }
        process.send_signal(signal.SIGTERM)
        assert (process.wait(10), process.stderr and process.stderr.read()) == (0, "")


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    """Status 1 and a sentence, no traceback."""
    with nobody() as address, start(tmp_path, address.rpartition(":")[2]) as process:
        said = process.communicate(timeout=20)[1]
    assert (
        process.returncode == 1
        and said.startswith("sandbox: cannot listen on")
        and said.count("\n") == 1
    )
