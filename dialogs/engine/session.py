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
class Parked:
    """A draft that was left: its letter, the way to it, and when, in minutes since 1970 (UTC)."""

    letter: str
    path: tuple[Step, ...]
    minute: int


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
    parked: tuple[Parked, ...] = ()
    """Drafts that were left, the newest last."""
    resumed: int = 0
    """Steps of `path` that were there when it was taken up again: their answers are not shown."""

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
    return [
        session.language,
        session.notice,
        session.profile,
        _pack(session.path),
        session.page,
        list(session.offered),
        session.visits,
        list(session.waiting),
        session.again,
        session.walked,
        [[one.letter, _pack(one.path), one.minute] for one in session.parked],
        session.resumed,
    ]


def unpack(packed: Json) -> Session:
    """The session that was packed."""
    language, notice, profile, path, page, offered, visits, waiting, *rest = packed
    again, walked, parked, resumed = rest
    return Session(
        language,
        notice,
        profile,
        _unpack(path),
        page,
        tuple(offered),
        visits,
        tuple(waiting),
        again,
        walked,
        tuple(Parked(letter, _unpack(way), minute) for letter, way, minute in parked),
        resumed,
    )


def _pack(path: tuple[Step, ...]) -> Json:
    return [[s.at, s.answer, dict(s.facts), s.minute, s.draft] for s in path]


def _unpack(path: Json) -> tuple[Step, ...]:
    return tuple(
        Step(at, answer, facts, minute, draft) for at, answer, facts, minute, draft in path
    )
