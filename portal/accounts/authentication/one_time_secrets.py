"""One-time secrets: a link or token and a six-digit code for one purpose, stored hashed, used at most once.

Every use is a guarded update, so that of any number of parallel tries one succeeds, and every guess is counted
before it is compared.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select, update

from portal.accounts.models import OneTimeSecret
from portal.core.clock import now
from portal.core.security import signing
from portal.extensions import db

CODE_TRIES = 5
CODE_LIFE = timedelta(minutes=10)
TOKEN_MAX = 100
NOBODY = uuid.UUID(int=0)
BETWEEN_DIGITS = re.compile(r"[\s\-\u2010-\u2015]+")


class Purpose(StrEnum):
    """What a secret opens, and nothing else."""

    VERIFY_ADDRESS = "verify_address"
    SIGN_IN = "sign_in"
    SECOND_STEP = "second_step"
    PROVE = "prove"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the purpose's name
    CHANGE_ADDRESS = "change_address"
    UNDO_ADDRESS = "undo_address"
    SET_UP_AUTHENTICATOR = "set_up_authenticator"

    @classmethod
    def to_get_in(cls) -> tuple[Purpose, ...]:
        """What must not outlive a changed password or address, or a lost standing."""
        return (cls.SIGN_IN, cls.SECOND_STEP, cls.PROVE, cls.RESET_PASSWORD, cls.CHANGE_ADDRESS)


@dataclass(frozen=True, slots=True)
class Guess:
    """What became of a typed code: right, wrong with so many guesses left, or there was nothing to guess any more."""

    is_right: bool = False
    left: int = 0
    is_over: bool = False


RIGHT = Guess(is_right=True)
OVER = Guess(is_over=True)
"""Expired, used, replaced, or guessed too often."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What goes to the person and is kept nowhere else."""

    id: uuid.UUID
    token: str
    code: str


def issue(
    account_id: uuid.UUID | None, purpose: Purpose, life: timedelta, data: dict[str, object] | None = None
) -> Issued:
    """A fresh token and code; without an account a decoy. Older ones stay alive."""
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06d}"
    secret = OneTimeSecret(
        account_id=account_id,
        purpose=purpose,
        link_hash=_token_hash(purpose, token),
        code_hash=_code_hash(account_id, purpose, code) if account_id else None,
        data=data or {},
        expires_at=now() + life,
    )
    db.session.add(secret)
    db.session.flush()
    return Issued(secret.id, token, code)


def new_token(secret: OneTimeSecret) -> str:
    """Another token for a live secret whose code is on its way already; the token before it ends."""
    token = secrets.token_urlsafe(32)
    secret.link_hash = _token_hash(Purpose(secret.purpose), token)
    return token


def end_all(account_id: uuid.UUID | None, *purposes: Purpose) -> list[uuid.UUID]:
    """No link or code of these purposes works any more; which ones that ended."""
    ended = (
        update(OneTimeSecret)
        .where(
            OneTimeSecret.account_id == account_id,
            OneTimeSecret.purpose.in_(purposes),
            OneTimeSecret.ended_at.is_(None),
        )
        .values(ended_at=now())
        .returning(OneTimeSecret.id)
    )
    return list(db.session.scalars(ended))


def end_later(secret: OneTimeSecret) -> None:
    """Those of the same purpose and account that were issued after this one work no more."""
    table = OneTimeSecret
    same = (table.account_id == secret.account_id, table.purpose == secret.purpose, table.ended_at.is_(None))
    db.session.execute(update(table).where(*same, table.id > secret.id).values(ended_at=now()))


def find(token: str, *purposes: Purpose) -> OneTimeSecret | None:
    """The secret behind a token, used or not; ``None`` for a forged, cut off or foreign one."""
    if len(token) > TOKEN_MAX:
        return None
    hashes = [_token_hash(purpose, token) for purpose in purposes]
    return db.session.scalar(select(OneTimeSecret).where(OneTimeSecret.link_hash.in_(hashes)))


def live(account_id: uuid.UUID, purpose: Purpose) -> OneTimeSecret | None:
    """The newest secret of this purpose that still works."""
    found = select(OneTimeSecret).where(*_open(account_id, purpose)).order_by(OneTimeSecret.id.desc()).limit(1)
    return db.session.scalar(found)


def nobodys(purpose: Purpose) -> OneTimeSecret:
    """A secret that is nowhere, to guess at where there is none."""
    return OneTimeSecret(id=NOBODY, account_id=NOBODY, purpose=purpose, code_hash="")


def is_live(secret: OneTimeSecret) -> bool:
    return secret.ended_at is None and secret.expires_at > now() and secret.attempts < CODE_TRIES


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


def count_guess(secret: OneTimeSecret) -> int | None:
    """Count one guess; how many are left after it, or ``None`` when it may not be made at all."""
    counted = (
        update(OneTimeSecret)
        .where(
            OneTimeSecret.id == secret.id,
            OneTimeSecret.ended_at.is_(None),
            OneTimeSecret.expires_at > now(),
            OneTimeSecret.attempts < CODE_TRIES,
        )
        .values(attempts=OneTimeSecret.attempts + 1)
        .returning(OneTimeSecret.attempts)
    )
    made = db.session.execute(counted).scalar_one_or_none()
    return None if made is None else CODE_TRIES - made


def guess(secret: OneTimeSecret, code: str) -> Guess:
    """Compare a typed code and use the secret up if it is right. The row stays locked until the transaction ends."""
    left = count_guess(secret)
    if left is None:
        return OVER
    given = _code_hash(secret.account_id, Purpose(secret.purpose), plain_code(code))
    if signing.is_equal(given.encode(), (secret.code_hash or "").encode()) and use(secret):
        return RIGHT
    return Guess(left=left)


def plain_code(typed: str) -> str:
    """A code as people type it: blanks and hyphens go, digits of any script become ASCII."""
    return BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", "".join(map(_ascii_digit, typed)))).lower()


def _ascii_digit(character: str) -> str:
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)


def codes_hash(account_id: uuid.UUID, codes: Iterable[str]) -> list[str]:
    """How recovery codes are stored."""
    return [signing.hexdigest("recovery_code", f"{account_id}:{plain_code(code)}") for code in codes]


def _open(account_id: uuid.UUID, purpose: Purpose) -> tuple[ColumnElement[bool], ...]:
    table: Any = OneTimeSecret
    return (
        table.account_id == account_id,
        table.purpose == purpose,
        table.ended_at.is_(None),
        table.expires_at > now(),
        table.attempts < CODE_TRIES,
    )


def _token_hash(purpose: Purpose, token: str) -> str:
    return signing.hexdigest(f"link:{purpose}", token)


def _code_hash(account_id: uuid.UUID | None, purpose: Purpose, code: str) -> str:
    return signing.hexdigest(f"code:{purpose}", f"{account_id}:{code}")
