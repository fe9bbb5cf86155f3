"""A registry whose every call is timed, whatever it is: who made it hears how it ended and how long
it took.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, cast

from registry_client.port import Away, NotSupported, Refused, Registry, Unavailable

Tell = Callable[[str, str, float], None]
"""Called with the call of the port, its outcome (answered | refused | unsupported | unavailable |
bug) and the seconds it took.
"""


def timed(registry: Registry, tell: Tell, clock: Callable[[], float] = monotonic) -> Registry:
    """The same registry; `clock` is in seconds and only runs forwards."""
    return cast("Registry", _Timed(registry, tell, clock))


class _Timed:
    """Every call of the port is passed on by its name: one more costs nothing here."""

    def __init__(self, registry: Registry, tell: Tell, clock: Callable[[], float]) -> None:
        self._registry, self._tell, self._clock = registry, tell, clock

    def __getattr__(self, call: str) -> Callable[..., Any]:
        asked = getattr(self._registry, call)

        def ask(*asks: Any, **named: Any) -> Any:
            begun, outcome = self._clock(), "bug"
            try:
                answer = asked(*asks, **named)
                outcome = "answered"
            except Away:
                outcome = ""  # nobody was asked
                raise
            except Refused:
                outcome = "refused"
                raise
            except NotSupported:
                outcome = "unsupported"
                raise
            except Unavailable:
                outcome = "unavailable"
                raise
            finally:
                if outcome:
                    self._tell(call, outcome, self._clock() - begun)
            return answer

        return ask
