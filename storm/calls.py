"""A conversation as a phone has it: dial and type, or write and read, on the wire of one carrier."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from storm.wire import Answer, Line

CODE = "*384*1234#"
SHORT_CODE = "21234"
PREFIXES = {"CON ": True, "END ": False}
TYPES = {"Response": True, "Release": False}
"""Whether an input is awaited, as Africa's Talking and Hubtel are told it."""
OPERATORS = ("MTN", "Vodafone", "AirtelTigo", "Nobody")
NETWORKS = ("99999", "63902", "63903", "64110", "")
"""What these two call a network: some show GSM letters alone, and some are not known to anybody."""


class Broken(Exception):
    """The call is over before an answer came: nobody took the delivery, or its taker died."""


class Strange(Exception):
    """An answer that no carrier can show."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What she sees, and whether an answer is awaited."""

    text: str
    open: bool
    came: float = field(default=0.0, compare=False)
    """When the carrier had it, in seconds of the monotonic clock."""


class Call(Protocol):
    """One conversation."""

    repeats: bool
    """Whether the same delivery may come again and is to be answered alike."""

    @abstractmethod
    def begin(self, chain: str) -> Screen:
        """Dial, with what stands behind the code. Raises Broken, Strange."""

    @abstractmethod
    def say(self, words: str) -> Screen:
        """Type an answer. Raises Broken, Strange."""

    @abstractmethod
    def again(self) -> Screen:
        """What was delivered last is delivered once more. Raises Broken, Strange."""

    @abstractmethod
    def twice(self, words: str) -> tuple[Screen, Screen]:
        """Type an answer that is delivered twice at the same time. Raises Broken, Strange."""

    @abstractmethod
    def late(self) -> Callable[[], object]:
        """What brings the delivery of this moment once more, whenever it is called."""

    @abstractmethod
    def drop(self) -> None:
        """The call is cut, and the carrier reports that, or does not."""


@dataclass(slots=True)
class Cumulative:
    """Africa's Talking: the whole session so far, at every key."""

    line: Line
    phone: str
    session: str
    chance: Random
    network: str
    heard: str = ""
    repeats: bool = True

    def begin(self, chain: str) -> Screen:
        """Dial."""
        self.heard = chain
        return self.again()

    def say(self, words: str) -> Screen:
        """Type."""
        self.heard = f"{self.heard}*{words}" if self.heard else words
        return self.again()

    def again(self) -> Screen:
        """Deliver."""
        return shown(
            self.line.form(("africastalking", "ussd"), self._form(self.heard), self.chance)
        )

    def twice(self, words: str) -> tuple[Screen, Screen]:
        """Type, delivered twice at once."""
        self.heard = f"{self.heard}*{words}" if self.heard else words
        return _at_once(self.again)

    def late(self) -> Callable[[], object]:
        """What was typed so far; nobody looks at the answer."""
        form = self._form(self.heard)
        return lambda: self.line.form(("africastalking", "ussd"), form, self.chance)

    def drop(self) -> None:
        """Hang up; one time in four the carrier forgets to say so, one in four it says so twice."""
        form = self._form(self.heard) | {"status": "Incomplete", "input": self.heard}
        for _ in range(self.chance.choice((0, 1, 1, 2))):
            self.line.form(("africastalking", "ussd-ended"), form, self.chance)

    def _form(self, heard: str) -> dict[str, str]:
        return {
            "sessionId": self.session,
            "phoneNumber": self.phone,
            "networkCode": self.network,
            "serviceCode": CODE,
            "text": heard,
        }


