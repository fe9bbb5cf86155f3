"""The master keys: the operator's own, or one made once for this machine in `var/keys`.

What they seal is store/'s.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from commands.trouble import Trouble
from settings import Settings

BYTES = 32


def master_keys(settings: Settings, random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """`id:base64,...`, the current key first: the setting, else the file, made with mode 0600 when
    it is not there.

    Raises Trouble when the file cannot be read, or be made, or when others may read it.
    """
    if keys := settings.keys.get_secret_value():
        return keys
    path = settings.var / "keys"
    try:
        make(path, f"k1:{base64.b64encode(random(BYTES)).decode()}\n")
        if path.stat().st_mode & 0o077:
            raise Trouble(f"others may read {path}, which holds the master keys: chmod 600 {path}")
        return path.read_text("ascii").strip()
    except OSError as error:
        raise Trouble(f"the master keys cannot be kept in {path}: {error.strerror}") from error


def make(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all; leave one that is there, also one
    made meanwhile.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    write(draft, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def write(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
