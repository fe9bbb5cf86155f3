"""A registry's JSON in our words: every value is built from named fields, so nothing else can
cross.

What is unreadable is left out or read as the least claim; nothing here raises.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from registry_client.envelope import Json, objects, word
from registry_client.port import (
    Desk,
    Eligibility,
    Label,
    Outcome,
    Payment,
    Programme,
    Progress,
    Proof,
    Question,
    Standing,
    Terms,
    Window,
)

LONGEST_LABEL = 300  # characters; how much of it a screen takes is decided where it is shown
MOST_PAYMENTS = 6
MOST_PROGRAMMES = 50
MOST_QUESTIONS = 6
MOST_CHOICES = 7
MOST_DESKS = 5
LARGEST_NUMBER = 999_999_999
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_PROGRESS = {progress.value: progress for progress in Progress}
_PROOFS = {proof.value: proof for proof in Proof}
_WINDOWS = {window.value: window for window in Window}
STATES = frozenset({"expected", "sent", "paid", "failed", "returned"})

# Language, script, region: `ur`, `ur_Latn`, `fr-CM`. Looser, it would take `cut_off` for a language.
_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|[0-9]{3}))?", re.ASCII
)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,23}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,23}")
_CALLED = re.compile(r"\+?[0-9](?:[ -]?[0-9]){2,17}", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?", re.ASCII)
_AMOUNT = re.compile(r"\d{1,12}(?:\.\d{1,4})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")


def label(value: object, fallback: str) -> Label:
    """Names by language tag, strings only; `en` is always there, the fallback where the registry
    gave none.
    """
    found = value.items() if isinstance(value, dict) else ()
    names = {
        language: " ".join(name.split())[:LONGEST_LABEL]
        for language, name in found
        if isinstance(language, str)
        and isinstance(name, str)
        and _LANGUAGE.fullmatch(language)
        and name.strip()
    }
    return names if "en" in names else {"en": fallback} | names


def sentence(value: object) -> Label:
    """Words by language, or nothing where the registry gave none in English."""
    names = label(value, "")
    return names if names["en"] else {}


def day(value: object) -> date | None:
    """`YYYY-MM-DD`, with or without a time behind it."""
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def amount(value: object) -> str | None:
    """An amount of money with two decimals, from a string or a number; None where it is neither, or
    negative.
    """
    text = (
        str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    )
    return f"{Decimal(text):.2f}" if _AMOUNT.fullmatch(text) else None


def programme(item: Json) -> Programme | None:
    """A programme that has a usable code."""
    code = word(item.get("code"))
    if not _CODE.fullmatch(code):
        return None
    return Programme(
        code, label(item.get("name"), code), day(item.get("opens")), day(item.get("closes"))
    )


def programmes(value: object) -> tuple[Programme, ...]:
    """The programmes that have a usable code, each once, in the registry's order."""
    found: dict[str, Programme] = {}
    for one in filter(None, map(programme, objects(value))):
        found.setdefault(one.code, one)
    return tuple(found.values())[:MOST_PROGRAMMES]


def eligibility(item: Json) -> Eligibility:
    """One outcome and what may be said with it; an outcome we do not know is `not_yet_known`."""
    return Eligibility(
        _OUTCOMES.get(word(item.get("outcome")), Outcome.NOT_YET_KNOWN),
        programmes(item.get("programmes")),
        sentence(item.get("criterion")),
        day(item.get("assessed_on")),
        day(item.get("until")),
        proof(item.get("proof")),
    )


def proof(value: object) -> Proof:
    """What must be shown: two facts where the registry does not say, the strictest where it says
    what we do not know.
    """
    return Proof.TWO_FACTS if value is None else _PROOFS.get(word(value), Proof.IN_PERSON)


def questions(value: object) -> tuple[Question, ...]:
    """The first questions that can be asked as the registry means them, each once, at most six."""
    found: dict[str, Question] = {}
    for one in filter(None, map(_question, objects(value))):
        found.setdefault(one.id, one)
    return tuple(found.values())[:MOST_QUESTIONS]


def _question(item: Json) -> Question | None:
    """None for one that has no name, no English or no kind of ours, or that lacks an answer: her own
    might be the one left out.
    """
    name, asked, kind = word(item.get("id")), sentence(item.get("label")), word(item.get("kind"))
    if not _NAME.fullmatch(name) or not asked:
        return None
    least, most = item.get("least"), item.get("most")
    match kind:
        case "yes_no":
            return Question(name, asked, kind)
        case "number" if type(least) is int and type(most) is int:
            bounded = 0 <= least <= most <= LARGEST_NUMBER
            return Question(name, asked, kind, least, most) if bounded else None
        case "choice":
            choices = _choices(item.get("choices"))
            return Question(name, asked, kind, choices=choices) if choices else None
    return None


def _choices(value: object) -> tuple[tuple[str, Label], ...]:
    """Two to seven choices, all of them usable; else none."""
    given = value if isinstance(value, list) else []
    found = {
        word(item.get("id")): names
        for item in objects(given)
        if (names := sentence(item.get("label")))
    }
    whole = len(found) == len(given) and all(map(_NAME.fullmatch, found))
    return tuple(found.items()) if whole and 2 <= len(found) <= MOST_CHOICES else ()


def terms(item: Json) -> Terms:
    """What a programme asks; a window we do not know is closed. `closing` without its last day is
    only ready.
    """
    window, on = _WINDOWS.get(word(item.get("window")), Window.CLOSED), day(item.get("on"))
    if window is Window.CLOSING and on is None:
        window = Window.READY
    dated = window in (Window.CLOSING, Window.CLOSED)
    return Terms(window, on if dated else None, questions(item.get("questions")))


def standing(message: Json) -> Standing:
    """Where a request stands; a word we do not know is `unknown`, and then nothing was told."""
    progress = _PROGRESS.get(word(message.get("progress")), Progress.UNKNOWN)
    if progress is Progress.UNKNOWN:
        return Standing(progress)
    return Standing(progress, day(message.get("told_on")), day(message.get("appeal_until")))


def payments(value: object) -> tuple[Payment, ...]:
    """The payments that can be told, each once, newest first, at most six.

    A state we do not know is only `expected`.
    """
    found: dict[str, Payment] = {}
    for one in filter(None, map(_payment, objects(value))):
        found.setdefault(one.id, one)
    newest = sorted(found.values(), key=lambda payment: payment.due, reverse=True)
    return tuple(newest[:MOST_PAYMENTS])


def _payment(item: Json) -> Payment | None:
    given = item.get("programme")
    paid_by = programme(given if isinstance(given, dict) else {"code": given})
    number, currency, state = (word(item.get(name)) for name in ("id", "currency", "state"))
    due, sum_ = day(item.get("due")), amount(item.get("amount"))
    if not (due and sum_ and paid_by and _CODE.fullmatch(number) and _CURRENCY.fullmatch(currency)):
        return None
    state = state if state in STATES else "expected"
    place, until = sentence(item.get("place")), day(item.get("until"))
    return Payment(number, paid_by, sum_, currency, due, state, place, until)


def desks(value: object) -> tuple[Desk, ...]:
    """The offices that have a usable code, each once, in the registry's order, at most five."""
    found: dict[str, Desk] = {}
    for item in objects(value):
        code, phone = word(item.get("code")), word(item.get("phone"))
        if _CODE.fullmatch(code):
            called = phone if _CALLED.fullmatch(phone) else ""
            place, hours = sentence(item.get("place")), sentence(item.get("hours"))
            found.setdefault(code, Desk(code, label(item.get("name"), code), place, hours, called))
    return tuple(found.values())[:MOST_DESKS]
