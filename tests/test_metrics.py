"""`/metrics`: right under several processes, free of charge to a key press, there when a part is
away, silent about people.
"""

from __future__ import annotations

import os
import random
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from urllib.parse import urlencode

import pytest
from redis import Redis, RedisError
from redis.client import Monitor

from commands import environment, ports, web
from commands.processes import Process, holds
from gateway.answering import answered
from gateway.app import create_app
from gateway.exposition import Family, Sample, written
from gateway.hooks import Request
from gateway.metrics import Metrics
from gateway.providers import Suspended
from gateway.providers.addresses import Addresses
from registry_client.breaker import MOST, Breaker
from registry_client.port import NotSupported, Refused, Unavailable
from registry_client.timed import timed
from settings import Settings
from store import figures, lanes, live, messages, outbox
from store.ids import first_id, uuid7
from store.lanes import REGISTRY
from store.seals import Seals
from store.shared import SharedText
from store.tallies import KEY, LOOKUPS_REFUSED, REGISTRY_SECONDS, Tallies
from tests.line import CODE, HER_ID, PHONE, Line, opened, settings
from tests.scrape import Page, parsed
from tests.stored import AFRICASTALKING, AMINA, NOW, RANDOM, SEALS, asked, connected, worded
from tests.working import Clock, Desk, working
from workers import channels


def watched(line: Line, token: str = "") -> Metrics:
    """The figures of a line."""
    hooks = line.hooks
    return Metrics(hooks.redis, hooks.database, hooks.tallies, hooks.clock, token)


def scraped(line: Line) -> Page:
    """A scrape, read strictly."""
    return parsed(watched(line).page())


def pressed(line: Line, kind: str, form: dict[str, str], token: str = "") -> int:
    """A delivery as the web server answers it; the status."""
    right = line.hooks.tokens["africastalking", kind][0]
    path = f"africastalking/{kind}/{token or right}"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return answered(
        line.hooks, Request(path, "", urlencode(form).encode(), headers, "127.0.0.1")
    ).status


@pytest.fixture
def line(valkey_url: str, sqlite_url: str, tmp_path: Path) -> Iterator[Line]:
    """Promises a phone line."""
    with opened(valkey_url, sqlite_url, tmp_path) as made:
        yield made


# What is counted


def test_turns_answers_and_calls_to_the_registry_are_counted(line: Line) -> None:
    """One citizen asks what she may get: each screen, each answer and each call is there."""
    line.begin()
    line.presses("1", HER_ID)
    assert pressed(line, "ussd", line.form(line.heard)) == 200
    assert pressed(line, "ussd", line.form(""), token="wrong") == 404
    page = scraped(line)
    assert page.value("guichet_turns_total", screen="home.menu") == 1
    assert page.total("guichet_turns_total") == 5
    ussd = {"provider": "africastalking", "kind": "ussd"}
    assert page.value("guichet_hook_answers_total", **ussd, status="200") == 1
    assert page.value("guichet_hook_answers_total", **ussd, status="404") == 1
    assert page.value("guichet_hook_seconds_count", kind="ussd") == 1
    called = {"call": "eligibility", "outcome": "answered"}
    assert page.value("guichet_registry_seconds_count", **called) == 1
    assert page.value("guichet_lookups_refused_total") == 0


def test_a_call_is_open_until_it_ends_or_is_silent_for_long(line: Line) -> None:
    """An SMS is no call; a last screen ends one, three silent minutes do too."""
    assert scraped(line).value("guichet_sessions_open") == 0
    line.begin()
    assert scraped(line).value("guichet_sessions_open") == 1
    line.post("sms", {"id": "sms-1", "from": "+923000000009", "to": "21234", "text": "HELP"})
    assert scraped(line).value("guichet_sessions_open") == 1
    later = watched(line)
    later.clock = lambda: line.hooks.clock() + timedelta(seconds=181)
    assert parsed(later.page()).value("guichet_sessions_open") == 0
    line.presses("3", "3", "They sent me away", "1")
    assert not line.open
    assert scraped(line).value("guichet_sessions_open") == 0


def test_a_lookup_without_a_free_thread_is_counted(line: Line) -> None:
    """All places are taken: she is answered by SMS, and somebody can see how often."""
    line.begin()
    while line.hooks.conversation.lookups.places.acquire(blocking=False):
        pass
    line.presses("1", HER_ID)
    assert scraped(line).value("guichet_lookups_refused_total") == 1


