"""`./guichet check` and the browser it finds: what fails is shown, what cannot be read is said,
nothing is skipped.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from commands import chromium
from commands.check import (
    UNCOMPILED,
    Step,
    advisories,
    closing,
    compiling,
    plainly,
    run,
    with_last_line,
)
from commands.trouble import Trouble


def printed(output: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    """A program that has ended."""
    return subprocess.CompletedProcess([], status, output)


def audit(*packages: Mapping[str, object]) -> str:
    """pip-audit's JSON, after one of its warnings."""
    return f"WARNING: something\n{json.dumps({'dependencies': packages, 'fixes': []})}\nNo known vulnerabilities found"


READ = {"name": "flask", "version": "3.1.3", "vulns": []}
UNREAD = {"name": "flask", "skip_reason": "Dependency not found"}
VULNERABLE = {"name": "flask", "version": "1.0", "vulns": [{"id": "PYSEC-1"}]}


@pytest.mark.parametrize(
    ("output", "passed", "note"),
    [
        (audit(READ, READ), True, "2 of 2 packages audited"),
        (
            audit(READ, UNREAD),
            True,
            "1 of 2 packages audited; the index has no advisories for the others",
        ),
        (audit(VULNERABLE), False, "1 of 1 packages audited"),
        (
            "Traceback ...\nConnectionError",
            True,
            "the advisories could not be reached: nothing was audited",
        ),
    ],
)
def test_an_advisory_fails_and_silence_is_said(output: str, passed: bool, note: str) -> None:
    """A known vulnerability is a failure; an index without advisories is not, but it is said."""
    result = advisories(printed(output))
    assert (result.passed, result.note) == (passed, note)
    assert passed or "flask PYSEC-1" in result.output


def test_the_last_line_of_pytest_is_what_is_seen_last() -> None:
    """Whoever reads only the end of a long log sees how many passed."""
    assert (
        closing(plainly(printed("....\n===== 4 passed in 0.1s =====\n"))).note == "4 passed in 0.1s"
    )
    assert with_last_line(printed("x\n40 screens: 0 findings\n")).note == "40 screens: 0 findings"


@pytest.mark.parametrize(
    ("code", "shown"),
    [("print('fine')", ""), ("print('the reason'); raise SystemExit(1)", "the reason")],
)
def test_only_what_failed_is_shown(
    code: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a step; below it the output, only when it failed."""
    passed = run(Step("trial", (sys.executable, "-c", code), plainly), os.environ)
    first, _, rest = capsys.readouterr().out.strip().partition("\n")
    assert first.startswith("ok" if passed else "FAILED")
    assert (passed, rest) == (not shown, shown)


def test_a_named_chromium_is_used_as_it_is() -> None:
    """GUICHET_CHROMIUM goes first."""
    assert chromium.found({"GUICHET_CHROMIUM": sys.executable}, Path("nowhere")) == sys.executable


def test_a_named_chromium_that_does_not_start_is_one_sentence(tmp_path: Path) -> None:
    """Not another one in its place: whoever names one wants that one."""
    with pytest.raises(Trouble, match="does not start"):
        chromium.found({"GUICHET_CHROMIUM": str(tmp_path / "none")}, tmp_path)


def test_the_starter_brings_its_own_libraries_only_where_the_system_has_none(
    tmp_path: Path,
) -> None:
    """A browser that starts as it is is started as it is; another one gets the libraries beside
    it.
    """
    for code, libraries in (("exit 0", False), ('[ -n "$LD_LIBRARY_PATH" ]', True)):
        (tmp_path / "browser").write_text(f"#!/bin/sh\n{code}\n")
        (tmp_path / "browser").chmod(0o755)
        chromium.write_starter(tmp_path)
        assert chromium.starts(tmp_path / "chromium")
        assert ("LD_LIBRARY_PATH" in (tmp_path / "chromium").read_text()) is libraries


def test_files_and_links_are_unpacked(tmp_path: Path) -> None:
    """A program stays a program, a link a link, folders are made."""
    archive = tmp_path / "good.tar"
    (tmp_path / "file").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "file").chmod(0o755)
    (tmp_path / "link").symlink_to("program")
    with tarfile.open(archive, "w") as tar:
        tar.add(tmp_path / "file", "bin/program")
        tar.add(tmp_path / "link", "bin/link")
    chromium.extract(archive, tmp_path / "in")
    assert chromium.starts(tmp_path / "in" / "bin" / "link")
    assert (tmp_path / "in" / "bin" / "link").is_symlink()


@pytest.mark.parametrize("name", ["../outside", "/outside", "in/../../outside"])
def test_nothing_is_unpacked_outside_its_folder(tmp_path: Path, name: str) -> None:
    """A package that reaches out, by a name or by a link, is refused by name."""
    for linked in (False, True):
        archive = tmp_path / "evil.tar"
        member = tarfile.TarInfo("link" if linked else name)
        if linked:
            member.type, member.linkname = tarfile.SYMTYPE, name
        with tarfile.open(archive, "w") as tar:
            tar.addfile(member)
        with pytest.raises(Trouble, match="reaches outside"):
            chromium.extract(archive, tmp_path / "in" / "folder")
    assert len(chromium.PACKED_SHA256) == hashlib.sha256().digest_size * 2


def test_modules_are_compiled_once_where_python_is_told_to_keep_nothing(tmp_path: Path) -> None:
    """In the folder of the check, not beside the sources; elsewhere nothing changes."""
    (tmp_path / "module.py").write_text("VALUE = 1\n")
    given = {**os.environ, UNCOMPILED: "1", "PYTHONPATH": str(tmp_path)}
    given.pop("PYTHONPYCACHEPREFIX", None)
    environment = compiling(given, tmp_path / "var")
    subprocess.run([sys.executable, "-c", "import module"], env=environment, check=True)
    assert not (tmp_path / "__pycache__").exists()
    assert len(list((tmp_path / "var" / "compiled").rglob("module.*.pyc"))) == 1
    assert compiling({"HOME": "there"}, tmp_path) == {"HOME": "there"}
