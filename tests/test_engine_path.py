"""What is remembered of a conversation is the way she came: nothing she left behind reaches a
promise.
"""

from __future__ import annotations

import json

import pytest

from dialogs.benefits import Apply, FindProgrammes
from dialogs.complaint import LodgeComplaint
from dialogs.eligibility import CheckEligibility
from dialogs.engine.kinds import Number
from dialogs.engine.screens import Ask, Dialog, End, Menu, Option, Screen, go
from dialogs.engine.session import Session, Step, pack, unpack
from dialogs.engine.step import Engine
from dialogs.engine.texts import _
from tests.citizen import Citizen, service, spoken
from tests.seeded import FindWells, ReportWell, book, wells

ID = "3520200000001"
HERS = "3520200000002"
CASH = ["cash", {"en": "Cash support"}]
FOOD = ["food", {"en": "Food support"}]
WELLS = [["w1", {"en": "Old well"}], ["w2", {"en": "New well"}]]


def citizen() -> Citizen:
    """Somebody known, on the main menu of the real service."""
    return Citizen(service()).dials()


def villager() -> Citizen:
    """Somebody known, choosing a well in the small service."""
    return (
        Citizen(spoken(book()), Session("en", 99)).dials().types("1").is_told("found", wells=WELLS)
    )


def test_a_complaint_that_is_no_longer_about_a_payment_carries_no_period() -> None:
    """Payment, period, back, back, conduct, send: the period was left behind."""
    her = citizen().types("3", "1", "1", "2", "0", "0", "0", "3", "They sent me away", "1")
    assert her.asked == LodgeComplaint(
        category="exclusion", details="They sent me away", period=None
    )


def test_a_complaint_about_a_payment_carries_its_period() -> None:
    """The same way without going back."""
    her = citizen().types("3", "1", "1", "2", "It came late", "1")
    assert her.asked == LodgeComplaint(
        category="payment", money="nothing_came", details="It came late", period="earlier"
    )


def test_words_written_again_replace_the_first_ones() -> None:
    """A screen already on the way is cut there, with what was answered after it."""
    her = citizen().types("3", "3", "They sent me away", "3", "They shut the door", "1")
    assert her.asked == LodgeComplaint("They shut the door", "exclusion")
    assert [step.at for step in her.session.path].count("complaint.details") == 1


def test_a_member_she_left_behind_is_not_asked_about() -> None:
    """Somebody else, back, for me: the second look-up knows of no member."""
    her = citizen().types("2", "2", ID, "0", "0", "1", ID)
    assert her.asked == FindProgrammes(applicant=ID, member=None)


def test_a_way_round_does_not_make_the_session_grow() -> None:
    """Trying again and again leaves one step a screen."""
    her = citizen().types("1", ID).is_told("not_found")
    length = len(json.dumps(pack(her.session)))
    for _round in range(5):
        her.types("2", ID).is_told("not_found")
    assert len(json.dumps(pack(her.session))) == length


def test_answers_are_handed_to_another_dialog_by_name() -> None:
    """She checks what she may get, then asks for it without typing her number again."""
    her = citizen().types("1", ID).is_told("likely", person=ID, package=[CASH]).types("1")
    assert her.asked == FindProgrammes(applicant=ID)
    her.is_told("open", person=ID, programmes=[CASH, FOOD]).types("2")
    sent = her.is_told("ready", questions=[]).types("1").asked
    assert sent == Apply(person=ID, programme="food")


def test_back_over_a_look_up_shows_the_list_that_was_learnt() -> None:
    """Nothing is asked twice while the answer is fresh."""
    her = citizen().types("2", "1", ID)
    her.is_told("open", person=ID, programmes=[CASH, FOOD]).types("1")
    her.is_told("ready", questions=[])
    listed = her.later(30).types("0").screen
    assert "1 Cash support\n2 Food support" in listed


def test_back_over_a_look_up_asks_again_when_the_answer_is_old() -> None:
    """After half an hour the list may be another one; the new one is offered."""
    her = citizen().types("2", "1", ID)
    her.is_told("open", person=ID, programmes=[CASH, FOOD]).types("1")
    her.is_told("ready", questions=[])
    assert her.later(31).types("0").asked == FindProgrammes(applicant=ID)
    assert "1 Food support\n0 Back" in her.is_told("open", person=ID, programmes=[FOOD]).screen


def test_back_goes_past_look_ups_to_the_question_before() -> None:
    """Back from a list that was just learnt is the question that led to it."""
    her = citizen().types("2", "1", ID).is_told("open", person=ID, programmes=[CASH])
    assert her.types("0").at == "benefits.who"


def test_back_from_the_first_screen_stays_there() -> None:
    """There is nothing before the main menu."""
    assert citizen().types("0", "0").at == "home.menu"


def test_an_outcome_the_screen_does_not_know_counts_as_unavailable() -> None:
    """A registry that learnt a new word does not break a conversation."""
    her = citizen().types("4", "1", "1234567897").is_told("teleported")
    assert her.at == "status.unavailable"


