"""What the registry answered, as outcomes and facts of a dialog.

An answer its screen could not say counts as `not_yet_known`.
"""

from __future__ import annotations

from typing import Any

from dialogs.eligibility import CheckEligibility
from registry_client.port import Eligibility, Programme

Facts = dict[str, Any]


def chosen(programme: Programme) -> list[Any]:
    """A programme as a choice: [code, names by language]."""
    return [programme.code, dict(programme.name)]


def eligibility(answer: Eligibility) -> tuple[str, Facts]:
    """The outcome and exactly the facts its screen declares."""
    said: Facts = {
        "programme": chosen(answer.programmes[0]) if answer.programmes else None,
        "criterion": dict(answer.criterion) or None,
        "assessed_on": answer.assessed_on.isoformat() if answer.assessed_on else None,
        "until": answer.until.isoformat() if answer.until else None,
    }
    facts = {name: said[name] for name in CheckEligibility.outcomes[answer.outcome]}
    return (str(answer.outcome), facts) if None not in facts.values() else ("not_yet_known", {})
