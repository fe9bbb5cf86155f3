"""What an operator may set, in one place: read from the environment (GUICHET_*) and checked at
once.

Nothing here is a secret by default and nothing is read on import; docs/settings.md has a heading
for each field.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MOST_LANGUAGES = 7
"""Languages of one service: more would not stand on one menu that people read."""
CODE = re.compile(r"\*\d+(\*\d+)*#|\+?\d{3,15}")
"""`*384*1234#`, `21234`, `+15005550006`."""

RATE = re.compile(r"[a-z]+=\d{1,4}(\.\d{1,3})?")
"""`twilio=1`, `africastalking=0.5`."""

TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{24,512}")
"""A bearer token nobody guesses, in the letters of RFC 6750."""

Names = Annotated[tuple[str, ...], NoDecode]
"""A comma-separated list in the environment."""


class Settings(BaseSettings):
    """One value a process, handed down from the two composition roots."""

    model_config = SettingsConfigDict(
        env_prefix="GUICHET_",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        env_ignore_empty=True,
    )

    # Where things live
    var: Path = Field(
        default=Path("var"), description="Folder for the embedded database, Valkey and keys."
    )
    database_url: str = Field(
        default="",
        validation_alias="DATABASE_URL",
        description="PostgreSQL in production; empty is SQLite in `var`.",
    )
    redis_url: str = Field(
        default="",
        validation_alias="REDIS_URL",
        description="Redis or Valkey; empty starts the embedded one.",
    )
    keys: SecretStr = Field(
        default=SecretStr(""),
        description="Master keys `id:base64,...`, 32 bytes each, the current one first; empty makes one in `var`.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level logged."
    )

    # The web server
    host: str = Field(default="127.0.0.1", description="Address the web server binds.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the web server binds.")
    sandbox_port: int = Field(
        default=8001,
        ge=1,
        le=65535,
        description="Port of the sandbox: registry, carrier and phone.",
    )
    web_workers: int = Field(default=1, ge=1, le=64, description="Processes of the web server.")
    web_threads: int = Field(
        default=8,
        ge=8,
        le=256,
        description="Deliveries a web process works on at once; half may wait for look-ups.",
    )
    public_url: str = Field(
        default="",
        description="The address carriers call, as they see it; Twilio signs it. Empty is http://host:port.",
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="Bearer token of /metrics; empty lets in whoever reaches the web server.",
    )

    # What may come in
    service_codes: Names = Field(
        default=("*384*1234#",),
        description="USSD codes and short codes answered; others are refused.",
    )
    allowed_cidrs: Names = Field(
        default=(), description="Networks hooks may come from; empty allows all."
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="Proxies in front that set X-Forwarded-For."
    )
    turns_a_minute: int = Field(
        default=60, ge=1, description="Key presses or messages a minute one phone may send."
    )
    hook_generations: Names = Field(
        default=("1",),
        description="Generations of hook addresses that are valid, the current one first: `2,1` then `2`.",
    )
    wrong_tries_a_day: int = Field(
        default=5,
        ge=1,
        description="Wrong references or other people's IDs a phone may try in a day.",
    )
    wrong_tries_in_all: int = Field(
        default=5000, ge=1, description="The same, for all phones together in an hour."
    )
    hook_deadline: float = Field(
        default=7.0, gt=0, le=9, description="Seconds within which a carrier always gets an answer."
    )
    lookup_deadline: float = Field(
        default=2.0, gt=0, le=8, description="Seconds a citizen waits for the registry."
    )

    # The service
    languages: Names = Field(
        default=("en", "fr", "ur", "ur_Latn", "ps", "sw", "ar"),
        description="Languages offered, in the order of the menu; at most seven.",
    )
    greeting: str = Field(
        default="",
        description="The language that greets an unknown caller; empty is the first of `languages`.",
    )
    drafts: bool = Field(
        default=False,
        description="Whether languages that no native reader has signed are spoken.",
    )
    resume_minutes: int = Field(
        default=30,
        ge=0,
        le=1440,
        description="Minutes after a dropped call within which a new dial offers to go on.",
    )
    dial_back_after: int = Field(
        default=90,
        ge=0,
        description="Seconds of silence after which a call has dropped, and an SMS says how to go on; 0: none is sent.",
    )
    dial_backs_a_day: int = Field(
        default=2, ge=0, description="SMS about dropped calls one phone gets in a day at most."
    )
    loop_messages: int = Field(
        default=8,
        ge=0,
        description="Messages of one text, or of a machine's words, in a row that show a machine; 0: never.",
    )
    loop_minutes: int = Field(
        default=10, ge=1, le=60, description="Minutes within which those messages come."
    )
    loop_silence: int = Field(
        default=60, ge=1, le=1440, description="Minutes for which a machine is not answered."
    )
    country: str = Field(
        default="PK",
        pattern="^[A-Z]{2}$",
        description="ISO 3166 code: how phone numbers and identity documents are read.",
    )
    timezone: str = Field(
        default="Asia/Karachi", description="Time zone of dates said to citizens."
    )
    helpline: str = Field(
        default="0800 00000",
        max_length=16,
        description="Number people call to be helped, as they dial it.",
    )
    requests_a_day: int = Field(
        default=10,
        ge=1,
        description="Requests one phone may make in a day; what is over waits until staff looked at it.",
    )
    appeal_days: int = Field(
        default=30, ge=1, le=365, description="Days in which a decision may be appealed."
    )
    answer_days: int = Field(
        default=15, ge=1, le=99, description="Working standard said with a reference, in days."
    )

    # Africa's Talking
    africastalking_username: str = Field(
        default="", description="Account user name; empty leaves the provider off."
    )
    africastalking_key: SecretStr = Field(default=SecretStr(""), description="API key.")
    africastalking_url: str = Field(
        default="", description="Base address of the API; empty is the provider's own."
    )
    africastalking_sender: str = Field(
        default="", description="Sender ID or short code of messages."
    )

    # Twilio
    twilio_account_sid: str = Field(
        default="", description="Account SID; empty leaves the provider off."
    )
    twilio_auth_token: SecretStr = Field(
        default=SecretStr(""), description="Auth token: sends, and checks signatures."
    )
    twilio_url: str = Field(
        default="", description="Base address of the API; empty is the provider's own."
    )
    twilio_sender: str = Field(
        default="", description="Number or messaging service SID messages come from."
    )

    # Hubtel
    hubtel: bool = Field(default=False, description="Whether Hubtel posts USSD to us.")

    sms_provider: Literal["", "africastalking", "twilio"] = Field(
        default="",
        description="Provider for messages to people met by USSD; empty is the one they came by.",
    )

    sms_second: Literal["", "africastalking", "twilio"] = Field(
        default="",
        description="Provider that takes over messages which another one failed to send; empty: none.",
    )
    sms_rates: Names = Field(
        default=(),
        description="Messages a second, by provider: `twilio=1, africastalking=50`; not named: no limit.",
    )

    # The central registry
    registries: str = Field(
        default="",
        description="File of the registries (docs/dci.md); empty: the one of the settings below.",
    )
    registry: Literal["dci", "dci-only"] = Field(
        default="dci", description="Kind of registry: the adapter used."
    )
    registry_url: str = Field(default="", description="Base address of the registry.")
    registry_sender_id: str = Field(default="guichet", description="Our name in DCI headers.")
    registry_receiver_id: str = Field(
        default="registry", description="The registry's name in DCI headers."
    )
    registry_token: SecretStr = Field(
        default=SecretStr(""), description="Bearer token, where the registry asks for one."
    )
    registry_search_path: str = Field(
        default="/registry/sync/search", description="Path of DCI synchronous search."
    )
    registry_profile_path: str = Field(
        default="/x-guichet", description="Prefix of the local profile (docs/registry-profile.md)."
    )
    registry_id_type: str = Field(
        default="NID", description="DCI identifier type of the national ID."
    )
    registry_phone_type: str = Field(
        default="MOBILE", description="DCI identifier type of a phone number."
    )
    callback_tokens: SecretStr = Field(
        default=SecretStr(""),
        description="Bearer tokens the registry may show us, with commas between; empty: it may not call.",
    )
    registry_timeout: float = Field(
        default=10.0, gt=0, le=30, description="Seconds a worker waits for the registry."
    )
    lease: float = Field(
        default=60.0,
        ge=2,
        le=600,
        description="Seconds a worker's claim lasts unless it renews it; twice `registry_timeout` or more.",
    )
    outbox_days: int = Field(
        default=30,
        ge=7,
        le=3650,
        description="Days after which the outbox forgets what was carried; requests and messages stay.",
    )

    @field_validator(
        "service_codes",
        "allowed_cidrs",
        "hook_generations",
        "languages",
        "sms_rates",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        """Read `a, b` from the environment as a tuple."""
        return parts(value) if isinstance(value, str) else value

    @field_validator("sms_rates")
    @classmethod
    def _numbers_by_provider(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """A name and a number, each name once; 0 is no limit."""
        names = {one.split("=")[0] for one in value if RATE.fullmatch(one)}
        if len(names) < len(value):
            raise ValueError("must be provider=number, each provider once")
        return value

    @property
    def has_registry(self) -> bool:
        """Whether a registry is named, here or in a file."""
        return bool(self.registry_url or self.registries)

    @property
    def rates(self) -> dict[str, float]:
        """`sms_rates` by provider."""
        return {name: float(rate) for name, rate in (one.split("=") for one in self.sms_rates)}

    @field_validator("callback_tokens")
    @classmethod
    def _nobody_guesses(cls, value: SecretStr) -> SecretStr:
        """Each as long as chance must make it."""
        if any(not TOKEN.fullmatch(one) for one in parts(value.get_secret_value())):
            raise ValueError("each must have 24 to 512 letters, digits or -._~+/=")
        return value

    @property
    def callback_bearers(self) -> tuple[str, ...]:
        """`callback_tokens`, one by one."""
        return parts(self.callback_tokens.get_secret_value())

    @property
    def sms_providers(self) -> tuple[str, ...]:
        """Those that messages can leave by: whose account is set."""
        accounts = {
            "africastalking": self.africastalking_username,
            "twilio": self.twilio_account_sid,
        }
        return tuple(name for name, account in accounts.items() if account)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        """Only what the store is tested on."""
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must be postgresql://... or sqlite:///...")
        return value

    @field_validator("public_url", "registry_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        """An address a browser would take."""
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return value

    @field_validator("service_codes")
    @classmethod
    def _dialled_or_written_to(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """USSD codes, and short codes or numbers."""
        wrong = [code for code in value if not CODE.fullmatch(code)]
        if wrong:
            raise ValueError(f"neither a USSD code nor a number: {', '.join(wrong)}")
        return value

    @field_validator("languages")
    @classmethod
    def _a_menu_of_languages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Each once, no more than people read on one menu. Whether we know them is asked later."""
        if not value or len(value) > MOST_LANGUAGES or len(set(value)) < len(value):
            raise ValueError(f"must be one to {MOST_LANGUAGES} languages, each once")
        return value

    @model_validator(mode="after")
    def _greets_in_a_language_it_offers(self) -> Self:
        """Who greets must be able to go on."""
        if self.greeting and self.greeting not in self.languages:
            raise ValueError("GUICHET_GREETING must be one of GUICHET_LANGUAGES")
        return self

    @model_validator(mode="after")
    def _somebody_sends(self) -> Self:
        """People met through a provider of USSD alone get their SMS by another."""
        if self.hubtel and not self.sms_provider:
            raise ValueError("GUICHET_HUBTEL has no SMS: set GUICHET_SMS_PROVIDER")
        return self

    @model_validator(mode="after")
    def _calls_end_before_the_lease(self) -> Self:
        """A call that outlives its worker's claim would be made twice."""
        if self.registry_timeout > self.lease / 2:
            raise ValueError("GUICHET_REGISTRY_TIMEOUT must be at most half of GUICHET_LEASE")
        return self


def parts(listed: str) -> tuple[str, ...]:
    """`a, b` as a tuple."""
    return tuple(part.strip() for part in listed.split(",") if part.strip())
