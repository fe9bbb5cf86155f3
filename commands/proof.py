"""`guichet proof`: every screen of every language on every carrier, before anything runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from commands.proof_page import proved_page
from commands.trouble import Trouble
from dialogs.engine.fit import Profile
from dialogs.engine.maps import mermaid
from dialogs.engine.proof import INCOMPLETE, Finding, prove
from dialogs.engine.screens import Dialog
from dialogs.engine.texts import SOURCE
from dialogs.notices import NOTICES
from dialogs.service import BOOK
from gateway.carriers import BadCarrier, carriers
from gateway.documents import BadDocument, countries, documents
from locales.catalogues import is_draft, speech, speeches
from locales.languages import LANGUAGES
from settings import Settings

HELP = "prove that every screen fits, in every language and on every carrier"
MAPS = Path(__file__).parent.parent / "docs/dialogs.md"


def arguments(parser: ArgumentParser) -> None:
    """`--language` narrows it to one, for a translator at work; `--html` and `--maps` write."""
    parser.add_argument("--language", choices=sorted(LANGUAGES), help="prove this language alone")
    parser.add_argument(
        "--html",
        nargs="?",
        type=Path,
        const=Path(),
        metavar="FILE",
        help="also write every screen as one page to read (default: proof.html in GUICHET_VAR)",
    )
    parser.add_argument(
        "--maps", action="store_true", help="write the maps of all dialogs to docs/dialogs.md, only"
    )


def main(args: Namespace) -> int:
    """Print a line a finding, which languages are drafts, what the notices cost to send, how the
    service stands to the limits of the house, and the closing line; 1 when there is a finding.

    A language that is neither offered nor signed may be incomplete: that is a line, not a finding.
    """
    if args.maps:
        return _write(MAPS, maps(BOOK.dialogs))
    begun = [tag for tag in LANGUAGES if speech(tag).speaks]
    due = {args.language} if args.language else {*Settings().languages, *signed(begun)}
    tags = [args.language] if args.language else [t for t in LANGUAGES if t in due or t in begun]
    if args.html is not None and args.language:
        tags = list(dict.fromkeys((SOURCE, args.language)))  # a translator reads hers beside it
    proving = BOOK, speeches(tags), screens(), NOTICES
    if args.html is None:
        report = prove(*proving)
    else:
        drafts = set(tags) - set(signed(tags))
        report, page = proved_page(*proving, drafts, datetime.now(UTC).date())
        _write(Settings().var / "proof.html" if args.html == Path() else args.html, page)
    report.findings = mended_now(report.findings, due)
    for finding in report.findings:
        print(finding)
    for line in unfinished(tags, report.borrowed, due):
        print(line)
    print(*report.costs, report.house, report, sep="\n")
    return 1 if report.findings else 0


def screens(networks: str | None = None, cards: str | None = None) -> list[Profile]:
    """The screens of all carriers, once the documents of all countries could be read too; from the
    files, or texts written like them. Raises Trouble.
    """
    try:
        for country in countries(cards):
            documents(country, cards)
        return list(carriers(networks).profiles.values())
    except (BadCarrier, BadDocument) as bad:
        raise Trouble(str(bad)) from bad


def maps(dialogs: Mapping[str, Dialog]) -> str:
    """The document with the map of every dialog."""
    drawn = (f"## {name}\n\n```mermaid\n{mermaid(one)}\n```\n" for name, one in dialogs.items())
    head = (
        "# Maps of the dialogs\n\n"
        "Where each screen leads. A box is a menu, a slanted box a typed answer, a hexagon a look-up, a double box\n"
        "a promise or another dialog, a round one a last screen. Written by `./guichet proof --maps`; what each\n"
        "screen says is on the page that `./guichet proof --html` writes.\n"
    )
    return "\n".join([head, *drawn])


def signed(tags: Iterable[str]) -> list[str]:
    """Those a native reader stands for, and English."""
    return [tag for tag in tags if not is_draft(tag)]


def mended_now(findings: Iterable[Finding], due: Collection[str]) -> list[Finding]:
    """The findings, without what is not translated yet in languages that are not due."""
    return [one for one in findings if one.language in due or one.code not in INCOMPLETE]


def unfinished(
    tags: Iterable[str], borrowed: Mapping[str, int], due: Collection[str]
) -> Iterator[str]:
    """Which languages are drafts, and which are not complete, in a line each; none says nothing."""
    if drafts := [tag for tag in tags if is_draft(tag)]:
        yield f"drafts, which no native reader has signed: {', '.join(drafts)}"
    lacking = [f"{tag} {count}" for tag, count in borrowed.items() if count and tag not in due]
    if lacking:
        yield f"not complete and not offered, texts said by another language: {', '.join(lacking)}"


def _write(file: Path, text: str) -> int:
    """Write a file and say so. Raises Trouble where that is not allowed."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise Trouble(f"cannot write {file}: {error.strerror}") from error
    print(f"wrote {file}")
    return 0