def test_counting_costs_a_key_press_no_trip(line: Line, valkey_url: str) -> None:
    """Two scripts a key press, as before there were figures: one reads, one writes and counts."""
    line.begin()
    other = Redis.from_url(valkey_url)
    other.ping()
    watching: Callable[[], Monitor] = Redis.from_url(valkey_url).monitor
    with other, watching() as heard:
        assert pressed(line, "ussd", line.form(f"{line.heard}*3")) == 200
        other.echo("over")
        sent = []
        for command in heard.listen():
            if command["command"] == "ECHO over":
                break
            if command["client_type"] != "lua":
                sent.append(command["command"].split(" ")[0])
    assert sent == ["EVALSHA", "EVALSHA"]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Refused("not_found"), "refused"),
        (NotSupported("no"), "unsupported"),
        (Unavailable("away"), "unavailable"),
        (ZeroDivisionError(), "bug"),
    ],
)
def test_a_call_that_fails_is_timed_by_how_it_failed(error: Exception, outcome: str) -> None:
    """The error goes on to whoever asked."""
    told: list[tuple[str, str, float]] = []

    def says(_: object) -> None:
        raise error

    ticks = iter((10.0, 12.5))
    registry = timed(Desk(says), lambda *call: told.append(call), lambda: next(ticks))
    with pytest.raises(type(error)):
        registry.eligibility(HER_ID, timeout=1, trace="t")
    assert told == [("eligibility", outcome, 2.5)]


# Several processes


def test_what_two_processes_count_is_added_up(valkey_url: str) -> None:
    """Nothing is lost between them, and a flush of nothing writes nothing."""
    with Redis.from_url(valkey_url) as redis:
        one, other = Tallies(redis), Tallies(redis)
        for tallies, seconds in ((one, 0.02), (one, 0.3), (other, 99.0)):
            tallies.count(LOOKUPS_REFUSED)
            tallies.time(REGISTRY_SECONDS, seconds, "apply", "answered")
        one.flush()
        one.flush()
        other.flush()
        kept = {name.decode(): int(many) for name, many in redis.hgetall(KEY).items()}
    assert kept == {
        "guichet_lookups_refused_total": 3,
        "guichet_registry_seconds apply answered 0.025": 1,
        "guichet_registry_seconds apply answered 0.5": 1,
        "guichet_registry_seconds apply answered inf": 1,
        "guichet_registry_seconds apply answered sum": 99_320_000,
    }


def test_what_could_not_be_added_is_added_later(valkey_url: str) -> None:
    """Redis is away for a moment: the figures wait in the process."""
    away = Tallies(live.connected("redis://127.0.0.1:1"))
    away.count(LOOKUPS_REFUSED)
    with pytest.raises(RedisError):
        away.flush()
    away.count(LOOKUPS_REFUSED)
    with Redis.from_url(valkey_url) as redis:
        back = Tallies(redis, away._mine)
        stop = Event()
        thread = back.start(stop)
        stop.set()
        thread.join(10)
        assert redis.hget(KEY, "guichet_lookups_refused_total") == b"2"


@contextmanager
def served(chosen: Settings, log: Path) -> Iterator[str]:
    """A web server of our own, as platforms start it; its address."""
    port = ports.free("127.0.0.1", random.Random())  # noqa: S311  a port is no secret
    mine = chosen.model_copy(update={"port": port})
    program = [sys.executable, *web.server(mine)]
    process = Process("web", program, environment.of(mine, os.environ), log)
    process.start()
    try:
        base = f"http://127.0.0.1:{port}"
        process.until(lambda: fetched(f"{base}/healthz") != "", 60)
        yield base
    finally:
        process.stop()


def fetched(url: str, form: dict[str, str] | None = None) -> str:
    """The body of an answer; empty when there is none."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, urlencode(form).encode() if form else None, timeout=10) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def test_two_web_servers_give_the_figures_of_both(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Two real processes, a call at each; within seconds either of them tells of two calls."""
    chosen = settings(valkey_url, sqlite_url, tmp_path)
    tail = Addresses("", Seals.from_text(chosen.keys.get_secret_value()), ("1",)).hook(
        "africastalking", "ussd"
    )
    with ExitStack() as up:
        bases = [up.enter_context(served(chosen, tmp_path / f"{n}.log")) for n in (1, 2)]
        for number, base in enumerate(bases, start=1):
            form = {
                "sessionId": f"call-{number}",
                "phoneNumber": f"+92300000000{number}",
                "networkCode": "99999",
                "serviceCode": CODE,
                "text": "",
            }
            assert fetched(f"{base}{tail}", form).startswith("CON ")

        def told_of_both(base: str) -> Callable[[], bool]:
            def told() -> bool:
                page = parsed(fetched(f"{base}/metrics"))
                calls = page.value("guichet_sessions_open")
                return calls == page.total("guichet_hook_seconds_count", kind="ussd") == 2

            return told

        assert all(holds(told_of_both(base), 20) for base in bases)


