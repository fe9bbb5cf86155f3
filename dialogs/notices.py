"""What is said by SMS without being asked on a screen: what became of a promise, and the answers to
STOP, START and HELP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogs.eligibility import CheckEligibility
from dialogs.engine.kinds import Day, Kind, Name, Reference, Words
from dialogs.engine.texts import Text, _


@dataclass(frozen=True, slots=True)
class Notice:
    """A message and the values it names; `parts` is how many SMS it may take in any language.

    A `screen` is also said as the last screen of a call: it must fit on every carrier's.
    """

    text: Text
    values: Mapping[str, Kind] = field(default_factory=dict)
    parts: int = 2
    screen: bool = False


_REQUEST: Mapping[str, Kind] = {"reference": Reference()}
_DATED: Mapping[str, Kind] = {"reference": Reference(), "by": Day()}
_ANSWER: Mapping[str, Mapping[str, Kind]] = {
    outcome: {"reference": Reference(), **facts}
    for outcome, facts in CheckEligibility.outcomes.items()
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
    "notices.eligibility_likely": Notice(
        _(
            "{reference}: your record fits {programme}. This is not yet a decision. Dial again to ask for it."
        ),
        _ANSWER["likely"],
    ),
    "notices.eligibility_waiting_list": Notice(
        _("{reference}: you are on the waiting list of {programme}. It is not yet your turn."),
        _ANSWER["waiting_list"],
    ),
    "notices.eligibility_closed": Notice(
        _("{reference}: {programme} is closed now. It opens again on {until}."), _ANSWER["closed"]
    ),
    "notices.eligibility_enrolled": Notice(
        _("{reference}: you are in {programme}."), _ANSWER["enrolled"]
    ),
    "notices.eligibility_suspended": Notice(
        _("{reference}: {programme} is suspended. What to do: {criterion}."), _ANSWER["suspended"]
    ),
    "notices.eligibility_not_eligible": Notice(
        _(
            "{reference}: not for your household: {criterion}. Record of {assessed_on}. If this is wrong, dial again and complain."
        ),
        {"reference": Reference(), "criterion": Name(26), "assessed_on": Day()},
    ),
    "notices.eligibility_not_yet_known": Notice(
        _("{reference}: your record is still being checked. Please ask again in a week."), _REQUEST
    ),
    "notices.dial_back": Notice(
        _("You were not finished. Answer 1 to go on, or dial {code}. It is free."),
        values={"code": Words(shown=20)},
        parts=2,
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
}


def proved() -> dict[str, tuple[Text, Mapping[str, Kind], int, bool]]:
    """The notices as the proof takes them."""
    return {
        address: (notice.text, notice.values, notice.parts, notice.screen)
        for address, notice in NOTICES.items()
    }
