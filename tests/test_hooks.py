"""Hop one: what is refused before anything is read, and how each kind of hook is answered when
something fails.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select, text

from gateway.app import create_app
from gateway.bodies import LARGEST
from gateway.front import client, in_front, read
from gateway.hooks import Request
from store import citizens
from store.tables import messages
from tests.line import PHONE, Line, opened, settings

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def line(valkey_url: str, sqlite_url: str, tmp_path: Path) -> Iterator[Line]:
    """Promises a phone line on an empty service."""
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        yield line


def sms(words: str, number: str = "1") -> dict[str, str]:
    """An incoming message as Africa's Talking delivers it."""
    return {
        "id": f"message-{number}",
        "from": PHONE,
        "to": "*384*1234#",
        "text": words,
        "date": "2026-11-23 10:00:00",
    }


def queued(line: Line) -> int:
    """How many messages SQL holds."""
    with line.hooks.database.read() as conn:
        return conn.execute(select(func.count()).select_from(messages)).scalar_one()


@pytest.mark.parametrize(
    "path",
    [
        "africastalking/ussd/wrong",
        "africastalking/ussd/",
        "africastalking/ussd",
        "africastalking/fax/{token}",
        "nobody/ussd/{token}",
        "twilio/sms/{token}",
        "africastalking/ussd/{token}/more",
        "",
    ],
)
def test_a_wrong_address_is_404_without_a_body(line: Line, path: str) -> None:
    """Nobody learns whether the provider, the kind or the token was wrong."""
    token = line.hooks.tokens["africastalking", "ussd"][0]
    answer = line.hooks.receive(
        Request(path.format(token=token), "", b"", {"content-type": FORM}, "127.0.0.1")
    )
    assert (answer.status, answer.body) == (404, "")


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"body": b"text=" + b"1" * LARGEST}, 413),
        ({"headers": {"content-type": "application/json"}}, 415),
        ({"headers": {}}, 415),
        ({"body": b"text=1&text=2"}, 400),
        ({"body": b"\xff\xfe=1"}, 400),
        ({"body": b"&".join(b"k%d=1" % n for n in range(200))}, 400),
        ({"body": urlencode({"sessionId": "s1", "phoneNumber": "923000000001"}).encode()}, 400),
        (
            {
                "body": b"sessionId=s1&phoneNumber=+923000000001&serviceCode=*384*1234%23&networkCode=1&text="
            },
            400,
        ),
    ],
)
def test_a_delivery_no_carrier_sends_is_refused_cleanly(
    line: Line, over: dict[str, Any], status: int
) -> None:
    """Too large, not a form, a field twice, unreadable, too many fields, a number without its plus,
    a raw plus.
    """
    answer = line.post("ussd", line.form(""), **over)
    assert answer.status == status


def test_a_forged_twilio_delivery_is_403(line: Line) -> None:
    """The token is right and the signature is not."""
    assert (
        line.post(
            "sms", {"MessageSid": "SM1", "From": PHONE, "Body": "hi"}, provider="twilio"
        ).status
        == 403
    )


def test_a_signed_twilio_delivery_is_taken(line: Line) -> None:
    """The signature is over the public address, whatever this server is called inside."""
    form = {
        "MessageSid": "SM" + "1" * 32,
        "AccountSid": "AC" + "0" * 32,
        "From": PHONE,
        "To": "+15005550006",
    }
    form |= {"Body": "hello", "NumMedia": "0", "NumSegments": "1"}
    url = f"https://line.example/in/twilio/sms/{line.hooks.tokens['twilio', 'sms'][0]}"
    told = url + "".join(f"{name}{value}" for name, value in sorted(form.items()))
    signature = base64.b64encode(hmac.new(b"12345", told.encode(), hashlib.sha1).digest()).decode()
    answer = line.post(
        "sms",
        form,
        provider="twilio",
        headers={"content-type": FORM, "x-twilio-signature": signature},
    )
    assert (answer.status, answer.content_type) == (200, "text/xml; charset=utf-8")
    assert queued(line) == 1


def test_only_listed_networks_may_deliver(valkey_url: str, sqlite_url: str, tmp_path: Path) -> None:
    """With a list of networks everybody else finds nothing here."""
    with opened(valkey_url, sqlite_url, tmp_path, allowed_cidrs=("10.1.0.0/16", "::1/128")) as line:
        line.session = "s1"
        assert line.post("ussd", line.form(""), remote="10.1.2.3").status == 200
        assert line.post("ussd", line.form(""), remote="192.0.2.1").status == 404
        assert line.post("ussd", line.form(""), remote="not an address").status == 404


def test_a_message_is_answered_once_however_often_it_comes(line: Line) -> None:
    """The carrier delivers again until it hears 200: one reply is queued."""
    for _ in range(3):
        assert line.post("sms", sms("hello")).status == 200
    assert queued(line) == 1


