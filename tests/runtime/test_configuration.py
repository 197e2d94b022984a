"""Every variable has its effect where the portal uses it, and the page about them is current."""

from __future__ import annotations

import logging
import runpy
import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sentry_sdk
from flask import Flask, current_app

import config
from config import ROOT, Settings, SettingsError
from portal import create_app
from portal.accounts import emails
from portal.accounts import setup as accounts_setup
from portal.accounts.authentication import outcome, tokens
from portal.accounts.authentication.outcome import ClientInfo
from portal.accounts.models import Account, SignIn, SignInMethod
from portal.accounts.self_service import password_change
from portal.accounts.status import administrator
from portal.application import PortalFlask, flask_configuration
from portal.core import error_reporting
from portal.core.actor import Actor, Channel
from portal.core.db import remembered
from portal.core.errors import Invalid
from portal.demo import services as demo
from portal.demo import setup as demo_setup
from portal.files import services as media
from portal.files import space
from portal.files.models import Purpose
from portal.health import metrics
from portal.outbox import rendering
from portal.outbox.transports import mail, telegram
from portal.runtime import scheduler
from portal.settings import registry
from portal.settings.institution import BRAND_COLOR, INSTITUTION_NAME

Observe = Callable[[Settings], object]
SECRETS = {"SECRET_KEY": "s" * 40, "EMAIL_HASH_SECRET": "e" * 40, "PUBLIC_URL": "https://alumni.example"}


def flask_config(key: str) -> Observe:
    return lambda settings: flask_configuration(settings)[key]


def mail_config(key: str) -> Observe:
    return lambda settings: mail.flask_mail_configuration(settings)[key]


def gunicorn(key: str) -> Observe:
    return lambda settings: runpy.run_path(str(ROOT / "gunicorn.conf.py"))[key]


def inside(work: Callable[[], object]) -> Observe:
    """Return an observer that works in the application as if it had been started with these settings."""

    def observe(settings: Settings) -> object:
        current_app.config["PORTAL"] = settings
        return work()

    return observe


def may_be_called_from_elsewhere(settings: Settings) -> bool:
    client = create_app(settings).test_client()
    answer = client.get("/api/openapi.json", headers={"Origin": "https://app.example"})
    return "Access-Control-Allow-Origin" in answer.headers


def sender() -> object:
    now = SimpleNamespace(timestamp=lambda: 0.0)
    message = SimpleNamespace(
        id=uuid.UUID(int=1),
        kind="outbox.test_message",
        payload={},
        locale="en",
        recipient="a@demo.example",
        created_at=now,
    )
    mail = rendering.compose_mail(message)  # type: ignore[arg-type]  # what a claimed row has
    return mail.sender, mail.sender_name


def domain_is_refused() -> bool:
    try:
        emails.check_domain("someone@elsewhere.example")
    except Invalid:
        return True
    return False


def refusal_of_a_picture() -> str:
    with pytest.raises(Invalid) as refused:
        media.store(Actor(Channel.PAGE), b"x" * 2048, Purpose.AVATAR)
    return refused.value.code


def days_of(channel: Channel, *, refreshing: bool = False) -> Callable[[], int]:
    def days() -> int:
        account = Account(id=uuid.uuid4(), email="a@demo.example", first_name="A", last_name="B")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(outcome, "db", SimpleNamespace(session=SimpleNamespace(add=id, flush=int)))
            opened = outcome.create_session(
                Actor(channel), account, SignInMethod.PASSWORD, ClientInfo(refreshing=refreshing)
            )
            return opened.idle_minutes // (24 * 60)

    return days


def access_seconds() -> object:
    return tokens.build_set(SignIn(id=uuid.uuid4()), "token").access_seconds


def reset_page() -> object:
    return password_change.reset_page_url()


def called(module: Any, name: str, work: Callable[[Settings], object]) -> Observe:
    """Return an observer of whether, and with what, ``work`` calls ``module.name``."""

    def observe(settings: Settings) -> object:
        calls: list[object] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, name, lambda *given, **named: calls.append((given[-2:], sorted(named.items()))))
            work(settings)
        return [str(call) for call in calls]

    return observe


def metrics_are_open() -> bool:
    with current_app.test_request_context():
        return metrics.may_read(current_app.config["PORTAL"])


