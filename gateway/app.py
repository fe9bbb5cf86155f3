"""The composition root of the web: everything is made here, once, from the settings."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from ipaddress import ip_network
from threading import BoundedSemaphore
from zoneinfo import ZoneInfo

import structlog
from flask import Flask, request
from flask.typing import ResponseReturnValue
from redis import Redis, RedisError
from sqlalchemy import select

from dialogs.engine.book import Book
from dialogs.engine.step import Engine
from dialogs.service import book
from gateway.admission import Admission
from gateway.answering import answered
from gateway.answers import Answers
from gateway.bodies import LARGEST
from gateway.callbacks import Callbacks, Sender
from gateway.callbacks_routes import blueprint
from gateway.carriers import carriers
from gateway.conversation import Conversation
from gateway.exchanges import Exchanges
from gateway.finding import Finding
from gateway.front import client
from gateway.hook import Answer
from gateway.hooks import Hooks, Request
from gateway.inbox import Inbox
from gateway.limits import Limits
from gateway.lookups import Lookups
from gateway.loops import Loops
from gateway.metrics import Metrics
from gateway.people import People
from gateway.placing import Placing
from gateway.promises import Promises
from gateway.providers import configured
from gateway.providers.addresses import Addresses
from gateway.proving import Proving
from gateway.readers import readers
from gateway.scripts import Scripts
from gateway.sessions import Sessions
from gateway.standing import Standings
from gateway.writing import Writing
from locales.catalogues import speeches
from locales.saying import Speaker
from registry_client import connect, connecting, id_types, named, purpose
from registry_client.breaker import Breakers
from registry_client.cache import Cached
from registry_client.configuration import ALONE, Configured
from registry_client.keys import PublicKey
from registry_client.port import Registry
from registry_client.timed import timed
from settings import Settings
from store import database, lanes, live, migrations
from store.clock import now
from store.database import Database, StoreDown
from store.ids import Random
from store.seals import Seals
from store.shared import SealedShelf, SharedText
from store.tallies import Tallies

log = structlog.get_logger()


def hooks(
    settings: Settings,
    *,
    registry: Registry | None = None,
    clock: Callable[[], datetime] = now,
    random: Random = secrets.token_bytes,
    dialogs: Callable[[str], Book] = book,
) -> Hooks:
    """Everything a delivery needs; the registry is the one of the settings unless another is handed
    in, and so are the clock (UTC), what is random, and the dialogs, made for a helpline.

    Raises BadKeys, BadCarrier, BadDocument, SchemaOld, StoreDown: one line each.
    """
    url = database.address(settings)
    migrations.require_current(url)
    seals = Seals.from_text(settings.keys.get_secret_value())
    store = Database.connect(url)
    redis = live.connected(settings.redis_url)
    spoken = speeches(settings.languages, drafts=settings.drafts)
    say = Speaker(spoken, settings.greeting)
    if silent := [speech.language.tag for speech in spoken if not speech.speaks]:
        log.warning(
            "languages.silent", tags=silent, spoken=[s.language.tag for s in spoken if s.speaks]
        )
    scripts = Scripts(redis)
    addresses = Addresses.of(settings, seals)
    providers = configured(settings, lambda name: addresses.hook(name, "receipts"))
    zone = ZoneInfo(settings.timezone)
    answers = Answers(redis, seals, clock)
    tallies = Tallies(redis)
    asked = _asked(settings, registry, redis, seals, clock, tallies)
    lookups = _lookups(settings, asked, store, seals, scripts, say, zone, answers, clock, tallies)
    promises = Promises(
        store,
        seals,
        redis,
        say,
        clock,
        random,
        settings.answer_days,
        zone,
        settings.requests_a_day,
        settings.service_codes[0],
    )
    networks = carriers()
    engine = Engine(
        dialogs(settings.helpline),
        spoken,
        readers(settings),
        networks.profiles,
        greeting=settings.greeting,
    )
    conversation = Conversation(
        engine,
        Writing(engine),
        Sessions(scripts, seals, random),
        Placing(store, seals, say, engine.keeps, settings.resume_minutes, networks),
        People(store, seals, clock),
        lookups,
        promises,
        seals,
        clock,
        networks,
        settings.turns_a_minute,
        settings.sms_provider,
        settings.dial_back_after,
    )
    return Hooks(
        providers,
        {
            (name, kind): addresses.tokens(name, kind)
            for name, one in providers.items()
            for kind in one.kinds
        },
        tuple(ip_network(cidr) for cidr in settings.allowed_cidrs),
        codes(settings),
        addresses.base,
        settings.hook_deadline,
        conversation,
        Inbox(
            conversation,
            Exchanges(redis, seals, settings.loop_silence * 60),
            Loops(settings.loop_messages, settings.loop_minutes, settings.loop_silence),
            store,
            redis,
            seals,
            say,
            clock,
            random,
            settings.service_codes[0] if settings.service_codes else "",
        ),
        store,
        redis,
        seals,
        say,
        clock,
        tallies,
        Admission(settings.web_threads),
    )


def _asked(
    settings: Settings,
    handed: Registry | None,
    redis: Redis,
    seals: Seals,
    clock: Callable[[], datetime],
    tallies: Tallies,
) -> Registry:
    """The registry as citizens' questions reach it: remembered for a moment, left alone while it is
    away. `handed`: in the place of those the settings name.
    """

    def seconds() -> float:
        return clock().timestamp()

    breakers = Breakers(lambda name: SharedText(redis, lanes.breaker(name), seconds), seconds)
    asked = breakers.guard(ALONE, handed) if handed else connect(settings, breakers.guard)
    shelf = SealedShelf(redis, seals, "registry")
    return Cached(timed(asked, tallies.asked), shelf, purpose(settings))


def _lookups(
    settings: Settings,
    registry: Registry,
    database: Database,
    seals: Seals,
    scripts: Scripts,
    say: Speaker,
    zone: ZoneInfo,
    answers: Answers,
    clock: Callable[[], datetime],
    tallies: Tallies,
) -> Lookups:
    """Who answers questions, and from what."""
    patience = settings.lookup_deadline
    limits = Limits(scripts, settings.wrong_tries_a_day, settings.wrong_tries_in_all)
    proving = Proving(registry, limits, seals, patience)
    days = settings.appeal_days
    return Lookups(
        proving,
        Standings(registry, database, seals, limits, say, patience, clock, zone, days),
        Finding(registry, proving, database, seals, patience, zone),
        seals,
        limits,
        BoundedSemaphore(settings.web_threads // 2),
        answers,
        tallies,
    )


def codes(settings: Settings) -> Mapping[str, frozenset[str]]:
    """The codes and numbers each provider may report as dialled or written to; none listed: any.

    A Twilio messaging service has numbers only Twilio knows, and its signature says that they are
    ours.
    """
    dialled = {code for code in settings.service_codes if code.startswith("*")}
    short = set(settings.service_codes) - dialled
    at, twilio = settings.africastalking_sender, settings.twilio_sender
    return {
        "ussd": frozenset(dialled),
        "africastalking": frozenset(short | {at} if at else short),
        "twilio": frozenset() if twilio.startswith("MG") else frozenset(short | {twilio}),
    }


def callbacks(settings: Settings, made: Hooks, random: Random = secrets.token_bytes) -> Callbacks:
    """The registries that may call us, each by what it shows. Raises ConfigurationError."""
    senders = {
        one.registry.name: _sender(one, made)
        for one in named(settings)
        if one.registry.callbacks.admits
    }
    return Callbacks(senders, made.database, made.seals, made.clock, random)


def _sender(one: Configured, made: Hooks) -> Sender:
    parties = one.registry.parties
    return Sender(
        one.registry.name,
        frozenset(one.registry.callbacks.sender_ids or {parties.receiver}),
        connecting.bearers(one),
        connecting.verifier(one, made.clock),
        receiver_id=parties.sender,
    )


def signing(settings: Settings) -> tuple[PublicKey, ...]:
    """The keys registries check us with. Raises ConfigurationError."""
    return tuple(filter(None, map(connecting.published, named(settings))))


def create_app(
    settings: Settings,
    made: Hooks,
    registries: Callbacks | None = None,
    keys: Collection[PublicKey] | None = None,
) -> Flask:
    """The Flask application: the hooks, the registries' callbacks, the keys we sign with, and three
    addresses that say how we are.
    """
    app = Flask("guichet", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST + 1
    published = signing(settings) if keys is None else keys
    app.register_blueprint(blueprint(registries or callbacks(settings, made), published))

    @app.post("/in/<path:path>")
    def receive(path: str) -> ResponseReturnValue:
        headers = {name.lower(): value for name, value in request.headers.items()}
        remote = client(headers, request.remote_addr or "", settings.trusted_proxies)
        return _as_flask(
            answered(
                made,
                Request(path, request.query_string.decode(), request.get_data(), headers, remote),
            )
        )

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return {"alive": True}

    @app.get("/readyz")
    def readyz() -> ResponseReturnValue:
        parts = {"database": _answers(made.database), "redis": _pings(made.redis)}
        return parts, 200 if all(parts.values()) else 503

    watched = Metrics(
        made.redis,
        made.database,
        made.tallies,
        made.clock,
        settings.metrics_token.get_secret_value(),
        sorted(id_types(settings)),
        settings.sms_providers,
    )

    @app.get("/metrics")
    def metrics() -> ResponseReturnValue:
        return _as_flask(watched.answer(request.headers.get("Authorization", "")))

    return app


def _as_flask(answer: Answer) -> ResponseReturnValue:
    headers = {"Content-Type": answer.content_type, **dict(answer.headers)}
    return answer.body, answer.status, headers


def _answers(database: Database) -> bool:
    try:
        with database.read() as conn:
            conn.execute(select(1))
    except StoreDown:
        return False
    return True


def _pings(redis: Redis) -> bool:
    try:
        return bool(redis.ping())
    except RedisError:
        return False
