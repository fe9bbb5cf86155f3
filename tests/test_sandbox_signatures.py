"""Signatures and tokens at the sandbox's door, against vectors made here with `cryptography` alone."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from sandbox.dci.server import Wire
from tests.dci import Line, header, item, search, served
from tests.dci import line as line
from tests.dci import shared as shared

SYNC, ASYNC = "/registry/sync/search", "/registry/search"
ED = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EC = ec.derive_private_key(0xE5256, ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
Json = dict[str, Any]


def b64url(data: bytes) -> str:
    """As RFC 7515 writes it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    """A number of a JWK."""
    return b64url(value.to_bytes((value.bit_length() + 7) // 8))


JWKS: Json = {
    "EdDSA": {"kty": "OKP", "crv": "Ed25519", "x": b64url(ED.public_key().public_bytes_raw())},
    "ES256": {
        "kty": "EC",
        "crv": "P-256",
        "x": number(EC.public_key().public_numbers().x),
        "y": number(EC.public_key().public_numbers().y),
    },
    "RS256": {
        "kty": "RSA",
        "n": number(RSA.public_key().public_numbers().n),
        "e": number(RSA.public_key().public_numbers().e),
    },
}


def cavage(
    body: Json,
    since: int = 0,
    until: int = 300,
    kid: str = "spmis.example|k1|ed25519",
    **changes: str,
) -> str:
    """Form A, computed here. `since`, `until`: seconds from now."""
    now = int(time.time())
    created, expires = now + since, now + until
    whole = json.dumps(
        {"header": body["header"], "message": body["message"]},
        sort_keys=True,
        separators=(",", ":"),
    )
    digest = base64.b64encode(hashlib.sha256(whole.encode()).digest()).decode()
    signed = ED.sign(f"(created): {created}\n(expires): {expires}\ndigest: {digest}".encode())
    fields = {
        "namespace": "dci",
        "kidId": kid,
        "algorithm": "ed25519",
        "created": str(created),
        "expires": str(expires),
        "headers": "(created) (expires) digest",
        "signature": base64.b64encode(signed).decode(),
    } | changes
    return ", ".join(f'{name}="{value}"' for name, value in fields.items())


def raw_es256(data: bytes) -> bytes:
    """r and s, as JWS wants them."""
    r, s = decode_dss_signature(EC.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


SIGNERS: dict[str, Callable[[bytes], bytes]] = {
    "EdDSA": ED.sign,
    "ES256": raw_es256,
    "RS256": lambda data: RSA.sign(data, padding.PKCS1v15(), hashes.SHA256()),
}


def jws(body: Json, alg: str, said: str = "", **parameters: Any) -> str:
    """Form B, computed here. `said`: the algorithm the header names."""
    protected = b64url(json.dumps({"alg": said or alg, "kid": f"k-{alg}"} | parameters).encode())
    whole = json.dumps(
        {"header": body["header"], "message": body["message"]},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()
    return f"{protected}..{b64url(SIGNERS[alg](f'{protected}.{b64url(whole)}'.encode()))}"


@pytest.fixture
def known(line: Line) -> Iterator[Line]:
    """Promises a registry that knows our keys: the first as PEM, the others as JWK."""
    pem = ED.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    keys: list[Json] = [{"kid": "k1", "pem": pem.decode()}]
    keys += [{"kid": f"k-{alg}", "jwk": jwk, "alg": alg} for alg, jwk in JWKS.items()]
    for key in keys:
        line.post("/sandbox/keys", {"sender_id": "spmis.example"} | key)
    yield line
    line.post("/control/reset", {})


def sent(body: Json, signature: str) -> Json:
    """The request with that signature."""
    return body | {"signature": signature}


def by(alg: str) -> Callable[[Json], str]:
    """Form B with one algorithm."""
    return lambda body: jws(body, alg)


def stretched(body: Json) -> str:
    """Form A, said to hold longer than was signed."""
    return re.sub(r'expires="\d+"', f'expires="{int(time.time()) + 900}"', cavage(body))


ACCEPTED: list[tuple[str, Callable[[Json], str]]] = [
    ("cavage", cavage),
    ("cavage with a word before it", lambda body: f"Signature: {cavage(body)}"),
    ("a clock that is a minute ahead", lambda body: cavage(body, 50, 350)),
    ("a clock that is a minute behind", lambda body: cavage(body, -340, -40)),
    *((f"jws {alg}", by(alg)) for alg in SIGNERS),
]


@pytest.mark.parametrize(("what", "make"), ACCEPTED, ids=[what for what, _ in ACCEPTED])
def test_a_good_signature_is_taken(known: Line, what: str, make: Callable[[Json], str]) -> None:
    """Both forms, all algorithms, names in any script."""
    body = search(item("گل"))
    answer = known.post(SYNC, sent(body, make(body)))
    assert answer["header"]["status"] == "succ", what
    other = search()
    assert known.post(ASYNC, sent(other, make(other)))["message"]["ack_status"] == "ACK"


REFUSED: list[tuple[str, Callable[[Json], str]]] = [
    ("the word", lambda body: "invalid-signature"),
    ("nonsense", lambda body: "nonsense"),
    ("expired", lambda body: cavage(body, -1000, -700)),
    ("of tomorrow", lambda body: cavage(body, 1000, 1300)),
    ("another sender's", lambda body: cavage(body, kid="other.example|k1|ed25519")),
    ("an unknown key", lambda body: cavage(body, kid="spmis.example|k9|ed25519")),
    ("a key of another kind", lambda body: cavage(body, kid="spmis.example|k-ES256|ed25519")),
    ("another algorithm", lambda body: cavage(body, algorithm="hs256")),
    ("fewer headers", lambda body: cavage(body, headers="(created)")),
    ("a time that is none", lambda body: cavage(body, created="now")),
    ("later than signed", stretched),
    ("no base64", lambda body: cavage(body, signature="*")),
    ("empty", lambda body: 'namespace="dci"'),
    ("jws none", lambda body: jws(body, "EdDSA", "none")),
    ("jws by another algorithm's name", lambda body: jws(body, "EdDSA", "HS256")),
    ("jws of an unknown key", lambda body: jws(body, "EdDSA", kid="k-9")),
    ("jws of a key of another kind", lambda body: jws(body, "EdDSA", kid="k-RS256")),
    ("jws that is critical", lambda body: jws(body, "EdDSA", crit=["b64"], b64=False)),
    ("jws cut", lambda body: jws(body, "ES256")[:-9]),
    ("jws of nothing", lambda body: ".."),
]


@pytest.mark.parametrize(("what", "make"), REFUSED, ids=[what for what, _ in REFUSED])
def test_a_bad_signature_is_refused(known: Line, what: str, make: Callable[[Json], str]) -> None:
    """401 with the error list; an ERR where the call is asynchronous."""
    body = search()
    answer = known.post(SYNC, sent(body, make(body)), 401)
    assert answer["errors"][0]["code"] == "err.signature.invalid", what
    told = known.post(ASYNC, sent(body, make(body)))["message"]
    assert told["error"]["code"] == "err.signature.invalid"


@pytest.mark.parametrize("form", [cavage, lambda body: jws(body, "EdDSA")])
@pytest.mark.parametrize("where", ["header", "message"])
def test_every_field_is_signed(known: Line, form: Callable[[Json], str], where: str) -> None:
    """A change, an addition or a loss in any field of the header or the message shows. (Another
    sender is a stranger: a strict registry takes nothing of one.)
    """
    body = search()
    signature = form(body)
    for name in {*body[where], "new"} - {"sender_id"}:
        changed = body | {where: body[where] | {name: f"{body[where].get(name)}x"}}
        lost = body | {where: {one: body[where][one] for one in body[where] if one != name}}
        for tampered in (changed, lost)[: 1 if name == "new" else 2]:
            refused = known.post(SYNC, sent(tampered, signature), 401)
            assert refused["errors"][0]["code"] == "err.signature.invalid"


@pytest.mark.parametrize("stub", ["", "unsigned", "unsigned-stub"])
def test_a_stub_is_taken_from_who_has_no_key(known: Line, stub: str) -> None:
    """On loopback. Who has a key must sign: no signature may be taken off a message."""
    stranger = search(sender_id="stranger.example", signature=None)
    assert known.post(SYNC, sent(stranger, stub))["header"]["status"] == "succ"
    refused = known.post(SYNC, sent(search(), stub), 401)
    assert refused["errors"][0]["code"] == "err.signature.missing"
    bad = known.post(SYNC, sent(search(sender_id="stranger.example"), "invalid-signature"), 401)
    assert bad["errors"][0]["code"] == "err.signature.invalid"


def test_a_missing_signature_is_a_stub(line: Line) -> None:
    """The field may be left out."""
    body = search()
    del body["signature"]
    assert line.post(SYNC, body)["header"]["status"] == "succ"


def test_answers_are_signed_in_the_form_they_were_asked_in(known: Line) -> None:
    """With the key of jwks.json; callbacks as well."""
    [jwk] = known.get("/.well-known/jwks.json")["keys"]
    assert (jwk["kty"], jwk["use"], jwk["alg"]) == ("OKP", "sig", "EdDSA")
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(jwk["x"] + "="))
    body = search(sender_uri=known.uri)
    known.post(ASYNC, sent(body, cavage(body)))
    asked = search()
    for answer in (*known.hears.wait("on-search"), known.post(SYNC, sent(asked, cavage(asked)))):
        fields = dict(re.findall(r'(\w+)="([^"]*)"', answer["signature"]))
        assert fields["kidId"] == f"registry.example|{jwk['kid']}|ed25519"
        whole = json.dumps(
            {"header": answer["header"], "message": answer["message"]},
            sort_keys=True,
            separators=(",", ":"),
        )
        digest = base64.b64encode(hashlib.sha256(whole.encode()).digest()).decode()
        times = f"(created): {fields['created']}\n(expires): {fields['expires']}"
        public.verify(base64.b64decode(fields["signature"]), f"{times}\ndigest: {digest}".encode())
    asked = search()
    answer = known.post(SYNC, sent(asked, jws(asked, "EdDSA")))
    protected, signature = answer["signature"].split("..")
    whole = json.dumps(
        {"header": answer["header"], "message": answer["message"]},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    signed = f"{protected}.{b64url(whole.encode())}".encode()
    public.verify(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)), signed)


SMALL = rsa.generate_private_key(65537, 1024).public_key().public_numbers()  # noqa: S505 - too small on purpose


@pytest.mark.parametrize(
    "change",
    [
        {"sender_id": ""},
        {"kid": None},
        {"alg": "ES256"},
        {"jwk": {}},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jwk": JWKS["EdDSA"] | {"x": "AAAA"}},
        {"jwk": JWKS["EdDSA"] | {"x": 7}},
        {"jwk": JWKS["ES256"] | {"y": "AAAA"}},
        {"jwk": {"kty": "RSA", "n": number(SMALL.n), "e": number(SMALL.e)}},
        {"jwk": None, "pem": "-----BEGIN PUBLIC KEY-----\n"},
    ],
)
def test_what_is_no_key_is_not_registered(line: Line, change: Json) -> None:
    """400 and a sentence."""
    key = {"sender_id": "spmis.example", "kid": "k1", "jwk": JWKS["EdDSA"]} | change
    assert line.post("/sandbox/keys", key, 400)["error"]


def test_a_strict_registry_takes_a_token_and_a_signature_and_nothing_less(tmp_path: Path) -> None:
    """Keys from a file; a token by form or by HTTP Basic; the key of the registry outlives it."""
    ring = tmp_path / "keys.json"
    key = {"sender_id": "spmis.example", "kid": "k-EdDSA", "jwk": JWKS["EdDSA"]}
    ring.write_text(json.dumps([key]), "utf-8")
    strict = Wire(lenient=False, require_token=True, ring=ring, clients={"spmis": "s3cret"})
    published = []
    for _ in range(2):
        with served(tmp_path, strict) as line:
            published.append(line.get("/.well-known/jwks.json"))
            url, grant = f"{line.url}/oauth2/client/token", {"grant_type": "client_credentials"}
            named = {"client_id": "spmis", "client_secret": "s3cret"}
            by_form = requests.post(url, grant | named, timeout=10).json()
            by_basic = requests.post(url, grant, auth=("spmis", "s3cret"), timeout=10).json()
            assert (by_form["token_type"], by_form["expires_in"]) == ("bearer", "3600")
            for token in (by_form["access_token"], by_basic["access_token"]):
                bearer = {"Authorization": f"Bearer {token}"}
                body = search()
                assert line.post(SYNC, sent(body, jws(body, "EdDSA")), headers=bearer)
                missing = line.post(SYNC, sent(search(), ""), 401, headers=bearer)
                assert missing["errors"][0]["code"] == "err.signature.missing"
                stranger = search(sender_id="stranger.example")
                signed = sent(stranger, jws(stranger, "EdDSA"))
                unknown = line.post(SYNC, signed, 401, headers=bearer)
                assert unknown["errors"][0]["code"] == "err.signature.invalid"
            forged = f"{by_form['access_token'][:-4]}AAAA"
            for value in ("", "Bearer", f"Bearer {forged}", f"Basic {by_form['access_token']}"):
                body = search()
                for path in (SYNC, ASYNC):
                    refused = line.post(
                        path, sent(body, jws(body, "EdDSA")), 401, {"Authorization": value}
                    )
                    assert refused["errors"][0]["code"] == "err.request.unauthorized"
    assert published[0] == published[1]


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        (
            {"grant_type": "client_credentials", "client_id": "guichet", "client_secret": "wrong"},
            401,
            "invalid_client",
        ),
        ({"grant_type": "client_credentials", "client_id": "nobody"}, 401, "invalid_client"),
    ],
)
def test_a_token_is_refused_by_its_code(line: Line, form: Json, status: int, error: str) -> None:
    """RFC 6749's word, and DCI's list."""
    answer = requests.post(f"{line.url}/oauth2/client/token", form, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["errors"][0]["code"].startswith("err.request.")
    as_json = requests.post(f"{line.url}/oauth2/client/token", json=form, timeout=10)
    assert as_json.json()["error"] == "invalid_request"


def test_the_profile_is_signed_as_well(known: Line) -> None:
    """The same door, the same keys: 401 without a signature, and a signed answer with one."""
    changed = header("desks", meta={"profile": "guichet-2"})
    body: Json = {"header": changed, "message": {"transaction_id": "t", "near": "Swat"}}
    path = "/registry-api/x-guichet/desks"
    assert known.post(path, sent(body, ""), 401)["errors"][0]["code"] == "err.signature.missing"
    answer = known.post(path, sent(body, cavage(body)))
    assert answer["message"]["desks"] and answer["signature"].startswith('namespace="dci"')
