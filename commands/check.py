"""`./guichet check`: everything that must hold before a change is taken, one line a step.

Nothing is skipped.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from commands import chromium
from commands.processes import ROOT
from settings import Settings

HELP = "check everything: lint, types, import contracts, advisories, dialogs and all tests on real parts"


UNCOMPILED = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True)
class Result:
    """How one step went. `note` stands on its line, `output` below it when it failed."""

    passed: bool
    output: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to check: a program of ours or of a package, and how its outcome is read."""

    name: str
    program: Sequence[str]
    read: Callable[[subprocess.CompletedProcess[str]], Result]


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may follow `check`."""
    parser.add_argument(
        "--all", action="store_true", help="also what takes longer than a few minutes"
    )


def main(args: argparse.Namespace) -> int:
    """Run the static steps side by side, then the tests; status 1 when any failed.

    Pytest has the last word.
    """
    browser = chromium.found(os.environ, Settings().var)
    environment = {
        **compiling(os.environ, Settings().var),
        "GUICHET_CHROMIUM": browser,
        "PYTHONPATH": str(ROOT),
    }
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        passed = list(pool.map(lambda step: run(step, environment), STATIC))
    passed.append(run(tests(everything=args.all), environment))
    return 0 if all(passed) else 1


def compiling(environment: Mapping[str, str], var: Path) -> dict[str, str]:
    """The environment, in which each module is compiled once and not by each of the hundreds of
    processes that tests start: where Python is told to keep nothing beside the sources, in `var`.
    """
    if not environment.get(UNCOMPILED):
        return dict(environment)
    kept = {name: value for name, value in environment.items() if name != UNCOMPILED}
    return {"PYTHONPYCACHEPREFIX": str((var / "compiled").resolve()), **kept}


def run(step: Step, environment: Mapping[str, str]) -> bool:
    """Run one step and print its line. Whether it passed."""
    begun = time.monotonic()
    done = subprocess.run(
        step.program,
        env=environment,
        cwd=ROOT,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    result = step.read(done)
    word = "ok    " if result.passed else "FAILED"
    lines = [f"{word}  {step.name:18} {time.monotonic() - begun:5.1f} s  {result.note}".rstrip()]
    print("\n".join(lines if result.passed else [*lines, result.output.rstrip()]), flush=True)
    return result.passed


def plainly(done: subprocess.CompletedProcess[str]) -> Result:
    """Passed is status 0."""
    return Result(done.returncode == 0, done.stdout)


def with_last_line(done: subprocess.CompletedProcess[str]) -> Result:
    """Passed is status 0; the last line says how much there was."""
    lines = done.stdout.strip().splitlines() or [""]
    return Result(done.returncode == 0, done.stdout, lines[-1])


def advisories(done: subprocess.CompletedProcess[str]) -> Result:
    """pip-audit's report.

    A known vulnerability fails; advisories that cannot be read are said, and do not.
    """
    report = next((line for line in done.stdout.splitlines() if line.startswith("{")), "")
    if not report:
        return Result(True, "", "the advisories could not be reached: nothing was audited")
    packages = json.loads(report)["dependencies"]
    unread = sum("skip_reason" in package for package in packages)
    found = [
        f"{package['name']} {vuln['id']}"
        for package in packages
        for vuln in package.get("vulns", ())
    ]
    note = f"{len(packages) - unread} of {len(packages)} packages audited"
    return Result(
        not found,
        "\n".join(found),
        note + ("; the index has no advisories for the others" if unread else ""),
    )


def python(*words: str) -> tuple[str, ...]:
    """A module or command of our own virtual environment."""
    return (sys.executable, *words)


AUDIT = (
    "-r",
    "requirements.lock",
    "--no-deps",
    "--disable-pip",
    "--progress-spinner",
    "off",
    "--format",
    "json",
)
IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
STATIC = (
    Step("types", python("-m", "mypy"), plainly),
    Step("lint", python("-m", "ruff", "check", "--quiet", "--output-format", "concise"), plainly),
    Step("format", python("-m", "ruff", "format", "--check", "--quiet"), plainly),
    Step("import contracts", python("-c", IMPORTS), plainly),
    Step("advisories", python("-m", "pip_audit", *AUDIT), advisories),
    Step("dialogs", python("-m", "commands", "proof"), with_last_line),
)
"""Independent of each other; the longest first."""


def tests(*, everything: bool) -> Step:
    """The tests on two processes.

    Their closing line is printed last: whoever reads only the end sees it.
    """
    marked = () if everything else ("-m", "not long")
    return Step(
        "tests",
        python("-m", "pytest", "-q", "-n", "2", *marked),
        lambda done: closing(plainly(done)),
    )


def closing(result: Result) -> Result:
    """The result with pytest's last line for its note."""
    lines = result.output.strip().splitlines() or [""]
    return Result(result.passed, result.output, lines[-1].strip("= "))
