"""What `./guichet doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `wrong` makes the exit status 1; `off` is a choice."""

    state: Literal["ok", "off", "wrong"]
    subject: str
    says: str
