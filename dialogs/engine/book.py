"""All dialogs of a service, joined: refuses to exist broken, and knows what is known on every
screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from dialogs.engine.kinds import Choices, Chosen, Kind, Label, Number
from dialogs.engine.screens import (
    UNAVAILABLE,
    Ask,
    Dialog,
    Go,
    Lookup,
    Menu,
    Option,
    Pick,
    Screen,
    Shown,
    Submit,
    Target,
    needs,
    targets,
    texts,
)
from dialogs.engine.texts import malformed

Scope = Mapping[str, Kind]
"""Names certainly known on a screen, whatever way led there."""

MORE_KEY = 9
"""Options beyond the eighth cannot share a list with `9 More`."""


class BrokenDialog(Exception):
    """Everything that is wrong with a set of dialogs, all at once; `faults` are lines."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class Book:
    """The dialogs of a service.

    `home` is where a known person starts, `welcome` where a new one does.
    """

    def __init__(
        self, dialogs: Iterable[Dialog], *, home: str = "home", welcome: str = "welcome"
    ) -> None:
        given = tuple(dialogs)
        self.dialogs: Mapping[str, Dialog] = MappingProxyType(
            {dialog.name: dialog for dialog in given}
        )
        self.screens: Mapping[str, Screen] = MappingProxyType(
            {
                f"{d.name}.{name}": screen
                for d in self.dialogs.values()
                for name, screen in d.screens.items()
            }
        )
        self.menus: Mapping[str, Mapping[str, Option]] = {
            a: s.options for a, s in self.screens.items() if isinstance(s, Menu)
        }
        self.constant = frozenset(a for a, s in self.screens.items() if _constant(a, s))
        """Screens that look the same for everybody who speaks a language: rendered once."""
        self.scopes: dict[str, Scope] = {}
        faults = [*_missing(given, (home, welcome))]
        if not faults:
            self.home, self.welcome = self.dialogs[home].first, self.dialogs[welcome].first
            self.scopes = self._known()
            faults = [
                *self._dangling(),
                *self._unreachable(),
                *self._unrouted(),
                *self._names(),
                *self._loops(),
            ]
        if faults:
            raise BrokenDialog(faults)

    def address(self, target: Target, here: str) -> str:
        """The screen a target means, seen from the screen `here`."""
        return (
            self.dialogs[target.dialog].first
            if isinstance(target, Go)
            else f"{here.split('.')[0]}.{target}"
        )

    def _leads(self, target: Target, here: str) -> bool:
        """Whether a target is there."""
        if isinstance(target, Go):
            return target.dialog in self.dialogs
        return f"{here.split('.')[0]}.{target}" in self.screens

    def dialog(self, address: str) -> Dialog:
        """The dialog a screen belongs to."""
        return self.dialogs[address.split(".")[0]]

    def shown(self, address: str) -> Shown:
        """The screen at an address that a citizen sees."""
        screen = self.screens[address]
        if isinstance(screen, Lookup | Submit):
            raise KeyError(address)
        return screen

    def _edges(self) -> Iterator[tuple[str, Target, Scope]]:
        """Every way from a screen to another, with what leaving it teaches."""
        for here, screen in self.screens.items():
            if isinstance(screen, Lookup | Submit):
                asked = screen.query if isinstance(screen, Lookup) else screen.action
                for outcome, to in screen.outcomes.items():
                    yield here, to, asked.outcomes.get(outcome, {})
            else:
                learnt = self._answer(here, screen)
                for to in targets(screen):
                    yield here, to, learnt

    def _learnable(self, here: str) -> set[str]:
        """Every name that some way through this dialog may know."""
        dialog = self.dialog(here)
        calls = [
            screen for screen in dialog.screens.values() if isinstance(screen, Lookup | Submit)
        ]
        asked = [one.query if isinstance(one, Lookup) else one.action for one in calls]
        return {
            *dialog.takes,
            *dialog.screens,
            *(name for one in asked for facts in one.outcomes.values() for name in facts),
        }

    def _answer(self, here: str, screen: Screen) -> Scope:
        name = here.split(".")[1]
        match screen:
            case Menu():
                return {name: Label(here)}
            case Ask():
                return {name: screen.kind}
            case Pick():
                return {name: Chosen(self.listed(here, screen).width)}
            case _:
                return {}

    def listed(self, here: str, pick: Pick) -> Choices:
        """The kind of the list a Pick offers: declared by whichever query of its dialog learns
        it.
        """
        for screen in self.dialog(here).screens.values():
            if isinstance(screen, Lookup):
                for facts in screen.query.outcomes.values():
                    kind = facts.get(pick.of)
                    if isinstance(kind, Choices):
                        return kind
        handed = self.dialog(here).takes.get(pick.of)
        return handed if isinstance(handed, Choices) else Choices(0, 0)

    def _known(self) -> dict[str, Scope]:
        """What is certainly known on every screen that can be reached: the meet over all ways, to a
        fixed point.
        """
        scopes: dict[str, dict[str, Kind]] = {self.home: {}, self.welcome: {}}
        edges = [(here, to, learnt) for here, to, learnt in self._edges() if self._leads(to, here)]
        changed = True
        while changed:
            changed = False
            for here, to, learnt in edges:
                if here not in scopes:
                    continue
                new = self._carried(to, {**scopes[here], **learnt})
                there = self.address(to, here)
                old = scopes.get(there)
                met = (
                    new
                    if old is None
                    else {name: kind for name, kind in old.items() if new.get(name) == kind}
                )
                if met != old:
                    scopes[there], changed = met, True
        return dict(scopes)

    def _carried(self, to: Target, known: Scope) -> dict[str, Kind]:
        if not isinstance(to, Go):
            return dict(known)
        return {theirs: known[ours] for theirs, ours in to.values.items() if ours in known}

    def _dangling(self) -> Iterator[str]:
        for here, screen in self.screens.items():
            for to in targets(screen):
                if not self._leads(to, here):
                    kind, name = ("dialog", to.dialog) if isinstance(to, Go) else ("screen", to)
                    yield f"{here}: leads to a {kind} that does not exist: {name}"

    def _unreachable(self) -> Iterator[str]:
        for here in self.screens:
            if here not in self.scopes:
                yield f"{here}: nothing leads here"

    def _unrouted(self) -> Iterator[str]:
        for here, screen in self.screens.items():
            if isinstance(screen, Lookup | Submit):
                asked = screen.query if isinstance(screen, Lookup) else screen.action
                due = {*asked.outcomes, *([UNAVAILABLE] if isinstance(screen, Lookup) else [])}
                for outcome in sorted(due - set(screen.outcomes)):
                    yield f"{here}: the outcome {outcome} leads nowhere"
                for outcome in sorted(set(screen.outcomes) - due):
                    yield f"{here}: {asked.__name__} has no outcome {outcome}"

    def _names(self) -> Iterator[str]:
        for here, screen in self.screens.items():
            if here in self.scopes:
                yield from self._unknown(here, screen, self.scopes[here])
                yield from _keys(
                    here, screen, self.listed(here, screen).most if isinstance(screen, Pick) else 0
                )
            for to in targets(screen):
                if isinstance(to, Go) and here in self.scopes and self._leads(to, here):
                    yield from self._handed(here, to)

    def _unknown(self, here: str, screen: Screen, scope: Scope) -> Iterator[str]:
        if isinstance(screen, Lookup | Submit):
            asked = screen.query if isinstance(screen, Lookup) else screen.action
            for name, needed in needs(asked).items():
                if needed and name not in scope:
                    yield f"{here}: {asked.__name__} needs {name}, and some way here does not know it"
        if isinstance(screen, Pick) and not isinstance(scope.get(screen.of), Choices):
            yield f"{here}: offers {screen.of}, and some way here has not learnt that list"
        if isinstance(screen, Menu):
            waited = {option.when for option in screen.options.values() if option.when}
            for name in sorted(waited - self._learnable(here)):
                yield f"{here}: an option waits for {name}, which nothing in this dialog can know"
        for address, text in texts(here, screen).items():
            for form in text.forms:
                if malformed(form):
                    yield f"{address}: only plain {{name}} placeholders are allowed: {form!r}"
            for name in sorted(text.placeholders - set(scope)):
                yield f"{address}: {{{name}}} has no value on some way here"
            if text.by and not isinstance(scope.get(text.by), Number):
                yield f"{address}: the plural is decided by {text.by}, which is not a known number"

    def _handed(self, here: str, to: Go) -> Iterator[str]:
        takes = self.dialogs[to.dialog].takes
        given = self._carried(to, {**self.scopes[here], **self._answer(here, self.screens[here])})
        for name in sorted(set(takes) | set(to.values)):
            if takes.get(name) != given.get(name):
                yield f"{here}: {to.dialog} takes {name} as {takes.get(name)}, and is given {given.get(name)}"

    def _loops(self) -> Iterator[str]:
        """A circle of look-ups and promises would never show a screen."""
        silent = {
            a: [self.address(t, a) for t in targets(s) if self._leads(t, a)]
            for a, s in self.screens.items()
            if isinstance(s, Lookup | Submit)
        }
        for start in silent:
            seen, ahead = set[str](), list(silent[start])
            while ahead:
                one = ahead.pop()
                if one == start:
                    yield f"{start}: leads back to itself without showing a screen"
                    break
                if one in silent and one not in seen:
                    seen.add(one)
                    ahead += silent[one]


