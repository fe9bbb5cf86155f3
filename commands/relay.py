"""`./guichet relay`: one process that wakes lanes with due rows. What it does is workers/'s."""

from __future__ import annotations

import argparse

from commands import embedded, schema
from settings import Settings
from workers.relay import relay

HELP = "run the relay until it is stopped: every second it wakes the lanes that have something due"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing follows `relay`."""


def main(args: argparse.Namespace) -> int:
    """Relay until SIGTERM. Raises Trouble on an old schema or without a Redis."""
    settings = embedded.completed(Settings())
    schema.require(settings.database_url)
    relay(settings)
    return 0
