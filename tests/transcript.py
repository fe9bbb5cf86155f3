"""Conversations as a programme officer reads them, played through the engine alone: `>` typed, `<`
answered.

`python -m tests.transcript` shows what differs from what is kept; with `--write` it is written
down.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from dialogs.engine.screens import End, Lookup, Menu, Query, Submit, targets
from dialogs.engine.session import Session
from dialogs.engine.turns import Reply
from dialogs.service import BOOK
from tests.citizen import OFFERED, Citizen, service

FOLDER = Path(__file__).parent / "transcripts"
DIALS = "> (dials)"
REDIALS = "> (dials anew)"
CLOSES = "(the line closes)"
NOTICE = 99
"""A notice newer than any: somebody who is no stranger has seen them all."""


@dataclass(slots=True)
class Played:
    """The whole text as it should be, and the screens that were shown on the way."""

    lines: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The transcript, as it is kept in a file."""
        return "\n".join(self.lines).strip() + "\n"


def play(script: str) -> Played:
    """The conversations of a script: its comments, headers, `>` and `<` lines are read, all others
    are written anew.
    """
    played, headers = Played(), dict[str, str]()
    her = Citizen(service())
    for line in script.splitlines():
        before = her.session
        match line[:1]:
            case "#":
                played.lines += ["", line]
            case ">" if line == DIALS:
                her = _newcomer(headers).dials()
                played.lines += [line, *_said(her)]
            case ">" if line == REDIALS:
                played.lines += [line, *_said(her.redials())]
            case ">":
                played.lines += [line, *_said(her.types(line.removeprefix("> ")))]
            case "<":
                outcome, facts = _answer(line.removeprefix("< "))
                played.lines += [line, *_said(her.is_told(outcome, **facts))]
            case _ if DIALS not in played.lines and ": " in line:
                name, _colon, value = line.partition(": ")
                headers[name] = value.strip()
                played.lines.append(line)
        played.seen.add(_last(before, line) if her.ended and her.session != before else her.at)
    return played


def names() -> list[str]:
    """The transcripts there are, by dialog and language, e.g. `complaint.fr`."""
    return sorted(file.stem for file in FOLDER.glob("*.txt"))


def path(name: str) -> Path:
    """Where a transcript is kept."""
    return FOLDER / f"{name}.txt"


def _newcomer(headers: dict[str, str]) -> Citizen:
    language = headers["language"]
    if language not in OFFERED:
        raise ValueError(f"no such language: {language}")
    return Citizen(
        service(), Session() if headers.get("known") == "no" else Session(language, NOTICE)
    )


def _said(her: Citizen) -> Iterator[str]:
    """What follows a line: the screen, or what is asked of the registry or promised."""
    match her.then:
        case Reply(text=text, more=more):
            yield from text.splitlines()
            yield from () if more else (CLOSES,)
        case Query() as query:
            yield f"? {query}"
        case action:
            yield f"= {action}"


def _last(before: Session, line: str) -> str:
    """The address of a last screen, which is not remembered: where the screen before led."""
    match BOOK.screens[before.at]:
        case Lookup(outcomes=outcomes) | Submit(outcomes=outcomes):
            return BOOK.address(outcomes[_answer(line.removeprefix("< "))[0]], before.at)
        case Menu(options=options):
            return BOOK.address(
                options[before.offered[int(line.removeprefix("> ")) - 1]].to, before.at
            )
        case End():
            return before.at
        case screen:
            return BOOK.address(targets(screen)[0], before.at)


def _answer(line: str) -> tuple[str, dict[str, object]]:
    """`open programmes=[...] by="2026-01-01"`: the outcome, then facts whose values are JSON."""
    outcome, _, rest = line.partition(" ")
    facts: dict[str, object] = {}
    while rest := rest.strip():
        name, _, rest = rest.partition("=")
        facts[name], end = json.JSONDecoder().raw_decode(rest)
        rest = rest[end:]
    return outcome, facts


def main(arguments: Sequence[str]) -> int:
    """Show what differs, or with `--write` write it down; 1 when something differs and nothing was
    written.
    """
    differing = 0
    for name in names():
        old = path(name).read_text("utf-8")
        new = play(old).text
        differing += old != new
        sys.stdout.writelines(
            unified_diff(
                old.splitlines(True), new.splitlines(True), f"{name} kept", f"{name} played"
            )
        )
        if "--write" in arguments:
            path(name).write_text(new, "utf-8")
    return int(differing > 0 and "--write" not in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
