"""What a web server serves in a storm: the next release with other dialogs, or ours under a wrong
clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING

import logs
from dialogs.complaint import COMPLAINT
from dialogs.engine.book import Book
from dialogs.engine.screens import Dialog, Menu, Screen
from dialogs.home import HOME
from dialogs.service import DIALOGS, DOORS, HELPLINE, book
from dialogs.visit import VISIT
from gateway.app import create_app, hooks
from gateway.front import in_front
from settings import Settings
from store.clock import now
from storm.weather import SKEW

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def backwards(dialog: Dialog, screen: str) -> Dialog:
    """The dialog with the options of one menu in the other order."""
    menu = dialog.screens[screen]
    if not isinstance(menu, Menu):
        raise TypeError(screen)
    options = dict(reversed(list(menu.options.items())))
    turned = Menu(menu.text, notes=menu.notes, pages=menu.pages, **options)
    screens: dict[str, Screen] = {**dialog.screens, screen: turned}
    kinds = {"takes": dialog.takes, "may_take": dialog.may_take, "resumes": dialog.resumes}
    return Dialog(dialog.name, **kinds, **screens)  # type: ignore[arg-type]  # as they were


def next_book(helpline: str) -> Book:
    """The service with its menus in another order."""
    turned = {
        one.name: one
        for one in (
            backwards(HOME, "menu"),
            backwards(COMPLAINT, "category"),
            backwards(VISIT, "document"),
        )
    }
    dialogs = tuple(turned.get(one.name, one) for one in DIALOGS)
    return Book(dialogs, doors=DOORS, always={"helpline": (HELPLINE, helpline)})


def app_of_the_next() -> WSGIApplication:
    """The web after a deploy."""
    return served(dialogs=next_book)


def app_behind() -> WSGIApplication:
    """The web on a machine whose clock is behind."""
    return served(clock=lambda: now() - timedelta(seconds=SKEW))


def app_ahead() -> WSGIApplication:
    """The web on a machine whose clock is ahead."""
    return served(clock=lambda: now() + timedelta(seconds=SKEW))


def served(
    *, clock: Callable[[], datetime] = now, dialogs: Callable[[str], Book] = book
) -> WSGIApplication:
    """As wsgi.py serves it, but for what is handed in."""
    settings = Settings()
    logs.configure(settings.log_level)
    made = hooks(settings, clock=clock, dialogs=dialogs)
    made.tallies.start(Event())
    return in_front(create_app(settings, made), made, settings.trusted_proxies)
