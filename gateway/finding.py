"""Answers to everything else a citizen asks: programmes, payments, offices, our messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from dialogs.help import ReadMessage
from gateway.asker import Asker, Found, patient
from gateway.deadline import Deadline
from gateway.proving import Answers, Proving
from registry_client.port import NotSupported, Payment, Refused, Registry, Window
from registry_client.words import Facts, chosen, questions
from store import following, messages
from store.database import Database
from store.messages import Written
from store.seals import Seals

MESSAGES = 5
REFUSALS = frozenset({"not_found", "not_in_household"})
STATES = {"returned": "failed"}
"""States of a payment that a citizen is told in other words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Every call may raise RegistryError, SessionsDown and StoreDown."""

    registry: Registry
    proving: Proving
    database: Database
    seals: Seals
    patience: float
    zone: ZoneInfo

    def programmes(
        self, applicant: str, member: str | None, asker: Asker, deadline: Deadline
    ) -> Found:
        """What is open to this person today."""
        person = self.proving.resolved(applicant, asker, deadline)
        if person is None:
            return "not_on_record", {}
        try:
            listed = self.registry.programmes(
                person, member, **patient(self.patience, asker, deadline)
            )
        except Refused as refusal:
            if refusal.code in REFUSALS:
                return refusal.code, {}
            raise
        if not listed:
            return "none", {}
        return "open", {"person": person, "programmes": [chosen(one) for one in listed]}

    def terms(
        self, person: str, programme: str, member: str | None, asker: Asker, deadline: Deadline
    ) -> Found:
        """What a programme asks, and whether it takes requests."""
        try:
            terms = self.registry.terms(
                person, programme, member, **patient(self.patience, asker, deadline)
            )
        except NotSupported:
            return "ready", {"questions": []}
        asked: Facts = {"questions": questions(terms.questions)}
        match terms.window:
            case Window.READY:
                return "ready", asked
            case Window.CLOSING if terms.on:
                return "closing", {**asked, "closes": terms.on.isoformat()}
            case Window.CLOSING:
                return "ready", asked
            case Window.FULL:
                return "full", {}
            case Window.CLOSED:
                return ("opens", {"opens": terms.on.isoformat()}) if terms.on else ("closed", {})

    def payments(self, person: str, facts: Answers, asker: Asker, deadline: Deadline) -> Found:
        """The last payments, by day and amount."""
        if refused := self.proving.refuses(person, facts, asker, deadline):
            return refused
        found = self.registry.payments(person, **patient(self.patience, asker, deadline))
        if not found:
            return "none", {}
        return "found", {"payments": [[one.id, {"en": _sum(one)}] for one in found]}

    def payment(
        self, person: str, payment: str, facts: Answers, asker: Asker, deadline: Deadline
    ) -> Found:
        """One of them."""
        if refused := self.proving.refuses(person, facts, asker, deadline):
            return refused
        found = self.registry.payments(person, **patient(self.patience, asker, deadline))
        one = next((one for one in found if one.id == payment), None)
        if one is None:
            return "none", {}
        told: Facts = {"amount": [one.amount, one.currency], "due": one.due.isoformat()}
        if one.state in {"sent", "expected"} and one.until and one.place:
            told |= {"until": one.until.isoformat(), "place": dict(one.place)}
            return "ready", told
        return STATES.get(one.state, one.state), told

    def desks(self, near: str, asker: Asker, deadline: Deadline) -> Found:
        """Offices near a place."""
        try:
            found = self.registry.desks(near, **patient(self.patience, asker, deadline))
        except NotSupported:
            found = ()
        if not found:
            return "none", {}
        return "found", {"desks": [[one.code, dict(one.name)] for one in found]}

    def desk(self, code: str, asker: Asker, deadline: Deadline) -> Found:
        """One office."""
        one = self.registry.desk(code, **patient(self.patience, asker, deadline))
        if one is None or not one.place or not one.hours:
            return "none", {}
        return "found", {"place": dict(one.place), "hours": dict(one.hours)}

    def messages(self, asker: Asker) -> Found:
        """What we sent to this phone; where several use it, whoever asks is asked first."""
        with self.database.read() as conn:
            if following.people(conn, asker.phone_key) > 1:
                return "shared", {}
            found = messages.last(conn, self.seals, asker.phone, MESSAGES)
        return self._listed(found)

    def my_messages(self, person: str, facts: Answers, asker: Asker, deadline: Deadline) -> Found:
        """What we sent to this phone about one person."""
        if refused := self.proving.refuses(person, facts, asker, deadline):
            return refused
        with self.database.read() as conn:
            found = messages.last(conn, self.seals, asker.phone, MESSAGES, person)
        return self._listed(found)

    def message(self, query: ReadMessage, asker: Asker) -> Found:
        """One of them, if it was to this phone."""
        with self.database.read() as conn:
            found = messages.written(conn, self.seals, asker.phone, UUID(hex=query.message))
        if found is None:
            return "none", {}
        return "found", {"sent_on": self._day(found).isoformat(), "words": found.text}

    def _listed(self, found: list[Written]) -> Found:
        if not found:
            return "none", {}
        return "found", {"messages": [self._named(one) for one in found]}

    def _named(self, one: Written) -> list[object]:
        """A message as a choice: its day and its first words in the language it was written in."""
        day = f"{self._day(one):%d/%m/%Y}"
        return [one.id.hex, {"en": day, one.language: f"{day} {one.text}"}]

    def _day(self, one: Written) -> date:
        return one.created_at.astimezone(self.zone).date()


def _sum(payment: Payment) -> str:
    """A payment in one line, the same in every language."""
    return f"{payment.due:%d/%m/%Y} {payment.currency} {int(float(payment.amount)):,}"
