"""A copy of the SQLite database in one file, made while it is in use: a zip of the database and of
what is known about it.

Keys are never in it. What a restored copy may do is store/restoring.py's.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
import zlib
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from store.database import WAIT

FORM = 1
"""The shape of a copy. A release that changes it takes the next number, and still reads this one."""
DATABASE, ABOUT = "guichet.db", "about.json"
LARGEST_ABOUT = 64 * 1024
PIECE = 1024 * 1024
BROKEN = (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError, RuntimeError)
"""What reading a zip that is none, or no longer one, may raise."""


class BadCopy(Exception):
    """It cannot be made, or cannot be used; the message is one sentence and names no person."""


@dataclass(frozen=True, slots=True)
class About:
    """What stands beside the database in a copy."""

    form: int
    made_at: str
    """ISO 8601, UTC."""
    schema: str
    """The revision of the database."""
    keys: str
    """A digest by which the keys that open it are known again; it opens nothing."""
    bytes: int
    sha256: str
    """Of the database as it is inside."""


def make(database: Path, target: Path, schema: str, keys: str, now: datetime) -> About:
    """Copy the database as it is at one moment, without stopping anybody, to a new file that only
    its owner may read.

    Rows that were deleted are not in it. Raises BadCopy; then there is no file.
    """
    whole, packed = (target.with_name(f"{target.name}.{end}") for end in ("db", "partial"))
    try:
        _private(target).close()
    except OSError as error:
        raise BadCopy(f"{target} cannot be made: {error.strerror}") from error
    try:
        _private(whole).close()
        _vacuumed(database, whole)
        about = About(FORM, now.isoformat(), schema, keys, whole.stat().st_size, _digest(whole))
        _pack(about, whole, packed)
        packed.replace(target)
    except (OSError, sqlite3.Error, BadCopy) as error:
        target.unlink(missing_ok=True)
        raise BadCopy(f"the copy could not be made: {_short(error)}") from error
    finally:
        whole.unlink(missing_ok=True)
        packed.unlink(missing_ok=True)
    return about


def about(copy: Path) -> About:
    """What a copy says of itself. Raises BadCopy."""
    try:
        with zipfile.ZipFile(copy) as inside:
            if inside.getinfo(ABOUT).file_size > LARGEST_ABOUT:
                raise BadCopy(f"{copy} is not a copy made by ./guichet backup")
            said = json.loads(inside.read(ABOUT))
        found = About(**said)
    except BROKEN as error:
        raise BadCopy(f"{copy} is not a copy made by ./guichet backup") from error
    except OSError as error:
        raise BadCopy(f"{copy} cannot be read: {error.strerror}") from error
    if found.form != FORM:
        raise BadCopy(f"{copy} was made by a newer version, in form {found.form}")
    return found


def unpack(copy: Path, said: About, into: Path) -> None:
    """The database of a copy as a new file that only its owner may read, held against its size and
    checksum.

    Raises BadCopy; then there is no file.
    """
    try:
        whole = _unpacked(copy, said.bytes, into) and _digest(into) == said.sha256
    except OSError as error:
        into.unlink(missing_ok=True)
        raise BadCopy(f"{copy} could not be unpacked: {error.strerror}") from error
    except BROKEN as error:
        into.unlink(missing_ok=True)
        raise BadCopy(f"{copy} is damaged: it cannot be unpacked") from error
    if not whole:
        into.unlink(missing_ok=True)
        raise BadCopy(f"{copy} is damaged: its database is not the one it speaks of")


def _pack(about: About, whole: Path, packed: Path) -> None:
    """The zip, on the disk when this returns."""
    with _private(packed) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as inside:
            inside.writestr(ABOUT, json.dumps(asdict(about), indent=1))
            inside.write(whole, DATABASE)
        file.flush()
        os.fsync(file.fileno())


def _unpacked(copy: Path, size: int, into: Path) -> bool:
    """Whether the database inside has that size; then it is on the disk. Raises BROKEN, OSError."""
    with zipfile.ZipFile(copy) as inside, inside.open(DATABASE) as packed:
        if inside.getinfo(DATABASE).file_size != size:
            return False
        with _private(into) as file:
            shutil.copyfileobj(packed, file, PIECE)
            file.flush()
            os.fsync(file.fileno())
    return True


def _vacuumed(database: Path, into: Path) -> None:
    """One snapshot, written anew; then read through for damage. Raises sqlite3.Error, BadCopy."""
    if not database.exists():
        raise BadCopy(f"there is no database at {database}")
    address = f"{database.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=WAIT)) as connection:
        connection.execute("VACUUM INTO ?", (str(into),))
    with closing(sqlite3.connect(into)) as copied:
        if copied.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BadCopy(f"{database} is damaged: what can be read of it is not whole")


def _private(path: Path) -> IO[bytes]:
    """A new file that only its owner may read, from its first byte on."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _short(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
