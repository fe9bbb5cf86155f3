"""`./guichet worker LANE`: one process that drains one lane. What it does is workers/'s."""

from __future__ import annotations

import argparse

from commands import embedded, schema
from settings import Settings
from store.lanes import LANES
from workers.main import main as work

HELP = "run a worker of one lane until it is stopped: the registry's, a provider's, or housekeeping"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What must follow `worker`."""
    parser.add_argument(
        "lane", choices=LANES, help="one lane a process, so that nothing is lost when it dies"
    )


def main(args: argparse.Namespace) -> int:
    """Work until SIGTERM. Raises Trouble on an old schema or without a Redis."""
    settings = embedded.completed(Settings())
    schema.require(settings.database_url)
    embedded.require_registry(settings)
    work(settings, args.lane)
    return 0
