"""`./guichet run`: everything on this machine until Ctrl-C."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

from sqlalchemy import make_url

from commands.stack import Stack
from settings import Settings

HELP = (
    "run everything on this machine until Ctrl-C: Redis, database, web, workers, relay and sandbox"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may follow `run`."""
    parser.add_argument(
        "--no-sandbox", action="store_true", help="without a registry, carrier and phone to try"
    )
    parser.add_argument(
        "--free-ports", action="store_true", help="any free ports instead of the ones set"
    )
    parser.add_argument(
        "--logs-here",
        action="store_true",
        help="print what the processes log, and no secret addresses (for systemd)",
    )


def main(args: argparse.Namespace) -> int:
    """Start, say where to look, watch. Leaves nothing running."""
    begun = time.monotonic()
    say("Starting ...")
    try:
        with Stack(
            Settings(),
            sandbox=not args.no_sandbox,
            free_ports=args.free_ports,
            logs_here=args.logs_here,
        ) as stack:
            for line in lines(stack, time.monotonic() - begun, logs_here=args.logs_here):
                say(line)
            try:
                stack.watch(say)
            finally:
                say("\nStopping ...")
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)


def lines(stack: Stack, seconds: float, *, logs_here: bool) -> Iterator[str]:
    """Where to look and how to stop.

    Tokens are shown here, to whoever started it, and nowhere else.
    """
    urls = stack.urls()
    yield f"Guichet is up ({seconds:.1f} s).\n"
    if urls["phone"]:
        yield f"  Phone     {urls['phone']}"
    yield f"  Web       {stack.base}"
    yield f"  Registry  {urls['registry'] or 'none: set GUICHET_REGISTRY_URL'}"
    yield f"  Database  {make_url(stack.settings.database_url).render_as_string(hide_password=True)}"
    if logs_here:
        return
    yield f"  Logs      {stack.logs}\n"
    yield "  Carriers post to (the last part of each is secret; ./guichet urls --json gives the same to programs):"
    for provider, kinds in urls.items():
        if isinstance(kinds, dict):
            yield from (f"    {provider:14} {kind:11} {url}" for kind, url in kinds.items())
    yield "\n  Ctrl-C stops everything."
