"""`python -m commands NAME ...`: finds the command's file, reads its arguments, says in one line
what is wrong.
"""

from __future__ import annotations

import argparse
import os
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from pydantic import ValidationError

import commands
import logs
from commands import environment
from commands.trouble import Trouble


class Command(Protocol):
    """What a file of this package offers to be a command, by the name of the file."""

    HELP: str

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add what may follow the name."""

    def main(self, args: argparse.Namespace) -> int:
        """Do it. The exit status; Trouble and a wrong setting are said by the dispatcher."""


def commanded() -> list[str]:
    """The names of the commands: told by their text, so that one command does not import the rest."""
    here = Path(commands.__path__[0])
    return [name for name in listed() if "\nHELP = " in (here / f"{name}.py").read_text("utf-8")]


def listed() -> list[str]:
    """The names of all files here, commands or not."""
    return [
        module.name
        for module in pkgutil.iter_modules(commands.__path__)
        if not module.name.startswith("_")
    ]


def command(name: str) -> Command | None:
    """The command in that file; None when the file only serves others."""
    module = import_module(f"commands.{name}")
    return cast(Command, module) if hasattr(module, "HELP") else None


def parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """A parser that knows the command named first, or all of them when none is."""
    top = argparse.ArgumentParser(
        prog="./guichet", description="The single window of social protection on any phone."
    )
    below = top.add_subparsers(required=True, metavar="COMMAND", title="commands")
    known = commanded()
    named = [word for word in words[:1] if word in known]
    for name in named or known:
        if found := command(name):
            one = below.add_parser(name, help=found.HELP, description=found.HELP)
            found.arguments(one)
            one.set_defaults(main=found.main)
    return top


def wrong(error: ValidationError) -> str:
    """What is wrong with which setting, all of them in one line; never what was set, which may be a
    secret.
    """
    faults = (
        (str(fault["loc"][0]) if fault["loc"] else "", fault["msg"]) for fault in error.errors()
    )
    return "; ".join(
        f"{_variable(place)}: {message}" if place else message for place, message in faults
    )


def _variable(place: str) -> str:
    """A fault's place as the environment names it: pydantic names the field, or its alias."""
    return place if place in environment.variables() else environment.variable(place)


def main(words: Sequence[str]) -> int:
    """Run one command. Never a traceback for what a person can put right."""
    logs.configure("warning")
    try:
        args = parser(words).parse_args(words)
        return int(args.main(args))
    except Trouble as trouble:
        print(f"guichet: {trouble}", file=sys.stderr)
        return trouble.status
    except ValidationError as error:
        print(f"guichet: wrong setting: {wrong(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # whoever read us has gone: nothing more to say
        return 141


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
