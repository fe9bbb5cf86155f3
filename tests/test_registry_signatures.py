"""Both forms of signatures, held against ones made from primitives alone: what holds, what breaks them, and
when.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_client.keys import BadKey, PrivateKey, PublicKey, Registered
from registry_client.signatures import (
    LIFE,
    LONGEST_LIFE,
    SKEW,
    CavageSigner,
    CavageVerifier,
    JwsSigner,
    JwsVerifier,
    SignatureInvalid,
    SignatureMissing,
    Signer,
    Stub,
    Unsigned,
    Verifier,
)
from tests import signed
from tests.signed import ED, OTHER, P256, RSA, Private

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
HEADER: dict[str, Any] = {
    "version": "1.0.0",
    "message_id": "m-1",
    "message_ts": "2026-11-23T09:00:00Z",
    "action": "notify",
    "sender_id": "registry.example",
    "total_count": 1,
    "is_msg_encrypted": False,
    "meta": None,
}
MESSAGE: dict[str, Any] = {"transaction_id": "t-1", "events": [{"event": "نقد", "amount": 12.5}]}
KINDS = pytest.mark.parametrize("key", [ED, P256, RSA], ids=["EdDSA", "ES256", "RS256"])


def ring(**keys: Private) -> Registered:
    """Public keys by their ids."""
    return Registered.of(
        [PublicKey.read(signed.public_pem(one), name) for name, one in keys.items()]
    )


def later(seconds: int) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: NOW + timedelta(seconds=seconds)


def cavage(seconds: int = 0, **keys: Private) -> CavageVerifier:
    """A verifier of form A, so many seconds after the signature was made."""
    return CavageVerifier(ring(**(keys or {"k1": ED})), later(seconds))


def private(key: Private, name: str = "k1") -> PrivateKey:
    """A key of ours."""
    return PrivateKey.load(signed.pem(key), name)


def refused(verifier: Verifier, signature: str, header: Any = None, message: Any = None) -> None:
    """Return when it does not hold."""
    with pytest.raises(SignatureInvalid):
        verifier.verify(signature, header or HEADER, message or MESSAGE)


# Form A


def test_a_cavage_signature_made_elsewhere_holds() -> None:
    """With or without a name in front; numbers with or without quotation marks."""
    made = signed.cavage(HEADER, MESSAGE, AT)
    bare = re.sub(r'(created|expires)="(\d+)"', r"\1=\2", made)
    for one in (made, f"Signature: {made}", bare):
        cavage().verify(one, HEADER, MESSAGE)


def test_a_cavage_signature_of_ours_holds_elsewhere() -> None:
    """Its parameters, its times, and what it signs are those of the form."""
    made = CavageSigner(private(ED), later(0)).sign(HEADER, MESSAGE)
    given = dict(re.findall(r'(\w+)="([^"]*)"', made))
    assert given.pop("signature") == signed.cavage(HEADER, MESSAGE, AT).split('"')[-2]
    assert given == {
        "namespace": "dci",
        "kidId": "registry.example|k1|ed25519",
        "algorithm": "ed25519",
        "created": str(AT),
        "expires": str(AT + LIFE),
        "headers": "(created) (expires) digest",
    }


def test_a_header_signed_without_its_nulls_holds() -> None:
    """Some sign before they fill in what they left out; a null that was signed is no other thing."""
    bare = {name: value for name, value in HEADER.items() if value is not None}
    cavage().verify(signed.cavage(HEADER, MESSAGE, AT, over=bare), HEADER, MESSAGE)
    refused(cavage(), signed.cavage(HEADER, MESSAGE, AT, over=HEADER), bare)


@pytest.mark.parametrize(
    ("seconds", "holds"),
    [
        (-SKEW - 1, False),
        (-SKEW, True),
        (LIFE + SKEW, True),
        (LIFE + SKEW + 1, False),
    ],
)
def test_a_cavage_signature_has_its_time(seconds: int, holds: bool) -> None:
    """Sixty seconds of difference between two clocks are forgiven at both ends, and not one more."""
    made = signed.cavage(HEADER, MESSAGE, AT)
    if holds:
        cavage(seconds).verify(made, HEADER, MESSAGE)
    else:
        refused(cavage(seconds), made)


@pytest.mark.parametrize(
    "changed",
    [
        {"created": None},
        {"expires": None},
        {"created": ""},
        {"created": "yesterday"},
        {"created": "-1"},
        {"created": "١٢٣٤٥"},
        {"expires": str(AT)},
        {"expires": str(AT - 1)},
        {"expires": str(AT + LONGEST_LIFE + 1)},
        {"created": "9" * 12},
        {"algorithm": None},
        {"algorithm": "hs2019"},
        {"algorithm": "rsa-sha256"},
        {"headers": None},
        {"headers": "(created) (expires)"},
        {"headers": "digest"},
        {"headers": "(expires) (created) digest"},
        {"kidId": None},
        {"kidId": "registry.example|k1"},
        {"kidId": "registry.example||ed25519"},
        {"kidId": "registry.example|k2|ed25519"},
        {"kidId": "another.example|k1|ed25519"},
        {"kidId": "registry.example|k1|rs256"},
        {"kidId": "registry.example|k1|ed25519|more"},
        {"signature": None},
        {"signature": ""},
        {"signature": "?"},
        {"signature": "AAAA"},
        {"signature": "é"},
    ],
    ids=str,
)
def test_a_cavage_signature_with_another_parameter_is_refused(changed: dict[str, Any]) -> None:
    """Though it was made with the right key over what it says."""
    refused(cavage(), signed.cavage(HEADER, MESSAGE, AT, **changed))


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "unsigned",
        "=",
        'kidId="a',
        "a.b.c",
        'created="1" expires="2"',
        "\ud800",
        "," * 100,
        "x" * 9000,
    ],
)
def test_what_is_no_cavage_signature_is_refused(text: str) -> None:
    """Whatever it is."""
    refused(cavage(), text)


def test_a_parameter_that_stands_there_twice_is_refused() -> None:
    """Two readers might take two different ones."""
    made = signed.cavage(HEADER, MESSAGE, AT)
    refused(cavage(), f'{made}, expires="{AT + 300}"')


@pytest.mark.parametrize("key", [P256, RSA])
def test_form_a_is_ed25519_alone(key: Private) -> None:
    """A key of another kind neither signs nor verifies it."""
    refused(cavage(k1=key), signed.cavage(HEADER, MESSAGE, AT, key=key))
    with pytest.raises(BadKey):
        CavageSigner(private(key), later(0))


# Form B


@KINDS
def test_a_jws_made_elsewhere_holds(key: Private) -> None:
    """Each of the three algorithms."""
    JwsVerifier(ring(k1=key)).verify(signed.jws(HEADER, MESSAGE, key=key), HEADER, MESSAGE)


@KINDS
def test_a_jws_of_ours_holds_elsewhere(key: Private) -> None:
    """Its payload is left out, its header names key and algorithm and no more."""
    protected, payload, signature = JwsSigner(private(key)).sign(HEADER, MESSAGE).split(".")
    assert payload == ""
    raw = base64.urlsafe_b64decode(signature + "==")
    signed.check(key, raw, signed.jws_input(protected, HEADER, MESSAGE))
    assert json.loads(base64.urlsafe_b64decode(protected + "==")) == {
        "alg": signed.jwk(key, "")["alg"],
        "kid": "k1",
    }


def test_a_jws_without_a_key_id_is_of_the_only_key() -> None:
    """Where there are two, nobody guesses."""
    made = signed.jws(HEADER, MESSAGE, kid=None)
    JwsVerifier(ring(k1=ED)).verify(made, HEADER, MESSAGE)
    refused(JwsVerifier(ring(k1=ED, k2=OTHER)), made)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256", "RS256", "PS256", "", 1, None])
def test_a_message_does_not_choose_the_algorithm(algorithm: Any) -> None:
    """The key is an Ed25519 key, and the signature is its own: whatever else the header says breaks
    it.
    """
    refused(JwsVerifier(ring(k1=ED)), signed.jws(HEADER, MESSAGE, alg=algorithm))


@KINDS
def test_a_public_key_is_no_secret_to_sign_with(key: Private) -> None:
    """The oldest trick: HMAC with the public key that everybody knows, as its PEM."""
    coded = signed.b64url(b'{"alg":"HS256","kid":"k1"}')
    data, secret = signed.jws_input(coded, HEADER, MESSAGE), signed.public_pem(key).encode()
    forged = hmac.digest(secret, data, "sha256")
    refused(JwsVerifier(ring(k1=key)), f"{coded}..{signed.b64url(forged)}")


@pytest.mark.parametrize(
    "protected",
    [
        {"kid": "k2"},
        {"kid": 1},
        {"kid": "../../etc/passwd"},
        {"crit": ["b64"], "b64": False},
        {"crit": ["exp"]},
        {"crit": []},
    ],
    ids=str,
)
def test_a_jws_with_another_header_is_refused(protected: dict[str, Any]) -> None:
    """An unknown key, or something that is critical and not understood."""
    refused(JwsVerifier(ring(k1=ED)), signed.jws(HEADER, MESSAGE, **protected))


def test_a_key_in_the_header_is_not_believed() -> None:
    """Whoever signs with a key of his own and sends it along."""
    made = signed.jws(HEADER, MESSAGE, key=OTHER, jwk=signed.jwk(OTHER, "k1"))
    refused(JwsVerifier(ring(k1=ED)), made)


@pytest.mark.parametrize(
    "text", ["x", "..", "a..", "..b", "a.b.c", "a..b..c", "é..é", "e30..AAAA", "W10..AA"]
)
def test_what_is_no_detached_jws_is_refused(text: str) -> None:
    """Whatever it is; a payload that is sent along is not read."""
    refused(JwsVerifier(ring(k1=ED)), text)


def test_a_payload_sent_along_is_refused() -> None:
    """It might be another one than the message."""
    protected, _, signature = signed.jws(HEADER, MESSAGE).split(".")
    payload = signed.jws_input(protected, HEADER, MESSAGE).decode().split(".")[1]
    refused(JwsVerifier(ring(k1=ED)), f"{protected}.{payload}.{signature}")


# Both


FORMS = pytest.mark.parametrize(
    ("made", "verifier"),
    [
        (signed.cavage(HEADER, MESSAGE, AT), cavage()),
        (signed.jws(HEADER, MESSAGE), JwsVerifier(ring(k1=ED))),
    ],
    ids=["cavage", "jws"],
)


@FORMS
@pytest.mark.parametrize("field", sorted(HEADER))
def test_one_changed_field_of_the_header_breaks_it(
    made: str, verifier: Verifier, field: str
) -> None:
    """Each field, changed or left out."""
    verifier.verify(made, HEADER, MESSAGE)
    refused(verifier, made, HEADER | {field: "changed"})
    if HEADER[field] is not None:
        refused(verifier, made, {name: HEADER[name] for name in HEADER if name != field})


@FORMS
@pytest.mark.parametrize(
    "message",
    [
        {},
        MESSAGE | {"transaction_id": "t-2"},
        MESSAGE | {"more": None},
        MESSAGE | {"events": [{"event": "نقد", "amount": 12.51}]},
        MESSAGE | {"events": [*MESSAGE["events"], {}]},
        [MESSAGE],
    ],
    ids=range(6),
)
def test_a_changed_message_breaks_it(made: str, verifier: Verifier, message: Any) -> None:
    """At any depth."""
    with pytest.raises(SignatureInvalid):
        verifier.verify(made, HEADER, message)


@FORMS
def test_no_bit_of_a_signature_may_change(made: str, verifier: Verifier) -> None:
    """Each character of the last part, exchanged for its neighbour."""
    begin = made.rindex("..") + 2 if ".." in made else made.rindex('="') + 2
    for place in range(begin, len(made) - 3):
        other = "B" if made[place] == "A" else "A"
        refused(verifier, made[:place] + other + made[place + 1 :])


@FORMS
def test_nothing_is_missing_rather_than_invalid(made: str, verifier: Verifier) -> None:
    """A sender hears which of the two it is."""
    assert made
    with pytest.raises(SignatureMissing):
        verifier.verify("", HEADER, MESSAGE)


@FORMS
def test_the_order_of_names_does_not_matter(made: str, verifier: Verifier) -> None:
    """A program that writes JSON anew may turn them around."""
    verifier.verify(made, dict(reversed(HEADER.items())), dict(reversed(MESSAGE.items())))


def test_two_keys_are_good_while_they_are_exchanged() -> None:
    """And the old one no longer once it is taken away."""
    old, new = signed.jws(HEADER, MESSAGE), signed.jws(HEADER, MESSAGE, key=OTHER, kid="k2")
    for made in (old, new):
        JwsVerifier(ring(k1=ED, k2=OTHER)).verify(made, HEADER, MESSAGE)
    JwsVerifier(ring(k2=OTHER)).verify(new, HEADER, MESSAGE)
    refused(JwsVerifier(ring(k2=OTHER)), old)
    refused(cavage(k2=OTHER), signed.cavage(HEADER, MESSAGE, AT))


PAIRS: list[tuple[Signer, Verifier]] = [
    (CavageSigner(private(ED), later(0)), cavage()),
    (JwsSigner(private(ED)), JwsVerifier(ring(k1=ED))),
]
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
WORDS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(
    header=st.dictionaries(TEXTS, WORDS, max_size=4),
    message=st.dictionaries(TEXTS, WORDS, max_size=4),
)
def test_what_is_signed_survives_the_wire(header: dict[str, Any], message: dict[str, Any]) -> None:
    """Any message signed by either form holds after it was written and read as JSON."""
    header["sender_id"] = "registry.example"
    sent = json.loads(json.dumps({"header": header, "message": message}))
    for signer, verifier in PAIRS:
        verifier.verify(signer.sign(header, message), sent["header"], sent["message"])


@given(text=st.text(max_size=60) | st.from_regex(r'([a-zA-Z]+="[^"]*",? ?){0,5}', fullmatch=True))
def test_no_text_is_anything_but_a_bad_signature(text: str) -> None:
    """No other error leaves a verifier."""
    for verifier in (*(verifier for _, verifier in PAIRS), Stub("127.0.0.1")):
        if text not in {"", "unsigned", "unsigned-stub"}:
            refused(verifier, text)


@pytest.mark.parametrize("message", [{"half": "\ud800"}, {"number": float("nan")}, {"a": {1, 2}}])
def test_what_cannot_be_written_is_not_verified(message: dict[str, Any]) -> None:
    """It is refused like any other."""
    refused(JwsVerifier(ring(k1=ED)), signed.jws(HEADER, MESSAGE), HEADER, message)


# None, and stubs


def test_no_signature_is_the_empty_one() -> None:
    """An envelope has its field all the same."""
    assert Unsigned().sign(HEADER, MESSAGE) == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "", "registry.example", "10.0.0.1", "::"])  # noqa: S104 - what is refused
def test_a_stub_stays_on_this_machine(host: str) -> None:
    """Anywhere else it does not come into being."""
    with pytest.raises(BadKey, match="this machine alone"):
        Stub(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_stub_takes_words_that_say_they_are_none(host: str) -> None:
    """And neither nothing nor anything else: a suite sends `invalid-signature` to see it refused."""
    stub = Stub(host)
    stub.verify(stub.sign(HEADER, MESSAGE), HEADER, MESSAGE)
    stub.verify("unsigned", HEADER, MESSAGE)
    refused(stub, "invalid-signature")
    with pytest.raises(SignatureMissing):
        stub.verify("", HEADER, MESSAGE)
