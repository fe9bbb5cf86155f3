"""What the sandbox stands in for: settings that point providers and the registry at it where none
are configured.
"""

from __future__ import annotations

from pydantic import SecretStr

from settings import Settings

TWILIO_TOKEN = "sandbox-token-not-a-secret"  # noqa: S105  it says so itself
SHORT_CODE = "21234"
TWILIO_NUMBER = "+15005550006"
"""Numbers of nobody: the second is Twilio's own for trying things."""

AFRICASTALKING = {
    "africastalking_username": "guichet-sandbox",
    "africastalking_key": SecretStr("sandbox-key-not-a-secret"),
    "africastalking_sender": SHORT_CODE,
}
TWILIO = {
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_auth_token": SecretStr(TWILIO_TOKEN),
    "twilio_sender": TWILIO_NUMBER,
}


OPENIMIS_VARIABLE = "OPENIMIS_PASSWORD"
OPENIMIS_PASSWORD = "sandbox-password-not-a-secret"  # noqa: S105  it says so itself
OPENIMIS = """\
[[registry]]
name = "openimis"
kind = "openimis"
url = "{sandbox}/openimis"

[registry.auth]
kind = "password"
username = "guichet"
password_env = "{variable}"

[registry.openimis]
currency = "PKR"
channel = "USSD"
"""


def openimis(settings: Settings, sandbox: str) -> Settings:
    """The settings with the sandbox's openIMIS for a registry: a file of it in `var`. Its password
    is OPENIMIS_PASSWORD, in the environment under OPENIMIS_VARIABLE.
    """
    file = settings.var / "openimis.toml"
    file.write_text(OPENIMIS.format(sandbox=sandbox, variable=OPENIMIS_VARIABLE), "utf-8")
    return settings.model_copy(update={"registries": str(file)})


def pointed(settings: Settings, sandbox: str) -> Settings:
    """The settings with the sandbox, at that address, for a registry and carriers of one's own
    where there are none. Where no carrier is real, drafts of languages are spoken unless the
    settings say otherwise.
    """
    update: dict[str, object] = {}
    if not (settings.africastalking_username or settings.twilio_account_sid):
        update |= {"drafts": settings.drafts or "drafts" not in settings.model_fields_set}
        update |= AFRICASTALKING | {"africastalking_url": f"{sandbox}/africastalking"}
        update |= TWILIO | {"twilio_url": f"{sandbox}/twilio"}
        update |= {"hubtel": True, "sms_provider": settings.sms_provider or "africastalking"}
        update |= {"service_codes": (*settings.service_codes, SHORT_CODE, TWILIO_NUMBER)}
    if not settings.has_registry:
        update |= {"registry_url": f"{sandbox}/registry-api"}
    return settings.model_copy(update=update)
