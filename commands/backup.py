"""`./guichet backup`: the embedded database to one file, while everything goes on."""

from __future__ import annotations

import argparse
from pathlib import Path

from sqlalchemy import make_url

from commands import embedded
from commands.trouble import Trouble
from settings import Settings
from store import clock, copies, migrations
from store.copies import BadCopy
from store.database import StoreDown, address, plain
from store.seals import Seals

HELP = "copy the embedded database to one file, while everything goes on; without the keys"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may follow `backup`."""
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="a new file; without it, one named after the time, in GUICHET_VAR/backups",
    )


def main(args: argparse.Namespace) -> int:
    """Copy, and say what the copy is. Raises Trouble."""
    found = Settings()
    source = database(found)
    if not source.exists():
        raise Trouble(f"there is no database at {source}: nothing to copy")
    settings = embedded.stored(found)
    now = clock.now()
    target: Path = args.file or settings.var / "backups" / f"guichet-{now:%Y%m%dT%H%M%SZ}.zip"
    if args.file is None:
        target.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        made = copies.make(source, target, revision(settings), fingerprint(settings), now)
    except BadCopy as bad:
        raise Trouble(str(bad)) from bad
    print(f"{target}: {made.bytes} bytes at schema {made.schema}, SHA-256 {made.sha256}")
    print("The keys are not in it: keep GUICHET_KEYS, or GUICHET_VAR/keys, in another place.")
    return 0


def database(settings: Settings) -> Path:
    """The SQLite file. Raises Trouble where there is another database."""
    url = make_url(plain(address(settings)))
    if url.get_backend_name() != "sqlite" or not url.database:
        raise Trouble(
            "DATABASE_URL names PostgreSQL: use pg_dump and pg_restore (docs/operations.md, Backup)"
        )
    return Path(url.database)


def revision(settings: Settings) -> str:
    """The schema of the database. Raises Trouble where it has none."""
    try:
        found = migrations.current(settings.database_url)
    except StoreDown as down:
        raise Trouble("the database does not answer") from down
    if found is None:
        raise Trouble("the database is empty: nothing to copy")
    return found


def fingerprint(settings: Settings) -> str:
    """What tells the keys that find and open a copy from others; rotation does not change it."""
    return Seals.from_text(settings.keys.get_secret_value()).digest("copy", "keys").hex()
