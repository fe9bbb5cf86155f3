"""Two machines that answer each other: noticed by what one phone writes, and met with silence."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dialogs.engine.hear import key
from gateway.keywords import plain

AUTOMATIC = tuple(
    map(
        plain,
        (
            "auto-reply",
            "auto reply",
            "autoreply",
            "automatic reply",
            "automated message",
            "out of office",
            "do not reply",
            "réponse automatique",
            "message automatique",
            "absent du bureau",
            "ne pas répondre",
            "خودکار جواب",
            "خودکار پیغام",
        ),
    )
)
"""What machines write."""
ECHO = 30
"""Characters of our own answer that come back only from a machine."""
QUICK = 3
"""Seconds between two messages that hardly a person keeps to."""
TIMES_AS_MANY = 4
"""So many times more of them are needed: a carrier that was down delivers a person's messages together."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What the last messages of a phone looked like. Moments are seconds since 1970 (UTC)."""

    text: str = ""
    """Digest of the last one, in hex."""
    alike: int = 0
    """How many of one text, or of a machine's words, came in a row since `began`."""
    began: int = 0
    quick: int = 0
    """How many in a row came hardly after one another."""
    last: int = 0
    silent: int = 0
    """Until when nothing is answered."""


@dataclass(frozen=True, slots=True)
class Loops:
    """`most` alike messages in `minutes` are a loop, and `silence` minutes end it; 0 is never."""

    most: int
    minutes: int
    silence: int

    def seen(self, before: Traces, text: str, digest: str, answer: str, now: int) -> Traces:
        """The traces with this message; `answer` is what we last wrote to this phone.

        A bare number of an option is no sign: whoever presses 1 on every screen is a person.
        """
        alike = automatic(text, answer) or (digest == before.text and len(key(text)) > 2)
        fresh = not alike or now - before.began > self.minutes * 60
        after = replace(
            before,
            text=digest,
            alike=1 if fresh else before.alike + 1,
            began=now if fresh else before.began,
            quick=before.quick + 1 if now - before.last <= QUICK else 1,
            last=now,
        )
        looped = after.alike >= self.most or after.quick >= self.most * TIMES_AS_MANY
        if not self.most or not looped:
            return after
        return replace(after, alike=0, quick=0, silent=now + self.silence * 60)


def automatic(text: str, answer: str) -> bool:
    """Whether a message repeats our own answer, or says of itself that no person wrote it."""
    words, ours = plain(text), plain(answer)[:ECHO]
    return any(one in words for one in AUTOMATIC) or (len(ours) == ECHO and ours in words)
