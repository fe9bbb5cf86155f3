"""Fit is proved, not hoped for: every screen, language and carrier at the widest values, before
anything runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from dialogs.engine.book import Book, Scope
from dialogs.engine.fit import Profile, fold, is_gsm, parts, width
from dialogs.engine.kinds import Chosen, Kind, Label, Name, NationalId, Words, widest
from dialogs.engine.render import FURNITURE, furniture, layout, numbered
from dialogs.engine.screens import (
    Ask,
    End,
    Inform,
    Languages,
    Lookup,
    Menu,
    Pick,
    Shown,
    Submit,
    texts,
)
from dialogs.engine.texts import PLACEHOLDER, Speech, Text, fill, malformed


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that must be mended before the service goes on air.

    `profile` is `-` where it is about words alone.
    """

    code: str
    language: str
    profile: str
    screen: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code} {self.language} {self.profile} {self.screen}: {self.detail}"


@dataclass(slots=True)
class Report:
    """What was measured: the findings, and how tight the tightest page is."""

    findings: list[Finding] = field(default_factory=list)
    screens: int = 0
    languages: int = 0
    profiles: int = 0
    pages: int = 0
    tightest: tuple[int, int] = (0, 1)
    """Units used and units there, on the fullest page."""
    where: str = ""

    def __str__(self) -> str:
        used, limit = self.tightest
        return (
            f"{self.screens} screens x {self.languages} languages x {self.profiles} profiles, {self.pages} pages, "
            f"tightest page {used} of {limit} units: {len(self.findings)} findings"
        )


def prove(
    book: Book,
    speeches: Sequence[Speech],
    profiles: Sequence[Profile],
    notices: Mapping[str, tuple[Text, Scope, int]],
) -> Report:
    """Read every text and lay out every page.

    `notices` are (text, kinds of its values, parts allowed) by address.
    """
    report = Report(languages=len(speeches), profiles=len(profiles))
    shown = {
        address: book.shown(address)
        for address, screen in book.screens.items()
        if not isinstance(screen, Lookup | Submit)
    }
    report.screens = len(shown)
    every = {address: text for address, (text, _) in every_text(book, notices).items()}
    for speech in speeches:
        report.findings += [
            finding for address, text in every.items() for finding in _read(speech, address, text)
        ]
        for (here, screen), profile in product(shown.items(), profiles):
            _measure(
                report, book, here, screen, speech, profile, [s.language.name for s in speeches]
            )
        for address, (text, kinds, allowed) in notices.items():
            report.findings += _parts(speech, address, text, kinds, allowed)
    report.findings = sorted(set(report.findings))
    return report


def every_text(
    book: Book, notices: Mapping[str, tuple[Text, Scope, int]]
) -> dict[str, tuple[Text, str]]:
    """Every text of the service by address, with a word for the translator on how wide its values
    are.
    """
    found = {address: (text, "") for address, text in FURNITURE.items()}
    for here, screen in book.screens.items():
        for address, text in texts(here, screen).items():
            found[address] = (text, _hint(text, book.scopes[here]))
    for address, (text, kinds, parts_allowed) in notices.items():
        found[address] = (
            text,
            "; ".join(filter(None, [f"SMS, at most {parts_allowed} parts", _hint(text, kinds)])),
        )
    return found


def _hint(text: Text, kinds: Scope) -> str:
    return ", ".join(
        f"{{{name}}} is {type(kinds[name]).__name__}" for name in sorted(text.placeholders)
    )


def _read(speech: Speech, address: str, text: Text) -> Iterator[Finding]:
    """The words of one entry: there, current, well-formed, in the language's alphabet."""
    tag, source = speech.language.tag, speech.language.tag == "en"
    entry = speech.entries.get(address)
    if not source:
        if entry is None or not any(entry.forms):
            yield Finding("untranslated", tag, "-", address, f"no translation of {text.one!r}")
            return
        if entry.fuzzy or entry.english != text.forms:
            yield Finding(
                "stale",
                tag,
                "-",
                address,
                f"translates {entry.english[0]!r}, the dialog says {text.one!r}",
            )
            return
        if not all(entry.forms):
            yield Finding("untranslated", tag, "-", address, "a plural form is empty")
            return
    for form in text.forms if source or entry is None else entry.forms:
        if malformed(form):
            yield Finding(
                "placeholder", tag, "-", address, f"only plain {{name}} is allowed: {form!r}"
            )
        for name in sorted(set(PLACEHOLDER.findall(form)) ^ text.placeholders):
            yield Finding(
                "placeholder",
                tag,
                "-",
                address,
                f"{{{name}}} stands in one of the two languages only",
            )
        said = fold(form) if speech.language.fold else form
        if speech.language.alphabet == "gsm7" and not is_gsm(said):
            foreign = "".join(sorted({c for c in said if not is_gsm(c)}))
            yield Finding("alphabet", tag, "-", address, f"{foreign!r} turns the screen into UCS-2")


