"""A change to openIMIS, done once: it is only taken note of at first, and its log says the rest.

openIMIS does the same change twice for the same id: so the log is read before anything is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid5

from registry_client.envelope import Json
from registry_client.openimis import documents
from registry_client.openimis.graph import Graph, Span
from registry_client.port import Refused, Unavailable

RECEIVED, FAILED, DONE = 0, 1, 2
"""What a log says of a change: its numbers there."""
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between two looks; the last one lasts."""
NAMESPACE = UUID("7d0e3f8a-8f6c-5a0e-9f0b-6f7f3c1d2b4a")
"""Ours: changed, every request under way would be handed over a second time."""


def mutation_id(reference: str, part: str = "") -> str:
    """The id of the change that hands over a request, or another part of it: the same each time."""
    return str(uuid5(NAMESPACE, f"{reference}/{part}"))


class Mutations:
    """Makes changes. `rest` waits some seconds."""

    def __init__(self, graph: Graph, rest: Callable[[float], None]) -> None:
        self._graph, self._rest = graph, rest

    def done(self, mutation: str, span: Span) -> bool:
        """Whether this change was made. Raises RegistryError."""
        return DONE in self._logs(mutation, span)

    def once(self, document: str, mutation: str, fields: Callable[[], Json], span: Span) -> bool:
        """Make a change unless it was made; whether it was already. `fields` are asked for when it
        is sent.

        Raises Refused("invalid") where openIMIS made an error of it, Unavailable where it is still
        only received when the time is over: the next try finds it, and sends nothing.
        """
        before = self._logs(mutation, span)
        if DONE in before:
            return True
        if RECEIVED not in before:
            variables = {"input": {**fields(), "clientMutationId": mutation}}
            self._graph.ask(document, variables, span)
        self._wait(mutation, before.count(FAILED), span)
        return False

    def _wait(self, mutation: str, failures: int, span: Span) -> None:
        """Until the log says that it is done; `failures` are those of earlier tries."""
        looks = 0
        while DONE not in (found := self._logs(mutation, span)):
            if found.count(FAILED) > failures:
                raise Refused("invalid")
            pause = PAUSES[min(looks, len(PAUSES) - 1)]
            if pause >= span.left:
                raise Unavailable("received, and not done in time")
            self._rest(pause)
            looks += 1

    def _logs(self, mutation: str, span: Span) -> list[int]:
        nodes = self._graph.nodes(documents.LOGS, {"mutation": mutation}, span)
        return [one["status"] for one in nodes if type(one.get("status")) is int]
