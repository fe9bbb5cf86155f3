"""What the registry answered, as outcomes and facts of a dialog.

An answer its screen could not say counts as `not_yet_known`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dialogs.eligibility import TOLD
from registry_client.port import Eligibility, Programme, Question

Facts = dict[str, Any]


def chosen(programme: Programme) -> list[Any]:
    """A programme as a choice: [code, names by language]."""
    return [programme.code, dict(programme.name)]


def questions(asked: Iterable[Question]) -> list[dict[str, Any]]:
    """Questions as a Form asks them."""
    return [
        {
            "id": one.id,
            "label": dict(one.label),
            "kind": one.kind,
            "least": one.least,
            "most": one.most,
            "choices": [[choice, dict(name)] for choice, name in one.choices],
        }
        for one in asked
    ]


def eligibility(answer: Eligibility, person: str) -> tuple[str, Facts]:
    """The outcome and exactly the facts its screen declares. `not_found` has none."""
    if answer.outcome not in TOLD:
        return str(answer.outcome), {}
    said: Facts = {
        "person": person,
        "programme": chosen(answer.programmes[0]) if answer.programmes else None,
        "package": [chosen(one) for one in answer.programmes] or None,
        "criterion": dict(answer.criterion) or None,
        "assessed_on": answer.assessed_on.isoformat() if answer.assessed_on else None,
        "until": answer.until.isoformat() if answer.until else None,
    }
    facts = {name: said[name] for name in TOLD[answer.outcome]}
    told = None not in facts.values()
    return (str(answer.outcome), facts) if told else ("not_yet_known", {"person": person})
