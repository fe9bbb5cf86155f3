"""`guichet tour`: a scripted citizen goes from the first dial to the SMS, on a stack of its own,
and every book is compared.
"""

from __future__ import annotations

import re
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from commands.handset import Handset
from commands.stack import Stack
from settings import Settings

HELP = "walk a citizen through the whole service, in two languages, and check what became of it"

PATIENCE = 20.0
"""Seconds until the registry must hold a request and the handset its SMS."""
REFERENCE = re.compile(r"\b(\d{3})[ .](\d{3})[ .](\d{4})\b")


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody fictional: her phone, her ID in the sandbox, the number of her language on the first
    screen, her words.
    """

    language: str
    phone: str
    national_id: str
    key: str
    facts: tuple[str, ...]
    """What she is asked so that she is told anything."""
    words: str
    asks: tuple[str, ...] = ()
    """Keys from the first screen to a benefit; empty: she goes on from what she may get."""


CITIZENS = (
    Citizen(
        "English",
        "+923000000101",
        "1730100000011",
        "1",
        ("2016", "3"),
        "They paid me only 3 of the 5 thousand",
    ),
    Citizen(
        "Urdu",
        "+923000000102",
        "1720100000114",
        "3",
        ("1", "4"),
        "مجھے پوری رقم نہیں ملی",
    ),
)


OPENSPP = (
    Citizen(
        "English",
        "+923000000001",
        "1730100000011",
        "1",
        (),
        "They paid me only 3 of the 5 thousand",
        ("2", "1", "1730100000011", "1", "1"),
    ),
)
"""She is on record with her phone: an OpenSPP asks for no facts."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Who walks at a kind of registry, and where its book is."""

    citizens: tuple[Citizen, ...] = CITIZENS
    ledger: str = "/control/ledger"


OPENIMIS = tuple(
    replace(one, facts=(), asks=("2", "1", one.national_id, "1", "1")) for one in CITIZENS
)
"""Nor does an openIMIS: a phone that is not on record hears no more than that there is a record."""
WALKS = {
    "dci": Walk(),
    "openimis": Walk(OPENIMIS, "/openimis/ledger"),
    "openspp": Walk(OPENSPP, "/openspp/ledger"),
}


@dataclass
class Tour:
    """What was seen, said and missed. `tell` prints a line."""

    sandbox: str
    tell: Callable[[str], None]
    ways: Walk = field(default_factory=Walk)
    told: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Reference, without spaces, to its kind and phone."""
    texts: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def walk(self, citizen: Citizen, code: str) -> None:
        """The four things a citizen comes for."""
        handset = Handset(self.sandbox, citizen.phone)
        self.tell(f"\n=== {citizen.language}: first contact, and what her household may get")
        self._screens(handset, code, [citizen.key, "1", "1", citizen.national_id, *citizen.facts])
        self.tell(f"\n=== {citizen.language}: she asks for it")
        self._screens(handset, code if citizen.asks else "", citizen.asks or ["1", "1", "1"])
        self._keep(citizen, "applications", handset)
        self.tell(f"\n=== {citizen.language}: a complaint")
        self._screens(handset, code, ["3", "1", "2", "1", citizen.words, "1"])
        reference = self._keep(citizen, "complaints", handset)
        self._settled()
        self.tell(f"\n=== {citizen.language}: where does it stand?")
        self._screens(handset, code, ["4", "1", reference])
        handset.hang_up()

    def _screens(self, handset: Handset, code: str, keys: Sequence[str]) -> str:
        """Dial where there is a code, type, print every screen; the last one."""
        if code:
            handset.hang_up()
            self._show(f"dials {code}", handset.dial(code))
        for key in keys:
            self._show(key, handset.type(key))
        return handset.screen

    def _show(self, typed: str, screen: str) -> None:
        self.texts.append(screen)
        self.tell(f"\n> {typed}")
        self.tell("\n".join(f"  | {line}" for line in screen.splitlines()))

    def _keep(self, citizen: Citizen, kind: str, handset: Handset) -> str:
        """The reference on a last screen, whatever page of it."""
        while (found := REFERENCE.search(handset.screen)) is None and "\n9 " in handset.screen:
            self._screens(handset, "", ["9"])
        if found is None:
            self.missing.append(f"{citizen.language}: no reference on the last screen of {kind}")
            return ""
        reference = "".join(found.groups())
        self.told[reference] = (kind, citizen.phone)
        return reference

    def _settled(self) -> bool:
        """Wait until the registry holds every reference and every phone its messages."""
        until = time.monotonic() + PATIENCE
        while list(self._due()):
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def _due(self) -> Iterator[str]:
        """What has not come yet, or came wrong."""
        ledger = self._get(self.ways.ledger)
        for reference, (kind, phone) in self.told.items():
            held = [entry for entry in ledger[kind] if entry["reference"] == reference]
            if len(held) != 1:
                yield f"the registry holds {reference} {len(held)} times in its {kind}"
            sent = [one["text"] for one in self._inbox(phone) if reference in _numbers(one["text"])]
            if len(sent) != 2:
                yield f"{phone} got {len(sent)} messages on {reference}, not its number and what became of it"
            if len(set(sent)) != len(sent):
                yield f"{phone} got a message on {reference} twice"

    def _inbox(self, phone: str) -> list[dict[str, Any]]:
        return [one for one in Handset(self.sandbox, phone).inbox() if one["direction"] == "in"]

    def _get(self, path: str) -> Any:
        return requests.get(f"{self.sandbox}{path}", timeout=10).json()

    def audit(self) -> None:
        """Compare every book, print the messages and what is missing."""
        self._settled()
        self.missing += self._due()
        for citizen in self.ways.citizens:
            self.tell(f"\n=== {citizen.language}: the messages on {citizen.phone}")
            for message in self._inbox(citizen.phone):
                self.texts.append(message["text"])
                self.tell(f"  ({message['parts']}) {message['text']}")
        scores = {
            str(score) for score in self._get("/control/scores").values() if score is not None
        }
        self.missing += [
            f"a poverty score came out: {text!r}"
            for text in self.texts
            if any(s in text for s in scores)
        ]


def _numbers(text: str) -> list[str]:
    """The references a text names."""
    return ["".join(groups) for groups in REFERENCE.findall(text)]


def arguments(parser: ArgumentParser) -> None:
    """DATABASE_URL and REDIS_URL decide what it runs on."""
    parser.add_argument(
        "--registry", choices=sorted(WALKS), default="dci", help="kind of registry to walk at"
    )


def main(args: Namespace) -> int:
    """0 when every request is in the registry once and every SMS has come; else 1, and what is
    missing.
    """
    begun = time.monotonic()
    with TemporaryDirectory(prefix="guichet-tour-") as folder:
        settings = Settings().model_copy(update={"var": Path(folder)})
        with Stack(settings, free_ports=True, registry=args.registry) as stack:
            print(
                f"A stack of its own is up: {stack.base}, database {stack.settings.database_url.split(':')[0]}"
            )
            tour = Tour(stack.sandbox, print, WALKS[args.registry])
            for citizen in tour.ways.citizens:
                tour.walk(citizen, stack.settings.service_codes[0])
            tour.audit()
            stack.require_alive()
    print()
    for line in tour.missing:
        print(f"MISSING  {line}")
    seconds = time.monotonic() - begun
    print(f"{len(tour.told)} requests told, {len(tour.missing)} findings, {seconds:.0f} s")
    return 1 if tour.missing or not tour.told else 0
