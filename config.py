"""The configuration: every environment variable that the portal reads, typed, documented and validated.

``docs/configuration.md`` is generated from this file by ``flask check-config --markdown``.
"""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
DEVELOPMENT_SECRET = "development-only-and-not-a-secret-at-all"  # noqa: S105 - refused in PROD by check_secrets
SECRET_LENGTH = 32
SHORTEST_PASSWORD = 8
MEGABYTE = 1024 * 1024
HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(:\d*)?")
WEB_URL = re.compile(r"https?://[^/\s{}?#]+[^\s{}?#]*")
TELEGRAM_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
SENTRY_URL = re.compile(r"https?://[^@/\s]+@[^/\s]+/(\S*/)?\d+")

CONFIGURATION_PAGE = """# Configuration

The portal is configured by environment variables only. All have a default for development; those that say “Required in
PROD” must be set in `PROD` and `STAGING`. `flask check-config` shows the values in force, and this page is the output
of `flask check-config --markdown`.

Switches are `on` or `off`; lists are separated by commas. An empty variable counts as not set.

| Variable | Default | Meaning |
|---|---|---|
{rows}
"""

CommaList = Annotated[tuple[str, ...], NoDecode]


class Environment(StrEnum):
    """The environment that the portal runs in; STAGING is PROD with a banner."""

    DEV = "DEV"
    TEST = "TEST"
    STAGING = "STAGING"
    PROD = "PROD"


