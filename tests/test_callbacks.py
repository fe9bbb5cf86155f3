"""The receiver of registries' callbacks, over the real web application and database: who may call, what is taken,
what each refusal says, and that nothing is taken twice or lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

import logs
from gateway.app import callbacks, create_app
from gateway.callbacks import Sender
from gateway.callbacks_answers import FAULTS
from gateway.callbacks_reading import LARGEST, MOST, OLDEST, SKEW
from registry_client.keys import KeysAway, PrivateKey, PublicKey, Registered
from registry_client.signatures import CavageVerifier, JwsVerifier
from settings import Settings
from store import deliveries, outbox
from store.lanes import EVENTS
from store.tables import deliveries as table
from tests import signed
from tests.documents import read
from tests.line import opened
from tests.line import settings as of_a_line
from tests.registries import (
    ITEM,
    MESSAGES,
    NAME,
    OLDER,
    QUESTIONS,
    TOKEN,
    Caller,
    Told,
    calling,
    envelope,
    place,
    sender,
)
from tests.stored import AMINA, HER_ID, NOW, SEALS, rows

ACTIONS = pytest.mark.parametrize("action", list(MESSAGES))
KEYS = Registered.of([PublicKey.read(signed.public_pem(signed.ED), "k1")])
AT = int(NOW.timestamp())


@pytest.fixture
def registry(sqlite_url: str) -> Iterator[Caller]:
    """Promises a registry that shows a token."""
    with calling(sqlite_url) as caller:
        yield caller


@pytest.fixture
def either(database_url: str) -> Iterator[Caller]:
    """Promises the same on each kind of database."""
    with calling(database_url) as caller:
        yield caller


def refused(told: Told, fault: str) -> None:
    """Return when it was answered so, in every form a sender may read."""
    wanted = FAULTS[fault]
    assert (told.status, told.ack, told.code) == (wanted.status, wanted.ack, wanted.code)
    message = told.body["message"]
    assert set(message) == {"ack_status", "timestamp", "correlation_id", "error"}
    assert message["timestamp"] == "2026-11-23T09:00:00Z"
    assert 0 < len(message["correlation_id"]) <= 99
    assert message["error"]["message"]
    assert told.body.get("errors") == (None if wanted.status == 200 else [message["error"]])


def kept(caller: Caller) -> list[deliveries.Delivery]:
    """All that was taken, opened."""
    with caller.database.read() as conn:
        ids = list(conn.execute(select(table.c.id).order_by(table.c.id)).scalars())
        found = deliveries.read(conn, SEALS, ids)
    return [found[one] for one in ids]


# What is taken


@ACTIONS
def test_a_message_is_kept_with_its_promise_and_then_acknowledged(
    either: Caller, action: str
) -> None:
    """Each kind, at its own address."""
    if action in QUESTIONS:
        either.asks(action)
    told = either.send(action)
    assert (told.status, told.ack, told.code) == (200, "ACK", "")
    assert set(told.body["message"]) == {"ack_status", "timestamp", "correlation_id"}
    (one,) = kept(either)
    assert (one.registry, one.action) == ("registry", action)
    assert (one.sender, one.message_id) == ("registry.example", "m-1")
    assert one.message == MESSAGES[action]
    with either.database.write() as conn:
        (promise,) = outbox.claim(conn, EVENTS, NOW, timedelta(seconds=60), 10, b"one")
        assert list(deliveries.read(conn, SEALS, [promise.subject]).values()) == [one]


@ACTIONS
def test_one_address_may_take_them_all(registry: Caller, action: str) -> None:
    """What it is the header says, also with a slash at the end."""
    if action in QUESTIONS:
        registry.asks(action)
    assert registry.post(envelope(action)).ack == "ACK"
    assert registry.call("/dci/registry/", json.dumps(envelope(action)).encode()).ack == "ACK"
    assert [one.action for one in kept(registry)] == [action]


def test_an_answer_is_acknowledged_under_its_own_correlation(registry: Caller) -> None:
    """And a notification, which has none, under one that a repeat gets again."""
    registry.asks("on-search")
    assert registry.send("on-search").body["message"]["correlation_id"] == "c-1"
    first = registry.send("notify", message_id="m-2")
    assert first.body["message"]["correlation_id"]
    assert registry.send("notify", message_id="m-2").body == first.body


OPENSPP = {
    "subscription_code": "S-1",
    "notification_id": "n-1",
    "notify_event": [
        {
            "event_id": "e-1",
            "event_ts": "2026-11-23T09:00:00",
            "event_type": "UPDATE",
            "reg_type": "SOCIAL_REGISTRY",
            "event_data": [{"name": NAME}],
        }
    ],
}
OPENIMIS = {
    "transaction_id": "t-9",
    "notify_request": [
        {
            "reference_id": "r-1",
            "timestamp": "2026-11-23T09:00:00",
            "subscription_id": "S-1",
            "data": {"event_type": "UPDATE", "reg_record": {"firstName": NAME}},
        }
    ],
}


@pytest.mark.parametrize("message", [OPENSPP, OPENIMIS], ids=["OpenSPP", "openIMIS"])
def test_notifications_of_other_shapes_are_taken(registry: Caller, message: Any) -> None:
    """As those products send them: one address, no transaction, other words in the header."""
    said = envelope("notify", status="success", total_count=None, version=None, receiver_id=None)
    assert registry.post(said | {"message": message}).ack == "ACK"
    assert [one.message for one in kept(registry)] == [message]


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "1"},
        {"version": "1.0"},
        {"sender_id": None},
        {"receiver_id": ""},
        {"total_count": "1"},
        {"message_ts": "2026-11-23T14:00:00+05:00"},
        {"message_ts": "2026-11-23T09:00:00.123456"},
        {"message_id": 7},
        {"sender_uri": "https://registry.example", "meta": None, "more": {"unknown": []}},
        {"action": None},
    ],
    ids=str,
)
def test_headers_that_registries_write_differently_are_read(
    registry: Caller, changed: dict[str, Any]
) -> None:
    """At an address of its own."""
    assert registry.send("notify", **changed).ack == "ACK"


@pytest.mark.parametrize("name", ["on-status", "txn/on-status"])
def test_a_status_has_other_names(registry: Caller, name: str) -> None:
    """The standard's own path is one of them."""
    registry.asks("txn-on-status")
    assert registry.send("txn-on-status", action=name).ack == "ACK"
    assert [one.action for one in kept(registry)] == ["txn-on-status"]


