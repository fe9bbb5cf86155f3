"""`./guichet sandbox`: the registry, carrier and phone alone, as a process that shares nothing with
ours but HTTP. With a word after it: what an officer of that registry does, asked of a running one.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import requests

from commands import ports, stand_in
from commands.trouble import Trouble
from settings import Settings

HOST = "127.0.0.1"
HELP = "run the sandbox alone: a registry, a carrier and a phone to try a service on that runs elsewhere"


ACTS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "register": (
            "register somebody (13 digits), perhaps in a household",
            ("person", "household?"),
        ),
        "enrol": (
            "put a household in a programme, or change its state",
            ("person", "programme", "state?"),
        ),
        "pay": ("pay a household, or tell what became of it", ("person", "programme", "state?")),
        "decide": ("decide on an application: yes or no", ("reference", "decision?")),
        "answer": ("answer a complaint: in_work or answered", ("reference", "answer?")),
        "open": ("tell somebody that a programme opens", ("person", "programme", "opens?")),
        "appoint": ("give somebody an appointment", ("person", "on?", "time?")),
    }
)
"""What an officer does, and the fields each act takes; those with a ? may be left out."""
FAULTS: Mapping[str, tuple[str, str, type]] = MappingProxyType(
    {
        "slow": ("have the registry wait so many seconds before each answer", "delay", float),
        "fail": ("have the next n calls to the registry fail", "fail", int),
    }
)
TIMEOUT = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may follow `sandbox`."""
    parser.add_argument(
        "--hooks",
        type=Path,
        metavar="FILE",
        help="where it posts to: what `urls --json` printed there",
    )
    words = parser.add_subparsers(dest="word", metavar="WORD", title="asked of a running sandbox")
    for word, (what, fields) in ACTS.items():
        one = words.add_parser(word, help=what, description=what)
        for field in fields:
            one.add_argument(field.rstrip("?"), nargs="?" if field.endswith("?") else None)
    for word, (what, field, kind) in FAULTS.items():
        one = words.add_parser(word, help=what, description=what)
        one.add_argument(field, type=kind)
    down = words.add_parser("down", help="take the registry down, or bring it up again")
    down.add_argument("down", choices=("on", "off"), nargs="?", default="on")
    words.add_parser("events", help="show what the registry sent, and what came of it")


def main(args: argparse.Namespace) -> int:
    """Become the sandbox, or ask a running one. Raises Trouble when the port is taken, or when
    nobody answers there or the sandbox says no.
    """
    settings = Settings()
    if args.word:
        return _asked(f"http://{HOST}:{settings.sandbox_port}", args)
    return start(settings, args.hooks or hooks(settings))


def start(settings: Settings, hooks: Path) -> NoReturn:
    """Become the sandbox. Raises Trouble when its port is taken."""
    ports.require(HOST, settings.sandbox_port, "GUICHET_SANDBOX_PORT")
    folder(settings).mkdir(mode=0o700, parents=True, exist_ok=True)
    os.execv(sys.executable, [sys.executable, *server(settings, hooks)])


def _asked(url: str, args: argparse.Namespace) -> int:
    if args.word == "events":
        for one in _ask(f"{url}/control/callbacks", None):
            print(*(one[name] for name in ("at", "action", "to", "state", "tries", "answer")))
        return 0
    if args.word in ACTS:
        names = [name.rstrip("?") for name in ACTS[args.word][1]]
        fields = {name: getattr(args, name) for name in names}
        said = _ask(f"{url}/control/{args.word}", fields)
    else:
        name = FAULTS[args.word][1] if args.word in FAULTS else "down"
        value = getattr(args, name)
        said = _ask(f"{url}/control/registry", {name: value == "on" if name == "down" else value})
    print(*(f"{name}={value}" for name, value in said.items()))
    return 0


def _ask(url: str, fields: Mapping[str, object] | None) -> Any:
    """The JSON of an answer. `fields` None: of a page that is only read."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            method = "GET" if fields is None else "POST"
            answer = session.request(method, url, json=fields, timeout=TIMEOUT)
            said = answer.json()
        except (requests.RequestException, ValueError) as cause:
            raise Trouble("no sandbox answers there: start one with ./guichet sandbox") from cause
    if not answer.ok:
        raise Trouble(str(said.get("error", "the sandbox says no")))
    return said


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
        "--callback-token": stand_in.CALLBACK_TOKEN,
    }
    return ["-m", "sandbox", *(part for flag in flags.items() for part in flag)]
