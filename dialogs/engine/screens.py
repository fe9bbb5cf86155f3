"""The screens a dialog is made of, as values.

What they do is in step.py, how they look in render.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, cast

from dialogs.engine.kinds import Asked, Kind
from dialogs.engine.texts import Text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Query:
    """A question to the registry: a frozen dataclass whose fields are names of answers and facts.

    `outcomes` are its possible answers and the facts that come with each. `unavailable` is always
    one and has none.
    """

    outcomes: ClassVar[Mapping[str, Mapping[str, Kind]]] = {}


class Action:
    """A promise: a frozen dataclass whose fields are names of answers and facts; a field with a
    default may be missing.

    `outcomes` are what can come of storing it, and the facts that come with each.
    """

    outcomes: ClassVar[Mapping[str, Mapping[str, Kind]]] = {}


UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Go:
    """Where an option leads when that is another dialog; `values` gives what the other dialog
    takes, by our names.
    """

    dialog: str
    values: Mapping[str, str] = field(default_factory=dict)
    screen: str = ""
    """Where in that dialog; empty: its first screen."""


def go(to: str, **values: str) -> Go:
    """To another dialog, or one screen of it, handing over answers or facts:
    `go("complaint.details", payment="payment")`.
    """
    dialog, _, screen = to.partition(".")
    return Go(dialog, MappingProxyType(values), screen)


Target = str | Go
"""A screen of the same dialog, or another dialog."""


@dataclass(frozen=True, slots=True)
class Option:
    """A line to choose and where it leads.

    With `when`, shown only if that fact is there; its number stays its own. `when="menu=option"`
    waits for one answer.
    """

    text: Text
    to: Target
    when: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence added to a text where `when` holds, as of an option; it may name that fact."""

    text: Text
    when: str


def holds(when: str, values: Mapping[str, Any]) -> bool:
    """Whether what an option or a note waits for is known."""
    name, _, wanted = when.partition("=")
    return not name or (bool(values.get(name)) and (not wanted or values[name] == wanted))


@dataclass(frozen=True, slots=True, init=False)
class Menu:
    """Fixed choices, numbered in the order they are written."""

    text: Text
    options: Mapping[str, Option]
    notes: tuple[Note, ...]
    pages: int

    def __init__(
        self, text: Text, /, *, notes: tuple[Note, ...] = (), pages: int = 1, **options: Option
    ) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "options", MappingProxyType(options))
        object.__setattr__(self, "notes", notes)
        object.__setattr__(self, "pages", pages)


