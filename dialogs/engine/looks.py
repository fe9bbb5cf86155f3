"""Every way a screen can look when each value is at its widest.

What may be made of that is judged in proof.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dialogs.engine.book import Book, Scope
from dialogs.engine.fit import SMS, Profile, fold, width
from dialogs.engine.kinds import Chosen, Kind, Label, Listed, Name, Words, widest
from dialogs.engine.path import LETTERS
from dialogs.engine.render import GLUE, furniture, layout, numbered, readable
from dialogs.engine.screens import (
    Ask,
    End,
    Form,
    Inform,
    Languages,
    Menu,
    Pick,
    Resume,
    Shown,
    notes,
    texts,
)
from dialogs.engine.texts import PLACEHOLDER, Language, Speech, Text, fill

FIRST, AGAIN, LEFT, NOTICE = "first", "again", "left", "notice"
"""When a look is seen: at first, after an answer not understood, at the end while something else is
left open, or as a message of its own.
"""


@dataclass(frozen=True, slots=True)
class Look:
    """One way a screen can look, and when."""

    when: str
    language: Language
    """The one it is said in: another than hers, where that lacks a word of it."""
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Widest:
    """A language that says every value at its widest; `wide`: typed words in a script outside
    GSM.
    """

    book: Book
    speech: Speech
    scope: Scope
    wide: bool

    def says(self, address: str, text: Text) -> Iterator[str]:
        """Every form of a text. A placeholder without a value is a finding of its own: it is left
        out here.
        """
        values = {
            name: self._value(self.scope[name]) for name in text.placeholders & set(self.scope)
        }
        for form in self.speech.forms(address, text):
            named = {name: values.get(name, "") for name in PLACEHOLDER.findall(form)}
            said = fill(form, {name: one.replace(" ", GLUE) for name, one in named.items()})
            yield fold(said) if self.speech.language.alphabet == "gsm7" else said

    def label(self, address: str, text: Text) -> str:
        """The form that takes most room."""
        return max((one.replace(GLUE, " ") for one in self.says(address, text)), key=width)

    def _value(self, kind: Kind) -> str:
        match kind:
            case Label():
                labels = (
                    self.speech.template(f"{kind.address}.{name}", option.text)
                    for name, option in self.book.menus[kind.address].items()
                )
                return max(labels, key=lambda label: width(fold(label)))
            case Name() | Chosen() | Listed():
                return widest(kind, self.speech.language.alphabet == "ucs2")
            case _:
                return widest(kind, self.wide)


def message(book: Book, speech: Speech, address: str, text: Text, kinds: Scope) -> Iterator[str]:
    """Every way a message outside the dialogs can read."""
    said = Widest(book, speech, kinds, speech.language.alphabet == "ucs2").says(address, text)
    return (one.replace(GLUE, " ") for one in said)


def looks(
    book: Book, here: str, speech: Speech, profile: Profile, names: Sequence[str]
) -> Iterator[Look]:
    """The looks of a screen: first shown and after an answer not understood, with every form and
    the widest values.

    Typed words are tried in the language's own alphabet and in another script; so are names in a
    UCS-2 language. `names` are what the languages of the service call themselves.
    """
    screen, scope = book.shown(here), book.scope(here)
    own = speech.language.alphabet == "ucs2"
    foreign = profile.ucs2 and _echoes(here, screen, scope)
    for wide in {own, own or foreign}:
        said = Widest(book, speech, scope, wide)
        for when, asked, labels in _asked(said, here, screen, names, profile):
            behind = not isinstance(screen, End)
            pages = layout(asked, numbered(labels), behind, speech, profile)
            yield Look(when, speech.language, pages)


def _echoes(here: str, screen: Shown, scope: Scope) -> bool:
    """Whether words she typed stand on the screen."""
    return any(
        isinstance(scope.get(name), Words)
        for text in texts(here, screen).values()
        for name in text.placeholders
    )


def _asked(
    said: Widest, here: str, screen: Shown, names: Sequence[str], profile: Profile
) -> Iterator[tuple[str, str, list[str]]]:
    """When, what stands above the options, and the options: at first, and once more where an answer can
    be misread.
    """
    if isinstance(screen, Form):
        yield from _forms(said, here, screen)
        return
    labels = _labels(said, here, screen, names, profile)
    retry = furniture(said.speech, "nav.again")
    for asked in _worded(said, here, screen):
        yield FIRST, asked, labels
        if isinstance(screen, Menu | Pick | Languages | Resume):
            yield AGAIN, f"{retry}\n{asked}", labels
        if isinstance(screen, End) and profile.name == SMS.name and said.book.resume:
            left = furniture(said.speech, "nav.resume", letter=LETTERS[0])
            yield LEFT, f"{asked}\n{left}", labels
    if isinstance(screen, Ask):
        yield from ((AGAIN, asked, labels) for asked in said.says(f"{here}.again", screen.again))


def _worded(
    said: Widest, here: str, screen: Menu | Pick | Ask | Languages | Inform | Resume | End
) -> Iterator[str]:
    """Every form of the text, without its notes and with all of them."""
    told = [said.label(there, note.text) for there, note in notes(here, screen).items()]
    for asked in said.says(here, screen.text):
        yield asked
        if told:
            yield " ".join([asked, *told])


def _forms(said: Widest, here: str, form: Form) -> Iterator[tuple[str, str, list[str]]]:
    """A question of each kind, at its widest."""
    kind, own = said.book.asked(here, form), said.speech.language.alphabet == "ucs2"
    asked = widest(Chosen(kind.width), own)
    yes_no = [furniture(said.speech, "nav.yes"), furniture(said.speech, "nav.no")]
    many = [widest(Chosen(kind.choices.width), own)] * kind.choices.most
    for labels in (list[str](), yes_no, many):
        yield FIRST, asked, labels
        for retry in said.says(f"{here}.again", form.again):
            yield AGAIN, f"{retry}\n{asked}", labels


def _labels(
    said: Widest, here: str, screen: Shown, names: Sequence[str], profile: Profile
) -> list[str]:
    match screen:
        case Menu():
            return [said.label(f"{here}.{name}", one.text) for name, one in screen.options.items()]
        case Pick():
            listed = said.book.listed(here, screen)
            own = said.speech.language.alphabet == "ucs2"
            return [widest(Chosen(listed.width), own)] * listed.most
        case Languages():
            return [readable(name, profile) for name in names]
        case Inform():
            return [said.label(f"{here}.seen", screen.seen)]
        case Resume():
            return [
                said.label(f"{here}.on", screen.on),
                said.label(f"{here}.over", screen.over),
            ]
        case _:
            return []
