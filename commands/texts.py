"""`guichet texts`: catalogues kept in step with the dialogs, from the dialog values themselves."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import unescape, write_po

from dialogs.engine.proof import every_text
from dialogs.engine.texts import Text
from dialogs.notices import proved
from dialogs.service import BOOK
from locales import catalogues
from locales.languages import LANGUAGES

HEADER = """# Guichet: what is said to citizens. One entry a place; msgctxt is the address of the screen.
# A draft until a native reader has signed it."""
PREVIOUS = "| "
HELP = "write the texts of the dialogs into the catalogues, and report what is missing or stale"


def arguments(parser: ArgumentParser) -> None:
    """`--check` writes nothing."""
    parser.add_argument(
        "--check", action="store_true", help="report only; status 1 when a catalogue is not in step"
    )


def main(args: Namespace) -> int:
    """Bring every catalogue in step: new entries are empty, changed ones are fuzzy with their
    previous text, unused ones go.
    """
    behind = 0
    for tag in LANGUAGES:
        if tag == "en":
            continue
        old = catalogues.read(tag)
        new = in_step(old, tag, every_text(BOOK, proved()))
        counts = _report(tag, old, new)
        behind += sum(counts.values())
        if not args.check:
            file = catalogues.path(tag)
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("wb") as stream:
                write_po(stream, new, width=0, include_previous=True, sort_output=False)
    return 1 if args.check and behind else 0


def in_step(old: Catalog, tag: str, every: dict[str, tuple[Text, str]]) -> Catalog:
    """The catalogue with exactly these texts.

    A changed English keeps its translation as fuzzy, with the English it was made for.
    """
    new = Catalog(
        locale=tag.replace("-", "_"),
        header_comment=HEADER,
        fuzzy=False,
        creation_date=old.creation_date,
        revision_date=old.revision_date,
    )
    new.mime_headers = [
        ("Language", tag),
        ("Plural-Forms", LANGUAGES[tag].plurals),
        ("Content-Type", "text/plain; charset=utf-8"),
    ]
    by_address = {message.context: message for message in old if message.id and message.context}
    for address, (text, comment) in every.items():
        msgid = text.forms if text.other else text.one
        before = by_address.get(address)
        if before is None:
            new.add(
                msgid,
                _empty(tag, text),
                context=address,
                auto_comments=[comment] if comment else [],
            )
            continue
        changed = before.id != msgid
        string = before.string if _plural(before) == bool(text.other) else _empty(tag, text)
        doubtful = _filled(string) and (changed or before.fuzzy)
        kept = _previous(before) if before.fuzzy else []
        made_for = kept or ([before.id] if isinstance(before.id, str) else list(before.id))
        new.add(
            msgid,
            string,
            context=address,
            flags={"fuzzy"} if doubtful else set(),
            previous_id=made_for if doubtful and (changed or kept) else [],
            auto_comments=[comment] if comment else [],
            user_comments=[line for line in before.user_comments if not line.startswith(PREVIOUS)],
        )
    return new


def _previous(message: Message) -> list[str]:
    """The English a translation was made for.

    Babel writes it as `#|` lines, and reads those as comments.
    """
    told = " ".join(
        line.removeprefix(PREVIOUS) for line in message.user_comments if line.startswith(PREVIOUS)
    )
    return [unescape(one) for one in re.findall(r'msgid(?:_plural)? ("(?:[^"\\]|\\.)*")', told)]


def _filled(string: str | Iterable[object] | None) -> bool:
    """Whether there is any translation at all."""
    return bool(string) if isinstance(string, str) else any(string or ())


def _plural(message: Message) -> bool:
    return not isinstance(message.id, str)


def _empty(tag: str, text: Text) -> str | tuple[str, ...]:
    count = int(LANGUAGES[tag].plurals.split("nplurals=")[1].split(";")[0])
    return ("",) * count if text.other else ""


def _report(tag: str, old: Catalog, new: Catalog) -> dict[str, int]:
    """Print and count what a translator has to do."""
    kept = {message.context for message in new if message.id}
    counts = {
        "missing": sum(1 for m in new if m.id and not _filled(m.string)),
        "stale": sum(1 for m in new if m.id and m.fuzzy),
        "unused": sum(1 for m in old if m.id and m.context not in kept),
    }
    print(f"{tag}: " + ", ".join(f"{count} {word}" for word, count in counts.items()))
    return counts
