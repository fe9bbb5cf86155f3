"""What each network shows, lets people type, and keeps for itself: carriers.toml, read once at the
start.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time
from pathlib import Path
from typing import Any

from dialogs.engine.fit import PROFILES, SAFE, Profile
from dialogs.engine.render import BACK, HOME, MORE

FILE = Path(__file__).with_name("carriers.toml")
DEFAULTS = "safe"
"""The table that says what no country and no network says."""
PREFIX = len("CON ")
KEPT = frozenset({BACK, MORE, *map(str, range(1, 9))})
"""Keys a carrier cannot keep for itself: no screen does without them."""


class BadCarrier(Exception):
    """carriers.toml cannot be meant like this; the message names the network and the field."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """One network, as carriers.toml describes it."""

    name: str
    country: str
    """ISO 3166."""
    currency: str
    """ISO 4217."""
    networks: tuple[str, ...]
    """What providers report as network code: MCC and MNC."""
    septets: int
    """Characters of a screen in the GSM alphabet."""
    units: int
    """UTF-16 units of a screen in any other script."""
    prefix: bool
    """Whether `CON ` takes of the screen."""
    ucs2: bool
    """Whether scripts outside the GSM alphabet arrive at all."""
    typed: int
    """Characters a citizen can type at most."""
    session: int
    """Seconds after which a call ends, whatever she does."""
    idle: int
    """Seconds after which a call ends where nothing is typed."""
    reserved: frozenset[str]
    """Keys the network keeps for itself."""
    quiet: tuple[time, time]
    """Local hours in which no broadcast is sent: from, to."""
    source: str
    verified: bool
    """Whether the limits of the screen are in a source that is named."""

    @property
    def profile(self) -> Profile:
        """Its screen, named by its limits: carriers with the same limits share one, and a name means
        the same limits in every release.
        """
        off = PREFIX if self.prefix else 0
        septets, units, home = self.septets - off, self.units - off, HOME not in self.reserved
        name = f"{septets}/{units}/{self.typed}"
        name += ("" if home else "-home") + ("" if self.ucs2 else "-ucs2")
        if (septets, units) == (SAFE.septets - SAFE.prefix, SAFE.units - SAFE.prefix) and (
            (self.typed, home, self.ucs2) == (SAFE.typed, SAFE.home, SAFE.ucs2)
        ):
            return SAFE
        return Profile(name, septets, units, typed=self.typed, home=home, ucs2=self.ucs2)


@dataclass(frozen=True, slots=True)
class Carriers:
    """All carriers, by the codes of their networks."""

    by_network: Mapping[str, Carrier]

    def profile(self, network: str) -> Profile:
        """The screen of a network: the safe one where nobody told us of it."""
        known = self.by_network.get(network)
        return known.profile if known else SAFE

    def idle(self, network: str) -> int:
        """Seconds of silence after which its calls end; 0 where nobody told us."""
        known = self.by_network.get(network)
        return known.idle if known else 0

    @property
    def profiles(self) -> Mapping[str, Profile]:
        """Every screen there is, by name: what is proved is what runs."""
        return dict(PROFILES) | {one.profile.name: one.profile for one in self.by_network.values()}


def carriers(text: str | None = None) -> Carriers:
    """The carriers of carriers.toml, or of a text written like it. Raises BadCarrier."""
    try:
        tables = tomllib.loads(FILE.read_text("utf-8") if text is None else text)
    except tomllib.TOMLDecodeError as error:
        raise BadCarrier(f"carriers.toml: {error}") from error
    defaults = tables.pop(DEFAULTS, {})
    found: dict[str, Carrier] = {}
    for country, shared in tables.items():
        own = {key: value for key, value in shared.items() if not isinstance(value, dict)}
        for key, network in shared.items():
            if isinstance(network, dict):
                where = f"{country}.{key}"
                carrier = _carrier(where, {**defaults, **own, **network, "country": country})
                for code in carrier.networks:
                    if code in found:
                        raise BadCarrier(f"{where}: {code} is {found[code].name}'s already")
                    found[code] = carrier
    return Carriers(found)


def _carrier(where: str, said: Mapping[str, Any]) -> Carrier:
    """One network. Raises BadCarrier."""
    names = {field.name for field in fields(Carrier)}
    if wrong := sorted(names ^ set(said)):
        unknown = set(wrong) - names
        raise BadCarrier(f"{where}: {'unknown' if unknown else 'missing'}: {', '.join(wrong)}")
    for name, kind in _KINDS.items():
        if type(said[name]) is not kind:
            raise BadCarrier(f"{where}: {name} must be {_WORDS[kind]}")
    for name, shape in _SHAPES.items():
        listed = said[name] if isinstance(said[name], list) else [said[name]]
        if not all(isinstance(one, str) and shape.fullmatch(one) for one in listed):
            raise BadCarrier(f"{where}: {name} cannot be {said[name]!r}")
    if fault := _fault(said):
        raise BadCarrier(f"{where}: {fault}")
    start, end = map(time.fromisoformat, said["quiet"])
    listed = {"networks": tuple(said["networks"]), "reserved": frozenset(said["reserved"])}
    return Carrier(**{**said, **listed, "quiet": (start, end)})


_KINDS = {
    "name": str, "source": str, "prefix": bool, "ucs2": bool, "verified": bool, "septets": int, "units": int,
    "typed": int, "session": int, "idle": int, "networks": list, "reserved": list, "quiet": list,
}  # fmt: skip
_WORDS = {str: "a text", bool: "true or false", int: "a whole number", list: "a list"}
_SHAPES = {
    "country": re.compile("[A-Z]{2}"),
    "currency": re.compile("[A-Z]{3}"),
    "networks": re.compile("[0-9]{4,6}"),
    "reserved": re.compile("[0-9]{1,3}"),
    "quiet": re.compile("([01][0-9]|2[0-3]):[0-5][0-9]"),
}


def _fault(said: Mapping[str, Any]) -> str:
    """What cannot be so together, or empty."""
    if not said["networks"]:
        return "networks is empty"
    if kept := sorted(KEPT & set(said["reserved"])):
        return f"reserved: every screen needs {', '.join(kept)}"
    if not 40 <= said["units"] <= said["septets"]:
        return "units must be at least 40, and septets no fewer"
    if not 0 < said["idle"] <= said["session"]:
        return "idle must be more than nothing and no more than session"
    if len(said["quiet"]) != 2:
        return "quiet has two times: from, to"
    if said["verified"] and not said["source"]:
        return "verified needs a source"
    return "" if said["typed"] > 0 else "typed must be more than nothing"
