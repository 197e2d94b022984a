"""One-time secrets: a link token and a code of six or eight digits for one purpose, stored hashed, used at most once.

Every use is a guarded update, so that of any number of parallel uses one succeeds, and every check of a code is counted
before the code is compared.
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

CODE_ATTEMPTS = 5
SHORT_CODE_DIGITS, LONG_CODE_DIGITS = 6, 8
CODE_LIFE = timedelta(minutes=10)
TOKEN_MAX = 100
NO_ACCOUNT = uuid.UUID(int=0)
SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")


class Purpose(StrEnum):
    """The purpose of a one-time secret, which is valid for nothing else; the values are stored in the database."""

    VERIFY_EMAIL = "verify_address"
    REGISTRATION = "registration"
    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_step"
    REAUTHENTICATE = "prove"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the purpose's name
    CHANGE_EMAIL = "change_address"
    UNDO_EMAIL_CHANGE = "undo_address"
    SET_UP_AUTHENTICATOR = "set_up_authenticator"

    @classmethod
    def granting_access(cls) -> tuple[Purpose, ...]:
        """Return the purposes of the secrets that sign in, re-authenticate, or change the password or email.

        Secrets of an account for these purposes must end when its password, email or account status changes.
        """
        return (cls.SIGN_IN, cls.SECOND_FACTOR, cls.REAUTHENTICATE, cls.RESET_PASSWORD, cls.CHANGE_EMAIL)


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """The result of checking a code: correct, wrong with ``attempts_left``, or expired.

    ``is_expired`` also covers secrets that are unknown, used, replaced, or whose attempts are used up.
    """

    is_correct: bool = False
    attempts_left: int = 0
    is_expired: bool = False

    @property
    def is_wrong(self) -> bool:
        """Whether a code was compared and was not the right one."""
        return not self.is_correct and not self.is_expired


CORRECT = CodeCheck(is_correct=True)
EXPIRED = CodeCheck(is_expired=True)


@dataclass(frozen=True, slots=True)
class Issued:
    """The id, token and code of a new one-time secret; token and code go to the person and are stored only hashed."""

    id: uuid.UUID
    token: str
    code: str


def issue(
    account_id: uuid.UUID | None, purpose: Purpose, life: timedelta, data: dict[str, object] | None = None
) -> Issued:
    """Store a new one-time secret that expires after ``life``, and return its id, token and code.

    Earlier secrets of the account stay valid. ``data`` must be JSON and is stored with the secret; its ``digits`` is
    the length of the code, by default six. Without an account the secret is a decoy: ``find`` returns it, but no code
    is correct for it.
    """
    digits = int(str((data or {}).get("digits", SHORT_CODE_DIGITS)))
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**digits):0{digits}d}"
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


def issue_token_for(sent: OneTimeSecret | None, purpose: Purpose, life: timedelta, data: dict[str, object]) -> str:
    """Return a new token for the code that was sent with the secret ``sent``, valid as long as that code.

    Attempts at it are counted for this token alone. Without ``sent`` it is the token of a decoy, valid for ``life``.
    """
    token = secrets.token_urlsafe(32)
    secret = OneTimeSecret(
        account_id=sent.account_id if sent else None,
        purpose=purpose,
        link_hash=_token_hash(purpose, token),
        code_hash=sent.code_hash if sent else None,
        data={**data, "digits": sent.data.get("digits", SHORT_CODE_DIGITS)} if sent else data,
        expires_at=sent.expires_at if sent else now() + life,
    )
    db.session.add(secret)
    db.session.flush()
    return token


def replace_token(secret: OneTimeSecret) -> str:
    """Give a one-time secret a new token and return it; the old token stops working, the code stays valid."""
    token = secrets.token_urlsafe(32)
    secret.link_hash = _token_hash(Purpose(secret.purpose), token)
    return token


def end_all(account_id: uuid.UUID | None, *purposes: Purpose) -> list[uuid.UUID]:
    """End all secrets of an account for these purposes, and return the ids of those that had not ended before."""
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


def end_newer(secret: OneTimeSecret) -> None:
    """End the secrets of the same account and purpose that were issued after this one."""
    table = OneTimeSecret
    same = (table.account_id == secret.account_id, table.purpose == secret.purpose, table.ended_at.is_(None))
    db.session.execute(update(table).where(*same, table.id > secret.id).values(ended_at=now()))


def find(token: str, *purposes: Purpose) -> OneTimeSecret | None:
    """Return the secret with this token, valid or not, or ``None`` if no such token was issued for these purposes."""
    if len(token) > TOKEN_MAX:
        return None
    hashes = [_token_hash(purpose, token) for purpose in purposes]
    return db.session.scalar(select(OneTimeSecret).where(OneTimeSecret.link_hash.in_(hashes)))


def find_live(account_id: uuid.UUID, purpose: Purpose) -> OneTimeSecret | None:
    """Return the newest secret of an account for this purpose that is still valid, or ``None``."""
    live = select(OneTimeSecret).where(*_live_conditions(account_id, purpose))
    return db.session.scalar(live.order_by(OneTimeSecret.id.desc()).limit(1))


def find_sent(account_id: uuid.UUID, purpose: Purpose, channel: str) -> OneTimeSecret | None:
    """Return the newest secret of an account for this purpose whose code was sent over a message channel, or ``None``.

    It has neither ended nor expired; wrong attempts by whoever asked for it do not matter.
    """
    table = OneTimeSecret
    sent = select(table).where(
        table.account_id == account_id,
        table.purpose == purpose,
        table.ended_at.is_(None),
        table.expires_at > now(),
        table.data["channel"].astext == channel,
    )
    return db.session.scalar(sent.order_by(table.id.desc()).limit(1))


def decoy_secret(purpose: Purpose) -> OneTimeSecret:
    """Return a secret that is not stored and for which ``check_code`` returns ``EXPIRED``.

    Checking a code against it executes the statements of a real check, so that the time taken does not show whether
    there is a secret.
    """
    return OneTimeSecret(id=NO_ACCOUNT, account_id=NO_ACCOUNT, purpose=purpose, code_hash="")


def is_live(secret: OneTimeSecret) -> bool:
    """Return whether a one-time secret has neither ended nor expired, so that its link works.

    Wrong attempts at its code do not end it, because a stranger may have made them.
    """
    return secret.ended_at is None and secret.expires_at > now()


def has_attempts_left(secret: OneTimeSecret) -> bool:
    """Return whether the code of a one-time secret can still be tried: it is live and has attempts left."""
    return is_live(secret) and secret.attempts < CODE_ATTEMPTS


def use(secret: OneTimeSecret) -> bool:
    """Use a one-time secret up and return ``True``, or ``False`` if it was used already, has ended or expired."""
    moment = now()
    used = db.session.execute(
        update(OneTimeSecret)
        .where(OneTimeSecret.id == secret.id, OneTimeSecret.ended_at.is_(None), OneTimeSecret.expires_at > moment)
        .values(used_at=moment, ended_at=moment)
        .returning(OneTimeSecret.id)
    )
    return used.first() is not None


def end_same_code(secret: OneTimeSecret) -> None:
    """End the secrets whose code is that of ``secret``, which was used: they are other tokens for the same message."""
    table = OneTimeSecret
    same = (table.account_id == secret.account_id, table.purpose == secret.purpose, table.ended_at.is_(None))
    db.session.execute(update(table).where(*same, table.code_hash == secret.code_hash).values(ended_at=now()))


def count_attempt(secret: OneTimeSecret) -> int | None:
    """Count one attempt at the code of a secret, and return how many attempts are left after it.

    Return ``None``, and count nothing, if the secret has ended or expired or has no attempts left.
    """
    counted = (
        update(OneTimeSecret)
        .where(
            OneTimeSecret.id == secret.id,
            OneTimeSecret.ended_at.is_(None),
            OneTimeSecret.expires_at > now(),
            OneTimeSecret.attempts < CODE_ATTEMPTS,
        )
        .values(attempts=OneTimeSecret.attempts + 1)
        .returning(OneTimeSecret.attempts)
    )
    attempts = db.session.execute(counted).scalar_one_or_none()
    return None if attempts is None else CODE_ATTEMPTS - attempts


def check_code(secret: OneTimeSecret, code: str) -> CodeCheck:
    """Count an attempt, compare ``code`` with a secret's, use the secret up if it is correct, and return the result.

    The result is ``EXPIRED`` for a secret that is no longer valid. The row of the secret stays locked until the
    transaction ends.
    """
    attempts_left = count_attempt(secret)
    if attempts_left is None:
        return EXPIRED
    typed_hash = _code_hash(secret.account_id, Purpose(secret.purpose), normalise_code(code))
    if signing.is_equal(typed_hash.encode(), (secret.code_hash or "").encode()) and use(secret):
        return CORRECT
    return CodeCheck(attempts_left=attempts_left)


def normalise_code(typed: str) -> str:
    """Return a typed code without blanks and hyphens, in lower case, with digits of any script as ASCII digits."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", "".join(map(_ascii_digit, typed)))).lower()


def _ascii_digit(character: str) -> str:
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)


def hash_recovery_codes(account_id: uuid.UUID, codes: Iterable[str]) -> list[str]:
    """Return the keyed hashes under which an account's recovery codes are stored, in the order of ``codes``."""
    return [signing.hexdigest("recovery_code", f"{account_id}:{normalise_code(code)}") for code in codes]


def _live_conditions(account_id: uuid.UUID, purpose: Purpose) -> tuple[ColumnElement[bool], ...]:
    table: Any = OneTimeSecret
    return (
        table.account_id == account_id,
        table.purpose == purpose,
        table.ended_at.is_(None),
        table.expires_at > now(),
        table.attempts < CODE_ATTEMPTS,
    )


def _token_hash(purpose: Purpose, token: str) -> str:
    return signing.hexdigest(f"link:{purpose}", token)


def _code_hash(account_id: uuid.UUID | None, purpose: Purpose, code: str) -> str:
    return signing.hexdigest(f"code:{purpose}", f"{account_id}:{code}")
