"""A phone on a carrier that sends the dialled string and then each input alone, in JSON: Hubtel's
wire, written from its reference.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from gateway.hook import Answer
from tests.line import CODE, Line

JSON = "application/json; charset=utf-8"
OPERATORS = {"MTN": "62001", "Vodafone": "62002", "AirtelTigo": "62006", "Glo": ""}
"""What the carrier calls a network, and the code it has in carriers.toml."""


@dataclass
class LastLine(Line):
    """One phone in one hand."""

    operator: str = "MTN"
    sequence: int = 0
    """Deliveries of this call so far."""

    def __post_init__(self) -> None:
        """The network is what the operator's name says."""
        self.network = OPERATORS[self.operator]

    def dial(self, code: str = CODE) -> str:
        """A new session; all that was dialled arrives as its first message."""
        self.calls += 1
        self.session, self.sequence = f"{self.phone[-4:]}{self.calls:028x}", 1
        return self.delivered("Initiation", code)

    def press(self, typed: str) -> str:
        """What she types, alone."""
        self.sequence += 1
        return self.delivered("Response", typed)

    def delivered(self, kind: str, message: str, **over: str) -> str:
        """A delivery of her own; the screen."""
        self.sent = self.message(kind, message) | over
        return self.again(self.sent)

    def again(self, delivery: dict[str, str]) -> str:
        """A delivery the carrier makes, perhaps not for the first time; the screen."""
        said = self.said(self.post("ussd", delivery))
        self.screen, self.open = said["Message"], said["Type"] == "Response"
        return self.screen

    def said(self, answer: Answer) -> dict[str, str]:
        """What the carrier reads of an answer: two fields, and nothing it does not know."""
        assert (answer.status, answer.content_type) == (200, JSON)
        said: dict[str, str] = json.loads(answer.body)
        assert set(said) == {"Type", "Message"}
        assert said["Type"] in {"Response", "Release"}, said
        return said

    def ends(self) -> None:
        """The carrier reports that she fell silent."""
        self.sequence += 1
        said = self.said(self.post("ussd", self.message("Timeout", "")))
        assert said == {"Type": "Release", "Message": ""}
        self.open = False

    def message(self, kind: str, message: str) -> dict[str, str]:
        """A delivery as it is posted, but for the number that counts it."""
        return {
            "Mobile": self.phone.removeprefix("+"),
            "SessionId": self.session,
            "ServiceCode": CODE.strip("*#"),
            "Type": kind,
            "Message": message,
            "Operator": self.operator,
            "Sequence": str(self.sequence),
        }

    def post(self, kind: str, form: dict[str, str], provider: str = "", **over: object) -> Answer:
        """A key in JSON; anything else by the carrier of her messages."""
        if kind != "ussd":
            return super().post(kind, form, provider or "africastalking", **over)
        fields = {**form, "Sequence": int(form["Sequence"]), "ClientState": None}
        posted = {"body": json.dumps(fields).encode(), "headers": {"content-type": JSON}}
        return super().post(kind, form, provider or "hubtel", **{**posted, **over})
