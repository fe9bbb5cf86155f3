"""The way to a provider, shared by all workers: shut when it fails, paused when the account is
stopped, no faster than agreed, and a second one for what failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from redis import Redis
from sqlalchemy import select
from structlog.testing import capture_logs

from gateway.providers import (
    Accepted,
    NoRoute,
    OutOfHours,
    Rejected,
    SendError,
    Suspended,
    Throttled,
    Uncertain,
    Unreachable,
)
from settings import Settings
from store import live, messages
from store.tables import messages as table
from tests.lanes import carry, later, owe, says, with_
from tests.stored import NOW
from tests.working import Carrier, World, working
from workers import channels
from workers.channels import LEAST, LONGEST, PAUSE, ROW, SHUT, TRIAL
from workers.patience import STALE, next_hour

NAME = "africastalking"
DEAD = [Unreachable("http_503")]
WELL = [Accepted("AT-1")]
STOPPED = [Suspended("405")]


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    """Promises an empty Valkey."""
    with Redis.from_url(valkey_url) as found:
        yield found


@pytest.fixture
def world(database_url: str, valkey_url: str) -> Iterator[World]:
    """Promises a worker's world on each kind of database."""
    with working(database_url, valkey_url) as made:
        yield made


def go(redis: Redis, at: float = 0, wanted: int = 100, rate: float = 0) -> int:
    """How many may leave, so many seconds later."""
    return channels.admit(redis, NAME, wanted, rate, NOW + timedelta(seconds=at)).go


def tell(redis: Redis, results: Sequence[Accepted | SendError], at: float = 0) -> list[str]:
    """What a batch came to, so many seconds later; the events logged."""
    with capture_logs() as logged:
        channels.tell(redis, NAME, results, NOW + timedelta(seconds=at))
    return [entry["event"] for entry in logged]


def shut(redis: Redis) -> None:
    """Three failed calls."""
    for _ in range(ROW):
        tell(redis, DEAD)


# The switch


def test_three_failed_calls_in_a_row_shut_a_channel_for_all(redis: Redis) -> None:
    """Logged once; two with an answer between do not."""
    assert [tell(redis, DEAD), tell(redis, WELL), tell(redis, DEAD), tell(redis, DEAD)] == [[]] * 4
    assert go(redis) == 100
    assert tell(redis, DEAD) == ["channel.shut"]
    assert (go(redis), go(redis, SHUT.total_seconds() - 1)) == (0, 0)


def test_one_message_tries_a_channel_whose_time_is_over(redis: Redis) -> None:
    """Nobody else does meanwhile; its success opens it."""
    shut(redis)
    assert (go(redis, 30), go(redis, 30), go(redis, 31)) == (1, 0, 0)
    assert tell(redis, WELL, 32) == ["channel.resumed"]
    assert go(redis, 32) == 100


def test_a_trial_that_fails_doubles_the_wait(redis: Redis) -> None:
    """30 s, 1, 2, 4 min, then 5 min each time."""
    shut(redis)
    at = SHUT.total_seconds()
    for wait in (60, 120, 240, *[LONGEST.total_seconds()] * 3):
        assert go(redis, at) == 1
        assert tell(redis, DEAD, at) == []
        assert go(redis, at + wait - 1) == 0
        at += wait


def test_a_trial_whose_worker_dies_is_followed_by_another(redis: Redis) -> None:
    """After a minute without a word."""
    shut(redis)
    assert go(redis, 30) == 1
    assert go(redis, 30 + TRIAL.total_seconds() - 1) == 0
    assert go(redis, 30 + TRIAL.total_seconds()) == 1


def test_calls_that_began_before_it_was_shut_move_nothing(redis: Redis) -> None:
    """Neither lengthen the wait nor end it."""
    shut(redis)
    tell(redis, DEAD)
    tell(redis, DEAD)
    tell(redis, WELL)
    assert (go(redis, 29), go(redis, 30)) == (0, 1)


def test_a_stopped_account_pauses_the_channel_with_one_error(redis: Redis) -> None:
    """Every worker hears it from its own call; it is logged once, and again for another reason."""
    assert tell(redis, STOPPED) == ["channel.paused"]
    assert tell(redis, STOPPED) == []
    assert go(redis, PAUSE.total_seconds() - 1) == 0
    assert go(redis, PAUSE.total_seconds()) == 1
    assert tell(redis, STOPPED, PAUSE.total_seconds()) == []
    assert tell(redis, [Suspended("20003")], PAUSE.total_seconds()) == ["channel.paused"]


