"""The bench's own arithmetic, its deliveries and its table. How fast anything is, is never tested."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

import pytest
from werkzeug.test import Client

from benchmarks import carrying, load, promises, sending, texts
from benchmarks.carrying import Carried, Task, Ways
from benchmarks.figures import Line, Round, line, percentile, ratio
from benchmarks.floors import ANSWER, PATH, bare_callable, flask_route
from benchmarks.held import Held
from benchmarks.load import Order
from benchmarks.processors import ticks
from benchmarks.table import BARE, FLASK, OURS, Report, as_json, shown
from benchmarks.walk import MEETING, PHONES, SESSION, WALK, presses, session_id
from commands import bench
from settings import Settings
from tests.counterpart import Say, counterpart
from tests.line import opened
from tests.stored import KEYS


def a_round(presses: int, seconds: float, wrong: int = 0, cpu: float = math.nan) -> Round:
    """A round of so many presses; its latencies are a thousandth of its seconds."""
    return Round(presses, wrong, seconds, seconds / 1000, seconds / 500, seconds / 10, cpu)


def a_line(name: str, threads: int, rate: float, wrong: int = 0) -> Line:
    """A line of the table that is as fast as that."""
    return Line(name, threads, rate, 0.001, 0.004, 0.0002, 0.3, wrong)


def a_report(*lines: Line) -> Report:
    """A report of these lines."""
    held = (Held(1, 10.0, 5, 0.01, 8.0, 0), Held(8, 2.1, 600, 0.001, 0.03, 0))
    return Report("3.11.2", 2, 0.5, 1.5, 2.0, 3, lines, held)


# Figures


@pytest.mark.parametrize(
    ("count", "share", "is_"),
    [
        (1, 0.5, 1),
        (2, 0.5, 1),
        (3, 0.5, 2),
        (100, 0.5, 50),
        (100, 0.99, 99),
        (1000, 0.99, 990),
        (3, 0.99, 3),
    ],
)
def test_a_percentile_is_the_nearest_rank(count: int, share: float, is_: int) -> None:
    """Of 1, 2, 3 ... the value that so many do not exceed: always one that was measured."""
    assert percentile(range(1, count + 1), share) == is_


def test_the_percentile_of_nothing_is_infinite() -> None:
    """A server that never answered is not a fast one."""
    assert percentile([], 0.99) == math.inf


def test_a_line_is_the_median_of_its_rounds_and_forgets_no_wrong_answer() -> None:
    """One disturbed round moves nothing; one wrong answer stays."""
    rounds = [
        a_round(100, 1.0, cpu=0.02),
        a_round(400, 2.0, cpu=0.08),
        a_round(10, 10.0, wrong=1, cpu=0.01),
    ]
    made = line("x", 8, rounds)
    assert (made.rate, made.p50, made.p99) == (100, 0.002, 0.004)
    assert made.cost == pytest.approx(0.0002)
    assert made.client == pytest.approx(0.1)
    assert made.wrong == 1


def test_a_ratio_compares_equal_numbers_of_threads() -> None:
    """What was not measured beside it is not a number, rather than a guess."""
    lines = [a_line(FLASK, 1, 200), a_line(OURS, 1, 300), a_line(OURS, 8, 100)]
    assert ratio(lines, lines[1], FLASK) == 1.5
    assert math.isnan(ratio(lines, lines[2], FLASK))


def test_processor_time_is_that_of_one_process_group() -> None:
    """A program may be called anything, also `) 1 2`: fields are counted behind the last bracket."""
    stat = "4711 (granian) 1 (x) S 1 42 42 0 -1 4194560 100 0 0 0 300 25 7 8 20 0 4 0 1000 1 1"
    assert (ticks(stat, 42), ticks(stat, 43)) == (325, 0)


# What is pressed


def test_the_walk_is_what_the_service_says(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """A stranger is met once; then every step of the walk is answered as the bench expects, twice over."""
    with opened(valkey_url, sqlite_url, tmp_path) as phone:
        for number, steps in enumerate((MEETING, WALK, WALK)):
            for text, expected in steps:
                answer = phone.post("ussd", phone.form(text, session_id("walk", number)))
                assert answer.body.startswith(expected)


def test_a_prepared_delivery_is_a_whole_request() -> None:
    """The length announced is the length that follows, whichever session it is."""
    for press in presses("/in/x", "127.0.0.1:1", PHONES[7], WALK):
        request = press.before + session_id("run", 12).encode() + press.after
        head, _, body = request.partition(b"\r\n\r\n")
        assert b"Content-Length: %d" % len(body) in head
        assert b"phoneNumber=%2B923000000007" in body


def test_every_caller_has_a_session_of_its_own() -> None:
    """Ids differ within a run and between runs, and are all of one length."""
    runs = ("0t1x", "1t1x")
    ids = [
        one for run in runs for one, _ in islice(load.sessions(Order("h", 1, "/", run, 1.0)), 1000)
    ]
    assert len(set(ids)) == 2000
    assert {len(one) for one in ids} == {SESSION}


@pytest.mark.parametrize(
    ("heard", "body"),
    [
        (b"", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nCO", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nCON", b"CON"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nx: y\r\n\r\nCON", b"CON"),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", b""),
    ],
)
def test_an_answer_is_whole_when_its_length_says_so(heard: bytes, body: bytes | None) -> None:
    """However the network cuts it."""
    assert load.whole(heard) == body


@pytest.mark.parametrize(
    ("said", "wrong"), [(b"CON right\n1 Yes", False), (b"END We are sorry", True)]
)
def test_the_load_holds_every_answer_against_what_it_must_be(said: bytes, wrong: bool) -> None:
    """A server that answers fast and wrong is found out."""
    with counterpart(Say(said, type="text/plain")) as server:
        place = urlsplit(server.url)
        order = Order(
            place.hostname or "",
            place.port or 0,
            PATH,
            "r",
            0.05,
            connections=4,
            answer="CON right",
        )
        seen = load.measured(order)
    assert seen.presses == len(server.got) > 0
    assert seen.wrong == (seen.presses if wrong else 0)


def test_a_server_that_hangs_up_is_wrong() -> None:
    """A cut connection is a press without an answer, and ends that caller."""
    with counterpart(Say(how="cut")) as server:
        place = urlsplit(server.url)
        seen = load.measured(
            Order(place.hostname or "", place.port or 0, PATH, "r", 0.05, connections=2)
        )
    assert (seen.presses, seen.wrong) == (2, 2)


@pytest.mark.parametrize("app", [flask_route(), bare_callable()], ids=["flask", "bare"])
def test_what_a_press_is_held_against_reads_the_form_and_answers(app: object) -> None:
    """The floors do the little they claim to do."""
    answer = Client(app).post(PATH, data={"sessionId": "1", "text": ""})  # type: ignore[arg-type]
    assert (answer.status_code, answer.text) == (200, ANSWER)


# What is shown


def test_the_table_shows_ratios_before_absolute_figures_and_names_the_marks() -> None:
    """1.6 times Flask reaches its mark, 0.5 times does not, and what was not measured is said."""
    lines = [
        a_line(OURS, 1, 320),
        a_line(FLASK, 1, 200),
        a_line(BARE, 1, 3200),
        a_line(OURS, 8, 100),
        a_line(FLASK, 8, 200),
    ]
    text = "\n".join(shown(a_report(*lines)))
    assert text.index("x Flask") < text.index("press/s")
    assert "1 thread: 1.60 x, reached" in text
    assert "8 threads: 0.50 x, MISSED" in text
    assert "not measured here" in text
    assert "load average 0.5 before" in text
    assert "WRONG" not in text


def test_a_wrong_answer_is_the_last_thing_said() -> None:
    """Nobody reads figures of a service that answered wrong."""
    report = a_report(a_line(OURS, 1, 320, wrong=2))
    assert report.wrong == 2
    assert "WRONG: 2" in list(shown(report))[-1]


def test_the_report_for_machines_has_no_figure_that_json_lacks() -> None:
    """What is not a number is null."""
    report = json.loads(json.dumps(as_json(a_report(a_line(OURS, 1, 320))), allow_nan=False))
    assert report["lines"][0]["times_flask"] is None
    assert report["lines"][0]["rate"] == 320
    assert [one["threads"] for one in report["held"]] == [1, 8]


# Promises carried


def carried(number: int, seconds: float, wrong: int = 0) -> Carried:
    """So many in so many seconds, half of them worked."""
    return Carried(number, seconds, seconds / 2, wrong)


def a_line_of_promises(wrong: int = 0) -> promises.Line:
    """Three rounds; the lane is half as fast as our loop, and 0.8 times as fast as a plain one."""
    rounds = [
        Ways(carried(100, 0.8 * times), carried(100, 0.5 * times), carried(100, 1.0 * times, wrong))
        for times in (1, 2, 10)
    ]
    return promises.line("SQLite", rounds, [0.01] * 19 + [0.5])


def test_a_line_of_promises_holds_each_round_against_itself() -> None:
    """A round that was disturbed moves the rates, and not the ratios; one slow promise in twenty is not the p95."""
    made = a_line_of_promises(wrong=1)
    assert made.to_plain == pytest.approx(0.8)
    assert made.to_loop == pytest.approx(0.5)
    assert (made.lane, made.plain, made.loop) == (50, 62.5, 100)
    assert (made.cost_of_lane, made.cost_of_loop) == (0.01, 0.005)
    assert (made.idle_p50, made.idle_p95) == (0.01, 0.01)
    assert made.wrong == 3


def test_the_table_names_the_marks_of_promises() -> None:
    """0.8 of a plain loop reaches its mark, fifty a second does not; a wrong one is said last."""
    report = replace(a_report(a_line(OURS, 1, 320)), promises=(a_line_of_promises(wrong=1),))
    text = "\n".join(shown(report))
    assert "SQLite, 0.6 x a plain loop: 0.80 x, reached" in text
    assert "SQLite, 2,000 a second: 50, MISSED" in text
    assert "SQLite, p95 under 100 ms: 10.0 ms, reached" in text
    assert "WRONG: 3" in list(shown(report))[-1]


def test_all_three_ways_carry_the_same_promises(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    """The plain loop, our client in a loop, and a worker's drain: every one is acknowledged, on each database."""
    with promises.office() as registry:
        settings = Settings(
            var=tmp_path,
            database_url=database_url,
            redis_url=valkey_url,
            keys=KEYS,
            registry_url=registry.url,
        )
        ways = carrying.measured(Task(250, "test"), settings, perf_counter)
        assert [way.wrong for way in (ways.plain, ways.loop, ways.lane)] == [0, 0, 0]
        calls, last = registry.handed()
    assert (calls, last > 0) == (750, True)


def test_a_worker_and_the_bare_client_send_the_same_messages(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    """Each with a text of its own, and one text to all: every one leaves, on each database."""
    with promises.office("carrier") as carrier:
        settings = Settings(
            var=tmp_path,
            database_url=database_url,
            redis_url=valkey_url,
            keys=KEYS,
            registry_url=carrier.url,
            africastalking_url=carrier.url,
            africastalking_username="sandbox",
            africastalking_key="evidently-fake",
        )
        ways = sending.measured(Task(120, "test"), settings, perf_counter)
    every = (ways.client, ways.lane, ways.client_alike, ways.lane_alike)
    assert [(way.number, way.wrong) for way in every] == [(120, 0)] * 4
    line = texts.line("SQLite", [ways])
    assert line.to_client == pytest.approx(line.lane / line.client)
    assert line.wrong == 0


@pytest.mark.parametrize("given", ["0", "-1", "21", "nan", "inf", "x", ""])
def test_seconds_that_make_no_sense_are_refused(given: str) -> None:
    """A round is a tenth of a second to twenty seconds."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    bench.arguments(parser)
    with pytest.raises(argparse.ArgumentError, match=r"seconds from 0\.1 to 20"):
        parser.parse_args([f"--seconds={given}"])
