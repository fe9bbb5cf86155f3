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
from dialogs.engine.screens import Dialog, Menu, Option, Screen
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


def changed(dialog: Dialog, *left_out: str, **screens: Screen) -> Dialog:
    """The dialog with some screens gone, and some others in their places."""
    kept = {name: one for name, one in dialog.screens.items() if name not in left_out}
    return Dialog(
        dialog.name,
        takes=dialog.takes,
        may_take=dialog.may_take,
        resumes=dialog.resumes,
        **{**kept, **screens},
    )


def backwards(screen: Screen, **over: Option) -> Menu:
    """The same menu with its options in the other order, and `over` in the place of some."""
    if not isinstance(screen, Menu):
        raise TypeError(screen)
    options = dict(reversed({**screen.options, **over}.items()))
    return Menu(screen.text, notes=screen.notes, pages=screen.pages, **options)


def next_release(helpline: str) -> Book:
    """The service after a deploy: menus in another order, and a screen that is gone."""
    money = COMPLAINT.screens["money"]
    straight = {
        name: Option(backwards(money).options[name].text, to="details")
        for name in ("nothing_came", "less_came")
    }
    replaced = {
        HOME.name: changed(HOME, menu=backwards(HOME.screens["menu"])),
        COMPLAINT.name: changed(
            COMPLAINT,
            "period",
            category=backwards(COMPLAINT.screens["category"]),
            money=backwards(money, **straight),
        ),
        VISIT.name: changed(VISIT, document=backwards(VISIT.screens["document"])),
    }
    dialogs = tuple(replaced.get(one.name, one) for one in DIALOGS)
    return Book(dialogs, doors=DOORS, always={"helpline": (HELPLINE, helpline)})


def app_of_the_next() -> WSGIApplication:
    """The web after a deploy."""
    return served(dialogs=next_release)


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