@pytest.mark.parametrize(
    ("results", "judged"),
    [
        ([], ("", "")),
        ([Unreachable("not_tried")], ("", "")),
        ([Accepted("1"), Unreachable("500")], ("well", "")),
        ([Rejected("403"), Unreachable("not_tried")], ("well", "")),
        ([NoRoute("402")], ("well", "")),
        ([OutOfHours("409")], ("well", "")),
        ([Uncertain("ReadTimeout"), Unreachable("not_tried")], ("failed", "ReadTimeout")),
        ([Throttled("http_429")], ("failed", "http_429")),
        ([Accepted("1"), Suspended("405")], ("stopped", "405")),
    ],
)
def test_a_batch_says_of_its_provider(
    results: list[Accepted | SendError], judged: tuple[str, str]
) -> None:
    """Whoever answers about one message is there; what was not tried says nothing."""
    assert channels.judged(results) == judged


# The rate


def test_no_second_has_more_than_its_rate(redis: Redis) -> None:
    """Ten a second: ten at once, then one each tenth; an idle minute saves up no more than a
    second.
    """
    assert (go(redis, rate=10), go(redis, rate=10)) == (10, 0)
    assert [go(redis, 0.1 * tenth, rate=10) for tenth in (1, 2, 3)] == [1, 1, 1]
    assert go(redis, 60, rate=10) == 10


def test_a_rate_below_one_lets_one_go_at_a_time(redis: Redis) -> None:
    """One each two seconds."""
    assert [go(redis, at, rate=0.5) for at in (0, 1, 2, 3, 4)] == [1, 0, 1, 0, 1]


def test_what_is_held_back_is_told_when_to_come(redis: Redis) -> None:
    """The wait is that of the next place."""
    admitted = channels.admit(redis, NAME, 15, 10, NOW)
    assert (admitted.go, admitted.wait, admitted.why) == (10, timedelta(milliseconds=100), "")


def test_without_redis_there_is_no_limit() -> None:
    """Nothing wakes a worker then anyhow; nothing is called sick."""
    with live.connected("redis://127.0.0.1:9") as nowhere:
        assert channels.admit(nowhere, NAME, 7, 1, NOW).go == 7
        channels.tell(nowhere, NAME, WELL, NOW)
        assert not channels.sick(nowhere, NAME, NOW)


def test_a_rate_is_read_by_provider() -> None:
    """As docs/settings.md writes it; nonsense is refused."""
    read = Settings.model_validate({"sms_rates": "twilio=1, africastalking=0.5"})
    assert read.rates == {"twilio": 1.0, "africastalking": 0.5}
    for wrong in ("twilio", "twilio=fast", "twilio=1,twilio=2", "twilio=-1"):
        with pytest.raises(ValueError, match="each provider once"):
            Settings.model_validate({"sms_rates": wrong})


# In the lane


def texts(number: int) -> list[str]:
    """So many texts."""
    return [f"Dear {one}" for one in range(number)]


def test_a_dead_provider_costs_a_trial_and_not_every_rows_attempts(world: World) -> None:
    """Of many rows a few calls are made; then one message tries each time; all are sent once it is
    back.
    """
    says(world.carrier, Unreachable("refused"))
    owe(world, *["All are invited"] * 130)
    carry(world)
    tried = len(world.carrier.batches)
    assert tried <= ROW
    assert sum(len(batch) for batch in world.carrier.batches) == 130
    for _ in range(4):
        later(world, seconds=40)
    assert all(len(batch) == 1 for batch in world.carrier.batches[tried + ROW :])
    assert len(world.carrier.batches) <= tried + ROW + 3
    says(world.carrier, Accepted("AT-1"))
    for _ in range(40):
        later(world, minutes=5)
    assert {state for state, _, _ in world.sms()} == {"sent"}


def test_an_account_without_balance_holds_its_messages_back(world: World) -> None:
    """They wait without losing attempts, one tries every five minutes, and all leave once it is
    topped up.
    """
    says(world.carrier, Suspended("405"))
    owe(world, *texts(5))
    with capture_logs() as logged:
        carry(world)
        for _ in range(20):
            later(world, minutes=5)
    assert [one["event"] for one in logged].count("channel.paused") == 1
    assert {state for state, _, _ in world.sms()} == {"queued"}
    says(world.carrier, Accepted("AT-1"))
    for _ in range(5):
        later(world, hours=3)
    assert {state for state, _, _ in world.sms()} == {"sent"}


def test_what_was_held_back_for_half_a_day_is_given_up(world: World) -> None:
    """An SMS is stale then, and staff decide."""
    says(world.carrier, Suspended("405"))
    owe(world, "Hello", "Bye")
    carry(world)
    world.clock.pass_by(STALE - timedelta(minutes=1))
    carry(world)
    later(world, minutes=2)
    later(world, minutes=10)
    with world.database.read() as conn:
        assert {one.error for one in messages.dead(conn)} == {"405"}


