"""`./guichet bench`: the cost of a key press beside a bare server, in one run on a stack of its own.

What is pressed, and what is made of the figures, is in benchmarks/.
"""

from __future__ import annotations

import json
import os
import platform
import random
import subprocess
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

import requests
from redis import Redis

from benchmarks import floors, held, promises, texts
from benchmarks.figures import Round, line
from benchmarks.held import Held
from benchmarks.load import Order
from benchmarks.processors import spent
from benchmarks.table import BARE, FLASK, OURS, Report, as_json, shown
from commands import environment, ports, web
from commands.processes import ROOT, Process
from commands.stack import START, Stack
from commands.trouble import Trouble
from gateway.providers.addresses import Addresses
from settings import Settings
from store import lanes
from store.seals import Seals

HELP = "measure a key press beside a bare server: ratios first, in about two minutes"

THREADS = (1, 8)
KINDS = (
    (OURS, "wsgi:app_from_environment"),
    (FLASK, "benchmarks.floors:flask_route"),
    (BARE, "benchmarks.floors:bare_callable"),
)
MOST_SECONDS = 20.0
MANY = 10_000_000
"""Turns a minute a phone may take here: counted and compared as always, but few phones press a lot."""


@dataclass(frozen=True, slots=True)
class Server:
    """One server to press on; `answer` is all it ever says, where it is no Guichet."""

    name: str
    threads: int
    process: Process
    order: Order


def arguments(parser: ArgumentParser) -> None:
    """How long, how often, and for whom."""
    parser.add_argument("--seconds", type=_seconds, default=1.5, help="of each round (default 1.5)")
    parser.add_argument(
        "--rounds", type=int, choices=range(1, 10), default=3, help="of each server (default 3)"
    )
    parser.add_argument(
        "--postgresql",
        metavar="URL",
        default="",
        help="an empty database of nobody's, to carry promises from as well as from SQLite",
    )
    parser.add_argument("--json", action="store_true", help="for machines; seconds everywhere")


def main(args: Namespace) -> int:
    """Print the table. 1 when an answer was not what it must be; being slow is no error."""
    with (
        TemporaryDirectory(prefix="guichet-bench-") as folder,
        Stack(_settings(folder), free_ports=True) as stack,
    ):
        report = measured(stack, args.seconds, args.rounds, args.postgresql)
        stack.require_alive()
    print(json.dumps(as_json(report)) if args.json else "\n".join(shown(report)))
    return 1 if report.wrong else 0


def measured(stack: Stack, seconds: float, rounds: int, postgresql: str = "") -> Report:
    """Every server in turn, round after round; then the look-ups, then what was promised."""
    before = os.getloadavg()[0]
    with _servers(stack) as servers:
        ours = [server for server in servers if server.name == OURS]
        _load(replace(ours[0].order, run="met", meet=True))
        turns = [
            [
                _round(one, replace(one.order, run=f"{turn}t{one.threads}x", seconds=seconds))
                for one in servers
            ]
            for turn in range(rounds)
        ]
        lines = [
            line(one.name, one.threads, seen)
            for one, seen in zip(servers, zip(*turns, strict=True), strict=True)
        ]
        waited = [_held(stack, server) for server in ours]
    databases = _databases(stack, postgresql)
    carried = promises.measured(stack.settings, databases, stack.logs, rounds)
    sent = texts.measured(stack.settings, databases, rounds)
    after, python = os.getloadavg()[0], platform.python_version()
    return Report(
        python,
        os.cpu_count() or 1,
        before,
        after,
        seconds,
        rounds,
        tuple(lines),
        tuple(waited),
        carried,
        sent,
    )


def _settings(folder: str) -> Settings:
    """The defaults, whatever the environment says: nobody's own database, carrier or registry is touched."""
    return Settings.model_construct(var=Path(folder), turns_a_minute=MANY)