# What waits in SQL


def test_the_outbox_is_told_by_lane_and_place_with_the_age_of_the_oldest(
    database_url: str, valkey_url: str
) -> None:
    """Due, waiting, held and dead are told apart; what is done is not counted."""
    with working(database_url, valkey_url) as world:
        for number in range(6):
            world.promise(asked(draft=f"draft {number}"), notice=number == 0)
            world.clock.pass_by(timedelta(seconds=10))
        now, lease = world.clock(), timedelta(minutes=1)
        with world.database.write() as conn:
            rows = [one.subject for one in outbox.claim(conn, REGISTRY, now, lease, 4, b"ours")]
            outbox.done(conn, REGISTRY, b"ours", rows[:1])
            outbox.dead(conn, REGISTRY, b"ours", {rows[1]: "unavailable"})
            later = now + timedelta(hours=1)
            outbox.again(conn, REGISTRY, b"ours", [outbox.Setback(rows[2], "unavailable", later)])
        metrics = Metrics(
            world.context.redis, world.database, Tallies(world.context.redis), world.clock, ""
        )
        page = parsed(metrics.page())
    rows_of = {
        state: page.value("guichet_outbox_rows", lane=REGISTRY, state=state)
        for state in figures.PLACES
    }
    assert rows_of == {"due": 2, "waiting": 1, "held": 1, "dead": 1}
    age = "guichet_outbox_oldest_seconds"
    assert page.value(age, lane=REGISTRY, state="due") == 20
    assert page.value(age, lane=AFRICASTALKING, state="due") == 60
    assert page.value("guichet_messages_last_day", state="queued") == 1
    assert page.value("guichet_requests_last_day", kind="complaint", state="stored") == 6


def test_only_the_last_day_is_counted(database_url: str) -> None:
    """What a scrape costs does not grow with the years."""
    with connected(database_url) as database:
        new = asked()
        alone = replace(worded(new)(uuid7(NOW, RANDOM), "0000000000"), request=None)
        with database.write() as conn:
            messages.queue(conn, SEALS, alone, NOW, RANDOM)
        with database.read() as conn:
            fresh = figures.look(conn, NOW + timedelta(hours=24))
            old = figures.look(conn, NOW + timedelta(hours=24, milliseconds=1))
    assert (fresh.messages, old.messages) == ({"queued": 1}, {})


def test_the_first_id_of_a_moment_is_not_above_any_made_then() -> None:
    """Nor below one that was made before."""
    earlier = NOW - timedelta(milliseconds=1)
    assert uuid7(earlier, lambda n: b"\xff" * n) < first_id(NOW) <= uuid7(NOW, bytes)


def test_sql_is_looked_at_once_for_all_who_ask_together(database_url: str, valkey_url: str) -> None:
    """Whoever asks within five seconds sees the same look; after that there is a new one."""
    with working(database_url, valkey_url) as world:
        redis = world.context.redis
        metrics = Metrics(redis, world.database, Tallies(redis), world.clock, "")
        due = {"lane": REGISTRY, "state": "due"}
        assert parsed(metrics.page()).value("guichet_outbox_rows", **due) == 0
        world.promise(asked())
        assert parsed(metrics.page()).value("guichet_outbox_rows", **due) == 0
        world.clock.pass_by(timedelta(seconds=5))
        assert parsed(metrics.page()).value("guichet_outbox_rows", **due) == 1


def test_who_is_away_is_told_by_name(database_url: str, valkey_url: str) -> None:
    """As web and workers know it in Redis; what nobody knows of is well."""
    with working(database_url, valkey_url) as world:
        redis = world.context.redis
        names: tuple[list[str], list[str]] = (["grm", "nser"], ["africastalking", "twilio"])
        metrics = Metrics(redis, world.database, Tallies(redis), world.clock, "", *names)

        def seconds() -> float:
            return world.clock().timestamp()

        breaker = Breaker(SharedText(redis, lanes.breaker("grm"), seconds), seconds)
        for _ in range(MOST):
            breaker.failed(1.0, 1.0)
        channels.tell(redis, "twilio", [Suspended("20005")], world.clock())
        page = parsed(metrics.page())
        assert page.value("guichet_registry_away", registry="grm") == 1
        assert page.value("guichet_registry_away", registry="nser") == 0
        assert page.value("guichet_channel_shut", provider="twilio") == 1
        assert page.value("guichet_channel_shut", provider="africastalking") == 0


