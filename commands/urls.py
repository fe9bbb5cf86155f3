"""`./guichet urls`: where carriers post to, with tokens, for whoever runs the stack."""

from __future__ import annotations

import argparse
import json

from commands import embedded
from commands.trouble import Trouble
from gateway.providers.addresses import Addresses
from settings import Settings
from store.seals import Seals

HELP = "print the addresses carriers post to (they hold secrets), the phone's and the registry's"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may follow `urls`."""
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def main(args: argparse.Namespace) -> int:
    """Print them. Raises Trouble when no stack runs here and no public address is set."""
    urls = current(Settings())
    if args.json:
        print(json.dumps(urls, indent=1))
        return 0
    for name, value in urls.items():
        rows = value.items() if isinstance(value, dict) else [("", value)]
        for kind, url in rows:
            print(f"{name:14} {kind:11} {url}")
    return 0


def current(settings: Settings) -> dict[str, object]:
    """The addresses of the stack that runs from `var`; without one, those of the public address."""
    running = embedded.running(settings)
    base = running.base if running else settings.public_url.rstrip("/")
    if not base:
        raise Trouble(
            "nothing runs here: start ./guichet run, or set GUICHET_PUBLIC_URL to the address carriers call"
        )
    seals = Seals.from_text(embedded.stored(settings).keys.get_secret_value())
    phone = running.phone if running else ""
    registry = running.registry if running else settings.registry_url
    return {
        "base": base,
        **Addresses(base, seals, settings.hook_generations).hooks(),
        "phone": phone,
        "registry": registry,
    }
