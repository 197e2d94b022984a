"""Ids that are the same in every demo: UUIDs of version 7 whose random part is a digest."""

from __future__ import annotations

import hashlib
import uuid

EPOCH_MS = 1_704_067_200_000
"""1 January 2024; the number of the thing counts milliseconds from there, so ids sort by it."""


def demo_id(kind: str, number: int) -> uuid.UUID:
    """The id of one thing of the demo."""
    digest = int.from_bytes(hashlib.sha256(f"{kind}:{number}".encode()).digest()[:10])
    bits = ((EPOCH_MS + number) << 80) | digest
    bits = bits & ~(0xF << 76) | (7 << 76)
    return uuid.UUID(int=bits & ~(0b11 << 62) | (0b10 << 62))
