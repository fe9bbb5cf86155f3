"""A delivery answered and timed, whichever web framework brought it."""

from __future__ import annotations

from time import monotonic

from gateway.hook import Answer
from gateway.hooks import Hooks, Request
from store.tallies import ANSWER_SECONDS, ANSWERS

NOT_OURS = 404


def answered(hooks: Hooks, request: Request) -> Answer:
    """The answer of `hooks`, counted by provider, kind and status where they are ours."""
    begun = monotonic()
    answer = hooks.receive(request)
    provider, _, rest = request.path.partition("/")
    kind = rest.partition("/")[0]
    if (provider, kind) in hooks.tokens:
        hooks.tallies.count(ANSWERS, provider, kind, str(answer.status))
        if answer.status != NOT_OURS:
            hooks.tallies.time(ANSWER_SECONDS, monotonic() - begun, kind)
    return answer
