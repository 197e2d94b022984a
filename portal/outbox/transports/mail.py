"""The way out for mail: a real server, or a folder that ``/dev/mail`` shows."""

from __future__ import annotations

import smtplib
import ssl
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import flask_mail
from flask import current_app

from config import Settings
from portal.core.environment import settings
from portal.outbox.claims import Claimed
from portal.outbox.rendering import Letter, compose_mail
from portal.outbox.transports.base import Deferred, Refused, Transport, Unreachable

TIMEOUT = 8.0
IMPLICIT_TLS_PORT = 465
MAILS_PER_CONNECTION = 50

# Somebody was there and spoke; every other trouble is with the line.
ANSWERED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError)


def flask_mail_configuration(settings: Settings) -> dict[str, Any]:
    """What Flask-Mail reads from the application's configuration."""
    return {
        "MAIL_SERVER": settings.mail_server,
        "MAIL_PORT": settings.mail_port,
        "MAIL_USERNAME": settings.mail_username,
        "MAIL_PASSWORD": settings.mail_password.get_secret_value(),
        "MAIL_USE_TLS": settings.mail_use_tls and settings.mail_port != IMPLICIT_TLS_PORT,
        "MAIL_USE_SSL": settings.mail_port == IMPLICIT_TLS_PORT,
        "MAIL_SUPPRESS_SEND": False,
    }


def mailbox_dir(settings: Settings) -> Path:
    return settings.instance_dir / "mails"


def uses_mailbox(settings: Settings) -> bool:
    """Without a mail server, development and tests keep their mails in a folder; production never does."""
    return not settings.mail_server and not settings.is_production


def transport() -> MailTransport:
    """The way out that this installation has."""
    environment = settings()
    return Mailbox(mailbox_dir(environment)) if uses_mailbox(environment) else Smtp(environment)


class MailTransport(Transport[Letter]):
    """What both have in common."""

    repeatable = True

    def compose(self, message: Claimed) -> Letter:
        return compose_mail(message)


class Mailbox(MailTransport):
    """Files named by the row's id: a mail sent twice is there once, and names sort by time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, composed: Letter) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = composed.msgId.strip("<>").partition("@")[0]
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as unfinished:
            unfinished.write(composed.as_bytes())
        Path(unfinished.name).replace(self.folder / f"{name}.eml")

    def close(self) -> None:
        """A folder holds nothing open."""


@cache
def trusted() -> ssl.SSLContext:
    """What the system trusts, read once: that takes some 20 ms."""
    return ssl.create_default_context()


class SmtpConnection(flask_mail.Connection):
    """Flask-Mail's connection with time limits and a verified certificate, neither of which it offers."""

    def configure_host(self) -> smtplib.SMTP:
        server, port, name = self.mail.server, self.mail.port, "localhost"
        host: smtplib.SMTP
        if self.mail.use_ssl:
            host = smtplib.SMTP_SSL(server, port, local_hostname=name, timeout=TIMEOUT, context=trusted())
        else:
            host = smtplib.SMTP(server, port, local_hostname=name, timeout=TIMEOUT)
        try:
            if self.mail.use_tls:
                host.starttls(context=trusted())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except Exception:
            host.close()
            raise
        return host


class Smtp(MailTransport):
    """One connection for a run of mails, dropped after the first trouble."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.connection: SmtpConnection | None = None

    def send(self, composed: Letter) -> None:
        connection = self.open()
        try:
            connection.send(composed)
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise verdict(error) from error
        if connection.num_emails >= MAILS_PER_CONNECTION:
            self.close()

    def open(self) -> SmtpConnection:
        if self.connection is None:
            if not self.settings.mail_server:
                raise Unreachable("MAIL_SERVER is not set")
            connection = SmtpConnection(current_app.extensions["mail"])
            try:
                connection.__enter__()
            except (smtplib.SMTPException, OSError) as error:
                raise Unreachable(f"{type(error).__name__}: {error}") from error
            self.connection = connection
        return self.connection

    def drop(self) -> None:
        """Hang up without a word: the other side no longer listens."""
        connection, self.connection = self.connection, None
        if connection is not None and connection.host is not None:
            connection.host.close()

    def close(self) -> None:
        """Say goodbye; every mail is handed over by now, so trouble with this harms nobody."""
        connection = self.connection
        try:
            if connection is not None and connection.host is not None:
                connection.host.quit()
        except (smtplib.SMTPException, OSError):
            current_app.logger.debug("the mail server hung up first")
        finally:
            self.drop()


def verdict(error: Exception) -> Exception:
    """5xx to the recipient or the mail is for ever; a sender that is refused is our mistake and can be mended."""
    reason = f"{type(error).__name__}: {error}"
    if not isinstance(error, ANSWERED):
        return Unreachable(reason)
    code = 0
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(answer[0] for answer in error.recipients.values())
    elif isinstance(error, smtplib.SMTPDataError):
        code = error.smtp_code
    return Refused(reason) if 500 <= code < 600 else Deferred(reason)
