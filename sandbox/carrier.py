"""The network a handset dials through: USSD sessions by Africa's Talking's hook, with its timers
and its end events.
"""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sandbox.africastalking import NAME, NETWORK
from sandbox.deliveries import Deliveries, Delivery
from sandbox.faults import Faults
from sandbox.hooks import Hooks, NoAnswer, NotConnected, Said, post
from sandbox.inboxes import cut, units

SEPTETS, UCS2 = 160, 80
"""What this network carries of a screen (a common Kenyan limit, and the UCS-2 field)."""
LONGEST_REPLY = 160
CODE = re.compile(r"\*[0-9*]*[0-9]#")
PROBLEM = "Connection problem or invalid MMI code."


class NoSuchSession(Exception):
    """Nobody has this session, or it is over; the message says which."""


class Invalid(Exception):
    """What the handset sent makes no sense to the network; the message says why."""


@dataclass(slots=True)
class Session:
    """One USSD session.

    `typed` is everything that was typed, joined by `*`, as the provider reports it.
    """

    id: str
    phone: str
    code: str
    typed: str
    started: float
    touched: float
    hops: int = 0
    answered: bool = False
    labels: list[str] = field(default_factory=list)
    last: str = ""
    open: bool = True
    error: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Screen:
    """What the handset shows. `cut`: the network could not carry all of it.

    `error`: why there is no answer.
    """

    session: str
    text: str
    open: bool
    alphabet: str
    units: int
    cut: bool
    error: str = ""


class Carrier:
    """All sessions of all handsets; a handset has one at a time."""

    def __init__(
        self,
        hooks: Hooks,
        deliveries: Deliveries,
        faults: Faults,
        codes: tuple[str, ...],
        now: Callable[[], datetime],
    ) -> None:
        self._hooks, self._deliveries, self._faults = hooks, deliveries, faults
        self._codes, self._now = codes, now
        self._sessions: dict[str, Session] = {}
        self._of_phone: dict[str, str] = {}
        self._lock = threading.Lock()

    def dial(self, phone: str, dialled: str) -> Screen:
        """Open a session; `*384*1234*2*1#` is the code with "2*1" typed ahead.

        Raises Invalid, NotConnected.
        """
        code, ahead = self._split(dialled)
        self._hooks.address(NAME, "ussd")
        now = time.monotonic()
        session = Session(f"ATUid_{uuid.uuid4().hex}", phone, code, ahead, now, now)
        with self._lock:
            before = self._sessions.get(self._of_phone.get(phone, ""))
            self._sessions[session.id], self._of_phone[phone] = session, session.id
        if before is not None:
            self._deliveries.later(0.0, partial(self._leave, before))
        self._deliveries.later(self._faults.get("total"), lambda: self._leave(session))
        with session.lock:
            return self._hop(session)

    def reply(self, identifier: str, text: str) -> Screen:
        """Send what was typed. Raises NoSuchSession, Invalid."""
        if len(text) > LONGEST_REPLY:
            raise Invalid(f"The network carries at most {LONGEST_REPLY} characters of a reply.")
        session = self._session(identifier)
        with session.lock:
            if not session.open:
                raise NoSuchSession("This session is over.")
            session.typed = f"{session.typed}*{text}" if session.typed or session.answered else text
            session.answered = True
            return self._hop(session)

    def hang_up(self, identifier: str) -> None:
        """The handset leaves. Leaving twice is no harm. Raises NoSuchSession."""
        self._leave(self._session(identifier))

    def _session(self, identifier: str) -> Session:
        session = self._sessions.get(identifier)
        if session is None:
            raise NoSuchSession("There is no such session.")
        return session

    def _split(self, dialled: str) -> tuple[str, str]:
        if CODE.fullmatch(dialled) is None:
            raise Invalid(PROBLEM)
        for code in sorted(self._codes, key=len, reverse=True):
            if dialled == code:
                return code, ""
            if dialled.startswith(f"{code[:-1]}*"):
                return code, dialled[len(code) : -1]
        raise Invalid(PROBLEM)

    def _hop(self, session: Session) -> Screen:
        """One exchange with the hook. The caller holds the session's lock."""
        session.hops += 1
        try:
            said = self._ask(session)
        except (NoAnswer, NotConnected) as silence:
            return self._failed(session, f"No answer: {silence}")
        session.touched = time.monotonic()
        if label := said.headers.get("at-ussd-hop-metadata", ""):
            session.labels.append(label[:99])
        session.last = said.body
        if said.status != 200 or said.body[:4] not in ("CON ", "END "):
            return self._failed(
                session, f"Invalid response: HTTP {said.status}, neither CON nor END"
            )
        if said.body.startswith("END "):
            self._end(session, "Success")
        else:
            self._watch(session, session.touched)
        return _screen(session, said.body[4:])

    def _ask(self, session: Session) -> Said:
        form = {
            "sessionId": session.id,
            "phoneNumber": session.phone,
            "networkCode": NETWORK,
            "serviceCode": session.code,
            "text": session.typed,
        }
        headers = {"at-ussd-hop-metadata": session.labels[-1]} if session.labels else None
        return post(
            self._hooks.address(NAME, "ussd"), form, float(self._faults.get("ceiling")), headers
        )

    def _failed(self, session: Session, error: str) -> Screen:
        session.error = error
        self._end(session, "Failed")
        return _screen(session, PROBLEM)

    def _watch(self, session: Session, touched: float) -> None:
        """End the session if nothing is typed until the idle timer."""

        def look() -> None:
            if session.touched == touched:
                self._leave(session)

        self._deliveries.later(self._faults.get("idle"), look)

    def _leave(self, session: Session) -> None:
        with session.lock:
            if session.open:
                self._end(session, "Incomplete")

    def _end(self, session: Session, status: str) -> None:
        """Close the session and report it. The caller holds the session's lock."""
        session.open = False
        form = {
            "date": self._now().strftime("%Y-%m-%d %H:%M:%S"),
            "sessionId": session.id,
            "serviceCode": session.code,
            "networkCode": NETWORK,
            "phoneNumber": session.phone,
            "status": status,
            "cost": "0.00",
            "durationInMillis": str(int((time.monotonic() - session.started) * 1000)),
            "hopsCount": str(session.hops),
            "hopsMetadata": "|".join(session.labels),
            "input": session.typed,
            "lastAppResponse": session.last,
        }
        if session.error:
            form["errorMessage"] = session.error
        self._deliveries.send(Delivery(NAME, "ussd-ended", session.id, form, retries=()), 0.05)
        self._deliveries.later(60.0, lambda: self._forget(session))

    def _forget(self, session: Session) -> None:
        with self._lock:
            self._sessions.pop(session.id, None)
            if self._of_phone.get(session.phone) == session.id:
                del self._of_phone[session.phone]


def _screen(session: Session, text: str) -> Screen:
    shown = cut(text, SEPTETS, UCS2)
    alphabet, size = units(text)
    return Screen(session.id, shown, session.open, alphabet, size, shown != text, session.error)
