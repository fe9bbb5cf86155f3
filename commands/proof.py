"""`guichet proof`: every screen of every language on every carrier, before anything runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from dialogs.engine.fit import PROFILES
from dialogs.engine.proof import prove
from dialogs.notices import proved
from dialogs.service import BOOK
from locales.catalogues import speeches
from locales.languages import LANGUAGES

HELP = "prove that every screen fits, in every language and on every carrier"


def arguments(parser: ArgumentParser) -> None:
    """`--language` narrows it to one, for a translator at work."""
    parser.add_argument("--language", choices=sorted(LANGUAGES), help="prove this language alone")


def main(args: Namespace) -> int:
    """Print a line a finding and the closing line; 1 when there is a finding."""
    tags = [args.language] if args.language else list(LANGUAGES)
    report = prove(BOOK, speeches(tags), list(PROFILES.values()), proved())
    for finding in report.findings:
        print(finding)
    print(report)
    return 1 if report.findings else 0
