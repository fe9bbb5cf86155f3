"""What a native reader vouches for: `<tag>/SIGNED` names her, the day, and the hash of every sentence
she read. Whatever changes afterwards is a draft again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from dialogs.engine.texts import SOURCE, Entry


@dataclass(frozen=True, slots=True)
class Signature:
    """Who read a catalogue, when, and the hash of what stood there."""

    reader: str
    day: date
    texts: str


def digest(entries: Mapping[str, Entry]) -> str:
    """The hash of every address, the English there and its translation, in the order of the
    addresses: 64 hexadecimal digits.
    """
    read = [[where, entries[where].english, entries[where].forms] for where in sorted(entries)]
    return sha256(json.dumps(read, ensure_ascii=False).encode()).hexdigest()


def path(tag: str, folder: Path) -> Path:
    """Where the signature of a language lives."""
    return folder / tag / "SIGNED"


def write(signature: Signature, tag: str, folder: Path) -> None:
    """Keep a signature, in place of an older one. The reader's name is one line."""
    path(tag, folder).write_text(
        f"Reader: {signature.reader}\nDay: {signature.day}\nTexts: {signature.texts}\n",
        encoding="utf-8",
    )


def read(tag: str, folder: Path) -> Signature | None:
    """The signature that is kept, whether or not it still holds; None when there is none.

    Raises ValueError on a file that is not one.
    """
    try:
        lines = path(tag, folder).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    said = dict(line.partition(": ")[::2] for line in lines)
    try:
        return Signature(said["Reader"], date.fromisoformat(said["Day"]), said["Texts"])
    except KeyError as missing:
        raise ValueError(f"{path(tag, folder)} has no line {missing.args[0]}") from missing


def signed(tag: str, entries: Mapping[str, Entry], folder: Path) -> bool:
    """Whether a native reader stands for exactly these sentences. English is the source: it needs
    nobody.
    """
    if tag == SOURCE:
        return True
    found = read(tag, folder)
    return found is not None and found.texts == digest(entries)
