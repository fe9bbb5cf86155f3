"""Who is told what: the phone that asked, the phone on record, or nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from registry_client.port import Eligibility, Outcome, Programme, Proof
from store import citizens, messages
from store.lanes import REGISTRY
from store.tables import messages as message_rows
from tests.stored import AMINA, BIBI, HER_ID, SEALS, asked
from tests.working import World, working
from workers import registry_lane
from workers.drain import drain

CASH = (Programme("CASH", {"en": "Cash support"}),)
FITS = "your record fits Cash support"
FOUND = "we have a record"
NEUTRAL = "There is an answer for"


@pytest.fixture
def world(sqlite_url: str, valkey_url: str) -> Iterator[World]:
    """Promises a worker's world."""
    with working(sqlite_url, valkey_url) as made:
        yield made


def told(world: World, kind: str, **changed: Any) -> list[tuple[str, str]]:
    """Phone and text of every SMS, once this request was carried."""
    world.promise(asked(kind, **changed))
    drain(world.context, REGISTRY, registry_lane.carry)
    with world.database.read() as conn:
        ids = list(conn.execute(select(message_rows.c.id)).scalars())
        return sorted((one.phone, one.text) for one in messages.load(conn, SEALS, ids))


def said(found: list[tuple[str, str]]) -> dict[str, str]:
    """The one text of each phone, without its reference."""
    return {phone: text.partition(": ")[2] or text for phone, text in found}


@pytest.mark.parametrize(
    ("proof", "phones", "hers", "record"),
    [
        (Proof.ANYONE, (), FITS, None),
        (Proof.NUMBER_ON_RECORD, (AMINA,), FITS, None),
        (Proof.NUMBER_ON_RECORD, (BIBI,), FOUND, FITS),
        (Proof.NUMBER_ON_RECORD, (), FOUND, None),
        (Proof.TWO_FACTS, (BIBI,), FOUND, FITS),
        (Proof.IN_PERSON, (), FOUND, None),
    ],
)
def test_an_answer_by_sms_goes_to_who_may_hear_it(
    world: World, proof: Proof, phones: tuple[str, ...], hers: str, record: str | None
) -> None:
    """A phone that shows too little hears only that there is a record; what it says goes to the
    phone on record.
    """
    world.desk.phones = phones
    world.desk.answer = Eligibility(Outcome.LIKELY, CASH, proof=proof)
    texts = said(told(world, "question"))
    assert texts[AMINA].startswith(hers)
    assert texts.get(BIBI, "").startswith(record or "")
    assert (BIBI in texts) == (record is not None)


def test_an_answer_for_the_phone_on_record_goes_nowhere_else(world: World) -> None:
    """She asked from another phone; without a phone on record that one hears that there is one."""
    world.desk.phones = (BIBI,)
    world.desk.answer = Eligibility(Outcome.LIKELY, CASH, proof=Proof.ANYONE)
    assert list(said(told(world, "question", said={"to": "record"}))) == [BIBI]
    world.desk.phones = ()
    assert said(told(world, "question", draft="2", said={"to": "record"}))[AMINA].startswith(FOUND)


def test_the_last_four_digits_are_an_id_only_on_its_phone(world: World) -> None:
    """The registry went away while she asked: the worker finds whose they are."""
    world.desk.answer = Eligibility(Outcome.LIKELY, CASH, proof=Proof.NUMBER_ON_RECORD)
    four = {"national_id": HER_ID[-4:]}
    assert said(told(world, "question", **four))[AMINA].startswith(FITS)
    world.desk.phones = ()
    found = told(world, "question", draft="2", **four)
    assert any("do not find this ID" in text for _, text in found)


def test_who_is_asked_for_hears_of_it_on_the_phone_on_record(world: World) -> None:
    """A helper asked: the person herself may say that it was not she."""
    world.desk.phones = (AMINA, BIBI)
    found = told(world, "application", said={"role": "helper"})
    assert next(text for phone, text in found if phone == BIBI).startswith("Somebody asked for a")
    assert not any(text.startswith("Somebody") for phone, text in found if phone == AMINA)


def test_the_old_number_is_warned_before_a_payee_is_changed(world: World) -> None:
    """Whoever holds the phone on record hears of the appointment."""
    world.desk.phones = (BIBI,)
    about = {"about": "account", "day": "next_week"}
    found = told(world, "appointment", said=about)
    assert [phone for phone, _ in found] == [BIBI]
    assert "how you are paid" in found[0][1]


@pytest.mark.parametrize(("reach", "texts"), [("open", 1), ("neutral", 1), ("none", 0)])
def test_an_sms_says_what_her_phone_may_show(world: World, reach: str, texts: int) -> None:
    """As she chose for the request, or for her phone under My details."""
    found = told(world, "complaint", reach=reach)
    with world.database.write() as conn:
        citizens.speak(conn, SEALS, AMINA, world.clock(), reach)  # type: ignore[arg-type]  # the values of Reach
    again = told(world, "complaint", draft="2")
    assert (len(found), len(again)) == (texts, 2 * texts)
    assert all(text.startswith(NEUTRAL) == (reach == "neutral") for _, text in again)


def test_nobody_is_told_of_a_complaint_without_a_name(world: World) -> None:
    """There is no phone to tell; the registry is not told one either."""
    nobody = {"phone": "", "identity": "anonymous", "reach": "none"}
    assert told(world, "complaint", **nobody) == []
    (held,) = world.desk.asked
    assert (held.phone, held.national_id, held.identity) == ("", None, "anonymous")  # type: ignore[union-attr]  # a Complaint


def test_a_confidential_complaint_does_not_tell_the_registry_who_she_is(world: World) -> None:
    """She is told on her own phone all the same."""
    found = told(world, "complaint", identity="confidential", national_id=HER_ID)
    assert [phone for phone, _ in found] == [AMINA]
    (held,) = world.desk.asked
    assert (held.phone, held.national_id, held.identity) == ("", None, "confidential")  # type: ignore[union-attr]  # a Complaint
