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
from portal.core.private_folders import make_private
from portal.outbox.claims import ClaimedMessage
from portal.outbox.rendering import compose_mail
from portal.outbox.transports.base import Deferred, Refused, Transport, Unreachable

TIMEOUT = 8.0
IMPLICIT_TLS_PORT = 465
MAILS_PER_CONNECTION = 50

SERVER_REPLIES = (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError)
"""Errors that carry an answer of the server; every other one means that the connection failed."""


def flask_mail_configuration(settings: Settings) -> dict[str, Any]:
    """Return the ``MAIL_…`` variables that Flask-Mail reads from the application's configuration, by name.

    TLS begins with the connection on port 465, else by STARTTLS if ``mail_use_tls`` is set.
    """
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
    """Return the folder of the instance where emails are stored as files if there is no mail server."""
    return settings.instance_dir / "mails"


def uses_mailbox(settings: Settings) -> bool:
    """Return whether emails go to ``mailbox_dir`` as files: if there is no mail server, but never in production."""
    return not settings.mail_server and not settings.is_production


def transport() -> MailTransport:
    """Return a new transport for emails: a ``MailFolder`` if ``uses_mailbox`` says so, else an ``SmtpTransport``."""
    environment = settings()
    return MailFolder(mailbox_dir(environment)) if uses_mailbox(environment) else SmtpTransport(environment)


class MailTransport(Transport[flask_mail.Message]):
    """The base of the transports for email; what they send is a message of Flask-Mail."""

    repeatable = True

    def compose(self, message: ClaimedMessage) -> flask_mail.Message:
        """Return the email as a message of Flask-Mail, with the id of its outbox row in ``Message-ID``.

        Raise ``LookupError`` for a message kind that is not declared.
        """
        return compose_mail(message)


class MailFolder(MailTransport):
    """A transport that stores each email as a file in a folder, for development and tests.

    Files are named by the id of the outbox row: an email that is sent twice is there once, and names sort by time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, composed: flask_mail.Message) -> None:
        """Write the email to ``<id of its row>.eml``, in one step and in place of an earlier file of that name."""
        make_private(self.folder)
        name = composed.msgId.strip("<>").partition("@")[0]
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as unfinished:
            unfinished.write(composed.as_bytes())
        Path(unfinished.name).replace(self.folder / f"{name}.eml")

    def close(self) -> None:
        """Do nothing, because a folder holds no connection."""


@cache
def tls_context() -> ssl.SSLContext:
    """Return the TLS context that verifies servers by the system's certificates, made once per process.

    Loading the certificates takes some 20 ms.
    """
    return ssl.create_default_context()


class SmtpConnection(flask_mail.Connection):
    """A connection of Flask-Mail with a timeout and a verified certificate, neither of which Flask-Mail offers."""

    def configure_host(self) -> smtplib.SMTP:
        """Connect to the mail server, with TLS and a sign-in as configured, and return the connection.

        It overrides Flask-Mail's method. Raise ``SMTPException`` or ``OSError``; no connection is left open then.
        """
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
    """A transport that sends emails to the mail server over one SMTP connection.

    The connection is opened for the first email, and anew after an error and after ``MAILS_PER_CONNECTION`` emails.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.connection: SmtpConnection | None = None

    def send(self, composed: flask_mail.Message) -> None:
        """Send an email to the mail server, connecting first where necessary.

        Raise ``Refused``, ``Deferred`` or ``Unreachable`` if the server did not accept it.
        """
        connection = self.open()
        try:
            connection.send(composed)
        except (smtplib.SMTPException, OSError) as error:
            self.disconnect()
            raise classify_error(error) from error
        if connection.num_emails >= MAILS_PER_CONNECTION:
            self.close()

    def open(self) -> SmtpConnection:
        """Return the SMTP connection, which is opened if there is none yet.

        Raise ``Unreachable`` if no mail server is configured, and if connecting or signing in fails.
        """
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
        """Close the socket, if one is open, without the QUIT of SMTP: after an error the server may not answer."""
        connection, self.connection = self.connection, None
        if connection is not None and connection.host is not None:
            connection.host.close()

    def close(self) -> None:
        """End the SMTP session with QUIT and close the socket; raise nothing.

        Every email is accepted by then, so an error changes nothing.
        """
        connection = self.connection
        try:
            if connection is not None and connection.host is not None:
                connection.host.quit()
        except (smtplib.SMTPException, OSError):
            current_app.logger.debug("the mail server closed the connection first")
        finally:
            self.disconnect()


def classify_error(error: Exception) -> Exception:
    """Return the transport's exception for an error that sending an email has raised.

    A 5xx reply (RFC 5321) to the recipient or the data is permanent: ``Refused``. Any other reply, for example to the
    sender, is ``Deferred``, because it may come from a mistake of our configuration that can be corrected. An error
    without a reply is ``Unreachable``.
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
