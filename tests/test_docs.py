"""The documents say what is so: settings, commands, links and examples are held against the
code.
"""

from __future__ import annotations

import argparse
import base64
import re
import shlex
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from commands import environment
from commands.__main__ import command, listed
from settings import Settings
from store.seals import Seals
from tests.documents import DOCUMENTS, NAMES, ROOT, anchors, blocks, parts, read
from tests.line import opened

DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
ELSEWHERE = {"GUICHET_PYTHON", "GUICHET_CHROMIUM"}
"""Read by `./guichet` itself and by `check`, not by Settings."""
BESIDE = {"hubtel": {"sms_provider": "twilio"}}
"""What a setting's example is refused without."""


# Settings


def test_every_setting_has_its_heading_and_every_heading_its_setting() -> None:
    """docs/settings.md and settings.py name the same variables, in the same order."""
    named = list(parts(read("docs/settings.md"), "###"))
    assert named == [environment.variable(field) for field in Settings.model_fields]


@pytest.mark.parametrize("field", list(Settings.model_fields))
def test_a_setting_is_described_with_its_default_and_an_example_that_is_accepted(
    field: str,
) -> None:
    """The default is the code's; the example is read from the environment and means something else
    than the default.
    """
    name, default = environment.variable(field), Settings.model_fields[field].default
    body = parts(read("docs/settings.md"), "###")[name]
    worded = "var" if field == "var" else environment.text(default)
    assert f"- Default: {f'`{worded}`' if worded else 'empty'}\n" in body
    (assignment,) = re.findall(r"^- Example: `(.+)`$", body, flags=re.MULTILINE)
    variable, _, value = shlex.split(assignment)[0].partition("=")
    assert variable == name
    example = getattr(Settings.model_validate({**BESIDE.get(field, {}), field: value}), field)
    assert example != default or field in {"registry", "lease", "service_codes"}


def test_the_example_keys_can_be_used() -> None:
    """Keys as docs/settings.md writes them make seals."""
    body = parts(read("docs/settings.md"), "###")["GUICHET_KEYS"]
    (keys,) = re.findall(r"GUICHET_KEYS='(.+)'", body)
    assert Seals.from_text(keys).token("hook/1/twilio/sms")


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_a_document_names_is_read(name: str) -> None:
    """No document tells to set what nobody reads."""
    assert (
        set(re.findall(r"\bGUICHET_[A-Z_]*[A-Z]\b", read(name)))
        <= environment.variables() | ELSEWHERE
    )


# Commands


def options(parser: argparse.ArgumentParser) -> tuple[set[str], dict[str, argparse.ArgumentParser]]:
    """The flags of a parser, and the words that may follow it, with theirs."""
    flags = {flag for action in parser._actions for flag in action.option_strings}
    words: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            words |= action.choices
        elif action.choices and not action.option_strings:
            words |= {str(choice): parser for choice in action.choices}
    return flags, words


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of a command, as its --help shows it."""
    found = command(name) if name in listed() else None
    assert found is not None, f"there is no ./guichet {name}"
    parser = argparse.ArgumentParser(prog=name)
    found.arguments(parser)
    return parser


COMMAND = re.compile(r"(?<!/)\./guichet ([a-z]+)((?: (?:--)?[a-z][a-z-]*)*)")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_a_document_names_exists_with_its_flags(name: str) -> None:
    """`./guichet <command> --flag`: the command is there, and the flag is in its --help."""
    code = [
        *re.findall(r"`([^`\n]+)`", read(name)),
        *re.findall(r"^```.*?^```", read(name), re.MULTILINE | re.DOTALL),
    ]
    for text in code:
        for verb, rest in COMMAND.findall(text):
            flags, words = options(parser_of(verb))
            for word in rest.split():
                if word in words:
                    flags |= options(words[word])[0]
                assert not word.startswith("--") or word in flags, f"{verb} {word}"


@pytest.mark.parametrize("name", [name for name in listed() if command(name)])
def test_every_command_is_told_of(name: str) -> None:
    """Whoever reads the documents hears of each command."""
    assert any(
        f"./guichet {name}" in path.read_text("utf-8") or f"./guichet {name}" in read("Procfile")
        for path in DOCUMENTS
    )


def test_the_command_that_makes_a_key_makes_one() -> None:
    """docs/operations.md's one-liner prints a key that can be used."""
    (line,) = re.findall(
        r"^python3 -c (.+token_bytes.+)$", read("docs/operations.md"), flags=re.MULTILINE
    )
    made = subprocess.run(
        [sys.executable, "-c", *shlex.split(line)], capture_output=True, text=True, check=True
    )
    assert len(base64.b64decode(made.stdout.strip().removeprefix("k1:"))) == 32
    assert len(Seals.from_text(made.stdout.strip()).phone_key("+923000000001")) == 16


