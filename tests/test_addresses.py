"""The addresses of hooks: what is printed to an operator is what is answered."""

from __future__ import annotations

from importlib import import_module

import pytest

from gateway.providers import PROVIDERS, addresses
from gateway.providers.addresses import Addresses
from store.seals import Seals
from tests.line import KEYS


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_every_kind_a_provider_answers_has_an_address(provider: str) -> None:
    """The table that spares loading an SDK says what the provider's own file says."""
    assert set(addresses.KINDS[provider]) == set(
        import_module(f"gateway.providers.{provider}").KINDS
    )


def test_a_generation_of_addresses_follows_another() -> None:
    """Two are valid while carriers are told of the new one; then the old one is not."""
    seals = Seals.from_text(KEYS)
    one, both, two = (
        Addresses("https://line.example", seals, which) for which in (("1",), ("2", "1"), ("2",))
    )
    assert set(both.tokens("twilio", "sms")) == {
        *one.tokens("twilio", "sms"),
        *two.tokens("twilio", "sms"),
    }
    assert both.hook("twilio", "sms") == two.hook("twilio", "sms") != one.hook("twilio", "sms")