class Settings(BaseSettings):
    """The configuration of one process. Field names are the variables' names in lower case."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=False, env_ignore_empty=True)

    environment: Environment = Field(
        Environment.DEV, description="DEV, TEST, STAGING (like PROD, with a banner) or PROD."
    )
    instance_dir: Path = Field(
        ROOT / "instance", description="Folder of the embedded database, of pictures and of emails in development."
    )
    host: str = Field("127.0.0.1", description="IP address or host name to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    database_url: str | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL", "SQLALCHEMY_DATABASE_URL"),
        description="URL of a PostgreSQL 14 or newer. Empty: an embedded PostgreSQL in INSTANCE_DIR (Linux only).",
    )
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET), description="Secret that signs cookies, tokens and links. Required in PROD."
    )
    email_hash_secret: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET), description="Secret key of the hashes of the allow list. Required in PROD."
    )
    public_url: str = Field(
        "", description="URL of the portal, used for links in messages. Required in PROD; empty: http://HOST:PORT."
    )
    admin_email: str = Field("", description="Email address of the first administrator, created if it has no account.")
    admin_password: SecretStr = Field(
        SecretStr(""), description="Password of the first administrator; at least 8 characters."
    )
    mail_server: str = Field("", description="SMTP server. Empty in DEV: emails are shown at /dev/mail.")
    mail_port: int = Field(587, ge=1, le=65535, description="Port of the SMTP server; 465 means TLS from the start.")
    mail_username: str = Field("", description="User name at the SMTP server; empty: none.")
    mail_password: SecretStr = Field(SecretStr(""), description="Password at the SMTP server.")
    mail_use_tls: bool = Field(True, description="Encrypt by STARTTLS; not used with port 465.")
    mail_from: str = Field("alumni@localhost", description="Email address of the sender.")
    mail_from_name: str = Field("", description="Name of the sender; empty: the name of the institution.")
    telegram_token: SecretStr = Field(
        SecretStr(""), description="Token of the Telegram bot. Empty in DEV: messages are shown at /dev/telegram."
    )
    telegram_api_url: str = Field("https://api.telegram.org", description="Base URL of the Telegram Bot API.")
    cors_origins: CommaList = Field(
        (), description="Origins whose pages may call the API, for example https://app.example; DEV: any."
    )
    email_domains: CommaList = Field((), description="Email domains allowed at registration; empty: any.")
    redis_url: str = Field("", description="Redis that counts the coarse request limits; empty: each process counts.")
    media_url: str = Field("", description="Folder of pictures; empty: INSTANCE_DIR/media.")
    trusted_proxies: CommaList = Field(
        (), description="IP addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted."
    )
    trusted_hosts: CommaList = Field(
        (), description="Host names that requests may use besides that of PUBLIC_URL; DEV: any local one."
    )
    max_upload_bytes: int = Field(10 * MEGABYTE, ge=1024, description="Size limit of an uploaded file, in bytes.")
    answer_cache_bytes: int = Field(
        16 * MEGABYTE,
        ge=0,
        description="Memory of each process, in bytes, for answers that many ask for; 0: nothing is remembered.",
    )
    min_free_bytes: int = Field(
        512 * MEGABYTE,
        ge=0,
        description="Free space, in bytes, below which pictures are refused; from twice as much on there is a warning.",
    )
    scheduler: bool = Field(True, description="on: jobs run in the web processes; off: only in `flask worker`.")
    seed_demo: bool = Field(True, description="Load the demo data at the first start; never in PROD.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        "INFO", description="Lowest level that is logged."
    )
    log_format: Literal["text", "json", ""] = Field(
        "", description="`text` or `json`; empty: text in DEV, json elsewhere."
    )
    sentry_dsn: str = Field("", description="DSN of the Sentry project that errors are reported to; empty: none.")
    sentry_sample_rate: float = Field(0.0, ge=0, le=1, description="Share of requests that Sentry traces, 0 to 1.")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token that /metrics requires; empty: none, and in PROD no metrics."
    )
    mini_app_url: str = Field(
        "", description="URL of the mobile web app; links to set a new password lead there if set."
    )
    access_token_minutes: int = Field(
        60, ge=1, description="Lifetime of an access token of an API session that refreshes, in minutes."
    )
    refresh_token_days: int = Field(
        30, ge=1, description="Lifetime of a refresh token in days; each use issues a new one."
    )
    session_days: int = Field(
        7,
        ge=1,
        description="Lifetime of an unused browser session, and of the session token of an API session that refreshes, "
        "in days.",
    )
    legacy_session_days: int = Field(
        30, ge=1, description="Lifetime of an unused API session that does not refresh, in days."
    )
    web_concurrency: int = Field(2, ge=1, le=64, description="Number of gunicorn workers.")
    institution_name: str = Field(
        "Demo University", description="Name of the institution, shown on pages and in emails."
    )
    brand_color: str = Field(
        "#40BA21", pattern="^#[0-9A-Fa-f]{6}$", description="Brand colour; readable shades are derived from it."
    )

    @field_validator("cors_origins", "email_domains", "trusted_proxies", "trusted_hosts", mode="before")
    @classmethod
    def split_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("database_url")
    @classmethod
    def use_psycopg3(cls, value: str | None) -> str | None:
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator or scheme.split("+")[0] not in {"postgres", "postgresql"}:
            raise ValueError("must start with postgresql://")
        if not HOST_AND_PORT.fullmatch(re.split("[/?]", rest.rpartition("@")[2], maxsplit=1)[0]):
            raise ValueError("must name the server as host or host:port")
        return f"postgresql+psycopg://{rest}"

    @field_validator("trusted_proxies")
    @classmethod
    def check_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ip_network(network, strict=False)
            except ValueError:
                raise ValueError(f"{network} is neither an IP address nor a network") from None
        return value

    @field_validator("redis_url")
    @classmethod
    def check_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "redis+unix://")):
            raise ValueError("must start with redis:// or rediss://")
        return value

    @field_validator("telegram_token")
    @classmethod
    def check_telegram_token(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not TELEGRAM_TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("must look like number:letters")
        return value

    @field_validator("telegram_api_url")
    @classmethod
    def check_telegram_url(cls, value: str) -> str:
        if not WEB_URL.fullmatch(value):
            raise ValueError("must look like https://host")
        return value

    @field_validator("sentry_dsn")
    @classmethod
    def check_sentry(cls, value: str) -> str:
        if value and not SENTRY_URL.fullmatch(value):
            raise ValueError("must look like https://key@host/number")
        return value

    @field_validator("media_url")
    @classmethod
    def check_media(cls, value: str) -> str:
        if "://" in value:
            raise ValueError("must be a folder")
        return value

    @model_validator(mode="after")
    def check_administrator(self) -> Settings:
        if self.admin_email and len(self.admin_password.get_secret_value()) < SHORTEST_PASSWORD:
            raise ValueError(f"ADMIN_PASSWORD must have at least {SHORTEST_PASSWORD} characters")
        return self

    @model_validator(mode="after")
    def check_secrets(self) -> Settings:
        if not self.is_production:
            return self
        weak = [name for name in ("secret_key", "email_hash_secret") if is_weak(getattr(self, name))]
        if weak:
            names = " and ".join(name.upper() for name in weak)
            raise ValueError(f"{names} must be set to at least {SECRET_LENGTH} random characters in {self.environment}")
        if not self.public_url:
            raise ValueError(f"PUBLIC_URL must be set in {self.environment}: every link in an email starts with it")
        return self

    @property
    def is_production(self) -> bool:
        """Return whether the rules of production hold, as they do in STAGING too."""
        return self.environment in {Environment.PROD, Environment.STAGING}

    @property
    def is_development(self) -> bool:
        return self.environment is Environment.DEV

    @property
    def log_form(self) -> Literal["text", "json"]:
        """Return the log format in force."""
        return self.log_format or ("text" if self.is_development else "json")

    @property
    def has_demo(self) -> bool:
        """Return whether the demo data is loaded at the first start."""
        return self.seed_demo and not self.is_production

    @property
    def base_url(self) -> str:
        """Return the URL of the portal, without a trailing slash."""
        return (self.public_url or f"http://{self.listen_on}").rstrip("/")

    @property
    def listen_on(self) -> str:
        """Return host and port, with an IPv6 literal in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def database_dir(self) -> Path:
        """Return the data folder of the embedded PostgreSQL, used when no ``DATABASE_URL`` is set."""
        return self.instance_dir / "postgres"

    @property
    def media_dir(self) -> Path:
        """Return the folder of pictures."""
        return Path(self.media_url) if self.media_url else self.instance_dir / "media"