def test_a_message_to_a_number_that_is_not_ours_is_left_alone(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """With short codes listed, what was written to another is taken from the carrier and not
    answered.
    """
    with opened(valkey_url, sqlite_url, tmp_path, service_codes=("*384*1234#", "21234")) as line:
        assert line.post("sms", sms("hello") | {"to": "99999"}).status == 200
        assert queued(line) == 0
        assert line.post("sms", sms("hello") | {"to": "21234"}).status == 200
        assert queued(line) == 1


def test_messages_lead_through_the_dialogs(line: Line) -> None:
    """The same dialogs by SMS: language, notice, menu, complaint, reference; each answer once."""
    for number, words in enumerate(["hi", "1", "1", "3", "3", "They shouted at me", "1"]):
        assert line.post("sms", sms(words, str(number))).status == 200
    with line.hooks.database.read() as conn:
        addresses = [row.address for row in conn.execute(select(messages.c.address))]
    assert addresses.count("reply") == 7
    assert addresses.count("notices.complaint_stored") == 1


@pytest.mark.parametrize("word", ["STOP", "Stop.", "ARRÊT", "بند"])
def test_stop_is_heard_in_any_language(line: Line, word: str) -> None:
    """Her news end at once and she is told so; START takes it back."""
    line.post("sms", sms(word))
    with line.hooks.database.read() as conn:
        citizen = citizens.find(conn, line.hooks.seals, PHONE)
    assert citizen is not None
    assert (citizen.no_news, citizen.opted_out) == (True, False)
    line.post("sms", sms("START", "2"))
    with line.hooks.database.read() as conn:
        citizen = citizens.find(conn, line.hooks.seals, PHONE)
    assert citizen is not None
    assert (citizen.no_news, citizen.opted_out) == (False, False)
    assert queued(line) == 2


@pytest.mark.parametrize(
    ("kind", "form", "status"),
    [
        ("sms", sms("hello"), 503),
        ("receipts", {"id": "ATXid_1", "status": "Success", "phoneNumber": PHONE}, 503),
        ("optouts", {"senderId": "GUICHET", "phoneNumber": PHONE}, 503),
        ("ussd-ended", {"sessionId": "s1", "phoneNumber": PHONE, "status": "Incomplete"}, 200),
    ],
)
def test_when_nothing_could_be_stored_the_carrier_delivers_again(
    line: Line, kind: str, form: dict[str, str], status: int
) -> None:
    """503 where the carrier will redeliver; an end event is always 200."""
    with line.hooks.database.write() as conn:
        for table in ("messages", "citizens", "receipts"):
            conn.execute(text(f"ALTER TABLE {table} RENAME TO {table}_gone"))
    assert line.post(kind, form).status == status


def test_flask_and_the_carriers_way_give_the_same_answer(
    line: Line, valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """The WSGI callable in front and the Flask view call one function."""
    app = create_app(settings(valkey_url, sqlite_url, tmp_path), line.hooks)
    line.session = "s1"
    path = f"/in/africastalking/ussd/{line.hooks.tokens['africastalking', 'ussd'][0]}"
    by_flask = app.test_client().post(path, data=line.form(""))
    app.wsgi_app = in_front(app.wsgi_app, line.hooks, 0)  # type: ignore[assignment]  # how Flask says it is done
    in_front_of_it = app.test_client().post(path, data=line.form(""))
    assert by_flask.data == in_front_of_it.data
    assert by_flask.headers["Content-Type"] == in_front_of_it.headers["Content-Type"]
    assert app.test_client().get("/healthz").status_code == 200
    assert app.test_client().get("/readyz").json == {"database": True, "redis": True}


def test_a_body_is_read_no_further_than_the_largest() -> None:
    """However much is announced, one byte more than the largest is enough to refuse it."""
    environ = {
        "PATH_INFO": "/in/a/b/c",
        "CONTENT_LENGTH": "999999",
        "wsgi.input": BytesIO(b"x" * 999999),
    }
    assert len(read(environ, 0).body) == LARGEST + 1


@pytest.mark.parametrize(
    ("forwarded", "proxies", "seen"),
    [
        ("", 0, "10.0.0.1"),
        ("192.0.2.7", 0, "10.0.0.1"),
        ("192.0.2.7", 1, "192.0.2.7"),
        ("203.0.113.9, 192.0.2.7", 1, "192.0.2.7"),
        ("203.0.113.9, 192.0.2.7", 2, "203.0.113.9"),
        ("192.0.2.7", 2, "10.0.0.1"),
    ],
)
def test_the_client_is_who_the_outermost_trusted_proxy_saw(
    forwarded: str, proxies: int, seen: str
) -> None:
    """What anybody may write into the header in front of our proxies is not believed."""
    assert client({"x-forwarded-for": forwarded}, "10.0.0.1", proxies) == seen


def test_keywords_over_the_limit_act_and_are_answered_once_a_minute(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """Two machines that answer each other cost a few messages; a STOP is obeyed all the same."""
    with opened(valkey_url, sqlite_url, tmp_path, turns_a_minute=2) as line:
        for number in range(20):
            assert line.post("sms", sms("HELP", str(number))).status == 200
        line.post("sms", sms("STOP", "stop"))
        with line.hooks.database.read() as conn:
            citizen = citizens.find(conn, line.hooks.seals, PHONE)
        assert citizen is not None
        assert citizen.no_news
        assert queued(line) <= 2 + 2  # two answers, and one "too many" for each minute this took
