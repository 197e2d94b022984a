"""From a kind and its payload to words, in the reader's language."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from email.charset import QP, Charset
from email.mime.text import MIMEText
from email.utils import formataddr
from typing import Any

import flask_mail
from flask import current_app
from flask_babel import force_locale

from portal.core.environment import settings
from portal.outbox.claims import Claimed
from portal.outbox.kinds import MessageKind, kind_named
from portal.settings import registry
from portal.settings.institution import BRAND_COLOR, INSTITUTION_NAME
from portal.web import colours

QUOTED_PRINTABLE = Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = QP


class Letter(flask_mail.Message):
    """Flask-Mail's message with short lines in its parts: servers refuse those above 998 bytes (RFC 5321)."""

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        return MIMEText(text or "", subtype, QUOTED_PRINTABLE)  # type: ignore[arg-type]  # a Charset is taken too


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """``id`` is the row's."""

    id: uuid.UUID
    chat: str
    text: str


def link(path: str) -> str:
    """The public address of one of the portal's own paths; never built from a request's ``Host``.

    An address of the mobile app stays as it is; any other raises ``ValueError``.
    """
    app = settings().mini_app_url.rstrip("/")
    if app and path.startswith(f"{app}/"):
        return path
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"{path!r} is no path of the portal")
    return settings().base_url + path


def render_mail(kind: MessageKind, payload: dict[str, Any], locale: str) -> Mail:
    """Fill the kind's three templates; an unknown name in one of them raises ``jinja2.UndefinedError``.

    Templates see the payload and ``institution``, ``colour``, ``link``, ``locale``, ``_`` and ``ngettext``.
    """
    folder = f"mail/{kind.folder}"
    context = {**payload, "locale": locale, "link": link, "colour": readable_colours(), "institution": institution()}
    with force_locale(locale):
        subject = " ".join(fill(f"{folder}/subject.txt", context).split())
        text = fill(f"{folder}/body.txt", context).strip() + "\n"
        context |= {"subject": subject, "preview": text.partition("\n")[0]}
        return Mail(subject, text, fill(f"{folder}/body.html", context))


def compose_mail(message: Claimed) -> Letter:
    """The mail as it leaves. Its ``Message-ID`` is the row's, so that a repetition can be recognised."""
    environment = settings()
    words = render_mail(kind_named(message.kind), message.payload, message.locale)
    composed = Letter(
        subject=words.subject,
        recipients=[message.recipient],
        body=words.text,
        html=words.html,
        sender=formataddr((environment.mail_from_name or institution(), environment.mail_from)),
        date=message.created_at.timestamp(),
        extra_headers={"Auto-Submitted": "auto-generated", "Content-Language": message.locale},
    )
    composed.msgId = f"<{message.id}@{environment.mail_from.rpartition('@')[2]}>"
    return composed


def render_telegram(kind: MessageKind, payload: dict[str, Any], locale: str) -> str:
    """Fill the kind's template; what comes out is plain text, in which nothing a person wrote can be markup.

    Templates see the payload and ``institution``, ``link``, ``locale``, ``_`` and ``ngettext``.
    """
    context = {**payload, "locale": locale, "link": link, "institution": institution()}
    with force_locale(locale):
        return fill(f"telegram/{kind.folder}/body.txt", context).strip()


def compose_telegram(message: Claimed) -> ChatMessage:
    """The message as it leaves for a chat."""
    text = render_telegram(kind_named(message.kind), message.payload, message.locale)
    return ChatMessage(message.id, message.recipient, text)


def fill(template: str, context: dict[str, Any]) -> str:
    """Without Flask's context processors: they speak of a request, and there is none."""
    return current_app.jinja_env.get_template(template).render(context)


def institution() -> str:
    return registry.get(INSTITUTION_NAME)


def readable_colours() -> dict[str, str]:
    """The steps of the brand colour that links and buttons take on white."""
    theme = colours.light_theme(colours.parse(registry.get(BRAND_COLOR)))
    return {"strong": colours.hexadecimal(theme.strong), "on_strong": colours.hexadecimal(theme.on_strong)}
