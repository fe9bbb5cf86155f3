"""The addresses carriers post to.

The last part of each is a token derived from the keys: never logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from settings import Settings
from store.seals import Seals

KINDS: Mapping[str, tuple[str, ...]] = {
    "africastalking": ("ussd", "ussd-ended", "sms", "receipts", "optouts"),
    "twilio": ("sms", "receipts"),
    "hubtel": ("ussd",),
}
"""What each provider posts, as its file says; written here so that nobody loads an SDK to print an
address.
"""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses under `base`. `generations` of tokens are valid, the current one first."""

    base: str
    seals: Seals
    generations: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings, seals: Seals) -> Addresses:
        """Under the public address, which is this server's own where none is set."""
        base = settings.public_url or f"http://{settings.host}:{settings.port}"
        return cls(base.rstrip("/"), seals, settings.hook_generations)

    def tokens(self, provider: str, kind: str) -> tuple[str, ...]:
        """The tokens of one hook that are valid, the current one first."""
        return tuple(self.seals.token(f"hook/{one}/{provider}/{kind}") for one in self.generations)

    def hook(self, provider: str, kind: str) -> str:
        """`{base}/in/<provider>/<kind>/<token>` with the current token."""
        return f"{self.base}/in/{provider}/{kind}/{self.tokens(provider, kind)[0]}"

    def hooks(self) -> dict[str, dict[str, str]]:
        """Every address, by provider and kind."""
        return {
            provider: {kind: self.hook(provider, kind) for kind in kinds}
            for provider, kinds in KINDS.items()
        }