# Links and examples


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    """Files and headings that a document links are there."""
    here = (ROOT / name).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", read(name)):
        if target.startswith("https://"):
            continue
        place, _, anchor = target.partition("#")
        path = (here / place) if place else ROOT / name
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target


def test_the_readme_shows_a_real_dialog() -> None:
    """The dialog in README.md is the one that is spoken, to the letter."""
    shown = next(
        block for block in blocks(read("README.md"), "python") if block.startswith("VISIT")
    )
    assert shown in read("dialogs/visit.py")


def carriers_form() -> dict[str, str]:
    """The fields README.md posts with curl."""
    (example,) = [block for block in blocks(read("README.md"), "sh") if "curl" in block]
    words = shlex.split(example[example.index("curl ") :])
    return dict(
        after.split("=", 1) for flag, after in pairwise(words) if flag in {"-d", "--data-urlencode"}
    )


def test_the_readmes_form_gets_the_readmes_answer(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Posting what README.md posts is answered with what README.md shows below it."""
    shown = (
        read("README.md").split("--data-urlencode 'text='\n```\n\n```\n")[1].split("```")[0].strip()
    )
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        answer = line.post("ussd", carriers_form())
    assert (answer.status, answer.body) == (200, shown)


def test_the_readme_names_the_floors_of_the_contract() -> None:
    """Every floor that import-linter knows stands in README.md and docs/architecture.md."""
    floors = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["root_packages"]
    for floor in floors:
        assert f"{floor}/" in read("README.md")
        assert f"{floor}/" in read("docs/architecture.md")


def test_the_changelog_tells_of_this_version() -> None:
    """The version of pyproject.toml has its heading, and the licence is the one it names."""
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert re.search(
        rf"^## \[{re.escape(project['version'])}\] - \d{{4}}-\d\d-\d\d$",
        read("CHANGELOG.md"),
        re.MULTILINE,
    )
    assert project["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in read("LICENSE")
    assert "END OF TERMS AND CONDITIONS" in read("LICENSE")


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_says_its_price(path: Path) -> None:
    """Under forty lines: context, choice, price; no number is given twice."""
    text = path.read_text("utf-8")
    number = path.name[:5]
    assert re.fullmatch(r"\d{4}-", number)
    assert [other.name[:5] for other in DECISIONS].count(number) == 1
    assert text.startswith(f"# {number[:4]} ")
    assert list(parts(text, "##")) == ["Context", "Choice", "Price"]
    assert len(text.splitlines()) < 40


@pytest.mark.parametrize("name", NAMES)
def test_a_document_names_no_place_of_a_machine(name: str) -> None:
    """No home folder, no working folder, no real number: documents are for everybody."""
    assert not re.search(r"/(?:root|home|work|Users)/", read(name))
    assert all(
        number.startswith(("+923000000", "+254711000", "+15005550006"))
        for number in re.findall(r"\+\d{8,}", read(name))
    )


def test_every_guide_ends_with_the_command_that_proves_it() -> None:
    """The last lines of each guide are one command."""
    for path in ROOT.glob("docs/adding-*.md"):
        assert re.search(
            r"```(?:sh)?\n\./guichet (?:check|proof)[^\n]*\n```\s*\Z", path.read_text("utf-8")
        ), path.name


def test_the_service_unit_names_a_command_that_exists() -> None:
    """deploy/guichet.service starts what `run --help` knows."""
    (line,) = re.findall(
        r"^ExecStart=\S+/guichet (\w+)(.*)$", read("deploy/guichet.service"), flags=re.MULTILINE
    )
    assert set(line[1].split()) <= options(parser_of(line[0]))[0]
