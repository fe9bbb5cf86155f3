"""People and households of a DCI search, however a registry shapes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import structlog

from registry_client.dci.fields import day, field, many, objects, plain, text, unknown, whole
from registry_client.dci.values import SCORES, Household, Identifier, Name, Person, Sex
from registry_client.envelope import Json, word

log = structlog.get_logger()

MOST_PHONES = 10
IDENTIFIERS = ("identifier", "member_identifier")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_INNER = ("demographic_info", "person", "member", "individual")
_SEXES = {"f": Sex.FEMALE, "2": Sex.FEMALE, "m": Sex.MALE, "1": Sex.MALE} | {
    sex.value: sex for sex in Sex
}

PERSON = """identifier member_identifier identifier_type identifier_value name given_name first_name
last_name second_name maiden_name prefix suffix surname sex gender birth_date dob death_date address
phone_number email registration_date last_updated last_update demographic_info person member
individual related_person relationship_head relationship_type related_member is_disabled
disability_info marital_status employment_status occupation language_code education_level
additional_attributes context id uuid type"""
ADDRESS = """address_line1 address_line2 street_address locality city sub_region_code region_code
postal_code country_code country country_name geo_location geo latitude longitude plus_code place
place_address"""
GROUP = """group_identifier group_type group_head_info group_size member_list group"""
ENROLLED = """assistance_unit programme_identifier programme programme_name programme_description
programme_type implementing_institution enrolment_date enrolment_status status_change_date benefits
benefit benefit_type benefit_date benefit_value benefit_description benefit_quantity
benefit_frequency payroll payroll_amount payroll_date payment_date currency currency_code
payment_credit_date payment_credit_amount payment_charges
payment_status"""
KNOWN = frozenset(
    plain(name) for part in (PERSON, ADDRESS, GROUP, ENROLLED) for name in part.split()
) | {plain(name) for name in SCORES}
"""Fields of the standard and those met in their place; any other is told of by its name."""


def noted(records: list[Json]) -> list[Json]:
    """The same records, after a line on fields that nobody reads, by their names alone."""
    if names := unknown(records, KNOWN):
        log.debug("registry.unknown_fields", names=names)
    return records


def carries(record: Json, national_id: str) -> bool:
    """Whether this record is hers, or one of a group she is in: some registries match parts of an
    ID, and another person's record is no answer.
    """
    return any(same(one.value, national_id) for one in identifiers(record))


def same(one: str, other: str) -> bool:
    """Whether two ways of writing are one number: dashes, spaces and case aside."""
    return bool(bare(one)) and bare(one) == bare(other)


def bare(identifier: str) -> str:
    """Letters and digits alone, in small letters."""
    return "".join(sign for sign in identifier if sign.isalnum()).casefold()


def person(record: Json) -> Person:
    """A person's record, or a member's with the person in it."""
    return Person(
        tuple(_own(record)),
        _name(record),
        _SEXES.get(_first(record, "sex", "gender").casefold(), Sex.UNKNOWN),
        _day(record, "birth_date", "dob"),
        _day(record, "death_date"),
        phones(record),
        handle(record),
        _day(record, "registration_date"),
        _day(record, "last_updated", "last_update"),
    )


def household(record: Json) -> Household:
    """A group's record. A head who is in the list as well is one member."""
    found = [*objects(record, "group_head_info"), *objects(record, "member_list")]
    return Household(
        tuple(_said(record, ("group_identifier",))),
        text(record, "group_type"),
        whole(record, "group_size"),
        tuple(dict.fromkeys(map(person, found))),
        day(record, "registration_date"),
        day(record, "last_updated", "last_update"),
    )


def people(record: Json) -> list[Person]:
    """Whoever a record is about: one person, or the members of a group."""
    return [person(one) for one in members(record) or [record]]


def hers(record: Json, national_id: str) -> Json:
    """Her own record, in one that carries her ID: the record itself, or a member of the group, with
    its handle.
    """
    return next((one for one in members(record) if carries(one, national_id)), record)


def members(record: Json) -> list[Json]:
    """The records of a group's members, each with its handle; none for a person's record."""
    found = [*objects(record, "group_head_info"), *objects(record, "member_list")]
    group = {"group_identifier": field(record, "group_identifier")}
    return [group | dict(one) for one in found]


def identifiers(record: Json) -> Iterator[Identifier]:
    """The numbers of a person, or of everybody in a group."""
    yield from _own(record)
    for group in (record, *objects(record, "group")):
        for member in [*objects(group, "group_head_info"), *objects(group, "member_list")]:
            yield from _own(member)


def national_id(record: Json, id_type: str) -> str:
    """Her number of this type, letters and digits alone; empty where she has none."""
    kinds = (one for one in _own(record) if one.type.casefold() == id_type.casefold())
    return next((bare(one.value).upper() for one in kinds), "")


def phones(record: Json) -> tuple[str, ...]:
    """The phones on record in E.164, each once; a number without its country is left out."""
    found: dict[str, None] = {}
    for holder in _holders(record):
        for one in many(holder, "phone_number"):
            said = text(one, "phone_number", "phone_no", "number", "value") or word(one)
            number = _international(said)
            if _E164.fullmatch(number):
                found[number] = None
    return tuple(found)[:MOST_PHONES]


def _holders(record: Json, depth: int = 3) -> list[Json]:
    """The record, and the person that a member's or a beneficiary's record holds."""
    found = [record]
    for inner in (one for name in _INNER for one in objects(record, name)):
        if depth:
            found += _holders(inner, depth - 1)
    return found


def _own(record: Json) -> Iterator[Identifier]:
    for holder in _holders(record):
        yield from _said(holder, IDENTIFIERS)
        if bare_value := text(holder, "identifier_value"):
            yield Identifier(text(holder, "identifier_type"), bare_value)


def _said(holder: Json, names: tuple[str, ...]) -> Iterator[Identifier]:
    """Identifiers of these fields: one or a list, objects or bare words."""
    for name in names:
        for one in many(holder, name):
            value = text(one, "identifier_value", "value") or word(one)
            if value:
                yield Identifier(text(one, "identifier_type", "type"), value)


def handle(record: Json) -> str:
    """The registry's handle of her household, where the record has one."""
    groups = [one.value for one in _said(record, ("group_identifier",))]
    groups += [one.value for one in _own(record) if "HOUSEHOLD" in one.type.upper()]
    return next(iter(groups), "")


def _name(record: Json) -> Name:
    """One name, or the first of several; or its parts in the person's own fields."""
    for holder in _holders(record):
        given = next(iter(objects(holder, "name")), holder)
        parts = (
            text(given, "given_name", "first_name"),
            text(given, "second_name"),
            text(given, "surname", "last_name"),
        )
        if any(parts):
            return Name(*parts)
        if said := text(holder, "name"):
            return Name(surname=said)
    return Name()


def _first(record: Json, *names: str) -> str:
    return next(filter(None, (text(one, *names) for one in _holders(record))), "")


def _day(record: Json, *names: str) -> date | None:
    return next(filter(None, (day(one, *names) for one in _holders(record))), None)


def _international(number: str) -> str:
    """Without what people write between digits; `00` is the other way to write `+`."""
    digits = re.sub(r"[\s().-]", "", number)
    return f"+{digits[2:]}" if digits.startswith("00") else digits