@dataclass(slots=True)
class LastInput:
    """Hubtel: the dialled string first, then each input alone, counted."""

    line: Line
    phone: str
    session: str
    chance: Random
    operator: str
    sequence: int = 0
    sent: dict[str, object] = field(default_factory=dict)
    repeats: bool = True

    def begin(self, chain: str) -> Screen:
        """Dial."""
        return self._delivers("Initiation", f"{CODE[:-1]}*{chain}#" if chain else CODE)

    def say(self, words: str) -> Screen:
        """Type."""
        return self._delivers("Response", words)

    def again(self) -> Screen:
        """Deliver."""
        return shown(self.line.json(("hubtel", "ussd"), self.sent, self.chance))

    def twice(self, words: str) -> tuple[Screen, Screen]:
        """Type, delivered twice at once."""
        self._next("Response", words)
        return _at_once(self.again)

    def late(self) -> Callable[[], object]:
        """What was typed last; nobody looks at the answer."""
        sent = self.sent
        return lambda: self.line.json(("hubtel", "ussd"), sent, self.chance)

    def drop(self) -> None:
        """Hang up; one time in four the carrier forgets to say so, one in four it says so twice."""
        self._next(self.chance.choice(("Timeout", "Release")), "")
        for _ in range(self.chance.choice((0, 1, 1, 2))):
            self.line.json(("hubtel", "ussd"), self.sent, self.chance)

    def _delivers(self, kind: str, message: str) -> Screen:
        self._next(kind, message)
        return self.again()

    def _next(self, kind: str, message: str) -> None:
        self.sequence += 1
        self.sent = {
            "Mobile": self.phone.removeprefix("+"),
            "SessionId": self.session,
            "ServiceCode": CODE.strip("*#"),
            "Type": kind,
            "Message": message,
            "Operator": self.operator,
            "Sequence": self.sequence,
            "ClientState": None,
        }


def _at_once(deliver: Callable[[], Screen]) -> tuple[Screen, Screen]:
    """The same delivery twice at the same time."""
    with ThreadPoolExecutor(2) as both:
        first, second = both.submit(deliver), both.submit(deliver)
        return first.result(), second.result()


@dataclass(slots=True)
class Written:
    """SMS by Africa's Talking: a message is delivered until it is taken; the reply is in the inbox."""

    line: Line
    phone: str
    session: str
    chance: Random
    inbox: Callable[[str], list[str]]
    wait: Callable[[float], object]
    count: int = 0
    read: int = 0
    form: dict[str, str] = field(default_factory=dict)
    repeats: bool = False

    def begin(self, chain: str) -> Screen:
        """Write for the first time."""
        return self.say(chain or "MENU")

    def say(self, words: str) -> Screen:
        """Write, and read the answer."""
        self.count, self.read = self.count + 1, len(self.inbox(self.phone))
        name = f"{self.session}-{self.count}"
        self.form = {"id": name, "from": self.phone, "to": SHORT_CODE, "text": words}
        return self.again()

    def again(self) -> Screen:
        """Deliver until it is taken, sometimes once more than that."""
        for pause in (0.3, 0.6, 1.0, 2.0, 3.0, 4.0, 5.0):
            taken = self.line.form(("africastalking", "sms"), self.form, self.chance)
            if taken.status == 200:
                break
            self.wait(pause)
        if self.chance.random() < 0.2:
            self.line.form(("africastalking", "sms"), self.form, self.chance)
        for _ in range(60):
            messages = self.inbox(self.phone)
            if len(messages) > self.read:
                self.read = len(messages)
                return Screen(messages[-1], open=True)
            if self.wait(0.25):
                break
        raise Broken

    def twice(self, words: str) -> tuple[Screen, Screen]:
        """Messages are repeated by `again`."""
        screen = self.say(words)
        return screen, screen

    def late(self) -> Callable[[], object]:
        """The message of this moment."""
        form = self.form
        return lambda: self.line.form(("africastalking", "sms"), form, self.chance)

    def drop(self) -> None:
        """Nothing tells that somebody stopped writing."""


def shown(answer: Answer) -> Screen:
    """The screen in an answer to a USSD delivery. Raises Broken, Strange."""
    if answer.status == 0:
        raise Broken
    text, more = _read(answer)
    if answer.status != 200 or not text.strip() or more is None:
        raise Strange(f"{answer.status} {answer.body[:40]!r}")
    return Screen(text, more, answer.ended)


def _read(answer: Answer) -> tuple[str, bool | None]:
    """The text in the words of a carrier, and whether an input is awaited; None: it says neither."""
    if answer.provider == "hubtel":
        try:
            said = json.loads(answer.body)
            return said["Message"], TYPES.get(said["Type"])
        except (ValueError, KeyError, TypeError):
            return "", None
    return answer.body[4:], PREFIXES.get(answer.body[:4])