def is_weak(secret: SecretStr) -> bool:
    value = secret.get_secret_value()
    return value == DEVELOPMENT_SECRET or len(value) < SECRET_LENGTH


class SettingsError(Exception):
    """The configuration is not valid; the text says in one line which variables are wrong and why."""


@lru_cache(maxsize=1)
def load() -> Settings:
    """Read the environment, once per process; raise ``SettingsError``."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("; ".join(map(describe_error, error.errors()))) from None


def load_or_exit() -> Settings:
    """Read the environment; end the process with a sentence and status 2 if it is not valid. For entry points."""
    try:
        return load()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None


def describe_error(error: ErrorDetails) -> str:
    """Return an error of pydantic as a sentence, without the value: it may be a secret."""
    reason = error["msg"].removeprefix("Value error, ")
    name = str(error["loc"][0]).upper() if error["loc"] else ""
    return f"{name}: {reason}." if name else f"{reason}."


def variables() -> dict[str, FieldInfo]:
    """Return every variable by name, with its declaration."""
    return {name.upper(): field for name, field in Settings.model_fields.items()}


def as_markdown() -> str:
    """Return the page ``docs/configuration.md``."""
    rows = [f"| `{name}` | {format_default(field)} | {field.description} |" for name, field in variables().items()]
    return CONFIGURATION_PAGE.format(rows="\n".join(rows))


def format_default(field: FieldInfo) -> str:
    """Return a default as it would be typed; paths are relative to the project's folder, and secrets are hidden."""
    value = field.default
    if isinstance(value, SecretStr):
        return "a development value" if value.get_secret_value() else ""
    if isinstance(value, bool):
        return "`on`" if value else "`off`"
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT)}`"
    return f"`{value}`" if value not in (None, "", ()) else ""


def as_text(settings: Settings) -> str:
    """Return one line per variable with the value in force; secrets, and passwords in URLs, are hidden."""
    return "".join(f"{name}={format_value(getattr(settings, name.lower()))}\n" for name in variables())


def format_value(value: object) -> str:
    """Return a value as it would be typed; secrets, and passwords in URLs, are hidden."""
    if isinstance(value, SecretStr):
        return "(set)" if value.get_secret_value() else ""
    if isinstance(value, tuple):
        return ",".join(value)
    return re.sub(r"(?<=://)[^@/]*:[^@/]*@", "(hidden)@", "" if value is None else str(value))
