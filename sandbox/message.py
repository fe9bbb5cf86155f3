"""The fields of a message of the local profile, read as strictly as a registry reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.envelope import Json, Rejected, is_text

REFERENCE = re.compile(r"[0-9]{10}")
PHONE = re.compile(r"(\+[1-9][0-9]{6,14})?")
LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,23}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,23}")
MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Message:
    """Every reader raises Rejected (`rjct.request.invalid`) for what is not as documented."""

    fields: Json

    def id(self, field: str) -> str:
        """A national ID."""
        given = self.fields.get(field)
        if (
            not isinstance(given, dict)
            or given.get("type") != "NID"
            or not is_text(given.get("value"), 40)
        ):
            raise _invalid(f"{field} must be an ID of type NID.")
        return str(given["value"])

    def maybe_id(self, field: str) -> str | None:
        """A national ID, or null."""
        return None if self.fields.get(field) is None else self.id(field)

    def text(self, field: str, longest: int, least: int = 1) -> str:
        """Words."""
        given = self.fields.get(field)
        if not is_text(given, longest, least):
            raise _invalid(f"{field} must be {least} to {longest} characters.")
        return str(given)

    def matching(self, field: str, shape: re.Pattern[str]) -> str:
        """A string of this shape."""
        given = self.fields.get(field)
        if not isinstance(given, str) or shape.fullmatch(given) is None:
            raise _invalid(f"{field} has not the right shape.")
        return given

    def maybe_matching(self, field: str, shape: re.Pattern[str]) -> str | None:
        """A string of this shape, or null."""
        return None if self.fields.get(field) is None else self.matching(field, shape)

    def one_of(self, field: str, words: tuple[str, ...]) -> str:
        """One of these words."""
        given = self.fields.get(field)
        if given not in words:
            raise _invalid(f"{field} must be one of {', '.join(words)}.")
        return str(given)

    def maybe_one_of(self, field: str, words: tuple[str, ...]) -> str | None:
        """One of these words, or null."""
        return None if self.fields.get(field) is None else self.one_of(field, words)

    def words(self, field: str) -> dict[str, str]:
        """An object of strings by name, of 200 characters at most."""
        given = self.fields.get(field)
        if not isinstance(given, dict) or len(given) > MOST_WORDS:
            raise _invalid(f"{field} must be an object.")
        for name, value in given.items():
            if not NAME.fullmatch(name) or not is_text(value, 200):
                raise _invalid(f"{field} must be strings by name.")
        return given


def _invalid(why: str) -> Rejected:
    return Rejected("rjct.request.invalid", why)
