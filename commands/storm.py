"""`./guichet storm`: a crowd and every fault the world has over a full stack of its own, then an audit
of every book against every other.

What it is made of is in storm/.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic
from urllib.parse import urlsplit

import requests

from commands.processes import holds
from gateway.providers.addresses import Addresses
from store import live
from store.clock import now
from store.database import Database, StoreDown
from store.seals import Seals
from storm import audit, books
from storm.books import Books
from storm.citizen import Diary
from storm.crowd import Crowd
from storm.ground import Ground, Program, grounded, unchanged
from storm.table import Report, shown
from storm.weather import KINDS, Storm
from storm.wire import Line

HELP = "let a storm pass over a stack of its own, and show that nothing was lost and nothing came twice"

TICK = 0.1
HOME = 8.0
"""Seconds after the storm in which people get what they came for, or go home."""
SETTLE = 90.0
"""Seconds after the storm in which everything owed must be carried."""


def arguments(parser: ArgumentParser) -> None:
    """How strong, how long, and which."""
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed, the same storm (default 1)"
    )
    parser.add_argument(
        "--sessions", type=_many, default=2000, help="people who want something (default 2000)"
    )
    parser.add_argument(
        "--minutes", type=_minutes, default=3.0, help="how long it lasts (default 3)"
    )
    parser.add_argument(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what it passes over; PostgreSQL is started from a package (default sqlite)",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        choices=[kind.name for kind in KINDS],
        metavar="KIND",
        help="what goes wrong, as often as given (default everything): 'kill web', 'drop carrier'",
    )
    parser.add_argument(
        "--copies",
        type=int,
        choices=(1, 2),
        default=2,
        help="web servers, relays, and workers of each lane (default 2)",
    )


def main(args: Namespace) -> int:
    """Print the table. 1 when something must not have been."""
    coming = Storm(
        args.seed, args.sessions, args.minutes * 60, args.database, args.only, args.copies
    )
    report = passed(coming)
    print("\n".join(shown(report)))
    return 1 if report.findings else 0


def passed(storm: Storm, program: Program = unchanged) -> Report:
    """One storm, from the first call to the audit. Call it from the main thread.

    `program` gives other programs to processes, by name: how a defect is put in.
    """
    with (
        TemporaryDirectory(prefix="guichet-storm-") as folder,
        grounded(Path(folder), storm, program) as ground,
    ):
        diary, over = Diary(), Event()
        line = Line(ground.stack.webs, _hooks(ground))
        crowd = Crowd(line, partial(_inbox, ground), _people(ground), storm.seed, diary, over)
        begun = monotonic()
        _blow(ground, crowd, storm)
        ended = monotonic()
        store = Database.connect(ground.stack.settings.database_url)
        try:
            quiet = _settle(ground, store, storm.settle)
            settled = monotonic() - ended
            crowd.follow(
                [(one.phone, one.reference) for one in diary.told[:: max(1, len(diary.told) // 50)]]
            )
            if quiet:  # asking may promise an answer by SMS
                _settle(ground, store, storm.settle)
            read = _read(ground, store)
        finally:
            store.close()
        findings = audit.audit(read, diary, line.answers, ground.blows)
        return Report(
            storm, diary, read, line.answers, ground.blows, findings, ended - begun, settled
        )


def _blow(ground: Ground, crowd: Crowd, storm: Storm) -> None:
    """The crowd comes, and the gusts with it. Processes are started from this thread alone."""
    begun, coming = monotonic(), storm.forecast()
    home = begun + storm.seconds + min(HOME, storm.seconds / 2)
    comes = Thread(target=crowd.comes, args=(storm.people, storm.seconds), name="crowd")
    comes.start()
    try:
        while comes.is_alive() or coming:
            if coming and monotonic() - begun >= coming[0].at:
                ground.blow(coming.pop(0))
            ground.mended()
            comes.join(TICK)
            if monotonic() > home:
                crowd.over.set()
    finally:
        if coming:
            crowd.over.set()
        comes.join()


def _settle(ground: Ground, store: Database, settle: float) -> bool:
    """Nothing goes wrong any more: wait until nothing is owed. Whether that came."""
    ground.calm()
    redis = live.connected(ground.stack.settings.redis_url)

    def quiet() -> bool:
        if not ground.mended():
            return False
        try:
            books.hurry(store, redis, now())
            return not any(what.endswith(" ready") for what in books.owed(store))
        except StoreDown:
            return False

    return holds(quiet, settle)


def _read(ground: Ground, store: Database) -> Books:
    """Every book there is, while nobody writes in any: whoever carries has gone home."""
    for process in ground.stack.processes:
        if process.name.startswith(("worker", "relay")):
            process.stop()
    seals = Seals.from_text(ground.stack.settings.keys.get_secret_value())
    stored, sent = books.ours(store, seals)
    phones = {one.phone for one in sent}
    rung = Counter(
        (phone, text) for phone in sorted(phones) for text in books.rung(ground.look(_page(phone)))
    )
    return Books(stored, books.registry(ground.look("ledger")), sent, rung, books.owed(store))


def _inbox(ground: Ground, phone: str) -> list[str]:
    return books.rung(ground.look(_page(phone)))


def _page(phone: str) -> str:
    return f"inbox?phone=%2B{phone.removeprefix('+')}"


def _hooks(ground: Ground) -> Mapping[tuple[str, str], str]:
    """The paths carriers post to."""
    settings = ground.stack.settings
    seals = Seals.from_text(settings.keys.get_secret_value())
    every = Addresses(ground.stack.base, seals, settings.hook_generations).hooks()
    return {
        (provider, kind): urlsplit(url).path
        for provider, kinds in every.items()
        for kind, url in kinds.items()
    }


def _people(ground: Ground) -> list[str]:
    """IDs of the registry's invented people."""
    page = f"{ground.stack.sandbox}/registry-api/people"
    listed = requests.get(page, headers={"Accept": "application/json"}, timeout=SETTLE).json()
    return [str(one["national_id"]) for one in listed]


def _many(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 200_000:
        raise ArgumentTypeError("1 to 200000 people")
    return count


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0.1 <= minutes <= 60:
        raise ArgumentTypeError("0.1 to 60 minutes")
    return minutes