def test_a_list_longer_than_declared_is_cut() -> None:
    """The eighth programme is not shown: seven were declared and proved."""
    many = [[f"p{number}", {"en": f"Programme {number}"}] for number in range(1, 10)]
    her = citizen().types("2", "1", ID).is_told("open", person=ID, programmes=many)
    assert len(her.session.offered) == 7


def test_home_and_again_is_a_new_draft() -> None:
    """A second request is legitimate: it has a number of its own."""
    her = citizen().types("3", "3", "They sent me away", "1")
    first = her.session.draft
    her.is_told("stored", reference="1234567897", days=15).types(
        "hello", "3", "3", "They sent me away", "1"
    )
    second = her.session.draft
    her = citizen().types("3", "3", "They sent me away", "00", "3", "3", "They sent me away", "1")
    assert 0 < first < second
    assert her.session.draft > first


def test_a_draft_stays_the_same_on_every_way_through_one_visit() -> None:
    """Back, forth and a second press of Send are one request."""
    her = citizen().types("3", "3", "They sent me away")
    draft = her.session.draft
    assert her.types("0", "They shut the door", "1").session.draft == draft


def test_after_a_last_screen_the_way_is_forgotten() -> None:
    """Only her settings and the count of visits stay."""
    her = (
        citizen()
        .types("3", "3", "They sent me away", "1")
        .is_told("stored", reference="1234567897", days=1)
    )
    assert her.ended
    assert (her.session.path, her.session.offered) == ((), ())
    assert her.session.visits > 0


def test_a_second_promise_in_one_conversation_is_another_request() -> None:
    """After `Another well` nothing of the first report is in the second, and its draft is new."""
    her = villager().types("1", "1", "7", "No water", "1")
    first = her.session.draft
    assert her.asked == ReportWell(well="w1", words="No water", since=7)
    her.is_told("stored", reference="1234567897", days=2).types("1").is_told("found", wells=WELLS)
    her.types("2", "2", "It smells", "1")
    assert her.asked == ReportWell(well="w2", words="It smells", since=None)
    assert her.session.draft > first


def test_what_was_answered_on_one_way_alone_does_not_cross_a_promise() -> None:
    """`Something else there` keeps the well, which is certain, and drops the days, which are
    not.
    """
    her = villager().types("1", "1", "7", "No water", "1")
    first = her.session.draft
    her.is_told("stored", reference="1234567897", days=2).types("2", "2", "It smells too", "1")
    assert her.asked == ReportWell(well="w1", words="It smells too", since=None)
    assert her.session.draft > first


def test_there_is_no_way_back_before_a_promise() -> None:
    """After the promise is stored, Back leads home."""
    her = (
        villager()
        .types("1", "2", "It smells", "1")
        .is_told("stored", reference="1234567897", days=2)
    )
    assert her.types("0").at == "home.menu"


def test_a_screen_a_deploy_removed_restarts_politely() -> None:
    """Where she was is gone: she is told to choose, and the line goes on."""
    her = villager().types("1")
    short = wells(well=End(_("Which well?")))
    kept = Dialog(
        "wells",
        takes={},
        may_take=None,
        resumes=False,
        **{name: short.screens[name] for name in ("find", "well", "nowhere")},
    )
    her.under(spoken(book(kept))).types("1")
    assert her.at == "home.menu"
    assert her.screen.startswith("Please choose a number.\nWater line")


@pytest.mark.parametrize("key", [None, "1", "0", "00", "9", "dry"])
def test_a_screen_that_now_needs_what_was_never_learnt_restarts_politely(key: str | None) -> None:
    """Under the old release nobody had learnt the well; the new screen names it."""
    before = villager().session
    stale = Session(
        "en",
        1,
        path=(before.path[0], Step("wells.how", draft=2)),
        visits=2,
        offered=("dry", "dirty"),
    )
    her = Citizen(spoken(book()), stale)
    if key is None:
        her.dials()
    else:
        her.types(key)
    assert her.at == "home.menu"


@pytest.mark.parametrize(
    "well", ["w1", 3, {"en": "Old well"}, [["w1", {"en": "Old well"}]], ["w1", "Old well"]]
)
def test_an_answer_of_another_kind_restarts_politely(well: object) -> None:
    """A deploy that turned one kind of answer into another does not break a live conversation."""
    path = (Step("home.menu", draft=1), Step("wells.well", answer=well, draft=2), Step("wells.how"))
    assert (
        Citizen(spoken(book()), Session("en", 99, path=path, visits=2)).types("1").at == "home.menu"
    )


