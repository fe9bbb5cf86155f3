"""SMS sent a second by one worker, with its ledger, beside the bare client: on databases that are nobody's and a
carrier of our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks.carrying import Carried, Task
from benchmarks.promises import office, pointed, rate, told
from benchmarks.sending import Ways
from settings import Settings
from store import migrations

NUMBER = 1000
"""Messages a round and way."""


@dataclass(frozen=True, slots=True)
class Line:
    """One database: medians over the rounds. Rates are messages a second; the second pair is of one text to all."""

    database: str
    client: float
    lane: float
    to_client: float
    """The lane's rate by that of the bare client, in the same round."""
    client_alike: float
    lane_alike: float
    to_client_alike: float
    wrong: int


def measured(settings: Settings, databases: Mapping[str, str], rounds: int) -> tuple[Line, ...]:
    """One line a database, by name and address; each is migrated, and filled."""
    with office("carrier") as carrier:
        found = []
        for name, url in databases.items():
            migrations.upgrade(url)
            worker = pointed(
                settings,
                url,
                registry_url=carrier.url,
                africastalking_url=carrier.url,
                africastalking_username="sandbox",
            )
            found.append(line(name, [_ways(worker, f"{name} {one}") for one in range(rounds)]))
        return tuple(found)


def line(name: str, rounds: list[Ways]) -> Line:
    """What was seen, in figures."""
    return Line(
        name,
        client=median(rate(one.client) for one in rounds),
        lane=median(rate(one.lane) for one in rounds),
        to_client=median(rate(one.lane) / rate(one.client) for one in rounds),
        client_alike=median(rate(one.client_alike) for one in rounds),
        lane_alike=median(rate(one.lane_alike) for one in rounds),
        to_client_alike=median(rate(one.lane_alike) / rate(one.client_alike) for one in rounds),
        wrong=sum(
            way.wrong
            for one in rounds
            for way in (one.client, one.lane, one.client_alike, one.lane_alike)
        ),
    )


def _ways(settings: Settings, run: str) -> Ways:
    """One round, in a process of its own. Raises Trouble when it fails."""
    said = told("benchmarks.sending", settings, Task(NUMBER, run))
    ways = ("client", "lane", "client_alike", "lane_alike")
    return Ways(*(Carried(**said[way]) for way in ways))
