"""Questions to the registry while a citizen waits: within the deadline, and never with more than
half of the threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import BoundedSemaphore

import structlog

from dialogs.benefits import FindProgrammes, FindTerms
from dialogs.eligibility import CheckEligibility, CheckProved
from dialogs.engine.screens import UNAVAILABLE, Query
from dialogs.help import FindDesk, FindMessages, FindMyMessages, ReadMessage, ShowDesk
from dialogs.identity import AskFacts, FindPerson
from dialogs.payments import FindPayments, ShowPayment
from dialogs.status import FindMine, FollowMine, FollowRequest, FollowSecret
from gateway.answers import Answers
from gateway.asker import Asker, Found
from gateway.deadline import Deadline
from gateway.finding import Finding
from gateway.limits import Limits
from gateway.proving import Proving
from gateway.standing import Standings
from registry_client.port import RegistryError
from registry_client.proof import last_four
from store.seals import Seals
from store.tallies import LOOKUPS_REFUSED, Tallies

log = structlog.get_logger()

_NOTHING: Found = (UNAVAILABLE, {})
UNKNOWN = frozenset({"not_found", "not_on_record", "too_many", UNAVAILABLE})
"""Outcomes that say nothing of whose ID it is."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """Made once a process. A thread that finds no free place does not wait for one."""

    proving: Proving
    standings: Standings
    finding: Finding
    seals: Seals
    limits: Limits
    places: BoundedSemaphore
    """How many threads may wait for the registry at once."""
    answers: Answers
    tallies: Tallies

    def ask(self, query: Query, asker: Asker, deadline: Deadline) -> Found:
        """The outcome of a query. Trouble of the registry is `unavailable`, never an exception."""
        if asker.by_sms and isinstance(query, CheckEligibility):
            question = f"eligibility/{query.who}"
            return self.answers.once(
                asker.phone_key, question, lambda: self._asked(query, asker, deadline)
            )
        return self._asked(query, asker, deadline)

    def _asked(self, query: Query, asker: Asker, deadline: Deadline) -> Found:
        for one in _ids(query):
            if not self._may_try(one, asker):
                return "too_many", {}
        return self._waiting(lambda: self._answer(query, asker, deadline), asker)

    def own(self, query: Query, outcome: str) -> str:
        """The ID she asked about, as a digest in hex, once the registry knows it; else empty."""
        whole = [one for one in _ids(query)[:1] if not last_four(one)]
        if not whole or outcome in UNKNOWN:
            return ""
        return self.seals.digest("national_id", whole[0]).hex()

    def _may_try(self, number: str, asker: Asker) -> bool:
        """Unless this phone has tried too many IDs that are not its last one."""
        digest = self.seals.digest("national_id", number)
        return digest.hex() == asker.own or self.limits.may_try("id", asker.phone_key, digest)

    def _waiting(self, ask: Callable[[], Found], asker: Asker) -> Found:
        if not self.places.acquire(blocking=False):
            log.warning("lookup.full", trace=asker.trace)
            self.tallies.count(LOOKUPS_REFUSED)
            return _NOTHING
        try:
            return ask()
        except RegistryError as error:
            log.info("lookup.unavailable", trace=asker.trace, error=type(error).__name__)
            return _NOTHING
        finally:
            self.places.release()

    def _answer(
        self, query: Query, asker: Asker, deadline: Deadline
    ) -> Found:  # a table of queries
        match query:
            case CheckEligibility(who):
                return self.proving.eligibility(who, asker, deadline)
            case CheckProved(person, facts):
                return self.proving.proved(person, facts, asker, deadline)
            case FindPerson(who):
                return self.proving.finds(who, asker, deadline)
            case AskFacts(who):
                return self.proving.asks(who, asker, deadline)
            case FindProgrammes(applicant, member):
                return self.finding.programmes(applicant, member, asker, deadline)
            case FindTerms(person, programme, member):
                return self.finding.terms(person, programme, member, asker, deadline)
            case FollowRequest(number):
                return self.standings.of(number, asker, deadline)
            case FollowSecret(number, code):
                return self.standings.of(number, asker, deadline, code)
            case FollowMine(number):
                return self.standings.listed(number, asker, deadline)
            case FindMine(person, facts):
                return self._mine(person, facts, asker, deadline)
            case FindPayments(person, facts):
                return self.finding.payments(person, facts, asker, deadline)
            case ShowPayment(person, payment, facts):
                return self.finding.payment(person, payment, facts, asker, deadline)
            case FindDesk(near):
                return self.finding.desks(near, asker, deadline)
            case ShowDesk(code):
                return self.finding.desk(code, asker, deadline)
            case FindMessages():
                return self.finding.messages(asker)
            case FindMyMessages(person, facts):
                return self.finding.my_messages(person, facts, asker, deadline)
            case ReadMessage():
                return self.finding.message(query, asker)
        raise TypeError(f"nobody answers {type(query).__name__}")

    def _mine(
        self, person: str, facts: tuple[tuple[str, str], ...], asker: Asker, deadline: Deadline
    ) -> Found:
        if refused := self.proving.refuses(person, facts, asker, deadline):
            return refused
        return self.standings.mine(person, asker, known=not facts)


def _ids(query: Query) -> tuple[str, ...]:
    """The IDs of people a query was typed with."""
    match query:
        case CheckEligibility(who) | AskFacts(who) | FindPerson(who):
            return (who,)
        case FindProgrammes(applicant, member):
            return (applicant, member) if member else (applicant,)
    return ()
