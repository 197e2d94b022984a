"""Every declared kind of message must be ready for every channel and language it can go out in."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from config import ROOT
from portal.application import PortalFlask
from portal.outbox import messages, mjml
from portal.outbox.kinds import MessageKind, declare, every_kind, kind_named, load_declarations
from portal.outbox.rendering import Mail, render_mail
from portal.web.locale import LOCALES

load_declarations(ROOT / "portal")
every = pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.name)
UNKNOWN = MessageKind("outbox.unheard_of")


def check(app: PortalFlask, kind: MessageKind, locale: str) -> Mail:
    payload = {"target_url": "/home", **kind.sample}  # what `notify` adds
    with app.app_context():
        mail = render_mail(kind, payload, locale)
    assert mail.subject
    assert "\n" not in mail.subject
    assert mail.text.strip()
    assert f'<html lang="{locale}"' in mail.html
    base = app.config["PORTAL"].base_url
    assert f'href="{base}/' in mail.html
    assert base in mail.text
    return mail


@pytest.mark.parametrize("locale", LOCALES)
@every
def test_every_kind_renders_in_both_languages(tx: PortalFlask, kind: MessageKind, locale: str) -> None:
    check(tx, kind, locale)


@every
def test_the_languages_differ(tx: PortalFlask, kind: MessageKind) -> None:
    english, russian = (check(tx, kind, locale) for locale in ("en", "ru"))
    assert english.subject != russian.subject
    assert english.text != russian.text


def test_a_kind_without_templates_is_noticed(tx: PortalFlask) -> None:
    with pytest.raises(jinja2.TemplateNotFound):
        check(tx, UNKNOWN, "en")


def test_a_name_that_the_sample_lacks_is_noticed(tx: PortalFlask) -> None:
    with tx.app_context(), pytest.raises(jinja2.UndefinedError):
        tx.jinja_env.from_string("{{ missing }}").render(UNKNOWN.sample)


def test_a_name_is_declared_once() -> None:
    taken = messages.TEST_MAIL
    with pytest.raises(ValueError, match="twice"):
        declare(MessageKind(taken.name, secret=not taken.secret))
    assert kind_named(taken.name) is taken


@pytest.mark.parametrize("source", mjml.sources(), ids=lambda path: "/".join(path.parts[-3:-1]))
def test_the_compiled_mail_is_current(source: Path) -> None:
    assert source.with_suffix(".html").read_text(encoding="utf-8") == mjml.compiled(source), "run `flask build-mails`"