def test_a_question_that_was_rejected_is_answered_too(registry: Caller) -> None:
    """The header says so, and no item comes."""
    registry.asks("on-search")
    said = envelope("on-search", status="rjct", status_reason_code="rjct.action.not_supported")
    message = MESSAGES["on-search"] | {"search_response": []}
    assert registry.post(said | {"message": message}).ack == "ACK"


# Once


@ACTIONS
def test_the_same_again_gets_the_same_answer_and_changes_nothing(
    either: Caller, action: str
) -> None:
    """To the letter, an hour later, with a time of its own, at the other address."""
    if action in QUESTIONS:
        either.asks(action)
    first, before = either.send(action), rows(either.database)
    either.clock.now = NOW + timedelta(hours=1)
    for again in (
        either.send(action),
        either.send(action, message_ts="2026-11-23T10:00:00Z"),
        either.post(envelope(action)),
    ):
        assert (again.status, again.body) == (200, first.body)
    assert rows(either.database) == before


def test_another_message_under_the_same_id_is_refused(registry: Caller) -> None:
    """What came first is kept."""
    registry.send("notify")
    other = envelope("notify") | {"message": MESSAGES["notify"] | {"transaction_id": "t-2"}}
    refused(registry.post(other), "other")
    refused(registry.send("event"), "other")
    assert [one.message for one in kept(registry)] == [MESSAGES["notify"]]


# What is refused


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN.upper()}",
        "Bearer é",
    ],
)
def test_without_a_token_nothing_is_read(registry: Caller, shown: str) -> None:
    """Not even the body, and HTTP hears how to do better."""
    told = registry.post(b"{", Authorization=shown)
    refused(told, "no token")
    assert told.headers["WWW-Authenticate"] == "Bearer"
    assert rows(registry.database) == {}


@pytest.mark.parametrize("shown", [f"Bearer {TOKEN}", f"bearer {OLDER}", f"Bearer  {TOKEN} "])
def test_any_token_of_the_list_is_good(registry: Caller, shown: str) -> None:
    """So that one may be exchanged for another."""
    assert registry.post(envelope("notify"), Authorization=shown).ack == "ACK"


