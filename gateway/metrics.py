"""`/metrics`: what all processes did and what waits, read from Redis and SQL when it is asked for.

Which figures processes count is store/tallies.py's; no figure is about a person.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from redis import Redis, RedisError

from gateway.exposition import CONTENT_TYPE, Family, Sample, histogram, written
from gateway.hook import Answer
from gateway.sessions import CALLS, TURNS
from registry_client.breaker import MOST, State
from store import figures, lanes, tallies
from store.database import Database, StoreDown
from store.figures import Figures
from store.tallies import COUNTED, INFINITE, SUM, TIMED, Tallies, Timed

KEPT = timedelta(seconds=5)
"""A look at SQL serves everybody who asks so soon after it: nobody can load the database by asking.
"""
LOOP = "sms.loop"
"""Stands among the screens in Redis and is none: a phone met with silence."""


@dataclass(slots=True)
class Metrics:
    """Made once a process. `token` is what a caller must show; empty: nothing."""

    redis: Redis
    database: Database
    tallies: Tallies
    clock: Callable[[], datetime]
    token: str
    registries: Collection[str] = ()
    providers: Collection[str] = ()
    """Whose being away is told of, by their names."""
    _seen: tuple[datetime, Figures] | None = None
    _alone: Lock = field(default_factory=Lock)

    def answer(self, authorization: str) -> Answer:
        """The page, or 401 without the right `Authorization: Bearer`."""
        right = f"Bearer {self.token}".encode()
        if self.token and not hmac.compare_digest(authorization.encode(), right):
            return Answer(401, "", headers=(("WWW-Authenticate", "Bearer"),))
        return Answer(200, self.page(), CONTENT_TYPE)

    def page(self) -> str:
        """Every figure; of a part that does not answer only that it does not."""
        live, kept = self._live(), self._kept()
        up = {"redis": live is not None, "database": kept is not None}
        gauge = Family(
            "guichet_up",
            "gauge",
            "Whether a part answers; where it does not, its figures are missing here.",
            tuple(Sample({"part": part}, int(answers)) for part, answers in up.items()),
        )
        return written([gauge, *(live or []), *(_of_sql(kept) if kept else [])])

    def _live(self) -> list[Family] | None:
        """What Redis holds, with what this process counted until now; None when it is away."""
        now = int(self.clock().timestamp())
        try:
            self.tallies.flush()
            with self.redis.pipeline(transaction=False) as asked:
                asked.hgetall(TURNS)
                asked.hgetall(tallies.KEY)
                asked.zcount(CALLS, f"({now}", "+inf")
                for name in self.registries:
                    asked.get(lanes.breaker(name))
                for name in self.providers:
                    asked.hget(lanes.channel(name), "until")
                turns, counted, calls, *away = asked.execute()
        except RedisError:
            return None
        return [
            *_of_redis(turns, tallies.added(counted), calls),
            *self._away(away[: len(self.registries)], away[len(self.registries) :], now),
        ]

    def _away(
        self, breakers: Sequence[bytes | None], shut: Sequence[bytes | None], now: int
    ) -> Iterator[Family]:
        """Which registries are left alone, and the way to which providers is shut."""
        states = (State.read(held.decode() if held else "") for held in breakers)
        yield Family(
            "guichet_registry_away",
            "gauge",
            "Whether a registry gave no answer so often that it is left alone.",
            tuple(
                Sample({"registry": name}, int(state.failures >= MOST))
                for name, state in zip(self.registries, states, strict=True)
            ),
        )
        yield Family(
            "guichet_channel_shut",
            "gauge",
            "Whether messages wait because a provider failed or the account there is stopped.",
            tuple(
                Sample({"provider": name}, int(until is not None and float(until) / 1e6 > now))
                for name, until in zip(self.providers, shut, strict=True)
            ),
        )

    def _kept(self) -> Figures | None:
        """What SQL holds, or held a moment ago; one look at a time. None when it is away."""
        with self._alone:
            now = self.clock()
            if self._seen is not None and timedelta(0) <= now - self._seen[0] < KEPT:
                return self._seen[1]
            try:
                with self.database.read() as conn:
                    seen = figures.look(conn, now)
            except StoreDown:
                return None
            self._seen = (now, seen)
            return seen


def _of_redis(
    turns: Mapping[bytes, bytes], counted: Mapping[tuple[str, ...], int], calls: int
) -> Iterator[Family]:
    by_screen = {screen.decode(): int(many) for screen, many in turns.items()}
    loops = by_screen.pop(LOOP, 0)
    yield Family(
        "guichet_turns_total",
        "counter",
        "Key presses and messages answered, by the screen they led to.",
        tuple(Sample({"screen": screen}, by_screen[screen]) for screen in sorted(by_screen)),
    )
    yield Family(
        "guichet_sms_loops_total",
        "counter",
        "Phones whose machine was met with silence.",
        (Sample({}, loops),),
    )
    yield Family(
        "guichet_sessions_open",
        "gauge",
        "USSD calls whose last screen waits for a key and has not waited longer than calls last.",
        (Sample({}, calls),),
    )
    for one in COUNTED:
        found = _labelled(counted, one.name, len(one.labels))
        if not one.labels:
            found.setdefault((), 0)
        samples = (Sample(_named(one.labels, key), found[key]) for key in sorted(found))
        yield Family(one.name, "counter", one.says, tuple(samples))
    for timed in TIMED:
        yield Family(timed.name, "histogram", timed.says, tuple(_histograms(timed, counted)))


def _histograms(timed: Timed, counted: Mapping[tuple[str, ...], int]) -> Iterator[Sample]:
    """The lines of every combination of labels; a bound that is none of ours any more counts as
    infinite.
    """
    fields = _labelled(counted, timed.name, len(timed.labels) + 1)
    bounds = {f"{bound:g}": bound for bound in timed.bounds}
    for key in sorted({key[:-1] for key in fields}):
        buckets = dict.fromkeys((*timed.bounds, float(INFINITE)), 0)
        for (*labels, bound), many in fields.items():
            if tuple(labels) == key and bound != SUM:
                buckets[bounds.get(bound, float(INFINITE))] += many
        total = fields.get((*key, SUM), 0) / 1_000_000
        yield from histogram(_named(timed.labels, key), buckets, total)


def _labelled(
    counted: Mapping[tuple[str, ...], int], name: str, words: int
) -> dict[tuple[str, ...], int]:
    """The fields of this name that have so many words behind it; others are of another release."""
    return {
        key[1:]: many for key, many in counted.items() if key[0] == name and len(key) == words + 1
    }


def _named(labels: tuple[str, ...], values: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(labels, values, strict=True))


def _of_sql(seen: Figures) -> Iterator[Family]:
    yield Family(
        "guichet_outbox_rows",
        "gauge",
        "Promises not carried yet: due, waiting for another try, held by a worker, or dead.",
        tuple(
            Sample({"lane": lane, "state": place}, depth.rows)
            for (lane, place), depth in seen.outbox.items()
        ),
    )
    yield Family(
        "guichet_outbox_oldest_seconds",
        "gauge",
        "Seconds since the oldest row that is due, or dead, fell due.",
        tuple(
            Sample({"lane": lane, "state": place}, depth.oldest)
            for (lane, place), depth in seen.outbox.items()
            if place in {"due", "dead"}
        ),
    )
    yield Family(
        "guichet_requests_last_day",
        "gauge",
        "Requests made in the last 24 hours, by what became of them.",
        tuple(
            Sample({"kind": kind, "state": state}, many)
            for (kind, state), many in sorted(seen.requests.items())
        ),
    )
    yield Family(
        "guichet_messages_last_day",
        "gauge",
        "SMS promised in the last 24 hours, by what became of them.",
        tuple(Sample({"state": state}, many) for state, many in sorted(seen.messages.items())),
    )