starts_jobs = called(
    scheduler,
    "start_always",
    lambda settings: scheduler.start(cast("Flask", SimpleNamespace(config={"PORTAL": settings}))),
)
reports = called(sentry_sdk, "init", error_reporting.start)
makes_administrator = called(administrator, "create", accounts_setup.create_administrator)

# variable: (a value, what else must be set, where it shows)
EFFECTS: dict[str, tuple[str, dict[str, str], Observe]] = {
    "ENVIRONMENT": ("PROD", SECRETS, flask_config("SESSION_COOKIE_SECURE")),
    "INSTANCE_DIR": ("/tmp/elsewhere", {}, flask_config("SQLALCHEMY_DATABASE_URI")),
    "HOST": ("0.0.0.0", {}, gunicorn("bind")),
    "PORT": ("9000", {}, gunicorn("bind")),
    "DATABASE_URL": ("postgresql://somewhere/portal", {}, flask_config("SQLALCHEMY_DATABASE_URI")),
    "SECRET_KEY": ("k" * 40, {}, flask_config("SECRET_KEY")),
    "EMAIL_HASH_SECRET": ("k" * 40, {}, inside(lambda: emails.keyed_hash("a@demo.example"))),
    "PUBLIC_URL": ("https://alumni.example", {}, inside(lambda: rendering.link("/verify"))),
    "ADMIN_EMAIL": ("first@demo.example", {"ADMIN_PASSWORD": "long enough"}, makes_administrator),
    "ADMIN_PASSWORD": ("long enough too", {"ADMIN_EMAIL": "first@demo.example"}, makes_administrator),
    "MAIL_SERVER": ("smtp.example", {}, mail_config("MAIL_SERVER")),
    "MAIL_PORT": ("25", {}, mail_config("MAIL_PORT")),
    "MAIL_USERNAME": ("portal", {}, mail_config("MAIL_USERNAME")),
    "MAIL_PASSWORD": ("secret", {}, mail_config("MAIL_PASSWORD")),
    "MAIL_USE_TLS": ("off", {}, mail_config("MAIL_USE_TLS")),
    "MAIL_FROM": ("alumni@university.example", {}, inside(sender)),
    "MAIL_FROM_NAME": ("The alumni office", {}, inside(sender)),
    "TELEGRAM_TOKEN": ("123456:abc", {}, inside(lambda: type(telegram.transport()))),
    "TELEGRAM_API_URL": ("http://127.0.0.1:9", {}, lambda settings: telegram.bot_api(settings).API_URL),
    "CORS_ORIGINS": ("https://other.example", {"ENVIRONMENT": "TEST"}, may_be_called_from_elsewhere),
    "EMAIL_DOMAINS": ("university.example", {}, inside(domain_is_refused)),
    "REDIS_URL": ("redis://127.0.0.1:6379/0", {}, flask_config("RATELIMIT_STORAGE_URI")),
    "MEDIA_URL": ("/tmp/pictures", {}, lambda settings: settings.media_dir),
    "TRUSTED_PROXIES": ("10.0.0.0/8", {"ENVIRONMENT": "TEST"}, lambda settings: type(create_app(settings).wsgi_app)),
    "TRUSTED_HOSTS": ("www.university.example", {}, flask_config("HOSTS")),
    "MAX_UPLOAD_BYTES": ("1024", {}, inside(refusal_of_a_picture)),
    "ANSWER_CACHE_BYTES": (
        "0",
        {"ENVIRONMENT": "TEST"},
        lambda settings: create_app(settings).extensions[remembered.EXTENSION].limit,
    ),
    "MIN_FREE_BYTES": (str(10**18), {}, inside(lambda: space.warning() or "")),
    "SCHEDULER": ("off", {}, starts_jobs),
    "SEED_DEMO": ("off", {}, called(demo, "seed", demo_setup.seed_demo)),
    "LOG_LEVEL": ("DEBUG", {}, gunicorn("logconfig_dict")),
    "LOG_FORMAT": ("json", {}, gunicorn("logconfig_dict")),
    "SENTRY_DSN": ("https://key@sentry.example/1", {}, reports),
    "SENTRY_SAMPLE_RATE": ("0.5", {"SENTRY_DSN": "https://key@sentry.example/1"}, reports),
    "METRICS_TOKEN": ("secret", {}, inside(metrics_are_open)),
    "SESSION_DAYS": ("3", {}, inside(days_of(Channel.PAGE))),
    "LEGACY_SESSION_DAYS": ("90", {}, inside(days_of(Channel.API))),
    "REFRESH_TOKEN_DAYS": ("14", {}, inside(days_of(Channel.API, refreshing=True))),
    "ACCESS_TOKEN_MINUTES": ("5", {}, inside(access_seconds)),
    "MINI_APP_URL": ("https://app.university.example", {}, inside(reset_page)),
    "WEB_CONCURRENCY": ("5", {}, gunicorn("workers")),
    "INSTITUTION_NAME": ("Kazan University", {}, inside(lambda: registry.get(INSTITUTION_NAME))),
    "BRAND_COLOR": ("#123456", {}, inside(lambda: registry.get(BRAND_COLOR))),
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[pytest.MonkeyPatch]:
    """Unset every variable but the folder to write to, and read the settings again."""
    for name in config.variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")
    config.load.cache_clear()
    yield monkeypatch
    config.load.cache_clear()


def read() -> Settings:
    config.load.cache_clear()
    return config.load()


@pytest.mark.parametrize("variable", EFFECTS)
def test_each_variable_has_its_effect(
    tx: PortalFlask, environment: pytest.MonkeyPatch, variable: str, caplog: pytest.LogCaptureFixture
) -> None:
    value, others, observe = EFFECTS[variable]
    environment.setitem(tx.config, "PORTAL", tx.config["PORTAL"])
    for name, other in others.items():
        environment.setenv(name, other)
    if variable.startswith("ADMIN_PASSWORD"):
        environment.setenv(variable, "another password")
    with tx.app_context(), caplog.at_level(logging.CRITICAL):
        before = observe(read())
        environment.setenv(variable, value)
        assert observe(read()) != before


def test_every_variable_is_in_the_table() -> None:
    assert set(EFFECTS) == set(config.variables())


def test_the_page_of_the_configuration_is_current() -> None:
    """Regenerate it by ``flask check-config --markdown > docs/configuration.md``."""
    assert (ROOT / "docs/configuration.md").read_text() == config.as_markdown()


def test_the_older_name_of_the_database_url_is_accepted(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SQLALCHEMY_DATABASE_URL", "postgres://somewhere/portal")
    assert read().database_url == "postgresql+psycopg://somewhere/portal"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "70000"),
        ("BRAND_COLOR", "green"),
        ("DATABASE_URL", "sqlite:///portal.db"),
        ("SCHEDULER", "perhaps"),
        ("LOG_LEVEL", "CHATTY"),
        ("ADMIN_EMAIL", "first@demo.example"),
        ("ENVIRONMENT", "PRODUCTION"),
        ("DATABASE_URL", "postgresql://me@host:port/portal"),
        ("DATABASE_URL", "postgresql://[::"),
        ("TRUSTED_PROXIES", "10.0.0.1, my-proxy"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("SENTRY_DSN", "https://sentry.example/1"),
        ("MEDIA_URL", "s3://bucket/pictures"),
        ("MAIL_PORT", "700000"),
        ("TELEGRAM_TOKEN", "123456"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
    ],
)
def test_a_wrong_value_is_refused_by_name(environment: pytest.MonkeyPatch, variable: str, value: str) -> None:
    environment.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable.removesuffix("EMAIL")):
        read()


