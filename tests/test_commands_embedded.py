"""What an empty setting means on one machine: keys, environment, free ports, the Redis of a
stack.
"""

from __future__ import annotations

import base64
import json
import random
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from commands import embedded, environment, keys, ports, stand_in
from commands.processes import ROOT
from commands.trouble import Trouble
from settings import Settings
from store.seals import Seals

HANDED_ON = """
import json
from commands import environment
from settings import Settings
print(json.dumps(environment.of(Settings(), {})))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a machine that has only a folder."""
    return Settings(var=tmp_path / "var")


def test_keys_are_made_once_and_for_their_owner_only(settings: Settings) -> None:
    """The first look makes them with mode 0600, later ones read the same; the seals accept them."""
    first = keys.master_keys(settings)
    assert keys.master_keys(settings) == first
    assert stat.S_IMODE((settings.var / "keys").stat().st_mode) == 0o600
    assert [path.name for path in settings.var.iterdir()] == ["keys"]
    name, _, key = first.partition(":")
    assert (name, len(base64.b64decode(key))) == ("k1", 32)
    Seals.from_text(first)


def test_keys_that_are_set_are_used_and_none_are_made(settings: Settings) -> None:
    """Production brings its own."""
    own = settings.model_copy(update={"keys": SecretStr("k7:own")})
    assert keys.master_keys(own) == "k7:own"
    assert not settings.var.exists()


def test_keys_that_others_may_read_are_refused(settings: Settings) -> None:
    """A copy that lost its mode is noticed."""
    keys.master_keys(settings)
    (settings.var / "keys").chmod(0o644)
    with pytest.raises(Trouble, match="chmod 600"):
        keys.master_keys(settings)


def test_settings_survive_the_way_through_the_environment(settings: Settings) -> None:
    """Every kind of field, secrets and lists too, is read by another process as it was, and handed
    on the same.
    """
    full = stand_in.pointed(embedded.stored(settings), "http://127.0.0.1:1").model_copy(
        update={
            "redis_url": "unix:///nowhere",
            "lookup_deadline": 1.5,
            "allowed_cidrs": ("10.0.0.0/8", "::1/128"),
        }
    )
    ours = environment.of(full, {})
    told = subprocess.run(
        [sys.executable, "-c", HANDED_ON], env=ours, cwd=ROOT, capture_output=True, check=True
    )
    assert json.loads(told.stdout) == ours


def test_what_was_inherited_gives_way() -> None:
    """A setting of ours replaces an inherited one; what is no setting is kept."""
    made = environment.of(Settings(port=9999), {"GUICHET_PORT": "1", "PATH": "/bin"})
    assert (made["GUICHET_PORT"], made["PATH"]) == ("9999", "/bin")


def test_the_sandbox_stands_in_only_for_what_is_not_configured() -> None:
    """A registry or a carrier of one's own is left as it is, and no sandbox carrier joins a real
    one.
    """
    both = stand_in.pointed(Settings(registry_url=""), "http://s")
    assert (both.registry_url, both.africastalking_url, both.twilio_url) == (
        "http://s/registry-api",
        "http://s/africastalking",
        "http://s/twilio",
    )
    real = Settings(registry_url="https://registry.example", twilio_account_sid="AC1")
    assert stand_in.pointed(real, "http://s") == real


def test_a_port_in_use_is_one_sentence_that_names_the_setting() -> None:
    """Servers that share ports would not notice: we ask first."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Trouble, match=rf"port {port} on 127.0.0.1 .*in use.* GUICHET_PORT"):
            ports.require("127.0.0.1", port, "GUICHET_PORT")


def test_a_free_port_is_one_that_can_be_used() -> None:
    """It is outside the range of outgoing connections, and nothing listens there."""
    port = ports.free("127.0.0.1", random.Random(7))  # noqa: S311  a port is no secret
    assert ports.LEAST <= port < ports.MOST
    assert not ports.taken("127.0.0.1", port)


def test_a_process_without_a_redis_is_told_where_one_would_come_from(settings: Settings) -> None:
    """Neither REDIS_URL nor a stack: one sentence."""
    with pytest.raises(Trouble, match="REDIS_URL is not set"):
        embedded.completed(settings)


def test_a_stack_that_died_is_not_running(settings: Settings) -> None:
    """What it wrote is left, but nobody holds its lock."""
    settings.var.mkdir()
    (settings.var / "stack.lock").touch()
    (settings.var / "stack.json").write_text(json.dumps({"pid": 1}))
    assert embedded.running(settings) is None
