"""What was proved as one page to read: proof_page.html with its style and script inside, no network."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from commands.drawing import Drawing, draw
from dialogs.engine.book import Book
from dialogs.engine.fit import Profile
from dialogs.engine.looks import AGAIN, FIRST, LEFT, NOTICE
from dialogs.engine.maps import mermaid, ways
from dialogs.engine.pages import Pages, Sheet
from dialogs.engine.proof import INCOMPLETE, LEVELS, OPTIONS, Finding, Notices, Report, alike, prove
from dialogs.engine.screens import Lookup, Menu, Screen, Submit
from dialogs.engine.texts import Language, Speech

KINDS = {
    "menu": "menu",
    "pick": "choice from the registry",
    "ask": "typed answer",
    "form": "questions of the registry",
    "languages": "choice of language",
    "inform": "notice, seen once",
    "resume": "offer to go on",
    "end": "last screen",
    "lookup": "look-up in the registry",
    "submit": "promise",
}
"""What an officer calls a kind of screen."""
WHEN = {
    FIRST: "",
    AGAIN: "after an answer that was not understood",
    LEFT: "while something else is left open",
    NOTICE: "",
}


@dataclass(frozen=True, slots=True)
class Way:
    """An option or outcome: the number to press, its name, what it waits for, where it leads."""

    number: int
    name: str
    when: str
    to: str


@dataclass(frozen=True, slots=True)
class Said:
    """A screen in one language: its looks, and what is wrong with it."""

    language: Language
    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...]

    @property
    def missing(self) -> bool:
        """Whether words of it are still to be translated."""
        return any(one.code in INCOMPLETE for one in self.findings)

    @property
    def wrong(self) -> bool:
        """Whether what is said does not do."""
        return any(one.code not in INCOMPLETE for one in self.findings)


@dataclass(frozen=True, slots=True)
class Entry:
    """A screen or notice as the page shows it. `most`: SMS parts of a notice, else 0."""

    address: str
    kind: str
    asks: str
    ways: tuple[Way, ...]
    said: tuple[Said, ...]
    most: int = 0


@dataclass(frozen=True, slots=True)
class Chapter:
    """A dialog: its map, drawn and as Mermaid, and its screens. The notices have no map."""

    name: str
    entries: tuple[Entry, ...]
    drawing: Drawing | None = None
    source: str = ""


def proved_page(
    book: Book,
    speeches: Sequence[Speech],
    profiles: Sequence[Profile],
    notices: Notices,
    drafts: Collection[str],
    on: date,
) -> tuple[Report, str]:
    """Prove, and make the page: HTML that needs nothing else.

    `drafts` are the languages no native reader has signed, `on` is the day it says.
    """
    pages = Pages()
    report = prove(book, speeches, profiles, notices, pages.add)
    reader = _Reader(book, speeches, notices, pages, report)
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    page = templates.get_template("proof_page.html").render(
        report=report,
        missing=sum(one.code in INCOMPLETE for one in report.findings),
        drafts=drafts,
        limits={"levels": LEVELS, "options": OPTIONS},
        on=on.isoformat(),
        languages=[speech.language for speech in speeches],
        profiles=list(alike(profiles).items()),
        chapters=reader.chapters(),
        kinds=KINDS,
        whens=WHEN,
        elsewhere=reader.elsewhere(),
    )
    return report, page


@dataclass(frozen=True, slots=True)
class _Reader:
    """Puts side by side what belongs to a screen."""

    book: Book
    speeches: Sequence[Speech]
    notices: Notices
    pages: Pages
    report: Report

    def chapters(self) -> list[Chapter]:
        """The dialogs in the order of the book, then the notices."""
        found = [
            Chapter(
                name,
                tuple(self._screen(f"{name}.{one}", s) for one, s in dialog.screens.items()),
                draw(self.book, dialog),
                mermaid(dialog),
            )
            for name, dialog in self.book.dialogs.items()
        ]
        told = tuple(
            Entry(address, "notice", "", (), self._said(address), notice.parts)
            for address, notice in self.notices.items()
        )
        return [*found, Chapter("notices", told)] if told else found

    def elsewhere(self) -> list[Finding]:
        """Findings on words that belong to no screen: navigation."""
        known = {*self.book.screens, *self.notices}
        return [one for one in self.report.findings if _home(one.screen, known) == ""]

    def _screen(self, address: str, screen: Screen) -> Entry:
        options = list(screen.options.values()) if isinstance(screen, Menu) else []
        found = tuple(
            Way(
                number if options else 0,
                name,
                options[number - 1].when if options else "",
                self.book.address(to, address),
            )
            for number, (name, to) in enumerate(ways(screen), 1)
        )
        asks = ""
        if isinstance(screen, Lookup):
            asks = screen.query.__name__
        elif isinstance(screen, Submit):
            asks = screen.action.__name__
        kind = type(screen).__name__.lower()
        return Entry(address, kind, asks, found, () if asks else self._said(address))

    def _said(self, address: str) -> tuple[Said, ...]:
        known = {*self.book.screens, *self.notices}
        here = [one for one in self.report.findings if _home(one.screen, known) == address]
        return tuple(
            Said(
                speech.language,
                tuple(self.pages.of(address, speech.language.tag)),
                tuple(one for one in here if one.language == speech.language.tag),
            )
            for speech in self.speeches
        )


def _home(address: str, known: set[str]) -> str:
    """The screen a text belongs to: `complaint.category` for `complaint.category.payment`."""
    if address in known:
        return address
    above = address.rpartition(".")[0]
    return above if above in known else ""
