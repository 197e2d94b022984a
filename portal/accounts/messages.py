"""What accounts tell by mail; each goes straight to the outbox, because these people may have no notices yet."""

from __future__ import annotations

from portal.accounts.models import Account
from portal.outbox.kinds import MessageKind, declare
from portal.outbox.services import enqueue

LINK = "/verify?token=sample"

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
BANNED = declare(
    MessageKind("accounts.banned", sample={"name": "Alina", "reason": "Advertising.", "until": "2026-12-05"})
)
UNBANNED = declare(MessageKind("accounts.unbanned", sample={"name": "Alina"}))


def tell(account: Account, kind: MessageKind, *, key: str, **payload: object) -> None:
    """Mail one person, in their language; ``key`` makes it once."""
    enqueue(
        kind,
        recipient=account.email,
        locale=account.locale,
        key=f"{kind.name}:{account.id}:{key}",
        payload={"name": account.first_name, **payload},
    )
