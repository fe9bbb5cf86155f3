"""Somebody to talk to: the nearest office, a call back, what we keep of her and what we sent her."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dialogs.engine.kinds import Choices, Day, Name, NationalId, Words
from dialogs.engine.screens import (
    Action,
    Ask,
    Dialog,
    End,
    Form,
    Lookup,
    Menu,
    Option,
    Pick,
    Query,
    Submit,
    go,
)
from dialogs.engine.texts import _
from dialogs.identity import (
    ASKED,
    DESK,
    FACTS_AGAIN,
    NOT_FOUND,
    NOT_ON_RECORD,
    NOT_PROVED,
    TOO_MANY,
    UNPROVED,
    WHO,
    WHO_AGAIN,
    AskFacts,
)


@dataclass(frozen=True, slots=True)
class FindDesk(Query):
    """Offices near a place, as people call it."""

    near: str

    outcomes = MappingProxyType({"found": {"desks": Choices(most=5, width=26)}, "none": {}})


@dataclass(frozen=True, slots=True)
class ShowDesk(Query):
    """One office: where, and when it is open."""

    desk: str

    outcomes = MappingProxyType({"found": {"place": Name(40), "hours": Name(40)}, "none": {}})


@dataclass(frozen=True, slots=True)
class FindMessages(Query):
    """The last messages we sent to this phone. `shared`: several people use it, who are asked first."""

    outcomes = MappingProxyType(
        {"found": {"messages": Choices(most=5, width=26)}, "none": {}, "shared": {}}
    )


@dataclass(frozen=True, slots=True)
class FindMyMessages(Query):
    """The messages about one person, on a phone that several use."""

    person: str
    facts: tuple[tuple[str, str], ...] = ()

    outcomes = MappingProxyType(
        {**UNPROVED, "found": {"messages": Choices(most=5, width=26)}, "none": {}}
    )


@dataclass(frozen=True, slots=True)
class ReadMessage(Query):
    """One of these messages."""

    message: str

    outcomes = MappingProxyType({"found": {"sent_on": Day(), "words": Words(shown=59)}, "none": {}})


@dataclass(frozen=True, slots=True)
class CallBack(Action):
    """Somebody of the office is to call this phone."""

    call: str

    outcomes = MappingProxyType({"stored": {"by": Day()}})


HELP = Dialog(
    "help",
    start=Menu(
        _("Helpline {helpline}, free."),
        near=Option(_("Where is the office?"), to="near"),
        call=Option(_("Call me back"), to="call"),
        messages=Option(_("Messages you sent me"), to="search"),
        notice=Option(_("What you keep about me"), to="notice"),
        private=Option(_("Private matter"), to=go("private")),
        pages=3,
    ),
    near=Ask(
        _("Near which village or town?"),
        Words(least=2, most=40, shown=20),
        again=_("Please type the name of a village or town."),
        to="desks",
    ),
    desks=Lookup(FindDesk, found="desk", none="nowhere", unavailable="unavailable"),
    desk=Pick(_("Which office?"), of="desks", to="show", pages=4),
    show=Lookup(ShowDesk, found="open", none="nowhere", unavailable="unavailable"),
    open=End(_("{desk}: {place}. Open {hours}. It is free."), pages=3),
    nowhere=Menu(
        _("We know no office there. Call {helpline}, free."),
        retry=Option(_("Another place"), to="near"),
        pages=2,
    ),
    call=Menu(
        _("When may we call this phone?"),
        morning=Option(_("In the morning"), to="back"),
        afternoon=Option(_("In the afternoon"), to="back"),
        evening=Option(_("In the evening"), to="back"),
        pages=2,
    ),
    back=Submit(CallBack, stored="called"),
    called=End(_("We call you by {by}. We never ask for a PIN or for money.")),
    notice=End(
        _(
            "Public support programmes. We keep your number, your requests and your language to answer you: it is our duty "
            "by law. Only programme staff see them. You may see them, correct them or object: call {helpline} or go to the "
            "district office. It is free."
        ),
        pages=5,
    ),
    search=Lookup(
        FindMessages, found="message", none="none", shared="who", unavailable="unavailable"
    ),
    who=Ask(WHO, NationalId(), again=WHO_AGAIN, to="ask"),
    ask=Lookup(AskFacts, {**ASKED, "desk": "in_person"}, known="mine"),
    facts=Form(of="questions", to="mine", again=FACTS_AGAIN, pages=5),
    mine=Lookup(
        FindMyMessages,
        found="message",
        none="none",
        not_proved="not_proved",
        too_many="too_many",
        unavailable="unavailable",
    ),
    message=Pick(
        _("Our last messages. What is not here is not ours."), of="messages", to="read", pages=4
    ),
    read=Lookup(ReadMessage, found="words", none="gone", unavailable="unavailable"),
    words=Menu(
        _("{sent_on}: {words}"),
        others=Option(_("Other messages"), to="message"),
        pages=3,
    ),
    gone=End(_("This message is no longer kept.")),
    none=End(_("We sent no message to this phone. What you got is not ours.")),
    not_found=Menu(
        NOT_FOUND,
        retry=Option(_("Another number"), to="who"),
        visit=Option(_("Ask for a visit"), to=go("visit")),
        pages=2,
    ),
    not_on_record=Menu(NOT_ON_RECORD, retry=Option(_("Type the whole number"), to="who")),
    not_proved=Menu(
        NOT_PROVED,
        again=Option(_("Try again"), to="who"),
        desk=Option(_("Where is the office?"), to="near"),
    ),
    in_person=Menu(DESK, near=Option(_("Where is the office?"), to="near"), pages=2),
    too_many=End(TOO_MANY),
    unavailable=Menu(
        _("We cannot look now. Call {helpline}, free."), retry=Option(_("Try again"), to="start")
    ),
)
