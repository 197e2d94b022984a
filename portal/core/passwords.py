"""Passwords: Argon2id at OWASP's minimum (19 MiB, two passes, one lane); bcrypt hashes of the past are accepted.

At most ``AT_ONCE`` hashes run at once in a process, so that a rush of sign-ins takes 80 MB and not all memory.
"""

from __future__ import annotations

import threading
from enum import Enum
from functools import cache

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config import Environment
from portal.core.environment import settings

AT_ONCE = 4
BCRYPT_MAX_BYTES = 72

_room = threading.BoundedSemaphore(AT_ONCE)


class Verdict(Enum):
    """``RIGHT_BUT_OLD``: right, and to be hashed again in today's way."""

    WRONG = "wrong"
    RIGHT = "right"
    RIGHT_BUT_OLD = "right_but_old"


@cache
def _hasher(cheap: bool) -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1) if cheap else PasswordHasher(2, 19 * 1024, 1)


def hasher() -> PasswordHasher:
    """Cheap while testing, where nobody's password is at stake."""
    return _hasher(settings().environment is Environment.TEST)


def hash_password(password: str) -> str:
    """The hash to store, with its parameters and a random salt."""
    with _room:
        return hasher().hash(password)


def verify_password(stored: str | None, password: str) -> Verdict:
    """Compare in the same time for an account without a password, or none at all (``None``), as for any other."""
    with _room:
        if stored is not None and stored.startswith("$2"):
            right = bcrypt.checkpw(password.encode()[:BCRYPT_MAX_BYTES], stored.encode())
            return Verdict.RIGHT_BUT_OLD if right else Verdict.WRONG
        try:
            hasher().verify(stored or _nobodys_hash(hasher()), password)
        except (VerificationError, InvalidHashError):
            return Verdict.WRONG
    if not stored:
        return Verdict.WRONG
    return Verdict.RIGHT_BUT_OLD if hasher().check_needs_rehash(stored) else Verdict.RIGHT


@cache
def _nobodys_hash(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody's password")