# A part is away


def test_without_redis_what_sql_holds_is_still_told(sqlite_url: str) -> None:
    """A gauge says which part does not answer."""
    away = live.connected("redis://127.0.0.1:1")
    with connected(sqlite_url) as database:
        page = parsed(Metrics(away, database, Tallies(away), Clock(), "").page())
    assert page.value("guichet_up", part="redis") == 0
    assert page.value("guichet_up", part="database") == 1
    assert page.value("guichet_outbox_rows", lane=REGISTRY, state="due") == 0
    assert "guichet_turns_total" not in page.kinds


def test_without_the_database_what_redis_holds_is_still_told(valkey_url: str) -> None:
    """The other way round."""
    with (
        connected("postgresql://nobody@127.0.0.1:1/none") as database,
        Redis.from_url(valkey_url) as redis,
    ):
        redis.hset("turns", "home.menu", 3)
        page = parsed(Metrics(redis, database, Tallies(redis), Clock(), "").page())
    assert page.value("guichet_up", part="database") == 0
    assert page.value("guichet_turns_total", screen="home.menu") == 3
    assert "guichet_outbox_rows" not in page.kinds


# Who may see it


@pytest.mark.parametrize(
    ("token", "shown", "status"),
    [
        ("", "", 200),
        ("", "Bearer anything", 200),
        ("right", "Bearer right", 200),
        ("right", "Bearer wrong", 401),
        ("right", "right", 401),
        ("right", "", 401),
        ("right", "Bearer r\u00edght", 401),
    ],
)
def test_a_token_is_asked_for_where_one_is_set(
    token: str,
    shown: str,
    status: int,
    line: Line,
    valkey_url: str,
    sqlite_url: str,
    tmp_path: Path,
) -> None:
    """Over HTTP, in the type Prometheus knows the format by; whoever may not see it sees nothing."""
    chosen = settings(valkey_url, sqlite_url, tmp_path)
    app = create_app(
        chosen.model_validate({**chosen.model_dump(), "metrics_token": token}), line.hooks
    )
    answer = app.test_client().get("/metrics", headers={"Authorization": shown} if shown else {})
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert parsed(answer.text).value("guichet_up", part="redis") == 1
    else:
        assert (answer.text, answer.headers["WWW-Authenticate"]) == ("", "Bearer")


def test_nobody_is_in_the_figures(line: Line) -> None:
    """Neither a number, an ID, a word, a conversation nor a reference, whatever was typed."""
    line.begin()
    line.presses("1", HER_ID)
    line.dial()
    said = line.presses("3", "3", "They sent me away", "1")
    reference = "".join(said.split("Your number is ")[1].split(".")[0].split())
    page = watched(line).page()
    for secret in (PHONE, PHONE[-6:], HER_ID, "sent me away", reference, AMINA, line.session):
        assert secret not in page


# The format


def test_what_a_label_says_cannot_end_it() -> None:
    """Quotes, backslashes and line ends are written as the format wants them."""
    said = written([Family("f", "gauge", 'a\\b\n"c"', (Sample({"l": 'x"\\\ny'}, 0.5),))])
    assert said == '# HELP f a\\\\b\\n"c"\n# TYPE f gauge\nf{l="x\\"\\\\\\ny"} 0.5\n'
    assert parsed(said).kinds == {"f": "gauge"}


def test_what_another_release_counted_does_not_spoil_the_page(line: Line) -> None:
    """A name nobody knows, too few labels, a bound that is gone: left out, or taken as infinite."""
    line.hooks.redis.hset(
        KEY,
        mapping={
            "guichet_gone_total x": 1,
            "guichet_registry_seconds apply 0.5": 1,
            "guichet_registry_seconds apply answered 0.123": 2,
        },
    )
    page = scraped(line)
    called = {"call": "apply", "outcome": "answered"}
    assert page.value("guichet_registry_seconds_count", **called) == 2
    assert page.value("guichet_registry_seconds_bucket", **called, le="30") == 0
    assert "guichet_gone_total" not in page.kinds
