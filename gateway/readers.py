"""Reading what was typed with the libraries that know: identity documents, phone numbers, check
digits.

Handed to the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import phonenumbers

from dialogs.engine.hear import digits, read
from dialogs.engine.kinds import NationalId, Phone
from dialogs.engine.step import Reader
from gateway.documents import LONGEST, documents
from registry_client.proof import last_four
from settings import Settings


def readers(settings: Settings) -> Mapping[type[Any], Reader]:
    """The readers of this country. They read any text, and never raise.

    A country without documents takes any number that hear.py takes for one. Raises BadDocument.
    """
    kinds = documents(settings.country)

    def national_id(kind: NationalId, text: str) -> str | None:
        number = digits(text).upper()
        if last_four(number):
            return number
        if not kinds:
            return str(plain) if (plain := read(kind, text)) is not None else None
        typed = len(number) <= LONGEST and number.isascii() and number.isalnum()
        return number if typed and any(one.fits(number) for one in kinds) else None

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
