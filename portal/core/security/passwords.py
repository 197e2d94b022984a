"""Hashing of passwords with Argon2id at OWASP's minimum (19 MiB, two passes, one lane); old bcrypt hashes are accepted.

A password is hashed in its normal form, because keyboards and programs write the same characters in different ways.

At most ``THREADS_MAX`` hashes run at once in a process, on threads that do nothing else: glibc keeps the memory of each
thread that ever hashed, so that a burst of sign-ins costs 40 MB and not 19 MiB for each thread that serves requests.
"""

from __future__ import annotations

import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import cache

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config import Environment
from portal.core.environment import settings
from portal.core.text import without_invisible

THREADS_MAX = 2
THREAD_NAME_PREFIX = "passwords"
"""The prefix of the names of these threads."""
BCRYPT_MAX_BYTES = 72


@cache
def _thread_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS_MAX, thread_name_prefix=THREAD_NAME_PREFIX)


os.register_at_fork(after_in_child=_thread_pool.cache_clear)  # threads stay with the parent


class PasswordCheck(Enum):
    """Result of comparing a password with a hash; ``RIGHT_NEEDS_REHASH`` means right, but with an outdated hash."""

    WRONG = "wrong"
    RIGHT = "right"
    RIGHT_NEEDS_REHASH = "right_needs_rehash"


@cache
def _hasher(cheap: bool) -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1) if cheap else PasswordHasher(2, 19 * 1024, 1)


def hasher() -> PasswordHasher:
    """Return the Argon2id hasher that passwords are hashed with; in tests one with cheap parameters."""
    return _hasher(settings().environment is Environment.TEST)


def normal_form(password: str) -> str:
    r"""Return the one form of a password under which it is hashed, whichever keyboard or program wrote it.

    Blanks of every width become a plain one (RFC 8265, section 4.2.2), characters get Unicode's form NFKC (NIST SP
    800-63B-4, section 3.1.1.2), and characters that nobody sees are left out. Capitals and blanks stay as they are.

    >>> normal_form("cafe\u0301\u00a0noir")
    'café noir'
    """
    if password.isascii():
        return password
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in without_invisible(password))
    return unicodedata.normalize("NFKC", spaced)


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password's normal form to store, as text with its parameters and a random salt."""
    return _thread_pool().submit(hasher().hash, normal_form(password)).result()


def verify_password(stored: str | None, password: str) -> PasswordCheck:
    """Compare a password with a stored Argon2id or bcrypt hash, and return the result.

    The hash may be of the password's normal form, or of an earlier time and of the password as typed, which needs a
    rehash. Without a hash (``None`` or empty) it takes as long and returns ``WRONG``. Text that is no such hash is
    ``WRONG`` too.
    """
    normal = normal_form(password)
    result = _thread_pool().submit(_compare, hasher(), stored, normal).result()
    if result is not PasswordCheck.WRONG or normal == password:
        return result
    result = _thread_pool().submit(_compare, hasher(), stored, password).result()
    return PasswordCheck.WRONG if result is PasswordCheck.WRONG else PasswordCheck.RIGHT_NEEDS_REHASH


def _compare(hasher: PasswordHasher, stored: str | None, password: str) -> PasswordCheck:
    if stored is not None and stored.startswith("$2"):
        right = bcrypt.checkpw(password.encode()[:BCRYPT_MAX_BYTES], stored.encode())
        return PasswordCheck.RIGHT_NEEDS_REHASH if right else PasswordCheck.WRONG
    try:
        hasher.verify(stored or _decoy_hash(hasher), password)
    except (VerificationError, InvalidHashError):
        return PasswordCheck.WRONG
    if not stored:
        return PasswordCheck.WRONG
    return PasswordCheck.RIGHT_NEEDS_REHASH if hasher.check_needs_rehash(stored) else PasswordCheck.RIGHT


@cache
def _decoy_hash(hasher: PasswordHasher) -> str:
    return hasher.hash("password of no account")
