"""`./guichet web`: the web server alone, as platforms start it. The application is wsgi.py's."""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from commands import embedded, environment, schema
from gateway.admission import WAITING
from settings import Settings

HELP = "run the web server alone (what the Procfile starts)"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may follow `web`."""
    parser.add_argument("--host", help="address to bind instead of GUICHET_HOST")
    parser.add_argument(
        "--port", type=int, help="port to bind instead of GUICHET_PORT; platforms give one"
    )


def main(args: argparse.Namespace) -> NoReturn:
    """Become the server. Raises Trouble on an old schema or without a Redis."""
    given = {
        name: value
        for name, value in (("host", args.host), ("port", args.port))
        if value is not None
    }
    settings = embedded.completed(Settings().model_copy(update=given))
    schema.require(settings.database_url)
    embedded.require_registry(settings)
    os.execve(
        sys.executable, [sys.executable, *server(settings)], environment.of(settings, os.environ)
    )


def server(settings: Settings) -> list[str]:
    """Granian's command line: threads, because a citizen's look-up blocks one while others press
    keys, and more of them, to tell those who find none free.
    """
    flags = {
        "--interface": "wsgi",
        "--host": settings.host,
        "--port": str(settings.port),
        "--workers": str(settings.web_workers),
        "--blocking-threads": str(settings.web_threads + WAITING),
        "--workers-kill-timeout": "8",
        "--log-level": "error",
    }
    words = [word for flag in flags.items() for word in flag]
    return [
        "-m",
        "granian",
        *words,
        "--factory",
        "--no-ws",
        "--respawn-failed-workers",
        "wsgi:app_from_environment",
    ]
