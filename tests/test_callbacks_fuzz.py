"""Whatever comes to the receiver, it answers as documented: never a 5xx, never a body of another form."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gateway.callbacks_answers import FAULTS
from registry_client import notified
from registry_client.keys import PublicKey, Registered
from registry_client.signatures import JwsVerifier
from tests import signed
from tests.registries import MESSAGES, PATHS, Told, calling, envelope, place, sender

DOCUMENTED = {(one.status, one.ack, one.code) for one in FAULTS.values() if one.status < 500}
TEXTS = st.text(max_size=12) | st.sampled_from(["\0", "x" * 100, "1", "²", "-1", "a\u202eb", "1.0"])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(sorted(envelope("notify")["header"])) | TEXTS
KINDS = st.sampled_from(sorted(MESSAGES))
ADDRESSES = st.sampled_from(["", *(place(kind) for kind in MESSAGES), *PATHS.values()])


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """A message with some of its parts exchanged for anything."""
    kind = draw(KINDS)
    said = envelope(kind, message_id=draw(TEXTS))
    said["header"] |= draw(st.dictionaries(FIELDS, ANY, max_size=2))
    names = st.sampled_from(sorted(MESSAGES[kind])) | TEXTS
    said["message"] = MESSAGES[kind] | draw(st.dictionaries(names, ANY, max_size=2))
    return said | draw(st.dictionaries(st.sampled_from(["signature", "header"]), ANY, max_size=1))


def documented(told: Told) -> None:
    """Return where the answer is one of those docs/callbacks.md lists."""
    message = told.body["message"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", message["timestamp"])
    assert 0 < len(message["correlation_id"]) <= 99
    if (told.status, told.ack) != (200, "ACK"):
        assert (told.status, told.ack, told.code) in DOCUMENTED
        assert told.body.get("errors", [message["error"]]) == [message["error"]]


def test_any_message_gets_a_documented_answer(database_url: str) -> None:
    """Of any registry that shows a token, on each kind of database; the same again gets the same."""
    with calling(database_url) as registry:
        for action in ("on-search", "on-subscribe"):
            registry.asks(action)

        @hypothesis_settings(max_examples=120)
        @given(said=changed(), path=ADDRESSES)
        def holds(said: dict[str, Any], path: str) -> None:
            first = registry.post(said, path)
            documented(first)
            if first.ack == "ACK":
                assert registry.post(said, path).body == first.body

        holds()


@pytest.mark.parametrize("verified", [False, True], ids=["token", "signature"])
def test_any_bytes_and_headers_get_a_documented_answer(sqlite_url: str, verified: bool) -> None:
    """From anybody at all, to any address."""
    ring = Registered.of([PublicKey.read(signed.public_pem(signed.ED), "k1")])
    known = sender(verifier=JwsVerifier(ring)) if verified else sender()
    bodies = st.binary(max_size=40) | ANY.map(lambda one: json.dumps(one).encode())
    words = st.text(st.characters(codec="latin-1", exclude_categories=["C"]), max_size=40)
    with calling(sqlite_url, known) as registry:

        @hypothesis_settings(max_examples=80)
        @given(
            raw=bodies | changed().map(lambda said: json.dumps(said).encode()),
            path=ADDRESSES | st.text("abc-.%", max_size=10),
            shown=words,
            kind=words | st.just("application/json"),
        )
        def holds(raw: bytes, path: str, shown: str, kind: str) -> None:
            documented(registry.post(raw, path, Authorization=shown, Content_Type=kind))

        holds()


@given(message=st.dictionaries(st.sampled_from(["notify_event", "notify_request", "x"]), ANY))
def test_any_notification_is_read_as_texts_and_records(message: dict[str, Any]) -> None:
    """Whatever stands where: no error, and no other type."""
    for one in notified.read(message):
        assert all(isinstance(part, str) for part in (one.id, one.what, one.about))
        assert all(isinstance(record, dict) for record in one.records)
