"""Bearer tokens over a real HTTP server: how one is asked for, when it is renewed, and by how many at once."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from registry_client.port import Unavailable
from registry_client.tokens import EARLY, UNTOLD, ClientCredentials, Credentials, Fixed, Tokens
from tests.counterpart import Counterpart, Got, Say, counterpart, nobody

SECRET = "evidently fake: & ="


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def token(name: str, **more: Any) -> Say:
    """An answer as DCI words it: seconds as text."""
    said = {"access_token": name, "token_type": "bearer", "expires_in": "3600"} | more
    return Say(
        json.dumps({key: value for key, value in said.items() if value is not None}).encode()
    )


def numbered(**more: Any) -> Callable[[Got], Say]:
    """A new token for each that asks: t1, t2."""
    numbers = count(1)
    return lambda _: token(f"t{next(numbers)}", **more)


def tokens(server: Counterpart, clock: Clock | None = None, **more: Any) -> ClientCredentials:
    """Those of this server."""
    credentials = Credentials(f"{server.url}/oauth2/client/token", "guichet", SECRET, **more)
    return ClientCredentials(credentials, clock=clock or Clock())


def test_a_token_is_asked_for_by_a_form() -> None:
    """As DCI says, with a scope where there is one."""
    with counterpart(token("t1")) as server:
        assert tokens(server, scope="a b").bearer(1) == "t1"
        assert tokens(server).bearer(1) == "t1"
    first, second = server.got
    assert first.path == "/oauth2/client/token"
    assert first.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in first.headers
    ours = {"grant_type": "client_credentials", "client_id": "guichet", "client_secret": SECRET}
    assert (first.form, second.form) == (ours | {"scope": "a b"}, ours)


def test_a_token_is_asked_for_by_json() -> None:
    """The same in an object."""
    with counterpart(token("t1")) as server:
        tokens(server, style="json").bearer(1)
    (got,) = server.got
    assert got.headers["content-type"] == "application/json"
    assert got.json == {
        "grant_type": "client_credentials",
        "client_id": "guichet",
        "client_secret": SECRET,
    }


def test_a_token_is_asked_for_by_a_basic_header() -> None:
    """Id and secret are form-encoded first (RFC 6749 paragraph 2.3.1), and nowhere else."""
    with counterpart(token("t1")) as server:
        tokens(server, style="basic").bearer(1)
    (got,) = server.got
    pair = base64.b64decode(got.headers["authorization"].removeprefix("Basic ")).decode()
    assert pair == "guichet:evidently+fake%3A+%26+%3D"
    assert got.form == {"grant_type": "client_credentials"}


@pytest.mark.parametrize(
    ("told", "life"),
    [
        ("3600", 3600.0),
        (3600, 3600.0),
        (3600.5, 3600.5),
        ("36000", 36000.0),
        (None, UNTOLD),
        ("an hour", UNTOLD),
        (True, UNTOLD),
        ([], UNTOLD),
        (10**400, UNTOLD),
        (100, 100.0),
    ],
)
def test_a_token_is_renewed_before_it_ends(told: Any, life: float) -> None:
    """A minute before, or a tenth of its life where that is less."""
    clock = Clock()
    with counterpart(numbered(expires_in=told)) as server:
        mine = tokens(server, clock)
        assert mine.bearer(1) == "t1"
        clock.now += life - min(EARLY, life / 10) - 0.1
        assert mine.bearer(1) == "t1"
        clock.now += 0.2
        assert mine.bearer(1) == "t2"
        assert mine.bearer(1) == "t2"


@pytest.mark.parametrize("told", [0, "0", -5, "nan"])
def test_a_token_without_a_life_is_used_once(told: Any) -> None:
    """It is shown to the call it was got for."""
    with counterpart(numbered(expires_in=told)) as server:
        mine = tokens(server)
        assert [mine.bearer(1), mine.bearer(1)] == ["t1", "t2"]


def test_a_refused_token_is_asked_for_anew() -> None:
    """Once: a late word about the old one does not cost the new one."""
    with counterpart(numbered()) as server:
        mine = tokens(server)
        mine.refused(mine.bearer(1))
        assert mine.bearer(1) == "t2"
        mine.refused("t1")
        assert mine.bearer(1) == "t2"
    assert len(server.got) == 2


def test_one_thread_at_a_time_asks() -> None:
    """The others wait for it, and show what it got."""
    begun, go = threading.Event(), threading.Event()

    def slowly(_: Got) -> Say:
        begun.set()
        go.wait(10)
        return token("t1")

    with counterpart(slowly) as server:
        mine, found = tokens(server), list[str]()
        threads = [threading.Thread(target=lambda: found.append(mine.bearer(10))) for _ in range(5)]
        for thread in threads:
            thread.start()
        assert begun.wait(10)
        go.set()
        for thread in threads:
            thread.join()
    assert found == ["t1"] * 5
    assert len(server.got) == 1


def test_while_one_thread_renews_the_others_go_on() -> None:
    """The old token still holds."""
    clock, begun, go = Clock(), threading.Event(), threading.Event()
    names = iter(["t1", "t2"])

    def slowly(_: Got) -> Say:
        name = next(names)
        if name == "t2":
            begun.set()
            go.wait(10)
        return token(name)

    with counterpart(slowly) as server:
        mine, found = tokens(server, clock), list[str]()
        mine.bearer(10)
        clock.now += 3600 - EARLY / 2
        renewing = threading.Thread(target=lambda: found.append(mine.bearer(10)))
        renewing.start()
        assert begun.wait(10)
        assert mine.bearer(10) == "t1"
        go.set()
        renewing.join()
    assert found == ["t2"]


def test_a_renewal_that_fails_costs_nothing_while_the_old_one_holds() -> None:
    """And everything once it does not."""
    clock, answers = Clock(), [token("t1")]
    with counterpart(lambda _: answers[-1]) as server:
        mine = tokens(server, clock)
        mine.bearer(1)
        answers.append(Say(b"", 503))
        clock.now += 3600 - EARLY / 2
        assert mine.bearer(1) == "t1"
        clock.now += EARLY
        with pytest.raises(Unavailable):
            mine.bearer(1)


def test_who_waits_for_a_token_waits_no_longer_than_said() -> None:
    """Behind a thread that gets none."""
    begun = threading.Event()

    def never(_: Got) -> Say:
        begun.set()
        return Say(how="hang")

    with counterpart(never) as server:
        mine = tokens(server)

        def ask() -> None:
            with pytest.raises(Unavailable):
                mine.bearer(0.5)

        asking = threading.Thread(target=ask)
        asking.start()
        assert begun.wait(10)
        with pytest.raises(Unavailable, match="in time"):
            mine.bearer(0.01)
        asking.join()


@pytest.mark.parametrize(
    ("say", "told"),
    [
        (Say(b'{"error": "invalid_client"}', 401), "no token: http 401 invalid_client"),
        (Say(b'{"error": "of Amina 3520200000001"}', 400), "no token: http 400 unknown"),
        (Say(b"", 302, location="https://elsewhere.example"), "no token: http 302"),
        (Say(b"{"), "no token: the answer has none that can be sent"),
        (Say(b"[]"), "no token: the answer has none that can be sent"),
        (token("two\r\nlines"), "no token: the answer has none that can be sent"),
        (token("é"), "no token: the answer has none that can be sent"),
        (token(""), "no token: the answer has none that can be sent"),
        (token("t1", access_token=1), "no token: the answer has none that can be sent"),
        (token("t1", token_type="mac"), "no token: it is of another type than bearer"),
        (token("t1", token_type=1), "no token: it is of another type than bearer"),
    ],
    ids=range(11),
)
def test_what_is_no_token_is_not_shown(say: Say, told: str) -> None:
    """The error is a code, and repeats nothing of the answer."""
    with counterpart(say) as server, pytest.raises(Unavailable) as error:
        tokens(server).bearer(1)
    assert str(error.value) == told


def test_a_token_may_leave_its_type_out() -> None:
    """And write it in capitals."""
    for kind in (None, "Bearer", "BEARER"):
        with counterpart(token("t1", token_type=kind)) as server:
            assert tokens(server).bearer(1) == "t1"


def test_nobody_there_gives_none() -> None:
    """In a word that names no address."""
    with (
        nobody() as url,
        pytest.raises(Unavailable, match="no token: no answer: ConnectionError"),
    ):
        ClientCredentials(Credentials(url, "guichet", SECRET)).bearer(1)


def test_no_secret_shows_itself() -> None:
    """Not printed."""
    assert SECRET not in repr(Credentials("https://registry.example", "guichet", SECRET))


def test_a_fixed_token_stays() -> None:
    """What was refused is all there is; without one none is sent."""
    fixed: Tokens = Fixed("t1")
    fixed.refused("t1")
    assert (fixed.bearer(1), Fixed().bearer(1)) == ("t1", "")
