"""Which code of ours a delivery is about, and what was dialled behind it. Pure."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from gateway.hook import Inbound, Input


def ours(inbound: Inbound, codes: AbstractSet[str]) -> Inbound | None:
    """The delivery, its code one that may be reached (none listed: any); None for a code that may not.

    Of a dialled string only what stands behind the code is left, joined by `*`. Some carriers report
    `*384*1234*2#` as the code of a call to `*384*1234#`; those that send the last input alone may
    report less than the code, `713` for `*713*4#`.
    """
    if inbound.input is Input.DIALLED:
        return _dialled(inbound, codes)
    if not codes or inbound.code in codes:
        return inbound
    if inbound.channel == "sms":
        return None
    within = any(begins(inbound.code, one) for one in codes)
    around = inbound.input is Input.LAST and any(begins(one, inbound.code) for one in codes)
    return inbound if within or around else None


def _dialled(inbound: Inbound, codes: AbstractSet[str]) -> Inbound | None:
    """By the longest code the dialled string begins with, else by the one that is reported."""
    known = codes or {inbound.code}
    reached = [one for one in known if begins(inbound.text, one)]
    if reached:
        code = max(reached, key=len)
        behind = _parts(inbound.text)[len(_parts(code)) :]
        return replace(inbound, code=code, text="*".join(behind))
    return replace(inbound, text="") if inbound.code in known else None


def begins(longer: str, code: str) -> bool:
    """Whether what was dialled begins with a code, part by part; `*` and `#` at the ends do not count."""
    first = _parts(code)
    return _parts(longer)[: len(first)] == first


def _parts(dialled: str) -> list[str]:
    return dialled.removeprefix("*").removesuffix("#").split("*")
