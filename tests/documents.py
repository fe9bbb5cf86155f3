"""The documents of this repository, for tests that hold them against the code: their headings and
blocks.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


def read(name: str) -> str:
    """A document, by its path from the root."""
    return (ROOT / name).read_text("utf-8")


def parts(text: str, mark: str) -> dict[str, str]:
    """Headings of a level, without back quotes, and what stands below each."""
    pieces = re.split(rf"^{mark} (.+)\n", text, flags=re.MULTILINE)[1:]
    return {
        head.replace("`", ""): body for head, body in zip(pieces[::2], pieces[1::2], strict=True)
    }


def blocks(text: str, language: str) -> list[str]:
    """Fenced blocks of that language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def anchors(path: Path) -> set[str]:
    """What a link behind `#` may name in a document: its headings, in lower case, spaces as
    hyphens.
    """
    heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