@contextmanager
def _servers(stack: Stack) -> Iterator[list[Server]]:
    """Guichet, Flask and the bare callable, each with one thread and with eight: all up, each idle until its turn."""
    choose = random.Random()  # noqa: S311  a port is no secret
    servers = [
        _server(stack, kind, threads, ports.free(stack.settings.host, choose))
        for threads in THREADS
        for kind in KINDS
    ]
    try:
        for server in servers:
            server.process.start()
        for server in servers:
            server.process.until(partial(_answers, server.order), START)
        yield servers
    finally:
        for server in reversed(servers):
            server.process.stop()


def _server(stack: Stack, kind: tuple[str, str], threads: int, port: int) -> Server:
    """A server as `guichet web` starts it, but for the threads and the application. Not started yet."""
    (name, app), settings = kind, stack.settings
    program = web.server(settings.model_copy(update={"port": port, "web_threads": threads}))
    log = stack.logs / f"bench-{app.rpartition(':')[2]}-{threads}.log"
    process = Process(
        name, [sys.executable, *program[:-1], app], environment.of(settings, os.environ), log
    )
    seals = Seals.from_text(settings.keys.get_secret_value())
    hook = urlsplit(
        Addresses(stack.base, seals, settings.hook_generations).hook("africastalking", "ussd")
    ).path
    path, answer = (hook, "") if name == OURS else (floors.PATH, floors.ANSWER)
    return Server(name, threads, process, Order(settings.host, port, path, "", 0.0, answer=answer))


def _answers(order: Order) -> bool:
    """Whether it speaks HTTP by now, whatever it says."""
    with closing(HTTPConnection(order.host, order.port, timeout=2)) as wire:
        try:
            wire.request(
                "POST",
                order.path,
                "sessionId=1",
                {"Content-Type": "application/x-www-form-urlencoded"},
            )
            return wire.getresponse().status > 0
        except (OSError, HTTPException):
            return False


def _round(server: Server, order: Order) -> Round:
    """Press, and see what the server's processors had to do for it."""
    before = spent(server.process.pid)
    seen = _load(order)
    return replace(seen, server_cpu=spent(server.process.pid) - before)


def _load(order: Order) -> Round:
    """One run of the load generator. Raises Trouble when it fails."""
    program = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(
        program, cwd=ROOT, input=json.dumps(asdict(order)), capture_output=True, text=True
    )
    if done.returncode:
        raise Trouble(f"the load generator failed: {done.stderr.strip().splitlines()[-1]}")
    return Round(**json.loads(done.stdout))


def _held(stack: Stack, server: Server) -> Held:
    """Slow the sandbox's registry, look, and let it go again. That it was slow before is forgotten: it would be left
    alone.
    """
    with Redis.from_url(stack.settings.redis_url) as redis:
        redis.delete(lanes.breaker(lanes.REGISTRY))
    control = f"{stack.sandbox}/control/registry"
    _told(control, held.REGISTRY_SECONDS)
    try:
        order = server.order
        return held.measured(
            held.Line(order.host, order.port, order.path, perf_counter),
            server.threads,
            f"held{server.threads}x",
        )
    finally:
        _told(control, 0.0)


def _databases(stack: Stack, postgresql: str) -> dict[str, str]:
    """What is promised and sent from: a new SQLite file, and the PostgreSQL that was named."""
    folder = stack.settings.var.resolve()
    found = {"SQLite": f"sqlite:///{folder / 'bench.db'}"}
    return found | ({"PostgreSQL": postgresql} if postgresql else {})


def _told(control: str, delay: float) -> None:
    requests.post(control, json={"delay": delay}, timeout=10).raise_for_status()


def _seconds(text: str) -> float:
    """What --seconds may be."""
    if not text.replace(".", "", 1).isdecimal() or not 0.1 <= float(text) <= MOST_SECONDS:
        raise ArgumentTypeError(f"seconds from 0.1 to {MOST_SECONDS:g}")
    return float(text)
