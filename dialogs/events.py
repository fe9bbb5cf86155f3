"""What the registry tells by itself, and how a citizen hears of it: one notice an event.

An event is about a request she made, a payment, a programme, or her household's record.
"""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.eligibility import PROGRAMME
from dialogs.engine.kinds import Day, Kind, Money, Name, Reference, Words
from dialogs.engine.notice import Notice
from dialogs.engine.texts import _

PLACE = Name(24)
"""Where money is paid out, or people are met."""
REASON = Name(40)
"""A public criterion, or what is asked of her."""
CODE = Words(shown=20)
"""What people dial."""
TIME = Words(shown=5)
"""Of the day, `09:30`."""

_PAID: Mapping[str, Kind] = {"programme": PROGRAMME, "amount": Money()}
_REQUEST: Mapping[str, Kind] = {"reference": Reference()}

EVENTS: Mapping[str, Notice] = {
    "notices.payment_ready": Notice(
        _(
            "{programme}: {amount} is ready at {place} until {until}. Bring your ID card. It is free: pay nobody."
        ),
        {**_PAID, "place": PLACE, "until": Day()},
    ),
    "notices.payment_sent": Notice(
        _(
            "{programme}: {amount} was sent to you. It is free: pay nobody. Nothing came? Dial {code}."
        ),
        {**_PAID, "code": CODE},
    ),
    "notices.payment_late": Notice(
        _(
            "{programme}: your payment of {due} is late. You need not come. We write when it is here."
        ),
        {"programme": PROGRAMME, "due": Day()},
    ),
    "notices.payment_failed": Notice(
        _(
            "{programme}: {amount} could not be paid to you. Bring your ID card to the district office. It is free."
        ),
        _PAID,
    ),
    "notices.payment_failed_account": Notice(
        _(
            "{programme}: {amount} could not be paid: your account is closed or blocked. Bring your ID card to the district office."
        ),
        _PAID,
    ),
    "notices.payment_failed_identity": Notice(
        _(
            "{programme}: {amount} could not be paid: name or ID do not match. Bring your ID card to the district office."
        ),
        _PAID,
    ),
    "notices.payment_returned": Notice(
        _("{programme}: {amount} was not fetched and went back. It is still yours. Dial {code}."),
        {**_PAID, "code": CODE},
    ),
    "notices.payment_unclaimed": Notice(
        _("{programme}: {amount} still waits at {place}. Fetch it by {until}. It is free."),
        {**_PAID, "place": PLACE, "until": Day()},
    ),
    "notices.payment_news": Notice(
        _("{programme}: there is news of a payment. Dial {code} to hear it. It is free."),
        {"programme": PROGRAMME, "code": CODE},
    ),
    "notices.decision_yes": Notice(
        _("{reference}: you are taken into {programme}. We write when a payment comes."),
        {**_REQUEST, "programme": PROGRAMME},
    ),
    "notices.decision_no": Notice(
        _(
            "{reference}: not for your household: {criterion}. You may appeal until {until}. Dial {code}. It is free."
        ),
        {**_REQUEST, "criterion": REASON, "until": Day(), "code": CODE},
        parts=3,
    ),
    "notices.decision_waiting": Notice(
        _(
            "{reference}: you are on the waiting list of {programme}. We write when it is your turn."
        ),
        {**_REQUEST, "programme": PROGRAMME},
    ),
    "notices.decision_news": Notice(
        _("{reference}: there is a decision. Dial {code} to hear it. It is free."),
        {**_REQUEST, "code": CODE},
    ),
    "notices.complaint_in_work": Notice(
        _("Complaint {reference}: somebody is working on it. We answer by {by}."),
        {**_REQUEST, "by": Day()},
    ),
    "notices.complaint_answered": Notice(
        _(
            "Complaint {reference} has an answer. Dial {code} to hear it, or to say that it is not solved."
        ),
        {**_REQUEST, "code": CODE},
    ),
    "notices.document_missing": Notice(
        _(
            "{reference}: we still need: {document}. Bring it to the district office by {by}. It is free."
        ),
        {**_REQUEST, "document": REASON, "by": Day()},
    ),
    "notices.appointment_set": Notice(
        _("{reference}: please come to {place} on {on} at {time}. Bring your ID card. It is free."),
        {**_REQUEST, "place": PLACE, "on": Day(), "time": TIME},
    ),
    "notices.appointment_off": Notice(
        _("{reference}: do not come on {on}. The appointment is cancelled. We write again."),
        {**_REQUEST, "on": Day()},
    ),
    "notices.programme_opens": Notice(
        _("{programme} takes requests from {opens} to {closes}. Dial {code}. It is free."),
        {"programme": PROGRAMME, "opens": Day(), "closes": Day(), "code": CODE},
    ),
    "notices.household_registered": Notice(
        _(
            "Your household is now in the register. Dial {code} to check what you may get. It is free."
        ),
        {"code": CODE},
    ),
    "notices.household_changed": Notice(
        _("Your household's record was changed. Not right? Dial {code} and complain. It is free."),
        {"code": CODE},
    ),
    "notices.enrolled": Notice(
        _("Your household is now in {programme}. We write when a payment comes. It is free."),
        {"programme": PROGRAMME},
    ),
    "notices.suspended": Notice(
        _("{programme} is suspended. What to do by {until}: {criterion}. Not right? Dial {code}."),
        {"programme": PROGRAMME, "until": Day(), "criterion": REASON, "code": CODE},
        parts=3,
    ),
    "notices.exited": Notice(
        _(
            "Your time in {programme} is over. If this is wrong, dial {code} and complain. It is free."
        ),
        {"programme": PROGRAMME, "code": CODE},
    ),
    "notices.some_news": Notice(
        _("There is news for you. Dial {code} to hear it. It is free."), {"code": CODE}
    ),
    "notices.enrolment_news": Notice(
        _("{programme}: there is news for your household. Dial {code} to hear it. It is free."),
        {"programme": PROGRAMME, "code": CODE},
    ),
}
"""By address. Where an event lacks what its notice names, the one that ends in `_news` is said: it
names less, and `some_news` nothing at all.
"""
