"""A dialled chain and a lost session are walked alike, and no promise is made on the way."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import pytest

from dialogs.eligibility import AnswerBySms, CheckEligibility
from dialogs.engine.screens import Action, Dialog, End, Menu, Option, Query, Submit, go
from dialogs.engine.session import Session
from dialogs.engine.texts import _
from dialogs.engine.turns import Reply
from tests.citizen import Citizen, service, spoken
from tests.seeded import book

ID = "3520200000001"
KNOWN = Session("en", 99)
TABLE = [
    ((), "home.menu"),
    (("3",), "complaint.category"),
    (("3", "1", "1"), "complaint.period"),
    (("3", "1", "1", "2"), "complaint.details"),
    (("2", "1"), "benefits.who"),
    (("2", "2", ID), "benefits.member"),
    (("6", "1"), "language.choose"),
    (("6", "1", "1"), "home.menu"),
    (("3", "0", "4", "1"), "status.number"),
    (("3", "1", "00", "1"), "eligibility.who"),
    (("8", "3"), "complaint.category"),
    (("1", "35202", ID[:-2]), "eligibility.who"),
    (("",), "home.menu"),
]
"""Where chains lead."""


@dataclass(frozen=True, slots=True)
class Nod(Action):
    """A promise that says nothing."""

    outcomes = MappingProxyType({"stored": {}})


PROMISING = Dialog(
    "wells",
    sure=Menu(
        _("Are you sure?"), yes=Option(_("Yes"), to="lodge"), no=Option(_("No"), to=go("home"))
    ),
    lodge=Submit(Nod, stored="done"),
    done=End(_("Done.")),
)


def walked(*chain: str, session: Session = KNOWN, met_here: bool = False) -> Citizen:
    """Somebody who dialled this chain on the real service."""
    return Citizen(service(), session).walks(*chain, met_here=met_here)


@pytest.mark.parametrize(("chain", "at"), TABLE)
def test_a_chain_crosses_menus_and_digits(chain: tuple[str, ...], at: str) -> None:
    """As if each key had been pressed on its screen, mistakes and navigation included."""
    assert walked(*chain).at == at


@pytest.mark.parametrize(
    "chain",
    [
        ("3", "3", "They sent me away"),
        ("3", "3", "They sent me away", "1"),
        ("3", "1", "2", "1", "They paid only 3", "1 of the 5", "1"),
        ("3", "2", "1", "1", "1"),
    ],
)
def test_a_chain_stops_at_free_words(chain: tuple[str, ...]) -> None:
    """A star in her own words looks like a key: what follows the question is dropped, and the
    question is shown.
    """
    her = walked(*chain)
    assert her.at == "complaint.details"
    assert her.screen.startswith("Tell us what happened")


def test_what_somebody_typed_about_money_promises_nothing() -> None:
    """`2*They paid only 3*1 of the 5*1` ends on the question it does not answer."""
    her = walked("2", "1", "They paid only 3", "1 of the 5", "1")
    assert her.at == "benefits.who"


def test_a_chain_may_end_on_a_look_up() -> None:
    """The registry is asked; the answer is shown."""
    her = walked("1", ID)
    assert her.asked == CheckEligibility(who=ID)
    assert her.is_told("not_assessed", person=ID).at == "eligibility.not_assessed"


def test_a_chain_does_not_go_beyond_a_look_up() -> None:
    """Keys after it would answer a screen she never saw."""
    her = walked("1", ID, "1", "1").is_told("likely", person=ID, package=[["cash", {"en": "Cash"}]])
    assert her.at == "eligibility.likely"


def test_a_look_up_reached_by_a_chain_does_not_lead_to_a_promise() -> None:
    """The registry is away: the question is shown again, and the key pressed there may promise."""
    her = walked("1", ID)
    assert her.is_told("unavailable").at == "eligibility.who"
    assert isinstance(her.then, Reply)
    assert her.types(ID).is_told("unavailable").asked == AnswerBySms(who=ID)


def test_a_key_pressed_on_a_screen_leads_to_the_promise() -> None:
    """The same way, pressed: the answer follows by SMS."""
    her = Citizen(service(), KNOWN).dials().types("1", ID).is_told("unavailable")
    assert her.asked == AnswerBySms(who=ID)


def test_a_chain_stops_before_a_promise() -> None:
    """A menu whose option promises: the menu is shown, the key is dropped."""
    for chain in (("1",), ("1", "1"), ("1", "1", "1")):
        her = Citizen(spoken(book(PROMISING)), KNOWN).walks(*chain)
        assert her.at == "wells.sure"


def test_a_chain_stops_at_a_list_of_the_registry() -> None:
    """The list may have changed since: it is shown, and nothing is chosen from it."""
    her = Citizen(spoken(book()), KNOWN).walks("1", "1", "2")
    assert her.is_told("found", wells=[["w1", {"en": "Old well"}]]).at == "wells.well"


def test_a_chain_that_comes_to_a_last_screen_ends_there() -> None:
    """What follows is dropped."""
    her = Citizen(spoken(book()), KNOWN).walks("2", "1", "1")
    assert her.screen == "We are here from 8 to 5."
    assert her.ended


def test_the_chain_of_a_stranger_waits_for_her_language_and_goes_on() -> None:
    """She is asked her language, sees the notice, and is where she wanted to be."""
    her = walked("3", "1", "1", session=Session())
    assert her.at == "welcome.language"
    assert her.types("1").at == "welcome.notice"
    assert her.types("1").at == "complaint.period"
    assert her.session.waiting == ()


def test_the_waiting_chain_of_a_stranger_promises_nothing() -> None:
    """It is a walk like any other, though a key was pressed on the notice."""
    her = walked("1", ID, session=Session()).types("1", "1")
    assert her.asked == CheckEligibility(who=ID)
    assert her.is_told("unavailable").at == "eligibility.who"


def test_a_chain_waits_for_a_new_notice_too() -> None:
    """Her language is known, the notice has a new version."""
    her = walked("3", session=Session("en", 0))
    assert her.at == "welcome.notice"
    assert her.types("1").at == "complaint.category"


def test_somebody_met_in_this_conversation_is_walked_through_the_welcome() -> None:
    """The chain holds her answers to it: language, notice, complaint, payment."""
    her = walked("1", "1", "3", "1", session=Session(), met_here=True)
    assert (her.at, her.session.language, her.session.notice) == ("complaint.money", "en", 2)


def test_a_chain_that_waited_before_she_was_met_comes_first() -> None:
    """She dialled `3`, chose her language, saw the notice, pressed `1`; then the session was
    lost.
    """
    her = walked("1", "1", "1", session=Session(waiting=("3",)), met_here=True)
    assert her.at == "complaint.money"


def test_an_unfinished_welcome_is_walked_as_far_as_it_goes() -> None:
    """Only the language had been chosen."""
    assert walked("1", session=Session(), met_here=True).at == "welcome.notice"


@pytest.mark.parametrize("chain", [row[0] for row in TABLE])
def test_a_walk_never_ends_in_an_action(chain: tuple[str, ...]) -> None:
    """Whatever was dialled: a screen, or a question to the registry."""
    assert isinstance(walked(*chain).then, Reply | Query)
