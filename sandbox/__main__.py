"""`python -m sandbox`: starts the sandbox on one port and stops it on Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from sandbox.app import Config
from sandbox.dci.server import Wire
from sandbox.households import HOUSEHOLDS
from sandbox.server import Sandbox


def main(arguments: list[str]) -> int:
    """Serve until told to stop. Status 1 and one sentence when the port is taken."""
    asked = _parser().parse_args(arguments)
    config = Config(
        asked.var,
        asked.hooks or asked.var / "hooks.json",
        tuple(code.strip() for code in asked.service_code.split(",") if code.strip()),
        asked.short_code,
        asked.twilio_token,
        _wire(asked),
        asked.households,
    )
    try:
        sandbox = Sandbox(config, asked.host, asked.port)
    except OSError as cause:
        print(
            f"sandbox: cannot listen on {asked.host}:{asked.port}: {cause.strerror}.",
            file=sys.stderr,
        )
        return 1

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=sandbox.stop).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"sandbox: {sandbox.url}/phone", flush=True)
    sandbox.serve()
    return 0


def _wire(asked: argparse.Namespace) -> Wire:
    ring = asked.registry_keys or os.environ.get("SANDBOX_KEYS")
    client, _, secret = asked.registry_client.partition(":")
    return Wire(
        lenient=not asked.registry_strict,
        ring=Path(ring) if ring else None,
        clients={client: secret},
        token=asked.registry_token,
        require_token=asked.registry_strict,
        callback_token=asked.callback_token,
        receiver_id=asked.registry_id,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m sandbox", description="A registry, a carrier and a phone on one port."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default %(default)s)")
    parser.add_argument(
        "--port",
        type=int,
        default=8001,
        help="port to bind, 0 for any free one (default %(default)s)",
    )
    parser.add_argument(
        "--var", type=Path, default=Path("var"), help="folder of its database (default %(default)s)"
    )
    parser.add_argument(
        "--hooks", type=Path, help="JSON file of hook addresses (default hooks.json in --var)"
    )
    parser.add_argument(
        "--service-code",
        default="*384*1234#",
        help="USSD codes, comma separated (default %(default)s)",
    )
    parser.add_argument(
        "--short-code", default="21234", help="number the phone writes to (default %(default)s)"
    )
    parser.add_argument("--twilio-token", default="", help="auth token of the Twilio account")
    parser.add_argument(
        "--registry-token", default="", help="bearer token the registry asks for (default none)"
    )
    parser.add_argument(
        "--registry-client",
        default="guichet:evidently-a-sandbox",
        metavar="ID:SECRET",
        help="the client the registry gives tokens to (default %(default)s)",
    )
    parser.add_argument(
        "--registry-keys",
        metavar="FILE",
        help="JSON file of the public keys of senders (default the environment's SANDBOX_KEYS)",
    )
    parser.add_argument(
        "--registry-strict",
        action="store_true",
        help="take no DCI message without a token and a signature that verifies",
    )
    parser.add_argument(
        "--registry-id", default="", help="who the registry is (default whoever it is taken for)"
    )
    parser.add_argument(
        "--callback-token", default="", help="bearer token of the registry's callbacks"
    )
    parser.add_argument(
        "--households", type=int, default=HOUSEHOLDS, help="how many to draw (default %(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
