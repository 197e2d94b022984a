"""What accounts tell by mail; each goes straight to the outbox, because these people may have no notices yet."""

from __future__ import annotations

import uuid
from datetime import datetime

from portal.accounts.authentication.one_time_secrets import CODE_LIFE, Issued
from portal.accounts.models import Account
from portal.outbox.kinds import MessageKind, declare
from portal.outbox.models import MessageChannel
from portal.outbox.services import enqueue

LINK = "/verify?token=sample"
DAY = "2026-12-05"
MINUTES = CODE_LIFE.seconds // 60

VERIFY_ADDRESS = declare(
    MessageKind(
        "accounts.verify_address", secret=True, sample={"name": "Alina", "url": LINK, "code": "123456", "hours": 24}
    )
)
ALREADY_REGISTERED = declare(MessageKind("accounts.already_registered", sample={"name": "Alina"}))
WAITING = declare(MessageKind("accounts.waiting", sample={"name": "Alina"}))
TO_VERIFY = declare(
    MessageKind("accounts.to_verify", sample={"person": "Kamila Demo", "email": "kamila@demo.example", "year": 2018})
)
VERIFIED = declare(MessageKind("accounts.verified", sample={"name": "Alina"}))
UNVERIFIED = declare(MessageKind("accounts.unverified", sample={"name": "Alina"}))
BANNED = declare(MessageKind("accounts.banned", sample={"name": "Alina", "reason": "Advertising.", "until": DAY}))
UNBANNED = declare(MessageKind("accounts.unbanned", sample={"name": "Alina"}))
ROLE_CHANGED = declare(MessageKind("accounts.role_changed", sample={"name": "Alina", "role": "alumni_friend"}))
RIGHTS_CHANGED = declare(
    MessageKind("accounts.rights_changed", sample={"name": "Alina", "group": "moderators", "given": True})
)
WARNED = declare(MessageKind("accounts.warned", sample={"name": "Alina", "text": "No advertising among members."}))
CODE = declare(
    MessageKind(
        "accounts.code",
        channels=(MessageChannel.MAIL.value, MessageChannel.TELEGRAM.value),
        secret=True,
        sample={"name": "Alina", "code": "123456", "minutes": MINUTES},
    )
)
RESET_PASSWORD = declare(
    MessageKind(
        "accounts.reset_password",
        secret=True,
        sample={"name": "Alina", "url": "/password/reset?token=sample", "minutes": 30, "has_password": True},
    )
)
PASSWORD_CHANGED = declare(MessageKind("accounts.password_changed", sample={"name": "Alina"}))
CHANGE_ADDRESS = declare(
    MessageKind("accounts.change_address", secret=True, sample={"name": "Alina", "code": "123456", "minutes": MINUTES})
)
ADDRESS_CHANGED = declare(
    MessageKind(
        "accounts.address_changed",
        secret=True,
        sample={"name": "Alina", "email": "new@demo.example", "url": "/email/undo?token=sample", "days": 7},
    )
)
SECOND_FACTOR_CHANGED = declare(
    MessageKind("accounts.second_factor_changed", sample={"name": "Alina", "factor": "totp", "by_office": False})
)

CODE_KINDS = (CODE, CHANGE_ADDRESS)
"""Asked for at most once a minute, unless they could not be sent."""


def message_key(kind: MessageKind, secret_id: uuid.UUID) -> str:
    return f"{kind.name}:{secret_id}"


def tell_code(
    account: Account,
    kind: MessageKind,
    issued: Issued,
    *,
    recipient: str | None = None,
    channel: MessageChannel = MessageChannel.MAIL,
    good_until: datetime | None = None,
    **payload: object,
) -> None:
    """Send a code to whoever asked for it, in the account's language; later than ``good_until`` it stays here."""
    enqueue(
        kind,
        recipient=recipient or account.email,
        locale=account.locale,
        channel=channel,
        key=message_key(kind, issued.id),
        payload={"name": account.first_name, "code": issued.code, "minutes": MINUTES, **payload},
        good_until=good_until,
    )


def tell(account: Account, kind: MessageKind, *, key: str, **payload: object) -> None:
    """Mail one person, in their language; ``key`` makes it once."""
    enqueue(
        kind,
        recipient=account.email,
        locale=account.locale,
        key=f"{kind.name}:{account.id}:{key}",
        payload={"name": account.first_name, **payload},
    )
