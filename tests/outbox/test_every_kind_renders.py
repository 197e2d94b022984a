"""Every declared kind of message renders for each of its channels in each language."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from flask_babel import force_locale, lazy_gettext

from portal.application import PortalFlask
from portal.core.manifest import load
from portal.features import FEATURES
from portal.outbox import mjml
from portal.outbox.kinds import MessageKind
from portal.outbox.models import MessageChannel
from portal.outbox.rendering import Mail, render, render_mail, render_telegram
from portal.outbox.transports import TRANSPORTS
from portal.web.i18n.selection import LOCALES

LONGEST_TELEGRAM = 4096
KINDS: list[MessageKind] = list(load(FEATURES).message_kinds.values())
UNKNOWN = MessageKind("outbox.unheard_of", lazy_gettext("Unheard of"))


def declared_for(channel: MessageChannel) -> pytest.MarkDecorator:
    kinds = [kind for kind in KINDS if channel in kind.channels]
    return pytest.mark.parametrize("kind", kinds, ids=lambda kind: kind.name)


every_mail = declared_for(MessageChannel.MAIL)
every_telegram = declared_for(MessageChannel.TELEGRAM)
every_notice_alone = pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if not kind.channels], ids=lambda kind: kind.name
)


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


def check_telegram(app: PortalFlask, kind: MessageKind, locale: str) -> str:
    with app.app_context():
        text = render_telegram(kind, {"target_url": "/home", **kind.sample}, locale)
    assert 0 < len(text) <= LONGEST_TELEGRAM
    assert app.config["PORTAL"].base_url in text
    return text


@pytest.mark.parametrize("locale", LOCALES)
@every_mail
def test_every_mail_renders_in_both_languages(tx: PortalFlask, kind: MessageKind, locale: str) -> None:
    check(tx, kind, locale)


@every_mail
def test_the_languages_of_a_mail_differ(tx: PortalFlask, kind: MessageKind) -> None:
    english, russian = (check(tx, kind, locale) for locale in ("en", "ru"))
    assert english.subject != russian.subject
    assert english.text != russian.text


@every_telegram
def test_every_telegram_message_renders_in_both_languages(tx: PortalFlask, kind: MessageKind) -> None:
    english, russian = (check_telegram(tx, kind, locale) for locale in LOCALES)
    assert english != russian


@every_notice_alone
def test_the_line_of_a_notice_alone_renders_in_both_languages(tx: PortalFlask, kind: MessageKind) -> None:
    lines = set()
    for locale in LOCALES:
        with tx.app_context(), force_locale(locale):
            lines.add(render(f"mail/{kind.folder}/subject.txt", kind.sample).strip())
    assert "" not in lines
    assert len(lines) == len(LOCALES)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_a_transport_for_each_channel(kind: MessageKind) -> None:
    assert [channel for channel in kind.channels if channel not in TRANSPORTS] == []


def test_a_kind_without_templates_fails(tx: PortalFlask) -> None:
    for check_kind in (check, check_telegram):
        with pytest.raises(jinja2.TemplateNotFound):
            check_kind(tx, UNKNOWN, "en")


def test_a_name_that_the_sample_lacks_fails(tx: PortalFlask) -> None:
    with tx.app_context(), pytest.raises(jinja2.UndefinedError):
        tx.jinja_env.from_string("{{ missing }}").render(UNKNOWN.sample)


@pytest.mark.parametrize("source", mjml.sources(), ids=lambda path: "/".join(path.parts[-3:-1]))
def test_the_compiled_mail_is_current(source: Path) -> None:
    assert source.with_suffix(".html").read_text(encoding="utf-8") == mjml.compile_mail(source), (
        "run `flask build-mails`"
    )
