"""A dialog as a map: Mermaid, which the forges draw by themselves. Shapes say what a screen does."""

from __future__ import annotations

from collections.abc import Iterator

from dialogs.engine.screens import (
    Ask,
    Dialog,
    End,
    Form,
    Go,
    Lookup,
    Menu,
    Screen,
    Submit,
    Target,
    targets,
)


def mermaid(dialog: Dialog) -> str:
    """The flowchart of a dialog: screens, what leads where, and the dialogs it hands over to.

    A question typed is a parallelogram, a look-up a hexagon, a promise a double box, a last screen
    round.
    """
    lines = ["flowchart TD"]
    for name, screen in dialog.screens.items():
        lines.append(f"  {name}{_shape(name, screen)}")
    lines += dict.fromkeys(f"  {_node(to)}[[{_node(to)}]]" for to in _gone(dialog))
    for name, screen in dialog.screens.items():
        for label, to in _together(screen):
            there = _node(to) if isinstance(to, Go) else to
            lines.append(f"  {name} -->|{label}| {there}" if label else f"  {name} --> {there}")
    return "\n".join(lines)


def _gone(dialog: Dialog) -> Iterator[Go]:
    """The other dialogs it leads to."""
    for screen in dialog.screens.values():
        yield from (to for to in targets(screen) if isinstance(to, Go))


def _node(to: Go) -> str:
    """A dialog, in a name no screen has."""
    return f"to_{to.dialog}"


def _shape(name: str, screen: Screen) -> str:
    match screen:
        case Ask() | Form():
            return f"[/{name}/]"
        case Lookup():
            return "{{" + f"{name}: {screen.query.__name__}" + "}}"
        case Submit():
            return f"[[{name}: {screen.action.__name__}]]"
        case End():
            return f"([{name}])"
        case _:
            return f"[{name}]"


def ways(screen: Screen) -> list[tuple[str, Target]]:
    """What leads where: options and outcomes by name, in their order; a single way on has none."""
    match screen:
        case Menu():
            return [(name, option.to) for name, option in screen.options.items()]
        case Lookup() | Submit():
            return list(screen.outcomes.items())
        case _:
            return [("", to) for to in targets(screen)]


def _together(screen: Screen) -> Iterator[tuple[str, Target]]:
    """Each place once: options and outcomes to one place share an arrow."""
    together: dict[str, tuple[list[str], Target]] = {}
    for name, to in ways(screen):
        key = _node(to) if isinstance(to, Go) else to
        together.setdefault(key, ([], to))[0].append(name)
    yield from ((", ".join(filter(None, names)), to) for names, to in together.values())
