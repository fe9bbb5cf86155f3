"""What goes into a step of the engine and what comes out: events and turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.engine.screens import Action, Query
from dialogs.engine.session import Json, Session


@dataclass(frozen=True, slots=True)
class Heard:
    """She typed `text`, or (None) dialled.

    `minute` is the time of the event, in minutes since 1970 (UTC).
    """

    text: str | None
    minute: int


@dataclass(frozen=True, slots=True)
class Learned:
    """The answer to a query. An outcome the screen does not know counts as `unavailable`."""

    outcome: str
    facts: Mapping[str, Json]
    minute: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What came of an action: its outcome and facts, the reference among them."""

    outcome: str
    facts: Mapping[str, Json]
    minute: int


Event = Heard | Learned | Stored


@dataclass(frozen=True, slots=True)
class Reply:
    """What the citizen is shown or sent. `more`: an answer is awaited."""

    text: str
    more: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """The new session, and exactly one thing to do next: say a reply, ask a query, store an
    action.
    """

    session: Session
    then: Reply | Query | Action
