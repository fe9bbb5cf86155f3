"""What the sandbox stands in for: settings that point providers and the registry at it where none
are configured.
"""

from __future__ import annotations

from pydantic import SecretStr

from settings import Settings

CALLBACK_TOKEN = "sandbox-callbacks-not-a-secret"  # noqa: S105  it says so itself
REGISTRY_NAME = "sandbox-registry"
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


OPENSPP = """[[registry]]
name = "openspp"
kind = "openspp"
url = "{sandbox}/openspp"
[registry.auth]
kind = "oauth2"
path = "/api/v2/spp/oauth/token"
client_id = "guichet"
secret_env = "SANDBOX_OPENSPP_SECRET"
style = "json"
[registry.openspp]
application = "change_request"
change_type = "enrol_individual"
database = "openspp"
login = "guichet"
password_env = "SANDBOX_OPENSPP_PASSWORD"
nobody = 3
"""
OPENIMIS = """[[registry]]
name = "openimis"
kind = "openimis"
url = "{sandbox}/openimis"
[registry.auth]
kind = "password"
username = "guichet"
password_env = "SANDBOX_OPENIMIS_PASSWORD"
[registry.openimis]
currency = "PKR"
channel = "USSD"
"""
FILES = {"openimis": OPENIMIS, "openspp": OPENSPP}
"""Kinds of registry besides `dci` that the sandbox stands in for, each with its file."""
SECRETS = {
    "SANDBOX_OPENIMIS_PASSWORD": "sandbox-password-not-a-secret",
    "SANDBOX_OPENSPP_SECRET": "an-openspp-secret-of-nobody",
    "SANDBOX_OPENSPP_PASSWORD": "an-odoo-password-of-nobody",
}
"""What those files name."""


def pointed(settings: Settings, sandbox: str, kind: str = "dci") -> Settings:
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
        update |= _registry(settings, sandbox, kind)
    return settings.model_copy(update=update)


def _registry(settings: Settings, sandbox: str, kind: str) -> dict[str, object]:
    """The sandbox's registry of this kind; any but `dci` needs a file."""
    if kind not in FILES:
        return {
            "registry_url": f"{sandbox}/registry-api",
            "registry_receiver_id": REGISTRY_NAME,
            "callback_tokens": SecretStr(CALLBACK_TOKEN),
        }
    file = settings.var / "registries.toml"
    file.write_text(FILES[kind].format(sandbox=sandbox), "utf-8")
    return {"registries": str(file)}
