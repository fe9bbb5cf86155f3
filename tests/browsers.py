"""A real headless Chromium for tests: never skipped, never a stand-in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Promises a Chromium: GUICHET_CHROMIUM, else the one on PATH."""
    program = os.environ.get("GUICHET_CHROMIUM") or shutil.which("chromium")
    assert program, "no Chromium: set GUICHET_CHROMIUM or install the package chromium"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        launched.close()
