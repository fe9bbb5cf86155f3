"""What the import contracts in pyproject.toml cannot say: what the purest files may import, and
nothing else.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from commands.processes import ROOT

PURE = {
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "itertools",
    "math",
    "re",
    "string",
}
PURE |= {"types", "typing", "unicodedata", "__future__", "_typeshed"}
"""Without a clock, a file, a network or chance; `datetime`: see below; `_typeshed`: for type
checkers only.
"""
OURS = {
    path.stem for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
}


def imported(path: Path) -> set[str]:
    """The top-level names a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import():
                names |= {alias.name.partition(".")[0] for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module.partition(".")[0])
            case ast.ImportFrom():
                names.add(path.relative_to(ROOT).parts[0])
            case _:
                pass
    return names


@pytest.mark.parametrize(
    "path", sorted((ROOT / "dialogs").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_dialog_imports_only_pure_parts_of_the_standard_library(path: Path) -> None:
    """A dialog is a value and the engine a function: no clock, network, files, framework or
    database can be reached.
    """
    assert imported(path) - PURE - {"dialogs"} == set()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "dialogs").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_dialog_reads_no_clock(path: Path) -> None:
    """Days are handed in with the event."""
    tree = ast.walk(ast.parse(path.read_text("utf-8")))
    assert not {node.attr for node in tree if isinstance(node, ast.Attribute)} & {
        "now",
        "today",
        "utcnow",
    }


@pytest.mark.parametrize("name", ["settings", "logs"])
def test_what_lies_at_the_bottom_imports_nothing_of_ours(name: str) -> None:
    """Everyone is handed these."""
    assert not imported(ROOT / f"{name}.py") & OURS
