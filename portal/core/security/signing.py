"""Purpose-bound keyed hashes: a value signed for one purpose means nothing for another."""

from __future__ import annotations

import hmac

from flask import current_app


def digest(purpose: str, value: bytes) -> bytes:
    """HMAC-SHA-256 (RFC 2104) of ``value`` under the application's secret, 32 bytes, bound to ``purpose``."""
    key = hmac.digest(str(current_app.config["SECRET_KEY"]).encode(), purpose.encode(), "sha256")
    return hmac.digest(key, value, "sha256")


def hexdigest(purpose: str, value: str) -> str:
    """The same for text, as 64 hexadecimal digits: how codes and link tokens are stored."""
    return digest(purpose, value.encode()).hex()


def same(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left, right)


def hexdigest_with(key: str, value: str) -> str:
    """HMAC-SHA-256 of text under a key of its own, as 64 hexadecimal digits."""
    return hmac.digest(key.encode(), value.encode(), "sha256").hex()
