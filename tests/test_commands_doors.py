"""`./guichet NAME`: the commands there are, and one clear line instead of a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commands import doctor, embedded
from commands.__main__ import command, listed, main
from commands.findings import Finding
from commands.processes import ROOT
from commands.trouble import Trouble
from settings import Settings

COMMANDS = [name for name in listed() if command(name)]


def called(*words: str, var: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """What a person sees who types this."""
    environment = {
        **os.environ,
        "GUICHET_VAR": str(var),
        "REDIS_URL": "",
        "DATABASE_URL": "",
        **settings,
    }
    program = [sys.executable, "-m", "commands", *words]
    return subprocess.run(
        program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_doors_the_readme_names_are_there() -> None:
    """One file a command; nothing is registered twice."""
    named = {
        "run",
        "check",
        "urls",
        "migrate",
        "web",
        "worker",
        "relay",
        "sandbox",
        "doctor",
        "proof",
        "texts",
        "tour",
    }
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` says what it is for, in a sentence without a full stop."""
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    found = command(name)
    assert found
    assert found.HELP in shown
    assert not found.HELP.endswith(".")


def test_an_unknown_command_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2, as any wrong use."""
    with pytest.raises(SystemExit, match="2"):
        main(["nonsense"])
    assert "doctor" in capsys.readouterr().err


def test_all_wrong_settings_are_named_in_one_line_and_never_shown(tmp_path: Path) -> None:
    """Two wrong ones, both named as they are set; a value may be a secret."""
    done = called("run", var=tmp_path, GUICHET_PORT="70000", GUICHET_LOG_LEVEL="hunter2")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "GUICHET_PORT" in done.stderr
    assert "GUICHET_LOG_LEVEL" in done.stderr
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize("command", ["run", "web", "relay", "migrate", "doctor"])
def test_nothing_starts_with_a_provider_of_ussd_alone_and_nobody_to_send(
    tmp_path: Path, command: str
) -> None:
    """People met through it would be told a number and never hear of it again."""
    done = called(command, var=tmp_path, GUICHET_HUBTEL="true")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "GUICHET_HUBTEL has no SMS: set GUICHET_SMS_PROVIDER" in done.stderr


def test_an_old_schema_is_one_line(tmp_path: Path) -> None:
    """The web server does not start on a database nobody migrated."""
    done = called("web", var=tmp_path, REDIS_URL="redis://127.0.0.1:1")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "./guichet migrate" in done.stderr


def test_a_database_that_is_away_is_one_line_without_its_password(tmp_path: Path) -> None:
    """Nothing of the address but what helps is said."""
    done = called(
        "migrate", var=tmp_path, DATABASE_URL="postgresql://guichet:hunter2@127.0.0.1:1/guichet"
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "hunter2" not in done.stderr + done.stdout


def test_urls_without_a_stack_says_what_to_do(tmp_path: Path) -> None:
    """Neither a stack nor a public address."""
    done = called("urls", "--json", var=tmp_path)
    assert done.returncode == 1
    assert "./guichet run" in done.stderr


def test_doctor_finds_a_misspelt_setting(tmp_path: Path) -> None:
    """A variable that nothing reads is most likely a typing error."""
    done = called("doctor", var=tmp_path, GUICHET_REGISTRY_ULR="x")
    assert done.returncode == 1
    assert "GUICHET_REGISTRY_ULR" in done.stdout


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sms_second": "twilio"}, "GUICHET_SMS_SECOND names a provider without account"),
        (
            {"sms_rates": "africastalking=5, twillio=1"},
            "GUICHET_SMS_RATES names who cannot send: twillio",
        ),
    ],
)
def test_doctor_finds_a_provider_that_cannot_send(wrong: dict[str, Any], said: str) -> None:
    """Nothing would be sent by it, and nobody would be told."""
    settings = Settings(
        africastalking_username="sandbox",
        africastalking_key="evidently-fake",
        public_url="https://line.example.org",
        **wrong,
    )
    found = [one for one in doctor.providers(settings, None) if one.state == "wrong"]
    assert found == [Finding("wrong", "carriers", said)]


def test_doctor_calls_nothing_wrong_on_a_machine_where_nothing_was_started(tmp_path: Path) -> None:
    """What is only off is a choice, and nothing is made by looking."""
    findings = list(doctor.examined(Settings(var=tmp_path, database_url="", redis_url="")))
    assert {finding.state for finding in findings} <= {"ok", "off"}
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_registries_that_is_not_right_is_said_before_anything_starts(
    tmp_path: Path,
) -> None:
    """By doctor as a finding, by web and workers as trouble; nothing is called."""
    (tmp_path / "registries.toml").write_text('[[registry]]\nname = "nser"\n')
    settings = Settings(registries=str(tmp_path / "registries.toml"))
    assert settings.has_registry
    said = "registries.toml: registry 1: url: Field required"
    assert list(doctor.registries(settings, "")) == [Finding("wrong", "registry", said)]
    with pytest.raises(Trouble, match=said):
        embedded.require_registry(settings)
    (tmp_path / "registries.toml").write_text(
        '[[registry]]\nname = "nser"\nurl = "http://127.0.0.1:1"\n'
        '[registry.signature]\nform = "jws"\nkey_id = "k"\nkey_env = "PATH"\n'
    )
    with pytest.raises(Trouble, match="registry nser: PATH: "):
        embedded.require_registry(settings)
    with pytest.raises(Trouble, match="GUICHET_REGISTRY_URL is not set"):
        embedded.require_registry(Settings())
