"""Transports for email: an SMTP server, or a folder whose mails ``/dev/mail`` shows."""

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
from portal.outbox.claims import ClaimedMessage
from portal.outbox.rendering import compose_mail
from portal.outbox.transports.base import Deferred, Refused, Transport, Unreachable

TIMEOUT = 8.0
IMPLICIT_TLS_PORT = 465
MAILS_PER_CONNECTION = 50

SERVER_REPLIES = (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError)
"""Errors that carry an answer of the server; every other one means that the connection failed."""


def flask_mail_configuration(settings: Settings) -> dict[str, Any]:
    """Return the variables that Flask-Mail reads from the application's configuration."""
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
    """Return the folder that holds mails where there is no mail server."""
    return settings.instance_dir / "mails"


def uses_mailbox(settings: Settings) -> bool:
    """Return whether mails go to the folder: without a mail server in development and tests, never in production."""
    return not settings.mail_server and not settings.is_production


def transport() -> MailTransport:
    """Return the transport that the configuration selects."""
    environment = settings()
    return MailFolder(mailbox_dir(environment)) if uses_mailbox(environment) else SmtpTransport(environment)


class MailTransport(Transport[flask_mail.Message]):
    """The part that both transports share."""

    repeatable = True

    def compose(self, message: ClaimedMessage) -> flask_mail.Message:
        """Return the mail with the row's id as its ``Message-ID``."""
        return compose_mail(message)


class MailFolder(MailTransport):
    """A folder of files named by the row's id: a mail that is sent twice is there once, and names sort by time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, composed: flask_mail.Message) -> None:
        """Write the mail to its file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = composed.msgId.strip("<>").partition("@")[0]
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as unfinished:
            unfinished.write(composed.as_bytes())
        Path(unfinished.name).replace(self.folder / f"{name}.eml")

    def close(self) -> None:
        """Do nothing: a folder holds nothing open."""


@cache
def tls_context() -> ssl.SSLContext:
    """Return a context with the system's certificates, which takes some 20 ms to load."""
    return ssl.create_default_context()


class SmtpConnection(flask_mail.Connection):
    """Flask-Mail's connection with a timeout and a verified certificate, neither of which it offers."""

    def configure_host(self) -> smtplib.SMTP:
        """Connect and sign in; overrides Flask-Mail's method."""
        server, port, name = self.mail.server, self.mail.port, "localhost"
        host: smtplib.SMTP
        if self.mail.use_ssl:
            host = smtplib.SMTP_SSL(server, port, local_hostname=name, timeout=TIMEOUT, context=tls_context())
        else:
            host = smtplib.SMTP(server, port, local_hostname=name, timeout=TIMEOUT)
        try:
            if self.mail.use_tls:
                host.starttls(context=tls_context())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except Exception:
            host.close()
            raise
        return host


class SmtpTransport(MailTransport):
    """One SMTP connection for a run of mails, closed after the first error."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.connection: SmtpConnection | None = None

    def send(self, composed: flask_mail.Message) -> None:
        """Send the mail; raise ``Refused``, ``Deferred`` or ``Unreachable``."""
        connection = self.open()
        try:
            connection.send(composed)
        except (smtplib.SMTPException, OSError) as error:
            self.disconnect()
            raise classify_error(error) from error
        if connection.num_emails >= MAILS_PER_CONNECTION:
            self.close()

    def open(self) -> SmtpConnection:
        """Return the connection, made when it is first needed; raise ``Unreachable``."""
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

    def disconnect(self) -> None:
        """Close the socket without the QUIT of SMTP: after an error the server may not answer."""
        connection, self.connection = self.connection, None
        if connection is not None and connection.host is not None:
            connection.host.close()

    def close(self) -> None:
        """End the session with QUIT; every mail is accepted by now, so an error changes nothing."""
        connection = self.connection
        try:
            if connection is not None and connection.host is not None:
                connection.host.quit()
        except (smtplib.SMTPException, OSError):
            current_app.logger.debug("the mail server closed the connection first")
        finally:
            self.disconnect()


def classify_error(error: Exception) -> Exception:
    """Return ``Refused``, ``Deferred`` or ``Unreachable`` for an error of smtplib.

    A 5xx reply (RFC 5321) to the recipient or the data is permanent. One to anything else, such as the sender, is a
    mistake of our configuration that can be corrected, so the mail waits.
    """
    reason = f"{type(error).__name__}: {error}"
    if not isinstance(error, SERVER_REPLIES):
        return Unreachable(reason)
    code = 0
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(reply[0] for reply in error.recipients.values())
    elif isinstance(error, smtplib.SMTPDataError):
        code = error.smtp_code
    return Refused(reason) if 500 <= code < 600 else Deferred(reason)
