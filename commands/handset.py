"""A handset of the sandbox's carrier, for programs: dial, type, read, write.

The carrier speaks to the same hooks as a real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from commands.trouble import Trouble

PATIENCE = 15
"""Seconds: above the carrier's own ceiling for an answer."""


@dataclass
class Handset:
    """One phone.

    `sandbox` is the sandbox's address; `screen` what it shows, `open` whether it waits for an
    answer.
    """

    sandbox: str
    phone: str
    session: str = ""
    screen: str = ""
    open: bool = False

    def dial(self, code: str) -> str:
        """The first screen. Raises Trouble when the carrier has no answer."""
        return self._shown(self._post("dial", phone=self.phone, code=code))

    def type(self, text: str) -> str:
        """The next screen. Raises Trouble."""
        return self._shown(self._post("reply", session=self.session, text=text))

    def hang_up(self) -> None:
        """The red key."""
        if self.open:
            self._post("hangup", session=self.session)
            self.open = False

    def write(self, to: str, text: str, provider: str = "africastalking") -> None:
        """An SMS to the service."""
        self._post("sms", phone=self.phone, to=to, text=text, provider=provider)

    def inbox(self) -> list[dict[str, Any]]:
        """The messages it holds, oldest first; `direction` is in or out."""
        answer = requests.get(
            f"{self.sandbox}/carrier/inbox", params={"phone": self.phone}, timeout=PATIENCE
        )
        return list(answer.json())

    def _shown(self, answer: dict[str, Any]) -> str:
        if answer["error"]:
            raise Trouble(f"the carrier says: {answer['error']}")
        self.session, self.screen, self.open = answer["session"], answer["text"], answer["open"]
        return self.screen

    def _post(self, what: str, **fields: str) -> dict[str, Any]:
        try:
            answer = requests.post(f"{self.sandbox}/carrier/{what}", json=fields, timeout=PATIENCE)
        except requests.RequestException as error:
            raise Trouble(f"the sandbox does not answer at {self.sandbox}") from error
        if answer.status_code != 200:
            raise Trouble(f"the carrier refuses: {answer.text.strip()}")
        return dict(answer.json())
