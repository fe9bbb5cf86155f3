"""`guichet texts`: catalogues kept in step with the dialogs, from the dialog values themselves."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import unescape, write_po

from commands.trouble import Trouble
from dialogs.engine.proof import every_text
from dialogs.engine.texts import SOURCE, Text
from dialogs.notices import NOTICES
from dialogs.service import BOOK
from locales import catalogues, signatures
from locales.languages import LANGUAGES
from locales.signatures import Signature
from settings import Settings
from store.clock import now

HEADER = """# Guichet: what is said to citizens. One entry a place; msgctxt is the address of the screen.
# A draft until a native reader has signed it."""
PREVIOUS = "| "
HELP = "write the texts of the dialogs into the catalogues, and report what is missing, stale or signed"


COLUMNS = "{:9} {:>5} {:>8} {:>6} {:>7}  {}"


def arguments(parser: ArgumentParser) -> None:
    """`--check` writes nothing; `sign` keeps the name of a native reader."""
    parser.add_argument(
        "--check",
        action="store_true",
        help="report only; status 1 when a catalogue that is offered or signed is not in step",
    )
    below = parser.add_subparsers(dest="wish")
    sign = below.add_parser("sign", help="keep the name of a native reader who read every sentence")
    sign.add_argument("language", choices=sorted(set(LANGUAGES) - {SOURCE}))
    sign.add_argument("--reader", required=True, help="her name, as she wants it kept")


def main(args: Namespace) -> int:
    """Bring every catalogue in step: new entries are empty, changed ones are fuzzy with their
    previous text, unused ones go.

    Raises Trouble for a catalogue that cannot be signed.
    """
    every = every_text(BOOK, NOTICES)
    if args.wish == "sign":
        signed = sign(args.language, args.reader, every, now().date(), catalogues.HERE)
        print(f"{args.language}: {len(every)} texts, read by {signed.reader} on {signed.day}")
        return 0
    offered = Settings().languages
    behind = 0
    print(COLUMNS.format("language", "texts", "missing", "stale", "unused", "read by"))
    for tag in LANGUAGES:
        if tag == SOURCE:
            print(COLUMNS.format(tag, len(every), "-", "-", "-", "its authors: it is the source"))
            continue
        old = catalogues.read(tag)
        new = in_step(old, tag, every)
        counts = behindhand(old, new)
        draft = catalogues.is_draft(tag)
        reader = "nobody: a draft" if draft else _reader(tag)
        print(COLUMNS.format(tag, len(every), *counts.values(), reader))
        behind += sum(counts.values()) if tag in offered or not draft else 0
        if not args.check:
            file = catalogues.path(tag)
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("wb") as stream:
                write_po(stream, new, width=0, include_previous=True, sort_output=False)
    return 1 if args.check and behind else 0


def sign(
    tag: str, reader: str, every: dict[str, tuple[Text, str]], day: date, folder: Path
) -> Signature:
    """Keep who read the catalogue, with the hash of what stands there.

    Raises Trouble when it is not complete and in step, for then there is something nobody can have
    read, and for a name that is none.
    """
    name = " ".join(reader.split())
    if not name:
        raise Trouble("a signature needs the name of its reader")
    old = catalogues.read(tag, folder)
    counts = behindhand(old, in_step(old, tag, every))
    if any(counts.values()):
        said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        raise Trouble(f"{tag} cannot be signed yet: {said}. ./guichet texts brings it in step")
    signature = Signature(name, day, signatures.digest(catalogues.entries(old)))
    signatures.write(signature, tag, folder)
    return signature


def _reader(tag: str) -> str:
    found = signatures.read(tag, catalogues.HERE)
    return f"{found.reader}, {found.day}" if found else ""


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
        last_translator=old.last_translator,
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
        same = _plural(before) == bool(text.other)
        string = _counted(tag, before.string) if same else _empty(tag, text)
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


def _whole(string: str | Iterable[object] | None) -> bool:
    """Whether there is one for every number."""
    return bool(string) if isinstance(string, str) else bool(string) and all(string or ())


def _counted(tag: str, string: str | Iterable[str] | None) -> str | tuple[str, ...]:
    """A translation with as many forms as its language has, the others empty."""
    if isinstance(string, str):
        return string
    string = string or ()
    count = LANGUAGES[tag].forms
    return (*string, *[""] * count)[:count]


def _plural(message: Message) -> bool:
    return not isinstance(message.id, str)


def _empty(tag: str, text: Text) -> str | tuple[str, ...]:
    return ("",) * LANGUAGES[tag].forms if text.other else ""


def behindhand(old: Catalog, new: Catalog) -> dict[str, int]:
    """What a translator has to do, and what goes: how many are missing, stale and unused."""
    kept = {message.context for message in new if message.id}
    return {
        "missing": sum(1 for m in new if m.id and not _whole(m.string)),
        "stale": sum(1 for m in new if m.id and m.fuzzy),
        "unused": sum(1 for m in old if m.id and m.context not in kept),
    }
