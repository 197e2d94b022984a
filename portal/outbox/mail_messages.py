"""Emails as bytes: headers that every parser reads as they were meant (RFC 5322, RFC 2047), bodies in short lines."""

from __future__ import annotations

import re
from email.charset import QP, SHORTEST, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import formatdate

import flask_mail

from portal.core.text import one_line

CRLF = "\r\n"
AS_WRITTEN = compat32.clone(linesep=CRLF)
"""The policy that leaves header texts as they are; the newer ones read and encode them once more."""
SHORT_LINES = Charset("utf-8")
SHORT_LINES.header_encoding = SHORTEST
# Servers refuse lines above 998 bytes (RFC 5321, 4.5.3.1.6). Quoted-printable has short lines and stays readable.
SHORT_LINES.body_encoding = QP
WORD_MAX = 60
_PLAIN = re.compile(r"[\x20-\x7e]*")
_ESCAPED = re.compile(r'(["\\])')


class PortalMail(flask_mail.Message):
    """An email with a plain text and an HTML body, whose sender has a name.

    ``sender`` is the bare email, so that nothing has to take it apart from the name again. Every header is
    encoded exactly once, here; attachments, copies and reply headers of Flask-Mail are not supported.
    """

    def __init__(self, *, sender: str, sender_name: str, recipient: str, subject: str, body: str, html: str) -> None:
        super().__init__(
            subject=subject, sender=with_ascii_domain(sender), recipients=[recipient], body=body, html=html
        )
        self.sender_name = sender_name

    def as_bytes(self) -> bytes:
        """Return the email as it is handed to a mail server, with CRLF as line end."""
        message = MIMEMultipart("alternative", policy=AS_WRITTEN)
        headers = {
            "Subject": header_text(self.subject, "Subject"),
            "From": mailbox(self.sender_name, str(self.sender)),
            "To": ", ".join(map(str, self.recipients)),
            "Date": formatdate(self.date, localtime=True),
            "Message-ID": self.msgId,
            **(self.extra_headers or {}),
        }
        for name, value in headers.items():
            message[name] = value
        for text, subtype in ((self.body, "plain"), (self.html, "html")):
            message.attach(MIMEText(text or "", subtype, SHORT_LINES, policy=AS_WRITTEN))  # type: ignore[arg-type]
        return message.as_bytes(policy=AS_WRITTEN)

    def as_string(self) -> str:
        """Return the email as text, which is ASCII like the bytes."""
        return self.as_bytes().decode("ascii")


def mailbox(name: str, email: str) -> str:
    r"""Return a name and an email as one mailbox of a header such as ``From``, whatever the name contains.

    A name in ASCII is quoted, so that commas, colons and parentheses stay a part of it; any other one is encoded.

    >>> mailbox("Uni: Alumni, Friends (Office)", "office@demo.example")
    '"Uni: Alumni, Friends (Office)" <office@demo.example>'
    """
    line = one_line(name)
    if not line:
        return email
    if needs_encoding(line):
        return f"{encoded(line, 'From')} <{email}>"
    escaped = _ESCAPED.sub(r"\\\1", line)
    return f'"{escaped}" <{email}>'


def header_text(text: str, header: str) -> str:
    """Return text on one line as the value of a header without structure, such as ``Subject``.

    A word too long for its line is encoded: folded, it would begin with a line of blanks, which parsers keep.
    """
    line = one_line(text)
    has_long_word = any(len(word) > WORD_MAX for word in line.split(" "))
    return encoded(line, header) if has_long_word or needs_encoding(line) else line


def needs_encoding(line: str) -> bool:
    """Return whether a header cannot hold the line as it is: it is not printable ASCII, or looks encoded already."""
    return not _PLAIN.fullmatch(line) or "=?" in line


def encoded(line: str, header: str) -> str:
    """Return the line as encoded words (RFC 2047), whole characters each, folded for the header of that name."""
    return Header(line, SHORT_LINES, header_name=header).encode(linesep=CRLF)


def with_ascii_domain(email: str) -> str:
    """Return an email with its domain in ASCII, as headers and servers without RFC 6531 need it."""
    local, at, domain = email.rpartition("@")
    return email if domain.isascii() else f"{local}{at}{domain.encode('idna').decode('ascii')}"