def _measure(
    report: Report,
    book: Book,
    here: str,
    screen: Shown,
    speech: Speech,
    profile: Profile,
    names: Sequence[str],
) -> None:
    """Lay out one screen every way it can look, and count."""
    declared = screen.pages if isinstance(screen, Menu | Pick | Languages) else 1
    if isinstance(screen, Ask) and (longest := _typed(screen.kind)) > profile.typed:
        report.findings.append(
            Finding(
                "typed",
                speech.language.tag,
                profile.name,
                here,
                f"{longest} characters cannot be typed",
            )
        )
    for pages in _looks(book, here, screen, speech, profile, names):
        report.pages += len(pages)
        if len(pages) > declared:
            detail = f"{len(pages)} pages, {declared} declared"
            report.findings.append(
                Finding("pages", speech.language.tag, profile.name, here, detail)
            )
        for page in pages:
            room = profile.room(page)
            limit = (profile.septets if is_gsm(page) else profile.units) - profile.prefix
            if room < 0:
                report.findings.append(
                    Finding(
                        "wide",
                        speech.language.tag,
                        profile.name,
                        here,
                        f"{-room} units too wide: {page!r}",
                    )
                )
            elif (limit - room) * report.tightest[1] > report.tightest[0] * limit:
                report.tightest, report.where = (
                    (limit - room, limit),
                    f"{speech.language.tag} {profile.name} {here}",
                )


def _typed(kind: Kind) -> int:
    """The least a citizen must be able to type for this kind."""
    return {NationalId: 15, Words: 60}.get(type(kind), 15)


def _looks(
    book: Book, here: str, screen: Shown, speech: Speech, profile: Profile, names: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    """The pages of a screen: first shown and after an answer not understood, with every form and
    the widest values.

    Typed words are tried in the language's own alphabet and in another script; so are names in a
    UCS-2 language.
    """
    scope = book.scopes[here]
    own = speech.language.alphabet == "ucs2"
    for wide, again in product(
        (own, True) if _echoes(here, screen, scope) else (own,), (False, True)
    ):
        if isinstance(screen, End):
            if not again:
                yield from ((said,) for said in _said(speech, here, screen.text, scope, book, wide))
            continue
        if again and isinstance(screen, Inform):
            continue
        labels = _labels(book, here, screen, speech, scope, wide, names)
        for asked in _questions(speech, here, screen, scope, book, wide, again):
            yield layout(asked, numbered(labels), True, speech, profile)


def _echoes(here: str, screen: Shown, scope: Scope) -> bool:
    return any(
        isinstance(scope.get(name), Words)
        for text in texts(here, screen).values()
        for name in text.placeholders
    )


def _questions(
    speech: Speech, here: str, screen: Shown, scope: Scope, book: Book, wide: bool, again: bool
) -> Iterator[str]:
    if again and isinstance(screen, Ask):
        yield from _said(speech, f"{here}.again", screen.again, scope, book, wide)
        return
    for asked in _said(speech, here, screen.text, scope, book, wide):
        yield f"{furniture(speech, 'nav.again')}\n{asked}" if again else asked


def _labels(
    book: Book,
    here: str,
    screen: Shown,
    speech: Speech,
    scope: Scope,
    wide: bool,
    names: Sequence[str],
) -> list[str]:
    match screen:
        case Menu():
            options = screen.options.items()
            return [
                max(_said(speech, f"{here}.{name}", option.text, scope, book, wide), key=len)
                for name, option in options
            ]
        case Pick():
            listed = book.listed(here, screen)
            return [
                widest(Chosen(listed.width), wide and speech.language.alphabet == "ucs2")
            ] * listed.most
        case Languages():
            return list(names)
        case Inform():
            return list(_said(speech, f"{here}.seen", screen.seen, scope, book, wide))[:1]
        case _:
            return []


def _said(
    speech: Speech, address: str, text: Text, scope: Scope, book: Book | None, wide: bool
) -> Iterator[str]:
    """Every form of a text with its values at their widest."""
    values = {
        name: _widest(kind, speech, book, wide)
        for name, kind in scope.items()
        if name in text.placeholders
    }
    for form in speech.forms(address, text):
        said = fill(form, {name: values.get(name, "") for name in PLACEHOLDER.findall(form)})
        yield fold(said) if speech.language.alphabet == "gsm7" else said


def _widest(kind: Kind, speech: Speech, book: Book | None, wide: bool) -> str:
    if isinstance(kind, Label) and book is not None:
        options = book.menus[kind.address].items()
        labels = (
            speech.template(f"{kind.address}.{name}", option.text) for name, option in options
        )
        return max(labels, key=lambda label: width(fold(label)))
    if isinstance(kind, Name | Chosen):
        return widest(kind, speech.language.alphabet == "ucs2")
    return widest(kind, wide)


def _parts(
    speech: Speech, address: str, text: Text, kinds: Scope, allowed: int
) -> Iterator[Finding]:
    for said in _said(speech, address, text, kinds, None, speech.language.alphabet == "ucs2"):
        if (count := parts(said)) > allowed:
            yield Finding(
                "parts",
                speech.language.tag,
                "sms",
                address,
                f"{count} parts, {allowed} declared: {said!r}",
            )
