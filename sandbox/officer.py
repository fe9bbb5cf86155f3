"""What an officer of the registry does by hand, and who is told of it: each act is a row of ACTS."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox import desks
from sandbox.database import Row
from sandbox.dci.server import Dci
from sandbox.envelope import Json
from sandbox.households import DISTRICTS, Person
from sandbox.programmes import PROGRAMMES

Given = Mapping[str, str]
STATES = ("active", "suspended", "waiting", "exited")
PAYMENTS = {
    "paid": ("paid", ""),
    "ready": ("sent", "payment_ready"),
    "sent": ("sent", "payment_sent"),
    "late": ("expected", "payment_late"),
    "failed": ("failed", "payment_failed"),
    "returned": ("returned", "payment_returned"),
    "unclaimed": ("returned", "payment_unclaimed"),
}
"""What may be told of a payment: its state in the books, and the event's name. That it was paid is
in the books only.
"""
DECISIONS = {"yes": ("decided", "decision_yes"), "no": ("refused", "decision_no")}
ANSWERS = {
    "in_work": ("in_review", "complaint_in_work"),
    "answered": ("closed", "complaint_answered"),
}
_REFERENCE = re.compile(r"[0-9]{10}", re.ASCII)
_NATIONAL_ID = re.compile(r"[0-9]{13}", re.ASCII)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


class BadAct(Exception):
    """It cannot be done; the message says why, for whoever wanted it."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Does it, and tells. Each act takes fields by name and gives what came of it; raises BadAct."""

    dci: Dci

    def register(self, given: Given) -> Json:
        """Register `person` (13 digits), `given_name`, `family_name`, `born` and `sex`, into the
        `household` that is named, else into one of its own.
        """
        number, household = given.get("person", ""), given.get("household", "")
        if not _NATIONAL_ID.fullmatch(number) or number[:5] not in DISTRICTS:
            raise BadAct("person must be 13 digits, the first five those of a district.")
        census = self.dci.registry.census
        newcomer = census.has_household(household)
        if household and not newcomer:
            raise BadAct("There is no such household.")
        names = (given.get("given_name") or "Gul", given.get("family_name") or "Namoona")
        sex = _one_of(given, "sex", ("female", "male"))
        who = Person(number, *names, sex, _day(given, "born", date(2000, 1, 1)), not newcomer)
        where = household or f"KP-N{number[5:12]}"
        if not census.register(where, DISTRICTS[number[:5]], who):
            raise BadAct("Somebody has that ID.")
        person = self._person({"person": number})
        return {"household": where, "told": self.dci.events.registered(person, newcomer=newcomer)}

    def enrol(self, given: Given) -> Json:
        """Put the household of `person` into `programme`, or change its `state` there."""
        person, programme = self._person(given), _programme(given)
        state = _one_of(given, "state", STATES)
        return {"state": state, "told": self.dci.enrol(person, programme, state)}

    def pay(self, given: Given) -> Json:
        """Pay `person` for `programme`: what is told of the payment is its `state`."""
        person, programme = self._person(given), _programme(given)
        state, event = PAYMENTS[_one_of(given, "state", tuple(PAYMENTS))]
        amount = PROGRAMMES[programme].amount
        registry = self.dci.registry
        due = registry.today().isoformat()
        registry.census.pay(person["household"], programme, amount, due, state)
        made = registry.payments(person["national_id"])[0]
        names = ("amount", "currency", "due", "programme", "place", "until")
        fields = {name: made[name] for name in names}
        told = self._tell(event, fields, person) if event else 0
        return {"payment": made["id"], "told": told}

    def decide(self, given: Given) -> Json:
        """Decide on the application of a `reference`: `decision` yes or no."""
        return self._moved(given, "decision", DECISIONS)

    def answer(self, given: Given) -> Json:
        """Answer the complaint of a `reference`, or say that it is being worked on: `answer`."""
        return self._moved(given, "answer", ANSWERS)

    def open(self, given: Given) -> Json:
        """Tell `person` that `programme` opens on a day (`opens`)."""
        person, programme = self._person(given), _programme(given)
        opens = _day(given, "opens", self.dci.registry.today())
        fields = {"programme": _named(programme), "opens": opens.isoformat()}
        return {"told": self._tell("programme_opens", fields, person)}

    def appoint(self, given: Given) -> Json:
        """Give `person` an appointment: `on` a day, at a `time`, at a `desk`."""
        person, time = self._person(given), given.get("time") or "09:00"
        desk = desks.DESKS.get(given.get("desk") or next(iter(desks.DESKS)))
        if desk is None or not _TIME.fullmatch(time):
            raise BadAct("desk must be the code of an office, time like 09:30.")
        on = _day(given, "on", self.dci.registry.today() + timedelta(7))
        fields = {"on": on.isoformat(), "time": time, "place": desk.as_json()["name"]}
        return {"told": self._tell("appointment_set", fields, person)}

    def _moved(self, given: Given, name: str, words: Mapping[str, tuple[str, str]]) -> Json:
        reference = given.get("reference", "")
        progress, event = words[_one_of(given, name, tuple(words))]
        ledger = self.dci.registry.ledger
        if not _REFERENCE.fullmatch(reference) or not ledger.move(reference, progress):
            raise BadAct("There is no request under this reference.")
        return {
            "progress": progress,
            "told": self.dci.events.happened(event, {"reference": reference}, None),
        }

    def _tell(self, event: str, fields: Json, person: Row) -> int:
        whom = {"person": {"type": "NID", "value": person["national_id"]}}
        return self.dci.events.happened(event, whom | fields, person)

    def _person(self, given: Given) -> Row:
        found = self.dci.registry.census.identified(given.get("person", ""))
        if found is None:
            raise BadAct("person must be the NID or UIN of somebody on record.")
        return found


ACTS: Mapping[str, Callable[[Officer, Given], Json]] = {
    "register": Officer.register,
    "enrol": Officer.enrol,
    "pay": Officer.pay,
    "decide": Officer.decide,
    "answer": Officer.answer,
    "open": Officer.open,
    "appoint": Officer.appoint,
}


def _programme(given: Given) -> str:
    return _one_of(given, "programme", tuple(PROGRAMMES))


def _named(programme: str) -> Json:
    return {"code": programme, "name": PROGRAMMES[programme].name}


def _one_of(given: Given, name: str, words: tuple[str, ...]) -> str:
    word = given.get(name) or words[0]
    if word not in words:
        raise BadAct(f"{name} must be one of {', '.join(words)}.")
    return word


def _day(given: Given, name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(given[name]) if given.get(name) else otherwise
    except ValueError as cause:
        raise BadAct(f"{name} must be a day: YYYY-MM-DD.") from cause