@pytest.mark.parametrize(
    "value",
    [
        "postgresql:///portal?host=/run/postgresql",
        "postgresql://me:p/w#d@[::1]:5433/portal",
        "postgres://host?user=me",
        "postgresql://host:/portal",
    ],
)
def test_urls_of_databases_are_accepted_as_people_write_them(environment: pytest.MonkeyPatch, value: str) -> None:
    environment.setenv("DATABASE_URL", value)
    assert read().database_url == value.replace("postgres://", "postgresql://").replace("://", "+psycopg://", 1)


def test_an_ipv6_host_is_in_brackets(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HOST", "::1")
    assert gunicorn("bind")(read()) == "[::1]:8000"
    assert read().base_url == "http://[::1]:8000"


def test_a_refusal_never_repeats_a_secret(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ENVIRONMENT", "PROD")
    environment.setenv("SECRET_KEY", "hunter2")
    with pytest.raises(SettingsError) as refused:
        read()
    assert "hunter2" not in str(refused.value)


def test_shown_settings_hide_secrets_and_passwords(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "postgresql://me:hunter2@somewhere/portal")
    environment.setenv("MAIL_PASSWORD", "hunter2")
    shown = config.as_text(read())
    assert "hunter2" not in shown
    assert "MAIL_PASSWORD=(set)" in shown
