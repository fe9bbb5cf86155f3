"""Fit is proved, not hoped for: every screen, language and carrier at the widest values, before
anything runs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from dialogs.engine.book import Book, Scope
from dialogs.engine.fit import SMS, Profile, fold, is_gsm, parts
from dialogs.engine.kinds import Kind, NationalId, Reference, Words, widest
from dialogs.engine.looks import NOTICE, Look, looks, message
from dialogs.engine.notice import Notice
from dialogs.engine.screens import Ask, End, Lookup, Menu, Pick, Shown, Submit, targets, texts
from dialogs.engine.texts import PLACEHOLDER, SOURCE, Speech, Text, malformed
from dialogs.engine.voices import furniture, needed

LEVELS, OPTIONS = 5, 7
"""How many menus deep a service should be, and how many options a screen should have (telecom
practice: people get lost in long lists).
"""

WIDEST_REFERENCE = re.compile(widest(Reference(), wide=False).replace(" ", "."))
"""However a language parts its groups."""

INCOMPLETE = frozenset({"untranslated", "stale"})
"""Codes of texts that another language says meanwhile."""

Notices = Mapping[str, Notice]
"""What is said outside the dialogs, by address."""


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


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is measured: a language, a carrier, a screen."""

    language: str
    profile: Profile
    screen: str

    def __str__(self) -> str:
        return f"{self.language} {self.profile.name} {self.screen}"

    def finding(self, code: str, detail: str) -> Finding:
        """A finding made here."""
        return Finding(code, self.language, self.profile.name, self.screen, detail)


Seen = Callable[[Place, Look], object]
"""Is told of every look as it is measured: one more reader of what was laid out anyway."""


def unseen(place: Place, look: Look) -> None:
    """Nobody else wants to see it."""


@dataclass(frozen=True, slots=True, order=True)
class Sent:
    """A notice at its widest, as an SMS of one language: what it costs to send."""

    language: str
    parts: int
    ucs2: bool
    """The dear kind: 70 characters a part instead of 160."""
    notice: str


@dataclass(slots=True)
class Report:
    """What was measured: the findings, how tight the tightest page is, what each notice costs."""

    findings: list[Finding] = field(default_factory=list)
    screens: int = 0
    languages: int = 0
    profiles: int = 0
    pages: int = 0
    tightest: tuple[int, int] = (0, 1)
    """Units used and units there, on the fullest page."""
    where: str = ""
    longest: tuple[int, str] = (0, "")
    """Most pages of one screen, and where."""
    deepest: tuple[int, str] = (0, "")
    """Screens to answer from the main menu to the farthest promise, and which it is."""
    levels: tuple[int, str] = (0, "")
    """Screens to choose on, of those, and the promise behind most of them."""
    widest: tuple[int, str] = (0, "")
    """Most options of a menu, and which it is."""
    borrowed: dict[str, int] = field(default_factory=dict)
    """Texts a language says in another one, by tag."""
    sent: list[Sent] = field(default_factory=list)
    """Every notice in every language."""

    def __str__(self) -> str:
        used, limit = self.tightest
        return (
            f"{self.screens} screens x {self.languages} languages x {self.profiles} profiles, {self.pages} pages, "
            f"tightest page {used} of {limit} units: {len(self.findings)} findings"
        )

    @property
    def house(self) -> str:
        """What is beside the limits of the house, in one line."""
        return (
            f"most options {self.widest[0]} of {OPTIONS} ({self.widest[1]}), "
            f"most menus {self.levels[0]} of {LEVELS} deep ({self.levels[1]}), "
            f"most answers {self.deepest[0]} ({self.deepest[1]}), "
            f"most pages {self.longest[0]} ({self.longest[1]})"
        )

    @property
    def costs(self) -> Iterator[str]:
        """What the notices take as SMS, a line a language."""
        for tag in dict.fromkeys(one.language for one in self.sent):
            hers = [one for one in self.sent if one.language == tag]
            dear = sum(one.ucs2 for one in hers)
            counts = sorted({one.parts for one in hers})
            each = ", ".join(
                f"{sum(one.parts == count for one in hers)} in {count} part{'s' * (count > 1)}"
                for count in counts
            )
            yield f"SMS {tag}: {len(hers) - dear} GSM-7, {dear} UCS-2; {each}"