@pytest.mark.parametrize(
    "path",
    [
        "/dci/other",
        "/dci/other/registry/notify",
        "/dci/registry/registry",
        "/dci/registry/notify",
        "/dci/registry/registry/search",
        "/dci/registry/registry/notify/more",
    ],
)
def test_other_addresses_are_nobodys(registry: Caller, path: str) -> None:
    """A registry we do not know, and a call we do not take, are one answer."""
    refused(registry.call(path, json.dumps(envelope("notify")).encode()), "place")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"header": {}, "header": {}, "message": {}}',
        b'{"header": {"a": NaN}, "message": {}}',
        b'{"header": {"a": Infinity}, "message": {}}',
        b'{"header": {"a": 1e999}, "message": {}}',
        b'{"header": {"a": "\\ud800"}, "message": {}}',
        b'{"header": {"a": %s}, "message": {}}' % (b"9" * 5000),
        b"[" * 20_000,
        b'{"header": {}, "message": {"a": %s}}' % (b"[" * 40 + b"]" * 40),
    ],
    ids=range(13),
)
def test_what_two_programs_may_read_differently_is_not_read(registry: Caller, body: bytes) -> None:
    """Not JSON, or JSON with two meanings."""
    refused(registry.post(body), "json")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"header": {}},
        {"message": {}},
        {"header": [], "message": {}},
        {"header": {}, "message": []},
        {"header": {}, "message": None},
    ],
    ids=str,
)
def test_what_is_no_envelope_is_refused(registry: Caller, body: Any) -> None:
    """Header and message are objects: the published files let a message be left out, and we do
    not.
    """
    refused(registry.post(body), "envelope")


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "application/xml"])
def test_another_type_is_refused(registry: Caller, kind: str) -> None:
    """JSON alone."""
    refused(registry.post(envelope("notify"), Content_Type=kind), "type")
    good = registry.post(envelope("notify"), Content_Type="Application/JSON; charset=utf-8")
    assert good.ack == "ACK"


def test_a_large_message_is_taken_and_a_larger_one_is_not(registry: Caller) -> None:
    """To the byte."""
    body = json.dumps(envelope("notify")).encode()
    assert registry.post(body + b" " * (LARGEST - len(body))).ack == "ACK"
    refused(registry.post(body + b" " * (LARGEST - len(body) + 1)), "size")


def test_a_message_without_a_length_is_bounded_too(registry: Caller) -> None:
    """One that comes in chunks is not cut where the bound is: its end may be what matters."""
    body = json.dumps(envelope("notify")).encode()
    for raw, status in ((body, 200), (body + b" " * (LARGEST - len(body)) + b"and more", 413)):
        answer = registry.client.post(
            "/dci/registry",
            input_stream=BytesIO(raw),
            headers=[
                ("Authorization", f"Bearer {TOKEN}"),
                ("Content-Type", "application/json"),
                ("Transfer-Encoding", "chunked"),
            ],
            environ_overrides={"wsgi.input_terminated": True},
        )
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"sender_id": "another.example"}, "sender"),
        ({"sender_id": ["registry.example"], "receiver_id": "another"}, "receiver"),
        ({"sender_id": "REGISTRY.EXAMPLE"}, "sender"),
        ({"receiver_id": "another"}, "receiver"),
        ({"version": "2.0.0"}, "version"),
        ({"version": "0.9"}, "version"),
        ({"version": "10"}, "version"),
        ({"is_msg_encrypted": True}, "encrypted"),
        ({"message_id": None}, "message id"),
        ({"message_id": ""}, "message id"),
        ({"message_id": "x" * 100}, "message id"),
        ({"message_id": "a\0b"}, "message id"),
        ({"message_id": {}}, "message id"),
        ({"message_ts": None}, "time"),
        ({"message_ts": "now"}, "time"),
        ({"message_ts": "0001-01-01T00:00:00+23:59"}, "time"),
        ({"message_ts": "9999-12-31T23:59:59-23:59"}, "time"),
        ({"total_count": -1}, "count"),
        ({"total_count": 1.5}, "count"),
        ({"total_count": True}, "count"),
        ({"total_count": "many"}, "count"),
        ({"total_count": "²"}, "count"),
        ({"total_count": []}, "count"),
        ({"action": "on-search"}, "action"),
        ({"action": "NOTIFY"}, "action"),
    ],
    ids=str,
)
def test_a_header_that_cannot_be_taken_says_why(
    registry: Caller, changed: dict[str, Any], fault: str
) -> None:
    """By the code of the standard, and nothing is kept."""
    refused(registry.send("notify", **changed), fault)
    assert rows(registry.database) == {}


