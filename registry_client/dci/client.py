"""Every call of the standard we make, as calls of Python: a message, a path, and the answer read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from registry_client.configuration import Paths
from registry_client.dci import replies
from registry_client.dci.courier import Courier
from registry_client.dci.messages import Message, Writer
from registry_client.dci.queries import Page, Search, Subscription
from registry_client.dci.replies import Asked, Became, Enrolled, Found
from registry_client.dci.values import Beneficiary, Disbursement, Status
from registry_client.envelope import LONGEST_TRANSACTION, Json, Received
from registry_client.port import NotSupported

Answer = TypeVar("Answer")

MOST_PAGES = 10
"""Pages that are asked for, whatever a registry says it has."""


@dataclass(frozen=True, slots=True)
class Call:
    """What every call takes: seconds for all of it, and what joins it to a conversation.

    `transaction` is the business transaction; empty: the trace, cut to what the standard allows.
    """

    timeout: float
    trace: str = ""
    transaction: str = ""


class DciClient:
    """One for a registry; any thread may use it. Every call may raise RegistryError, and ValueError
    where what is asked cannot be said in the standard's words.
    """

    def __init__(
        self, courier: Courier, writer: Writer, paths: Paths, clock: Callable[[], float]
    ) -> None:
        self._courier, self._writer, self._paths, self._clock = courier, writer, paths, clock

    def search(self, search: Search, call: Call) -> Found:
        """One search, one page."""
        message = self._writer.search(self._transaction(call), [search])
        (reference,) = message.references
        return self._deliver(
            self._paths.sync_search,
            message,
            call,
            lambda received: replies.one(received, reference),
        )

    def records(self, search: Search, most: int, call: Call) -> list[Json]:
        """The records of all pages, until there are so many; the time is that of all pages together.

        A registry that says no total has said all when a page is not full; one that gives more than
        a page takes knows no pages.
        """
        return list(self._paged(search, most, call))

    def _paged(self, search: Search, most: int, call: Call) -> Iterator[Json]:
        until, left = self._clock() + call.timeout, most
        size = search.page.size if search.page else most
        for number in range(1, MOST_PAGES + 1):
            page = replace(search, page=Page(size, number))
            now = replace(call, timeout=until - self._clock() if number > 1 else call.timeout)
            found = self.search(page, now)
            given = found.insist()
            yield from given
            left -= len(given)
            if left <= 0 or _last(found.total, len(given), page=number, size=size):
                return

    def search_later(self, searches: Sequence[Search], call: Call) -> Asked:
        """Searches that are answered by a callback."""
        message = self._writer.search(self._transaction(call), searches, later=True)
        return self._acknowledged(self._paths.search, message, call)

    def subscribe(self, subscriptions: Sequence[Subscription], call: Call) -> Asked:
        """Be told of events; the codes come by a callback."""
        message = self._writer.subscribe(self._transaction(call), subscriptions)
        return self._acknowledged(self._paths.subscribe, message, call)

    def unsubscribe(self, codes: Sequence[str], call: Call) -> Asked:
        """Be told no more."""
        message = self._writer.unsubscribe(self._transaction(call), codes)
        return self._acknowledged(self._paths.unsubscribe, message, call)

    def txn_status(self, kind: str, by: str, value: str | Sequence[str], call: Call) -> Became:
        """What became of a search or a subscription: its answer, asked for."""
        message = self._writer.txn_status(self._transaction(call), kind, by, value, later=False)
        return self._deliver(self._paths.sync_txn_status, message, call, replies.became)

    def txn_status_later(self, kind: str, by: str, value: str | Sequence[str], call: Call) -> Asked:
        """The same, answered by a callback."""
        message = self._writer.txn_status(self._transaction(call), kind, by, value, later=True)
        return self._acknowledged(self._paths.txn_status, message, call)

    def enrolled(
        self, national_id: str, programme: str, call: Call, *, flat: bool = False
    ) -> Enrolled | Status:
        """Whether a beneficiary registry has her in this programme, or in any where none is named.

        Raises NotSupported where the shape this registry takes cannot name a programme.
        """
        if flat and programme:
            raise NotSupported("a question about one programme")
        message = self._writer.enrolled(self._transaction(call), national_id, programme, flat=flat)
        path, bare = self._paths.enrolled, replies.opened_or_bare
        return self._deliver(path, message, call, replies.enrolled, bare)

    def check_enrollment(self, national_id: str, call: Call) -> Enrolled | Status:
        """How somebody stands with an employment support system."""
        message = self._writer.enrolled(self._transaction(call), national_id)
        path, bare = self._paths.check_enrollment, replies.opened_or_bare
        return self._deliver(path, message, call, replies.enrolled, bare)

    def report(
        self, beneficiaries: Sequence[Beneficiary], id_type: str, call: Call
    ) -> tuple[tuple[str, str], ...]:
        """Tell a beneficiary registry of enrolments: (status, reason code) of each."""
        message = self._writer.enrolment_updates(self._transaction(call), beneficiaries, id_type)
        path, bare = self._paths.enrollment_updates, replies.opened_or_bare
        return self._deliver(path, message, call, replies.updated, bare)

    def disbursements(self, payee: str, call: Call) -> tuple[Disbursement, ...]:
        """The payments to one financial address."""
        message = self._writer.disbursements(self._transaction(call), payee)
        return self._deliver(self._paths.disburse_search, message, call, replies.disbursed)

    def disbursement_status(
        self, references: Sequence[str], call: Call
    ) -> tuple[Disbursement, ...]:
        """What became of these payments."""
        message = self._writer.disbursement_status(self._transaction(call), references)
        path = self._paths.disburse_txn_status
        return self._deliver(path, message, call, replies.became).disbursed

    def _transaction(self, call: Call) -> str:
        said = (call.transaction or call.trace)[:LONGEST_TRANSACTION]
        return said or self._writer.new_id()

    def _deliver(
        self,
        path: str,
        message: Message,
        call: Call,
        read: Callable[[Received], Answer],
        opened: Callable[[bytes, Message], Received] = replies.opened,
    ) -> Answer:
        """What `read` makes of it; a refusal it finds may be one that is tried again."""
        return self._courier.deliver(
            path,
            message,
            lambda body, sent: read(opened(body, sent)),
            timeout=call.timeout,
            trace=call.trace,
        )

    def _acknowledged(self, path: str, message: Message, call: Call) -> Asked:
        return self._courier.deliver(
            path, message, replies.acknowledgement, timeout=call.timeout, trace=call.trace
        )


def _last(total: int | None, given: int, *, page: int, size: int) -> bool:
    """Whether no page follows."""
    if given > size or not given:
        return True
    return given < size if total is None else page * size >= total
