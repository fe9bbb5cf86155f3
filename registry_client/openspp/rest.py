"""OpenSPP's REST: resources by identifier, pages of a search, what is created. No word on what they
mean.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import quote, urlencode

from registry_client import envelope, post
from registry_client.envelope import Json, objects, word
from registry_client.port import Refused, RegistryError
from registry_client.post import Post

PAGE = 50
"""Resources asked for at once; the product gives a hundred at most."""
MOST_PAGES = 10
REFUSALS = {
    400: "invalid",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    410: "not_found",
    422: "invalid",
}
"""Statuses that are an answer. 403 is a person who gave no consent, or a scope we lack: staff see
it, and it says nothing of the registry's health.
"""


def meaning(status: int, body: bytes) -> RegistryError:
    """What a status other than 2xx means here; what the body says of it may name a person."""
    if status in REFUSALS:
        return Refused(REFUSALS[status])
    return post.failure(status, body)


class Rest:
    """The resources under one address. Every call may raise RegistryError; `until` is a time of the
    clock, by which all is over.
    """

    def __init__(self, asked: Post, prefix: str, clock: Callable[[], float]) -> None:
        self._post, self._prefix, self._clock = asked, prefix, clock

    def read(self, kind: str, system: str, value: str, until: float) -> Json | None:
        """One resource; None for none."""
        path = f"{self._prefix}/{kind}/{quote(f'{system}|{value}', safe='')}"
        try:
            return envelope.parse(self._post.get(path, timeout=until - self._clock()))
        except Refused as refused:
            if refused.code == "not_found":
                return None
            raise

    def search(self, kind: str, asked: dict[str, str], until: float) -> Iterator[Json]:
        """The resources of all pages, ten at most. What is missing is none: 404 is an empty page."""
        for page in range(MOST_PAGES):
            found = self._page(kind, asked, page * PAGE, until)
            given = objects(found.get("data", []))
            yield from given
            if not given or _last(found, page * PAGE + len(given), len(given)):
                return

    def create(self, kind: str, resource: Json, until: float) -> Json:
        """What came to be, as the product words it."""
        return self._write(f"{self._prefix}/{kind}", resource, until)

    def act(self, kind: str, reference: str, action: str, until: float) -> Json:
        """An action on a resource that is called by a reference with slashes."""
        path = f"{self._prefix}/{kind}/{quote(reference)}/${action}"
        return self._write(path, {}, until)

    def _page(self, kind: str, asked: dict[str, str], offset: int, until: float) -> Json:
        query = urlencode(asked | {"_count": str(PAGE), "_offset": str(offset)})
        path = f"{self._prefix}/{kind}?{query}"
        try:
            return envelope.parse(self._post.get(path, timeout=until - self._clock()))
        except Refused as refused:
            if refused.code == "not_found":
                return {}
            raise

    def _write(self, path: str, resource: Json, until: float) -> Json:
        body = json.dumps(resource, separators=(",", ":"), allow_nan=False).encode("ascii")
        return envelope.parse(self._post(path, body, timeout=until - self._clock()))


def _last(found: Json, so_far: int, given: int) -> bool:
    """Whether no page follows: by the total, or where there is none by a page that is not full."""
    meta = found.get("meta")
    total = word(meta.get("total")) if isinstance(meta, dict) else ""
    return so_far >= int(total) if total.isascii() and total.isdigit() else given < PAGE