@pytest.mark.parametrize(
    ("age", "good"),
    [
        (-SKEW, True),
        (-SKEW - timedelta(seconds=1), False),
        (OLDEST, True),
        (OLDEST + timedelta(seconds=1), False),
    ],
    ids=str,
)
def test_a_message_is_of_these_days(registry: Caller, age: timedelta, good: bool) -> None:
    """A minute of difference is forgiven. What is older than a repeat is known for is no message."""
    told = registry.send("notify", message_ts=(NOW - age).isoformat())
    if good:
        assert told.ack == "ACK"
    else:
        refused(told, "time")


def test_a_repeat_is_known_for_longer_than_a_message_may_be_old() -> None:
    """Otherwise one could be played again once it is forgotten."""
    assert OLDEST + 2 * SKEW < deliveries.KEPT


@pytest.mark.parametrize("action", ["search", "", None, 7, "on-notify"])
def test_an_action_nobody_takes_is_not_supported(registry: Caller, action: Any) -> None:
    """At the address for all there is nothing else to go by."""
    refused(registry.post(envelope("notify", action=action)), "unknown")


@pytest.mark.parametrize(
    ("action", "message", "fault"),
    [
        ("notify", {}, "items"),
        ("notify", {"notify_event": []}, "items"),
        ("notify", {"notify_event": "x"}, "items"),
        ("notify", {"notify_event": [None, 1, []]}, "items"),
        ("notify", {"notify_event": [{}] * (MOST + 1)}, "many"),
        ("event", {"notify_event": [ITEM]}, "items"),
        ("notify", {"ciphertext": "x", "iv": "x", "tag": "x"}, "encrypted"),
        ("on-search", {"search_response": [{}], "correlation_id": "c-1"}, "transaction"),
        ("on-search", MESSAGES["on-search"] | {"transaction_id": "a\0"}, "transaction"),
        ("on-search", MESSAGES["on-search"] | {"correlation_id": ""}, "correlation"),
        ("on-search", MESSAGES["on-search"] | {"correlation_id": "x" * 100}, "correlation"),
        ("on-search", MESSAGES["on-search"] | {"search_response": []}, "items"),
    ],
    ids=range(12),
)
def test_a_message_that_cannot_be_taken_says_why(
    registry: Caller, action: str, message: Any, fault: str
) -> None:
    """And nothing is kept."""
    registry.asks("on-search")
    refused(registry.post(envelope(action) | {"message": message}, place(action)), fault)
    assert kept(registry) == []


# Answers


@pytest.mark.parametrize("action", QUESTIONS)
def test_an_answer_nobody_asked_for_is_not_taken(registry: Caller, action: str) -> None:
    """It is valid, and nothing follows: NACK. What is in it may be about anybody, and is not kept."""
    refused(registry.send(action), "unasked")
    registry.asks("on-search" if action != "on-search" else "on-subscribe")
    refused(registry.send(action), "unasked")
    assert kept(registry) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"transaction_id": "t-2"}, "unasked"),
        ({"correlation_id": "c-2"}, "unasked"),
        ({"search_response": [{"reference_id": "r-2"}]}, "reference"),
        ({"search_response": [{"reference_id": "r-1"}, {"reference_id": "r-2"}]}, "reference"),
        ({"search_response": [{}]}, "reference"),
    ],
    ids=str,
)
def test_an_answer_is_to_one_question_and_its_items(
    registry: Caller, changed: dict[str, Any], fault: str
) -> None:
    """By transaction and correlation, then by reference; one item that is not ours takes all with
    it.
    """
    registry.asks("on-search")
    message = MESSAGES["on-search"] | changed
    refused(registry.post(envelope("on-search") | {"message": message}), fault)
    assert kept(registry) == []


def test_pages_of_an_answer_come_one_by_one(registry: Caller) -> None:
    """Each a delivery of its own, about the same item."""
    registry.asks("on-search")
    for number in range(3):
        assert registry.send("on-search", message_id=f"page {number}").ack == "ACK"
    assert len(kept(registry)) == 3


# Signatures