def prove(
    book: Book,
    speeches: Sequence[Speech],
    profiles: Sequence[Profile],
    notices: Notices,
    seen: Seen = unseen,
) -> Report:
    """Read every text and lay out every page. `seen` is told of each look, by language and screen."""
    shown = {a: s for a, s in book.screens.items() if not isinstance(s, Lookup | Submit)}
    report = Report(screens=len(shown), languages=len(speeches), profiles=len(profiles))
    every = {address: text for address, (text, _) in every_text(book, notices).items()}
    names = [speech.language.name for speech in speeches]
    apart = alike(profiles)
    for speech in speeches:
        report.borrowed[speech.language.tag] = 0
        for address, text in every.items():
            report.findings += _read(report, speech, address, text)
        carriers = [one for one in apart if one.ucs2 or speech.language.alphabet == "gsm7"]
        for (here, screen), profile in product(shown.items(), carriers):
            place = Place(speech.language.tag, profile, here)
            report.findings += _typed(place, screen)
            voice = speech.voice(needed(book, here))
            for look in looks(book, here, voice, profile, names):
                _measure(report, place, look.pages, _declared(screen))
                report.findings += _late(place, screen, book.scope(here), look.pages)
                seen(place, look)
        for address, notice in notices.items():
            _measure_notice(report, book, speech, carriers, address, notice, seen)
    report.findings = sorted(set(report.findings))
    _house(report, book)
    return report


def alike(profiles: Sequence[Profile]) -> dict[Profile, list[str]]:
    """The profiles that differ in more than their name, each with the names of those it stands for:
    they are laid out once.
    """
    found: dict[tuple[object, ...], Profile] = {}
    names: dict[Profile, list[str]] = {}
    for one in profiles:
        limits = (one.septets, one.units, one.prefix, one.typed, one.home, one.ucs2)
        first = found.setdefault((*limits, one.name == SMS.name), one)
        names.setdefault(first, []).append(one.name)
    return names


def _house(report: Report, book: Book) -> None:
    """How many options; how many answers, and menus among them, to the farthest promise by the
    shortest way.
    """
    menus = [(len(s.options), a) for a, s in book.screens.items() if isinstance(s, Menu)]
    report.widest = max(menus, default=(0, ""))
    depth, ahead = {book.home: (0, 0)}, [book.home]
    while ahead:
        here = ahead.pop(0)
        screen = book.screens[here]
        answers, chosen = depth[here]
        far = (
            answers + (not isinstance(screen, Lookup | Submit)),
            chosen + isinstance(screen, Menu | Pick),
        )
        for to in targets(screen):
            there = book.address(to, here)
            if there not in depth or depth[there] > far:
                depth[there] = far
                ahead.append(there)
    promised = [a for a, s in book.screens.items() if isinstance(s, Submit) and a in depth]
    report.deepest = max(((depth[a][0], a) for a in promised), default=(0, ""))
    report.levels = max(((depth[a][1], a) for a in promised), default=(0, ""))


def every_text(book: Book, notices: Notices) -> dict[str, tuple[Text, str]]:
    """Every text of the service by address, with a word for the translator on how wide its values
    are.
    """
    found = {address: (text, "") for address, text in furniture(book).items()}
    for here, screen in book.screens.items():
        for address, text in texts(here, screen).items():
            found[address] = (text, _hint(text, book.scope(here)))
    for address, notice in notices.items():
        hints = [f"SMS, at most {notice.parts} parts", _hint(notice.text, notice.values)]
        found[address] = (notice.text, "; ".join(filter(None, hints)))
    return found


def _hint(text: Text, kinds: Scope) -> str:
    return ", ".join(
        f"{{{name}}} is {type(kinds[name]).__name__}" for name in sorted(text.placeholders)
    )


def _read(report: Report, speech: Speech, address: str, text: Text) -> Iterator[Finding]:
    """The words of one entry: there, current, well-formed, in the language's alphabet, none that is
    never said.
    """
    forms = text.forms
    if speech.language.tag != SOURCE:
        if fault := _untranslated(speech, address, text):
            report.borrowed[speech.language.tag] += 1
            yield fault
            return
        forms = speech.entries[address].forms
    for form in forms:
        yield from _misspelt(speech, address, text, form)
        yield from _foreign(speech, address, form)
        yield from _forbidden(speech, address, form)


def _untranslated(speech: Speech, address: str, text: Text) -> Finding | None:
    """What keeps a translation from being said at all."""
    tag, entry = speech.language.tag, speech.entries.get(address)
    if entry is None or not any(entry.forms):
        return Finding("untranslated", tag, "-", address, f"no translation of {text.one!r}")
    if entry.fuzzy or entry.english != text.forms:
        detail = f"translates {entry.english[0]!r}, the dialog says {text.one!r}"
        return Finding("stale", tag, "-", address, detail)
    if not all(entry.forms):
        return Finding("untranslated", tag, "-", address, "a plural form is empty")
    return None


