"""Keyed hashes bound to a purpose: a value signed for one purpose is invalid for any other."""

from __future__ import annotations

import hmac

from flask import current_app


def digest(purpose: str, value: bytes) -> bytes:
    """Return the HMAC-SHA-256 (RFC 2104) of ``value`` under the application's secret and ``purpose``: 32 bytes."""
    key = hmac.digest(str(current_app.config["SECRET_KEY"]).encode(), purpose.encode(), "sha256")
    return hmac.digest(key, value, "sha256")


def hexdigest(purpose: str, value: str) -> str:
    """Return the HMAC-SHA-256 of text under the application's secret and ``purpose``, as 64 hexadecimal digits.

    Codes and link tokens are stored so.
    """
    return digest(purpose, value.encode()).hex()


def is_equal(left: bytes, right: bytes) -> bool:
    """Return whether two byte strings are equal, compared in constant time."""
    return hmac.compare_digest(left, right)


def hexdigest_with(key: str, value: str) -> str:
    """Return the HMAC-SHA-256 of text under ``key`` instead of the application's secret, as 64 hexadecimal digits."""
    return hmac.digest(key.encode(), value.encode(), "sha256").hex()
