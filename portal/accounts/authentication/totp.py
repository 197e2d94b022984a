"""The second step by an authenticator app (TOTP, RFC 6238), and the recovery codes for when it is lost."""

from __future__ import annotations

import base64
import secrets as random
from functools import cache

import pyotp
from cryptography.fernet import Fernet
from sqlalchemy import delete, func, select, update

from portal.accounts.authentication import one_time_secrets
from portal.accounts.models import Account, RecoveryCode
from portal.core.clock import now
from portal.core.security import signing
from portal.extensions import db
from portal.settings import registry
from portal.settings.institution import INSTITUTION_NAME

STEP = 30
DRIFT = 1
"""How many steps a phone's clock may be off, either way."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 5


def new_secret() -> str:
    """A key for an authenticator app, 160 bits in base32."""
    return pyotp.random_base32()


def address(account: Account, secret: str) -> str:
    """What the QR code says: the ``otpauth:`` address that authenticator apps understand."""
    issuer = registry.get(INSTITUTION_NAME)
    return pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=issuer)


def step_of(secret: str, code: str, after: int) -> int | None:
    """The time step whose number this is, later than ``after`` and within the drift; ``None`` for any other."""
    totp = pyotp.TOTP(secret)
    current = int(now().timestamp()) // STEP
    plain = one_time_secrets.plain_code(code)
    for step in range(current - DRIFT, current + DRIFT + 1):
        if step > after and signing.is_equal(totp.generate_otp(step).encode(), plain.encode()):
            return step
    return None


def accepts(account: Account, code: str) -> bool:
    """Is this the authenticator's number, not used before, or an unused recovery code? Either is used up.

    The account must be locked.
    """
    assert account.totp_secret is not None, "asked only where an authenticator is set up"
    step = step_of(unseal(account.totp_secret), code, after=account.totp_step or 0)
    if step is not None:
        account.totp_step = step
        return True
    return use_recovery_code(account, code)


def use_recovery_code(account: Account, code: str) -> bool:
    [code_hash] = one_time_secrets.codes_hash(account.id, [code])
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
    """Ten fresh codes to be shown once; those before them end."""
    forget_recovery_codes(account)
    fresh = [readable(random.token_bytes(RECOVERY_BYTES)) for _number in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(account_id=account.id, code_hash=code_hash)
        for code_hash in one_time_secrets.codes_hash(account.id, fresh)
    )
    return fresh


def forget_recovery_codes(account: Account) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


def recovery_codes_left(account: Account) -> int:
    unused = select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def readable(value: bytes) -> str:
    """Two groups of four letters and digits that are hard to confuse (base32, RFC 4648)."""
    text = base64.b32encode(value).decode().lower()
    return f"{text[:4]}-{text[4:]}"


def seal(secret: str) -> str:
    """How the key is stored: unlike a password it must be read again, so it is encrypted and not hashed."""
    return box(signing.digest("totp_secret", b"")).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    return box(signing.digest("totp_secret", b"")).decrypt(sealed.encode()).decode()


@cache
def box(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))
