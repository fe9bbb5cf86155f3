"""One POST or GET to a registry and its answer, within a time and a size.

What is inside is for others to read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import requests
import urllib3

from registry_client import envelope
from registry_client.fetching import CONNECT, NotFetched, TooLate, nobodys, read_within
from registry_client.port import NotSupported, RegistryError, Unavailable
from registry_client.tokens import Fixed, Tokens

LARGEST_ANSWER = 1_000_000  # bytes
UNAUTHORISED = 401
AGAIN = frozenset({408, *range(500, 600)})
"""What may be asked again at once; 501 is told apart before."""

# The registry never understood these, so it refused nobody: a wrong token, a moved address, too
# many calls.
NOT_UNDERSTOOD = frozenset({401, 403, 407, 408, 421, 425, 429})
NO_SUCH_CALL = frozenset({404, 405, 501})
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
}


class _Sessions(threading.local):
    """A pooled session for each thread: requests' own are not made to be shared."""

    def __init__(self) -> None:
        self.session = requests.Session()


@dataclass(frozen=True, slots=True)
class _Way:
    """An address, ready to be asked: all of a request but its body, and by which way it goes."""

    request: requests.PreparedRequest
    proxies: Any
    verify: Any
    cert: Any


class Post:
    """Posts JSON to the addresses under one base address, and gets what is there, with a bearer token
    where there is one. A token that is answered 401 is asked for anew, once.

    `means`: what a status other than 2xx stands for at this kind of registry.
    """

    def __init__(
        self,
        base: str,
        tokens: Tokens | None = None,
        clock: Callable[[], float] = monotonic,
        means: Callable[[int, bytes], RegistryError] | None = None,
    ) -> None:
        self._base, self._tokens, self._clock = base.rstrip("/"), tokens or Fixed(), clock
        self._means = means or failure
        self._sessions, self._ways = _Sessions(), dict[str, _Way]()

    def __call__(self, path: str, body: bytes, *, timeout: float) -> bytes:
        """The body of a 2xx answer, at most 1 MB, within `timeout` seconds in all.

        Raises RegistryError.
        """
        return self._answer(path, body, timeout)

    def get(self, path: str, *, timeout: float) -> bytes:
        """The same of a GET. `path` is encoded, with its query; it may name a person, so it is in no
        error and is not kept.
        """
        return self._answer(path, None, timeout)

    def _answer(self, path: str, body: bytes | None, timeout: float) -> bytes:
        until = self._clock() + timeout
        if timeout <= 0:
            raise Unavailable("no time left to ask")
        url = f"{self._base}/{path.lstrip('/')}"
        token = self._tokens.bearer(timeout)
        status, answer = self._ask(url, body, token, timeout, until)
        if status == UNAUTHORISED and token:
            self._tokens.refused(token)
            left = until - self._clock()
            if left > 0 and (fresh := self._tokens.bearer(left)) not in ("", token):
                status, answer = self._ask(url, body, fresh, until - self._clock(), until)
        if status // 100 != 2:
            raise self._means(status, answer)
        return answer

    def _ask(
        self, url: str, body: bytes | None, token: str, timeout: float, until: float
    ) -> tuple[int, bytes]:
        """The status and body of one answer."""
        if timeout <= 0:
            raise Unavailable("no time left to ask")
        try:
            with self._send(url, body, token, timeout) as response:
                answer = read_within(response, until, self._clock, LARGEST_ANSWER)
                return response.status_code, answer
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            # Not `from`: the cause carries the address, and that of a GET may name a person.
            raise Unavailable("no answer in time", again=True) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable(f"no answer: {type(error).__name__}") from None
        except NotFetched as error:
            raise Unavailable(str(error), again=isinstance(error, TooLate)) from None

    def _send(self, url: str, body: bytes | None, token: str, timeout: float) -> requests.Response:
        """What a session's `post` does, without what is the same each time: that costs as much as
        all the rest of a call.
        """
        known = self._base if body is None else url
        way = self._ways.get(known) or self._ways.setdefault(known, self._way(known))
        asked = way.request.copy()
        if body is None:
            asked.method, asked.url = "GET", url
            del asked.headers["Content-Type"]
            asked.headers.pop("Content-Length", None)
        else:
            asked.body = body
            asked.headers["Content-Length"] = str(len(body))
        if token:
            asked.headers["Authorization"] = f"Bearer {token}"
        return self._sessions.session.get_adapter(url).send(
            asked,
            stream=True,
            # `total` makes connecting and waiting share one time; requests passes urllib3's own
            # value through.
            timeout=urllib3.Timeout(total=timeout, connect=min(timeout, CONNECT), read=timeout),  # type: ignore[arg-type]
            verify=way.verify,
            cert=way.cert,
            proxies=way.proxies,
        )

    def _way(self, url: str) -> _Way:
        """How this address is asked; proxies and certificates are the environment's."""
        with requests.Session() as session:
            request = session.prepare_request(
                requests.Request("POST", url, headers=HEADERS, auth=nobodys)
            )
            found = session.merge_environment_settings(request.url, {}, None, None, None)
        return _Way(request, found["proxies"], found["verify"], found["cert"])


def failure(status: int, body: bytes) -> RegistryError:
    """What an HTTP status other than 2xx means, with the code of its body where it has one."""
    code = envelope.error_code(body)
    if status in NOT_UNDERSTOOD or status < 400 or (status >= 500 and status not in NO_SUCH_CALL):
        again = status in AGAIN or code.casefold() in envelope.AGAIN
        return Unavailable(f"http {status} {code}".strip(), again=again)
    if status in NO_SUCH_CALL and not code.startswith("rjct."):
        return NotSupported(f"http {status} {code}".strip())
    return envelope.meaning(code or f"http.{status}")
