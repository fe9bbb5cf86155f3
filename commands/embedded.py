"""What an empty setting means on one machine: the SQLite file, the keys, and what a running stack
wrote to `var`.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import SecretStr

from commands import keys
from commands.trouble import Trouble
from locales.languages import LANGUAGES
from registry_client import connect
from registry_client.configuration import ConfigurationError
from settings import Settings
from store.database import address
from store.seals import BadKeys, Seals


@dataclass(frozen=True, slots=True)
class Running:
    """Where a stack that runs from this `var` answers."""

    pid: int
    base: str
    """What hook addresses begin with."""
    redis_url: str
    phone: str
    """Empty without the sandbox, like the control address."""
    registry: str
    sandbox: str


def stored(settings: Settings) -> Settings:
    """The settings with the database and the keys of this machine where none are set.

    May make `var/keys`. Raises Trouble for keys that cannot be used.
    """
    master = keys.master_keys(settings)
    try:
        Seals.from_text(master)
    except BadKeys as bad:
        raise Trouble(f"GUICHET_KEYS: {bad}") from bad
    return settings.model_copy(
        update={
            "var": settings.var.resolve(),
            "database_url": address(settings),
            "keys": SecretStr(master),
        }
    )


def completed(settings: Settings) -> Settings:
    """The settings of a process beside a running stack, or on a platform that set everything.

    Raises Trouble.
    """
    stack = running(settings)
    require_languages(settings)
    redis_url = settings.redis_url or (stack.redis_url if stack else "")
    if not redis_url:
        raise Trouble(
            "REDIS_URL is not set, and no ./guichet run is up here whose Redis could be used"
        )
    return stored(settings).model_copy(update={"redis_url": redis_url})


def require_languages(settings: Settings) -> None:
    """For what speaks to citizens. Raises Trouble for a language that is not a row of the table."""
    if unknown := [tag for tag in settings.languages if tag not in LANGUAGES]:
        raise Trouble(f"GUICHET_LANGUAGES: not in the table of languages: {', '.join(unknown)}")


def require_registry(settings: Settings) -> None:
    """For what asks a registry: web and workers. Raises Trouble where none is named, or its file is
    not right.
    """
    if not settings.has_registry:
        raise Trouble("GUICHET_REGISTRY_URL is not set: the address of the central registry")
    try:
        connect(settings)  # calls nothing
    except ConfigurationError as error:
        raise Trouble(str(error)) from error


def running(settings: Settings) -> Running | None:
    """The stack that runs from this `var`, if one does: its lock is held, and it has said where it
    answers.
    """
    try:
        with (settings.var / "stack.lock").open("rb") as lock:
            if _locked(lock.fileno()):
                return Running(**json.loads((settings.var / "stack.json").read_bytes()))
    except FileNotFoundError:
        return None
    return None


@contextmanager
def alone(var: Path) -> Iterator[None]:
    """No stack runs from `var`, and none begins while the block runs. Raises Trouble."""
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (var / "stack.lock").open("wb") as lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise Trouble(f"a stack runs from {var}: stop it first") from held
        yield


def announce(var: Path, stack: Running) -> None:
    """Say where the stack answers, to whoever may read `var`'s private files."""
    keys.write(var / "stack.json", json.dumps(asdict(stack), indent=1) + "\n")


def _locked(descriptor: int) -> bool:
    """Whether someone else holds the lock. It is not taken: a shared lock given back at once."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
