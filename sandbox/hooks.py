"""Where the carrier delivers: the addresses of a JSON file that may come late or change, and one
HTTP post to them.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path

import requests


class NotConnected(Exception):
    """No address is known for this kind of delivery; the message says which."""


class NoAnswer(Exception):
    """The address did not answer in time, or not at all."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a hook answered."""

    status: int
    body: str
    headers: dict[str, str]
    """Names in lower case."""


class Hooks:
    """The file of hook addresses, read again when it changes; what was read last holds while it is
    broken or gone.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp: tuple[int, int] | None = None
        self._known: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()

    def address(self, provider: str, kind: str) -> str:
        """The URL for this delivery. Raises NotConnected."""
        with self._lock:
            self._refresh()
            found = self._known.get(provider, {}).get(kind)
        if not found:
            raise NotConnected(
                f"Nobody is connected yet: no {provider} {kind} address in the hooks file."
            )
        return found

    def _refresh(self) -> None:
        try:
            stat = self._file.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if stamp != self._stamp:
                self._known, self._stamp = (
                    _addresses(json.loads(self._file.read_text("utf-8"))),
                    stamp,
                )
        except (OSError, ValueError):
            self._stamp = None


def _addresses(read: object) -> dict[str, dict[str, str]]:
    """The objects of strings in the file; whatever else it holds is left alone."""
    listed = read.items() if isinstance(read, dict) else ()
    return {
        str(provider): {str(kind): url for kind, url in kinds.items() if isinstance(url, str)}
        for provider, kinds in listed
        if isinstance(kinds, dict)
    }


def post(
    url: str, form: dict[str, str], timeout: float, headers: dict[str, str] | None = None
) -> Said:
    """Post a form as a carrier does: UTF-8, no redirects, no proxy of the environment.

    Raises NoAnswer.
    """
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(
                url,
                data=form,
                headers=headers,
                timeout=(min(5.0, timeout), timeout),
                allow_redirects=False,
            )
        except requests.RequestException as cause:
            raise NoAnswer(type(cause).__name__) from cause
    answer.encoding = "utf-8"
    return Said(
        answer.status_code,
        answer.text,
        {name.lower(): value for name, value in answer.headers.items()},
    )