@pytest.mark.parametrize("kind", ["Lookup", "Submit", "End"])
def test_a_session_left_on_a_screen_nobody_sees_starts_anew(kind: str) -> None:
    """A worker that died half-way, or a deploy, may leave her there; dialling again and any key are
    answered.
    """
    at = {"Lookup": "wells.find", "Submit": "wells.lodge", "End": "wells.nowhere"}[kind]
    session = Session("en", 99, path=(Step("home.menu", draft=1), Step(at, draft=2)), visits=2)
    for key in (None, "1", "hello"):
        her = Citizen(spoken(book()), session)
        assert (her.dials() if key is None else her.types(key)).at == "home.menu"


def test_back_onto_a_screen_that_was_removed_goes_home() -> None:
    """The way holds a screen that is no longer there: Back does not stumble over it."""
    path = (
        Step("home.menu", draft=1),
        Step("home.gone"),
        Step("wells.well", facts={"wells": WELLS}, draft=2),
    )
    assert (
        Citizen(spoken(book()), Session("en", 99, path=path, visits=2)).types("0").at == "home.menu"
    )


def test_an_answer_of_the_registry_that_comes_too_late_restarts_politely() -> None:
    """Facts for a screen that asks nothing change nothing."""
    her = citizen()
    her.then = FindWells()
    assert her.is_told("found", wells=WELLS).at == "home.menu"


def test_the_language_and_the_notice_come_first_for_somebody_new() -> None:
    """Then the main menu; the settings are in the session from then on."""
    her = Citizen(service(), Session()).dials()
    assert her.at == "welcome.language"
    assert her.types("1").at == "welcome.notice"
    assert her.types("anything").at == "home.menu"
    assert (her.session.language, her.session.notice) == ("en", 2)


def test_a_notice_of_a_new_version_is_shown_once_more() -> None:
    """She knows the language and an older notice."""
    her = Citizen(service(), Session("en", 0)).dials()
    assert her.at == "welcome.notice"
    assert her.types("1").at == "home.menu"


def test_a_language_that_is_no_longer_offered_is_asked_again() -> None:
    """Her settings name a language this service does not speak."""
    assert Citizen(service(), Session("tlh", 1)).dials().at == "welcome.language"


def test_the_home_key_leads_home_from_everywhere() -> None:
    """Also where the carrier has no room to print it."""
    for keys in ((), ("1",), ("3", "1"), ("3", "3", "They sent me away"), ("5",)):
        assert citizen().types(*keys, "00").at == "home.menu"


def test_the_same_session_and_event_give_the_same_turn() -> None:
    """Nothing is remembered outside the session."""
    her, twin = citizen().types("3", "1"), citizen().types("3", "1")
    assert pack(her.types("1").session) == pack(twin.types("1").session)
    assert her.screen == twin.screen


def test_a_session_goes_through_json_unchanged() -> None:
    """What is packed is what is unpacked, flags and facts included."""
    her = citizen().types("2", "1", ID).is_told("open", person=ID, programmes=[CASH]).types("x")
    assert unpack(json.loads(json.dumps(pack(her.session)))) == her.session
    assert her.session.again


def test_a_query_is_asked_with_what_was_typed() -> None:
    """Spaces and dashes of an ID card are left out."""
    assert citizen().types("1", " 35202-0000000-1 ").asked == CheckEligibility(who=ID)


def other(first: Screen) -> Engine:
    """The small service with one more dialog, from which one comes to the wells."""
    report, more = Option(_("Report"), to=go("wells")), Option(_("Other"), to=go("other"))
    home = Dialog("home", menu=Menu(_("Water line"), report=report, more=more))
    return spoken(book(home, Dialog("other", since=first)))


def test_dialogs_do_not_share_their_answers() -> None:
    """Two dialogs may have screens of one name: what was answered in the other is not told in this
    one.
    """
    days = Ask(_("Since when?"), Number(1, 60), again=_("A number."), to=go("wells"))
    her = (
        Citizen(other(days), Session("en", 99))
        .dials()
        .types("2", "5")
        .is_told("found", wells=WELLS)
    )
    assert her.types("1", "2", "It smells", "1").asked == ReportWell(
        well="w1", words="It smells", since=None
    )


def test_back_onto_a_screen_that_now_needs_more_restarts_politely() -> None:
    """Where she is still fits; the screen before names what the old release had not learnt."""
    here = Menu(_("Other"), on=Option(_("Go on"), to=go("wells")))
    path = (Step("home.menu", draft=1), Step("wells.how", draft=2), Step("other.since", draft=3))
    her = Citizen(other(here), Session("en", 99, path=path, visits=3)).types("0")
    assert (her.at, her.screen.split("\n")[0]) == ("home.menu", "Please choose a number.")


def test_a_restart_on_a_new_notice_shows_the_notice_alone() -> None:
    """The deploy that removed her screen has a new notice as well: any key goes on, nothing is to
    be chosen.
    """
    path = (Step("home.menu", draft=1), Step("home.gone"))
    her = Citizen(spoken(book()), Session("en", 0, path=path, visits=1)).types("1")
    assert her.screen == "We keep your number to answer you.\n1 Continue"
