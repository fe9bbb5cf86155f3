"""Somebody who wants something and reads what her phone shows: she finds her way by the words on the
screen, and begins anew when a call breaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from threading import Lock, Thread
from time import monotonic

from storm.calls import Broken, Call, Screen, Strange

OPTION = re.compile(r"^([0-9]{1,2}) (.+)$", re.MULTILINE)
REFERENCE = re.compile(r"(?<![0-9])([0-9]{3}) ([0-9]{3}) ([0-9]{4})(?![0-9])")
MOST_KEYS = 40
SURELY = 0.3
"""Seconds by which one answer came after another, whatever the threads of a crowd do."""
DROPS, IMPATIENT = 0.04, 0.4
"""How many calls drop at a key, and how many people do not wait for an answer about their ID."""
AT_ONCE, AGAIN, LATE = 0.1, 0.18, 0.25
"""How many deliveries come twice at once; those and the ones that come again; those and the late."""
TRIES = 6
"""Calls she makes for one thing before she gives up."""

WAY: Mapping[str, Mapping[str, str]] = {
    "complaint": {
        "How can we help?": "Make a complaint",
        "What is it about?": "I was left out",
        "You wrote": "Send",
    },
    "visit": {
        "How can we help?": "Ask for a benefit",
        "Who is it for?": "Somebody without a card",
        "Which paper": "Birth certificate",
        "Shall we come": "Send",
    },
    "question": {"How can we help?": "Check what I may get"},
    "application": {
        "How can we help?": "Ask for a benefit",
        "Who is it for?": "For me",
        "Ask for": "Send",
    },
    "following": {"How can we help?": "Follow my request", "Which request?": "I have its number"},
}
"""Which option she takes on which screen, by what she wants."""
EVERYBODY = {
    "Choose your language": "English",
    "Public support": "Continue",
    "You were not finished": "Continue",
}
TYPED: Mapping[str, str] = {
    "Tell us what happened": "words",
    "Please write a few words": "words",
    "We come to you": "words",
    "Please type your name": "words",
    "In which village": "village",
    "How do we find you": "village",
    "Please type": "village",
    "Type your ID": "id",
    "That is not an ID": "id",
    "Type the 10 digits": "number",
}
"""What she types where something is asked."""
TROUBLE = (
    "We cannot answer now",
    "It was not sent",
    "This call is over",
    "Too many",
    "We cannot reach",
    "We cannot look",
)
"""Last screens that ask her to try again."""
NAMED = "Your number is"
TAKEN = (NAMED, "The answer takes longer", "We have your request", "You asked for this")
KNOWN = ("received", "working on it", "decided", "not accepted", "answered", "late")


Incident = tuple[float, float, str]
"""From when to when a call lasted, and what it was about."""


@dataclass(frozen=True, slots=True)
class Told:
    """A reference somebody was told, and the words she had given for it."""

    reference: str
    kind: str
    phone: str
    words: str


@dataclass(slots=True)
class Diary:
    """What the crowd lived through. Moments are seconds of the monotonic clock."""

    told: list[Told] = field(default_factory=list)
    sessions: int = 0
    ended: int = 0
    """People who got what they wanted."""
    differing: list[Incident] = field(default_factory=list)
    """The same delivery got two answers."""
    misplaced: list[Incident] = field(default_factory=list)
    """Somebody lost her place."""
    overlapping: list[Incident] = field(default_factory=list)
    """A call that was left went on."""
    numberless: list[str] = field(default_factory=list)
    """Last screens that were to name a reference and did not."""
    followed: int = 0
    """References that were told, and that the line knew afterwards."""
    unknown: list[str] = field(default_factory=list)
    """References that were told, and that the line did not know afterwards."""
    lock: Lock = field(default_factory=Lock)


@dataclass(slots=True)
class Citizen:
    """`call` begins a new conversation, `wait` lets seconds go by and says whether all is over, `beside`
    does something at the same time.
    """

    number: int
    phone: str
    wants: str
    answers: Mapping[str, str]
    call: Callable[[int], Call]
    diary: Diary
    chance: Random
    wait: Callable[[float], object]
    beside: Callable[[Callable[[], object]], None]
    writes: bool = False
    """By SMS, instead of dialling."""
    lived: list[str] = field(default_factory=list)
    """What she typed in this call, each with the first words of what came of it."""
    begun: float = 0.0
    dialled: Screen = field(default=Screen("", open=False))
    """The first screen of her last call that was answered."""

    def lives(self) -> None:
        """Try until it is done, or until she has had enough."""
        for attempt in range(TRIES):
            with self.diary.lock:
                self.diary.sessions += 1
            try:
                if self._tries(attempt):
                    with self.diary.lock:
                        self.diary.ended += 1
                    return
            except (Broken, Strange):  # the audit reads every answer
                pass
            if self.wait(self.chance.uniform(0.3, 1.5)):
                return

    def _tries(self, attempt: int) -> bool:
        """One conversation; whether it is done."""
        call, self.begun = self.call(attempt), monotonic()
        words = f"{self.answers.get('words', '')} {self.number}-{attempt}"
        if self.chance.random() < 0.2:
            words = words.replace(" ", "*", 1)
        said = {**self.answers, "words": words}
        screen, told = call.begin(self._chain()), False
        self.lived = [f"{type(call).__name__} {screen.text[:16]!r}"]
        if screen.open:
            self.dialled = screen
        for _ in range(MOST_KEYS):
            if (done := self._over(screen, words)) is not None:
                return done
            key = self._key(screen, said)
            if key is None:
                call.drop()
                return False
            if key == words and told and not _asks(screen).startswith("Please"):
                with self.diary.lock:
                    self.diary.misplaced.append((self.begun, monotonic(), " ".join(self.lived)))
            told = told or key == words
            if key == said.get("id") and self.chance.random() < IMPATIENT:
                return self._dials_anew(call, key, attempt)
            if self.chance.random() < DROPS:
                call.drop()
                raise Broken
            self.wait(self.chance.uniform(0.02, 0.15))
            screen = self._sent(call, key)
            self.lived.append(f"{key} {screen.text[:16]!r}")
        return False

    def _dials_anew(self, call: Call, key: str, attempt: int) -> bool:
        """She does not wait for an answer that is slow, dials again, and complains."""
        waits = Thread(target=self._unheard, args=(call, key))
        waits.start()
        self.wants = "complaint"
        try:
            return self._tries(attempt + TRIES)
        finally:
            waits.join()

    def _unheard(self, call: Call, key: str) -> None:
        """The answer to a call she has left must be its last: a phone has one call."""
        began = monotonic()
        with suppress(Broken, Strange):
            screen, first = call.say(key), self.dialled
            if screen.open and began < first.came < screen.came - SURELY:
                late = screen.came - first.came
                what = f"{screen.text[:30]!r} came {late:.1f} s after {first.text[:30]!r}"
                with self.diary.lock:
                    self.diary.overlapping.append((began, screen.came, what))

    def _sent(self, call: Call, key: str) -> Screen:
        """Type it; sometimes the carrier delivers it twice at once, again, or once more later."""
        fate = self.chance.random()
        if fate < AT_ONCE and call.repeats:
            first, second = call.twice(key)
            self._compare(first, second)
            return first
        screen = call.say(key)
        if fate < AGAIN and call.repeats:
            with suppress(Broken):
                self._compare(screen, call.again())
        elif fate < LATE:
            self.beside(call.late())
        return screen

    def _compare(self, first: Screen, second: Screen) -> None:
        """The same delivery gets the same answer."""
        troubled = any(one.text.startswith(TROUBLE) for one in (first, second))
        if first != second and not troubled:
            with self.diary.lock:
                self.diary.differing.append((self.begun, monotonic(), first.text[:30]))

    def _chain(self) -> str:
        """Some know the way by heart."""
        return "3" if self.wants == "complaint" and self.chance.random() < 0.15 else ""

    def _over(self, screen: Screen, words: str) -> bool | None:
        """Whether she is done (True), has to try again (False), or goes on (None)."""
        if screen.text.startswith(TROUBLE):
            return False if not screen.open else None
        if screen.text.startswith(NAMED) and not REFERENCE.search(screen.text):
            with self.diary.lock:
                self.diary.numberless.append(screen.text[:40])
        if screen.text.startswith(TAKEN) and (found := REFERENCE.search(screen.text)):
            told = Told("".join(found.groups()), self.wants, self.phone, words)
            with self.diary.lock:
                self.diary.told.append(told)
            return True
        if self.wants == "following" and (
            any(word in screen.text for word in KNOWN) and REFERENCE.search(screen.text)
        ):
            with self.diary.lock:
                self.diary.followed += 1
            return True
        if screen.text.startswith("We do not know this number"):
            with self.diary.lock:
                self.diary.unknown.append(self.answers["number"])
            return True
        if self.wants == "question" and screen.text.startswith(("Your ", "We have", "We do not")):
            return True
        return None if screen.open else False

    def _key(self, screen: Screen, said: Mapping[str, str]) -> str | None:
        """What she types here; None: she does not know, and hangs up."""
        asked, options = _asks(screen), _options(screen)
        for start, what in TYPED.items():
            if asked.startswith(start) and what in said:
                return said[what]
        for start, label in {**EVERYBODY, **WAY[self.wants]}.items():
            if start in asked or label in options.values():
                if label in options.values():
                    return next(key for key, text in options.items() if text == label)
                return "9" if "9" in options else None
        if "1" in options:
            return "1"
        return "9" if "9" in options else None


def _asks(screen: Screen) -> str:
    """The question of a screen: its lines before the first option."""
    return OPTION.split(screen.text, maxsplit=1)[0].replace("\n", " ").strip()


def _options(screen: Screen) -> dict[str, str]:
    return dict(OPTION.findall(screen.text))
