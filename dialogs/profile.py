"""Her own details: language, messages, and what has changed in her household.

A change reported by phone is a request that staff verify; payee, account and payment phone are never
changed by phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dialogs.engine.kinds import Day, NationalId, Reference, Words
from dialogs.engine.screens import (
    Action,
    Ask,
    Dialog,
    End,
    Lookup,
    Menu,
    Note,
    Option,
    Submit,
    go,
)
from dialogs.engine.texts import _
from dialogs.identity import (
    NOT_FOUND,
    NOT_ON_RECORD,
    TOO_MANY,
    UNAVAILABLE,
    WHO,
    WHO_AGAIN,
    FindPerson,
)


@dataclass(frozen=True, slots=True)
class KeepSms(Action):
    """What an SMS to this phone may say."""

    sms: str

    outcomes = MappingProxyType({"stored": {}})


@dataclass(frozen=True, slots=True)
class KeepNews(Action):
    """Whether she wants news and reminders: a real choice, and no benefit depends on it."""

    news: str

    outcomes = MappingProxyType({"stored": {}})


@dataclass(frozen=True, slots=True)
class ReportEvent(Action):
    """Something changed in a household."""

    person: str
    event: str
    on: str
    rare: str | None = None
    whose: str | None = None

    outcomes = MappingProxyType({"stored": {"reference": Reference(), "by": Day()}})


@dataclass(frozen=True, slots=True)
class AskAppointment(Action):
    """Payee, account or payment phone: only at the office. The phone on record is warned."""

    person: str
    payee: str
    week: str

    outcomes = MappingProxyType({"stored": {"reference": Reference(), "by": Day()}})


FOUND = MappingProxyType(
    {one: one for one in ("not_found", "not_on_record", "too_many", "unavailable")}
)
"""Where an ID leads that nobody is found by."""

PROFILE = Dialog(
    "profile",
    start=Menu(
        _("What shall we change?"),
        language=Option(_("Change language"), to=go("language")),
        sms=Option(_("SMS to this phone"), to="sms"),
        news=Option(_("News and reminders"), to="news"),
        event=Option(_("My household changed"), to=go("household")),
        payee=Option(_("Who is paid, and how"), to="payee"),
        pages=3,
    ),
    sms=Menu(
        _("What may an SMS to this phone say?"),
        open=Option(_("What it is about"), to="keep"),
        neutral=Option(_("Only that there is an answer"), to="keep"),
        none=Option(_("Send no SMS"), to="keep"),
        pages=2,
    ),
    keep=Submit(KeepSms, stored="kept"),
    news=Menu(
        _("May we send you news and reminders? You lose nothing if not."),
        yes=Option(_("Yes"), to="subscribe"),
        no=Option(_("No"), to="subscribe"),
        pages=2,
    ),
    subscribe=Submit(KeepNews, stored="kept"),
    kept=End(_("It is noted. You can change it at any time.")),
    payee=Menu(
        _("This is changed only at the office, so that nobody else can. What is it about?"),
        payee=Option(_("Who is paid"), to="who"),
        account=Option(_("The account"), to="who"),
        phone=Option(_("The payment phone"), to="who"),
        pages=2,
    ),
    who=Ask(WHO, NationalId(), again=WHO_AGAIN, to="find"),
    find=Lookup(FindPerson, FOUND, found="week"),
    week=Menu(
        _("When can you come?"),
        this_week=Option(_("This week"), to="appoint"),
        next_week=Option(_("Next week"), to="appoint"),
        later=Option(_("Later"), to="appoint"),
    ),
    appoint=Submit(AskAppointment, stored="appointed"),
    appointed=End(
        _("Number {reference}. We tell you the day by {by}. Bring your card. It is free."), pages=2
    ),
    not_found=Menu(NOT_FOUND, retry=Option(_("Another number"), to="who")),
    not_on_record=Menu(NOT_ON_RECORD, retry=Option(_("Type the whole number"), to="who")),
    too_many=End(TOO_MANY),
    unavailable=Menu(UNAVAILABLE, retry=Option(_("Try again"), to="find"), pages=2),
)

HOUSEHOLD = Dialog(
    "household",
    who=Ask(WHO, NationalId(), again=WHO_AGAIN, to="find"),
    find=Lookup(FindPerson, FOUND, found=go("events", person="person")),
    not_found=Menu(NOT_FOUND, retry=Option(_("Another number"), to="who")),
    not_on_record=Menu(NOT_ON_RECORD, retry=Option(_("Type the whole number"), to="who")),
    too_many=End(TOO_MANY),
    unavailable=Menu(UNAVAILABLE, retry=Option(_("Try again"), to="find"), pages=2),
)

EVENTS = Dialog(
    "events",
    takes={"person": NationalId()},
    resumes=True,
    event=Menu(
        _("What changed?"),
        birth=Option(_("A birth"), to="whose"),
        death=Option(_("A death"), to="whose"),
        marriage=Option(_("A marriage"), to="whose"),
        separation=Option(_("A separation"), to="whose"),
        moved=Option(_("We moved"), to="on"),
        other=Option(_("Something else"), to="rare"),
        pages=2,
    ),
    rare=Menu(
        _("What else changed?"),
        joined=Option(_("Somebody joined us"), to="whose"),
        left=Option(_("Somebody left us"), to="whose"),
        means=Option(_("Land, house or work"), to="on"),
        disability=Option(_("A disability"), to="whose"),
        head=Option(_("Head of household"), to="whose"),
        caregiver=Option(_("Caregiver"), to="whose"),
        pages=2,
    ),
    whose=Ask(
        _("Whom does it concern? Type a name."),
        Words(least=2, most=60, shown=20),
        again=_("Please type a name."),
        to="on",
    ),
    on=Ask(
        _("On which day? Type day, month and year: 5 3 2026."),
        Day(),
        again=_("That is not a date. Type day, month and year: 5 3 2026."),
        to="confirm",
    ),
    confirm=Menu(
        _("{on}: the office checks it."),
        notes=(
            Note(_("It is about {whose}."), when="whose"),
            Note(_("We are sorry. This alone stops no payment."), when="event=death"),
        ),
        send=Option(_("Send"), to="report"),
        change=Option(_("Change it"), to="event"),
        pages=3,
    ),
    report=Submit(ReportEvent, stored="reported"),
    reported=End(
        _("Number {reference}. The office checks it by {by}. Your payments go on meanwhile."),
        pages=2,
    ),
)
