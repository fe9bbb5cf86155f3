"""Every way a screen can look when each value is at its widest.

What may be made of that is judged in proof.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dialogs.engine.book import Book, Scope
from dialogs.engine.fit import Profile, fold, width
from dialogs.engine.kinds import Chosen, Kind, Label, Name, Words, widest
from dialogs.engine.render import furniture, layout, numbered
from dialogs.engine.screens import Ask, End, Inform, Languages, Menu, Pick, Shown, texts
from dialogs.engine.texts import PLACEHOLDER, Speech, Text, fill


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
            said = fill(form, {name: values.get(name, "") for name in PLACEHOLDER.findall(form)})
            yield fold(said) if self.speech.language.alphabet == "gsm7" else said

    def label(self, address: str, text: Text) -> str:
        """The form that takes most room."""
        return max(self.says(address, text), key=width)

    def _value(self, kind: Kind) -> str:
        match kind:
            case Label():
                labels = (
                    self.speech.template(f"{kind.address}.{name}", option.text)
                    for name, option in self.book.menus[kind.address].items()
                )
                return max(labels, key=lambda label: width(fold(label)))
            case Name() | Chosen():
                return widest(kind, self.speech.language.alphabet == "ucs2")
            case _:
                return widest(kind, self.wide)


def message(book: Book, speech: Speech, address: str, text: Text, kinds: Scope) -> Iterator[str]:
    """Every way a message outside the dialogs can read."""
    return Widest(book, speech, kinds, speech.language.alphabet == "ucs2").says(address, text)


def looks(
    book: Book, here: str, speech: Speech, profile: Profile, names: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    """The pages of a screen: first shown and after an answer not understood, with every form and
    the widest values.

    Typed words are tried in the language's own alphabet and in another script; so are names in a
    UCS-2 language. `names` are what the languages of the service call themselves.
    """
    screen, scope = book.shown(here), book.scopes[here]
    own = speech.language.alphabet == "ucs2"
    for wide in (own, True) if _echoes(here, screen, scope) else (own,):
        said = Widest(book, speech, scope, wide)
        if isinstance(screen, End):
            yield from ((text,) for text in said.says(here, screen.text))
            continue
        lines = numbered(_labels(said, here, screen, names))
        for asked in _questions(said, here, screen):
            yield layout(asked, lines, True, speech, profile)


def _echoes(here: str, screen: Shown, scope: Scope) -> bool:
    """Whether words she typed stand on the screen."""
    return any(
        isinstance(scope.get(name), Words)
        for text in texts(here, screen).values()
        for name in text.placeholders
    )


def _questions(said: Widest, here: str, screen: Shown) -> Iterator[str]:
    """What stands above the options: at first, and once more where an answer can be misread."""
    yield from said.says(here, screen.text)
    match screen:
        case Ask():
            yield from said.says(f"{here}.again", screen.again)
        case Menu() | Pick() | Languages():
            retry = furniture(said.speech, "nav.again")
            yield from (f"{retry}\n{asked}" for asked in said.says(here, screen.text))


def _labels(said: Widest, here: str, screen: Shown, names: Sequence[str]) -> list[str]:
    match screen:
        case Menu():
            return [said.label(f"{here}.{name}", one.text) for name, one in screen.options.items()]
        case Pick():
            listed = said.book.listed(here, screen)
            own = said.speech.language.alphabet == "ucs2"
            return [widest(Chosen(listed.width), own)] * listed.most
        case Languages():
            return list(names)
        case Inform():
            return [said.label(f"{here}.seen", screen.seen)]
        case _:
            return []
