"""The web: `granian --interface wsgi --factory wsgi:app_from_environment`, or any other WSGI
server.
"""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import logs
from gateway.app import create_app, hooks
from gateway.front import in_front
from settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def app_from_environment() -> WSGIApplication:
    """The whole web application: carriers' deliveries in front, everything else by Flask."""
    settings = Settings()
    logs.configure(settings.log_level)
    made = hooks(settings)
    made.tallies.start(Event())
    return in_front(create_app(settings, made), made, settings.trusted_proxies)
