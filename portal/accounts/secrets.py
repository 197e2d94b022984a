"""One-time secrets: a mailed link and a six-digit code for one purpose, stored hashed, used at most once.

Every use is a guarded update, so that of any number of parallel tries one succeeds.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select, update

from portal.accounts.models import OneTimeSecret
from portal.core import signing
from portal.core.clock import now
from portal.extensions import db

CODE_TRIES = 5
TOKEN_MAX = 100


class Purpose(StrEnum):
    VERIFY_ADDRESS = "verify_address"


@dataclass(frozen=True, slots=True)
class Issued:
    """What goes into the mail and is kept nowhere else."""

    token: str
    code: str


def issue(account_id: uuid.UUID, purpose: Purpose, life: timedelta) -> Issued:
    """A fresh link and code; every older one of this purpose ends."""
    end_all(account_id, purpose)
    issued = Issued(secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06d}")
    db.session.add(
        OneTimeSecret(
            account_id=account_id,
            purpose=purpose,
            link_hash=signing.hexdigest(f"link:{purpose}", issued.token),
            code_hash=_code_hash(account_id, purpose, issued.code),
            expires_at=now() + life,
        )
    )
    return issued


def end_all(account_id: uuid.UUID, purpose: Purpose) -> None:
    """No link or code of this purpose works any more."""
    db.session.execute(
        update(OneTimeSecret)
        .where(
            OneTimeSecret.account_id == account_id, OneTimeSecret.purpose == purpose, OneTimeSecret.ended_at.is_(None)
        )
        .values(ended_at=now())
    )


def find_link(token: str, purpose: Purpose) -> OneTimeSecret | None:
    """The secret behind a link, used or not; ``None`` for a forged, cut off or foreign token."""
    if len(token) > TOKEN_MAX:
        return None
    link_hash = signing.hexdigest(f"link:{purpose}", token)
    return db.session.scalar(select(OneTimeSecret).where(OneTimeSecret.link_hash == link_hash))


def is_live(secret: OneTimeSecret) -> bool:
    return secret.ended_at is None and secret.expires_at > now()


def use(secret: OneTimeSecret) -> bool:
    """Use the secret up; False when somebody else was quicker or it has ended."""
    moment = now()
    used = db.session.execute(
        update(OneTimeSecret)
        .where(OneTimeSecret.id == secret.id, OneTimeSecret.ended_at.is_(None), OneTimeSecret.expires_at > moment)
        .values(used_at=moment, ended_at=moment)
        .returning(OneTimeSecret.id)
    )
    return used.first() is not None


def use_code(account_id: uuid.UUID, purpose: Purpose, code: str) -> bool:
    """Use a code up. Each try counts, in the caller's transaction, before it is compared; the last one ends it."""
    moment = now()
    tried = db.session.execute(
        update(OneTimeSecret)
        .where(
            OneTimeSecret.account_id == account_id,
            OneTimeSecret.purpose == purpose,
            OneTimeSecret.ended_at.is_(None),
            OneTimeSecret.expires_at > moment,
            OneTimeSecret.attempts < CODE_TRIES,
        )
        .values(attempts=OneTimeSecret.attempts + 1)
        .returning(OneTimeSecret)
    ).scalar_one_or_none()
    if tried is None or tried.code_hash is None:
        return False
    given = _code_hash(account_id, purpose, code)
    return signing.same(given.encode(), tried.code_hash.encode()) and use(tried)


def _code_hash(account_id: uuid.UUID, purpose: Purpose, code: str) -> str:
    return signing.hexdigest(f"code:{purpose}", f"{account_id}:{code}")
