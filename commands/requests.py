"""`./guichet requests`: what could not be carried and waits for staff; `retry` carries it again.

Shows no person.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from commands import embedded, schema
from commands.trouble import Trouble
from settings import Settings
from store import clock, messages, requests
from store.database import Database, StoreDown
from store.seals import Seals

HELP = "list what could not be carried and waits for staff; `requests retry` carries it again"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may follow `requests`."""
    below = parser.add_subparsers(dest="wish")
    again = below.add_parser(
        "retry", help="carry given-up requests and messages again, from the start"
    )
    again.add_argument(
        "ids", nargs="*", type=UUID, metavar="ID", help="only these, as listed; without any, all"
    )


def main(args: argparse.Namespace) -> int:
    """Print the lists, or revive; status 1 when `retry` finds nothing to carry. Raises Trouble."""
    settings = embedded.stored(Settings())
    schema.require(settings.database_url)
    database = Database.connect(settings.database_url)
    try:
        if args.wish == "retry":
            return retried(database, args.ids or None)
        with database.read() as conn:
            for line in listed(conn, Seals.from_text(settings.keys.get_secret_value())):
                print(line)
    except StoreDown as down:
        raise Trouble("the database does not answer") from down
    finally:
        database.close()
    return 0


def listed(conn: Connection, seals: Seals) -> Iterator[str]:
    """Requests given up, messages given up, and messages that nobody knows the fate of: a heading,
    then a line each.
    """
    buried, unsent, unsure = (
        requests.dead(conn, seals),
        messages.dead(conn),
        messages.uncertain(conn),
    )
    yield f"requests given up: {len(buried)}"
    for one in buried:
        yield _line(
            one.id,
            one.kind,
            masked(one.reference),
            one.error,
            f"{one.attempts} attempts",
            one.created_at,
        )
    yield f"messages given up: {len(unsent)}"
    for lost in unsent:
        yield _line(lost.id, lost.address, lost.error, f"{lost.attempts} attempts", lost.created_at)
    yield f"messages perhaps sent, never sent again blindly: {len(unsure)}"
    for unclear in unsure:
        yield _line(unclear.id, unclear.address, unclear.reason, unclear.created_at)


def retried(database: Database, ids: list[UUID] | None) -> int:
    """Revive these, or all for None. The relay finds them within a second."""
    now = clock.now()
    with database.write() as conn:
        carried, sent = requests.retry(conn, ids, now), messages.retry(conn, ids, now)
    print(f"carried again: requests {carried}, messages {sent}")
    return 0 if carried or sent else 1


def masked(reference: str) -> str:
    """The last four digits, enough to recognise it by."""
    return f"*** *** {reference[-4:]}" if reference else "unreadable"


def _line(*parts: object) -> str:
    """The parts of a line; a moment as minutes in UTC."""
    return "  ".join(
        f"{part:%Y-%m-%d %H:%M}Z" if isinstance(part, datetime) else str(part) for part in parts
    )
