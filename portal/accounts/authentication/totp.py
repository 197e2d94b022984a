"""Codes of an authenticator app (TOTP, RFC 6238), and the recovery codes for when the app is lost."""

from __future__ import annotations

import base64
import secrets
from functools import cache

import pyotp
from cryptography.fernet import Fernet
from sqlalchemy import delete, func, select, update

from portal.accounts.authentication.one_time_secrets import hash_recovery_codes, normalise_code
from portal.accounts.models import Account, RecoveryCode
from portal.core.clock import now
from portal.core.security import signing
from portal.core.text import one_line
from portal.extensions import db
from portal.settings import registry
from portal.settings.institution import INSTITUTION_NAME

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""Number of time steps by which the clock of a phone may be off, in either direction."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 5


def new_key() -> str:
    """Return a random key for an authenticator app, 160 bits in base32."""
    return pyotp.random_base32()


def provisioning_uri(account: Account, key: str) -> str:
    """Return the ``otpauth:`` URI for the QR code of an authenticator app: key, email and institution name."""
    # The label is "issuer:email", so that a colon in the issuer would end it there.
    issuer = one_line(registry.get(INSTITUTION_NAME).replace(":", " "))
    return pyotp.TOTP(key).provisioning_uri(name=account.email, issuer_name=issuer)


def step_of(key: str, code: str, after: int) -> int | None:
    """Return the time step (of 30 seconds, counted from 1970) to which a code belongs, or ``None`` if it is wrong.

    Codes of the present step and of one step before or after are accepted, but only of steps later than ``after``, so
    that no code works twice.
    """
    totp = pyotp.TOTP(key)
    current = int(now().timestamp()) // STEP_SECONDS
    typed = normalise_code(code)
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        if step > after and signing.is_equal(totp.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def use_code(account: Account, code: str) -> bool:
    """Use up a code of the authenticator app or a recovery code; return ``False`` for a wrong or used one.

    The account must be locked and have an authenticator app.
    """
    assert account.totp_secret is not None, "called only where an authenticator app is set up"
    step = step_of(decrypt_key(account.totp_secret), code, after=account.totp_step or 0)
    if step is not None:
        account.totp_step = step
        return True
    return use_recovery_code(account, code)


def use_recovery_code(account: Account, code: str) -> bool:
    """Use up a recovery code of an account and return ``True``, or ``False`` for a wrong or used one."""
    [code_hash] = hash_recovery_codes(account.id, [code])
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id, RecoveryCode.code_hash == code_hash, RecoveryCode.used_at.is_(None)
        )
        .values(used_at=now())
        .returning(RecoveryCode.code_hash)
    )
    return db.session.execute(used).first() is not None


def new_recovery_codes(account: Account) -> list[str]:
    """Replace the recovery codes of an account and return the ten new ones, which are stored only hashed."""
    delete_recovery_codes(account)
    codes = [format_recovery_code(secrets.token_bytes(RECOVERY_BYTES)) for _number in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(account_id=account.id, code_hash=code_hash) for code_hash in hash_recovery_codes(account.id, codes)
    )
    return codes


def delete_recovery_codes(account: Account) -> None:
    """Delete all recovery codes of an account, used and unused."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


def recovery_codes_left(account: Account) -> int:
    """Return how many recovery codes of an account are unused."""
    unused = select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def format_recovery_code(value: bytes) -> str:
    """Return five bytes as a recovery code: base32 (RFC 4648) in lower case, two groups of four with a hyphen."""
    text = base64.b32encode(value).decode().lower()
    return f"{text[:4]}-{text[4:]}"


def encrypt_key(key: str) -> str:
    """Return an authenticator key encrypted for storage; checking codes needs the key itself, so it is not hashed."""
    return _cipher(signing.digest("totp_secret", b"")).encrypt(key.encode()).decode()


def decrypt_key(encrypted: str) -> str:
    """Return the authenticator key that ``encrypt_key`` encrypted.

    Raise ``cryptography.fernet.InvalidToken`` if it was encrypted under another ``SECRET_KEY``.
    """
    return _cipher(signing.digest("totp_secret", b"")).decrypt(encrypted.encode()).decode()


@cache
def _cipher(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))