@dataclass(frozen=True, slots=True)
class Pick:
    """Choices learnt from the registry: `of` names the fact that holds the list."""

    text: Text
    of: str
    to: Target
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Ask:
    """An answer typed by the citizen.

    `again` is said instead of the question when it could not be read. `adds`: the words are added to
    the answer of that earlier screen.
    """

    text: Text
    kind: Asked
    again: Text
    to: Target
    adds: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Questions learnt from the registry, asked one after the other: `of` names the fact that holds
    them.

    `again` is said above a question whose answer could not be read. No questions: no screen.
    """

    of: str
    to: Target
    again: Text
    pages: int = 3


@dataclass(frozen=True, slots=True)
class Resume:
    """A draft was left: go on with it, or begin anew. Says nothing of what was answered."""

    text: Text
    on: Text
    over: Text
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Languages:
    """The choice of language, kept for the person.

    Options are the languages of the service, each in its own words.
    """

    text: Text
    to: Target
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Inform:
    """A notice everybody sees once per version (not a consent: this is a public task).

    Any key goes on.
    """

    text: Text
    seen: Text
    version: int
    to: Target
    pages: int = 1


@dataclass(frozen=True, slots=True, init=False)
class Lookup:
    """A question to the registry. Every outcome leads somewhere, some as in other dialogs (`shared`).

    Facts older than `fresh` minutes are asked again.
    """

    query: type[Query]
    outcomes: Mapping[str, Target]
    fresh: int

    def __init__(
        self,
        query: type[Query],
        shared: Mapping[str, Target] = MappingProxyType({}),
        /,
        *,
        fresh: int = 30,
        **outcomes: Target,
    ) -> None:
        object.__setattr__(self, "query", query)
        object.__setattr__(self, "outcomes", MappingProxyType({**shared, **outcomes}))
        object.__setattr__(self, "fresh", fresh)


@dataclass(frozen=True, slots=True, init=False)
class Submit:
    """A promise. What comes of it leads somewhere; what was answered before it is closed."""

    action: type[Action]
    outcomes: Mapping[str, Target]

    def __init__(self, action: type[Action], /, **outcomes: Target) -> None:
        object.__setattr__(self, "action", action)
        object.__setattr__(self, "outcomes", MappingProxyType(outcomes))


@dataclass(frozen=True, slots=True)
class End:
    """The last screen: nothing is awaited. A long text may take `pages`."""

    text: Text
    notes: tuple[Note, ...] = ()
    pages: int = 1


Shown = Menu | Pick | Ask | Form | Languages | Inform | Resume | End
Screen = Shown | Lookup | Submit
"""Screen: everything a dialog is made of. Shown: what a citizen sees."""


@dataclass(frozen=True, slots=True, init=False)
class Dialog:
    """Named screens; the first is where it begins.

    `takes` are values another dialog hands over, `may_take` those it may. One that `resumes` is
    kept when a call drops; one that does not (a sensitive matter) leaves no trace.
    """

    name: str
    takes: Mapping[str, Kind]
    may_take: Mapping[str, Kind]
    resumes: bool
    screens: Mapping[str, Screen]

    def __init__(
        self,
        name: str,
        /,
        *,
        takes: Mapping[str, Kind] | None = None,
        may_take: Mapping[str, Kind] | None = None,
        resumes: bool = False,
        **screens: Screen,
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "takes", MappingProxyType(dict(takes or {})))
        object.__setattr__(self, "may_take", MappingProxyType(dict(may_take or {})))
        object.__setattr__(self, "resumes", resumes)
        object.__setattr__(self, "screens", MappingProxyType(screens))

    @property
    def first(self) -> str:
        """Address of the screen it begins with."""
        return f"{self.name}.{next(iter(self.screens))}"


def targets(screen: Screen) -> tuple[Target, ...]:
    """Everywhere this screen can lead, navigation aside."""
    match screen:
        case Menu():
            return tuple(option.to for option in screen.options.values())
        case Lookup() | Submit():
            return tuple(screen.outcomes.values())
        case End() | Resume():
            return ()
        case _:
            return (screen.to,)


def notes(address: str, screen: Screen) -> dict[str, Note]:
    """The notes of a screen by their addresses: `complaint.confirm.if_against`."""
    told = screen.notes if isinstance(screen, Menu | End) else ()
    return {f"{address}.if_{note.when.replace('=', '_')}": note for note in told}


def texts(address: str, screen: Screen) -> dict[str, Text]:
    """Every text of a screen by its own address: what translators see."""
    told = {there: note.text for there, note in notes(address, screen).items()}
    match screen:
        case Menu():
            lines = {f"{address}.{name}": option.text for name, option in screen.options.items()}
            return {address: screen.text, **told, **lines}
        case End():
            return {address: screen.text, **told}
        case Resume():
            return {
                address: screen.text,
                f"{address}.on": screen.on,
                f"{address}.over": screen.over,
            }
        case Form():
            return {f"{address}.again": screen.again}
        case Ask():
            return {address: screen.text, f"{address}.again": screen.again}
        case Inform():
            return {address: screen.text, f"{address}.seen": screen.seen}
        case Lookup() | Submit():
            return {}
        case _:
            return {address: screen.text}


def needs(asked: type[Query] | type[Action]) -> dict[str, bool]:
    """Field names of a query or action, and whether each must be there."""
    return {
        one.name: one.default is MISSING for one in fields(cast("type[DataclassInstance]", asked))
    }
