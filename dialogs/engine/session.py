"""What is remembered of a conversation between two key presses: JSON-shaped values, one list in
order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any
"""str | int | None | list | dict of these: what json.dumps takes."""


@dataclass(frozen=True, slots=True)
class Step:
    """A screen she came to, what she answered there, and what was learnt there."""

    at: str
    answer: Json = None
    facts: Mapping[str, Json] = field(default_factory=dict)
    minute: int = 0
    """When the facts were learnt, in minutes since 1970 (UTC)."""
    draft: int = 0
    """The number of the visit, on the screen a dialog was entered by."""


@dataclass(frozen=True, slots=True)
class Session:
    """Settings kept for the person (`language`, `notice`), and where she is.

    `profile` names the carrier's limits.
    """

    language: str = ""
    notice: int = 0
    profile: str = "safe"
    path: tuple[Step, ...] = ()
    page: int = 1
    offered: tuple[str, ...] = ()
    """Ids of the options as she saw them, by number; empty for a number that was not shown."""
    visits: int = 0
    waiting: tuple[str, ...] = ()
    """A dialled chain that waits until she chose her language."""
    again: bool = False
    """The screen was shown with its retry line: its pages break where that layout breaks."""
    walked: bool = False
    """The look-up under way was reached by a dialled chain: it must not lead to a promise."""

    @property
    def at(self) -> str:
        """The address of the screen she is on; empty before the first."""
        return self.path[-1].at if self.path else ""

    @property
    def entered(self) -> int:
        """Where in `path` the visit she is in begins."""
        return next(
            (place for place in reversed(range(len(self.path))) if self.path[place].draft), 0
        )

    @property
    def draft(self) -> int:
        """The visit she is in; 0 before the first."""
        return self.path[self.entered].draft if self.path else 0


def pack(session: Session) -> Json:
    """The session as JSON values, short: it is sealed and stored at every key press."""
    path = [[s.at, s.answer, dict(s.facts), s.minute, s.draft] for s in session.path]
    return [
        session.language,
        session.notice,
        session.profile,
        path,
        session.page,
        list(session.offered),
        session.visits,
        list(session.waiting),
        session.again,
        session.walked,
    ]


def unpack(packed: Json) -> Session:
    """The session that was packed."""
    language, notice, profile, path, page, offered, visits, waiting, again, walked = packed
    steps = tuple(
        Step(at, answer, facts, minute, draft) for at, answer, facts, minute, draft in path
    )
    return Session(
        language,
        notice,
        profile,
        steps,
        page,
        tuple(offered),
        visits,
        tuple(waiting),
        again,
        walked,
    )
