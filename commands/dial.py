"""`guichet dial`: the sandbox's phone in the terminal, over the same carrier as the one in the
browser.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace

from commands import embedded
from commands.handset import Handset
from commands.trouble import Trouble
from settings import Settings

HELP = "dial a code on the sandbox's phone and press keys"

MOMENT = 2.0
"""Seconds."""
PHONE = "+923000000100"


def arguments(parser: ArgumentParser) -> None:
    """The code, and whose phone it is."""
    parser.add_argument("code", nargs="?", help="the code to dial; the service's own when left out")
    parser.add_argument("--phone", default=PHONE, help=f"the number that dials (default {PHONE})")
    parser.add_argument(
        "--inbox", action="store_true", help="read the phone's messages and dial nothing"
    )


def main(args: Namespace) -> int:
    """Until the session ends, or Ctrl-D hangs up. Raises Trouble without a running sandbox."""
    settings = Settings()
    running = embedded.running(settings)
    if running is None or not running.sandbox:
        raise Trouble("nothing to dial: start ./guichet run first (in another terminal)")
    handset = Handset(running.sandbox, args.phone)
    if args.inbox:
        messages(handset)
        return 0
    show(handset.dial(args.code or settings.service_codes[0]))
    while handset.open:
        try:
            show(handset.type(input("> ")))
        except EOFError:
            handset.hang_up()
            print("\n(hung up)")
    arrived(handset)
    messages(handset)
    return 0


def arrived(handset: Handset) -> None:
    """Wait a moment for what a last screen sets off; `--inbox` shows what comes later."""
    had, until = len(handset.inbox()), time.monotonic() + MOMENT
    while len(handset.inbox()) == had and time.monotonic() < until:
        time.sleep(0.1)


def show(screen: str) -> None:
    """A screen in a frame."""
    print("\n".join(["  .--", *(f"  | {line}" for line in screen.splitlines()), "  '--"]))


def messages(handset: Handset) -> None:
    """What came by SMS."""
    for message in handset.inbox():
        if message["direction"] == "in":
            print(f"  SMS {message['at'][:16]}  {message['text']}")
