"""A choice means what the citizen saw: over a deploy, another language, and options that are not
for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

import pytest

from dialogs.engine.kinds import Choices, Chosen
from dialogs.engine.screens import Dialog, End, Lookup, Menu, Option, Query, go
from dialogs.engine.session import Session
from dialogs.engine.texts import _
from tests.citizen import Citizen, service, spoken
from tests.seeded import book, french, wells

WELLS = [["w1", {"en": "Old well"}], ["w2", {"en": "New well"}]]
KNOWN = Session("en", 99)


@dataclass(frozen=True, slots=True)
class Look(Query):
    """What there is in a village."""

    outcomes = MappingProxyType({"pump": {"pump": Chosen(12)}, "none": {}})


VILLAGE = Dialog(
    "wells",
    find=Lookup(Look, pump="menu", none="menu", unavailable="menu"),
    menu=Menu(
        _("Your village"),
        mend=Option(_("Mend the pump"), to="mended", when="pump"),
        dig=Option(_("Dig a well"), to="dug"),
        call=Option(_("Call us"), to="called"),
    ),
    mended=End(_("We mend it.")),
    dug=End(_("We dig one.")),
    called=End(_("We call you.")),
)


def choices(**labels: str) -> Dialog:
    """A main menu with these options, each ending in its own word."""
    options = {name: Option(_(label), to=f"{name}_end") for name, label in labels.items()}
    menu = Menu(
        _("Water line"), notes=(), pages=1, **options, wells=Option(_("Wells"), to=go("wells"))
    )
    return Dialog(
        "home",
        takes=None,
        may_take=None,
        resumes=False,
        menu=menu,
        **{f"{name}_end": End(_(f"You chose {name}.")) for name in labels},
    )


def test_a_number_keeps_its_meaning_when_a_deploy_reorders_the_options() -> None:
    """She saw `2 Hours`; the new release has it third."""
    her = Citizen(spoken(book(choices(prices="Prices", hours="Hours"))), KNOWN).dials()
    assert "2 Hours" in her.screen
    her.under(spoken(book(choices(news="News", prices="Prices", hours="Hours")))).types("2")
    assert her.screen == "You chose hours."


def test_an_option_a_deploy_removed_restarts_politely() -> None:
    """She chose what she saw, and it is no longer there: nothing else is taken for it."""
    her = Citizen(spoken(book(choices(prices="Prices", hours="Hours"))), KNOWN).dials()
    her.under(spoken(book(choices(prices="Prices", news="News")))).types("2")
    assert her.at == "home.menu"
    assert her.screen.startswith("Please choose a number.")


def test_a_number_keeps_its_meaning_over_a_switch_of_language() -> None:
    """The options have the same numbers in every language."""
    her = Citizen(spoken(book(), french()), KNOWN).dials()
    assert her.speaks("fr").types("2").screen == "Ouvert de 8 à 17 h."


def test_an_option_of_the_registry_keeps_its_meaning_when_the_list_comes_anew() -> None:
    """The second well she saw is the one she means, whatever its place in the list."""
    her = Citizen(spoken(book()), KNOWN).dials().types("1").is_told("found", wells=WELLS)
    her.session.path[-2].facts["wells"].reverse()
    assert her.types("2").screen.startswith("How is New well?")


@dataclass(frozen=True, slots=True)
class FindFewWells(Query):
    """The wells near a village, as a later release asks for them: two at most."""

    outcomes = MappingProxyType({"found": {"wells": Choices(most=2, width=12)}, "none": {}})


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2", "How is New well?\n1 Dry\n2 Dirty\n0 Back\n00 Home"),
        ("3", "Please choose a number.\nWater line\n1 Report a dry well\n2 Opening hours"),
        ("4", "Please choose a number.\nWhich well?\n1 Old well\n2 New well\n0 Back\n00 Home"),
    ],
    ids=["still on it", "no longer on it", "never was"],
)
def test_a_list_that_a_deploy_made_shorter_is_cut(typed: str, shown: str) -> None:
    """What is left keeps its numbers, what is gone restarts politely, and no list is shown that is
    longer than the present release has proved.
    """
    find = Lookup(FindFewWells, found="well", none="nowhere", unavailable="nowhere")
    three = [*WELLS, ["w3", {"en": "Deep well"}]]
    her = Citizen(spoken(book()), KNOWN).dials().types("1").is_told("found", wells=three)
    assert "3 Deep well" in her.screen
    assert her.under(spoken(book(wells(find=find)))).types(typed).screen == shown


def test_a_list_kept_in_another_shape_restarts_politely() -> None:
    """Whatever an older release kept under that name, it is not taken for a list."""
    her = Citizen(spoken(book()), KNOWN).dials().types("1").is_told("found", wells=WELLS)
    looked, well = her.session.path[-2:]
    kept = (*her.session.path[:-2], replace(looked, facts={"wells": 3}), well)
    her.session = replace(her.session, path=kept)
    assert her.types("2").at == "home.menu"


def test_a_hidden_option_leaves_its_number_unused() -> None:
    """No pump: the menu begins with 2, so that a chain known by heart means the same everywhere."""
    her = Citizen(spoken(book(VILLAGE)), KNOWN).dials().types("1").is_told("none")
    assert her.screen == "Your village\n2 Dig a well\n3 Call us\n0 Back\n00 Home"
    assert her.types("1").screen.startswith("Please choose a number.\nYour village\n2 Dig")
    assert her.types("2").screen == "We dig one."


def test_an_option_that_is_there_for_her_is_shown_with_its_number() -> None:
    """A pump: the option is there, and 1."""
    her = (
        Citizen(spoken(book(VILLAGE)), KNOWN)
        .dials()
        .types("1")
        .is_told("pump", pump=["p", {"en": "Pump"}])
    )
    assert her.screen == "Your village\n1 Mend the pump\n2 Dig a well\n3 Call us\n0 Back\n00 Home"
    assert her.types("1").screen == "We mend it."


def test_a_hidden_option_cannot_be_typed_by_its_label() -> None:
    """What is not offered is not chosen."""
    her = Citizen(spoken(book(VILLAGE)), KNOWN).dials().types("1").is_told("none")
    assert her.types("Mend the pump").at == "wells.menu"


@pytest.mark.parametrize(
    "typed", ["Dig a well", "dig a well", "  DIG   A WELL ", "Ｄig a well", "dig\u200b a well"]
)
def test_a_label_may_be_typed_instead_of_its_number(typed: str) -> None:
    """However it is written and spaced."""
    her = Citizen(spoken(book(VILLAGE)), KNOWN).dials().types("1").is_told("none")
    assert her.types(typed).screen == "We dig one."


@pytest.mark.parametrize(
    ("language", "label"), [("fr", "français"), ("ur", "اردو"), ("en", "English")]
)
def test_a_language_may_be_typed_by_its_own_name(language: str, label: str) -> None:
    """On the first screen of all."""
    her = Citizen(service(), Session()).dials().types(label)
    assert her.session.language == language


def test_a_page_turned_over_a_deploy_begins_at_page_one() -> None:
    """The numbers of page one and page two must be of one list: when the list changed, it is shown
    from its start.
    """
    many = {f"o{letter}": f"A rather long label, number {letter}" for letter in "abcdefg"}
    options = {name: Option(_(label), to="said") for name, label in many.items()}
    home = Dialog(
        "home",
        menu=Menu(
            _("Water"), notes=(), pages=3, wells=Option(_("Wells"), to=go("wells")), **options
        ),
        said=End(_("Ok.")),
    )
    turned = dict(reversed(options.items()))
    other = Dialog(
        "home",
        menu=Menu(
            _("Water"), notes=(), pages=3, wells=Option(_("Wells"), to=go("wells")), **turned
        ),
        said=End(_("Ok.")),
    )
    her = Citizen(spoken(book(home)), KNOWN).dials()
    assert her.screen.endswith("9 More")
    assert (
        her.under(spoken(book(other)))
        .types("9")
        .screen.startswith("Water\n1 Wells\n2 A rather long label, number g")
    )
