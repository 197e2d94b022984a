"""The folder that mails are written to where there is no mail server."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from portal.core.environment import settings
from portal.core.errors import NotFound
from portal.outbox.transports.mail import mailbox_dir

LISTED = 50
SEARCHED = 1000


@dataclass(frozen=True, slots=True)
class StoredMail:
    """An email that was written to the folder instead of being sent."""

    id: uuid.UUID
    recipient: str
    subject: str
    sent_at: datetime
    text: str
    html: str


def newest(recipient: str) -> list[StoredMail]:
    """Return the newest stored mails, newest first: those to the email ``recipient``, or all if it is empty.

    At most ``LISTED`` mails are returned, from the ``SEARCHED`` newest files.
    """
    recipient = recipient.strip().lower()
    files = sorted(mailbox_dir(settings()).glob("*.eml"), reverse=True)
    mails: list[StoredMail] = []
    for path in files[:SEARCHED]:
        mail = read(path)
        if not recipient or mail.recipient.lower() == recipient:
            mails.append(mail)
        if len(mails) == LISTED:
            break
    return mails


def find(mail_id: uuid.UUID) -> StoredMail:
    """Return the stored mail with this id; raise ``NotFound`` if there is none."""
    path = mailbox_dir(settings()) / f"{mail_id}.eml"
    if not path.is_file():
        raise NotFound("no_such_mail", "This mail is not in the mailbox.")
    return read(path)


def read(path: Path) -> StoredMail:
    """Return the email in an ``.eml`` file of the folder; the file is named by its id."""
    message = BytesParser(EmailMessage, policy=default).parsebytes(path.read_bytes())
    return StoredMail(
        id=uuid.UUID(path.stem),
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=parsedate_to_datetime(str(message["Date"])),
        text=part(message, "plain"),
        html=part(message, "html"),
    )


def part(message: EmailMessage, subtype: str) -> str:
    """Return the text of a body of an email, ``plain`` or ``html``, or an empty string without such a body."""
    body = message.get_body((subtype,))
    return str(body.get_content()) if body is not None else ""
