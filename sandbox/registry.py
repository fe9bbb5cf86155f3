"""What the central registry decides: eligibility, proof, who may ask for what, payments.

No HTTP here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from sandbox import payments, proofs
from sandbox.census import Census
from sandbox.database import Database, Row
from sandbox.households import age_on, population
from sandbox.ledger import Application, Case, Complaint, Ledger
from sandbox.people import known_households
from sandbox.programmes import (
    EXCLUDED,
    LEFT,
    MEND,
    PROGRAMMES,
    Programme,
    closes,
    first_of_month,
    is_open,
    opens,
    strictest,
    window,
)
from sandbox.questions import Label, Question

Clock = Callable[[], datetime]
OLD_SURVEY = date(2022, 1, 1)
"""What was written down in a visit before this day is out of date."""
STATES = (
    ("active", "enrolled"),
    ("suspended", "suspended"),
    ("waiting", "waiting_list"),
    ("exited", "exited"),
)


class Refusal(Exception):
    """The registry says no; `code` is one of the reasons of the local profile."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Registry:
    """One registry over one database.

    `now` is aware, in UTC; so many households are drawn when it is empty.
    """

    def __init__(self, database: Database, now: Clock, households: int) -> None:
        self._database, self._now = database, now
        self.census = Census(database)
        self.ledger = Ledger(database, now)
        self._households = households
        if self.census.empty():
            self.census.fill(known_households() + population(households))

    def restore(self) -> None:
        """Forget every request, and put the census back as it was on the first start."""
        self.ledger.clear()
        self.census.restore(known_households() + population(self._households))

    def today(self) -> date:
        """The registry's day."""
        return self._now().date()

    def eligibility(self, national_id: str) -> dict[str, object]:
        """The answer of `/eligibility`: one outcome, the programmes concerned, a public criterion,
        two dates, and what must be shown before it is told.
        """
        person = self.census.person(national_id)
        if person is None:
            return _answer("not_found", proof="anyone")
        household = self.census.household(person["household"])
        if household["assessed_on"] is None:
            return _answer("not_assessed", proof="number_on_record")
        return self._assessed(household) | {"assessed_on": household["assessed_on"]}

    def _assessed(self, household: Row) -> dict[str, object]:
        if held := self._held(household["id"]):
            return held
        if household["excluded"]:
            return _answer("not_eligible", criterion=EXCLUDED[household["excluded"]])
        if date.fromisoformat(household["assessed_on"]) < OLD_SURVEY:
            return _answer("record_out_of_date", proof="number_on_record")
        if household["poverty_score"] is None:
            return _answer("not_yet_known", proof="number_on_record")
        return self._scored(household)

    def _held(self, household: str) -> dict[str, object] | None:
        """The outcome of a household that is, waits or was in a programme: the best of its states."""
        today, states = self.today(), self.census.enrolments(household)
        for state, outcome in STATES:
            concerned = [PROGRAMMES[code] for code, held in states.items() if held == state]
            if not concerned:
                continue
            what = {"suspended": MEND[concerned[0].mend], "exited": LEFT}.get(state)
            until = _last_to_act(today) if state == "suspended" else None
            return _answer(outcome, concerned, what, until, today=today)
        return None

    def _scored(self, household: Row) -> dict[str, object]:
        today, suited = self.today(), self._suited(household)
        if now := [programme for programme in suited if is_open(programme, today)]:
            return _answer("likely", now, today=today)
        if full := [programme for programme in suited if programme.full]:
            return _answer("programme_full", full, today=today)
        if suited:
            again = min(day for programme in suited if (day := opens(programme, today)))
            return _answer("closed", suited, until=again, today=today)
        return _answer("not_eligible", criterion=EXCLUDED["serves"])

    def programmes(self, national_id: str, member_id: str | None) -> list[dict[str, object]]:
        """Programmes this person (or this member of her household) may ask for today."""
        today = self.today()
        return [
            _listed(programme, today)
            for programme in self._may_ask(self._beneficiary(national_id, member_id))
        ]

    def _may_ask(self, beneficiary: Row) -> list[Programme]:
        household = self.census.household(beneficiary["household"])
        if household["excluded"]:
            return []
        states = self.census.enrolments(household["id"])
        unscored = household["poverty_score"] is None
        suited = [PROGRAMMES["CASH"], PROGRAMMES["FOOD"]] if unscored else self._suited(household)
        return [
            programme
            for programme in suited
            if states.get(programme.code, "exited") == "exited" and is_open(programme, self.today())
        ]

    def _suited(self, household: Row) -> list[Programme]:
        score = Decimal(household["poverty_score"])
        return [
            programme
            for programme in PROGRAMMES.values()
            if score <= programme.cut_off
            and (not programme.school_age or self._has_pupil(household["id"]))
            and (not programme.districts or household["district"] in programme.districts)
        ]

    def _has_pupil(self, household: str) -> bool:
        born = [date.fromisoformat(row["born"]) for row in self.census.members(household)]
        return any(5 <= age_on(day, self.today()) <= 17 for day in born)

    def _person(self, national_id: str) -> Row:
        person = self.census.person(national_id)
        if person is None:
            raise Refusal("rjct.person.not_found", "No person has this ID.")
        return person

    def _beneficiary(self, national_id: str, member_id: str | None) -> Row:
        person = self._person(national_id)
        if member_id is None:
            return person
        member = self.census.person(member_id)
        if member is None or member["household"] != person["household"]:
            raise Refusal(
                "rjct.member.not_in_household", "The member is not in the household of this person."
            )
        return member

    def proof_questions(self, national_id: str) -> list[dict[str, object]]:
        """At most two facts to ask her for."""
        return [question.as_json() for question, _ in self._facts(national_id)]

    def prove(self, national_id: str, answers: Mapping[str, str]) -> bool:
        """Whether she knew both."""
        return proofs.proved(self._facts(national_id), answers)

    def _facts(self, national_id: str) -> list[tuple[Question, str]]:
        household = self._person(national_id)["household"]
        return proofs.asked(
            self.census.household(household), self.census.members(household), self.today()
        )

    def terms(self, national_id: str, member_id: str | None, code: str) -> dict[str, object]:
        """What a programme asks, and whether it takes requests today."""
        self._beneficiary(national_id, member_id)
        programme = _programme(code)
        word, on = window(programme, self.today())
        questions = [question.as_json() for question in programme.questions]
        return {"window": word, "on": _iso(on), "questions": questions}

    def apply(self, application: Application) -> dict[str, object]:
        """Take an application, once per reference and once per beneficiary and programme.

        Raises Refusal.
        """
        with self._database.together():
            known = self.ledger.known("applications", application.reference)
            return known or self.ledger.enter_application(
                application, self._admissible(application)
            )

    def _admissible(self, application: Application) -> str:
        """Who it is for: her ID. Raises Refusal."""
        beneficiary = str(
            self._beneficiary(application.national_id, application.member_id)["national_id"]
        )
        programme = _programme(application.programme)
        if not is_open(programme, self.today()):
            raise Refusal("rjct.programme.closed", "The programme takes no applications today.")
        asked = {question.id: question for question in programme.questions}
        for name, answer in json.loads(application.answers).items():
            if name not in asked or not asked[name].takes(answer):
                raise Refusal("rjct.request.invalid", f"{name} is not answered so.")
        if self.ledger.is_open(beneficiary, programme.code):
            raise Refusal(
                "rjct.application.duplicate", "An application is open under another reference."
            )
        return beneficiary

    def complain(self, complaint: Complaint) -> dict[str, object]:
        """Take a complaint, once per reference. Nobody has to be registered to complain."""
        with self._database.together():
            known = self.ledger.known("complaints", complaint.reference)
            return known or self.ledger.enter_complaint(complaint)

    def take(self, case: Case) -> dict[str, object]:
        """Take anything else, once per reference. Nobody has to be registered to ask for a visit."""
        with self._database.together():
            return self.ledger.known("cases", case.reference) or self.ledger.enter_case(case)

    def payments(self, national_id: str) -> list[dict[str, object]]:
        """The last six payments of her household, newest first."""
        return self._payments(self._person(national_id)["household"])[: payments.MOST]

    def paid(self, household: str) -> list[dict[str, object]]:
        """The same payments as a payer's book has them: `id`, `code` of the programme, `amount`,
        `currency`, `due`, `state`.
        """
        names = ("id", "amount", "currency", "due", "state")
        return [
            {name: one[name] for name in names} | {"code": str(one["id"]).partition("-")[0]}
            for one in self._payments(household)
        ]

    def household_paid(self, payment: str) -> str:
        """The household a payment of this id would be of; empty when there is none."""
        household = "KP-" + payment.rpartition("-")[2]
        return household if self.census.has_household(household) else ""

    def _payments(self, identifier: str) -> list[dict[str, object]]:
        household = self.census.household(identifier)
        by_hand = [
            payments.by_hand(identifier, household["district"], row)
            for row in self.census.payments(identifier)
        ]
        held = self.census.enrolments(identifier)
        listed = payments.listed(identifier, household["district"], held, self.today())
        return by_hand + listed


def _programme(code: str) -> Programme:
    if code not in PROGRAMMES:
        raise Refusal("rjct.programme.unknown", "There is no such programme.")
    return PROGRAMMES[code]


def _last_to_act(today: date) -> date:
    """The last day a suspended household has to act: the end of next month."""
    return date.fromordinal(first_of_month(today, 2).toordinal() - 1)


def _answer(
    outcome: str,
    programmes: list[Programme] | None = None,
    criterion: Label | None = None,
    until: date | None = None,
    *,
    proof: str = "two_facts",
    today: date | None = None,
) -> dict[str, object]:
    concerned = programmes if programmes and today is not None else []
    return {
        "outcome": outcome,
        "programmes": [_listed(programme, today) for programme in concerned if today is not None],
        "criterion": criterion,
        "assessed_on": None,
        "until": _iso(until),
        "proof": strictest(concerned) if concerned else proof,
    }


def _listed(programme: Programme, today: date) -> dict[str, object]:
    return {
        "code": programme.code,
        "name": programme.name,
        "opens": _iso(opens(programme, today)),
        "closes": _iso(closes(programme, today)),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
