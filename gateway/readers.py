"""Reading what was typed with the libraries that know: national IDs, phone numbers, check digits.

Handed to the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import phonenumbers

from dialogs.engine.hear import digits, read
from dialogs.engine.kinds import NationalId, Phone
from dialogs.engine.step import Reader
from settings import Settings


def readers(settings: Settings) -> Mapping[type[Any], Reader]:
    """The readers of this country.

    Raises ModuleNotFoundError for a national ID python-stdnum does not know.
    """
    number = import_module(f"stdnum.{settings.national_id}")

    def national_id(kind: NationalId, text: str) -> str | None:
        typed = read(kind, text)
        return str(typed) if typed is not None and number.is_valid(typed) else None

    def phone(_kind: Phone, text: str) -> str | None:
        try:
            parsed = phonenumbers.parse(digits(text), settings.country)
        except phonenumbers.NumberParseException:
            return None
        return (
            phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            if phonenumbers.is_valid_number(parsed)
            else None
        )

    return {NationalId: national_id, Phone: phone}
