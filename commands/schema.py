"""The database's schema as commands see it: brought up to date, or found old in one sentence."""

from __future__ import annotations

from commands.trouble import Trouble
from store import migrations
from store.database import StoreDown


def upgrade(url: str) -> None:
    """Bring the database at that URL to the newest schema.

    Raises Trouble when it cannot be reached.
    """
    try:
        migrations.upgrade(url)
    except StoreDown as error:
        raise Trouble(f"the database does not answer: {error}") from error


def require(url: str) -> None:
    """Raise Trouble when the schema is not the newest, or the database cannot be reached."""
    try:
        migrations.require_current(url)
    except migrations.SchemaOld as error:
        raise Trouble(str(error)) from error
    except StoreDown as error:
        raise Trouble(f"the database does not answer: {error}") from error
