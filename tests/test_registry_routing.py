"""Several registries behind one port: who is asked about what, and what one that is away keeps from
the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from registry_client import connect
from registry_client.breaker import MOST, Alone, Breakers
from registry_client.configuration import ConfigurationError, configured, keepers
from registry_client.port import Away, NotSupported, Registry, StillAway, Unavailable
from registry_client.routing import CALLS, KEPT, Kept, routed
from settings import Settings

PEOPLE = (
    '[[registry]]\nname = "people"\nurl = "http://people.example"\nkeeps = ["people", "desks"]\n'
)
REST = '[[registry]]\nname = "mis"\nurl = "http://mis.example"\n'
GRM = '[[registry]]\nname = "grm"\nurl = "http://grm.example"\nkeeps = ["complaints"]\n'


@dataclass
class Keeper:
    """Says its name, whatever it is asked, or does not answer."""

    name: str
    down: bool = False

    def __getattr__(self, call: str) -> Any:
        def answer(*_: object, **__: object) -> str:
            if self.down:
                raise Unavailable(call)
            return self.name

        return answer


def as_registry(name: str, *, down: bool = False) -> Registry:
    """A registry that only says its name."""
    return cast("Registry", Keeper(name, down))


def who(one: Registry, call: str) -> str:
    """Who answers this call."""
    return str(getattr(one, call)("1", timeout=1, trace="t"))


def of(tmp_path: Path, text: str) -> Settings:
    """Settings with this file of registries."""
    file = tmp_path / "registries.toml"
    file.write_text(text, "utf-8")
    return Settings(registries=str(file))


def test_every_call_of_the_port_is_about_one_kind_of_record() -> None:
    """A call that is added to the port has to be given to somebody."""
    port = {name for name in vars(Registry) if not name.startswith("_")}
    calls = [call for calls in CALLS.values() for call in calls]
    assert sorted(calls) == sorted(port)
    assert set(CALLS) == set(KEPT)


def test_each_call_goes_to_whoever_keeps_that_record() -> None:
    """And what nobody keeps is not supported."""
    kept: dict[Kept, Registry] = {"people": as_registry("nser"), "complaints": as_registry("grm")}
    one = routed(kept)
    assert who(one, "find_person") == "nser"
    assert who(one, "complaint_status") == "grm"
    with pytest.raises(NotSupported):
        one.payments("1", timeout=1, trace="t")


def test_the_file_says_who_keeps_what(tmp_path: Path) -> None:
    """Who says nothing keeps the rest."""
    named = configured(of(tmp_path, PEOPLE + REST + GRM), {})
    kept = keepers([one.registry for one in named])
    assert kept == dict.fromkeys(KEPT, "mis") | {
        "people": "people",
        "desks": "people",
        "complaints": "grm",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            PEOPLE + GRM.replace("complaints", "desks"),
            "registries.toml: people and grm both keep desks: leave it to one",
        ),
        (
            REST + REST.replace("mis", "second"),
            "registries.toml: mis and second both keep the rest: say what each keeps",
        ),
    ],
)
def test_two_registries_never_keep_the_same(tmp_path: Path, text: str, said: str) -> None:
    """Which of two answers would be the true one?"""
    with pytest.raises(ConfigurationError) as error:
        configured(of(tmp_path, text), {})
    assert str(error.value) == said


def test_one_registry_that_is_away_keeps_no_other_from_being_asked(tmp_path: Path) -> None:
    """Each has a breaker of its own; a lane is worth draining while one of them is well."""
    breakers = Breakers(lambda _: Alone(), lambda: 1000.0)

    def guard(name: str, _: Registry) -> Registry:
        return breakers.guard(name, as_registry(name, down=name == "grm"))

    one = connect(of(tmp_path, PEOPLE + REST + GRM), guard)
    for _ in range(MOST - 1):
        with pytest.raises(Unavailable):
            one.complaint_status("1", timeout=1, trace="t")
    with pytest.raises(StillAway):
        one.complaint_status("1", timeout=1, trace="t")
    with pytest.raises(Away):
        one.complaint_status("1", timeout=1, trace="t")
    assert who(one, "application_status") == "mis"
    assert who(one, "desk") == "people"
    assert breakers.most(1, 100) == 100


def test_a_single_registry_that_keeps_one_thing_is_asked_about_no_other(tmp_path: Path) -> None:
    """It would not know what it is asked."""
    one = connect(of(tmp_path, GRM), lambda name, _: as_registry(name))
    assert who(one, "complaint_status") == "grm"
    with pytest.raises(NotSupported):
        one.find_person("1", timeout=1, trace="t")
