"""What a registry tells by itself is said to the right person, in her language, and no more than she
wants said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from registry_client.events import Event, What
from store import citizens
from store.citizens import Citizen, Reach
from tests.stored import AMINA, BIBI, HER_ID, NOW, SEALS, asked
from tests.working import World, working
from workers.noticing import told

READY = Event(
    "e-1",
    What.PAYMENT_READY,
    national_id=HER_ID,
    facts={
        "programme": ["CASH", {"en": "Cash support", "fr": "Aide en argent"}],
        "amount": ["12000.00", "PKR"],
        "place": {"en": "Sample Bank"},
        "until": "2026-12-31",
    },
)
ANSWERED = Event("e-2", What.COMPLAINT_ANSWERED)


@pytest.fixture
def world(sqlite_url: str, valkey_url: str) -> Iterator[World]:
    """Promises a worker's world."""
    with working(sqlite_url, valkey_url) as made:
        yield made


def met(world: World, phone: str, language: str = "en", sms: Reach = "open") -> None:
    """Somebody whose phone we know."""
    with world.database.write() as conn:
        citizens.keep(conn, SEALS, Citizen(phone, language, 1, b"c", 0), NOW)
        citizens.speak(conn, SEALS, phone, NOW, sms)


def heard(world: World, event: Event) -> dict[str, str]:
    """Text by phone."""
    return {one.phone: one.text for one in told(world.context, "nser", event)}


def test_a_payment_is_said_on_the_phone_on_record_in_her_language(world: World) -> None:
    """Whoever was never met hears it in the language that greets."""
    full = "Cash support: PKR 12,000 is ready at Sample Bank until 31/12/2026."
    assert heard(world, READY)[AMINA].startswith(full)
    met(world, AMINA, "fr")
    assert heard(world, READY)[AMINA].startswith("Aide en argent : PKR 12 000 vous attend")


def test_an_event_about_a_request_goes_to_whoever_made_it(world: World) -> None:
    """On the phone she chose, with her number; whatever phone the registry has."""
    promise = world.promise(asked("complaint", phone=BIBI, told=BIBI))
    event = replace(ANSWERED, reference=promise.reference, national_id=HER_ID)
    (said,) = told(world.context, "nser", event)
    number = promise.reference
    assert said.phone == BIBI
    assert said.text.startswith(f"Complaint {number[:3]} {number[3:6]} {number[6:]} has an answer.")
    assert said.request == promise.request


def test_who_complained_without_a_name_is_not_written_to(world: World) -> None:
    """There is no phone to write to, and the registry's is not asked for."""
    promise = world.promise(asked("complaint", phone="", told="", identity="anonymous"))
    event = replace(ANSWERED, reference=promise.reference, national_id=HER_ID)
    assert heard(world, event) == {}


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        (("place",), "Cash support: there is news of a payment."),
        (("place", "programme"), "There is news for you."),
    ],
)
def test_what_an_event_lacks_is_not_made_up(
    world: World, lacks: tuple[str, ...], said: str
) -> None:
    """The fullest notice that names nothing else."""
    facts: dict[str, Any] = {name: one for name, one in READY.facts.items() if name not in lacks}
    assert heard(world, replace(READY, facts=facts))[AMINA].startswith(said)


def test_a_decision_about_no_request_of_ours_names_no_number(world: World) -> None:
    """It was asked for at a desk."""
    event = replace(READY, what=What.DECISION_YES, reference="1234567897")
    assert heard(world, event)[AMINA].startswith("There is news for you.")


def test_a_phone_that_others_see_hears_that_there_is_something(world: World) -> None:
    """And one that wants no SMS hears nothing."""
    met(world, AMINA, sms="neutral")
    assert heard(world, READY)[AMINA].startswith("There is news for you.")
    met(world, AMINA, sms="none")
    assert heard(world, READY) == {}


def test_nobody_on_record_is_told_nothing(world: World) -> None:
    """No phone, no SMS."""
    world.desk.phones = ()
    assert heard(world, READY) == {}


@pytest.mark.parametrize(
    ("what", "purpose"), [(What.PAYMENT_READY, "service"), (What.PROGRAMME_OPENS, "news")]
)
def test_what_nobody_asked_for_is_news(world: World, what: What, purpose: str) -> None:
    """A wish for no news holds it back; a payment still comes."""
    (said,) = told(world.context, "nser", replace(READY, what=what))
    assert said.purpose == purpose


def test_an_event_is_one_message_by_its_id_and_its_registry(world: World) -> None:
    """Two registries may count alike."""
    keys = {one.key for name in ("nser", "mis", "nser") for one in told(world.context, name, READY)}
    assert len(keys) == 2
