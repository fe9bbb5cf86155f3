"""Who is asking, where that must be known: an ID, or the end of one that is on record with this phone,
and two facts where the phone is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dialogs.engine.kinds import Choices, Kind, NationalId, Questions
from dialogs.engine.screens import Query, Target
from dialogs.engine.texts import _

WHO = _("Type your ID number. If you gave us this phone, its last 4 digits are enough.")
WHO_AGAIN = _("That is not an ID number. Type it as on the card, or its last 4 digits.")
FACTS_AGAIN = _("We cannot use that answer. Please try again.")

FACTS = Questions(most=2, width=60, choices=Choices(most=7, width=20))
"""Two facts of a household, as the registry asks for them."""

PERSON: Mapping[str, Kind] = {"person": NationalId()}
"""The whole ID, once it is known whose it is."""

UNKNOWN: Mapping[str, Mapping[str, Kind]] = {
    "not_found": {},
    "not_on_record": {},
    "too_many": {},
}
"""What may come of any ID: nobody has it, it is only the end of one and this phone is not with it,
or too many were tried.
"""


@dataclass(frozen=True, slots=True)
class FindPerson(Query):
    """Whose ID this is, where nothing is told of her."""

    who: str

    outcomes = MappingProxyType({**UNKNOWN, "found": PERSON})


@dataclass(frozen=True, slots=True)
class AskFacts(Query):
    """Whether this phone proves who she is, or what else she is asked. `desk`: only in person."""

    who: str

    outcomes = MappingProxyType(
        {**UNKNOWN, "known": PERSON, "prove": {**PERSON, "questions": FACTS}, "desk": {}}
    )


ASKED: Mapping[str, Target] = MappingProxyType(
    {
        "prove": "facts",
        "desk": "desk",
        "not_found": "not_found",
        "not_on_record": "not_on_record",
        "too_many": "too_many",
        "unavailable": "unavailable",
    }
)
"""Where AskFacts leads in every dialog that asks it; `known` leads on."""

UNPROVED: Mapping[str, Mapping[str, Kind]] = {"not_proved": {}, "too_many": {}}
"""What may come of two facts that are not right."""

NOT_FOUND = _("We do not find this ID.")
NOT_ON_RECORD = _("This phone is not with that ID. Type the whole ID number.")
NOT_PROVED = _("These answers are not those on record.")
DESK = _("This is told only at the district office. Bring your card. It is free.")
TOO_MANY = _("Too many tries today. Try tomorrow or go to the district office.")
UNAVAILABLE = _("We cannot reach the register now. Nothing is lost.")
