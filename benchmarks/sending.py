"""What sending an SMS costs: one worker's drain, with its ledger, beside a loop over the official client that keeps
nothing.

`python -m benchmarks.sending` reads a Task as JSON from standard input and prints Ways as JSON. The database it is
given is filled and must be nobody's; its carrier is Africa's Talking's.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from time import perf_counter, process_time

import structlog
from sqlalchemy import func, select

from benchmarks.carrying import TOGETHER, Carried, Task
from gateway.providers.africastalking import NAME, SmsService
from settings import Settings
from store import lanes, messages
from store.clock import now
from store.messages import NewMessage
from store.tables import messages as message_rows
from workers import messages_lane, wiring
from workers.context import Context
from workers.drain import drain

SAID = "Your payment of September is ready at Sample Bank. It is free."


@dataclass(frozen=True, slots=True)
class Ways:
    """The same messages sent four ways, one after the other: each with a text of its own, by the client and by a
    worker; then one text to all, by the client a hundred numbers a call, and by a worker.
    """

    client: Carried
    lane: Carried
    client_alike: Carried
    lane_alike: Carried


def measured(task: Task, settings: Settings, clock: Callable[[], float]) -> Ways:
    """Send so many messages each way."""
    context = wiring.world(settings, lambda: False)
    client = SmsService(
        settings.africastalking_username,
        settings.africastalking_key.get_secret_value(),
        settings.africastalking_url,
    )
    numbers = [f"+92300{number:07d}" for number in range(task.number)]
    hundreds = [numbers[at : at + 100] for at in range(0, len(numbers), 100)]
    with closing(context.database), context.pool:
        _drained(context)  # what others left there
        return Ways(
            _client(client, [[one] for one in numbers], alike=False, clock=clock),
            _lane(context, task, numbers, alike=False, clock=clock),
            _client(client, hundreds, alike=True, clock=clock),
            _lane(context, task, numbers, alike=True, clock=clock),
        )


def said(number: str, *, alike: bool) -> str:
    """What somebody fictional is told."""
    return SAID if alike else f"{SAID} {number}"


def _client(
    client: SmsService, calls: list[list[str]], *, alike: bool, clock: Callable[[], float]
) -> Carried:
    """Call after call over one connection. Nothing is written down."""
    begun, worked, wrong = clock(), process_time(), 0
    for call in calls:
        answer = client.send(said(call[0], alike=alike), call)
        wrong += len(call) - len(answer["SMSMessageData"]["Recipients"])
    number = sum(map(len, calls))
    return Carried(number, clock() - begun, process_time() - worked, wrong)


def _lane(
    context: Context, task: Task, numbers: list[str], *, alike: bool, clock: Callable[[], float]
) -> Carried:
    """Queue them, and send them as a worker does, wake-up after wake-up; then see what became of them."""
    kind = f"{task.run} {alike}"
    new = [
        NewMessage(
            f"{kind} {one}", one, said(one, alike=alike), "en", NAME, "bench", purpose="answer"
        )
        for one in numbers
    ]
    before = _sent(context)
    for begin in range(0, len(new), TOGETHER):
        with context.database.write() as conn:
            some = new[begin : begin + TOGETHER]
            messages.queue_all(conn, context.seals, some, now(), secrets.token_bytes)
    begun, worked = clock(), process_time()
    _drained(context)
    seconds, worked = clock() - begun, process_time() - worked
    return Carried(len(new), seconds, worked, len(new) - (_sent(context) - before))


def _drained(context: Context) -> None:
    """As a worker does, until nothing is due."""
    while drain(context, lanes.sms(NAME), messages_lane.carry):
        pass


def _sent(context: Context) -> int:
    """How many have left."""
    left = select(func.count()).where(message_rows.c.state == "sent")
    with context.database.read() as conn:
        return int(conn.execute(left).scalar_one())


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    print(json.dumps(asdict(measured(Task(**json.load(sys.stdin)), Settings(), perf_counter))))
