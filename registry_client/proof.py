"""What may be told to whom: a programme's demand for proof, and what a phone can show."""

from __future__ import annotations

from registry_client.port import NotSupported, Person, Proof, Registry

LAST_FOUR = 4
"""Digits that stand for a whole ID on record with this phone."""


def last_four(number: str) -> bool:
    """Whether these are the last digits of an ID only, not the whole of one."""
    return len(number) == LAST_FOUR and number.isascii() and number.isdecimal()


def resolved(registry: Registry, who: str, phone: str, *, timeout: float, trace: str) -> str | None:
    """The whole ID: the one typed, or the one with this end that is on record with this phone.

    None where there is none, or more than one. Raises RegistryError.
    """
    if not last_four(who):
        return who
    try:
        mine = registry.find_by_phone(phone, timeout=timeout, trace=trace)
    except NotSupported:
        return None
    found = [one for one in mine if one.endswith(who)]
    return found[0] if len(found) == 1 else None


def on_record(person: Person | None, phone: str) -> bool:
    """Whether this phone stands in the record of this person."""
    return person is not None and bool(phone) and phone in person.phones


def shown(needed: Proof, *, known: bool, proved: bool) -> bool:
    """Whether what was shown is enough: `known` is a phone on record, `proved` two right facts."""
    match needed:
        case Proof.ANYONE:
            return True
        case Proof.NUMBER_ON_RECORD:
            return known
        case Proof.TWO_FACTS:
            return proved
        case Proof.IN_PERSON:
            return False
