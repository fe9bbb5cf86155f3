"""`./guichet reconcile`: a day looked back at: what was told, what became of it, and what does not
fit together, each with what to do next. Shows no person.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from commands import embedded, schema
from commands.trouble import Trouble
from registry_client import connect
from registry_client.port import Registry
from settings import Settings
from store import clock, reconcile
from store.database import Database, StoreDown
from store.reconcile import Code, Day, Kept
from store.seals import Seals
from workers.auditing import MOST, audited

HELP = (
    "audit a day: what was told, carried, sent and reported; status 1 when something does not fit"
)
LISTED = 60
"""Days `--list` shows."""

NEXT: Mapping[Code, tuple[str, str]] = {
    "waiting": (
        "requests wait for the registry for more than an hour",
        "nothing is lost: ./guichet doctor says whether it answers",
    ),
    "review": (
        "requests are over GUICHET_REQUESTS_A_DAY and were not carried",
        "see that they are meant, then ./guichet requests retry ID",
    ),
    "dead": (
        "requests were given up",
        "./guichet requests says why; mend that, then ./guichet requests retry ID",
    ),
    "stuck": (
        "requests are open and nobody carries them",
        "./guichet reconcile --replay ID, and tell us: it is a fault of ours",
    ),
    "unknown_there": (
        "requests were accepted, and the registry does not know them",
        "./guichet reconcile --replay ID hands them over again; she is not told twice",
    ),
    "known_there": (
        "requests are held by the registry, and we have no answer of it",
        "they go again by themselves; dead ones by ./guichet requests retry ID: it holds each once",
    ),
    "registry_away": (
        "questions the registry did not answer",
        "./guichet doctor, then run this again",
    ),
    "late_sms": (
        "SMS wait for more than an hour",
        "is a worker of the provider's lane up, and the provider? They go by themselves",
    ),
    "dead_sms": (
        "SMS were given up",
        "./guichet requests says why; mend that, then ./guichet requests retry ID",
    ),
    "stuck_sms": (
        "SMS are owed and nobody carries them",
        "./guichet reconcile --replay ID, and tell us: it is a fault of ours",
    ),
    "uncertain_sms": (
        "SMS were perhaps sent",
        "a late report settles them; else look at the provider's own list. They are not sent again",
    ),
    "silent_sms": (
        "SMS were sent more than 48 hours ago, and no report came",
        "is the address for receipts entered at the provider (./guichet urls)? Else ask it",
    ),
    "strange_reports": (
        "reports came about SMS that are not ours",
        "does another system use the account, or was a copy restored? Nothing to do",
    ),
}
"""What each difference is, and the next step."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may follow `reconcile`."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--day",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="in GUICHET_TIMEZONE; without it, yesterday",
    )
    what.add_argument("--list", action="store_true", help="the days that were kept, newest first")
    what.add_argument(
        "--replay",
        nargs="+",
        type=UUID,
        metavar="ID",
        help="carry these again, as listed: a request by its number, an SMS that never left",
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.add_argument(
        "--ask",
        type=int,
        default=MOST,
        metavar="N",
        help=f"requests the registry is asked about, spread over the day; {MOST} unless set",
    )


def main(args: argparse.Namespace) -> int:
    """Look, list or replay; status 1 where something does not fit. Raises Trouble."""
    settings = embedded.stored(Settings())
    schema.require(settings.database_url)
    database = Database.connect(settings.database_url)
    try:
        if args.list:
            return listed(database, as_json=args.json)
        if args.replay:
            return replayed(database, args.replay)
        now, zone = clock.now(), ZoneInfo(settings.timezone)
        day = args.day or now.astimezone(zone).date() - timedelta(days=1)
        if day > now.astimezone(zone).date():
            raise Trouble(f"{day} has not begun")
        return shown(database, settings, day, now, args.ask, as_json=args.json)
    except StoreDown as down:
        raise Trouble("the database does not answer") from down
    finally:
        database.close()


def shown(
    database: Database, settings: Settings, day: date, now: datetime, most: int, *, as_json: bool
) -> int:
    """Look back at a day, and print it."""
    found = audited(
        database,
        Seals.from_text(settings.keys.get_secret_value()),
        registry(settings),
        day,
        ZoneInfo(settings.timezone),
        now,
        timeout=settings.registry_timeout,
        most=most,
    )
    if as_json:
        steps = {code: NEXT[code][1] for code in found.differences}
        print(json.dumps({"day": day.isoformat(), **asdict(found), "next": steps}, indent=1))
    else:
        for line in lines(day, found):
            print(line)
    return 1 if found.differences else 0


def registry(settings: Settings) -> Registry | None:
    """The one that is set, or the running stack's; None where there is none."""
    stack = embedded.running(settings)
    url = settings.registry_url or (stack.registry if stack else "")
    named = bool(url or settings.registries)
    return connect(settings.model_copy(update={"registry_url": url})) if named else None


def lines(day: date, found: Day) -> Iterator[str]:
    """A day as a person reads it."""
    yield f"{day}, by kind and language; Guichet knows no districts"
    yield f"references told   {sum(sum(of.values()) for of in found.told.values())}"
    for kind, by_language in found.told.items():
        yield f"  {kind:15} {_row(by_language)}   {_row(found.requests[kind])}"
    asked = found.registry
    yield (
        f"registry          known {asked.known}, unknown {asked.unknown}, "
        f"cannot say {asked.unsupported}, no answer {asked.unavailable}, not asked {asked.not_asked}"
    )
    yield f"SMS promised      {sum(found.messages.values())}   {_row(found.messages)}"
    yield f"carriers' reports {sum(found.reports.values())}   {_row(found.reports)}"
    yield f"reports not ours  {sum(found.strangers.values())}   {_row(found.strangers)}".rstrip()
    yield f"differences       {len(found.differences)}"
    for code, one in found.differences.items():
        what, step = NEXT[code]
        yield f"  {one.count} {what}"
        yield f"    next: {step}"
        yield from (f"    {each}" for each in one.ids)


def listed(database: Database, *, as_json: bool) -> int:
    """The days that were kept."""
    with database.read() as conn:
        days = reconcile.kept(conn, LISTED)
    if as_json:
        made = [
            {"day": one.day.isoformat(), "made_at": one.made_at.isoformat(), **one.figures}
            for one in days
        ]
        print(json.dumps(made, indent=1))
        return 0
    for one in days:
        print(summary(one))
    return 0


def summary(one: Kept) -> str:
    """A kept day in a line."""
    told = sum(sum(of.values()) for of in one.figures["told"].values())
    differences = {code: found["count"] for code, found in one.figures["differences"].items()}
    return (
        f"{one.day}  made {one.made_at:%Y-%m-%d %H:%M}Z  told {told}  {_row(differences) or 'fits'}"
    )


def replayed(database: Database, ids: list[UUID]) -> int:
    """Have these carried again; status 1 when none of them may be."""
    with database.write() as conn:
        carried = reconcile.replay(conn, ids, clock.now())
    print(f"carried again: {carried}")
    return 0 if carried else 1


def _row(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {many}" for name, many in counts.items())