def test_messages_leave_no_faster_than_their_rate(world: World) -> None:
    """Ten at once, the rest within their seconds; each once."""
    with_(world, rates={NAME: 10.0})
    owe(world, *texts(35))
    carry(world)
    assert len(world.carrier.sent) == 10
    for second in (1, 2):
        later(world, seconds=1)
        assert len(world.carrier.sent) <= 10 * (second + 1)
    for _ in range(5):
        later(world, seconds=1)
    assert len(world.carrier.sent) == len(set(world.carrier.sent)) == 35
    assert {state for state, _, _ in world.sms()} == {"sent"}


KARACHI = ZoneInfo("Asia/Karachi")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), datetime(2026, 11, 24, 3, 0, tzinfo=UTC)),
        (datetime(2026, 11, 23, 22, 0, tzinfo=UTC), datetime(2026, 11, 24, 3, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 2, 59, tzinfo=UTC), datetime(2026, 11, 24, 3, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), datetime(2026, 11, 25, 3, 0, tzinfo=UTC)),
    ],
)
def test_the_next_hour_is_the_programmes_own(now: datetime, then: datetime) -> None:
    """Eight in the morning there, whatever the server's clock says."""
    assert next_hour(now, KARACHI, 0.0) == then


def test_do_not_disturb_waits_for_the_morning(world: World) -> None:
    """Not a minute of the night is tried."""
    with_(world, zone=KARACHI)
    says(world.carrier, OutOfHours("409"))
    owe(world, "Hello")
    carry(world)
    says(world.carrier, Accepted("AT-1"))
    assert later(world, hours=17) == 0
    assert later(world, hours=1, minutes=20) == 1
    assert world.sms() == [("sent", "", "Hello")]


# The second provider


@pytest.fixture
def second(world: World) -> Carrier:
    """Promises a second provider that takes everything."""
    carrier = Carrier(name="twilio")
    with_(world, carrier, second="twilio")
    return carrier


def sick(world: World) -> None:
    """Have the first provider fail so often that the second may take over."""
    for _ in range(LEAST):
        channels.tell(world.context.redis, NAME, [NoRoute("402")], NOW)


def why(world: World) -> set[str]:
    """Why messages went by another provider."""
    with world.database.read() as conn:
        return set(conn.execute(select(table.c.again)).scalars())


def test_what_failed_by_a_sick_provider_goes_by_the_second(world: World, second: Carrier) -> None:
    """No way there, for many: the second takes them, and why is kept."""
    sick(world)
    says(world.carrier, NoRoute("402"))
    owe(world, *texts(LEAST))
    carry(world)
    carry(world)
    assert {state for state, _, _ in world.sms()} == {"sent"}
    assert len(second.sent) == LEAST
    assert why(world) == {"africastalking:402"}


def test_one_failure_of_a_healthy_provider_is_not_carried_over(
    world: World, second: Carrier
) -> None:
    """Nine of ten went: the tenth has failed."""
    world.carrier.says = lambda message: (
        NoRoute("402") if message.text == "Dear 3" else Accepted(message.id)
    )
    owe(world, *texts(20))
    carry(world)
    carry(world)
    assert second.sent == []
    assert ("failed", "402", "Dear 3") in world.sms()


@pytest.mark.parametrize(
    ("result", "state"), [(Rejected("403"), "failed"), (Uncertain("ReadTimeout"), "uncertain")]
)
def test_a_wrong_number_and_a_doubt_are_never_carried_over(
    world: World, second: Carrier, result: SendError, state: str
) -> None:
    """However sick the first is."""
    sick(world)
    says(world.carrier, result)
    owe(world, "Hello")
    carry(world)
    carry(world)
    assert second.sent == []
    assert [found for found, _, _ in world.sms()] == [state]


def test_what_waits_before_a_shut_channel_goes_by_the_second(world: World, second: Carrier) -> None:
    """They never left, so nobody gets two."""
    says(world.carrier, Unreachable("refused"))
    owe(world, *texts(30))
    for _ in range(4):
        later(world, seconds=40)
    for _ in range(4):
        later(world, hours=1)
    assert {state for state, _, _ in world.sms()} == {"sent"}
    assert why(world) >= {"africastalking:refused"}
    assert len(second.sent) == 30


def test_the_second_providers_own_failures_come_back_to_nobody(
    world: World, second: Carrier
) -> None:
    """There is no third, and no circle."""
    sick(world)
    says(world.carrier, NoRoute("402"))
    says(second, NoRoute("21612"))
    owe(world, *texts(LEAST))
    for _ in range(3):
        carry(world)
    assert {(state, reason) for state, reason, _ in world.sms()} == {("failed", "21612")}
    assert len(second.sent) == LEAST
