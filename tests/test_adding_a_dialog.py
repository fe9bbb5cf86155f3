"""The guide to adding a dialog does what it says: its example is built, proved and played."""

from __future__ import annotations

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from dialogs.engine.book import Book
from dialogs.engine.fit import PROFILES
from dialogs.engine.proof import prove
from dialogs.engine.screens import Dialog, Menu
from dialogs.engine.session import Session
from dialogs.home import HOME
from dialogs.service import BOOK, HELPLINE
from tests.citizen import ENGLISH, Citizen, spoken

GUIDE = (Path(__file__).parents[1] / "docs" / "adding-a-dialog.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The examples of the guide in a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def module(folder: Path, name: str, source: str) -> ModuleType:
    """An example as the file it is said to be."""
    file = folder / f"{name}.py"
    file.write_text(source, "utf-8")
    spec = spec_from_file_location(f"guide_{name}", file)
    assert spec is not None
    assert spec.loader is not None
    made = sys.modules[spec.name] = module_from_spec(
        spec
    )  # dataclasses look their module up while it is made
    spec.loader.exec_module(made)
    del sys.modules[spec.name]
    return made


def extended(folder: Path) -> tuple[Book, ModuleType]:
    """The service with the dialog of the guide, last in its main menu."""
    dialog, menu = blocks("python")
    survey, way = module(folder, "survey", dialog), module(folder, "way", menu)
    old = HOME.screens["menu"]
    assert isinstance(old, Menu)
    new = Menu(old.text, notes=old.notes, pages=old.pages, **old.options, survey=way.survey)
    home = Dialog("home", takes=None, may_take=None, resumes=False, **{**HOME.screens, "menu": new})
    dialogs = {**BOOK.dialogs, "home": home}.values()
    always = {"helpline": (HELPLINE, "0800 00000")}
    return Book([*dialogs, survey.SURVEY], always=always), survey


def test_the_dialog_of_the_guide_fits_as_it_stands(tmp_path: Path) -> None:
    """No fault in the book, no finding in English."""
    book, _survey = extended(tmp_path)
    assert prove(book, [ENGLISH], list(PROFILES.values()), {}).findings == []


def test_the_conversation_of_the_guide_is_what_happens(tmp_path: Path) -> None:
    """Every screen it shows, and the promise."""
    book, survey = extended(tmp_path)
    her = Citizen(spoken(book), Session("en", 99)).dials()
    shown = [f"> {key}\n{her.types(key).screen}" for key in ("8", "1", "7")]
    asked = her.types("1").asked
    assert asked == survey.AskForSurvey(when="morning", people=7)
    shown.append(f"> 1\n= {asked}")
    answer = 'stored reference="1234567897" days=15'
    shown.append(f"< {answer}\n{her.is_told('stored', reference='1234567897', days=15).screen}")
    assert blocks("text") == ["# A survey in the morning\n> (dials)\n" + "\n".join(shown) + "\n"]


def test_the_files_the_guide_names_are_there() -> None:
    """Every link leads somewhere."""
    docs = Path(__file__).parents[1] / "docs"
    links = re.findall(r"\]\(([^)#]+)\)", GUIDE)
    assert links
    assert [link for link in links if not (docs / link).exists()] == []


def test_the_guide_ends_with_the_command_that_proves_it() -> None:
    """One command, and nothing after it."""
    assert GUIDE.rstrip().endswith("```sh\n./guichet check\n```")
