"""`./guichet sandbox`: the registry, carrier and phone alone, as a process that shares nothing with
ours but HTTP.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from commands import ports, stand_in
from settings import Settings

HOST = "127.0.0.1"
HELP = "run the sandbox alone: a registry, a carrier and a phone to try a service on that runs elsewhere"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may follow `sandbox`."""
    parser.add_argument(
        "--hooks",
        type=Path,
        metavar="FILE",
        help="where it posts to: what `urls --json` printed there",
    )


def main(args: argparse.Namespace) -> NoReturn:
    """Become the sandbox. Raises Trouble when its port is taken."""
    settings = Settings()
    ports.require(HOST, settings.sandbox_port, "GUICHET_SANDBOX_PORT")
    folder(settings).mkdir(mode=0o700, parents=True, exist_ok=True)
    os.execv(sys.executable, [sys.executable, *server(settings, args.hooks or hooks(settings))])


def folder(settings: Settings) -> Path:
    """Where it keeps its registry and inboxes."""
    return settings.var.resolve() / "sandbox"


def hooks(settings: Settings) -> Path:
    """The file a stack writes for it; it may appear and change while the sandbox runs."""
    return folder(settings) / "hooks.json"


def server(settings: Settings, hooks: Path) -> list[str]:
    """The sandbox's command line."""
    flags = {
        "--host": HOST,
        "--port": str(settings.sandbox_port),
        "--var": str(folder(settings)),
        "--hooks": str(hooks.resolve()),
        "--service-code": ",".join(code for code in settings.service_codes if code.startswith("*")),
        "--twilio-token": stand_in.TWILIO_TOKEN,
    }
    return ["-m", "sandbox", *(part for flag in flags.items() for part in flag)]