def cavage(said: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A message signed in form A."""
    return said | {"signature": signed.cavage(said["header"], said["message"], AT, **more)}


def jws(said: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A message signed in form B."""
    return said | {"signature": signed.jws(said["header"], said["message"], **more)}


FORMS = pytest.mark.parametrize(
    ("verifier", "sign"),
    [(CavageVerifier(KEYS, lambda: NOW), cavage), (JwsVerifier(KEYS), jws)],
    ids=["cavage", "jws"],
)
Sign = Callable[..., dict[str, Any]]


@FORMS
def test_a_signature_alone_is_enough_where_none_shows_a_token(
    sqlite_url: str, verifier: Any, sign: Sign
) -> None:
    """Some registries notify without any Authorization. Missing, forged, by another key, or about
    another message: 401.
    """
    said = envelope("notify")
    with calling(sqlite_url, sender(verifier=verifier)) as registry:
        registry.token = ""
        for nothing in ({}, {"signature": None}, {"signature": ""}):
            refused(registry.post(said | nothing), "no signature")
        wrongs: list[object] = [7, [], {}, "invalid-signature", "unsigned-stub"]
        for wrong in wrongs:
            refused(registry.post(said | {"signature": wrong}), "bad signature")
        refused(registry.post(sign(said, key=signed.OTHER)), "bad signature")
        refused(registry.post(sign(said, kid="k2")), "bad signature")
        made = sign(said)
        moved = made | {"message": MESSAGES["event"]}
        refused(registry.post(moved), "bad signature")
        for name in said["header"]:
            header = said["header"] | {name: "changed"}
            refused(registry.post(made | {"header": header}), "bad signature")
        assert rows(registry.database) == {}
        assert registry.post(made).ack == "ACK"
        assert registry.post(made).ack == "ACK"
        assert len(kept(registry)) == 1


def test_where_both_are_asked_for_both_are_needed(sqlite_url: str) -> None:
    """Neither stands in for the other."""
    both = sender(verifier=JwsVerifier(KEYS), bearers=(TOKEN,))
    said = envelope("notify")
    with calling(sqlite_url, both) as registry:
        refused(registry.post(said), "no signature")
        refused(registry.post(jws(said), Authorization=""), "no token")
        assert registry.post(jws(said)).ack == "ACK"


def test_a_signature_is_checked_before_anything_is_believed(sqlite_url: str) -> None:
    """Whoever cannot sign does not learn which names, actions or transactions we know."""
    said = envelope("on-search", sender_id="another.example", version="9", action="none")
    with calling(sqlite_url, sender(verifier=JwsVerifier(KEYS))) as registry:
        refused(registry.post(said | {"signature": "x"}), "bad signature")
        refused(registry.post(jws(said)), "sender")


def test_a_registry_whose_keys_cannot_be_fetched_is_to_try_again(sqlite_url: str) -> None:
    """Its message is neither good nor bad."""

    class Away:
        def find(self, key_id: str) -> PublicKey | None:
            raise KeysAway(key_id)

    with calling(sqlite_url, sender(verifier=JwsVerifier(Away()))) as registry:
        refused(registry.post(jws(envelope("notify"))), "keys")


@pytest.mark.parametrize(
    "open_door",
    [
        {"bearers": (), "verifier": None},
        {"bearers": ("",), "verifier": None},
        {"sender_ids": frozenset()},
    ],
    ids=str,
)
def test_nobody_can_be_let_in_without_proof(open_door: dict[str, Any]) -> None:
    """A registry without token and signature does not come into being."""
    with pytest.raises(ValueError, match="needs a sender id"):
        sender(**open_door)


def test_a_sender_shows_no_token_of_its_own() -> None:
    """Not printed."""
    assert TOKEN not in repr(sender())


# Trouble


def test_what_cannot_be_kept_is_to_be_sent_again(registry: Caller) -> None:
    """The database is locked by somebody else for too long: 503. Then it is not, and the same message
    is taken.
    """
    with registry.database.write() as conn:
        conn.execute(text("ALTER TABLE deliveries RENAME TO gone"))
    refused(registry.send("notify"), "store")
    with registry.database.write() as conn:
        conn.execute(text("ALTER TABLE gone RENAME TO deliveries"))
    assert registry.send("notify").ack == "ACK"
    assert len(kept(registry)) == 1


def test_a_bug_is_answered_in_the_registrys_way(
    registry: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    """And told of without a word of the message."""

    class Broken:
        def verify(self, signature: str, header: Any, message: Any) -> None:
            raise ZeroDivisionError(f"{signature} {header} {message}")

    logs.configure("debug")
    with calling(str(registry.database.writer.url), sender(verifier=Broken())) as broken:
        refused(broken.post(envelope("notify")), "bug")
    said = "".join(capsys.readouterr())
    assert "callback.failed" in said
    assert HER_ID not in said


@ACTIONS
def test_nothing_of_a_message_is_logged(
    sqlite_url: str, action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Taken, repeated or refused: neither numbers nor names nor ids, nor the token."""
    logs.configure("debug")
    secrets = (HER_ID, AMINA, AMINA[1:], NAME, "Amina", TOKEN, OLDER, "t-9", "m-secret", "r-1")
    with calling(sqlite_url) as registry:
        for _ in range(2):
            registry.send(action, message_id="m-secret")
        registry.send(action, message_id="m-secret", sender_id=NAME, action=HER_ID)
        registry.post(envelope(action, version=NAME, message_id=NAME))
        registry.post(envelope(action), Authorization=f"Bearer {AMINA}")
        registry.call(f"/dci/{AMINA}/{HER_ID}", b"{}")
    said = "".join(capsys.readouterr())
    assert said.count("callback.") == 6
    assert [secret for secret in secrets if secret in said] == []


# The application


def test_the_registry_of_the_settings_may_call(
    valkey_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    """With each of its tokens; without tokens there is no such address."""
    tokens = {"callback_tokens": Settings(callback_tokens=f"{TOKEN}, {OLDER}").callback_tokens}
    said = json.dumps(envelope("notify", sender_id="registry")).encode()
    with opened(valkey_url, sqlite_url, tmp_path) as line:
        for more, statuses in ((tokens, [401, 200, 200]), ({}, [404, 404, 404])):
            chosen = of_a_line(valkey_url, sqlite_url, tmp_path, **more)
            made = callbacks(chosen, line.hooks)
            late = json.loads(said)
            late["header"]["message_ts"] = line.hooks.clock().isoformat()
            client = create_app(chosen, line.hooks, made).test_client()
            got = [
                client.post(
                    "/dci/registry/registry/notify",
                    json=late,
                    headers={"Authorization": f"Bearer {token}"},
                ).status_code
                for token in ("wrong", TOKEN, OLDER)
            ]
            assert got == statuses


@pytest.mark.parametrize("tokens", ["short", f"{TOKEN},short", f"{TOKEN} {TOKEN}", "é" * 30])
def test_a_token_that_can_be_guessed_is_refused_at_the_start(tokens: str) -> None:
    """Whoever sets it is told what it must be."""
    with pytest.raises(ValueError, match="24 to 512"):
        Settings(callback_tokens=tokens)


def test_the_keys_we_sign_with_are_published(sqlite_url: str) -> None:
    """All of them, where there are any: two during a rotation."""
    keys = [
        PrivateKey.load(signed.pem(key), name).public
        for key, name in ((signed.ED, "k2"), (signed.P256, "k1"))
    ]
    with calling(sqlite_url, signing=keys) as registry:
        answer = registry.client.get("/.well-known/jwks.json")
        assert answer.get_json() == {
            "keys": [signed.jwk(signed.ED, "k2"), signed.jwk(signed.P256, "k1")]
        }
    with calling(sqlite_url) as registry:
        assert registry.client.get("/.well-known/jwks.json").status_code == 404


def test_every_fault_has_its_row_and_every_row_its_fault() -> None:
    """docs/callbacks.md lists what is answered, as it is answered."""
    found = re.findall(
        r"^\| (\d{3}) \| `(\w+)` \| `([a-z_.]+)` \|", read("docs/callbacks.md"), re.MULTILINE
    )
    told = [(int(status), ack, code) for status, ack, code in found]
    assert len(set(told)) == len(told)
    assert set(told) == {(one.status, one.ack, one.code) for one in FAULTS.values()}


def test_every_fault_is_told_of_by_some_test() -> None:
    """By its name in this file."""
    here = Path(__file__).read_text("utf-8")
    assert [fault for fault in FAULTS if f'"{fault}"' not in here] == []


def test_a_sender_may_be_known_by_several_names(sqlite_url: str) -> None:
    """Then it has to say which."""
    known = Sender("registry", frozenset({"a.example", "b.example"}), (TOKEN,))
    with calling(sqlite_url, known) as registry:
        refused(registry.send("notify", sender_id=None), "sender")
        assert registry.send("notify", sender_id="a.example").ack == "ACK"
        assert registry.send("notify", sender_id="b.example").ack == "ACK"
        assert len(kept(registry)) == 2
