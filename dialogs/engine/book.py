"""All dialogs of a service, joined: refuses to exist broken, and knows what is known on every
screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dialogs.engine.kinds import Answers, Choices, Chosen, Kind, Label, Number, Questions, Words
from dialogs.engine.screens import (
    UNAVAILABLE,
    Ask,
    Dialog,
    Form,
    Go,
    Lookup,
    Menu,
    Option,
    Pick,
    Resume,
    Screen,
    Shown,
    Submit,
    Target,
    needs,
    notes,
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

    `home` is where a known person starts, `welcome` where a new one does. `always` are names known
    on every screen, each with its kind and its value. `doors` are screens that a keyword opens
    directly: nothing is certain there but what always is.
    """

    def __init__(
        self,
        dialogs: Iterable[Dialog],
        *,
        home: str = "home",
        welcome: str = "welcome",
        always: Mapping[str, tuple[Kind, Any]] | None = None,
        doors: Iterable[str] = (),
    ) -> None:
        given = tuple(dialogs)
        self.doors = frozenset(doors)
        self.always: Scope = {name: kind for name, (kind, _) in (always or {}).items()}
        self.constants = {name: value for name, (_, value) in (always or {}).items()}
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
        self.resume = next((a for a, s in self.screens.items() if isinstance(s, Resume)), "")
        """Where a draft that was left is offered; empty where none is ever kept."""
        self.scopes: dict[str, Scope] = {}
        self.maybe: Mapping[str, Mapping[str, frozenset[Kind]]] = {}
        """By dialog, every name that some way through it may know, and of which kinds."""
        faults = [*_missing(given, (home, welcome))]
        faults += [f"no screen {door} for a keyword" for door in self.doors - set(self.screens)]
        if any(dialog.resumes for dialog in given) and not self.resume:
            faults.append("a dialog resumes, and no screen offers to go on")
        if not faults:
            self.home, self.welcome = self.dialogs[home].first, self.dialogs[welcome].first
            self.maybe = {name: self._learnable(dialog) for name, dialog in self.dialogs.items()}
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
        if not isinstance(target, Go):
            return f"{here.split('.')[0]}.{target}"
        if target.screen:
            return f"{target.dialog}.{target.screen}"
        return self.dialogs[target.dialog].first

    def _leads(self, target: Target, here: str) -> bool:
        """Whether a target is there."""
        if isinstance(target, Go) and target.dialog not in self.dialogs:
            return False
        return self.address(target, here) in self.screens

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

    def _learnable(self, dialog: Dialog) -> Mapping[str, frozenset[Kind]]:
        """Every name that some way through this dialog may know, and of which kinds."""
        found: dict[str, set[Kind]] = {}
        learnt: list[Scope] = [self.always, dialog.takes, dialog.may_take]
        for name, screen in dialog.screens.items():
            if isinstance(screen, Lookup | Submit):
                asked = screen.query if isinstance(screen, Lookup) else screen.action
                learnt += asked.outcomes.values()
            else:
                learnt.append(self._answer(f"{dialog.name}.{name}", screen))
        for scope in learnt:
            for name, kind in scope.items():
                found.setdefault(name, set()).add(kind)
        return {name: frozenset(kinds) for name, kinds in found.items()}

    def kind(self, address: str, name: str) -> Kind | None:
        """The one kind a name can have in the dialog of a screen, where some way may know it."""
        kinds = self.maybe[address.split(".")[0]].get(name, frozenset())
        return next(iter(kinds)) if len(kinds) == 1 else None

    def scope(self, address: str) -> Scope:
        """What may be said on a screen: what is certain there, and what its notes wait for."""
        told = notes(address, self.screens[address]).values()
        waited = {note.when.partition("=")[0] for note in told}
        kinds = {name: self.kind(address, name) for name in waited}
        return {**{n: k for n, k in kinds.items() if k is not None}, **self.scopes[address]}

    def _answer(self, here: str, screen: Screen) -> Scope:
        name = here.split(".")[1]
        match screen:
            case Menu():
                return {name: Label(here)}
            case Ask():
                return {name: screen.kind}
            case Pick():
                return {name: Chosen(self.listed(here, screen).width)}
            case Form():
                return {name: Answers()}
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

    def asked(self, here: str, form: Form) -> Questions:
        """The kind of the questions a Form asks."""
        kind = self.scopes[here].get(form.of)
        return kind if isinstance(kind, Questions) else Questions(0, 0, Choices(0, 0))

    def _known(self) -> dict[str, Scope]:
        """What is certainly known on every screen that can be reached: the meet over all ways, to a
        fixed point.
        """
        begins = [self.home, self.welcome, *filter(None, [self.resume]), *self.doors]
        scopes: dict[str, dict[str, Kind]] = {start: dict(self.always) for start in begins}
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
        handed = {theirs: known[ours] for theirs, ours in to.values.items() if ours in known}
        return {**self.always, **handed}

    def _dangling(self) -> Iterator[str]:
        for here, screen in self.screens.items():
            for to in targets(screen):
                if not self._leads(to, here):
                    kind, name = ("screen", str(to))
                    if isinstance(to, Go):
                        inside = to.screen and to.dialog in self.dialogs
                        name = f"{to.dialog}.{to.screen}" if inside else to.dialog
                        kind = "screen" if inside else "dialog"
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
        for here, to, learnt in self._edges():
            if isinstance(to, Go) and here in self.scopes and self._leads(to, here):
                yield from self._handed(here, to, learnt)

    def _unknown(self, here: str, screen: Screen, scope: Scope) -> Iterator[str]:
        if isinstance(screen, Lookup | Submit):
            asked = screen.query if isinstance(screen, Lookup) else screen.action
            for name, needed in needs(asked).items():
                if needed and name not in scope:
                    yield f"{here}: {asked.__name__} needs {name}, and some way here does not know it"
        if isinstance(screen, Pick) and not isinstance(scope.get(screen.of), Choices):
            yield f"{here}: offers {screen.of}, and some way here has not learnt that list"
        if isinstance(screen, Form) and not isinstance(scope.get(screen.of), Questions):
            yield f"{here}: asks {screen.of}, and some way here has not learnt those questions"
        added = self.kind(here, screen.adds) if isinstance(screen, Ask) and screen.adds else Words()
        if not isinstance(added, Words):
            yield f"{here}: adds to what are no words of this dialog"
        yield from self._waits(here, screen)
        told = notes(here, screen)
        for address, text in texts(here, screen).items():
            for form in text.forms:
                if malformed(form):
                    yield f"{address}: only plain {{name}} placeholders are allowed: {form!r}"
            waited = {told[address].when.partition("=")[0]} if address in told else set[str]()
            for name in sorted(text.placeholders - set(scope) - waited):
                yield f"{address}: {{{name}}} has no value on some way here"
            if text.by and not isinstance(scope.get(text.by), Number):
                yield f"{address}: the plural is decided by {text.by}, which is not a known number"

    def _waits(self, here: str, screen: Screen) -> Iterator[str]:
        """Options and notes that wait for what nobody can know, or for what is not one thing."""
        options = screen.options.values() if isinstance(screen, Menu) else ()
        waited = [*(one.when for one in options), *(n.when for n in notes(here, screen).values())]
        for name, _, wanted in sorted({when.partition("=") for when in waited if when}):
            kinds = self.maybe[here.split(".")[0]].get(name, frozenset())
            if not kinds:
                yield f"{here}: an option or note waits for {name}, which nothing in this dialog can know"
            elif len(kinds) > 1:
                yield f"{here}: an option or note waits for {name}, which is {len(kinds)} different things"
            elif wanted and wanted not in self._labels(next(iter(kinds))):
                yield f"{here}: an option or note waits for {name}={wanted}, which is no answer"

    def _labels(self, kind: Kind) -> Mapping[str, Option]:
        return self.menus.get(kind.address, {}) if isinstance(kind, Label) else {}

    def _handed(self, here: str, to: Go, learnt: Scope) -> Iterator[str]:
        there = self.dialogs[to.dialog]
        certain = {**self.scopes[here], **learnt}
        given = self._carried(to, certain)
        for name, kind in sorted(there.takes.items()):
            if given.get(name) != kind:
                yield f"{here}: {to.dialog} takes {name} as {kind}, and is given {given.get(name)}"
        for theirs, ours in sorted(to.values.items()):
            expected = there.may_take.get(theirs, there.takes.get(theirs))
            handed = certain.get(ours) or self.kind(here, ours)
            if expected is None:
                yield f"{here}: {to.dialog} takes no {theirs}"
            elif theirs in there.may_take and handed != expected:
                yield f"{here}: {to.dialog} may take {theirs} as {expected}, and is given {handed}"

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
    if (
        isinstance(screen, Pick | Form | Lookup | Submit)
        or notes(here, screen)
        or any(text.placeholders for text in texts(here, screen).values())
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
