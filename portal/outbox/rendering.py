"""Rendering of messages: from a kind and its payload to text in the recipient's language."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import current_app

from portal.core.environment import settings
from portal.outbox.claims import ClaimedMessage
from portal.outbox.kinds import MessageKind, kind_named
from portal.outbox.mail_messages import PortalMail
from portal.settings import registry
from portal.settings.institution import BRAND_COLOR, INSTITUTION_NAME
from portal.web import colours
from portal.web.i18n.selection import speaking


@dataclass(frozen=True, slots=True)
class Mail:
    """The subject, plain text and HTML of an email, rendered."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A rendered Telegram message: the id of its outbox row, the id of the chat that it goes to, and its plain text."""

    id: uuid.UUID
    chat: str
    text: str


def link(path: str) -> str:
    """Return the public URL of a path of the portal, built from the configured base URL and never from ``Host``.

    A URL of the mobile app is returned unchanged. Raise ``ValueError`` for any other text, ``//host`` included.
    """
    app = settings().mini_app_url.rstrip("/")
    if app and path.startswith(f"{app}/"):
        return path
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"{path!r} is no path of the portal")
    return settings().base_url + path


def render_mail(kind: MessageKind, payload: dict[str, Any], locale: str) -> Mail:
    """Render the subject, the plain text and the HTML of a kind of email in the language ``locale``.

    Templates see the payload and ``institution``, ``colour``, ``link``, ``locale``, ``_`` and ``ngettext``; that of the
    HTML also sees ``subject`` and ``preview``. Raise ``jinja2.UndefinedError`` for a name that a template does not
    know.
    """
    folder = f"mail/{kind.folder}"
    context = {**payload, "locale": locale, "link": link, "colour": readable_colours(), "institution": institution()}
    with speaking(locale):
        subject = " ".join(render(f"{folder}/subject.txt", context).split())
        text = render(f"{folder}/body.txt", context).strip() + "\n"
        context |= {"subject": subject, "preview": text.partition("\n")[0]}
        return Mail(subject, text, render(f"{folder}/body.html", context))


def compose_mail(message: ClaimedMessage) -> PortalMail:
    """Return the email of a claimed message, rendered in its language, with sender, recipient, date and headers.

    ``Message-ID`` holds the id of the outbox row, so that servers can recognise a repetition. Raise ``LookupError`` for
    a message kind that is not declared.
    """
    environment = settings()
    mail = render_mail(kind_named(message.kind), message.payload, message.locale)
    composed = PortalMail(
        sender=environment.mail_from,
        sender_name=environment.mail_from_name or institution(),
        recipient=message.recipient,
        subject=mail.subject,
        body=mail.text,
        html=mail.html,
    )
    composed.date = message.created_at.timestamp()
    composed.extra_headers = {"Auto-Submitted": "auto-generated", "Content-Language": message.locale}
    domain = str(composed.sender).rpartition("@")[2]
    composed.msgId = f"<{message.id}@{domain}>"
    return composed


def render_telegram(kind: MessageKind, payload: dict[str, Any], locale: str) -> str:
    """Render a kind of Telegram message in the language ``locale`` as plain text, in which nothing is taken for markup.

    The template sees the payload and ``institution``, ``link``, ``locale``, ``_`` and ``ngettext``. Raise
    ``jinja2.UndefinedError`` for a name that it does not know.
    """
    context = {**payload, "locale": locale, "link": link, "institution": institution()}
    with speaking(locale):
        return render(f"telegram/{kind.folder}/body.txt", context).strip()


def compose_telegram(message: ClaimedMessage) -> ChatMessage:
    """Return a claimed Telegram message, rendered in its language, with the id of the chat that it goes to.

    Raise ``LookupError`` for a message kind that is not declared.
    """
    text = render_telegram(kind_named(message.kind), message.payload, message.locale)
    return ChatMessage(message.id, message.recipient, text)


def render(template: str, context: dict[str, Any]) -> str:
    """Return the text of the named Jinja template, rendered without Flask's context processors: they need a request."""
    return current_app.jinja_env.get_template(template).render(context)


def institution() -> str:
    """Return the name of the institution as the settings have it now."""
    return registry.get(INSTITUTION_NAME)


def readable_colours() -> dict[str, str]:
    """Return shades of the brand colour as hexadecimal text: ``strong``, readable on white, and ``on_strong``, on that.

    Emails use them for links and buttons.
    """
    theme = colours.light_theme(colours.parse(registry.get(BRAND_COLOR)))
    return {"strong": colours.hexadecimal(theme.strong), "on_strong": colours.hexadecimal(theme.on_strong)}
