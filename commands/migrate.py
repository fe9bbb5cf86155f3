"""`./guichet migrate`: the database to the newest schema."""

from __future__ import annotations

import argparse

from sqlalchemy import make_url

from commands import schema
from settings import Settings
from store.database import address

HELP = "bring the database to the newest schema; safe to repeat"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing follows `migrate`."""


def main(args: argparse.Namespace) -> int:
    """Migrate, and say what."""
    settings = Settings()
    settings.var.mkdir(parents=True, exist_ok=True)
    url = address(settings)
    schema.upgrade(url)
    print(f"{make_url(url).render_as_string(hide_password=True)}: newest schema")
    return 0
