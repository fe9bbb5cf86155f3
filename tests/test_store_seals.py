"""Sealed values, digests and tokens: what opens, what does not, and what a rotation of keys
keeps.
"""

from __future__ import annotations

import base64

import pytest

from store.seals import BadKeys, SealBroken, Seals

OLD = f"k1:{base64.b64encode(b'1' * 32).decode()}"
NEW = f"k2:{base64.b64encode(b'2' * 32).decode()}"
PHONE = "+923000000001"


def test_a_sealed_value_opens_at_its_place_only() -> None:
    """A row's words copied into another row are not readable there."""
    seals = Seals.from_text(OLD)
    sealed = seals.seal(PHONE.encode(), "citizens.phone.01")
    assert seals.open(sealed, "citizens.phone.01") == PHONE.encode()
    with pytest.raises(SealBroken):
        seals.open(sealed, "citizens.phone.02")


def test_the_same_value_is_sealed_differently_each_time() -> None:
    """Nobody sees from the database that two people wrote the same."""
    seals = Seals.from_text(OLD)
    assert seals.seal(b"same", "here") != seals.seal(b"same", "here")


@pytest.mark.parametrize("position", range(0, 40, 3))
def test_a_changed_byte_is_noticed(position: int) -> None:
    """Version, key id, nonce, text and tag are all protected."""
    seals = Seals.from_text(OLD)
    sealed = bytearray(seals.seal(b"twelve bytes", "here"))
    sealed[position] ^= 1
    with pytest.raises(SealBroken):
        seals.open(bytes(sealed), "here")


@pytest.mark.parametrize("length", [0, 1, 3, 10, 20])
def test_a_cut_value_is_noticed(length: int) -> None:
    """A column that was cut short is broken, not half a value."""
    seals = Seals.from_text(OLD)
    with pytest.raises(SealBroken):
        seals.open(seals.seal(b"twelve bytes", "here")[:length], "here")


def test_a_rotation_keeps_old_values_digests_and_tokens() -> None:
    """The new key seals; the old one still opens, finds, and names."""
    before, after = Seals.from_text(OLD), Seals.from_text(f"{NEW},{OLD}")
    assert after.open(before.seal(b"old", "here"), "here") == b"old"
    assert after.digest("phone", PHONE) == before.digest("phone", PHONE)
    assert after.token("hook/1/twilio/sms") == before.token("hook/1/twilio/sms")
    with pytest.raises(SealBroken, match="not configured"):
        before.open(after.seal(b"new", "here"), "here")


def test_digests_and_tokens_differ_by_what_they_are_for() -> None:
    """A phone number is not found where a reference of the same digits is looked for."""
    seals = Seals.from_text(f"{NEW},{OLD}")
    assert len({seals.digest(kind, "123") for kind in ("phone", "reference", "national_id")}) == 3
    assert seals.digest("a", "b\0c") != seals.digest("a\0b", "d")
    tokens = [
        seals.token(f"hook/{one}") for one in ("1/twilio/sms", "1/twilio/receipts", "2/twilio/sms")
    ]
    assert len(set(tokens)) == 3
    assert all(len(token) == 43 for token in tokens)


def test_nothing_shown_of_the_seals_tells_a_key() -> None:
    """A value in a log or a traceback is not a leak."""
    assert repr(Seals.from_text(OLD)) == "Seals()"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "key 1 is not"),
        ("k1", "key 1 is not"),
        (f"{OLD},", "key 2 is not"),
        ("k 1:AAAA", "key 1 is not"),
        (f"{OLD},{OLD}", "k1 is given twice"),
        ("k1:AAAA", "k1 has 3 bytes instead of 32"),
        ("k1:not base64", "k1 is not base64"),
    ],
)
def test_bad_keys_are_named_and_not_shown(text: str, says: str) -> None:
    """The operator reads which key is wrong; the log does not hold it."""
    with pytest.raises(BadKeys, match=says) as found:
        Seals.from_text(text)
    assert "AAAA" not in str(found.value)


def test_words_are_sealed_without_the_empty_ones() -> None:
    """What was not said is not kept."""
    seals = Seals.from_text(OLD)
    sealed = seals.seal_words({"details": "میری رقم کم ہے", "period": None, "member": ""}, "here")
    assert seals.open_words(sealed, "here") == {"details": "میری رقم کم ہے"}
