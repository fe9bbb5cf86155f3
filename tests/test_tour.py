"""`guichet tour` at a registry of another kind, as somebody would type it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from commands.stand_in import FILES
from tests.documents import ROOT


@pytest.mark.long
@pytest.mark.parametrize("kind", sorted(FILES))
def test_the_service_is_walked_at_another_kind_of_registry(kind: str) -> None:
    """Every request is there once, and every SMS has come."""
    walked = subprocess.run(
        [sys.executable, "-m", "commands", "tour", "--registry", kind],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert walked.returncode == 0, walked.stdout[-2000:] + walked.stderr[-2000:]
    assert "0 findings" in walked.stdout
