"""Guichet without one of its guards: what storms are shown with. Each is the product with one part
replaced by a careless one; `python -m tests.defects NAMES LANE` starts a worker so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from threading import Event, Timer
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import Connection, delete, select

import logs
from dialogs.engine.session import Session
from gateway.app import create_app, hooks
from gateway.conversation import Conversation
from gateway.front import in_front
from gateway.hooks import Hooks
from gateway.providers import Accepted, Outgoing, Provider, SendError, Uncertain, Unreachable
from gateway.sessions import Record, Sessions
from registry_client.port import Registry
from settings import Settings
from store import outbox
from store.clock import now
from store.database import Database
from store.drafts import Left
from store.lanes import REGISTRY
from store.tables import outbox as outbox_rows
from workers import wiring
from workers.context import Context
from workers.main import main as work

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LACKS = "GUICHET_TEST_LACKS"
HESITATION = 2.0
"""Seconds after the promise in which a careless gateway hands it over."""


class Repeating(Conversation):
    """Every delivery is a new draft: the same key press twice promises twice."""

    __slots__ = ()

    def _draft(self, born: str, session: Session) -> bytes:  # noqa: ARG002  careless
        return os.urandom(32)


class Overwriting(Sessions):
    """What is remembered is written over whatever stands there."""

    def remember(
        self,
        phone_key: bytes,
        stamp: bytes,  # noqa: ARG002  careless
        record: Record,
        counted: str,
        left: Left | None = None,
        due: int = 0,
        now: int = 0,
        until: int = 0,
    ) -> bool:
        """Without a look at who else wrote."""
        present = self.recall(phone_key).stamp
        return super().remember(phone_key, present, record, counted, left, due, now, until)


class TwoSteps:
    """A database whose transactions leave what they owe the registry for a later one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction without its rows of the outbox; they follow in one of their own."""
        with self._database.write() as conn:
            before = set(conn.execute(OWED).scalars())
            yield conn
            fresh = set(conn.execute(OWED).scalars()) - before
            conn.execute(delete(outbox_rows).where(outbox_rows.c.subject.in_(fresh)))
        Timer(HESITATION, self._hand, [fresh]).start()

    def _hand(self, subjects: set[UUID]) -> None:
        with self._database.write() as conn:
            outbox.put(conn, REGISTRY, subjects, now())


OWED = select(outbox_rows.c.subject).where(outbox_rows.c.lane == REGISTRY)


@dataclass(frozen=True)
class Overconfident:
    """A provider whose silence is taken for a refusal: the message is sent again."""

    provider: Provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self.provider, name)

    def send(self, batch: Sequence[Outgoing]) -> list[Accepted | SendError]:
        """Send; what may have left is said not to have."""
        results = self.provider.send(batch)
        return [Unreachable(one.code) if isinstance(one, Uncertain) else one for one in results]


def without_dedupe(made: Hooks) -> Hooks:
    """Every delivery is a draft of its own."""
    return _talking(made, _as(Repeating, made.conversation))


def without_compare_and_set(made: Hooks) -> Hooks:
    """The last writer wins."""
    old = made.conversation.sessions
    sessions = Overwriting(old.scripts, old._seals, old._random)
    return _talking(made, replace(made.conversation, sessions=sessions))


def without_outbox(made: Hooks) -> Hooks:
    """The promise and its handing over are two transactions."""
    old = made.conversation.promises
    promises = replace(old, database=cast("Database", TwoSteps(old.database)))
    return _talking(made, replace(made.conversation, promises=promises))


def _talking(made: Hooks, conversation: Conversation) -> Hooks:
    inbox = replace(made.inbox, conversation=conversation)
    return replace(made, conversation=conversation, inbox=inbox)


def _as(careless: Any, careful: Any) -> Any:
    """The same values in a class without the guard."""
    return careless(**{field.name: getattr(careful, field.name) for field in fields(careful)})


@dataclass(frozen=True)
class Hesitating:
    """A registry that is asked a moment after whoever asks made up his mind."""

    registry: Registry

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self.registry, name)

        def ask(*given: Any, **named: Any) -> Any:
            Event().wait(HESITATION)
            return asked(*given, **named)

        return ask


def without_lease(context: Context) -> Context:
    """Whoever claims a row keeps it for ever, and holds it long enough to be killed with it."""
    registry = cast("Registry", Hesitating(context.registry))
    return replace(context, lease=timedelta(days=3650), registry=registry)


def without_uncertain(context: Context) -> Context:
    """There is no doubt."""
    providers: Mapping[str, Any] = {
        name: Overconfident(one) for name, one in context.providers.items()
    }
    return replace(context, providers=providers)


WEBS: Mapping[str, Callable[[Hooks], Hooks]] = {
    "dedupe": without_dedupe,
    "compare_and_set": without_compare_and_set,
    "outbox": without_outbox,
}
WORKERS: Mapping[str, Callable[[Context], Context]] = {
    "lease": without_lease,
    "uncertain": without_uncertain,
}


def program(*defects: str) -> Callable[[str, Sequence[str]], Sequence[str]]:
    """The programs of a stack that lacks these: a web server reads of them in its environment."""
    webs = ",".join(one for one in defects if one in WEBS)
    workers = ",".join(one for one in defects if one in WORKERS)

    def changed(name: str, words: Sequence[str]) -> Sequence[str]:
        if webs and name.startswith("web"):
            return ["env", f"{LACKS}={webs}", *words[:-1], "tests.defects:app"]
        if workers and name.startswith("worker"):
            return [words[0], "-m", "tests.defects", workers, words[-1]]
        return words

    return changed


def app() -> WSGIApplication:
    """For the web server, without what its environment names."""
    settings = Settings()
    logs.configure(settings.log_level)
    made = hooks(settings, clock=now)
    for defect in os.environ[LACKS].split(","):
        made = WEBS[defect](made)
    return in_front(create_app(settings, made), made, settings.trusted_proxies)


def _careless(settings: Settings, stopping: Callable[[], bool]) -> Context:
    context = wiring.world(settings, stopping)
    for defect in sys.argv[1].split(","):
        context = WORKERS[defect](context)
    return context


if __name__ == "__main__":
    work(Settings(), sys.argv[2], _careless)
