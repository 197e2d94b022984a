"""Passwords: Argon2id at OWASP's minimum (19 MiB, two passes, one lane); bcrypt hashes of the past are accepted.

At most ``AT_ONCE`` hashes run at once in a process, on threads that do nothing else: glibc lets a thread keep what it
took, so a rush of sign-ins costs 40 MB and not 19 MiB for each thread that serves requests.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import cache

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config import Environment
from portal.core.environment import settings

AT_ONCE = 2
THREADS = "passwords"
"""How the names of these threads begin."""
BCRYPT_MAX_BYTES = 72


@cache
def _hashing() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix=THREADS)


os.register_at_fork(after_in_child=_hashing.cache_clear)  # threads stay with the parent


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
    return _hashing().submit(hasher().hash, password).result()


def verify_password(stored: str | None, password: str) -> Verdict:
    """Compare in the same time for an account without a password, or none at all (``None``), as for any other."""
    return _hashing().submit(_compare, hasher(), stored, password).result()


def _compare(hasher: PasswordHasher, stored: str | None, password: str) -> Verdict:
    if stored is not None and stored.startswith("$2"):
        right = bcrypt.checkpw(password.encode()[:BCRYPT_MAX_BYTES], stored.encode())
        return Verdict.RIGHT_BUT_OLD if right else Verdict.WRONG
    try:
        hasher.verify(stored or _nobodys_hash(hasher), password)
    except (VerificationError, InvalidHashError):
        return Verdict.WRONG
    if not stored:
        return Verdict.WRONG
    return Verdict.RIGHT_BUT_OLD if hasher.check_needs_rehash(stored) else Verdict.RIGHT


@cache
def _nobodys_hash(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody's password")
