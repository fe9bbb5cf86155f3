"""OpenSPP's resources in our words. What cannot be read is left out; nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256

from registry_client import facts
from registry_client.dci import records
from registry_client.envelope import Json, objects, word
from registry_client.port import Eligibility, Outcome, Payment, Programme, Proof

TOLD = (
    (Outcome.ENROLLED, "enrolled"),
    (Outcome.SUSPENDED, "paused"),
    (Outcome.WAITING_LIST, "draft"),
    (Outcome.EXITED, "exited"),
    (Outcome.NOT_ELIGIBLE, "not_eligible"),
)
"""What a membership's status comes to; the first that any has is told. `duplicated` is not."""
STATES = {"approved": "expected", "trans2fsp": "sent", "rdpd2ben": "sent"}
"""States of an entitlement that are told; of the others nothing is paid, or not yet granted. None is
`paid`: the product knows of no bank.
"""
MOST_GROUPS = 3
_GROUP = re.compile(r"Group/([^|]{1,99}\|.{1,99})")
_REFERENCE = re.compile(r"Program/[^|]{1,99}\|(.{1,99})")


def identified(resource: Json, system: str) -> str:
    """Its value in this namespace; empty for none."""
    hers = (one for one in objects(resource.get("identifier")) if word(one.get("system")) == system)
    return next((word(one.get("value")) for one in hers), "")


def is_hers(individual: Json, system: str, national_id: str) -> bool:
    """Whether this individual carries this very ID."""
    return records.same(identified(individual, system), national_id)


def groups(individual: Json) -> tuple[str, ...]:
    """Her groups as `{system}|{value}`, three at most."""
    said = (part(one, "group") for one in objects(individual.get("groupMembership")))
    found = (_GROUP.fullmatch(word(one.get("reference"))) for one in said)
    return tuple(dict.fromkeys(one[1] for one in found if one))[:MOST_GROUPS]


def phones(individual: Json) -> tuple[str, ...]:
    """The phones on record in E.164; a number without its country is left out."""
    said = [
        one.get("value")
        for one in objects(individual.get("telecom"))
        if word(one.get("system")) in {"phone", "sms"}
    ]
    return records.phones({"phone_number": said})


def programmes(found: Iterable[Json], system: str, today: date) -> tuple[Programme, ...]:
    """Programmes that people can ask for by themselves, active today."""
    open_now = [one for one in found if _is_open(one, today)]
    return facts.programmes([_listed(one, system) for one in open_now])


def _is_open(programme: Json, today: date) -> bool:
    period = part(programme, "period")
    begins, ends = facts.day(period.get("start")), facts.day(period.get("end"))
    return (
        programme.get("active") is not False
        and word(programme.get("targetType")) != "group"
        and (begins is None or begins <= today)
        and (ends is None or today <= ends)
    )


def _listed(programme: Json, system: str) -> Json:
    period = part(programme, "period")
    name = {"en": programme.get("name")}
    return {"code": identified(programme, system), "name": name, "closes": period.get("end")}


def eligibility(memberships: Iterable[Json], proof: Proof) -> Eligibility:
    """What her memberships come to; without any it is not yet known."""
    held = list(memberships)
    for outcome, status in TOLD:
        if mine := [one for one in held if word(one.get("status")) == status]:
            return Eligibility(outcome, facts.programmes([_of(one) for one in mine]), proof=proof)
    return Eligibility(Outcome.NOT_YET_KNOWN, proof=proof)


def payments(entitlements: Iterable[Json]) -> tuple[Payment, ...]:
    """Entitlements in money that were granted, newest first, at most six."""
    return facts.payments(list(_payments(entitlements)))


def _payments(entitlements: Iterable[Json]) -> Iterator[Json]:
    for one in entitlements:
        state = STATES.get(word(one.get("state")).casefold())
        if state is None or word(one.get("entitlementType")) != "cash":
            continue
        amount, valid, programme = part(one, "initialAmount"), part(one, "validPeriod"), _of(one)
        said: dict[str, object] = {
            "programme": programme,
            "amount": amount.get("value"),
            "currency": amount.get("currency"),
            "due": valid.get("start"),
        }
        numbers = [word(its.get("value")) for its in objects(one.get("identifier"))]
        yield said | {"id": _number(said, numbers), "state": state, "until": valid.get("end")}


def _number(said: Json, numbers: list[str]) -> str:
    """The same entitlement has the same number whenever it is read, and one that fits."""
    whole = "/".join([*numbers, *(str(said[name]) for name in ("amount", "currency", "due"))])
    programme = word(part(said, "programme").get("code"))
    return f"e{sha256(f'{programme}/{whole}'.encode(errors='replace')).hexdigest()[:15]}"


def _of(resource: Json) -> Json:
    """The programme a membership or an entitlement refers to."""
    programme = part(resource, "program")
    found = _REFERENCE.fullmatch(word(programme.get("reference")))
    return {"code": found[1] if found else "", "name": {"en": programme.get("display")}}


def part(resource: Json, name: str) -> Json:
    """An object in it; empty where there is none."""
    inner = resource.get(name)
    return inner if isinstance(inner, dict) else {}
