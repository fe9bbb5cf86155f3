"""The tour's citizens at an openIMIS, with every process of a stack."""

from __future__ import annotations

import subprocess
import sys

import pytest

from commands.processes import ROOT


@pytest.mark.long
@pytest.mark.timeout(240)
def test_the_tour_goes_as_far_as_openimis_does() -> None:
    """An application and a complaint each, both followed; every book is compared."""
    program = [sys.executable, "-m", "commands", "tour", "--registry", "openimis"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "4 requests told, 0 findings" in done.stdout