def _missing(given: Sequence[Dialog], needed: Iterable[str]) -> Iterator[str]:
    """Dialogs without which nothing else can be said."""
    names = [dialog.name for dialog in given]
    yield from (f"no dialog {name}" for name in needed if name not in names)
    yield from (
        f"two dialogs are called {name}"
        for name in sorted({name for name in names if names.count(name) > 1})
    )
    yield from (f"{dialog.name}: has no screens" for dialog in given if not dialog.screens)


def _constant(here: str, screen: Screen) -> bool:
    if isinstance(screen, Pick | Lookup | Submit) or any(
        text.placeholders for text in texts(here, screen).values()
    ):
        return False
    return not (isinstance(screen, Menu) and any(option.when for option in screen.options.values()))


def _keys(here: str, screen: Screen, listed: int) -> Iterator[str]:
    """Navigation keys must never be answers."""
    match screen:
        case Menu() | Pick():
            count = len(screen.options) if isinstance(screen, Menu) else listed
            if count > MORE_KEY or (count == MORE_KEY and screen.pages > 1):
                yield f"{here}: {count} options do not leave 9 for More"
            if not count:
                yield f"{here}: there is nothing to choose"
        case Ask(kind=Number(least=least)) if least <= 0:
            yield f"{here}: 0 means Back and cannot be an answer"
        case _:
            return
