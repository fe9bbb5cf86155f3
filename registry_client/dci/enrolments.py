"""Enrolments and benefits of a beneficiary registry, and what a payment system says of a payment.

Codes and words of the standard, of its older files and of what is met in their place.
"""

from __future__ import annotations

from collections.abc import Mapping

from registry_client.dci import records
from registry_client.dci.fields import day, field, money, objects, plain, text
from registry_client.dci.values import (
    Beneficiary,
    Benefit,
    Disbursement,
    Enrolment,
    Kind,
    Paid,
    Status,
)
from registry_client.envelope import Json, code, word

STATUSES: Mapping[str, Status] = {
    "1": Status.ACTIVE,
    "2": Status.DECEASED,
    "3": Status.GRADUATED,
    "4": Status.SUSPENDED,
    "enrolled": Status.ACTIVE,
    "reinstated": Status.ACTIVE,
    "paused": Status.SUSPENDED,
} | {plain(status.value): status for status in Status}
"""Codes and words, as `plain` writes them."""
KINDS: Mapping[str, Kind] = {
    "1": Kind.CASH,
    "2": Kind.VOUCHER,
    "3": Kind.IN_KIND,
    "4": Kind.TRAINING,
    "5": Kind.WORK,
    "6": Kind.INSURANCE,
} | {plain(kind.value): kind for kind in Kind}
PAYROLL: Mapping[str, Paid] = {
    "1": Paid.PAID,
    "2": Paid.FAILED,
    "successful": Paid.PAID,
    "unsuccessful": Paid.FAILED,
}
"""`payment_status` of the older files: what the bank answered."""
DISBURSED: Mapping[str, Paid] = {
    "rcvd": Paid.SENT,
    "pdng": Paid.SENT,
    "succ": Paid.PAID,
    "rjct": Paid.FAILED,
}
PROGRAMMES = ("programme_identifier", "programme")
STATUS = ("enrollment_status", "status")
ENROLLED_ON = ("enrollment_date",)
CHANGED_ON = ("status_change_date",)


def beneficiary(record: Json) -> Beneficiary:
    """Whoever a record of a beneficiary registry is about, and her programmes."""
    holders = (record, *objects(record, "member"), *objects(record, "group"))
    placed = [one for holder in holders for one in objects(holder, *PROGRAMMES)]
    read = [_enrolment(one, record) for one in placed]
    return Beneficiary(
        tuple(dict.fromkeys(records.identifiers(record))),
        tuple(dict.fromkeys(one for one in read if one is not None)),
    )


def _enrolment(item: Json, record: Json) -> Enrolment | None:
    """One programme of a record, which may say for all of them what the programme leaves out.

    None for one without a code.
    """
    programme = next(iter(objects(item, "programme")), item)
    number = text(programme, "programme_identifier", "code", "id") or _nested(programme)
    if not number:
        return None
    holders = (item, record)
    benefits = [one for holder in holders for one in objects(holder, "benefits", "benefit")]
    payroll = [one for holder in (*holders, *benefits) for one in objects(holder, "payroll")]
    return Enrolment(
        number,
        text(programme, "programme_name", "name"),
        status(next(filter(None, (text(one, *STATUS) for one in holders)), "")),
        next(filter(None, (day(one, *ENROLLED_ON) for one in holders)), None),
        next(filter(None, (day(one, *CHANGED_ON) for one in holders)), None),
        tuple(map(_benefit, benefits)) + tuple(map(_paid_out, payroll)),
    )


def _nested(programme: Json) -> str:
    """The code where it is an identifier of its own."""
    inner = next(iter(objects(programme, "programme_identifier")), {})
    return text(inner, "programme_identifier", "identifier_value", "value")


def status(said: str) -> Status:
    """A code or a word of the standard; unknown for any other."""
    return STATUSES.get(plain(said).replace(" ", ""), Status.UNKNOWN)


def _benefit(item: Json) -> Benefit:
    amount, currency = money(field(item, "benefit_value"))
    return Benefit(
        KINDS.get(plain(text(item, "benefit_type")).replace(" ", ""), Kind.UNKNOWN),
        day(item, "benefit_date"),
        amount,
        currency,
        PAYROLL.get(text(item, "payment_status").casefold(), Paid.EXPECTED),
        text(item, "benefit_quantity"),
    )


def _paid_out(item: Json) -> Benefit:
    """A line of a payroll: what was credited, or what was to be."""
    state = PAYROLL.get(text(item, "payment_status").casefold(), Paid.EXPECTED)
    credited = money(field(item, "payment_credit_amount"))
    amount, currency = credited if state is Paid.PAID and credited[0] else ("", "")
    if not amount:
        amount, currency = money(field(item, "payroll_amount", "payment_credit_amount"))
    currency = currency or text(item, "currency", "currency_code").upper()
    on = day(item, "payment_credit_date", "payroll_date", "payment_date")
    return Benefit(Kind.CASH, on, amount, currency, state)


def disbursements(message: Json) -> tuple[Disbursement, ...]:
    """The payments of an answer; one without a reference is left out, and a status we do not know
    is only expected.
    """
    found = map(_disbursement, objects(message, "disbursements_status"))
    return tuple(one for one in found if one.reference)


def _disbursement(item: Json) -> Disbursement:
    amount, currency = money(field(item, "amount"))
    state = DISBURSED.get(text(item, "status").casefold(), Paid.EXPECTED)
    return Disbursement(
        word(field(item, "reference_id")),
        state,
        code(field(item, "status_reason_code")) if state is Paid.FAILED else "",
        amount,
        text(item, "currency_code").upper() or currency,
    )
