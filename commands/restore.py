"""`./guichet restore`: the embedded database from a copy, and what a copy must not do twice marked.

Which marks those are is store/restoring.py's.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from commands import backup, embedded, schema
from commands.trouble import Trouble
from settings import Settings
from store import clock, copies, migrations, restoring
from store.copies import About, BadCopy
from store.database import Database, StoreDown
from store.restoring import Marked

HELP = "put a copy made by backup in the place of the embedded database; nothing is sent twice"
BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database that is in use, or whose users died."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What must follow `restore`."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, metavar="FILE", help="made by ./guichet backup")
    what.add_argument(
        "--mark-only",
        action="store_true",
        help="the database is restored already, by pg_restore: only mark what may have been carried",
    )


def main(args: argparse.Namespace) -> int:
    """Restore or mark, and say what that means. Raises Trouble; then nothing was changed."""
    settings, now = Settings(), clock.now()
    if args.mark_only:
        tell(marked(embedded.stored(settings), now))
        return 0
    said = examined(args.file)
    aside, done = restored(settings, args.file, said, now)
    print(f"Restored as it was at {said.made_at}.")
    if aside:
        print(f"The database before is kept: {aside}")
    tell(done)
    return 0


def tell(done: Marked) -> None:
    """What happens now, and what staff have to do."""
    print(f"Requests handed over again, each once by its number: {done.requests}.")
    print(f"SMS that may have been sent since, and are not sent again: {done.messages}.")
    print("./guichet requests lists them. Promises and STOPs made after the copy are not in it.")


def examined(copy: Path) -> About:
    """What the copy says of itself, where this version can read it. Raises Trouble."""
    try:
        said = copies.about(copy)
    except BadCopy as bad:
        raise Trouble(str(bad)) from bad
    if not migrations.knows(said.schema):
        raise Trouble(
            f"{copy} is at schema {said.schema}, newer than this version, which knows up to "
            f"{migrations.head()}: install the version that made it"
        )
    return said


def restored(
    settings: Settings, copy: Path, said: About, now: datetime
) -> tuple[Path | None, Marked]:
    """Put the copy in place, brought to the newest schema and marked.

    Returns where the database that was there is kept. Raises Trouble; then that one is in place.
    """
    place = backup.database(settings)
    require_keys(settings, said)
    with embedded.alone(settings.var):
        draft = place.with_name(f"{place.name}.restoring")
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        swept(draft)
        try:
            copies.unpack(copy, said, draft)
            done = prepared(draft, said, now)
            return put(draft, place, now), done
        except (BadCopy, StoreDown) as bad:
            raise Trouble(f"nothing was restored: {bad}") from bad
        except OSError as error:
            raise Trouble(f"nothing was restored: {error.strerror}") from error
        finally:
            swept(draft)


def require_keys(settings: Settings, said: About) -> None:
    """Raise Trouble unless the keys at hand are those the copy was sealed under; none are made."""
    if not settings.keys.get_secret_value() and not (settings.var / "keys").exists():
        raise Trouble(f"there are no keys: set GUICHET_KEYS, or bring back {settings.var}/keys")
    if backup.fingerprint(embedded.stored(settings)) != said.keys:
        raise Trouble("the copy was sealed under other keys than GUICHET_KEYS or GUICHET_VAR/keys")


def prepared(draft: Path, said: About, now: datetime) -> Marked:
    """The draft at the newest schema, with its marks, as one file. Raises StoreDown, BadCopy."""
    url = f"sqlite:///{draft.absolute()}"
    try:
        found = migrations.current(url)
    except DatabaseError as error:
        raise BadCopy("what is inside is no database") from error
    if found != said.schema:
        raise BadCopy("the database inside is of another schema than the copy says")
    migrations.upgrade(url)
    database = Database.connect(url)
    try:
        with database.write() as conn:
            done = restoring.mark(conn, now)
    finally:
        database.close()
    folded(draft)
    return done


def put(draft: Path, place: Path, now: datetime) -> Path | None:
    """The draft in the place of the database, which is kept beside it. There is always one in
    place. Raises Trouble when a process still uses it.
    """
    aside = None
    if place.exists():
        folded(place)
        aside = place.with_name(f"{place.name}.before-{now:%Y%m%dT%H%M%SZ}")
        os.link(place, aside)
        for end in BESIDE:
            beside = place.with_name(place.name + end)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + end))
    draft.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return aside


def folded(place: Path) -> None:
    """Fold SQLite's log into its file, which only works while nobody else has it open; a damaged
    database is left as it is. Raises Trouble.
    """
    try:
        with closing(sqlite3.connect(place, timeout=0.5)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as busy:
        raise Trouble(
            f"a process still uses {place}: stop web, workers and relay first ({busy})"
        ) from busy
    except sqlite3.DatabaseError:
        return


def swept(draft: Path) -> None:
    """Nothing is left of a draft."""
    for end in ("", *BESIDE):
        draft.with_name(draft.name + end).unlink(missing_ok=True)


def marked(settings: Settings, now: datetime) -> Marked:
    """The marks on a database that was restored by other means. Raises Trouble while anybody works
    on it.
    """
    schema.require(settings.database_url)
    database = Database.connect(settings.database_url)
    try:
        with embedded.alone(settings.var), database.write() as conn:
            if conn.dialect.name == "postgresql" and (others := conn.scalar(OTHERS)):
                raise Trouble(f"{others} connections of Guichet are open: stop every part first")
            return restoring.mark(conn, now)
    except StoreDown as down:
        raise Trouble("the database does not answer") from down
    finally:
        database.close()


OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'guichet' AND pid <> pg_backend_pid()"
)
