"""Who she is, as far as she can show: an ID or the end of one, her phone, two facts.

What is told to whom is decided here, and nowhere else while a citizen waits.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.asker import Asker, Found, patient
from gateway.deadline import Deadline
from gateway.limits import Limits
from registry_client.port import NotSupported, Outcome, Person, Proof, Question, Registry
from registry_client.proof import on_record, resolved, shown
from registry_client.words import Facts, eligibility, questions
from store.seals import Seals

NEEDED = 2
"""Facts that are asked; fewer prove nothing."""

Answers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Proving:
    """Every call may raise RegistryError and SessionsDown."""

    registry: Registry
    limits: Limits
    seals: Seals
    patience: float

    def eligibility(self, who: str, asker: Asker, deadline: Deadline) -> Found:
        """What this household may get, if this phone may hear it; else what to do for that."""
        person = self.resolved(who, asker, deadline)
        if person is None:
            return "not_on_record", {}
        answer = self.registry.eligibility(person, **patient(self.patience, asker, deadline))
        if answer.outcome is Outcome.NOT_FOUND:
            return "not_found", {}
        known = answer.proof is Proof.NUMBER_ON_RECORD and self.knows(person, asker, deadline)
        if shown(answer.proof, known=known, proved=False):
            return eligibility(answer, person)
        asked = self._questions(person, asker, deadline) if answer.proof is Proof.TWO_FACTS else ()
        if len(asked) < NEEDED:
            return "found", {"person": person}
        return "prove", {"person": person, "questions": questions(asked)}

    def proved(self, person: str, facts: Answers, asker: Asker, deadline: Deadline) -> Found:
        """The same after two facts."""
        if refused := self.refuses(person, facts, asker, deadline):
            return refused
        answer = self.registry.eligibility(person, **patient(self.patience, asker, deadline))
        if answer.outcome is Outcome.NOT_FOUND:
            return "not_found", {}
        known = self.knows(person, asker, deadline)
        if shown(answer.proof, known=known, proved=True):
            return eligibility(answer, person)
        return "found", {"person": person}

    def finds(self, who: str, asker: Asker, deadline: Deadline) -> Found:
        """Whose ID this is; nothing is told of her."""
        person = self.resolved(who, asker, deadline)
        if person is None:
            return "not_on_record", {}
        found = self._person(person, asker, deadline)
        return ("found", {"person": person}) if found is not None else ("not_found", {})

    def asks(self, who: str, asker: Asker, deadline: Deadline) -> Found:
        """Whether this phone proves who she is, or what she is asked."""
        person = self.resolved(who, asker, deadline)
        if person is None:
            return "not_on_record", {}
        found = self._person(person, asker, deadline)
        if found is None:
            return "not_found", {}
        facts: Facts = {"person": person}
        if on_record(found, asker.phone):
            return "known", facts
        asked = self._questions(person, asker, deadline)
        if len(asked) < NEEDED:
            return "desk", {}
        return "prove", {**facts, "questions": questions(asked)}

    def refuses(
        self, person: str, facts: Answers, asker: Asker, deadline: Deadline
    ) -> Found | None:
        """Why she is told nothing of this person; None where her phone or her facts are right.

        Three wrong answers close this ID for this phone, for a day.
        """
        if not facts:
            return None if self.knows(person, asker, deadline) else ("not_proved", {})
        pair = self.seals.digest("proof", f"{asker.phone_key.hex()}/{person}")
        if not self.limits.may_prove(pair):
            return "too_many", {}
        if self.registry.prove(person, dict(facts), **patient(self.patience, asker, deadline)):
            return None
        self.limits.failed(pair)
        return "not_proved", {}

    def knows(self, person: str, asker: Asker, deadline: Deadline) -> bool:
        """Whether this phone is on record with this person."""
        return on_record(self._person(person, asker, deadline), asker.phone)

    def resolved(self, who: str, asker: Asker, deadline: Deadline) -> str | None:
        """The whole ID of what was typed, or None."""
        how = patient(self.patience, asker, deadline)
        return resolved(self.registry, who, asker.phone, **how)

    def _person(self, person: str, asker: Asker, deadline: Deadline) -> Person | None:
        return self.registry.find_person(person, **patient(self.patience, asker, deadline))

    def _questions(self, person: str, asker: Asker, deadline: Deadline) -> tuple[Question, ...]:
        """What two facts are asked; none where this registry asks none."""
        try:
            asked = self.registry.proof_questions(person, **patient(self.patience, asker, deadline))
        except NotSupported:
            return ()
        return asked[:NEEDED]
