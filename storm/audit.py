"""Every book against every other: what must not be, found on plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dialogs.engine.fit import Profile
from storm.books import Books
from storm.calls import Strange, shown
from storm.citizen import Diary, Incident
from storm.ground import Blow
from storm.wire import CEILING, Answer

CARRIED = frozenset({"complaint", "visit", "application"})
"""What the registry keeps a record of."""
ARRIVED = frozenset({"sent", "delivered"})
WIDEST = Profile("widest", septets=180, units=80)
"""The largest screen a network of the crowd has."""
ENDING = frozenset({"kill", "clock", "deploy"})
"""Gusts that end a web server."""
AROUND = 1.5
"""Seconds before and after a blow in which it may be felt."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that must not be."""

    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


def audit(
    books: Books, diary: Diary, answers: Sequence[Answer], blows: Sequence[Blow]
) -> list[Finding]:
    """Everything that must not be, in the order of the codes."""
    found = [
        *_promises(books, diary),
        *_messages(books),
        *_answers(answers, blows),
        *_conversations(diary, blows),
        *(Finding("stuck", f"{count} {what}") for what, count in books.owed.items()),
    ]
    return sorted(found)


def _promises(books: Books, diary: Diary) -> Iterator[Finding]:
    """What was told is stored and held, once."""
    stored = {one.reference: one for one in books.stored}
    held = Counter(one.reference for one in books.held)
    for told in diary.told:
        if told.reference not in stored:
            yield Finding("told-not-stored", f"{told.kind} {told.reference}")
        elif stored[told.reference].kind in CARRIED and not held[told.reference]:
            yield Finding("told-not-held", f"{told.kind} {told.reference}")
    yield from (Finding("owed-by-nobody", one.reference) for one in books.stored if not one.owed)
    for reference, count in held.items():
        if count > 1:
            yield Finding("held-twice", reference)
    for name, words in (
        ("stored-twice", Counter(one.words for one in books.stored if one.words)),
        ("held-twice", Counter(one.words for one in books.held if one.words)),
    ):
        yield from (Finding(name, said) for said, count in words.items() if count > 1)
    yield from (Finding("told-not-known", reference) for reference in diary.unknown)
    yield from (Finding("told-no-number", screen) for screen in diary.numberless)


def _messages(books: Books) -> Iterator[Finding]:
    """A phone rang once for each message that left, and for no other."""
    rows = Counter((one.phone, one.text) for one in books.sent)
    left = Counter((one.phone, one.text) for one in books.sent if one.state in ARRIVED)
    for message, rang in books.rung.items():
        if rang > rows[message]:
            yield Finding("rang-twice", f"{message[0]} {message[1][:40]!r}")
    for message, count in left.items():
        if books.rung[message] < count:
            yield Finding("never-rang", f"{message[0]} {message[1][:40]!r}")


def _answers(answers: Iterable[Answer], blows: Sequence[Blow]) -> Iterator[Finding]:
    """A carrier got an answer it can use, in time, while a web server lived."""
    webs = {one.web for one in answers if one.web}
    for one in answers:
        if one.status == 0:
            fault = _unanswered(one, webs, blows)
        elif one.kind == "ussd":
            fault = _unusable(one)
        else:
            fault = "" if one.status in {200, 503} else "invalid-answer"
        if fault:
            yield Finding(
                fault, f"{one.kind} {one.status} {one.body[:40]!r} by {one.web or 'nobody'}"
            )
        if one.seconds > CEILING:
            yield Finding("late-answer", f"{one.kind} after {one.seconds:.1f} s")


def _unanswered(one: Answer, webs: Collection[str], blows: Sequence[Blow]) -> str:
    """Nobody took it, or who took it did not answer: forgiven where that one, or each, was just ended."""
    asked = {one.web} if one.web else webs
    ended = [
        any(
            _felt(one.began, one.ended, [blow])
            for blow in blows
            if blow.gust.whom in {web, "webs"} and blow.gust.kind in ENDING
        )
        for web in asked
    ]
    if asked and all(ended):
        return ""
    return "cut-answer" if one.web else "nobody-answered"


def _unusable(one: Answer) -> str:
    try:
        screen = shown(one)
    except Strange:
        return "" if _ended(one) else "invalid-answer"
    return "" if WIDEST.room(screen.text) >= 0 else "long-answer"


def _ended(one: Answer) -> bool:
    """Whether it answers the end of a call, where nothing is to be shown."""
    return one.provider == "hubtel" and one.status == 200 and '"Message":""' in one.body


def _conversations(diary: Diary, blows: Sequence[Blow]) -> Iterator[Finding]:
    """Nobody loses her place, the same delivery is answered alike, and a phone has one call, while
    Redis remembers.
    """
    forgot = [blow for blow in blows if blow.gust.whom in {"valkey", "webs"}]
    for code, incidents in (
        ("lost-place", diary.misplaced),
        ("two-answers", diary.differing),
        ("two-calls", diary.overlapping),
    ):
        yield from (Finding(code, what) for began, ended, what in _unforgiven(incidents, forgot))


def _unforgiven(incidents: Iterable[Incident], blows: Sequence[Blow]) -> Iterator[Incident]:
    return (one for one in incidents if not _felt(one[0], one[1], blows))


def _felt(began: float, ended: float, blows: Iterable[Blow]) -> bool:
    """Whether one of these could be felt in that time."""
    return any(
        blow.at - AROUND <= ended and began <= max(blow.over, blow.recovered) + AROUND
        for blow in blows
    )
