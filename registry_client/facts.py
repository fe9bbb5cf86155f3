"""A registry's JSON in our words: every value is built from named fields, so nothing else can
cross.

What is unreadable is left out or read as the least claim; nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from registry_client.envelope import Json, objects, word
from registry_client.port import Eligibility, Label, Outcome, Payment, Programme, Progress

LONGEST_LABEL = 300  # characters; how much of it a screen takes is decided where it is shown
MOST_PAYMENTS = 6
MOST_PROGRAMMES = 50
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_PROGRESS = {progress.value: progress for progress in Progress}
STATES = frozenset({"expected", "sent", "paid", "failed", "returned"})

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_PROGRAMME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,23}")
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


def criterion(value: object) -> Label:
    """A public rule by language, or nothing where the registry gave none in English."""
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


def programmes(value: object) -> tuple[Programme, ...]:
    """The programmes that have a usable code, each once, in the registry's order."""
    found: dict[str, Programme] = {}
    for item in objects(value):
        programme = word(item.get("code"))
        if (
            _PROGRAMME.fullmatch(programme)
            and programme not in found
            and len(found) < MOST_PROGRAMMES
        ):
            found[programme] = Programme(
                programme,
                label(item.get("name"), programme),
                day(item.get("opens")),
                day(item.get("closes")),
            )
    return tuple(found.values())


def eligibility(item: Json) -> Eligibility:
    """One outcome and what may be said with it; an outcome we do not know is `not_yet_known`."""
    return Eligibility(
        _OUTCOMES.get(word(item.get("outcome")), Outcome.NOT_YET_KNOWN),
        programmes(item.get("programmes")),
        criterion(item.get("criterion")),
        day(item.get("assessed_on")),
        day(item.get("until")),
    )


def progress(value: object) -> Progress:
    """Where a request stands; a word we do not know is `unknown`."""
    return _PROGRESS.get(word(value), Progress.UNKNOWN)


def payments(value: object) -> tuple[Payment, ...]:
    """The payments that can be told, newest first, at most six.

    A state we do not know is only `expected`.
    """
    return tuple(
        sorted(_payments(value), key=lambda payment: payment.due, reverse=True)[:MOST_PAYMENTS]
    )


def _payments(value: object) -> Iterator[Payment]:
    for item in objects(value):
        programme, currency, state = (
            word(item.get(name)) for name in ("programme", "currency", "state")
        )
        due, sum_ = day(item.get("due")), amount(item.get("amount"))
        if due and sum_ and _PROGRAMME.fullmatch(programme) and _CURRENCY.fullmatch(currency):
            yield Payment(programme, sum_, currency, due, state if state in STATES else "expected")
