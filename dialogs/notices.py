"""What is said by SMS without being asked on a screen: what became of a promise, the answers to STOP,
START and HELP, and what the registry tells by itself (events.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.eligibility import TOLD
from dialogs.engine.kinds import Day, Kind, Phone, Reference, Words
from dialogs.engine.notice import Notice
from dialogs.engine.texts import _
from dialogs.events import EVENTS

_REQUEST: Mapping[str, Kind] = {"reference": Reference()}
_DATED: Mapping[str, Kind] = {"reference": Reference(), "by": Day()}
_ANSWER: Mapping[str, Mapping[str, Kind]] = {
    outcome: {"reference": Reference(), **facts} for outcome, facts in TOLD.items()
}

NOTICES: Mapping[str, Notice] = {
    "notices.application_stored": Notice(
        _(
            "We have your request. Number {reference}. It is not yet a decision. It is free. We answer by {by}."
        ),
        _DATED,
    ),
    "notices.complaint_stored": Notice(
        _(
            "We have your complaint. Number {reference}. We answer by {by}. A complaint never stops a payment."
        ),
        _DATED,
    ),
    "notices.question_stored": Notice(
        _("We look up your record and send the answer by SMS. Number {reference}."), _REQUEST
    ),
    "notices.case_stored": Notice(
        _("We have what you told us. Number {reference}. We answer by {by}. It is free."), _DATED
    ),
    "notices.contact_stored": Notice(
        _("We have your message and will call. {reference}"), _REQUEST, parts=1
    ),
    "notices.case_refused": Notice(
        _("{reference} could not be taken. Please go to the district office. It is free."), _REQUEST
    ),
    "notices.neutral": Notice(
        _("There is an answer for {reference}. Dial {code} to hear it. It is free."),
        {"reference": Reference(), "code": Words(shown=20)},
    ),
    "notices.on_behalf": Notice(
        _(
            "Somebody asked for a benefit for you. Number {reference}. Not you? Dial {code}, follow this number and say so."
        ),
        {"reference": Reference(), "code": Words(shown=20)},
    ),
    "notices.payee_warning": Notice(
        _(
            "Somebody asks to change how you are paid. Nothing changes by phone. Not you? Call {helpline}, free."
        ),
        {"helpline": Phone()},
    ),
    "notices.application_accepted": Notice(
        _(
            "Request {reference} has reached the programme office. It is not yet a decision. We answer by {by}."
        ),
        _DATED,
    ),
    "notices.complaint_accepted": Notice(
        _("Complaint {reference} has reached the office in charge. We answer by {by}."), _DATED
    ),
    "notices.application_refused": Notice(
        _(
            "Request {reference} could not be taken. Please go to the district office with your ID card. It is free."
        ),
        _REQUEST,
    ),
    "notices.complaint_refused": Notice(
        _(
            "Complaint {reference} could not be taken. Please go to the district office. It is free."
        ),
        _REQUEST,
    ),
    "notices.question_refused": Notice(
        _(
            "{reference}: we could not find the answer. Please go to the district office. It is free."
        ),
        _REQUEST,
    ),
    "notices.eligibility_not_found": Notice(
        _(
            "{reference}: we do not find this ID number. To register, bring your card to the district office. It is free."
        ),
        _REQUEST,
    ),
    "notices.eligibility_not_assessed": Notice(
        _(
            "{reference}: your household is not yet assessed. Ask the district office for a visit. It is free."
        ),
        _REQUEST,
    ),
    "notices.eligibility_record_out_of_date": Notice(
        _(
            "{reference}: your record is of {assessed_on} and must be renewed. Dial again to ask for a visit. It is free."
        ),
        _ANSWER["record_out_of_date"],
    ),
    "notices.eligibility_likely": Notice(
        _(
            "{reference}: your record fits {package}. This is not yet a decision. Dial again to ask for it."
        ),
        _ANSWER["likely"],
        parts=3,
    ),
    "notices.eligibility_waiting_list": Notice(
        _("{reference}: you are on the waiting list of {programme}. It is not yet your turn."),
        _ANSWER["waiting_list"],
    ),
    "notices.eligibility_programme_full": Notice(
        _("{reference}: {programme} has no place left now. Dial again to ask for others."),
        _ANSWER["programme_full"],
    ),
    "notices.eligibility_closed": Notice(
        _("{reference}: {programme} is closed now. It opens again on {until}."), _ANSWER["closed"]
    ),
    "notices.eligibility_enrolled": Notice(
        _("{reference}: you are in {package}."), _ANSWER["enrolled"]
    ),
    "notices.eligibility_suspended": Notice(
        _("{reference}: {programme} is suspended. What to do by {until}: {criterion}."),
        _ANSWER["suspended"],
    ),
    "notices.eligibility_exited": Notice(
        _(
            "{reference}: your time in {programme} is over. If this is wrong, dial again and complain."
        ),
        _ANSWER["exited"],
    ),
    "notices.eligibility_not_eligible": Notice(
        _(
            "{reference}: not for your household: {criterion}. Record of {assessed_on}. If this is wrong, dial again and complain."
        ),
        _ANSWER["not_eligible"],
        parts=3,
    ),
    "notices.eligibility_found": Notice(
        _(
            "{reference}: we have a record. What it says is told on the phone on record or at the district office. It is free."
        ),
        _REQUEST,
    ),
    "notices.eligibility_not_yet_known": Notice(
        _("{reference}: your record is still being checked. Please ask again in a week."), _REQUEST
    ),
    "notices.about_application": Notice(_("Benefit, {asked_on}"), {"asked_on": Day()}, parts=1),
    "notices.about_complaint": Notice(_("Complaint, {asked_on}"), {"asked_on": Day()}, parts=1),
    "notices.about_visit": Notice(_("Visit, {asked_on}"), {"asked_on": Day()}, parts=1),
    "notices.about_case": Notice(_("Message, {asked_on}"), {"asked_on": Day()}, parts=1),
    "notices.dial_back": Notice(
        _("You were not finished. Answer 1 to go on, or dial {code}. It is free."),
        values={"code": Words(shown=20)},
        parts=2,
    ),
    "notices.no_news": Notice(
        _(
            "You get no more news. You lose no benefit. Shall answers to your own requests still come? 1 Yes 2 No more at all"
        )
    ),
    "notices.service_kept": Notice(
        _(
            "You still get answers to your own requests, and no news. Send START to get all messages again."
        )
    ),
    "notices.stopped": Notice(
        _("You get no more messages from us. You lose no benefit. Send START to get them again."),
        parts=2,
    ),
    "notices.started": Notice(_("You get our messages again. Send STOP to end them."), parts=2),
    "notices.help": Notice(
        _(
            "Public support programmes. Dial {code} or answer this SMS. Send STOP to end messages. It is free."
        ),
        values={"code": Words(shown=20)},
        parts=2,
    ),
    "notices.meant": Notice(
        _("Did you mean {word}? Answer 1 for yes, or write again."), {"word": Words(shown=20)}
    ),
    "notices.known": Notice(
        _("We have your request. Your number is {reference}."), _REQUEST, parts=1, screen=True
    ),
    "notices.over": Notice(_("This call is over. Please dial again."), parts=1, screen=True),
    "notices.busy": Notice(
        _("Too many requests at once. Please try again in a few minutes."), parts=1, screen=True
    ),
    "notices.trouble": Notice(
        _("We cannot answer now. Please try again later. What you sent before is safe."),
        parts=1,
        screen=True,
    ),
    "notices.not_sent": Notice(
        _("It was not sent. Please dial again later."), parts=1, screen=True
    ),
    **EVENTS,
}
