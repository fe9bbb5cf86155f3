"""Hop one: a delivery is checked before anything is read of it, and always answered as its carrier
needs it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address
from time import monotonic

import structlog
from redis import Redis, RedisError

from dialogs.engine.turns import Reply
from gateway import bodies, dialled
from gateway.admission import Admission, Full
from gateway.bodies import Refused
from gateway.conversation import CannotAnswer, Conversation, TooFast
from gateway.deadline import Deadline
from gateway.hook import Answer, Ended, Event, Hook, Inbound, Malformed, OptOut, Receipt
from gateway.inbox import Inbox
from gateway.providers import Provider
from locales.saying import Speaker
from store import citizens, drafts, messages
from store.database import Database
from store.seals import Seals
from store.tallies import DELIVERIES_SHED, Tallies

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP delivery as the web server has it.

    `path` is everything after `/in/`; `headers` are in lower case.
    """

    path: str
    query: str
    body: bytes
    headers: Mapping[str, str]
    remote: str


@dataclass(frozen=True, slots=True)
class Hooks:
    """Everything a delivery may need, made once a process.

    `tokens` are the valid ones by (provider, kind).
    """

    providers: Mapping[str, Provider]
    tokens: Mapping[tuple[str, str], tuple[str, ...]]
    networks: tuple[IPv4Network | IPv6Network, ...]
    codes: Mapping[str, frozenset[str]]
    """What may be dialled (`ussd`), and written to by provider; none listed: any."""
    public_url: str
    seconds: float
    conversation: Conversation
    inbox: Inbox
    database: Database
    redis: Redis
    seals: Seals
    say: Speaker
    clock: Callable[[], datetime]
    tallies: Tallies
    admission: Admission

    def receive(self, request: Request) -> Answer:
        """The answer to a delivery. Wrong token: 404 and no body.

        Whatever fails, a citizen in a session gets a valid screen.
        """
        deadline = Deadline.after(self.seconds, monotonic)
        name, _, rest = request.path.partition("/")
        kind, _, token = rest.partition("/")
        provider = self.providers.get(name)
        if (
            provider is None
            or kind not in provider.kinds
            or not self._admitted((name, kind), token, request.remote)
        ):
            return Answer(404)
        try:
            hook = self._hook(provider, kind, request)
            if not provider.authentic(hook):
                log.warning("hook.forged", provider=name, kind=kind)
                return Answer(403)
            return self._with_a_place(provider, kind, provider.read(hook), deadline)
        except Refused as refused:
            return Answer(refused.status, f"{refused}\n")
        except Malformed as malformed:
            log.warning("hook.malformed", provider=name, kind=kind, field=str(malformed))
            return Answer(400, f"malformed: {malformed}\n")
        # The one broad except: a carrier must always be answered in its own way.
        except Exception as error:
            log.exception("hook.failed", provider=name, kind=kind, error=type(error).__name__)
            return self._failed(provider, kind)

    def _admitted(self, hook: tuple[str, str], token: str, remote: str) -> bool:
        given = token.encode()
        right = [hmac.compare_digest(given, valid.encode()) for valid in self.tokens.get(hook, ())]
        return any(right) and (not self.networks or _within(remote, self.networks))

    def _hook(self, provider: Provider, kind: str, request: Request) -> Hook:
        """The delivery as a hook, its body of the kind this provider posts. Raises Refused."""
        headers = request.headers
        form = bodies.fields(request.body, headers.get("content-type", ""), provider.body)
        address = f"{self.public_url}/in/{request.path}" + (
            f"?{request.query}" if request.query else ""
        )
        return Hook(provider.name, kind, address, form, headers, request.remote)

    def _with_a_place(
        self, provider: Provider, kind: str, event: Event, deadline: Deadline
    ) -> Answer:
        """The answer, where there is a place to work on it; else a polite one."""
        try:
            with self.admission.place():
                return provider.answer(kind, self._handled(event, deadline))
        except Full:
            log.warning("hook.full", provider=provider.name, kind=kind)
            self.tallies.count(DELIVERIES_SHED)
        match event:
            case Inbound(channel="ussd"):
                fault = CannotAnswer(self.conversation.language(event.phone))
                return provider.answer(kind, self._last(fault, event.network))
            case Ended():
                return provider.answer(kind, None)
        return Answer(503)

    def _handled(self, event: Event, deadline: Deadline) -> Reply | None:
        match event:
            case Inbound(channel="ussd"):
                return self._pressed(event, deadline)
            case Inbound():
                if (written := self._ours(event)) is not None:
                    self.inbox.take(written, deadline)
            case Ended():
                self._dropped(event)
            case Receipt():
                self._reported(event)
            case OptOut():
                with self.database.write() as conn:
                    citizens.opt_out(conn, self.seals, event.phone, self.clock())
        return None

    def _pressed(self, inbound: Inbound, deadline: Deadline) -> Reply:
        reached = self._ours(inbound)
        if reached is None:
            return self._last(CannotAnswer(""), inbound.network)
        try:
            return self.conversation.handle(reached, deadline)
        except TooFast as fast:
            return self._last(fast, inbound.network)
        except CannotAnswer as fault:
            log.exception("hook.unanswered", provider=inbound.provider)
            return self._last(fault, inbound.network)

    def _last(self, fault: CannotAnswer, network: str = "") -> Reply:
        """A valid last screen that says so, in letters that her carrier shows."""
        profile = self.conversation.carriers.profile(network)
        return Reply(self.say.on_screen(fault.notice, fault.language, profile), more=False)

    def _ours(self, inbound: Inbound) -> Inbound | None:
        """The delivery, where its code is one of ours."""
        codes = self.codes.get(inbound.provider if inbound.channel == "sms" else "ussd")
        found = dialled.ours(inbound, codes or frozenset())
        if found is None:
            log.warning("hook.code", provider=inbound.provider)
        return found

    def _reported(self, receipt: Receipt) -> None:
        with self.database.write() as conn:
            messages.report(
                conn,
                self.seals,
                receipt.provider,
                receipt.message,
                str(receipt.status),
                receipt.reason,
                receipt.ours,
                self.clock(),
                phone=receipt.phone,
                fate=receipt.fate,
            )

    def _dropped(self, event: Ended) -> None:
        """A call is over; the draft it left in the midst, if any, falls due."""
        log.info("session.ended", provider=event.provider, status=event.status)
        if event.status != "incomplete":
            return
        name = self.conversation.name(event.provider, "ussd", event.conversation)
        with suppress(RedisError):  # silence is noticed as well
            drafts.ended(self.redis, self.seals.phone_key(event.phone), name, self.clock())

    def _failed(self, provider: Provider, kind: str) -> Answer:
        """USSD: a valid last screen. End events: 200.

        The rest: 503, and the carrier delivers again.
        """
        if kind == "ussd":
            return provider.answer(kind, self._last(CannotAnswer("")))
        return provider.answer(kind, None) if kind == "ussd-ended" else Answer(503)


def _within(remote: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Whether an address is in one of the networks; what is no address is in none."""
    try:
        address = ip_address(remote)
    except ValueError:
        return False
    return any(address in network for network in networks)
