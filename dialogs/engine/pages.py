"""Every page that was proved, kept for a reader: equal ones once, with the carriers that show them.

Nothing is laid out here; proof.py tells of each look as it measures it.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.engine.fit import Profile, is_gsm, parts, width
from dialogs.engine.looks import AGAIN, FIRST, LEFT, NOTICE, Look
from dialogs.engine.proof import Place
from dialogs.engine.texts import Language

ORDER = (FIRST, AGAIN, LEFT, NOTICE)
"""The order looks are read in."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a page's room is used, and on which carriers there is that much."""

    used: int
    limit: int
    profiles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """A page as a phone shows it. `gsm`: counted in septets, else in UTF-16 units."""

    text: str
    gsm: bool
    parts: int
    """SMS parts it would leave in."""
    rooms: tuple[Room, ...]
    """The narrowest first."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One look of a screen, and the carriers that lay it out so."""

    when: str
    language: Language
    """The one it is said in."""
    profiles: tuple[str, ...]
    pages: tuple[Printed, ...]


class Pages:
    """Collects what the proof lays out, by screen and language."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], dict[Look, list[Profile]]] = {}

    def add(self, place: Place, look: Look) -> None:
        """Remember a look; the same on another carrier costs a name."""
        profiles = self._seen.setdefault((place.screen, place.language), {}).setdefault(look, [])
        if place.profile not in profiles:
            profiles.append(place.profile)

    def of(self, screen: str, language: str) -> list[Sheet]:
        """The looks of a screen in a language, in the order they are met; none where no carrier
        shows that language.
        """
        seen = self._seen.get((screen, language), {})
        return [
            Sheet(
                look.when,
                look.language,
                tuple(one.name for one in seen[look]),
                tuple(_printed(page, seen[look]) for page in look.pages),
            )
            for look in sorted(seen, key=lambda look: ORDER.index(look.when))
        ]


def _printed(page: str, profiles: list[Profile]) -> Printed:
    gsm, used = is_gsm(page), width(page)
    limits: dict[int, list[str]] = {}
    for one in profiles:
        limits.setdefault(used + one.room(page), []).append(one.name)
    rooms = tuple(Room(used, limit, tuple(names)) for limit, names in sorted(limits.items()))
    return Printed(page, gsm, parts(page), rooms)
