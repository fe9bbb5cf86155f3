"""The lock files and the doors: what is installed is what was declared, from any index."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from commands.processes import ROOT

LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-setup.lock"]
PYTHONS = ["3.11", "3.12", "3.13"]


@cache
def pins(lock: str) -> dict[str, tuple[Requirement, int]]:
    """Each pinned package of a lock file, and the number of its hashes."""
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8").strip())
    found: dict[str, tuple[Requirement, int]] = {}
    for entry in entries:
        requirement = Requirement(entry.partition(" \\")[0])
        found[canonicalize_name(requirement.name)] = (requirement, entry.count("--hash=sha256:"))
    return found


def declared(*, dev: bool) -> list[Requirement]:
    """What pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = project["project"]["dependencies"] + (
        project["dependency-groups"]["dev"] if dev else []
    )
    return [Requirement(line) for line in wanted]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_one_version_with_hashes(lock: str) -> None:
    """pip then refuses any other file, whoever serves it."""
    loose = [
        str(pin)
        for pin, hashes in pins(lock).values()
        if hashes == 0 or not re.fullmatch(r"==[^,*]+", str(pin.specifier))
    ]
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    """It works with any mirror."""
    assert not re.search(r"://|--(extra-)?index-url|--find-links", (ROOT / lock).read_text("utf-8"))


@pytest.mark.parametrize(
    ("lock", "dev"), [("requirements.lock", False), ("requirements-dev.lock", True)]
)
def test_the_locks_satisfy_what_is_declared(lock: str, dev: bool) -> None:
    """Every direct requirement is pinned to a version it allows."""
    wanted = declared(dev=dev)
    versions = {
        name: str(pin.specifier).removeprefix("==") for name, (pin, _) in pins(lock).items()
    }
    assert [
        str(one)
        for one in wanted
        if versions.get(canonicalize_name(one.name), "") not in one.specifier
    ] == []


def test_what_is_tested_is_what_runs() -> None:
    """Both locks pin the same versions, under the same conditions."""
    tested = {name: str(pin) for name, (pin, _) in pins("requirements-dev.lock").items()}
    assert {str(pin) for pin, _ in pins("requirements.lock").values()} <= set(tested.values())


@pytest.mark.parametrize("python", PYTHONS)
def test_the_locks_speak_of_every_python_we_promise(python: str) -> None:
    """No direct requirement is left out on one of them."""
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    left_out = [
        str(pin)
        for one in declared(dev=True)
        for pin, _ in [pins("requirements-dev.lock")[canonicalize_name(one.name)]]
        if pin.marker and not pin.marker.evaluate(here)
    ]
    assert left_out == []


@pytest.mark.parametrize("script", ["guichet", ".ci/run"])
def test_the_doors_are_plain_shell(script: str) -> None:
    """A bare Debian has dash: what it cannot read would be found by a newcomer."""
    assert (ROOT / script).read_text("utf-8").startswith("#!/bin/sh\n")
    assert (ROOT / script).stat().st_mode & 0o111
    subprocess.run(["sh", "-n", ROOT / script], check=True)


def test_continuous_integration_runs_exactly_check() -> None:
    """What is green there is what anyone can see at home."""
    lines = [
        line
        for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert lines == ['cd "$(dirname "$0")/.." && exec ./guichet check']