def _misspelt(speech: Speech, address: str, text: Text, form: str) -> Iterator[Finding]:
    """Placeholders that are no plain name, or stand in one of the two languages only."""
    tag = speech.language.tag
    if malformed(form):
        detail = f"only plain {{name}} is allowed: {form!r}"
        yield Finding("placeholder", tag, "-", address, detail)
    for name in sorted(set(PLACEHOLDER.findall(form)) ^ text.placeholders):
        detail = f"{{{name}}} stands in one of the two languages only"
        yield Finding("placeholder", tag, "-", address, detail)


def _foreign(speech: Speech, address: str, form: str) -> Iterator[Finding]:
    """Characters that a GSM-7 language cannot carry, even folded."""
    said = fold(form) if speech.language.fold else form
    if speech.language.alphabet == "gsm7" and not is_gsm(said):
        foreign = "".join(sorted({c for c in said if not is_gsm(c)}))
        detail = f"{foreign!r} turns the screen into UCS-2"
        yield Finding("alphabet", speech.language.tag, "-", address, detail)


def _forbidden(speech: Speech, address: str, form: str) -> Iterator[Finding]:
    """Words that decide or promise: the programme alone may say them, and not by phone."""
    said = f" {plain(form)} "
    for word in speech.language.never:
        if any(f" {prefix}{plain(word)} " in said for prefix in ("", "ال", "و", "وال")):
            detail = f"{word!r} is never said to a citizen"
            yield Finding("forbidden", speech.language.tag, "-", address, detail)


def plain(text: str) -> str:
    """A text as words are compared: one case, no accents, single spaces for all signs."""
    bare = unicodedata.normalize("NFD", text.casefold())
    kept = (c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


LEAST_TYPED: Mapping[type[Kind], int] = {NationalId: 15, Words: 60}
"""Characters a citizen must at least be able to type for a kind; 15 for all others."""


def _typed(place: Place, screen: Shown) -> Iterator[Finding]:
    """An answer that is longer than the carrier lets people type."""
    least = LEAST_TYPED.get(type(screen.kind), 15) if isinstance(screen, Ask) else 0
    if least > place.profile.typed:
        yield place.finding("typed", f"{least} characters cannot be typed")


def _declared(screen: Shown) -> int:
    return 1 if isinstance(screen, Ask) else screen.pages


def _measure(report: Report, place: Place, pages: Sequence[str], declared: int) -> None:
    """Count the pages of one look, and the room on each."""
    report.pages += len(pages)
    report.longest = max(report.longest, (len(pages), f"{place.screen} in {place.language}"))
    if len(pages) > declared:
        report.findings.append(place.finding("pages", f"{len(pages)} pages, {declared} declared"))
    for page in pages:
        room = place.profile.room(page)
        if room < 0:
            report.findings.append(place.finding("wide", f"{-room} units too wide: {page!r}"))
        else:
            _tighten(report, place, page, room)


def _late(place: Place, screen: Shown, scope: Scope, pages: Sequence[str]) -> Iterator[Finding]:
    """A number she is given at last, and not on the first page: who hangs up there never saw it."""
    names = screen.text.placeholders if isinstance(screen, End) else ()
    given = any(isinstance(scope.get(name), Reference) for name in names)
    if given and not WIDEST_REFERENCE.search(pages[0]):
        yield place.finding("late", f"the number is not on page 1: {pages[0]!r}")


def _tighten(report: Report, place: Place, page: str, room: int) -> None:
    """Remember the page if none was fuller."""
    profile = place.profile
    limit = (profile.septets if is_gsm(page) else profile.units) - profile.prefix
    used, most = report.tightest
    if (limit - room) * most > used * limit:
        report.tightest, report.where = (limit - room, limit), str(place)


def _measure_notice(
    report: Report,
    book: Book,
    speech: Speech,
    profiles: Iterable[Profile],
    address: str,
    notice: Notice,
    seen: Seen,
) -> None:
    """Count a notice in SMS parts and, where it is one, as the last screen of every carrier."""
    tag = speech.language.tag
    voice = speech.voice({address: notice.text})
    every = list(message(book, voice, address, notice.text, notice.values))
    dear = any(not is_gsm(said) for said in every)
    report.sent.append(Sent(tag, max(map(parts, every)), dear, address))
    for said in every:
        seen(Place(tag, SMS, address), Look(NOTICE, voice.language, (said,)))
        if (count := parts(said)) > notice.parts:
            detail = f"{count} parts, {notice.parts} declared: {said!r}"
            report.findings.append(Finding("parts", tag, "sms", address, detail))
        for profile in profiles if notice.screen else ():
            _measure(report, Place(tag, profile, address), (said,), 1)
